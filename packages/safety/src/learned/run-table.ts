import { type Codes, countCodes } from '../text/codes.ts';
import { scan } from '../text/scan.ts';
import { MARK, NUMBER, type Token } from '../text/token.ts';
import { place, saltOf } from './places.ts';
import { CHARACTER, hashOfKind, isNamed, kindOfMark, kindOfNumber, kindOfWord } from './word-kind.ts';

/** Most words of one text that are read. */
export const WORDS_READ = 1_200;
/** Longest run that is looked at as a word. */
export const RUN_LIMIT = 60;
/** Runs remembered, a power of two; half of them in use at most. */
const SLOTS = 1 << 15;

/** Hash of a string, 32 bits (FNV-1a). Source: Fowler, Noll and Vo, IETF draft-eastlake-fnv. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}

/** Places of features of one word alone: the word, its kind, three beginnings and three endings of it. */
export const OWN_PLACES = 8;
/** A word of fewer letters has no pieces. */
const PIECES_FROM = 5;

/** A word without its commonest English endings. */
function stemOf(word: string): string {
  if (word.length <= 4) return word;
  const stem = word.replace(/(?:ingly|edly|ing|ed|es|ly|s|e)$/, '');
  return stem.length >= 3 ? stem : word;
}

function wordOf(token: Token, kind: number): number {
  if (token.kind === NUMBER || token.kind === MARK || isNamed(token.sense, token.role)) return kind;
  return hashOf(stemOf(token.w));
}

function kindOf(token: Token): number {
  if (token.kind === NUMBER || !Number.isNaN(token.value)) return kindOfNumber(token.value);
  if (token.kind === MARK) return kindOfMark(token.w.charCodeAt(0));
  return kindOfWord(token.w, token.sense, token.role);
}

/** Hash of each kind. */
export const KIND_HASHES = Array.from({ length: 256 }, (_, kind) => hashOfKind(kind));

const SALTS = Int32Array.from({ length: OWN_PLACES }, (_, i) => saltOf(i));

/** Places of features of a word alone; 0 where it has none. A medicine or condition, like a number, has only its kind. */
function ownPlaces(text: string, word: number, kind: number): number[] {
  const at = (part: number, template: number): number => place(part + (SALTS[template] as number));
  if (word === kind) return [0, at(kind, 1), 0, 0, 0, 0, 0, 0];
  const own = [at(word, 0), at(kind, 1)];
  const pieces = [text.slice(0, 3), text.slice(0, 4), text.slice(0, 6), text.slice(-2), text.slice(-3), text.slice(-4)];
  for (const [i, piece] of pieces.entries()) own.push(text.length < PIECES_FROM ? 0 : at(hashOf(piece), 2 + i));
  return own;
}

const NO_CODES: Codes = { words: 0, reversed: 0, reversedNames: 0, rot13: 0, pigLatin: 0 };

/** Places of the features of each kind alone, for words that have no others: {@link OWN_PLACES} of each. */
export const PLACES_OF_KINDS = KIND_HASHES.flatMap((kind) => ownPlaces('', kind, kind));

let at = new Int32Array(RUN_LIMIT + 2).map((_, i) => i);

/**
 * What runs of letters and digits are made of, for those met so far. Runs are found by two hashes of their characters; the words of a
 * run lie one after the other. Bounded: {@link forget} starts again when much was met.
 */
export class RunTable {
  readonly #first = new Int32Array(SLOTS);
  readonly #second = new Int32Array(SLOTS);
  /** Number of a run, from 1 on; 0 in a free slot. */
  readonly #runs = new Int32Array(SLOTS);
  /** First word of each run; its last one stands before the first of the next. */
  readonly starts: number[] = [0, 0];
  readonly kinds: number[] = [];
  readonly words: number[] = [];
  /** {@link OWN_PLACES} of each word, after those of the kinds. */
  places = new Int32Array(1 << 16);
  readonly senses: number[] = [0];
  readonly roles: number[] = [0];
  readonly codes: Codes[] = [NO_CODES];

  constructor() {
    this.places.set(PLACES_OF_KINDS);
  }

  /** Forgets everything when half the slots are taken. Numbers of runs hold until then. */
  forget(): void {
    if (this.starts.length < SLOTS / 2 - WORDS_READ) return;
    this.#runs.fill(0);
    this.starts.length = 2;
    this.kinds.length = 0;
    this.words.length = 0;
    this.senses.length = 1;
    this.roles.length = 1;
    this.codes.length = 1;
  }

  /** Number of the run that stands at `from` to `to` and has these hashes. */
  read(text: string, from: number, to: number, first: number, second: number): number {
    const run = this.#find(first, second);
    if (run === this.starts.length - 1) this.#add(text.slice(from, to));
    return run;
  }

  /** Number of the run that is one character of a script without spaces. */
  readCharacter(code: number): number {
    const run = this.#find(code, -code);
    if (run === this.starts.length - 1) {
      const kind = KIND_HASHES[CHARACTER] as number;
      const word = Math.imul(code, 0x9e3779b1);
      this.#addWord(kind, word, ownPlaces('', word, kind));
      this.#end(0, 0, NO_CODES);
    }
    return run;
  }

  /** Number of the run with these hashes; when it is new, the next number, which is then taken. */
  #find(first: number, second: number): number {
    let slot = (first ^ (first >>> 15)) & (SLOTS - 1);
    for (let run = this.#runs[slot] as number; run !== 0; run = this.#runs[slot] as number) {
      if (this.#first[slot] === first && this.#second[slot] === second) return run;
      slot = (slot + 1) & (SLOTS - 1);
    }
    this.#first[slot] = first;
    this.#second[slot] = second;
    this.#runs[slot] = this.starts.length - 1;
    return this.starts.length - 1;
  }

  #add(text: string): void {
    if (at.length <= text.length) at = new Int32Array(text.length + 2).map((_, i) => i);
    const tokens = scan({ text, at }, 0);
    let sense = 0;
    let role = 0;
    for (const token of tokens) {
      sense |= token.sense;
      role |= token.role;
      const kind = KIND_HASHES[kindOf(token)] as number;
      const word = wordOf(token, kind);
      this.#addWord(kind, word, ownPlaces(token.w, word, kind));
    }
    this.#end(sense, role, countCodes(tokens));
  }

  #end(sense: number, role: number, codes: Codes): void {
    this.starts.push(this.kinds.length);
    this.senses.push(sense);
    this.roles.push(role);
    this.codes.push(codes);
  }

  #addWord(kind: number, word: number, own: readonly number[]): void {
    const from = PLACES_OF_KINDS.length + this.kinds.length * OWN_PLACES;
    if (from + OWN_PLACES > this.places.length) {
      const larger = new Int32Array(2 * this.places.length);
      larger.set(this.places);
      this.places = larger;
    }
    this.places.set(own, from);
    this.kinds.push(kind);
    this.words.push(word);
  }
}
