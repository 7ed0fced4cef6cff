import { Role, Sense } from '../../lexicon/tags.ts';
import type { Sentence } from '../sentence.ts';

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
    if (!s.has(i, Sense.Number)) continue;
    for (let k = Math.max(s.start, i - 3); k < Math.min(s.end, i + 7); k++)
      if (s.is(k, Role.Compare) && s.w(k) !== 'over') return i;
    for (let k = Math.max(s.start, i - 3); k < i; k++) if (s.is(k, Role.Compare | Role.Score)) return i;
    if (s.isMark(i + 1, '+') || (s.isMark(i - 1, '=') && s.isMark(i - 2, '><'))) return i;
  }
  return -1;
}
