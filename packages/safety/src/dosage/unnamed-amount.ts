import { Role, Sense } from '../lexicon/tags.ts';
import { MEDICINAL, type Sentence, words } from '../rules/sentence.ts';
import type { Span } from '../rules/span.ts';
import { stanceOf } from '../rules/stance.ts';
import { hasFrequency } from './frequency.ts';
import { isAskedAbout } from './harmless.ts';
import { directs, isGerundSubject, takes } from './taking.ts';
import { CLINICAL_FREQUENCY, JUDGED } from './vocabulary.ts';

const POSSESSED = words('your that this the usual current prescribed');

/** Something medicinal stands in the sentence, or stood just before it. */
export function medicine(s: Sentence): boolean {
  return (s.senses & (MEDICINAL | Sense.Supplement)) !== 0;
}

/** "a tablet every six hours": an article counts as one where how often is said too. */
export function articleForm(s: Sentence, i: number): Span | undefined {
  const article = s.w(i);
  if (
    !(
      article === 'a' ||
      article === 'an' ||
      article === 'another' ||
      article === 'i' ||
      article === 'ii' ||
      article === 'iii' ||
      article === 'un' ||
      article === 'una' ||
      article === 'une' ||
      article === 'eine' ||
      article === 'um' ||
      article === 'uma' ||
      article === 'extra' ||
      article === 'each'
    )
  )
    return undefined;
  let k = i + 1;
  for (
    let hops = 0;
    hops < 2 &&
    !s.has(k, Sense.Form | Sense.Spoon | Sense.Volume) &&
    /^(?:small|full|single|whole|second|little|extra|day|zweite|low|strength|further|water|regular)$/.test(s.w(k));
    hops++
  )
    k++;
  const clinical = s.findWord(k, s.end, CLINICAL_FREQUENCY) >= 0;
  if (s.has(k, Sense.Volume) && s.senses & Sense.Fluid && !(s.senses & Sense.Care))
    return { first: i, last: k, reason: 'an amount of intravenous fluid' };
  if (!s.has(k, Sense.Form | Sense.Spoon)) {
    // "an aspirin a day", "a Xanax every night"
    if (
      (article === 'a' || article === 'an') &&
      s.has(s.has(k, Sense.Drug) ? k : k + 1, Sense.Drug) &&
      hasFrequency(s, k + 1) >= 0 &&
      takes(s, true) >= 0 &&
      directs(s)
    )
      return { first: i, last: k, reason: 'a medicine and how often to take it' };
    return undefined;
  }
  if (s.senses & (Sense.Care | Sense.Vaccine | Sense.Nutrition) && !(s.senses & MEDICINAL)) return undefined;
  if (clinical && article.startsWith('i'))
    return { first: i, last: k, reason: 'a number of forms in prescription shorthand' };
  if (article.startsWith('i')) return undefined;
  const f = hasFrequency(s, k + 1);
  const medicinal = (s.senses & (MEDICINAL | Sense.Mass)) !== 0;
  if (
    (f >= 0 || (hasFrequency(s) >= 0 && medicinal)) &&
    (medicinal || takes(s, true) >= 0) &&
    (directs(s) || medicinal) &&
    !isGerundSubject(s)
  )
    return { first: i, last: k, reason: 'a tablet or other form and how often' };
  if (
    medicinal &&
    s.has(k, Sense.Spoon | Sense.Form) &&
    takes(s, true) >= 0 &&
    directs(s) &&
    s.senses & Sense.Drug &&
    s.w(k) !== 'pill' &&
    article !== 'un' &&
    !/^(?:shot|injection|patch|spray|drop|vial)$/.test(s.w(k))
  )
    return { first: i, last: k, reason: 'a form of a named medicine to take' };
  if (
    article === 'another' ||
    article === 'extra' ||
    s.w(i + 1) === 'second' ||
    s.w(i + 1) === 'extra' ||
    s.w(i + 1) === 'zweite'
  ) {
    if (takes(s, true) >= 0 && directs(s)) return { first: i, last: k, reason: 'a further tablet to take' };
  }
  return undefined;
}

