import { type Entry, isKnown, isKnownWord, lookUp, lookUpIn } from '../lexicon/lexicon.ts';
import { Role, Sense } from '../lexicon/tags.ts';
import { isDigit, isIdeograph, isLower } from './characters.ts';
import { splitGlued, splitOf, unleet } from './disguise.ts';
import type { Folded } from './fold.ts';
import { joinNumbers } from './join-numbers.ts';
import { IDEOGRAPH, MARK, NUMBER, type Token, type TokenKind, WORD } from './token.ts';

const CONTRACTED: Readonly<Record<string, string>> = { can: 'can', won: 'will', shan: 'shall', don: 'do', ain: 'is' };

const SUFFIXES: Readonly<Record<string, string>> = { ve: 'have', re: 'are', ll: 'will', d: 'would', m: 'am' };

const IS_CONTRACTED = new Set([
  'he',
  'she',
  'it',
  'that',
  'this',
  'what',
  'there',
  'here',
  'who',
  'where',
  'how',
  'everything',
]);

/** Words, numbers and marks of a folded text; offsets are those of the original plus `base`. */
export function scan({ text, at }: Pick<Folded, 'text' | 'at'>, base: number): Token[] {
  return new Scanner(text, at, base).scan();
}

class Scanner {
  readonly #text: string;
  readonly #at: Int32Array;
  readonly #base: number;
  readonly #tokens: Token[] = [];
  /** What stands before the next token: see {@link Token.gap}. */
  #gap = 1;
  /** Whether there is anything that may be part of a number. */
  #numbers = false;

  constructor(text: string, at: Int32Array, base: number) {
    this.#text = text;
    this.#at = at;
    this.#base = base;
  }

