import { type Codes, countCodes } from '../text/codes.ts';
import { scan } from '../text/scan.ts';
import { MARK, NUMBER, type Token } from '../text/token.ts';
import { place, saltOf } from './places.ts';
import { CHARACTER, hashOfKind, isNamed, kindOfMark, kindOfNumber, kindOfWord } from './word-kind.ts';

/** Most words of one text that are read. */
export const WORDS_READ = 1_200;
/** Longest run that is looked at as a word. */
const RUN_LIMIT = 60;
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
/** Words at the end of a text that are kept for the next one. */
export const TAIL = 4;
/** A word of fewer letters has no pieces. */
const PIECES_FROM = 5;

/** The last words of a text, as hashes. */
export interface Tail {
  readonly words: readonly number[];
  readonly kinds: readonly number[];
}

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

const hashes = Array.from({ length: 256 }, (_, kind) => hashOfKind(kind));

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
const PLACES_OF_KINDS = hashes.flatMap((kind) => ownPlaces('', kind, kind));

let at = new Int32Array(RUN_LIMIT + 2).map((_, i) => i);

/**
 * What runs of letters and digits are made of, for those met so far. Runs are found by two hashes of their characters; the words of a
 * run lie one after the other. Bounded: {@link forget} starts again when much was met.
 */
class RunTable {
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
      const kind = hashes[CHARACTER] as number;
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
      const kind = hashes[kindOf(token)] as number;
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

const table = new RunTable();

/**
 * The words of a folded text as two hashes each: of what kind of word it is, and of which; the same where only the kind counts. No string is made for a
 * word that was met before, so that a whole answer is looked at in microseconds; the rules read tokens instead.
 */
export class WordList {
  count = 0;
  readonly kinds = new Int32Array(WORDS_READ);
  readonly words = new Int32Array(WORDS_READ);
  /** Where the places of features of each word alone begin in {@link places}: {@link OWN_PLACES} of them. */
  readonly own = new Int32Array(WORDS_READ);
  /** Half-open ranges in the folded text. */
  readonly from = new Int32Array(WORDS_READ);
  readonly to = new Int32Array(WORDS_READ);
  /** All bits of the lexicon over the text. */
  senses = 0;
  roles = 0;
  #words = 0;
  #reversed = 0;
  #reversedNames = 0;
  #rot13 = 0;
  #pigLatin = 0;

  /** Holds until the next text is read. */
  get places(): Int32Array {
    return table.places;
  }

  /** Signs of a code among the words. */
  codes(): Codes {
    return {
      words: this.#words,
      reversed: this.#reversed,
      reversedNames: this.#reversedNames,
      rot13: this.#rot13,
      pigLatin: this.#pigLatin,
    };
  }

  /** The last words, to be looked at with the first ones of the next text. */
  tail(): Tail {
    const words: number[] = [];
    const kinds: number[] = [];
    for (let i = Math.max(0, this.count - TAIL); i < this.count; i++) {
      words.push(this.words[i] as number);
      kinds.push(this.kinds[i] as number);
    }
    return { words, kinds };
  }

  /** Reads a text in place of the one before. */
  read(text: string): this {
    table.forget();
    this.count = 0;
    this.senses = 0;
    this.roles = 0;
    this.#words = 0;
    this.#reversed = 0;
    this.#reversedNames = 0;
    this.#rot13 = 0;
    this.#pigLatin = 0;
    const { length } = text;
    let i = 0;
    while (i < length && this.count < WORDS_READ - RUN_LIMIT) {
      const c = text.charCodeAt(i);
      if (c === 32 || c === 10 || c === 39) i++;
      else if (c >= 48 && c <= 57) i = this.#readDigits(text, i);
      else if (c >= 97 && c <= 122) i = this.#readRun(text, i);
      else if (c < 0x80) {
        // A hyphen inside a word or a number says nothing; "a - b" does.
        if (c !== 45 || !isAlnum(text.charCodeAt(i - 1)) || !isAlnum(text.charCodeAt(i + 1)) || isDigits(text, i)) {
          this.#pushKind(kindOfMark(c), i, i + 1);
        }
        i++;
      } else if (c >= 0x3040) {
        this.#pushRun(table.readCharacter(c), i, i + 1);
        i++;
      } else i = this.#readRun(text, i);
    }
    return this;
  }

