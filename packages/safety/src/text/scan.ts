import { isKnownWord, lookUp } from '../lexicon/lexicon.ts';
import { Role, Sense } from '../lexicon/tags.ts';
import { EXPANSIONS } from '../lexicon/words.ts';
import { isDigit, isIdeograph, isLower } from './characters.ts';
import { splitGlued, unleet } from './disguise.ts';
import type { Folded } from './fold.ts';
import { joinNumbers } from './join-numbers.ts';
import { IDEOGRAPH, MARK, NUMBER, type Token, type TokenKind, WORD } from './token.ts';

const EXPANDED = new Map(Object.entries(EXPANSIONS));

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

export function scan({ text, at }: Pick<Folded, 'text' | 'at'>, base: number): Token[] {
  const tokens: Token[] = [];
  const length = text.length;
  let gap = 1;
  let numbers = false;
  let i = 0;
  const push = (w: string, from: number, to: number, kind: TokenKind, value: number): void => {
    let sense = 0;
    let role = 0;
    let phrases: Token['phrases'];
    let hint = 0;
    if (kind === WORD) {
      const entry = lookUp(w);
      w = entry.word;
      sense = entry.sense;
      role = entry.role;
      value = entry.value;
      phrases = entry.phrases;
      hint = entry.hint;
      if (!Number.isNaN(value)) numbers = true;
    } else if (kind === NUMBER) {
      sense = Sense.Number;
      numbers = true;
    } else if (kind === MARK) {
      role = Role.Punctuation;
      if (w === '-') numbers = true;
      if (w === '>' || w === '<') role |= Role.Compare;
      else if (w === '%') sense = Sense.Percent;
    }
    tokens.push({
      w,
      sense,
      role,
      value,
      from: base + (at[from] as number),
      to: base + endOffset(at, to),
      gap,
      kind,
      phrases,
      hint,
    });
    gap = 0;
  };
  while (i < length) {
    const c = text.charCodeAt(i);
    if (c === 32) {
      if (gap < 1) gap = 1;
      i++;
    } else if (c === 10) {
      gap = 2;
      i++;
    } else if (isLower(c) || isDigit(c) || ((c === 64 || c === 36) && isLower(text.charCodeAt(i + 1)))) {
      i = scanRun(text, i, push, (g) => {
        gap = g;
      });
    } else if (c === 39) {
      i++;
    } else if (c < 0x80) {
      push(text[i] as string, i, i + 1, MARK, Number.NaN);
      i++;
    } else if (isIdeograph(c)) {
      push(text[i] as string, i, i + 1, IDEOGRAPH, Number.NaN);
      i++;
    } else {
      // Letters of other scripts: one token a run, unknown to every list but kept as a word.
      let end = i + 1;
      while (end < length && text.charCodeAt(end) >= 0x80 && !isIdeograph(text.charCodeAt(end)) && end - i < 60) end++;
      push(text.slice(i, end), i, end, WORD, Number.NaN);
      i = end;
    }
  }
  return numbers ? joinNumbers(tokens) : tokens;
}

type Push = (w: string, from: number, to: number, kind: TokenKind, value: number) => void;

/** A run without spaces: words, numbers, contractions, leet. Returns where it ends. */
function scanRun(text: string, start: number, push: Push, setGap: (gap: number) => void): number {
  const length = text.length;
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
  if (letters > 0 && others > 0) {
    const run = text.slice(start, end);
    if (end - start <= 40) {
      const plain = lookUp(run).known ? run : unleet(run);
      if (plain) {
        if (typeof plain === 'string')
          push(
            plain,
            start,
            end,
            /^\d/.test(plain) && !isLower(plain.charCodeAt(plain.length - 1)) ? NUMBER : WORD,
            Number(plain),
          );
        else {
          push(String(plain.value), start, start + plain.length, NUMBER, plain.value);
          push(run.slice(plain.length), start + plain.length, end, WORD, Number.NaN);
        }
        return end;
      }
    }
    scanMixed(text, start, end, push);
    return end;
  }
  if (others > 0 && letters === 0) return scanNumber(text, start, push);
  return scanWord(text, start, end, push, setGap);
}

function scanMixed(text: string, start: number, end: number, push: Push): void {
  let i = start;
  while (i < end) {
    const c = text.charCodeAt(i);
    if (isDigit(c)) {
      i = scanNumber(text, i, push);
      continue;
    }
    let stop = i + 1;
    while (stop < end && isLower(text.charCodeAt(stop))) stop++;
    pushWord(text.slice(i, stop), i, stop, push);
    i = stop;
  }
}

/** Digits with separators inside. A comma before exactly three digits groups thousands, otherwise it is a decimal mark. */
function scanNumber(text: string, start: number, push: Push): number {
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
  push(shown, start, end, NUMBER, Number(shown));
  return end;
}

function scanWord(text: string, start: number, end: number, push: Push, setGap: (gap: number) => void): number {
  let word = text.slice(start, end);
  // A hyphen inside a word: the parts belong together when they make a known word, else they are two words.
  if (text.charCodeAt(end) === 45 && end - start < 40) {
    const joined = joinHyphens(text, start, end);
    if (joined) {
      push(joined.word, start, joined.end, WORD, Number.NaN);
      return joined.end;
    }
  }
  if (text.charCodeAt(end) === 39 && isLower(text.charCodeAt(end + 1))) {
    let stop = end + 1;
    while (stop < text.length && isLower(text.charCodeAt(stop)) && stop - end < 20) stop++;
    const tail = text.slice(end + 1, stop);
    if (tail === 't' && word.endsWith('n')) {
      push(CONTRACTED[word] ?? word.slice(0, -1), start, end, WORD, Number.NaN);
      setGap(1);
      push('not', end, stop, WORD, Number.NaN);
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
    if (full !== undefined) {
      push(word, start, end, WORD, Number.NaN);
      if (full) {
        setGap(1);
        push(full, end, stop, WORD, Number.NaN);
      }
      return stop;
    }
    push(word, start, end, WORD, Number.NaN);
    setGap(1);
    return end + 1;
  }
  const expanded = end - start <= 9 ? EXPANDED.get(word) : undefined;
  if (expanded) {
    for (const part of expanded) {
      push(part, start, end, WORD, Number.NaN);
      setGap(1);
    }
    setGap(0);
    return end;
  }
  if (end - start > 60) word = word.slice(0, 60);
  // "b.i.d.", "p.o.", "m.g." are one word each.
  if (
    end - start === 1 &&
    text.charCodeAt(end) === 46 &&
    isLower(text.charCodeAt(end + 1)) &&
    !isLower(text.charCodeAt(end + 2))
  ) {
    let stop = end;
    let dotted = word;
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
      push(dotted, start, stop, WORD, Number.NaN);
      return text.charCodeAt(stop) === 46 ? stop + 1 : stop;
    }
    const parts = splitGlued(dotted);
    if (parts) {
      for (const part of parts) {
        push(part, start, stop, WORD, Number.NaN);
        setGap(1);
      }
      setGap(0);
      return stop;
    }
  }
  pushWord(word, start, end, push);
  return end;
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

/** A word, or the words that were written without spaces. */
function pushWord(word: string, start: number, end: number, push: Push): void {
  if (word.length >= 8) {
    const entry = lookUp(word);
    if (entry.split === undefined) entry.split = splitGlued(word) ?? null;
    if (entry.split) {
      let i = start;
      for (const part of entry.split) {
        push(part, i, Math.min(end, i + part.length), WORD, Number.NaN);
        i += part.length;
      }
      return;
    }
  }
  push(word, start, end, WORD, Number.NaN);
}

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
