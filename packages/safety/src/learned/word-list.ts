import type { Codes } from '../text/codes.ts';
import { KIND_HASHES, OWN_PLACES, PLACES_OF_KINDS, RUN_LIMIT, RunTable, WORDS_READ } from './run-table.ts';
import { kindOfMark, kindOfNumber } from './word-kind.ts';

/** Words at the end of a text that are kept for the next one. */
export const TAIL = 4;

/** The last words of a text, as hashes. */
export interface Tail {
  readonly words: readonly number[];
  readonly kinds: readonly number[];
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
    const hash = KIND_HASHES[kind] as number;
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
