import { Role, Sense } from '../lexicon/tags.ts';
import { type Sentence, words } from '../rules/sentence.ts';
import type { Span } from '../rules/span.ts';
import { isConditional, stanceOf } from '../rules/stance.ts';
import { hasFrequency } from './frequency.ts';
import { asPrescribed } from './harmless.ts';
import { isGerundSubject } from './taking.ts';
import { CLINICAL_FREQUENCY, FOREIGN_TAKE, TAKE_ONLY } from './vocabulary.ts';

const TAKEN = words('taken given used applied injected dosed administered inhaled repeated');
const DEVICES = words('pen pens pump needle spacer case');
const CREAMS = words('cream gel ointment lotion solution');
const FORMS = words('ointment nebulizer nebuliser inhaler antacid suppository eyedrops');
const CLAUSES = words('if when while because before after without');

const PASSIVE = words('taken given used applied injected administered dosed swallowed inhaled infused prescribed');

/** How often to take a named medicine. */
export function frequencyOfMedicine(s: Sentence): Span | undefined {
  const named = Math.max(
    s.findSense(s.start, s.end, Sense.Drug | Sense.Rx | Sense.Otc),
    s.findWord(s.start, s.end, words('ointment nebulizer nebuliser eyedrops drops')),
  );
  const before = (s.sensesBefore & Sense.Drug) !== 0;
  if (named < 0 && !before && !(s.senses & Sense.Supplement && s.senses & Sense.Form)) return undefined;
  if (s.senses & (Sense.Vaccine | Sense.Care) && !(s.senses & Sense.Drug)) return undefined;
  for (let i = s.start; i < s.end; i++) {
    // "naproxen bid", "lisinopril daily", "aspirin every morning"
    if (s.has(i, Sense.Drug) && !DEVICES.has(s.w(i + 1))) {
      let k = i + 1;
      while (
        k < i + 5 &&
        (s.isNumber(k) || s.isMark(k, '%(|,:"-') || s.has(k, Sense.Form | Sense.Mass) || CREAMS.has(s.w(k)))
      )
        k++;
      if (s.isWord(k, CLINICAL_FREQUENCY) || (s.w(k) === 'q' && s.has(k + 1, Sense.Number)))
        return { first: i, last: k, reason: 'a medicine in prescription shorthand' };
      const f = hasFrequency(s, k, Math.min(s.end, k + 2));
      if (f >= 0 && f <= k + 1 && !isGerundSubject(s) && !isGeneralUse(s, i, f))
        return { first: i, last: f, reason: 'a medicine and how often it is taken' };
    }
    if (
      s.isWord(i, TAKE_ONLY) ||
      s.w(i) === 'use' ||
      s.w(i) === 'repeat' ||
      s.w(i) === 'continue' ||
      s.w(i) === 'switch' ||
      s.w(i) === 'keep'
    ) {
      const stance = stanceOf(s, i);
      // "adults take X every six hours" is the usual dose; "many people take X every day" is a habit.
      const usual =
        s.w(i) === 'take' &&
        /^(?:adults|patients|children|kids|teenagers|usually|generally|typically|normally)$/.test(s.w(i - 1)) &&
        s.findWord(s.start, i, words('many some who if when that')) < 0;
      if (
        stance !== 'directive' &&
        stance !== 'permission' &&
        !usual &&
        !(s.isWord(i, FOREIGN_TAKE) && s.senses & Sense.Drug)
      )
        continue;
      const object = objectOf(s, i);
      if (object < 0) continue;
      const f = hasFrequency(s, i);
      if (f < 0) continue;
      if (asPrescribed(s)) continue;
      return { first: i, last: f, reason: 'a medicine and how often to take it' };
    }
    // "works best taken once every morning", "can be given every six hours"
    if (
      TAKEN.has(s.w(i)) &&
      s.findSense(Math.max(s.start, i - 6), i, Sense.Drug) >= 0 &&
      !isGerundSubject(s) &&
      s.findRole(Math.max(s.start, i - 6), i, Role.Not | Role.If) < 0
    ) {
      const often = hasFrequency(s, i + 1);
      if (often >= 0 && often - i <= 6 && !isOnlyWithFood(s, often))
        return { first: i, last: often, reason: 'a medicine and how often it is taken' };
    }
    // "metformin is taken twice a day", "methotrexate is a once-a-week medicine"
    if (s.is(i, Role.Be) && s.findSense(Math.max(s.start, i - 4), i, Sense.Drug) >= 0) {
      let k = i + 1;
      while (
        k < i + 4 &&
        (s.is(k, Role.Adverb | Role.Hedge) ||
          s.w(k) === 'best' ||
          s.w(k) === 'generally' ||
          s.w(k) === 'commonly' ||
          s.w(k) === 'a' ||
          s.w(k) === 'dosed')
      )
        k++;
      if (s.is(i + 1, Role.Not)) continue;
      const f = hasFrequency(s, i + 1);
      if (
        f >= 0 &&
        !isOnlyWithFood(s, f) &&
        f - i <= 9 &&
        (s.isWord(k, PASSIVE) || s.w(i + 1) === 'dosed' || f - i <= 2 || (s.reads(i + 1, 'a') && f - i <= 3))
      )
        return { first: i - 1, last: f, reason: 'a medicine and how often it is taken' };
    }
  }
  return undefined;
}

