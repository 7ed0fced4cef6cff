import { Role } from '../../lexicon/tags.ts';
import { type Sentence, words } from '../sentence.ts';
import { ANY_CONDITION, CONDITION, conditionAfter, DEFLECTS, isLikely } from './condition-after.ts';
import { isDescribed, personNear } from './described-person.ts';
import { type DiagnosisSpan, span } from './diagnosis-span.ts';

const NAMES = words(
  'diagnosis dx impression assessment diagnose diagnostico diagnostic condition disease illness culprit problem answer cause verdict conclusion diagnostik explanation',
);
const CLEAR = words('classic classical textbook typical clear obvious definite straightforward unmistakable');

/** "what you are describing is gout", "the findings are diagnostic for gout", and "Gout. That is your answer." */
export function cleft(s: Sentence, i: number): DiagnosisSpan | undefined {
  if (s.isMark(s.end - 1, '?')) return undefined;
  if (s.w(i) === 'what' && (s.is(i + 1, Role.You) || isDescribed(s, i + 1) || isDescribed(s, i + 2))) {
    if (s.findRole(s.start, i, Role.If | Role.Whether | Role.Hedge | Role.Not) >= 0) return undefined;
    let be = -1;
    for (let k = i + 3; k < Math.min(s.end, i + 9); k++) {
      if (s.is(k, Role.Hedge | Role.Not) || s.isMark(k)) return undefined;
      if (s.is(k, Role.Be)) {
        be = k;
        break;
      }
    }
    if (be < 0) return undefined;
    const c = conditionAfter(s, be + 1, 5, ANY_CONDITION);
    return c >= 0 ? span(i, c, 'names the condition', isLikely(s, i, c)) : undefined;
  }
  if (s.w(i) === 'diagnostic' && /^(?:of|for)$/.test(s.w(i + 1)) && !(s.roles & (Role.Hedge | Role.If | Role.Not))) {
    const person = (s.roles & (Role.Third | Role.Kin | Role.Your)) !== 0 || s.findWord(s.start, i, THESE) >= 0;
    const c = conditionAfter(s, i + 2, 6, ANY_CONDITION);
    return person && c >= 0 && !(s.roles & Role.General) ? span(i, c, 'states the diagnosis') : undefined;
  }
  if (
    s.is(i, Role.This) &&
    i === s.start &&
    s.is(i + 1, Role.Be) &&
    s.is(i + 2, Role.Your) &&
    /^(?:answer|diagnosis|problem|culprit|trouble)$/.test(s.w(i + 3)) &&
    (i + 4 >= s.end || s.isMark(i + 4))
  ) {
    const c = s.findRole(Math.max(s.low, s.start - 5), s.start, CONDITION);
    return c >= 0 ? span(c, i + 3, 'states the diagnosis') : undefined;
  }
  return undefined;
}

const THESE = words('these those this');

