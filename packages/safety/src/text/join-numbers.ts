import { lookUp } from '../lexicon/lexicon.ts';
import { AMBIGUOUS_NUMBERS } from '../lexicon/numbers.ts';
import { Sense } from '../lexicon/tags.ts';
import { MARK, NUMBER, type Token, WORD } from './token.ts';

/** Hyphens between words fall away; number words and mixed numbers become one number. */
export function joinNumbers(tokens: Token[]): Token[] {
  const out: Token[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] as Token;
    if (token.kind === MARK && token.w === '-' && token.gap === 0) {
      const before = tokens[i - 1];
      const after = tokens[i + 1];
      // "five-hundred", "500-milligram": the hyphen says nothing; "500-1000" is a range and stays.
      if (
        before &&
        after &&
        after.gap <= 0 &&
        !(before.kind === NUMBER && after.kind === NUMBER) &&
        before.kind <= NUMBER &&
        after.kind <= NUMBER
      ) {
        after.gap = 1;
        continue;
      }
    }
    // Digits spaced apart inside one number: "5 00" is left alone, "1 1/2" is not.
    if (token.kind === NUMBER) {
      const fraction = readFraction(tokens, i);
      if (fraction) {
        out.push(fraction.token);
        i = fraction.last;
        continue;
      }
      const scale = tokens[i + 1];
      if (scale && scale.kind === WORD && (scale.w === 'hundred' || scale.w === 'thousand')) {
        out.push(numberToken(token, token.value * scale.value, scale.to));
        i++;
        continue;
      }
      out.push(token);
      continue;
    }
    if (!Number.isNaN(token.value) && token.kind === WORD) {
      const words = readNumberWords(tokens, i);
      if (words) {
        out.push(words.token);
        i = words.last;
        continue;
      }
    }
    out.push(token);
  }
  return out;
}

/** The number that begins with `first` and ends at `to`. Its keys stand as those of any token, for one shape. */
function numberToken(first: Token, value: number, to: number): Token {
  const w = String(value);
  const { from, gap } = first;
  return { w, sense: Sense.Number, role: 0, value, from, to, gap, kind: NUMBER, phrases: lookUp(w).phrases, hint: 0 };
}

function readFraction(tokens: Token[], i: number): { token: Token; last: number } | undefined {
  const first = tokens[i] as Token;
  let whole = 0;
  let k = i;
  let top = first;
  if (
    tokens[i + 1]?.kind === NUMBER &&
    tokens[i + 2]?.w === '/' &&
    tokens[i + 3]?.kind === NUMBER &&
    (tokens[i + 3] as Token).value <= 8
  ) {
    whole = first.value;
    k = i + 1;
    top = tokens[k] as Token;
  }
  const bottom = tokens[k + 2];
  if (tokens[k + 1]?.w !== '/' || !bottom || bottom.kind !== NUMBER || bottom.gap !== 0) return undefined;
  if (!(bottom.value >= 2 && bottom.value <= 8 && top.value < bottom.value)) return undefined;
  return { token: numberToken(first, whole + top.value / bottom.value, bottom.to), last: k + 2 };
}

function readNumberWords(tokens: Token[], i: number): { token: Token; last: number } | undefined {
  const first = tokens[i] as Token;
  let total = 0;
  let current = first.value;
  let last = i;
  for (let k = i + 1; k < tokens.length && k < i + 12; k++) {
    let token = tokens[k] as Token;
    let step = k;
    if (
      (token.w === '-' && token.gap === 0) ||
      token.w === 'and' ||
      token.w === 'y' ||
      token.w === 'et' ||
      token.w === 'und' ||
      token.w === 'e'
    ) {
      const next = tokens[k + 1];
      // "two and a half"
      if (
        next?.w === 'a' &&
        tokens[k + 2] &&
        !Number.isNaN((tokens[k + 2] as Token).value) &&
        (tokens[k + 2] as Token).value < 1
      ) {
        current += (tokens[k + 2] as Token).value;
        last = k + 2;
        break;
      }
      if (!next || Number.isNaN(next.value) || next.kind !== WORD) break;
      if (token.w !== '-' && !(current >= 100 || total > 0 || next.value < 1)) break;
      token = next;
      step = k + 1;
    }
    if (token.kind !== WORD || Number.isNaN(token.value)) break;
    const value = token.value;
    if (value >= 100 && current > 0 && current < value) current *= value;
    else if (current >= 100 && value < 100 && value >= 1) current += value;
    else if (current >= 20 && current < 100 && current % 10 === 0 && value >= 1 && value < 10) current += value;
    else if (value < 1 && current >= 1) current += value;
    else break;
    if (value === 1000) {
      total += current;
      current = 0;
    }
    last = step;
    k = step;
  }
  const value = total + current;
  const end = tokens[last] as Token;
  // "half a tablet", "half of a tablet", "a couple of"
  let lastPlus = last;
  if (value < 1 || first.w === 'couple') {
    if (tokens[lastPlus + 1]?.w === 'of') lastPlus++;
    if (tokens[lastPlus + 1]?.w === 'a' || tokens[lastPlus + 1]?.w === 'an') lastPlus++;
    if (first.w === 'couple' || lastPlus === last + 1 || lastPlus === last + 2) last = lastPlus;
  }
  if (AMBIGUOUS_NUMBERS.has(first.w) && last === i) {
    // A weak number keeps its word's other meanings until a unit or a form follows.
    const next = tokens[i + 1];
    const unit = Sense.Mass | Sense.Gram | Sense.Volume | Sense.Unit | Sense.Form | Sense.Spoon;
    if (!next || !(next.sense & unit)) return undefined;
  }
  const token = numberToken(first, value, Math.max(end.to, first.to));
  return { token, last };
}
