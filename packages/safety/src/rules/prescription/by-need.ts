import { Role, Sense } from '../../lexicon/tags.ts';
import { type Sentence, words } from '../sentence.ts';
import type { Span } from '../span.ts';
import { isConditional, stanceOf } from '../stance.ts';
import { isCompound, OBJECT_ENDS, RX, span } from './prescription-span.ts';

const NEEDS = words('need needs require requires want deserve belong belongs warrants');
const SHOULD = words('should must ought needs need has have gotta will');
const BENEFITS = words('benefit benefits');
const CALLS = words('calls cries screams begs');
const LEARNS = words('know ask understand learn talk see read check tell remember hear prescription');

/** "you need antibiotics", "your child needs steroids", "what you need is an SSRI", "you no longer need the metformin". */
export function byNeed(s: Sentence, i: number): Span | undefined {
  const w = s.w(i);
  const needs = NEEDS.has(w);
  const shouldBe =
    SHOULD.has(w) &&
    (s.w(i + 1) === 'be' ||
      s.reads(i + 1, 'to', 'be') ||
      (s.is(i + 1, Role.Adverb) && s.w(i + 2) === 'be') ||
      (s.is(i + 1, Role.Not) && s.w(i + 2) === 'be'));
  const benefit = BENEFITS.has(w) && s.w(i + 1) === 'from';
  const callsFor =
    CALLS.has(w) &&
    s.findWord(i + 1, i + 3, words('for')) >= 0 &&
    s.findRole(Math.max(s.start, i - 4), i, Role.Your | Role.Finding | Role.Condition | Role.This) >= 0;
  const ready = (w === 'due' || w === 'ready' || w === 'candidate') && s.w(i + 1) === 'for';
  const better =
    (w === 'do' || w === 'be' || w === 'feel' || w === 'are') &&
    (s.w(i + 1) === 'better' || s.w(i + 1) === 'well' || s.w(i + 1) === 'best') &&
    /^(?:on|with|off)$/.test(s.w(i + 2));
  if (!needs && !shouldBe && !benefit && !ready && !better && !callsFor) return undefined;
  // What a procedure brings with it: "you will be given".
  if (
    shouldBe &&
    /^(?:given|asked|offered|told|prescribed|taught|shown)$/.test(s.w(s.w(i + 1) === 'be' ? i + 2 : i + 3)) &&
    s.w(i) === 'will'
  )
    return undefined;
  // "should not be on that antidepressant"
  const against =
    shouldBe &&
    s.is(i + 1, Role.Not) &&
    /^(?:on|taking|using)$/.test(s.w(i + 3)) &&
    !(s.roles & Role.If) &&
    /^(?:that|this|your|the|any)$/.test(s.w(i + 4));
  if (shouldBe && s.is(i + 1, Role.Not) && !against) return undefined;
  let object = -1;
  for (let k = i + 1; k < Math.min(s.end, i + 10); k++) {
    if (s.isMark(k) && !s.isMark(k, ',&/"-:')) break;
    if (OBJECT_ENDS.has(s.w(k)) || s.is(k, Role.Clinician)) break;
    if (LEARNS.has(s.w(k))) return undefined;
    if (s.has(k, RX) && !isCompound(s, k)) {
      object = k;
      break;
    }
    if (s.w(k) === 'to' && k > i + 1 && !(shouldBe && k === i + 1)) break;
  }
  if (object < 0) return undefined;
  let k = i - 1;
  let noLonger = false;
  while (
    k >= s.start &&
    (s.is(k, Role.Adverb) || /^(?:longer|really|truly|will|would|do|does|probably|just|clearly)$/.test(s.w(k)))
  ) {
    if (s.w(k) === 'longer') noLonger = true;
    k--;
  }
  if (s.is(k, Role.Not)) {
    if (
      !noLonger &&
      !(s.findWord(object, s.end, words('anymore longer')) >= 0 || (s.is(object - 1, Role.Your) && s.w(k) !== 'no'))
    )
      return undefined;
    k--;
    while (k >= s.start && (s.w(k) === 'do' || s.w(k) === 'does' || s.is(k, Role.Adverb))) k--;
  }
  if (s.is(k, Role.Hedge) || /^(?:may|might|could|can)$/.test(s.w(k))) return undefined;
  const low = Math.max(s.start, k - 5);
  for (let m = k; m >= low; m--) {
    if (s.isMark(m) && m < k) break;
    if (s.is(m, Role.Clinician) || s.w(m) === 'who' || s.w(m) === 'that') return undefined;
    if (s.is(m, Role.You))
      return isConditional(s, m) ? undefined : span(m, object, 'says that the reader needs a prescription medicine');
    if (s.is(m, Role.Kin | Role.Third) && s.w(m) !== 'her' && s.w(m) !== 'his') {
      if (/^(?:a|each|every|any|some|an)$/.test(s.w(m - 1))) return undefined;
      if (isConditional(s, m) || isConditional(s, m - 1)) return undefined;
      if (s.is(m, Role.Kin) && !s.is(m - 1, Role.Your | Role.Third) && !/^(?:this|my)$/.test(s.w(m - 1)))
        return undefined;
      return span(m, object, 'says that a person needs a prescription medicine');
    }
    if (s.is(m, Role.General)) return undefined;
    if (callsFor && s.is(m, Role.Finding | Role.Condition | Role.This))
      return span(m, object, 'says that this needs a prescription medicine');
    if (s.is(m, Role.This) && m === k && s.w(m) !== 'it')
      return s.senses & RX && /^(?:need|needs|requires|require|warrants)$/.test(w)
        ? span(m, object, 'says that this needs a prescription medicine')
        : undefined;
    if (
      s.is(m, Role.Your) &&
      s.findRole(m, k + 1, Role.Finding | Role.Condition | Role.ConditionHead) >= 0 &&
      !isConditional(s, m)
    )
      return span(m, object, 'says that the reader needs a prescription medicine');
  }
  return undefined;
}

