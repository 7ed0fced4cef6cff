import { EDGE, hashOfKind } from './word-kind.ts';
import type { WordList } from './word-list.ts';

/** How far apart two words may stand and still be looked at as a pair. */
const REACH = 5;

/** The same for a word and a kind. */
const WORD_REACH = 4;

/** Stands for what is outside the text. */
const EDGE_HASH = hashOfKind(EDGE);

/** Features are hashed to this many bits. */
export const FEATURE_BITS = 20;

/** Odd numbers that spread the bits of a product. Source: Steele and Vigna 2021, arXiv:2001.05304 (multipliers of LCGs). */
const FIRST = 0x915f77f5;
const SECOND = 0x93d765dd;

/** Place of a feature from the sum of its parts. */
function place(sum: number): number {
  return Math.imul(sum ^ (sum >>> 15), 0x2c1b3c6d) >>> (32 - FEATURE_BITS);
}

/** What tells the templates apart: features of different templates must not meet. */
const SALTS = Int32Array.from({ length: 16 }, (_, i) => Math.imul(i + 1, 0x9e3779b1));
const [ONE_WORD, ONE_KIND, WORDS_2, KINDS_2, WORD_KIND, KIND_WORD, KINDS_3, WORDS_3, KINDS_APART, WORDS_APART] =
  SALTS as unknown as number[] as [number, number, number, number, number, number, number, number, number, number];
const [KIND_APART, WORD_APART, LENGTH, SENSE, ROLE] = [...SALTS.subarray(10)] as [
  number,
  number,
  number,
  number,
  number,
];

/** Senses and roles of what was said before, each one a set of bits. */
export interface Before {
  readonly senses: number;
  readonly roles: number;
}

export const NOTHING_BEFORE: Before = { senses: 0, roles: 0 };

/** Features that one word can have at most, and those of a whole text. */
export const FEATURES_PER_WORD = 20;
export const FEATURES_PER_TEXT = 70;

/**
 * The features of a text, as places among 2^{@link FEATURE_BITS}: each word and its kind, runs of two and three of them, and pairs that stand
 * up to {@link REACH} words apart, in order; then what kinds of words came before it.
 * @param out filled from the front; needs FEATURES_PER_WORD for each word and FEATURES_PER_TEXT
 * @returns how many were written. The features of word `i` are those from `i * FEATURES_PER_WORD` on; a slot that has none is 0.
 */
export function readFeatures(list: WordList, before: Before, out: Int32Array): number {
  const { count, kinds: kindHashes, words } = list;
  let n = 0;
  let word1 = EDGE_HASH;
  let word2 = EDGE_HASH;
  let kind1 = EDGE_HASH;
  let kind2 = EDGE_HASH;
  for (let i = 0; i < count; i++) {
    const kind = kindHashes[i] as number;
    const word = words[i] as number;
    const turned1 = Math.imul(word1, FIRST);
    const kindTurned1 = Math.imul(kind1, FIRST);
    out[n++] = place(word + ONE_WORD);
    out[n++] = word === kind ? 0 : place(kind + ONE_KIND);
    out[n++] = place(turned1 + word + WORDS_2);
    out[n++] = place(kindTurned1 + kind + KINDS_2);
    out[n++] = place(turned1 + kind + WORD_KIND);
    out[n++] = place(kindTurned1 + word + KIND_WORD);
    out[n++] = place(Math.imul(kind2, SECOND) + kindTurned1 + kind + KINDS_3);
    out[n++] = place(Math.imul(word2, SECOND) + turned1 + word + WORDS_3);
    for (let d = 2; d <= REACH; d++) {
      if (i < d) {
        out[n++] = 0;
        if (d <= WORD_REACH) {
          out[n++] = 0;
          out[n++] = 0;
        }
        continue;
      }
      const far = Math.imul(kindHashes[i - d] as number, FIRST);
      out[n++] = place(far + kind + KINDS_APART);
      if (d <= WORD_REACH) {
        out[n++] = place(far + word + KIND_APART);
        out[n++] = place(Math.imul(words[i - d] as number, FIRST) + kind + WORD_APART);
      }
    }
    out[n++] = i >= 2 ? place(Math.imul(word2, FIRST) + word + WORDS_APART) : 0;
    out[n++] = i >= 3 ? place(Math.imul(words[i - 3] as number, FIRST) + word + WORDS_APART) : 0;
    word2 = word1;
    word1 = word;
    kind2 = kind1;
    kind1 = kind;
  }
  if (count > 0) {
    out[n++] = place(Math.imul(kind1, FIRST) + EDGE_HASH + KINDS_2);
    out[n++] = place(Math.imul(word1, FIRST) + EDGE_HASH + WORDS_2);
  }
  out[n++] = place(Math.min(10, count >> 2) + LENGTH);
  for (let bit = 0; bit < 32; bit++) {
    if ((before.senses >>> bit) & 1) out[n++] = place(bit + SENSE);
    if ((before.roles >>> bit) & 1) out[n++] = place(bit + ROLE);
  }
  return n;
}