/** "the diagnosis is Lyme disease", "Diagnosis: bronchitis", "I diagnose you with ADHD". */
export function namedDiagnosis(s: Sentence, i: number): DiagnosisSpan | undefined {
  const w = s.w(i);
  if (NAMES.has(w)) {
    let k = i + 1;
    if (w === 'diagnose') {
      if (
        !(s.w(i - 1) === 'i' || s.findWord(Math.max(s.start, i - 3), i, words('i we would')) >= 0) ||
        s.findRole(Math.max(s.start, i - 4), i, Role.Not) >= 0
      )
        return undefined;
      const c = conditionAfter(s, i + 1, 8, ANY_CONDITION);
      return c >= 0 ? span(i, c, 'diagnoses a person') : undefined;
    }
    const own =
      s.is(i - 1, Role.Your) ||
      s.is(i - 2, Role.Your) ||
      /^(?:the|my|his|her|final|working|likely|only|probable|correct)$/.test(s.w(i - 1)) ||
      s.is(i - 1, Role.Third | Role.Kin) ||
      i === s.start ||
      s.isMark(i - 1);
    if (!own) return undefined;
    const plain = /^(?:culprit|problem|answer|cause|verdict|conclusion|explanation)$/.test(w);
    while (s.isMark(k, '"') && k < i + 3) k++;
    while (
      k < i + 8 &&
      (/^(?:here|today|in|this|case|for|you|him|her|of|your|symptoms|pain|behind|year|old|the)$/.test(s.w(k)) ||
        s.is(k, Role.Third | Role.Kin) ||
        s.isNumber(k) ||
        (s.isMark(k, '-') && s.isNumber(k - 1)))
    )
      k++;
    if (/^(?:condition|disease|illness)$/.test(w) && !s.is(i - 1, Role.Your | Role.Third | Role.Kin)) return undefined;
    if (plain && !personNear(s) && !(s.roles & (Role.Third | Role.Kin)) && !/^(?:culprit|verdict)$/.test(w))
      return undefined;
    if (plain && s.w(i + 1) === 'of' && !s.is(i + 2, Role.Your)) return undefined;
    if (!(s.is(k, Role.Be) || s.isMark(k, ':=-'))) return undefined;
    const c = conditionAfter(s, k + 1, 7, ANY_CONDITION);
    if (c < 0) return undefined;
    if (/^(?:made|based|confirmed|usually|often|never|different|delayed|missed|not)$/.test(s.w(k + 1)))
      return undefined;
    if (/^(?:assessment|impression)$/.test(w) && !s.isMark(k, ':=-') && !s.is(i - 1, Role.Your) && s.w(i - 1) !== 'my')
      return undefined;
    return span(i, c, 'states the diagnosis', isLikely(s, s.start, c));
  }
  return undefined;
}

/** "Classic gout, no doubt", "A textbook case of hyperthyroidism", "Definitely shingles", "Sounds like classic X". */
export function fragment(s: Sentence, i: number): DiagnosisSpan | undefined {
  const w = s.w(i);
  const classic = CLEAR.has(w);
  const certain = s.is(i, Role.Certain);
  if (!classic && !certain) return undefined;
  if (s.roles & (Role.If | Role.Hedge) && !(s.roles & Role.Certain)) return undefined;
  if (classic) {
    const atHead =
      i <= s.start + 1 ||
      s.isMark(i - 1, '.,;:!?"-*|') ||
      (s.w(i - 1) === 'a' &&
        (i - 1 === s.start || s.isMark(i - 2) || s.is(i - 2, Role.Be) || s.is(i - 2, Role.Likely))) ||
      s.is(i - 1, Role.Be | Role.Likely);
    if (!atHead) return undefined;
    const c = conditionAfter(s, i + 1, 6, CONDITION);
    if (c < 0) return undefined;
    const of = s.findWord(i, c, words('case example presentation picture')) >= 0;
    let last = c;
    while (s.is(last + 1, ANY_CONDITION)) last++;
    const ends = last + 1 >= s.end || s.isMark(last + 1, '.!,;-"') || s.w(last + 1) === 'to';
    const verb = s.findRole(last + 1, Math.min(s.end, last + 6), Role.Be | Role.Have) >= 0;
    if ((of || ends) && !verb && !(w === 'typical' && !of)) return span(i, c, 'calls it a clear case of a condition');
    if (s.roles & Role.Certain && !verb) return span(i, c, 'calls it a clear case of a condition');
    return undefined;
  }
  if (
    s.end - s.start <= 9 &&
    !(s.roles & (Role.General | Role.If)) &&
    s.findRole(s.start, s.end, Role.Be | Role.Have) < 0 &&
    s.isMark(s.end - 1, '?') === false
  ) {
    const c = s.findRole(s.start, s.end, CONDITION);
    if (c >= 0 && s.findWord(s.start, s.end, DEFLECTS) < 0)
      return span(Math.min(i, c), Math.max(i, c), 'names a condition with certainty');
  }
  return undefined;
}
