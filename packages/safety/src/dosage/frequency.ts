import { Sense } from '../lexicon/tags.ts';
import { type Sentence, words } from '../rules/sentence.ts';
import { TIMES } from './vocabulary.ts';

const DAYS = words('day days');

export function hasFrequency(s: Sentence, from = s.start, to = s.end): number {
  if (from === s.start && to === s.end) {
    s.memo.frequency ??= findFrequency(s, from, to);
    return s.memo.frequency;
  }
  return findFrequency(s, from, to);
}

export function findFrequency(s: Sentence, from: number, to: number): number {
  for (let i = from; i < to; i++) {
    if (s.has(i, Sense.Frequency)) return i;
    if (
      (s.w(i) === 'every' ||
        s.w(i) === 'each' ||
        s.w(i) === 'per' ||
        s.w(i) === 'cada' ||
        s.w(i) === 'alle' ||
        s.w(i) === 'ogni' ||
        s.w(i) === 'har') &&
      (s.has(i + 1, Sense.Time) ||
        (s.has(i + 1, Sense.Number) && (s.has(i + 2, Sense.Time) || s.has(i + 4, Sense.Time))) ||
        (!Number.isNaN(s.value(i + 1)) && s.has(i + 2, Sense.Time)))
    )
      return i;
    if (
      s.has(i, Sense.Number) &&
      s.isWord(i + 1, TIMES) &&
      (s.w(i + 1) !== 'x' || s.has(i + 2, Sense.Time | Sense.Frequency))
    )
      return i;
    // "on one day of the week"
    if (
      s.has(i, Sense.Number) &&
      DAYS.has(s.w(i + 1)) &&
      (s.reads(i + 2, 'of', 'the', 'week') || s.reads(i + 2, 'a', 'week') || s.reads(i + 2, 'each', 'week'))
    )
      return i;
    if (s.w(i) === 'q' && s.has(i + 1, Sense.Number)) return i;
    if (s.has(i, Sense.Number) && (s.w(i + 1) === 'hourly' || s.w(i + 1) === 'h' || s.w(i + 1) === 'hrly')) return i;
    if (
      s.w(i) === 'at' &&
      s.has(i + 1, Sense.Number) &&
      (s.w(i + 2) === 'am' || s.w(i + 2) === 'pm' || s.w(i + 2) === 'a' || s.w(i + 2) === 'p')
    )
      return i;
    if (
      s.has(i, Sense.Number) &&
      s.w(i + 1) === '-' &&
      s.has(i + 2, Sense.Number) &&
      s.w(i + 3) === '-' &&
      s.has(i + 4, Sense.Number)
    )
      return i;
  }
  return -1;
}
