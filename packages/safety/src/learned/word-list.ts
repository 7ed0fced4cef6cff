import { type Codes, countCodes } from '../text/codes.ts';
import { scan } from '../text/scan.ts';
import { MARK, NUMBER, type Token } from '../text/token.ts';
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

/** What one run of letters and digits is made of. */
interface Run {
  readonly kinds: readonly number[];
  readonly words: readonly number[];
  readonly sense: number;
  readonly role: number;
  readonly codes: Codes;
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

const hashes = Int32Array.from({ length: 256 }, (_, kind) => hashOfKind(kind));

let at = new Int32Array(RUN_LIMIT + 2).map((_, i) => i);

function readRun(text: string): Run {
  if (at.length <= text.length) at = new Int32Array(text.length + 2).map((_, i) => i);
  const tokens = scan({ text, at }, 0);
  const kinds = tokens.map((token) => hashes[kindOf(token)] as number);
  let sense = 0;
  let role = 0;
  for (const token of tokens) {
    sense |= token.sense;
    role |= token.role;
  }
  const codes = countCodes(tokens);
  return { kinds, words: tokens.map((token, i) => wordOf(token, kinds[i] as number)), sense, role, codes };
}

/** Runs met so far, by two hashes of their characters. Bounded: when half the slots are taken all are forgotten. */
class RunTable {
  #first = new Int32Array(SLOTS);
  #second = new Int32Array(SLOTS);
  #runs: (Run | undefined)[] = new Array(SLOTS).fill(undefined);
  #size = 0;

  read(text: string, from: number, to: number, first: number, second: number): Run {
    let slot = (first ^ (first >>> 15)) & (SLOTS - 1);
    for (let run = this.#runs[slot]; run !== undefined; run = this.#runs[slot]) {
      if (this.#first[slot] === first && this.#second[slot] === second) return run;
      slot = (slot + 1) & (SLOTS - 1);
    }
    if (this.#size >= SLOTS / 2) {
      this.#runs.fill(undefined);
      this.#size = 0;
      slot = (first ^ (first >>> 15)) & (SLOTS - 1);
    }
    const run = readRun(text.slice(from, to));
    this.#first[slot] = first;
    this.#second[slot] = second;
    this.#runs[slot] = run;
    this.#size++;
    return run;
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

  /** Reads a text in place of the one before. */
  read(text: string): this {
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
          const kind = hashes[kindOfMark(c)] as number;
          this.#push(kind, kind, i, i + 1);
        }
        i++;
      } else if (c >= 0x3040) {
        this.#push(hashes[CHARACTER] as number, Math.imul(c, 0x9e3779b1), i, i + 1);
        i++;
      } else i = this.#readRun(text, i);
    }
    return this;
  }

  #push(kind: number, word: number, from: number, to: number): void {
    const n = this.count++;
    this.kinds[n] = kind;
    this.words[n] = word;
    this.from[n] = from;
    this.to[n] = to;
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
    const kind = hashes[kindOfNumber(whole ? value : 0.5)] as number;
    this.#push(kind, kind, start, end);
    return end;
  }

  /** Letters, digits and the apostrophes between them. */
  #readRun(text: string, start: number): number {
    let first = 0x811c9dc5;
    let second = 0;
    let end = start;
    for (; end - start < RUN_LIMIT; end++) {
      const c = text.charCodeAt(end);
      if (!(isLetter(c) || isDigit(c) || (c >= 0x80 && c < 0x3040))) {
        if (c === 39) {
          if (!isLetter(text.charCodeAt(end + 1))) break;
        } else if (c === 46) {
          // "b.i.d."
          if (!(isLetter(text.charCodeAt(end + 1)) && !isLetter(text.charCodeAt(end + 2)))) break;
          if (!(end === start + 1 || text.charCodeAt(end - 2) === 46)) break;
        } else if (c === 64 || c === 36) {
          if (!isLetter(text.charCodeAt(end + 1))) break;
        } else break;
      }
      first = Math.imul(first ^ c, 0x01000193);
      second = (Math.imul(second, 31) + c) | 0;
    }
    const run = table.read(text, start, end, first, second);
    const { kinds, words } = run;
    for (let k = 0; k < kinds.length; k++) this.#push(kinds[k] as number, words[k] as number, start, end);
    this.senses |= run.sense;
    this.roles |= run.role;
    const { codes } = run;
    this.#words += codes.words;
    this.#reversed += codes.reversed;
    this.#reversedNames += codes.reversedNames;
    this.#rot13 += codes.rot13;
    this.#pigLatin += codes.pigLatin;
    return end;
  }
}

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
