import { Role, Sense } from '../../lexicon/tags.ts';
import { MEDICINAL, type Sentence, words } from '../sentence.ts';
import type { Span } from '../span.ts';
import { isConditional } from '../stance.ts';
import { RX, span } from './prescription-span.ts';

const HEADINGS = words('rx plan prescription sig treatment prescribed script order orders recommendation medication');
const CHOICES = words(
  'best right correct ideal only perfect better answer solution option choice treatment medicine medication drug pill',
);
const VERBS = words('is are would will should fits suits works');

/** "the best medicine for you is duloxetine", "amoxicillin is what you need", "treatment of choice for him: X", "here is your prescription". */
export function byChoice(s: Sentence, i: number): Span | undefined {
  const w = s.w(i);
  if (w === 'here' && s.findWord(i, i + 5, words('prescription script')) >= 0 && s.is(i + 1, Role.Be))
    return span(i, i + 4, 'hands out a prescription');
  if (CHOICES.has(w)) {
    const forPerson = personAfterFor(s, i);
    if (forPerson >= 0) {
      for (let k = i + 1; k < Math.min(s.end, i + 14); k++) {
        if (s.is(k, Role.Not | Role.Hedge)) return undefined;
        if (s.isMark(k, '.;?!')) break;
        if (s.is(k, Role.Be) || s.isMark(k, ':-=')) {
          for (let m = k + 1; m < Math.min(s.end, k + 7); m++) {
            if (s.is(m, Role.Hedge | Role.Not | Role.Clinician)) return undefined;
            if (s.has(m, RX)) return span(i, m, 'picks a prescription medicine for a person');
          }
        }
      }
    }
  }
  if (s.has(i, RX) && !isConditional(s, i)) {
    let k = i + 1;
    while (k < i + 3 && (s.has(k, Sense.Drug | Sense.Medicine | Sense.Form) || s.is(k, Role.Adverb))) k++;
    if (VERBS.has(s.w(k))) {
      for (let m = k + 1; m < Math.min(s.end, k + 8); m++) {
        if (
          s.is(m, Role.Not) ||
          /^(?:may|might|could|whether|if|used|called|prescribed|one|often|usually|some)$/.test(s.w(m))
        )
          return undefined;
        if (s.reads(m, 'what', 'you') || s.reads(m, 'what', 'he') || s.reads(m, 'what', 'she'))
          return s.findWord(m, m + 5, words('need needs want should')) >= 0
            ? span(i, m + 1, 'says which prescription medicine a person needs')
            : undefined;
        if (
          /^(?:best|right|better|ideal|perfect|answer|way|good|fine|suitable|fit|bet)$/.test(s.w(m)) &&
          (personAfterFor(s, m) >= 0 || s.is(m - 1, Role.Your))
        )
          return span(i, m, 'picks a prescription medicine for a person');
        if (
          /^(?:fix|clear|cure|sort|knock|solve|settle|calm|help)$/.test(s.w(m)) &&
          /^(?:will|should|would)$/.test(s.w(k)) &&
          (s.is(m + 1, Role.You | Role.Your | Role.This) || s.is(m + 2, Role.This | Role.Your))
        )
          return span(i, m, 'promises that a prescription medicine treats the reader');
      }
    }
  }
  return undefined;
}

function personAfterFor(s: Sentence, i: number): number {
  for (let k = i; k < Math.min(s.end, i + 8); k++)
    if (
      s.w(k) === 'for' &&
      (s.is(k + 1, Role.You | Role.Third) ||
        s.is(k + 1, Role.Your) ||
        (s.w(k + 1) === 'someone' && s.w(k + 2) === 'like') ||
        s.w(k + 1) === 'him')
    )
      return k;
  if (s.is(i - 1, Role.Your)) return i;
  return -1;
}

/** "Plan: begin amlodipine", "Rx: amoxicillin", "Treatment: azithromycin": a heading and a medicine. */
export function headed(s: Sentence): Span | undefined {
  for (let i = s.start; i < Math.min(s.end, s.start + 4); i++) {
    if (!HEADINGS.has(s.w(i)) || !s.isMark(i + 1, ':=-')) continue;
    const object = s.findSense(i + 2, i + 7, Sense.Drug | Sense.DrugClass);
    if (
      object >= 0 &&
      s.has(object, MEDICINAL) &&
      s.has(object, RX) &&
      !s.is(i + 2, Role.Hedge) &&
      s.end - s.start <= 14 &&
      s.findSense(object + 1, s.end, RX) < object + 1
    )
      return span(i, object, 'a prescription in shorthand');
  }
  return undefined;
}