  #push(kind: number, word: number, own: number, from: number, to: number): void {
    const n = this.count++;
    this.kinds[n] = kind;
    this.words[n] = word;
    this.own[n] = own;
    this.from[n] = from;
    this.to[n] = to;
  }

  /** What counts by its kind alone. */
  #pushKind(kind: number, from: number, to: number): void {
    const hash = hashes[kind] as number;
    this.#push(hash, hash, kind * OWN_PLACES, from, to);
  }

  #pushRun(run: number, from: number, to: number): void {
    const end = table.starts[run + 1] as number;
    for (let k = table.starts[run] as number; k < end; k++)
      this.#push(table.kinds[k] as number, table.words[k] as number, PLACES_OF_KINDS.length + k * OWN_PLACES, from, to);
    this.senses |= table.senses[run] as number;
    this.roles |= table.roles[run] as number;
  }

  /** A number of digits alone, or a run that begins with one. */
  #readDigits(text: string, start: number): number {
    let end = start;
    let value = 0;
    let whole = true;
    for (; end - start < RUN_LIMIT; end++) {
      const c = text.charCodeAt(end);
      if (c >= 48 && c <= 57) value = value * 10 + (c - 48);
      else if ((c === 46 || c === 44) && isDigit(text.charCodeAt(end + 1))) {
        // Three digits after a comma go on with the number, anything else is its fraction.
        if (c === 46 || !isThree(text, end + 1)) whole = false;
      } else break;
    }
    if (isLetter(text.charCodeAt(end))) return this.#readRun(text, start);
    this.#pushKind(kindOfNumber(whole ? value : 0.5), start, end);
    return end;
  }

  /** Letters, digits and the apostrophes between them. */
  #readRun(text: string, start: number): number {
    let first = 0x811c9dc5;
    let second = 0;
    let end = start;
    for (const limit = Math.min(start + RUN_LIMIT, text.length); end < limit; end++) {
      const c = text.charCodeAt(end);
      if (c < 0x80 ? IN_RUN[c] === 0 : c >= 0x3040) {
        if (c === 39 || c === 64 || c === 36) {
          if (!isLetter(text.charCodeAt(end + 1))) break;
        } else if (c === 46) {
          // "b.i.d."
          if (!(isLetter(text.charCodeAt(end + 1)) && !isLetter(text.charCodeAt(end + 2)))) break;
          if (!(end === start + 1 || text.charCodeAt(end - 2) === 46)) break;
        } else break;
      }
      first = Math.imul(first ^ c, 0x01000193);
      second = (Math.imul(second, 31) + c) | 0;
    }
    const run = table.read(text, start, end, first, second);
    this.#pushRun(run, start, end);
    const codes = table.codes[run] as Codes;
    this.#words += codes.words;
    this.#reversed += codes.reversed;
    this.#reversedNames += codes.reversedNames;
    this.#rot13 += codes.rot13;
    this.#pigLatin += codes.pigLatin;
    return end;
  }
}

/** ASCII characters that a run is made of. */
const IN_RUN = Uint8Array.from({ length: 0x80 }, (_, c) => Number(isLetter(c) || isDigit(c)));

function isDigit(c: number): boolean {
  return c >= 48 && c <= 57;
}

function isLetter(c: number): boolean {
  return c >= 97 && c <= 122;
}

function isAlnum(c: number): boolean {
  return isLetter(c) || isDigit(c);
}

/** Whether the mark at `i` stands between two digits: a range. */
function isDigits(text: string, i: number): boolean {
  return isDigit(text.charCodeAt(i - 1)) && isDigit(text.charCodeAt(i + 1));
}

function isThree(text: string, from: number): boolean {
  return (
    isDigit(text.charCodeAt(from)) &&
    isDigit(text.charCodeAt(from + 1)) &&
    isDigit(text.charCodeAt(from + 2)) &&
    !isDigit(text.charCodeAt(from + 3))
  );
}
