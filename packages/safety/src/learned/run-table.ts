import { lookUp } from '../lexicon/lexicon.ts';
import { NO_LETTERS, withLetter } from '../lexicon/sieve.ts';
import { isDigit, isLower } from '../text/characters.ts';
import { type Codes, countCodes } from '../text/codes.ts';
import { splitOf } from '../text/disguise.ts';
import { scan } from '../text/scan.ts';
import { MARK, NUMBER, type Token, WORD } from '../text/token.ts';
import {
  GOLDEN,
  KIND_COUNT,
  OWN_PLACES,
  PIECES_FROM,
  RUN_CODES,
  RUN_END,
  RUN_FIELDS,
  RUN_FIRST,
  RUN_LIMIT,
  RUN_ROLES,
  RUN_SECOND,
  RUN_SENSES,
  RUN_START,
  RUN_TAKEN,
  SLOTS,
  WORDS,
  WORDS_READ,
} from './layout.ts';
import { kindHashes, makeTableMemory, type TableMemory } from './memory.ts';
import { place, saltOf } from './places.ts';
import { CHARACTER, hashOfKind, isNamed, kindOfMark, kindOfNumber, kindOfWord } from './word-kind.ts';

/** Hash of a string, or of the stretch of it from `from` to `to`, 32 bits. */
export function hashOf(text: string, from = 0, to = text.length): number {
  let hash = NO_LETTERS;
  for (let i = from; i < to; i++) hash = withLetter(hash, text.charCodeAt(i));
  return hash;
}

/** Letters of a word without the longest of its commonest English endings: "-ingly", "-edly", "-ing", "-ed", "-es", "-ly", "-s", "-e". */
export function stemLength(word: string): number {
  const { length } = word;
  if (length <= 4) return length;
  const stem = length - endingOf(word);
  return stem >= 3 ? stem : length;
}

function endingOf(word: string): number {
  const last = word.charCodeAt(word.length - 1);
  if (last === 101) return 1;
  if (last === 115) return word.endsWith('es') ? 2 : 1;
  if (last === 100) return word.endsWith('ed') ? 2 : 0;
  if (last === 103) return word.endsWith('ing') ? 3 : 0;
  if (last === 121) return word.endsWith('ingly') ? 5 : word.endsWith('edly') ? 4 : word.endsWith('ly') ? 2 : 0;
  return 0;
}

function kindOf(token: Token): number {
  if (token.kind === NUMBER || !Number.isNaN(token.value)) return kindOfNumber(token.value);
  if (token.kind === MARK) return kindOfMark(token.w.charCodeAt(0));
  return kindOfWord(token.w, token.sense, token.role);
}

/** Hash of each kind. */
export const KIND_HASHES = kindHashes;
for (let kind = 0; kind < KIND_COUNT; kind++) KIND_HASHES[kind] = hashOfKind(kind);

const SALTS = Int32Array.from({ length: OWN_PLACES }, (_, i) => saltOf(i));

/** Writes the places of features of a word alone; 0 where it has none. */
function writeOwnPlaces(text: string, word: number, places: Int32Array, from: number): void {
  places.fill(0, from, from + OWN_PLACES);
  writePlace(0, word, places, from);
  const { length } = text;
  if (length < PIECES_FROM) return;
  writePlace(1, hashOf(text, 0, 3), places, from);
  writePlace(2, hashOf(text, 0, 4), places, from);
  writePlace(3, hashOf(text, 0, Math.min(6, length)), places, from);
  writePlace(4, hashOf(text, length - 2), places, from);
  writePlace(5, hashOf(text, length - 3), places, from);
  writePlace(6, hashOf(text, length - 4), places, from);
}

function writePlace(template: number, part: number, places: Int32Array, from: number): void {
  places[from + template] = place(part + (SALTS[template] as number));
}

function isLetters(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (!isLower(text.charCodeAt(i))) return false;
  return true;
}

/** The codes of one word with this hint. */
function codesOf(hint: number): number {
  return hint === 0 ? 1 : packCodes(countCodes([{ kind: WORD, hint }]));
}

function digitsIn(text: string): number {
  let digits = 0;
  for (let i = 0; i < text.length; i++) if (isDigit(text.charCodeAt(i))) digits++;
  return digits;
}

function grown(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * array.length);
  larger.set(array);
  return larger;
}

/** Numbers that stand together: the codes of a run, each at most {@link RUN_LIMIT}, in 6 bits each. */
export function packCodes({ words, reversed, reversedNames, rot13, pigLatin }: Codes): number {
  return words | (reversed << 6) | (reversedNames << 12) | (rot13 << 18) | (pigLatin << 24);
}

let at = new Int32Array(RUN_LIMIT + 2).map((_, i) => i);

/**
 * Words and runs of letters and digits met so far, by number. The first {@link KIND_COUNT} words are the kinds, for what counts by
 * its kind alone. A run is one word or several ("500mg"), whose numbers follow each other; it is found by two hashes of its characters.
 * Bounded: {@link forget} starts again when much was met.
 */
export class RunTable {
  /** Of each word: its kind, a hash that tells it from others, and {@link OWN_PLACES}. */
  readonly kinds: Int32Array;
  readonly hashes: Int32Array;
  places = new Int32Array(OWN_PLACES << 13);
  /** Number of words, and how often they were forgotten. */
  count = KIND_COUNT;
  generation = 0;
  /**
   * A slot of {@link RUN_FIELDS} for each run: its first word, the word after its last, bits of the lexicon, its codes as {@link packCodes}
   * has them, the two hashes that it is found by, and its digits.
   */
  readonly runs: Int32Array;
  /** In each slot the number of a run, from 1 on. */
  readonly #slots: Uint16Array;
  #runCount = 0;