/** "with food", "on an empty stomach": how, and not how often. */
function isOnlyWithFood(s: Sentence, f: number): boolean {
  return (
    /^(?:with|on)$/.test(s.w(f)) &&
    !/^(?:each|every|breakfast|lunch|dinner|supper|meals|waking|rising|alternate)$/.test(s.w(f + 1))
  );
}

/** "take the first pill now and the second in twelve hours". */
export function inTurn(s: Sentence): Span | undefined {
  if (
    !(s.senses & Sense.Time) ||
    s.senses & (Sense.Vaccine | Sense.Exercise) ||
    !(s.senses & (Sense.Form | Sense.Dose))
  )
    return undefined;
  const first = s.findWord(s.start, s.end, words('first second next another'));
  if (first < 0 || !s.has(first + 1, Sense.Form | Sense.Dose)) return undefined;
  for (let i = s.start; i < first; i++)
    if (s.isWord(i, TAKE_ONLY) && stanceOf(s, i) === 'directive' && s.findSense(first, s.end, Sense.Number) >= 0)
      return { first: i, last: first + 1, reason: 'when to take one tablet after another' };
  return undefined;
}

/** "double up on the Motrin", "triple your dose": an amount told as a multiple. */
export function multiplied(s: Sentence): Span | undefined {
  const verb = s.findWord(s.start, s.end, words('double triple halve quadruple'));
  if (verb < 0) return undefined;
  const object = s.findSense(verb + 1, Math.min(s.end, verb + 6), Sense.Drug | Sense.Dose);
  if (object < 0 || s.findRole(Math.max(s.start, verb - 4), verb, Role.Not) >= 0) return undefined;
  const stance = stanceOf(s, verb);
  return stance === 'directive' || stance === 'permission'
    ? { first: verb, last: object, reason: 'an amount told as a multiple' }
    : undefined;
}

/** "Every eight hours." after a medicine was named: a sentence that is nothing but a frequency. */
export function frequencyAlone(s: Sentence): Span | undefined {
  if (!(s.sensesBefore & Sense.Drug) || s.end - s.start > 7 || s.sensesBefore & (Sense.Water | Sense.Exercise))
    return undefined;
  const f = hasFrequency(s);
  if (
    f < 0 ||
    f > s.start + 1 ||
    s.roles & (Role.Be | Role.Have | Role.General | Role.Third | Role.Kin) ||
    s.isMark(s.end - 1, '?')
  )
    return undefined;
  for (let i = s.start - 1; i >= Math.max(s.low, s.start - 8); i--)
    if (s.has(i, Sense.Drug | Sense.Number))
      return { first: f, last: s.end - 1, reason: 'how often to take the medicine named before' };
  return undefined;
}

/** "people who take aspirin every day", "daily aspirin can": the habit, not an order. */
function isGeneralUse(s: Sentence, drug: number, frequency: number): boolean {
  if (s.findRole(Math.max(s.start, drug - 4), drug, Role.General) >= 0) return true;
  if (/^(?:take|takes|taking|use|using)$/.test(s.w(drug - 1)) && isConditional(s, drug - 1)) return true;
  for (let k = frequency + 1; k < Math.min(s.end, frequency + 6); k++)
    if (/^(?:can|may|might|could|lowers|reduces|raises|increases|helps)$/.test(s.w(k))) return true;
  return false;
}

/** The medicine that a verb acts on, within eight words, or a pronoun for one named before; -1 when there is none. */
export function objectOf(s: Sentence, verb: number): number {
  for (let k = verb + 1; k < Math.min(s.end, verb + 9); k++) {
    if (s.has(k, Sense.Care | Sense.Vaccine)) return -1;
    if (s.has(k, Sense.Drug | Sense.Rx | Sense.Otc)) return k;
    if (
      s.has(k, Sense.Supplement) &&
      /^(?:pill|pills|tablet|tablets|capsule|capsules|gummy|gummies|drops|supplement|supplements)$/.test(s.w(k + 1))
    )
      return k;
    if (FORMS.has(s.w(k)) || (s.w(k) === 'drops' && /^(?:eye|ear|nose)$/.test(s.w(k - 1)))) return k;
    if (
      k === verb + 1 &&
      (s.w(k) === 'it' || s.w(k) === 'them' || s.w(k) === 'this' || s.w(k) === 'one') &&
      (s.sensesBefore & Sense.Drug || s.findSense(s.start, verb, Sense.Drug) >= 0)
    )
      return k;
    if (s.isMark(k, '.;:?!')) return -1;
    if (CLAUSES.has(s.w(k))) return -1;
  }
  return -1;
}
