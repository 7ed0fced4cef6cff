import type { Codes } from '../text/codes.ts';
import { KIND_COUNT } from './places.ts';
import { RUN_CODES, RUN_END, RUN_LIMIT, RUN_ROLES, RUN_SENSES, RUN_START, RunTable, WORDS_READ } from './run-table.ts';
import { kindOfMark, kindOfNumber } from './word-kind.ts';

/** Words at the end of a text that are kept for the next one. */
export const TAIL = 4;

/** How often one text may say a word, and a kind alone (a mark, a number); what is repeated more often is not read again. */
const MOST_TIMES = 4;
const MOST_TIMES_OF_KIND = 16;

/** The last words of a text: a hash and a kind of each. */
export interface Tail {
  readonly words: readonly number[];
  readonly kinds: readonly number[];
}

/** All words met lately, of any list. */
export const table = new RunTable();

/** Of each word of the table: in which text it was last met, times this, plus how often. */
const TURN = 32;
let met = new Int32Array(1 << 13);
let turn = TURN;

/**
 * The words of a folded text, as numbers in {@link table}. No string is made for a word that was met before, so that a whole answer
 * is looked at in microseconds; the rules read tokens instead. Whoever says the same again and again cannot outweigh the rest by it.
 */
export class WordList {
  count = 0;
  /** Numbers of the words; they hold until the next text is read. */
  readonly words = new Int32Array(WORDS_READ);
  /** Half-open ranges in the folded text. */
  readonly from = new Int32Array(WORDS_READ);
  readonly to = new Int32Array(WORDS_READ);
  /** 1 where a word stands for the first time, else 0. */
  readonly first = new Uint8Array(WORDS_READ);
  /** All bits of the lexicon over the text. */
  senses = 0;
  roles = 0;
  #words = 0;
  #reversed = 0;
  #reversedNames = 0;
  #rot13 = 0;
  #pigLatin = 0;

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
      const word = this.words[i] as number;
      words.push(table.words[word] as number);
      kinds.push(table.kinds[word] as number);
    }
    return { words, kinds };
  }

  /** Reads a text in place of the one before. */
  read(text: string): this {
    table.forget();
    turn += TURN;
    if (turn > 0x7fff_ff00) {
      met.fill(0);
      turn = TURN;
    }
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
      else if (c >= 97 && c <= 122) i = this.#readRun(text, i);
      else if (c >= 48 && c <= 57) i = this.#readDigits(text, i);
      else if (c < 0x80) {
        // A hyphen inside a word or a number says nothing; "a - b" does.
        if (c !== 45 || !isAlnum(text.charCodeAt(i - 1)) || !isAlnum(text.charCodeAt(i + 1)) || isDigits(text, i)) {
          this.#push(kindOfMark(c), i, i + 1);
        }
        i++;
      } else if (c >= 0x3040) {
        this.#pushRun(table.readCharacter(c), i, i + 1);
        i++;
      } else i = this.#readRun(text, i);
    }
    return this;
  }

  #push(word: number, from: number, to: number): void {
    if (word >= met.length) {
      const larger = new Int32Array(2 * table.count);
      larger.set(met);
      met = larger;
    }
    const times = Math.max(0, (met[word] as number) - turn);
    if (times >= (word < KIND_COUNT ? MOST_TIMES_OF_KIND : MOST_TIMES)) return;
    met[word] = turn + times + 1;
    const n = this.count++;
    this.words[n] = word;
    this.from[n] = from;
    this.to[n] = to;
    this.first[n] = times === 0 ? 1 : 0;
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
    for (; end - start < RUN_LIMIT; end++) {
      const c = text.charCodeAt(end);
      if (c >= 48 && c <= 57) value = value * 10 + (c - 48);
      else if ((c === 46 || c === 44) && isDigit(text.charCodeAt(end + 1))) {
        // Three digits after a comma go on with the number, anything else is its fraction.
        if (c === 46 || !isThree(text, end + 1)) whole = false;
      } else break;
    }
    if (isLetter(text.charCodeAt(end))) return this.#readRun(text, start);
    this.#push(kindOfNumber(whole ? value : 0.5), start, end);
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
    const codes = table.runs[run + RUN_CODES] as number;
    this.#words += codes & 63;
    if (codes > 63) {
      this.#reversed += (codes >> 6) & 63;
      this.#reversedNames += (codes >> 12) & 63;
      this.#rot13 += (codes >> 18) & 63;
      this.#pigLatin += (codes >> 24) & 63;
    }
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
