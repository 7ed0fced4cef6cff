import { Role, Sense } from '../../lexicon/tags.ts';
import { type Sentence, words } from '../sentence.ts';
import type { Span } from '../span.ts';
import { isConditional } from '../stance.ts';

const TREATMENT = words(
  'treatment therapy drug agent medicine medication antibiotic management step choice option answer fix cure remedy regimen move intervention',
);
const CALLED_FOR = words(
  'needed necessary required indicated warranted mandatory essential must called needs calls needs',
);

/**
 * A prescription medicine named as the treatment of one person: "treatment of this patient is IV ceftriaxone", "the most
 * appropriate therapy for this boy is ...", "the next step in his management is to give ...", "antibiotics are what this
 * infection calls for".
 */
export function treatmentOfPerson(s: Sentence): Span | undefined {
  if (!(s.senses & Sense.Rx)) return undefined;
  for (let i = s.start; i < s.end; i++) {
    if (s.isWord(i, TREATMENT)) {
      const found = namedAsTreatment(s, i);
      if (found) return found;
    }
    if (s.has(i, Sense.Rx) && !isConditional(s, i)) {
      const found = calledFor(s, i);
      if (found) return found;
    }
  }
  return undefined;
}

function namedAsTreatment(s: Sentence, i: number): Span | undefined {
  const person = personIn(s, i + 1, Math.min(s.end, i + 9));
  if (person < 0 || s.findRole(s.start, i, Role.If | Role.Whether | Role.Hedge | Role.Not) >= 0) return undefined;
  for (let k = person; k < Math.min(s.end, person + 8); k++) {
    if (s.isMark(k, '.;?!')) return undefined;
    if (s.is(k, Role.Hedge | Role.Not | Role.Clinician)) return undefined;
    if (!(s.is(k, Role.Be) || s.isMark(k, ':=') || s.w(k) === 'involves' || s.w(k) === 'includes')) continue;
    for (let m = k + 1; m < Math.min(s.end, k + 9); m++) {
      if (s.is(m, Role.Hedge | Role.Not | Role.Clinician | Role.General) || s.isMark(m, '.;?!')) return undefined;
      if (/^(?:often|usually|based|depends|decided|chosen|up|different|whatever)$/.test(s.w(m))) return undefined;
      if (s.has(m, Sense.Rx) && !/^(?:resistance|allergy|level|levels)$/.test(s.w(m + 1)))
        return { first: i, last: m, reason: 'names a prescription medicine as the treatment of a person' };
    }
    return undefined;
  }
  return undefined;
}

/** "of this patient", "for her", "in his management", "to your reflux". */
function personIn(s: Sentence, from: number, to: number): number {
  for (let k = from; k < to; k++) {
    if (s.isMark(k)) return -1;
    if (!/^(?:of|for|in|to)$/.test(s.w(k))) continue;
    for (let m = k + 1; m < Math.min(to, k + 4); m++) {
      if (s.is(m, Role.Your) || /^(?:his|her|him|you)$/.test(s.w(m))) return m;
      if (s.is(m, Role.Third | Role.Kin)) return /^(?:a|an|any|each|every|some)$/.test(s.w(m - 1)) ? -1 : m;
    }
  }
  return -1;
}

/** "antibiotics are necessary in your situation", "an inhaler is what this cough calls for". */
function calledFor(s: Sentence, i: number): Span | undefined {
  let be = -1;
  for (let k = i + 1; k < Math.min(s.end, i + 4); k++) {
    if (s.is(k, Role.Be)) {
      be = k;
      break;
    }
    if (s.isMark(k) || s.is(k, Role.Hedge | Role.Not)) return undefined;
  }
  if (be < 0) return undefined;
  const need = s.findWord(be + 1, Math.min(s.end, be + 8), CALLED_FOR);
  if (need < 0) return undefined;
  if (s.findRole(be, need, Role.Hedge | Role.Not | Role.If | Role.General) >= 0) return undefined;
  if (s.isMark(s.end - 1, '?') || s.findRole(s.start, i, Role.If | Role.Whether | Role.Clinician) >= 0)
    return undefined;
  const person =
    s.findRole(be, s.end, Role.You | Role.Your) >= 0 ||
    s.findWord(be, s.end, words('his her him patient')) >= 0 ||
    (s.findRole(be, need, Role.This) >= 0 && s.w(be + 1) === 'what');
  if (!person || s.findRole(need, s.end, Role.If | Role.Clinician) >= 0) return undefined;
  return { first: i, last: need, reason: 'says that a person needs a prescription medicine' };
}
