import { Role } from '../../lexicon/tags.ts';
import { type Sentence, words } from '../sentence.ts';
import { isConditional } from '../stance.ts';
import { ANY_CONDITION, CONDITION, conditionAfter, isLikely } from './condition-after.ts';
import { isDescribed, isNamed } from './described-person.ts';
import { type DiagnosisSpan, span } from './diagnosis-span.ts';
import { isDeniedInference, isReported } from './reported.ts';

const YOU_HAVE = words('tienes tiene padeces padece sufres sufre tens');

/** "you have shingles", "your daughter has croup", "he is suffering from PTSD", "you do not have lupus". */
export function personHas(s: Sentence, i: number): DiagnosisSpan | undefined {
  const you =
    s.is(i, Role.You) ||
    (YOU_HAVE.has(s.w(i)) && (i === s.start || s.isMark(i - 1) || (s.w(i - 1) === 'que' && s.w(i - 2) === 'lo')));
  const third = isDescribed(s, i) || isNamed(s, i);
  if (!you && !third) return undefined;
  if (s.is(i, Role.You) && s.is(i, Role.Your) && s.w(i) !== 'su' && !s.is(i, Role.Have)) return undefined;
  let k = s.is(i, Role.Have) ? i : i + 1;
  let not = false;
  const isAux = (n: number): boolean =>
    (s.is(n, Role.Adverb | Role.Certain | Role.Likely) ||
      (s.w(n) === 'in' && s.w(n + 1) === 'fact') ||
      /^(?:do|does|already|also|almost|very|most|fact|all|be|now|re|been|will|must|would|to)$/.test(s.w(n)) ||
      s.isMark(n, ',')) &&
    !s.is(n, Role.Hedge);
  let steps = 0;
  while (steps < 6 && (isAux(k) || s.is(k, Role.Not)) && !s.is(k, Role.Have)) {
    if (s.is(k, Role.Not)) not = true;
    if (/^(?:to)$/.test(s.w(k))) return undefined;
    k++;
    steps++;
  }
  let verb = -1;
  if (s.is(k, Role.Have)) {
    verb = k;
    while (
      /^(?:got|been|had|have|having|developed|contracted|caught|come|a|not|never|no)$/.test(s.w(verb + 1)) &&
      s.w(verb + 1) !== 'a'
    ) {
      if (s.is(verb + 1, Role.Not)) not = true;
      verb++;
    }
    if (s.w(verb) === 'had' && s.w(k) !== 'have' && s.w(k) !== 'has') return undefined;
    if (s.is(k, Role.Have) && s.w(verb + 1) === 'to') return undefined;
  } else if (s.is(k, Role.Be)) {
    let m = k + 1;
    while (m < k + 5 && (isAux(m) || s.is(m, Role.Not))) {
      if (s.is(m, Role.Not)) not = true;
      m++;
    }
    if (
      /^(?:got|having|suffering|experiencing|dealing|facing|infected|developing|fighting|battling|showing|in|going|sick|ill|coming|diagnosed|looking)$/.test(
        s.w(m),
      )
    ) {
      if (s.w(m) === 'diagnosed' && (s.w(k) === 'were' || s.w(k) === 'was' || s.w(k) === 'been')) return undefined;
      if (
        s.w(m) === 'in' &&
        !/^(?:dka|heart|kidney|renal|septic|liver|respiratory|diabetic|early|full|afib|atrial)$/.test(s.w(m + 1)) &&
        !(s.w(m + 1) === 'the' && /^(?:early|late|first|final|middle)$/.test(s.w(m + 2)))
      )
        return undefined;
      if (s.w(m) === 'showing' || s.w(m) === 'going') return undefined;
      if (s.w(m) === 'looking' && s.w(m + 1) !== 'at') return undefined;
      verb = m;
    } else if (s.is(m, CONDITION) && s.w(m) === 'septic') verb = m - 1;
  } else if (/^(?:suffer|suffers|developed|caught|contracted|carry|carries)$/.test(s.w(k))) verb = k;
  else if (/^(?:ko|ko|aapko|tumhe)$/.test(s.w(i)) || /^(?:aapko|tumko|tumhe|usko)$/.test(s.w(i))) {
    const c = conditionAfter(s, i + 1, 4, ANY_CONDITION);
    if (c >= 0 && s.findRole(c + 1, c + 4, Role.Be) >= 0 && !s.isMark(s.end - 1, '?'))
      return span(i, c, 'says that the reader has a condition');
    return undefined;
  }
  if (verb < 0) return undefined;
  if (isReported(s, i) || isDeniedInference(s, i)) return undefined;
  if (third && isConditional(s, i - 1)) return undefined;
  const condition = conditionAfter(s, verb + 1, 8, ANY_CONDITION);
  if (condition < 0 || (third && s.w(condition) === 'cold')) return undefined;
  if (s.isMark(s.end - 1, '?') && s.clauseStart(i) >= i - 2 && /^(?:do|does|have|has|could|is|are)$/.test(s.w(i - 1)))
    return undefined;
  // "you have diabetes, asthma or ..." after a general opening is a list of cases.
  if (s.w(condition + 1) === 'or' && s.findRole(s.start, i, Role.If) >= 0) return undefined;
  const soft = isLikely(s, Math.max(s.start, i - 5), condition) && !not;
  return span(i, condition, not ? 'rules a condition out for a person' : 'says that a person has a condition', soft);
}

/** "you are anemic", "your son is autistic". */
export function personIs(s: Sentence, i: number): DiagnosisSpan | undefined {
  const you = s.is(i, Role.You);
  if (!you && !isDescribed(s, i)) return undefined;
  let k = i + 1;
  if (!(s.is(k, Role.Be) || (/^(?:makes|means|puts)$/.test(s.w(i - 1)) && s.is(k, Role.ConditionAdjective))))
    return undefined;
  if (s.is(k, Role.Be)) k++;
  let not = false;
  for (
    let hops = 0;
    hops < 5 &&
    (s.is(k, Role.Adverb | Role.Certain | Role.Likely | Role.Not) ||
      /^(?:almost|very|most|a|an|full|blown|type|in|fact|iron|mildly|severely|clinically|bit|little|somewhat|recovering)$/.test(
        s.w(k),
      ) ||
      s.isNumber(k));
    hops++, k++
  ) {
    if (s.is(k, Role.Not)) not = true;
    if (s.is(k, Role.Hedge)) return undefined;
  }
  if (!s.is(k, Role.ConditionAdjective)) return undefined;
  if (isReported(s, i) || isDeniedInference(s, i) || isConditional(s, i) || (!you && isConditional(s, i - 1)))
    return undefined;
  if (
    /^(?:pregnant|suicidal|obese|dehydrated|alcoholic|manic|depressed)$/.test(s.w(k)) &&
    (s.findRole(s.start, i, Role.Said | Role.If | Role.Clinician) >= 0 || s.isMark(s.end - 1, '?'))
  )
    return undefined;
  if (s.isMark(s.end - 1, '?') && s.is(i - 1, Role.Be)) return undefined;
  return span(
    i,
    k,
    not ? 'rules a condition out for a person' : 'calls a person by a condition',
    isLikely(s, i - 5, k) && !not,
  );
}
