import { FIRST, place, SECOND, saltOf } from './places.ts';
import { OWN_PLACES } from './run-table.ts';
import { EDGE, hashOfKind } from './word-kind.ts';
import { TAIL, type Tail, type WordList } from './word-list.ts';

/** How far apart two words may stand and still be looked at as a pair of kinds. */
const REACH = 5;

/** The same for a kind and a word after it. */
const WORD_REACH = 4;

/** Words at either end of a text that are looked at as such. */
const END = 3;

/** Stands for what is outside the text. */
const EDGE_HASH = hashOfKind(EDGE);

// Templates 0 to 7 are those of a word alone: run-table.ts.
const WORDS_2 = saltOf(8);
const KINDS_2 = saltOf(9);
const WORD_KIND = saltOf(10);
const KIND_WORD = saltOf(11);
const KINDS_3 = saltOf(12);
const WORDS_3 = saltOf(13);
const KINDS_APART = saltOf(14);
const KIND_APART = saltOf(15);
const LENGTH = saltOf(16);
const SENSE = saltOf(17);
const ROLE = saltOf(18);
const KINDS_ACROSS = saltOf(19);
const KIND_ACROSS = saltOf(20);
const WORD_ACROSS = saltOf(21);
/** Templates of a word, and of a kind, so far from either end. */
const ENDS = Int32Array.from({ length: 4 * END }, (_, i) => saltOf(32 + i));

/** What was said before: its last words, and senses and roles of all of it, each one a set of bits. */
export interface Before {
  readonly senses: number;
  readonly roles: number;
  readonly tail: Tail;
}

export const NOTHING_BEFORE: Before = { senses: 0, roles: 0, tail: { words: [], kinds: [] } };

/** Features that one word can have at most, and those of a whole text. */
export const FEATURES_PER_WORD = OWN_PLACES + 13;
export const FEATURES_PER_TEXT = 3 + 64 + 4 * END + 3 * TAIL * TAIL;

/**
 * The features of a text, as places among 2^FEATURE_BITS: each word, its kind and its pieces; runs of two and three of them; pairs that
 * stand up to {@link REACH} words apart, in order; its first and last words; pairs of its first words and the last ones before it, and what
 * kinds of words came before.
 * @param out filled from the front; needs FEATURES_PER_WORD for each word and FEATURES_PER_TEXT
 * @returns how many were written. The features of word `i` are those from `i * FEATURES_PER_WORD` on; a slot that has none is 0.
 */
export function readFeatures(list: WordList, before: Before, out: Int32Array): number {
  const { count, kinds: kindHashes, words, own, places } = list;
  let n = 0;
  let word1 = EDGE_HASH;
  let word2 = EDGE_HASH;
  let kind1 = EDGE_HASH;
  let kind2 = EDGE_HASH;
  for (let i = 0; i < count; i++) {
    const kind = kindHashes[i] as number;
    const word = words[i] as number;
    const alone = own[i] as number;
    for (let k = 0; k < OWN_PLACES; k++) out[n++] = places[alone + k] as number;
    const turned1 = Math.imul(word1, FIRST);
    const kindTurned1 = Math.imul(kind1, FIRST);
    out[n++] = place(turned1 + word + WORDS_2);
    out[n++] = place(kindTurned1 + kind + KINDS_2);
    out[n++] = place(turned1 + kind + WORD_KIND);
    out[n++] = place(kindTurned1 + word + KIND_WORD);
    out[n++] = place(Math.imul(kind2, SECOND) + kindTurned1 + kind + KINDS_3);
    out[n++] = place(Math.imul(word2, SECOND) + turned1 + word + WORDS_3);
    for (let d = 2; d <= REACH; d++) {
      const far = i < d ? 0 : Math.imul(kindHashes[i - d] as number, FIRST);
      out[n++] = i < d ? 0 : place(far + kind + KINDS_APART);
      if (d <= WORD_REACH) out[n++] = i < d ? 0 : place(far + word + KIND_APART);
    }
    word2 = word1;
    word1 = word;
    kind2 = kind1;
    kind1 = kind;
  }
  if (count === 0) return n;
  out[n++] = place(Math.imul(kind1, FIRST) + EDGE_HASH + KINDS_2);
  out[n++] = place(Math.imul(word1, FIRST) + EDGE_HASH + WORDS_2);
  out[n++] = place(Math.min(10, count >> 2) + LENGTH);
  for (let i = 0; i < END && i < count; i++) {
    out[n++] = place((words[i] as number) + (ENDS[4 * i] as number));
    out[n++] = place((kindHashes[i] as number) + (ENDS[4 * i + 1] as number));
    out[n++] = place((words[count - 1 - i] as number) + (ENDS[4 * i + 2] as number));
    out[n++] = place((kindHashes[count - 1 - i] as number) + (ENDS[4 * i + 3] as number));
  }
  const { tail } = before;
  for (let j = 0; j < tail.words.length; j++) {
    const kind = Math.imul(tail.kinds[j] as number, FIRST);
    const word = Math.imul(tail.words[j] as number, FIRST);
    for (let i = 0; i < TAIL && i < count; i++) {
      out[n++] = place(kind + (kindHashes[i] as number) + KINDS_ACROSS);
      out[n++] = place(kind + (words[i] as number) + KIND_ACROSS);
      out[n++] = place(word + (kindHashes[i] as number) + WORD_ACROSS);
    }
  }
  for (let bit = 0; bit < 32; bit++) {
    if ((before.senses >>> bit) & 1) out[n++] = place(bit + SENSE);
    if ((before.roles >>> bit) & 1) out[n++] = place(bit + ROLE);
  }
  return n;
}
