import { ADJOINING, ALONE, APART, FIRST, KIND_COUNT, PLACES, place, SECOND, saltOf } from './places.ts';
import { KIND_HASHES, OWN_PLACES } from './run-table.ts';
import { EDGE } from './word-kind.ts';
import { TAIL, type Tail, table, type WordList } from './word-list.ts';

/** How far apart two words may stand and still be looked at as a pair of kinds. */
const REACH = 5;

/** Words at either end of a text that are looked at as such. */
const END = 3;

/** Stands for what is outside the text. */
const EDGE_HASH = KIND_HASHES[EDGE] as number;

// Templates from 0 on are those of a word alone: run-table.ts.
const WORDS_2 = saltOf(OWN_PLACES);
const WORD_KIND = saltOf(OWN_PLACES + 1);
const KIND_WORD = saltOf(OWN_PLACES + 2);
const KINDS_3 = saltOf(OWN_PLACES + 3);
const LENGTH = saltOf(OWN_PLACES + 4);
const SENSE = saltOf(OWN_PLACES + 5);
const ROLE = saltOf(OWN_PLACES + 6);
const KINDS_ACROSS = saltOf(OWN_PLACES + 7);
const KIND_ACROSS = saltOf(OWN_PLACES + 8);
const WORD_ACROSS = saltOf(OWN_PLACES + 9);
/** Templates of a word, and of a kind, so far from either end. */
const ENDS = Int32Array.from({ length: 4 * END }, (_, i) => saltOf(32 + i));

/** What was said before: its last words, and senses and roles of all of it, each one a set of bits. */
export interface Before {
  readonly senses: number;
  readonly roles: number;
  readonly tail: Tail;
}

export const NOTHING_BEFORE: Before = { senses: 0, roles: 0, tail: { words: [], kinds: [] } };

/** Features of one word beside its own: with the words next to it, and with those further off. */
export const ADJOINING_PER_WORD = 6;
export const APART_PER_WORD = 4;
export const FEATURES_PER_WORD = ADJOINING_PER_WORD + APART_PER_WORD;
/** Most features of a text that are not those of a word of it. */
export const FEATURES_PER_TEXT = 3 + 64 + 4 * END + 3 * TAIL * TAIL;

/** In which text a kind or a pair of kinds was last met, so that it counts once. */
const met = new Uint8Array(PLACES - ADJOINING);
let turn = 0;

/** The place, when it was not met in this text; else 0. Nobody can predict which, so there is no branch. */
function once(place: number): number {
  const at = place - ADJOINING;
  // 1 when another text met it last: both are bytes.
  const fresh = (((met[at] as number) ^ turn) + 0xff) >> 8;
  met[at] = turn;
  return place & -fresh;
}

/**
 * The features of a text, as places: kinds of words, runs of two words and of two and three kinds; pairs of kinds that stand up to {@link REACH}
 * words apart, in order; its first and last words; pairs of its first words and the last ones before it, and what kinds of words came
 * before. What words have by themselves, the table has: {@link OWN_PLACES} of each. A kind, or a pair of kinds, counts once; else
 * a feature counts as often as it is there.
 * @param out needs FEATURES_PER_WORD for each word and FEATURES_PER_TEXT
 * @returns how many were written. Those of {@link readAdjoining} are first, then those of {@link readApart}.
 */
export function readFeatures(list: WordList, before: Before, out: Int32Array): number {
  return readApart(list, out, readAdjoining(list, before, out));
}

/**
 * All of {@link readFeatures} but pairs that stand apart.
 * @returns how many were written. Those of word `i` are from `i * ADJOINING_PER_WORD` on; a slot that has none is 0.
 */