  scan(): Token[] {
    const text = this.#text;
    const { length } = text;
    let i = 0;
    while (i < length) {
      const c = text.charCodeAt(i);
      if (c === 32) {
        if (this.#gap < 1) this.#gap = 1;
        i++;
      } else if (c === 10) {
        this.#gap = 2;
        i++;
      } else if (isLower(c) || isDigit(c) || ((c === 64 || c === 36) && isLower(text.charCodeAt(i + 1)))) {
        i = this.#scanRun(i);
      } else if (c === 39) {
        i++;
      } else if (c < 0x80) {
        this.#pushMark(text[i] as string, i);
        i++;
      } else if (isIdeograph(c)) {
        this.#push(text[i] as string, 0, 0, Number.NaN, i, i + 1, IDEOGRAPH, undefined, 0);
        i++;
      } else {
        // Letters of other scripts: one token a run, unknown to every list but kept as a word.
        let end = i + 1;
        while (end < length && text.charCodeAt(end) >= 0x80 && !isIdeograph(text.charCodeAt(end)) && end - i < 60)
          end++;
        this.#pushEntry(lookUpIn(text, i, end), i, end);
        i = end;
      }
    }
    return this.#numbers ? joinNumbers(this.#tokens) : this.#tokens;
  }

  #push(
    w: string,
    sense: number,
    role: number,
    value: number,
    from: number,
    to: number,
    kind: TokenKind,
    phrases: Token['phrases'],
    hint: number,
  ): void {
    this.#tokens.push({
      w,
      sense,
      role,
      value,
      from: this.#base + (this.#at[from] as number),
      to: this.#base + endOffset(this.#at, to),
      gap: this.#gap,
      kind,
      phrases,
      hint,
    });
    this.#gap = 0;
  }

  #pushEntry({ word, sense, role, value, phrases, hint }: Entry, from: number, to: number): void {
    if (!Number.isNaN(value)) this.#numbers = true;
    this.#push(word, sense, role, value, from, to, WORD, phrases, hint);
  }

  #pushWord(word: string, from: number, to: number): void {
    this.#pushEntry(lookUp(word), from, to);
  }

  #pushNumber(w: string, value: number, from: number, to: number): void {
    this.#numbers = true;
    this.#push(w, Sense.Number, 0, value, from, to, NUMBER, undefined, 0);
  }

  #pushMark(w: string, i: number): void {
    if (w === '-') this.#numbers = true;
    const role = w === '>' || w === '<' ? Role.Punctuation | Role.Compare : Role.Punctuation;
    this.#push(w, w === '%' ? Sense.Percent : 0, role, Number.NaN, i, i + 1, MARK, undefined, 0);
  }

  /** The words that one stands for, each at its place. */
  #pushParts(parts: readonly string[], from: number, to: number): void {
    for (const part of parts) {
      this.#pushWord(part, from, to);
      this.#gap = 1;
    }
    this.#gap = 0;
  }

  /** A word, or the words that were written without spaces. */
  #pushMaybeGlued(entry: Entry, start: number, end: number): void {
    const split = splitOf(entry);
    if (split === null) {
      this.#pushEntry(entry, start, end);
      return;
    }
    let i = start;
    for (const part of split) {
      this.#pushWord(part, i, Math.min(end, i + part.length));
      i += part.length;
    }
  }

  /** A run without spaces: words, numbers, contractions, leet. Returns where it ends. */
  #scanRun(start: number): number {
    const text = this.#text;
    const { length } = text;
    let end = start;
    let letters = 0;
    let others = 0;
    while (end < length && end - start < 400) {
      const c = text.charCodeAt(end);
      if (isLower(c)) letters++;
      else if (isDigit(c)) others++;
      else if (
        (c === 64 || c === 36 || c === 33) &&
        (isLower(text.charCodeAt(end + 1)) || (c !== 33 && isDigit(text.charCodeAt(end + 1))))
      )
        others++;
      else break;
      end++;
    }
    if (others === 0) return this.#scanWord(start, end);
    if (letters === 0) return this.#scanNumber(start);
    if (end - start > 40 || !this.#scanLeet(start, end)) this.#scanMixed(start, end);
    return end;
  }

  /** Whether a run of letters and other characters is read as a whole. */
  #scanLeet(start: number, end: number): boolean {
    const run = this.#text.slice(start, end);
    const plain = isKnown(run) ? run : unleet(run);
    if (!plain) return false;
    if (typeof plain !== 'string') {
      this.#pushNumber(String(plain.value), plain.value, start, start + plain.length);
      this.#pushWord(run.slice(plain.length), start + plain.length, end);
    } else if (/^\d/.test(plain) && !isLower(plain.charCodeAt(plain.length - 1)))
      this.#pushNumber(plain, Number(plain), start, end);
    else this.#pushWord(plain, start, end);
    return true;
  }

  #scanMixed(start: number, end: number): void {
    const text = this.#text;
    let i = start;
    while (i < end) {
      if (isDigit(text.charCodeAt(i))) {
        i = this.#scanNumber(i);
        continue;
      }
      let stop = i + 1;
      while (stop < end && isLower(text.charCodeAt(stop))) stop++;
      this.#pushMaybeGlued(lookUpIn(text, i, stop), i, stop);
      i = stop;
    }
  }

  /** Digits with separators inside. A comma before exactly three digits groups thousands, otherwise it is a decimal mark. */
  #scanNumber(start: number): number {
    const text = this.#text;
    let end = start;
    let digits = '';
    while (end < text.length && end - start < 400) {
      const c = text.charCodeAt(end);
      if (isDigit(c)) {
        digits += text[end];
        end++;
        continue;
      }
      if ((c === 44 || c === 46) && end > start && isDigit(text.charCodeAt(end + 1))) {
        const grouped =
          c === 44 &&
          isDigit(text.charCodeAt(end + 2)) &&
          isDigit(text.charCodeAt(end + 3)) &&
          !isDigit(text.charCodeAt(end + 4));
        if (!grouped) {
          if (digits.includes('.')) break;
          digits += '.';
        }
        end++;
        continue;
      }
      break;
    }
    const shown = digits.length > 40 ? digits.slice(0, 40) : digits;
    this.#pushNumber(shown, Number(shown), start, end);
    return end;
  }

  #scanWord(start: number, end: number): number {
    const text = this.#text;
    const next = text.charCodeAt(end);
    // A hyphen inside a word: the parts belong together when they make a known word, else they are two words.
    if (next === 45 && end - start < 40) {
      const joined = joinHyphens(text, start, end);
      if (joined) {
        this.#pushWord(joined.word, start, joined.end);
        return joined.end;
      }
    }
    if (next === 39 && isLower(text.charCodeAt(end + 1))) return this.#scanContraction(start, end);
    if (next === 46 && end - start === 1 && isLower(text.charCodeAt(end + 1)) && !isLower(text.charCodeAt(end + 2))) {
      const stop = this.#scanDotted(start, end);
      if (stop > end) return stop;
    }
    const entry = lookUpIn(text, start, Math.min(end, start + 60));
    if (entry.expanded) this.#pushParts(entry.expanded, start, end);
    else this.#pushMaybeGlued(entry, start, end);
    return end;
  }

  /** "don't", "she's", "let's": a word and what its apostrophe stands for. Returns where it ends. */
  #scanContraction(start: number, end: number): number {
    const text = this.#text;
    const word = text.slice(start, end);
    let stop = end + 1;
    while (stop < text.length && isLower(text.charCodeAt(stop)) && stop - end < 20) stop++;
    const tail = text.slice(end + 1, stop);
    if (tail === 't' && word.endsWith('n')) {
      this.#pushWord(CONTRACTED[word] ?? word.slice(0, -1), start, end);
      this.#gap = 1;
      this.#pushWord('not', end, stop);
      return stop;
    }
    const full =
      tail === 's'
        ? IS_CONTRACTED.has(word) || isVerbAfter(text, stop)
          ? 'is'
          : word === 'let'
            ? 'us'
            : ''
        : SUFFIXES[tail];
    this.#pushWord(word, start, end);
    if (full === '') return stop;
    this.#gap = 1;
    if (full === undefined) return end + 1;
    this.#pushWord(full, end, stop);
    return stop;
  }

  /** "b.i.d.", "p.o.", "m.g." are one word each. Returns where it ends, or `end` when it is none. */
  #scanDotted(start: number, end: number): number {
    const text = this.#text;
    let stop = end;
    let dotted = text.slice(start, end);
    while (
      text.charCodeAt(stop) === 46 &&
      isLower(text.charCodeAt(stop + 1)) &&
      !isLower(text.charCodeAt(stop + 2)) &&
      dotted.length < 20
    ) {
      dotted += text[stop + 1];
      stop += 2;
    }
    if (lookUp(dotted).known) {
      this.#pushWord(dotted, start, stop);
      return text.charCodeAt(stop) === 46 ? stop + 1 : stop;
    }
    const parts = splitGlued(dotted);
    if (!parts) return end;
    this.#pushParts(parts, start, stop);
    return stop;
  }
}