  constructor({ slots, runs, kinds, hashes }: TableMemory = makeTableMemory()) {
    this.#slots = slots;
    this.runs = runs;
    this.kinds = kinds;
    this.hashes = hashes;
    for (let kind = 0; kind < KIND_COUNT; kind++) {
      this.kinds[kind] = kind;
      this.hashes[kind] = KIND_HASHES[kind] as number;
    }
  }

  /** Forgets everything when nearly half the slots, or all words, are taken. Numbers hold until then. */
  forget(): void {
    if (this.#runCount < SLOTS / 2 - WORDS_READ && this.count < WORDS - 2 * WORDS_READ) return;
    this.#slots.fill(0);
    this.#runCount = 0;
    this.count = KIND_COUNT;
    this.generation++;
  }

  /** Where the fields of a run begin in {@link runs}: the one that stands at `from` to `to` and has these hashes. */
  read(text: string, from: number, to: number, first: number, second: number): number {
    const slot = this.#find(first, second);
    const known = this.#slots[slot] as number;
    if (known !== 0) return known * RUN_FIELDS;
    const run = this.#take(slot, first, second);
    this.#add(run, text.slice(from, to).toLowerCase());
    return run;
  }

  /** The same of one character of a script without spaces. */
  readCharacter(code: number): number {
    const slot = this.#find(code, -code);
    const known = this.#slots[slot] as number;
    if (known !== 0) return known * RUN_FIELDS;
    const run = this.#take(slot, code, -code);
    const start = this.count;
    this.#addWord(CHARACTER, Math.imul(code, GOLDEN), '');
    this.#describe(run, start, 0, 0, 0);
    return run;
  }

  /** The slot of the run with these hashes, or the free one that it is to have. */
  #find(first: number, second: number): number {
    const { runs } = this;
    let slot = (first ^ (first >>> 15)) & (SLOTS - 1);
    for (;;) {
      const run = (this.#slots[slot] as number) * RUN_FIELDS;
      if (run === 0 || (runs[run + RUN_FIRST] === first && runs[run + RUN_SECOND] === second)) return slot;
      slot = (slot + 1) & (SLOTS - 1);
    }
  }

  #take(slot: number, first: number, second: number): number {
    this.#slots[slot] = ++this.#runCount;
    const run = this.#runCount * RUN_FIELDS;
    this.runs[run + RUN_FIRST] = first;
    this.runs[run + RUN_SECOND] = second;
    this.runs[run + RUN_TAKEN] = 1;
    return run;
  }

  #add(run: number, text: string): void {
    if (!isLetters(text) || !this.#addLetters(run, text)) this.#addTokens(run, text);
  }

  /** Adds a run of small letters that is one word and no number, which most are. Returns whether it is. */
  #addLetters(run: number, text: string): boolean {
    const entry = lookUp(text);
    const { word, sense, role, value, hint } = entry;
    if (entry.expanded || !Number.isNaN(value) || splitOf(entry) !== null) return false;
    const start = this.count;
    const kind = kindOfWord(word, sense, role);
    if (isNamed(sense, role)) this.#addWord(kind, KIND_HASHES[kind] as number, undefined);
    else this.#addWord(kind, hashOf(word, 0, stemLength(word)), word);
    this.#describe(run, start, sense, role, codesOf(hint));
    return true;
  }

  #addTokens(run: number, text: string): void {
    if (at.length <= text.length) at = new Int32Array(text.length + 2).map((_, i) => i);
    this.runs[run + RUN_TAKEN] = 1 + digitsIn(text);
    const start = this.count;
    const tokens = scan({ text, at }, 0);
    let senses = 0;
    let roles = 0;
    for (const token of tokens) {
      senses |= token.sense;
      roles |= token.role;
      const kind = kindOf(token);
      // A medicine or condition, like a number, counts by its kind alone.
      const byKind = token.kind === NUMBER || token.kind === MARK || isNamed(token.sense, token.role);
      const word = byKind ? (KIND_HASHES[kind] as number) : hashOf(token.w, 0, stemLength(token.w));
      this.#addWord(kind, word, byKind ? undefined : token.w);
    }
    this.#describe(run, start, senses, roles, packCodes(countCodes(tokens)));
  }

  #describe(run: number, start: number, senses: number, roles: number, codes: number): void {
    const { runs } = this;
    runs[run + RUN_START] = start;
    runs[run + RUN_END] = this.count;
    runs[run + RUN_SENSES] = senses;
    runs[run + RUN_ROLES] = roles;
    runs[run + RUN_CODES] = codes;
  }

  /** @param text its letters; undefined for what has no places of its own */
  #addWord(kind: number, word: number, text: string | undefined): void {
    const number = this.count++;
    this.kinds[number] = kind;
    this.hashes[number] = word;
    const from = number * OWN_PLACES;
    if (this.places.length < from + OWN_PLACES) this.places = grown(this.places);
    if (text === undefined) this.places.fill(0, from, from + OWN_PLACES);
    else writeOwnPlaces(text, word, this.places, from);
  }
}