/** "your metformin should be stopped", "her warfarin has to be held", "he was put" is history and stays. */
export function byPassive(s: Sentence, i: number): Span | undefined {
  // "have your thyroid dose increased"
  if (
    s.has(i, Sense.Rx | Sense.Medicine | Sense.Dose) &&
    s.findWord(
      i + 1,
      Math.min(s.end, i + 4),
      words('increased raised upped doubled lowered halved reduced stopped changed switched'),
    ) >= 0
  ) {
    const have = s.findWord(Math.max(s.start, i - 5), i, words('have get'));
    if (have >= 0 && s.findRole(have, i, Role.Your) >= 0 && stanceOf(s, have) === 'directive')
      return span(have, i + 1, 'says that a prescription medicine is to be changed');
  }
  if (!s.has(i, RX) && !(s.has(i, Sense.Medicine) && s.is(i - 1, Role.Your))) return undefined;
  const owned = s.is(i - 1, Role.Your) || s.is(i - 2, Role.Your) || /^(?:his|her|hers|patient|this)$/.test(s.w(i - 1));
  const modal = s.findWord(i + 1, Math.min(s.end, i + 4), words('should must needs need has have can ought gets'));
  if (modal < 0 || isConditional(s, i)) return undefined;
  const verb = s.findWord(
    modal + 1,
    Math.min(s.end, modal + 6),
    words(
      'stopped held discontinued started switched increased reduced raised lowered doubled halved paused replaced changed withdrawn restarted resumed added tapered go come up down stop given initiated withheld adjusted',
    ),
  );
  if (verb < 0) return undefined;
  for (let k = modal; k < verb; k++) if (s.is(k, Role.Not)) return undefined;
  if (s.findRole(s.start, s.end, Role.Clinician) >= 0 && !owned) return undefined;
  if (s.w(modal) === 'can' && !owned) return undefined;
  if (!owned && (s.has(i, Sense.DrugClass) || s.w(verb) === 'given' || s.w(verb) === 'adjusted')) return undefined;
  return span(i, verb, 'says that a prescription medicine is to be changed');
}
