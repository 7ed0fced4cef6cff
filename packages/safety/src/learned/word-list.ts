import { type Codes, NO_CODES } from '../text/codes.ts';
import { CODED_DIGITS, CODED_MARKS, CODED_RUN, SPACED_GAP } from '../text/sign-bits.ts';
import { isPlain, Sign } from '../text/signs.ts';
import { type Assembly, assemble } from './assembly.ts';
import {
  KIND_COUNT,
  MOST_TIMES,
  MOST_TIMES_OF_KIND,
  RESULT_COUNT,
  RESULT_PIG_LATIN,
  RESULT_REVERSED,
  RESULT_REVERSED_NAMES,
  RESULT_ROLES,
  RESULT_ROT13,
  RESULT_SENSES,
  RESULT_SIGNS,
  RESULT_WORDS,
  RUN_BASIS,
  RUN_CODES,
  RUN_END,
  RUN_LIMIT,
  RUN_PRIME,
  RUN_ROLES,
  RUN_SECOND_PRIME,
  RUN_SENSES,
  RUN_START,
  RUN_TAKEN,
  TAIL,
  TEXT_BYTES,
  TURN,
  WORDS_READ,
} from './layout.ts';
import {
  type ListMemory,
  letters,
  listMemory,
  makeListMemory,
  marks,
  plain,
  result,
  tableMemory,
  wordsMet,
} from './memory.ts';
import { RunTable } from './run-table.ts';
import { kindOfMark, kindOfNumber } from './word-kind.ts';

/** Far before any text. */
const NOWHERE = -1_000;

/** The last words of a text: a hash and a kind of each. */
export interface Tail {
  readonly words: readonly number[];
  readonly kinds: readonly number[];
}

/** All words met lately, of any list. */
export const table = new RunTable(tableMemory);

let turn = TURN;

/** The readers of sentences in WebAssembly, where there are any. */
export const assembly = assemble(table);

/** Begins another text. */
function begin(): void {
  table.forget();
  turn += TURN;
  if (turn > 0x7fff_ff00) {
    wordsMet.fill(0);
    turn = TURN;
  }
}

/**
 * The words of a text, as numbers in {@link table}. No string is made for a word that was met before, so that a whole answer
 * is looked at in microseconds; the rules read tokens instead. Whoever says the same again and again cannot outweigh the rest by it.
 */
export class WordList {
  count = 0;
  /** Numbers of the words, which hold until the next text is read, and of each its kind and its hash. */
  readonly words: Int32Array;
  readonly kinds: Int32Array;
  readonly hashes: Int32Array;
  /** Half-open ranges in the text. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** 1 where a word stands for the first time, else 0. */
  readonly first: Uint8Array;
  /** All bits of the lexicon over the text. */
  senses = 0;
  roles = 0;
  /** A set of {@link Sign}. Where it has `Unplain` and the text was not folded, the words are not those of the text. */
  signs = 0;
  #words = 0;
  #reversed = 0;
  #reversedNames = 0;
  #rot13 = 0;
  #pigLatin = 0;
  /** Where the last single letter or digit stands. */
  #single = 0;
  /** Where characters that a code of base64 may have begin, and where they end. */
  #stretch = 0;
  #stretchEnd = 0;
  #digits = 0;
  /** Dots and dashes. */
  #marks = 0;
  /** What reads it, if not this class itself. */
  readonly #assembly: Assembly | undefined;

  /** @param memory the arrays of the list: with {@link listMemory} it is read in WebAssembly, where there is one and the text is ASCII */
  constructor(memory: ListMemory = makeListMemory()) {
    this.words = memory.words;
    this.kinds = memory.kinds;
    this.hashes = memory.hashes;
    this.from = memory.from;
    this.to = memory.to;
    this.first = memory.first;
    this.#assembly = memory === listMemory ? assembly : undefined;
  }

