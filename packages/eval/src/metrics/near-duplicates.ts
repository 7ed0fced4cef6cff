import { BadOptionError } from '../errors.ts';
import { Interner } from '../text/interner.ts';
import { lcsLength } from '../text/longest-common-subsequence.ts';
import { wordsOf } from '../text/words.ts';

/** From which ROUGE-L on a text repeats another. */
export interface NearDuplicateOptions {
  /** Texts whose ROUGE-L F-measure with a kept one is above this are dropped; 0.7 by default. */
  readonly threshold?: number;
}

/** What is kept, and what each dropped text repeats. */
export interface NearDuplicateResult {
  /** Positions kept, in order. */
  readonly kept: readonly number[];
  /** Positions dropped, with the kept text each is too close to. */
  readonly dropped: readonly { readonly index: number; readonly duplicateOf: number; readonly similarity: number }[];
}

/**
 * Keeps the texts that are not near-duplicates of one kept before them, by ROUGE-L, as Self-Instruct and AlpaCare filter
 * instructions. The first of two close texts stays.
 *
 * Comparing all pairs is avoided without changing the answer. A pair above the threshold t shares at least t/(2-t) of the
 * longer text's words, so the two share a word among the rarest few of each (prefix filtering); only such pairs are
 * compared, and only if their bags of words overlap enough for a long common subsequence.
 * Source: Wang et al. 2023, arXiv:2212.10560, section 2.2; Xiao et al. 2008 (PPJoin) for the filter.
 */
export function filterNearDuplicates(
  texts: readonly string[],
  options: NearDuplicateOptions = {},
): NearDuplicateResult {
  const threshold = options.threshold ?? 0.7;
  if (!(threshold > 0 && threshold <= 1))
    throw new BadOptionError('threshold', 'a number above 0 and up to 1', threshold);
  const interner = new Interner();
  const sequences = texts.map((text) => interner.idsOf(wordsOf(text)));
  const bags = rareFirst(sequences);
  const share = threshold / (2 - threshold);

  const byPrefix = new Map<number, number[]>();
  const wordless = new Map<string, number>();
  const kept: number[] = [];
  const dropped: { index: number; duplicateOf: number; similarity: number }[] = [];
  for (const [index, sequence] of sequences.entries()) {
    if (sequence.length === 0) {
      // Texts without words are duplicates only where they are equal.
      const text = texts[index]!.trim();
      const twin = wordless.get(text);
      if (twin === undefined) {
        wordless.set(text, index);
        kept.push(index);
      } else {
        dropped.push({ index, duplicateOf: twin, similarity: 1 });
      }
      continue;
    }
    const bag = bags[index]!;
    const prefix = bag.subarray(0, sequence.length - Math.ceil(share * sequence.length - 1e-9) + 1);
    const candidates = new Set<number>();
    for (const word of prefix) for (const other of byPrefix.get(word) ?? []) candidates.add(other);
    let twin: { duplicateOf: number; similarity: number } | null = null;
    for (const other of [...candidates].sort((a, b) => a - b)) {
      const lengths = sequence.length + sequences[other]!.length;
      if ((2 * Math.min(sequence.length, sequences[other]!.length)) / lengths <= threshold) continue;
      if ((2 * overlap(bag, bags[other]!)) / lengths <= threshold) continue;
      const similarity = (2 * lcsLength(sequence, sequences[other]!)) / lengths;
      if (similarity > threshold) {
        twin = { duplicateOf: other, similarity };
        break;
      }
    }
    if (twin !== null) {
      dropped.push({ index, ...twin });
      continue;
    }
    kept.push(index);
    for (const word of prefix) {
      const list = byPrefix.get(word);
      if (list === undefined) byPrefix.set(word, [index]);
      else list.push(index);
    }
  }
  return { kept, dropped };
}

/**
 * The words of each text as distinct ids, rarest first: the second "the" of a text is another id than the first, which makes
 * bags into sets. Ids are ranks, so each list is ascending.
 */
function rareFirst(sequences: readonly Int32Array[]): Int32Array[] {
  const occurrences = new Map<string, number>();
  const named = sequences.map((sequence) => {
    const seen = new Map<number, number>();
    return Array.from(sequence, (word) => {
      const nth = (seen.get(word) ?? 0) + 1;
      seen.set(word, nth);
      const name = `${word}#${nth}`;
      occurrences.set(name, (occurrences.get(name) ?? 0) + 1);
      return name;
    });
  });
  const ranked = [...occurrences].sort((a, b) => a[1] - b[1] || (a[0] < b[0] ? -1 : 1));
  const rank = new Map(ranked.map(([name], index) => [name, index]));
  return named.map((names) => Int32Array.from(names, (name) => rank.get(name)!).sort());
}

/** Size of the intersection of two ascending lists. */
function overlap(a: Int32Array, b: Int32Array): number {
  let i = 0;
  let j = 0;
  let common = 0;
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      common++;
      i++;
      j++;
    } else if (a[i]! < b[j]!) i++;
    else j++;
  }
  return common;
}
