import {
  ADJOINING,
  ADJOINING_PER_WORD,
  ALONE,
  APART,
  END,
  ENDS,
  FIRST,
  KIND_ACROSS,
  KIND_COUNT,
  KIND_WORD,
  KINDS_3,
  KINDS_ACROSS,
  LENGTH,
  OWN_PLACES,
  PLACES,
  REACH,
  ROLE,
  SECOND,
  SENSE,
  TAIL,
  WORD_ACROSS,
  WORD_KIND,
  WORDS_2,
} from './layout.ts';
import { kindsMet, rolePlaces, sensePlaces } from './memory.ts';
import { place, saltOf } from './places.ts';
import { KIND_HASHES } from './run-table.ts';
import { EDGE } from './word-kind.ts';
import { type Tail, table, type WordList } from './word-list.ts';

/** Stands for what is outside the text. */
const EDGE_HASH = KIND_HASHES[EDGE] as number;

// Places of each bit of the senses, and of the roles, of what was before.
for (let bit = 0; bit < 32; bit++) {
  sensePlaces[bit] = place(bit + saltOf(SENSE));
  rolePlaces[bit] = place(bit + saltOf(ROLE));
}
/** Salts of a word, and of a kind, so far from either end. */
const END_SALTS = Int32Array.from({ length: 4 * END }, (_, i) => saltOf(ENDS + i));

/** What was said before: its last words, and senses and roles of all of it, each one a set of bits. */
export interface Before {
  readonly senses: number;
  readonly roles: number;
  readonly tail: Tail;
}

export const NOTHING_BEFORE: Before = { senses: 0, roles: 0, tail: { words: [], kinds: [] } };

/** Tells texts apart, so that a kind or a pair of kinds counts once: {@link kindsMet} has in which it was last met. */
let turn = 0;

/** The turn of another text. */
export function nextTurn(): number {
  if (turn === 255) {
    kindsMet.fill(0);
    turn = 0;
  }
  return ++turn;
}

/** 1 when another text met the pair or kind last, else 0. Nobody can predict which, so there is no branch. */
function fresh(met: Uint8Array, turn: number, at: number): number {
  // Both are bytes.
  const other = (((met[at] as number) ^ turn) + 0xff) >> 8;
  met[at] = turn;
  return other;
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
  return readApart(list, out, readOutside(list, before, out, readAdjoining(list, out)));
}

/**
 * All of {@link readFeatures} but pairs that stand apart.
 * @returns how many were written. Those of word `i` are from `i * ADJOINING_PER_WORD` on; a slot that has none is 0.
 */
export function readAdjoining(list: WordList, out: Int32Array): number {
  const { count, kinds, hashes } = list;
  if (count === 0) return 0;
  const now = nextTurn() | 0;
  const last = kindsMet;
  const kindHashes = KIND_HASHES;
  const words2 = saltOf(WORDS_2) | 0;
  const wordKind = saltOf(WORD_KIND) | 0;
  const kindWord = saltOf(KIND_WORD) | 0;
  const kinds3 = saltOf(KINDS_3) | 0;
  let n = 0;
  // Of the word before: its hash, and its kind; hashes of the two kinds before, nearest first.
  let word1 = EDGE_HASH | 0;
  let hash1 = EDGE_HASH | 0;
  let hash2 = EDGE_HASH | 0;
  let left = EDGE | 0;
  for (let i = 0; i < count; i++) {
    const kind = kinds[i] as number;
    const word = hashes[i] as number;
    const hash = kindHashes[kind] as number;
    const turned1 = Math.imul(word1, FIRST);
    const hashTurned1 = Math.imul(hash1, FIRST);
    const pair = ((left << 8) + kind) | 0;
    const single = (ALONE - ADJOINING + kind) | 0;
    out[n] = (ADJOINING + single) & -fresh(last, now, single);
    out[n + 1] = (ADJOINING + pair) & -fresh(last, now, pair);
    out[n + 2] = place((turned1 + word + words2) | 0);
    out[n + 3] = place((turned1 + hash + wordKind) | 0);
    out[n + 4] = place((hashTurned1 + word + kindWord) | 0);
    out[n + 5] = place((Math.imul(hash2, SECOND) + hashTurned1 + hash + kinds3) | 0);
    n += ADJOINING_PER_WORD;
    word1 = word;
    hash2 = hash1;
    hash1 = hash;
    left = kind;
  }
  const edge = ((left << 8) + EDGE) | 0;
  out[n++] = (ADJOINING + edge) & -fresh(last, now, edge);
  return n;
}