export function readAdjoining(list: WordList, before: Before, out: Int32Array): number {
  const { count, words: numbers } = list;
  const { kinds, words } = table;
  if (turn === 255) {
    met.fill(0);
    turn = 0;
  }
  turn++;
  let n = 0;
  // Of the word before: its hash, and its kind; hashes of the two kinds before, nearest first.
  let word1 = EDGE_HASH;
  let hash1 = EDGE_HASH;
  let hash2 = EDGE_HASH;
  let left = EDGE;
  for (let i = 0; i < count; i++) {
    const number = numbers[i] as number;
    const kind = kinds[number] as number;
    const word = words[number] as number;
    const hash = KIND_HASHES[kind] as number;
    const turned1 = Math.imul(word1, FIRST);
    const hashTurned1 = Math.imul(hash1, FIRST);
    out[n] = once(ALONE + kind);
    out[n + 1] = once(ADJOINING + (left << 8) + kind);
    out[n + 2] = place((turned1 + word + WORDS_2) | 0);
    out[n + 3] = place((turned1 + hash + WORD_KIND) | 0);
    out[n + 4] = place((hashTurned1 + word + KIND_WORD) | 0);
    out[n + 5] = place((Math.imul(hash2, SECOND) + hashTurned1 + hash + KINDS_3) | 0);
    n += ADJOINING_PER_WORD;
    word1 = word;
    hash2 = hash1;
    hash1 = hash;
    left = kind;
  }
  if (count === 0) return n;
  out[n++] = once(ADJOINING + (left << 8) + EDGE);
  out[n++] = place(Math.imul(word1, FIRST) + EDGE_HASH + WORDS_2);
  out[n++] = place(Math.min(10, count >> 2) + LENGTH);
  for (let i = 0; i < END && i < count; i++) {
    const early = numbers[i] as number;
    const late = numbers[count - 1 - i] as number;
    out[n++] = place((words[early] as number) + (ENDS[4 * i] as number));
    out[n++] = place((KIND_HASHES[kinds[early] as number] as number) + (ENDS[4 * i + 1] as number));
    out[n++] = place((words[late] as number) + (ENDS[4 * i + 2] as number));
    out[n++] = place((KIND_HASHES[kinds[late] as number] as number) + (ENDS[4 * i + 3] as number));
  }
  const { tail } = before;
  for (let j = 0; j < tail.words.length; j++) {
    const kind = Math.imul(KIND_HASHES[tail.kinds[j] as number] as number, FIRST);
    const word = Math.imul(tail.words[j] as number, FIRST);
    for (let i = 0; i < TAIL && i < count; i++) {
      const number = numbers[i] as number;
      const hash = KIND_HASHES[kinds[number] as number] as number;
      out[n++] = place(kind + hash + KINDS_ACROSS);
      out[n++] = place(kind + (words[number] as number) + KIND_ACROSS);
      out[n++] = place(word + hash + WORD_ACROSS);
    }
  }
  for (let bits = before.senses; bits !== 0; bits &= bits - 1) out[n++] = place(31 - Math.clz32(bits & -bits) + SENSE);
  for (let bits = before.roles; bits !== 0; bits &= bits - 1) out[n++] = place(31 - Math.clz32(bits & -bits) + ROLE);
  return n;
}

/**
 * The pairs of {@link readFeatures} that stand apart, of the text that {@link readAdjoining} read last.
 * @param from where to write in `out`
 * @returns the end of what was written. Those of word `i` are from `from + i * APART_PER_WORD` on; a slot that has none is 0.
 */
export function readApart(list: WordList, out: Int32Array, from: number): number {
  const { count, words: numbers } = list;
  const { kinds } = table;
  let n = from;
  for (let i = 0; i < count; i++) {
    const beside = APART + (kinds[numbers[i] as number] as number);
    for (let d = 2; d <= REACH; d++)
      out[n++] = i < d ? 0 : once(beside + ((kinds[numbers[i - d] as number] as number) << 8));
  }
  return n;
}

/**
 * All places of a text, with those of its words: what a model is taught, and what its score adds up.
 * @param out needs OWN_PLACES for each word beside what `features` needs
 * @returns how many were written
 */
export function writePlaces(list: WordList, features: Int32Array, count: number, out: Int32Array): number {
  let n = 0;
  for (let i = 0; i < list.count; i++) {
    if (list.first[i] === 0) continue;
    const from = (list.words[i] as number) * OWN_PLACES;
    for (let k = 0; k < OWN_PLACES; k++) {
      const place = table.places[from + k] as number;
      if (place !== 0) out[n++] = place;
    }
  }
  for (let i = 0; i < count; i++) {
    const place = features[i] as number;
    if (place !== 0) out[n++] = place;
  }
  return n;
}

const distinct = new Uint8Array(PLACES);

/**
 * The places of {@link writePlaces}, each once.
 * @param out needs OWN_PLACES for each word beside what `features` needs
 * @returns how many were written
 */
export function distinctPlaces(list: WordList, features: Int32Array, count: number, out: Int32Array): number {
  let n = 0;
  const add = (place: number): void => {
    if (place === 0 || distinct[place] === 1) return;
    distinct[place] = 1;
    out[n++] = place;
  };
  for (let i = 0; i < list.count; i++) {
    const from = (list.words[i] as number) * OWN_PLACES;
    for (let k = 0; k < OWN_PLACES; k++) add(table.places[from + k] as number);
  }
  for (let i = 0; i < count; i++) add(features[i] as number);
  for (let i = 0; i < n; i++) distinct[out[i] as number] = 0;
  return n;
}

/** The words of a text in order, each as its first place times {@link KIND_COUNT} plus its kind: what a factorization machine is taught. */
export function sequenceOf(list: WordList): Uint32Array {
  const words = list.words.subarray(0, list.count);
  return Uint32Array.from(words, (word) => {
    const place = table.places[word * OWN_PLACES] as number;
    return place * KIND_COUNT + (table.kinds[word] as number);
  });
}
