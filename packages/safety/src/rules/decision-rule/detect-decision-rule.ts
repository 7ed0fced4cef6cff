import { Role, Sense } from '../../lexicon/tags.ts';
import { declined } from '../prescription/declined.ts';
import { MEDICINAL, type Sentence, words } from '../sentence.ts';
import type { Span } from '../span.ts';
import { ACTS, actionAt, CARRIERS, IMAGING, ORDERS } from './action.ts';
import { conditionAndTreatment, PROCEDURES, personWho } from './condition-and-treatment.ts';
import { ruleInShorthand } from './rule-shorthand.ts';
import { inverted, thresholdAt } from './threshold.ts';

const ANYONE = words('any anyone whoever everyone');
const MAY = words('may might can could often usually sometimes generally whether how commonly typically');
const IS = words('is are was were');

const SEEK = words('call see seek visit contact go tell talk ask phone dial get consult');

/**
 * Condition -> treatment or management of an individual: "if above 250, double your insulin", "score 2 or more:
 * anticoagulate", "transfuse below 7". Condition -> seek care is no such rule, nor is what "may" or "often" is done.
 */
export function detectDecisionRule(s: Sentence): Span[] {
  if (
    !(
      s.senses &
        (MEDICINAL |
          Sense.Medicine |
          Sense.Dose |
          Sense.Form |
          Sense.Fluid |
          Sense.Oxygen |
          Sense.Unit |
          Sense.Radiation |
          Sense.Lab |
          Sense.Take) ||
      s.roles & Role.Manage ||
      s.findWord(s.start, s.end, TREATED) >= 0
    )
  )
    return [];
  const who = personWho(s);
  if (who && !declined(s, who.last)) return [who];
  const threshold = thresholdAt(s);
  const told =
    s.isMark(s.start - 1, '?') ||
    s.roles & Role.If ||
    threshold >= 0 ||
    s.findWord(s.start, s.end, WHOEVER) >= 0 ||
    inverted(s, s.start) ||
    s.findWord(s.start, s.end, OUTCOME) >= 0;
  if (!told && !(s.roles & (Role.Condition | Role.Finding | Role.Score))) return [];
  for (let i = s.start; i < s.end; i++) {
    if (!s.isWord(i, HOOKS) && !s.is(i, Role.Manage) && !s.has(i, MEDICINAL) && !s.isMark(i - 1, '=:|>')) continue;
    const action = actionAt(s, i);
    if (!action) continue;
    const condition =
      conditionBefore(s, i) ?? conditionAfter(s, action.last) ?? (threshold >= 0 ? linked(s, threshold, i) : undefined);
    if (condition === undefined) continue;
    if (hedged(s, i) || declined(s, i)) continue;
    return [
      {
        first: Math.min(condition, i),
        last: Math.max(action.last, condition),
        reason: 'a condition and the treatment that follows from it',
      },
    ];
  }
  const short = ruleInShorthand(s, threshold, IMAGING);
  if (short && !declined(s, short.last)) return [short];
  const joined = conditionAndTreatment(s);
  return joined && !declined(s, joined.last) ? [joined] : [];
}

const OUTCOME = words('positive negative abnormal raised elevated provided supposing in');

const TREATED = new Set([...IMAGING, ...PROCEDURES]);

const WHOEVER = words('any anyone whoever everyone');

const HOOKS = new Set([...ORDERS, ...ACTS, ...CARRIERS, ...IMAGING, 'should', 'must', 'go']);

/** An if-clause or a threshold before the action. */
function conditionBefore(s: Sentence, i: number): number | undefined {
  // "Temp over 38? Give ...": the sentence before asks whether the condition holds.
  if (i - s.start <= 8 && s.isMark(s.start - 1, '?')) {
    for (let k = s.start - 2; k >= Math.max(s.low, s.start - 8) && !s.isMark(k, '.!?'); k--)
      if (s.has(k, Sense.Number) || s.is(k, Role.Compare)) return s.start;
  }
  for (let k = i - 1; k >= s.start; k--) {
    if (inverted(s, k) && i - k > 2) return k;
    if (s.isMark(k, '!') || (s.isMark(k, '.') && s.tokens[k + 1]?.gap !== 0)) return undefined;
    if (s.is(k, Role.If) && s.w(k) !== 'until' && s.w(k) !== 'unless') {
      if (i - k < 3) return undefined;
      // "see a doctor when ...": the condition belongs to seeking care.
      if (s.isWord(k - 1, SEEK)) return undefined;
      return k;
    }
    // "should the fever exceed 40, ..."
    if (
      k === s.start &&
      s.w(k) === 'should' &&
      /^(?:the|your|his|her|it|this|symptoms|pain|you)$/.test(s.w(k + 1)) &&
      i - k > 3
    )
      return k;
    if (ANYONE.has(s.w(k)) && (k === s.start || s.isMark(k - 1)) && (thresholdAt(s) >= 0 || s.isMark(i - 1, ':=')))
      return k;
  }
  return undefined;
}

/** "transfuse when hemoglobin is less than 7", "start a statin if LDL stays above 190". */
function conditionAfter(s: Sentence, last: number): number | undefined {
  for (let k = last + 1; k < Math.min(s.end, last + 10); k++) {
    if (s.isMark(k, '.;!?')) return undefined;
    if (s.is(k, Role.If) && s.w(k) !== 'until' && s.w(k - 1) !== 'even') {
      if ((s.is(k + 1, Role.Your) && s.is(k + 2, Role.Clinician)) || s.is(k + 1, Role.Clinician)) return undefined;
      return s.w(k) === 'unless' ? undefined : k;
    }
    if (/^(?:for|at|above|below|over|under)$/.test(s.w(k)) && thresholdAt(s) > k) return k;
  }
  return undefined;
}

/** A threshold that points at the action: a mark, "means", "gets". */
function linked(s: Sentence, threshold: number, i: number): number | undefined {
  if (threshold > i) return undefined;
  for (let k = threshold; k <= i; k++)
    if (
      s.isMark(k, ':=|-,;>') ||
      (k === i && i - threshold <= 1) ||
      CARRIERS.has(s.w(k)) ||
      /^(?:should|must|then)$/.test(s.w(k))
    )
      return threshold;
  return undefined;
}

function hedged(s: Sentence, i: number): boolean {
  for (let k = i; k >= Math.max(s.start, i - 4); k--) {
    if (s.isMark(k, '.;:,') && k < i - 1) return false;
    if (MAY.has(s.w(k)) && !s.is(k - 1, Role.You)) return true;
    if (s.is(k, Role.Clinician)) return true;
    if (IS.has(s.w(k)) && k < i - 1) return false;
  }
  return false;
}
