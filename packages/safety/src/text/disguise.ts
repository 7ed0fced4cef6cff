import { isKnownWord, knownWords, lookUp } from '../lexicon/lexicon.ts';
import { Role, Sense } from '../lexicon/tags.ts';
import type { Folded } from './fold.ts';
import { SPACED_GAP } from './signs.ts';

const LEET: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '6': 'g',
  '7': 't',
  '8': 'b',
  '9': 'g',
  '@': 'a',
  $: 's',
  '!': 'i',
  '|': 'l',
};

/** Words without a sense of their own that still show a run of letters to be a sentence. */
const COMMON = new Set(
  'of a an the to for in on at with and or is it your you my by from as be do i me before after until bed then that this go am'.split(
    ' ',
  ),
);

/**
 * Reads digits and signs as letters ("t4ke", "1bupr0f3n"), or letters as digits ("5oomg").
 * @returns the word, or the number in front and the length of its part, or undefined when neither reading is a listed word
 */
export function unleet(run: string): string | { value: number; length: number } | undefined {
  if (!/\d{5}/.test(run)) {
    let word = '';
    for (const char of run) word += LEET[char] ?? char;
    if (word.length >= 2 && !/\d/.test(word)) {
      if (isListed(word)) return word;
      if (run.includes('1')) {
        let other = '';
        for (const char of run) other += char === '1' ? 'l' : (LEET[char] ?? char);
        if (isListed(other)) return other;
      }
    }
  }
  const digits = /^[0-9oil]{2,6}/.exec(run)?.[0];
  if (digits && /\d/.test(digits) && /[oil]/.test(digits)) {
    for (let length = digits.length; length >= 2; length--) {
      const rest = run.slice(length);
      const head = run.slice(0, length);
      if (!/\d/.test(head) || !/[oil]/.test(head)) continue;
      const unit = Sense.Mass | Sense.Gram | Sense.Volume | Sense.Unit;
      if (rest && !(lookUp(rest).sense & unit)) continue;
      if (!rest) return head.replace(/o/g, '0').replace(/[il]/g, '1') as string;
      return { value: Number(head.replaceAll('o', '0').replace(/[il]/g, '1')), length };
    }
  }
  return undefined;
}

function isListed(word: string): boolean {
  return COMMON.has(word) || isKnownWord(word);
}

const isAlnum = (c: number): boolean => (c >= 97 && c <= 122) || (c >= 48 && c <= 57);
const isSeparator = (c: number): boolean =>
  c === 32 || c === 45 || c === 46 || c === 10 || c === 47 || c === 124 || c === 44 || c === 95;
/** Two single letters or digits beside each other: few texts have them. */
const SPACED = new RegExp(`(?:^|[^a-z0-9])[a-z0-9][- .\\n/|,_]{1,${SPACED_GAP}}[a-z0-9](?![a-z0-9])`);

/**
 * Joins letters that stand apart ("T a k e  5 0 0  m g", "i-b-u-p-r-o-f-e-n"). The narrowest gap of a run stands inside
 * its words, a wider one between them. Runs of digits alone stay as they are.
 */
export function joinSpacedLetters(folded: Folded): Folded {
  const { text } = folded;
  if (!SPACED.test(text)) return folded;
  const runs: { from: number; to: number }[] = [];
  let i = 0;
  while (i < text.length) {
    if (!isAlnum(text.charCodeAt(i)) || isAlnum(text.charCodeAt(i + 1)) || (i > 0 && isAlnum(text.charCodeAt(i - 1)))) {
      i++;
      continue;
    }
    const from = i;
    let count = 1;
    let letters = text.charCodeAt(i) >= 97 ? 1 : 0;
    let end = i + 1;
    while (true) {
      let k = end;
      while (k < text.length && k - end < SPACED_GAP && isSeparator(text.charCodeAt(k))) k++;
      if (k === end || k >= text.length || !isAlnum(text.charCodeAt(k)) || isAlnum(text.charCodeAt(k + 1))) break;
      if (text.charCodeAt(k) >= 97) letters++;
      count++;
      end = k + 1;
    }
    if (count >= 4 && letters >= 3) runs.push({ from, to: end });
    i = end;
  }
  if (runs.length === 0) return folded;
  const { at } = folded;
  let out = '';
  const offsets: number[] = [];
  let last = 0;
  for (const run of runs) {
    for (let k = last; k < run.from; k++) offsets.push(at[k] as number);
    out += text.slice(last, run.from);
    let narrowest = 9;
    let gap = 0;
    for (let k = run.from; k < run.to; k++) {
      if (isAlnum(text.charCodeAt(k))) {
        if (gap > 0 && gap < narrowest) narrowest = gap;
        gap = 0;
      } else gap += text.charCodeAt(k) === 32 || text.charCodeAt(k) === 10 ? 2 : 1;
    }
    gap = 0;
    for (let k = run.from; k < run.to; k++) {
      if (!isAlnum(text.charCodeAt(k))) {
        gap += text.charCodeAt(k) === 32 || text.charCodeAt(k) === 10 ? 2 : 1;
        continue;
      }
      if (gap > narrowest) {
        out += ' ';
        offsets.push(at[k] as number);
      }
      gap = 0;
      out += text[k];
      offsets.push(at[k] as number);
    }
    last = run.to;
  }
  for (let k = last; k <= text.length; k++) offsets.push(at[k] as number);
  out += text.slice(last);
  return { text: out, at: Int32Array.from(offsets) };
}

let dictionary: Set<string> | undefined;

/**
 * Splits a word that was written without spaces ("mgofibuprofentwiceaday") into listed words.
 * @returns the words, or undefined when the run is not wholly made of them or none of them matters
 */
export function splitGlued(word: string): readonly string[] | undefined {
  if (word.length > 120) return undefined;
  dictionary ??= new Set(
    [...knownWords()].filter((w) => w.length >= 3 || w === 'mg' || w === 'ml').concat([...COMMON]),
  );
  const best: (readonly string[] | undefined)[] = new Array(word.length + 1);
  best[0] = [];
  for (let end = 1; end <= word.length; end++) {
    for (let start = Math.max(0, end - 20); start < end; start++) {
      const before = best[start];
      if (!before) continue;
      const part = word.slice(start, end);
      if (!dictionary.has(part)) continue;
      const now = best[end];
      if (!now || before.length + 1 < now.length) best[end] = [...before, part];
    }
  }
  const parts = best[word.length];
  const good = parts && parts.length >= 2 && matters(parts, word.length) ? parts : null;
  return good ?? undefined;
}

/** Ordinary long words fall into short listed words by chance; a hidden sentence names a medicine, a unit or a condition. */
function matters(parts: readonly string[], length: number): boolean {
  let sense = 0;
  let role = 0;
  for (const part of parts) {
    const entry = lookUp(part);
    if (part.length >= 4) sense |= entry.sense & (Sense.Drug | Sense.DrugClass | Sense.Form | Sense.Mass);
    if (part === 'mg') sense |= Sense.Mass;
    if (part.length >= 4) role |= entry.role & Role.Condition;
  }
  if (length < 12)
    return (
      parts.length === 2 &&
      (sense & (Sense.Drug | Sense.Mass)) !== 0 &&
      parts.every((p) => p.length >= 2 && (p.length >= 4 || lookUp(p).sense !== 0))
    );
  return (sense !== 0 || role !== 0) && parts.length >= 2 && length / parts.length >= 2.5;
}