  /** Signs of a code among the words. */
  codes(): Codes {
    if ((this.#reversed | this.#reversedNames | this.#rot13 | this.#pigLatin) === 0) return NO_CODES;
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
    const size = Math.min(this.count, TAIL);
    const words = new Array<number>(size);
    const kinds = new Array<number>(size);
    for (let i = 0; i < size; i++) {
      words[i] = this.hashes[this.count - size + i] as number;
      kinds[i] = this.kinds[this.count - size + i] as number;
    }
    return { words, kinds };
  }

  /** Reads a text in place of the one before: a folded one, or a plain one as it was written, since upper case is read as lower case. */
  read(text: string): this {
    begin();
    if (!this.#readAssembled(text)) this.#read(text);
    return this;
  }

  /** Reads a text that is not folded. One that is surely not plain may be left unread: then it has every sign. */
  readUnfolded(text: string): this {
    begin();
    if (!this.#readAssembled(text)) {
      if (this.#assembly === undefined || text.length > TEXT_BYTES) this.#read(text);
      else this.signs = ALL_SIGNS;
    }
    return this;
  }

  /** Reads a text in WebAssembly, or returns false: where that is not done, or not of such a text. */
  #readAssembled(text: string): boolean {
    if (this.#assembly === undefined || !this.#assembly.read(text, turn)) return false;
    this.count = result[RESULT_COUNT] as number;
    this.senses = result[RESULT_SENSES] as number;
    this.roles = result[RESULT_ROLES] as number;
    this.signs = result[RESULT_SIGNS] as number;
    this.#words = result[RESULT_WORDS] as number;
    this.#reversed = result[RESULT_REVERSED] as number;
    this.#reversedNames = result[RESULT_REVERSED_NAMES] as number;
    this.#rot13 = result[RESULT_ROT13] as number;
    this.#pigLatin = result[RESULT_PIG_LATIN] as number;
    return true;
  }

  #read(text: string): void {
    this.count = 0;
    this.senses = 0;
    this.roles = 0;
    this.#words = 0;
    this.#reversed = 0;
    this.#reversedNames = 0;
    this.#rot13 = 0;
    this.#pigLatin = 0;
    this.signs = 0;
    this.#single = NOWHERE;
    this.#stretch = 0;
    this.#stretchEnd = 0;
    this.#digits = 0;
    this.#marks = 0;
    const { length } = text;
    let i = 0;
    while (i < length && this.count < WORDS_READ - RUN_LIMIT) {
      const c = text.charCodeAt(i);
      if (c === 32 || c === 10 || c === 39) i++;
      else if (isLetter(c)) i = this.#readRun(text, i, i);
      else if (isDigit(c)) i = this.#readDigits(text, i);
      else if (c < 0x80) {
        // A hyphen inside a word or a number says nothing; "a - b" does.
        if (c !== 45 || !isAlnum(text.charCodeAt(i - 1)) || !isAlnum(text.charCodeAt(i + 1)) || isDigits(text, i))
          this.#push(kindOfMark(c), i, i + 1);
        if (c === 45 || c === 46) this.#marks++;
        else if (c === 43 || c === 47 || c === 61) this.#seeStretch(text, i, i + 1);
        else if (!isPlain(c)) this.signs |= Sign.Unplain;
        i++;
      } else if (c >= 0x3040) {
        this.signs |= Sign.Unplain;
        this.#pushRun(table.readCharacter(c), i, i + 1);
        i++;
      } else i = this.#readRun(text, i, i);
    }
    // What was not read may be anything.
    if (i < length) this.signs = ALL_SIGNS;
    if (this.#digits >= CODED_DIGITS || this.#marks >= CODED_MARKS) this.signs |= Sign.Coded;
  }

  #push(word: number, from: number, to: number): void {
    const met = wordsMet;
    const now = turn | 0;
    if (this.count === WORDS_READ) return;
    const before = met[word] as number;
    if (before - now >= (word < KIND_COUNT ? MOST_TIMES_OF_KIND : MOST_TIMES)) return;
    const times = Math.max(before, now);
    met[word] = times + 1;
    const n = this.count;
    this.count = n + 1;
    this.words[n] = word;
    this.kinds[n] = table.kinds[word] as number;
    this.hashes[n] = table.hashes[word] as number;
    this.from[n] = from;
    this.to[n] = to;
    this.first[n] = times === now ? 1 : 0;
  }

  #pushRun(run: number, from: number, to: number): void {
    const { runs } = table;
    const end = runs[run + RUN_END] as number;
    for (let word = runs[run + RUN_START] as number; word < end; word++) this.#push(word, from, to);
    this.senses |= runs[run + RUN_SENSES] as number;
    this.roles |= runs[run + RUN_ROLES] as number;
  }

  /** A number of digits alone, or a run that begins with one. */
  #readDigits(text: string, start: number): number {
    let end = start;
    let value = 0;
    let whole = true;
    let digits = 0;
    let piece = start;
    for (; end - start < RUN_LIMIT; end++) {
      const c = text.charCodeAt(end);
      if (isDigit(c)) {
        value = value * 10 + (c - 48);
        digits++;
      } else if ((c === 46 || c === 44) && isDigit(text.charCodeAt(end + 1))) {
        // Three digits after a comma go on with the number, anything else is its fraction.
        if (c === 46 || !isThree(text, end + 1)) whole = false;
        if (c === 46) this.#marks++;
        if (end - piece === 1) this.#seeSingle(piece);
        piece = end + 1;
      } else break;
    }
    if (isLetter(text.charCodeAt(end))) return this.#readRun(text, start, piece);
    if (end - piece === 1) this.#seeSingle(piece);
    this.#seeStretch(text, piece, end);
    this.#digits += digits;
    this.#push(kindOfNumber(whole ? value : 0.5), start, end);
    return end;
  }

  /**
   * Letters, digits and the apostrophes between them.
   * @param begin where its first piece without marks inside begins
   */
  #readRun(text: string, start: number, begin: number): number {
    const lower = letters;
    const prime = RUN_PRIME | 0;
    const limit = Math.min(start + RUN_LIMIT, text.length) | 0;
    let first = RUN_BASIS | 0;
    let second = 0;
    let end = start | 0;
    let piece = begin | 0;
    for (;;) {
      let c = 0;
      for (; end < limit; end++) {
        c = text.charCodeAt(end);
        const letter = lower[c & 127] as number;
        if (letter === 0 || c > 127) break;
        first = Math.imul(first ^ letter, prime);
        second = (Math.imul(second, RUN_SECOND_PRIME) + letter) | 0;
      }
      if (c === 32 || end === limit || !this.#goesOn(text, start, end, c)) break;
      if (c < 0x80) {
        if (end - piece === 1) this.#seeSingle(piece);
        piece = end + 1;
      }
      first = Math.imul(first ^ c, prime);
      second = (Math.imul(second, RUN_SECOND_PRIME) + c) | 0;
      end++;
    }
    if (end - piece === 1) this.#seeSingle(piece);
    this.#seeStretch(text, piece, end);
    const run = table.read(text, start, end, first, second);
    this.#pushRun(run, start, end);
    const { runs } = table;
    const codes = runs[run + RUN_CODES] as number;
    this.#words += codes & 63;
    this.#digits += (runs[run + RUN_TAKEN] as number) - 1;
    if (codes > 63) {
      this.#reversed += (codes >> 6) & 63;
      this.#reversedNames += (codes >> 12) & 63;
      this.#rot13 += (codes >> 18) & 63;
      this.#pigLatin += (codes >> 24) & 63;
    }
    return end;
  }

  /** Whether a run that began at `start` goes on with the character `c` at `i`, which is neither a letter nor a digit of ASCII. */
  #goesOn(text: string, start: number, i: number, c: number): boolean {
    if (c >= 0x80) {
      if (c >= 0x3040) return false;
      this.signs |= Sign.Unplain;
      return true;
    }
    if (c === 39 || c === 64 || c === 36) {
      if (!isLetter(text.charCodeAt(i + 1))) return false;
      if (c === 36) this.signs |= Sign.Unplain;
      return true;
    }
    // "b.i.d."
    if (c !== 46 || !isLetter(text.charCodeAt(i + 1)) || isLetter(text.charCodeAt(i + 2))) return false;
    if (i !== start + 1 && text.charCodeAt(i - 2) !== 46) return false;
    this.#marks++;
    return true;
  }

  /** Notes a letter or digit that stands alone. */
  #seeSingle(at: number): void {
    if (at - this.#single <= SPACED_GAP + 1) this.signs |= Sign.Spaced;
    this.#single = at;
  }

  /** Notes characters that a code of base64 may have. */
  #seeStretch(text: string, from: number, to: number): void {
    if (from !== this.#stretchEnd) this.#stretch = from;
    this.#stretchEnd = to;
    if (to - this.#stretch >= CODED_RUN) this.#seeLong(text, to);
  }

  /** A run of small letters is a word. */
  #seeLong(text: string, to: number): void {
    for (let i = this.#stretch + 1; i < to; i++) if (text.charCodeAt(i) < 97) this.signs |= Sign.Coded;
  }
}

const ALL_SIGNS = Sign.Unplain | Sign.Spaced | Sign.Coded;

for (let c = 0; c < 128; c++) {
  letters[c] = isDigit(c) ? c : isLetter(c) ? c | 32 : 0;
  marks[c] = kindOfMark(c);
  plain[c] = isPlain(c) ? 1 : 0;
}

function isDigit(c: number): boolean {
  return c >= 48 && c <= 57;
}

function isLetter(c: number): boolean {
  return (c | 32) >= 97 && (c | 32) <= 122;
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
