import { Role, Sense } from '../../lexicon/tags.ts';
import { type Sentence, words } from '../sentence.ts';

/** Comparisons that are one only beside a number. */
const COMPARES = words(
  'wider bigger larger smaller longer shorter beyond tops topping dips dipping past minus worse upwards onwards crosses crossing touches nears rising climbing dropping falling exceeding plus heavier',
);

/** "should he wheeze", "had she missed it": a condition without "if". */
export function inverted(s: Sentence, k: number): boolean {
  return (
    s.w(k) === 'should' &&
    (k === s.start || s.isMark(k - 1)) &&
    s.findRole(
      k + 1,
      Math.min(s.end, k + 3),
      Role.You | Role.Your | Role.Third | Role.Kin | Role.This | Role.Finding,
    ) >= 0 &&
    !s.isMark(s.end - 1, '?')
  );
}

/** "> 6.5", "above 250", "of 2 or more", "at least 3"; -1 when no number is compared. */
export function thresholdAt(s: Sentence): number {
  s.memo.threshold ??= findThreshold(s);
  return s.memo.threshold;
}

function findThreshold(s: Sentence): number {
  for (let i = s.start; i < s.end; i++) {
    if (s.w(i) === 'twice' && s.reads(i - 2, 'more', 'than')) return i;
    if (!s.has(i, Sense.Number)) continue;
    for (let k = Math.max(s.start, i - 3); k < Math.min(s.end, i + 7); k++)
      if (s.is(k, Role.Compare) && s.w(k) !== 'over') return i;
    for (let k = Math.max(s.start, i - 3); k < i; k++)
      if (s.is(k, Role.Compare | Role.Score) || s.isWord(k, COMPARES)) return i;
    // "sugar 200 to 250:", "2-3 points"
    if (
      /^(?:to|-)$/.test(s.w(i + 1)) &&
      s.has(i + 2, Sense.Number) &&
      (s.has(i - 1, Sense.Lab) || s.is(i - 1, Role.Finding | Role.Score))
    )
      return i;
    if (s.isMark(i + 1, '+') || (s.isMark(i - 1, '=') && s.isMark(i - 2, '><'))) return i;
  }
  return -1;
}