/**
 * What a text begins and ends with, how long it is, and what was before it.
 * @param from where to write in `out`
 * @returns the end of what was written
 */
export function readOutside(list: WordList, before: Before, out: Int32Array, from: number): number {
  const { count, kinds, hashes } = list;
  const kindHashes = KIND_HASHES;
  const ends = END_SALTS;
  let n = from;
  if (count === 0) return n;
  out[n++] = place((Math.imul(hashes[count - 1] as number, FIRST) + EDGE_HASH + saltOf(WORDS_2)) | 0);
  out[n++] = place((Math.min(10, count >> 2) + saltOf(LENGTH)) | 0);
  const end = Math.min(END, count) | 0;
  for (let i = 0; i < end; i++) {
    const late = count - 1 - i;
    out[n] = place(((hashes[i] as number) + (ends[4 * i] as number)) | 0);
    out[n + 1] = place(((kindHashes[kinds[i] as number] as number) + (ends[4 * i + 1] as number)) | 0);
    out[n + 2] = place(((hashes[late] as number) + (ends[4 * i + 2] as number)) | 0);
    out[n + 3] = place(((kindHashes[kinds[late] as number] as number) + (ends[4 * i + 3] as number)) | 0);
    n += 4;
  }
  const kindsAcross = saltOf(KINDS_ACROSS) | 0;
  const kindAcross = saltOf(KIND_ACROSS) | 0;
  const wordAcross = saltOf(WORD_ACROSS) | 0;
  const head = Math.min(TAIL, count) | 0;
  const { words: wordsBefore, kinds: kindsBefore } = before.tail;
  for (let j = 0; j < wordsBefore.length; j++) {
    const kind = Math.imul(kindHashes[kindsBefore[j] as number] as number, FIRST);
    const word = Math.imul(wordsBefore[j] as number, FIRST);
    for (let i = 0; i < head; i++) {
      const hash = kindHashes[kinds[i] as number] as number;
      out[n] = place((kind + hash + kindsAcross) | 0);
      out[n + 1] = place((kind + (hashes[i] as number) + kindAcross) | 0);
      out[n + 2] = place((word + hash + wordAcross) | 0);
      n += 3;
    }
  }
  const senses = sensePlaces;
  const roles = rolePlaces;
  for (let bits = before.senses | 0; bits !== 0; bits &= bits - 1)
    out[n++] = senses[31 - Math.clz32(bits & -bits)] as number;
  for (let bits = before.roles | 0; bits !== 0; bits &= bits - 1)
    out[n++] = roles[31 - Math.clz32(bits & -bits)] as number;
  return n;
}

/**
 * The pairs of {@link readFeatures} that stand apart, of the text that {@link readAdjoining} read last.
 * @param from where to write in `out`
 * @returns the end of what was written. Those of word `i` are from `from + i * APART_PER_WORD` on; a slot that has none is 0.
 */
export function readApart(list: WordList, out: Int32Array, from: number): number {
  const { count, kinds } = list;
  const now = turn | 0;
  const last = kindsMet;
  let n = from;
  for (let i = 0; i < count; i++) {
    const beside = (APART - ADJOINING + (kinds[i] as number)) | 0;
    for (let d = 2; d <= REACH; d++) {
      if (i < d) out[n++] = 0;
      else {
        const pair = (beside + ((kinds[i - d] as number) << 8)) | 0;
        out[n++] = (ADJOINING + pair) & -fresh(last, now, pair);
      }
    }
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
