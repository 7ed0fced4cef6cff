import { Role, Sense } from '../../lexicon/tags.ts';
import { type Sentence, words } from '../sentence.ts';
import type { Span } from '../span.ts';
import { anyOrder } from './any-order.ts';
import { byChoice, headed } from './by-choice.ts';
import { byNeed, byPassive } from './by-need.ts';
import { byVerb, START, STOP } from './by-verb.ts';
import { byPhrase, bySubject, byWriter } from './by-writer.ts';
import { declined, insideReferral, keepsToClinician } from './declined.ts';
import { toldAboutMedicine } from './told-about-medicine.ts';
import { treatmentOfPerson } from './treatment-of-person.ts';
import { letsGo } from './unneeded.ts';

/** Every word that one of the readings below begins with, so that most words are passed over at once. */
const HOOKS = new Set([
  ...START,
  ...STOP,
  ...words(
    'me stopping starting taking switching quitting doubling adding dropping skipping bother solution fix cure need needs require requires want deserve belong belongs warrants should must ought has have gotta will benefit benefits due ready candidate do be feel are calls cries screams begs i my here best right correct ideal only perfect better answer solution option choice treatment medicine medication drug pill time no',
  ),
]);

/** Every prescription in the judged part: to start, stop, switch, hold, raise, lower, combine or obtain a prescription medicine. */
export function detectPrescription(s: Sentence): Span[] {
  const spans: Span[] = [];
  const medicinal = Sense.Rx | Sense.Medicine | Sense.Dose;
  const here = (s.senses & medicinal) !== 0;
  const before = (s.sensesBefore & (Sense.Rx | Sense.Drug)) !== 0;
  if (!here && !before) return spans;
  for (let i = s.start; i < s.end; i++) {
    if (!s.isWord(i, HOOKS) && !s.has(i, Sense.Rx | Sense.Medicine | Sense.Dose) && !s.is(i, Role.You | Role.We))
      continue;
    const found =
      byVerb(s, i, before) ??
      byNeed(s, i) ??
      byWriter(s, i) ??
      byChoice(s, i) ??
      byPassive(s, i) ??
      byPhrase(s, i) ??
      bySubject(s, i);
    if (!found) continue;
    if (keepsToClinician(s) || insideReferral(s, found.first) || declined(s, found.first)) continue;
    spans.push(found);
    i = found.last;
  }
  if (spans.length === 0) {
    const told = letsGo(s) ?? treatmentOfPerson(s) ?? toldAboutMedicine(s) ?? anyOrder(s);
    if (told && !keepsToClinician(s) && !insideReferral(s, told.first) && !declined(s, told.first)) spans.push(told);
  }
  const fragment = headed(s);
  if (fragment && spans.length === 0) spans.push(fragment);
  return spans;
}