/** "the bump's a cyst": before an article, "not" or an adverb of certainty the 's of any noun is "is". */
function isVerbAfter(text: string, from: number): boolean {
  if (text.charCodeAt(from) !== 32) return false;
  const c = text.charCodeAt(from + 1);
  // What the words below begin with.
  if (c !== 97 && c !== 99 && c !== 100 && c !== 106 && c !== 110 && c !== 119) return false;
  for (const word of VERB_BEFORE) if (text.startsWith(word, from + 1)) return true;
  return false;
}
const VERB_BEFORE = ['a ', 'an ', 'what ', 'not ', 'just ', 'nothing ', 'clearly ', 'definitely '];

function joinHyphens(text: string, start: number, firstEnd: number): { word: string; end: number } | undefined {
  let word = text.slice(start, firstEnd);
  let end = firstEnd;
  let best: { word: string; end: number } | undefined;
  for (let parts = 0; parts < 24 && text.charCodeAt(end) === 45; parts++) {
    let next = end + 1;
    if (text.charCodeAt(next) === 10) next++;
    let stop = next;
    while (stop < text.length && isLower(text.charCodeAt(stop)) && stop - next < 40) stop++;
    if (stop === next) break;
    word += text.slice(next, stop);
    end = stop;
    if (word.length > 40) break;
    if (word.length >= 4 && isKnownWord(word)) best = { word, end };
  }
  return best;
}

/** End of a token in the original: where its last character ends, invisible characters after it left out. */
function endOffset(at: Int32Array, to: number): number {
  const last = at[to - 1] as number;
  const next = at[to] as number;
  return next > last && next - last <= 2 ? next : Math.max(last + 1, Math.min(next, last + 2));
}