/** "dose: 5", "dose_mg": 40, "the dose is 5 twice daily". */
export function labelledDose(s: Sentence, i: number): Span | undefined {
  if (!s.has(i, Sense.Dose | Sense.Mass) || s.senses & (Sense.Vaccine | Sense.Radiation)) return undefined;
  let k = i + 1;
  if (s.has(i, Sense.Dose) && s.has(k, Sense.Mass)) k++;
  let marks = 0;
  while (
    marks < 8 &&
    (s.isMark(k, '":=|-([') ||
      s.w(k) === 'is' ||
      s.w(k) === 'of' ||
      (marks > 0 && /^(?:value|amount|quantity|qty)$/.test(s.w(k))))
  ) {
    k++;
    marks++;
  }
  if (marks === 0 || !s.has(k, Sense.Number)) return undefined;
  if (
    s.has(i, Sense.Mass) &&
    !s.has(i, Sense.Dose) &&
    !(s.isMark(i + 1, '":=|') && (s.senses | s.sensesBefore) & (Sense.Drug | Sense.Dose | Sense.Rx))
  )
    return undefined;
  if (s.w(i + 1) === 'of' && !medicine(s)) return undefined;
  if (s.senses & (Sense.Lab | Sense.Nutrition) && !medicine(s)) return undefined;
  return { first: i, last: k, reason: 'a number given as the dose' };
}

/** "that dose is right for you", "your 40 is fine". A text that only asks is no verdict. */
export function confirmedDose(s: Sentence, i: number): Span | undefined {
  // "That is the right amount", after an amount was named.
  if (
    (s.w(i) === 'right' || s.w(i) === 'correct' || s.w(i) === 'perfect') &&
    /^(?:amount|dose|dosage|strength|number)$/.test(s.w(i + 1)) &&
    s.sensesBefore & (Sense.Mass | Sense.Form) &&
    s.findRole(Math.max(s.start, i - 4), i, Role.This) >= 0 &&
    !isAskedAbout(s, i)
  )
    return { first: i, last: i + 1, reason: "a verdict on the reader's dose" };
  if (!s.has(i, Sense.Dose) || s.senses & (Sense.Vaccine | Sense.Radiation)) return undefined;
  if (!s.isWord(i - 1, POSSESSED) && !s.isWord(i - 2, POSSESSED)) return undefined;
  if (s.w(i - 1) === 'right' || s.w(i - 1) === 'correct' || s.w(i - 1) === 'best') return undefined;
  if (isAskedAbout(s, i)) return undefined;
  for (let k = i + 1; k < Math.min(s.end, i + 12); k++) {
    if (!s.is(k, Role.Be) && !/^(?:looks|sounds|seems)$/.test(s.w(k))) continue;
    for (let m = k + 1; m < Math.min(s.end, k + 4); m++) {
      if (s.is(m, Role.Not)) return undefined;
      if (s.isWord(m, JUDGED) || (s.w(m) === 'too' && /^(?:low|high|much|little|small|big)$/.test(s.w(m + 1))))
        return { first: i - 1, last: m, reason: "a verdict on the reader's dose" };
    }
    return undefined;
  }
  return undefined;
}

export function oxygenPercent(s: Sentence, i: number): Span | undefined {
  if (!(s.senses & Sense.Oxygen) || !s.isNumber(i)) return undefined;
  if (s.senses & (Sense.Lab | Sense.Nutrition) || !(s.isMark(i + 1, '%') || s.has(i + 1, Sense.Percent)))
    return undefined;
  const verb = takes(s, true);
  return verb >= 0 && stanceOf(s, verb) === 'directive'
    ? { first: verb, last: i + 1, reason: 'an oxygen concentration to give' }
    : undefined;
}
