import { Role, Sense } from '../lexicon/tags.ts';
import { type Sentence, words } from '../rules/sentence.ts';
import type { Span } from '../rules/span.ts';
import { bareNumber } from './bare-number.ts';
import { duration, titration } from './duration.ts';
import { findFrequency } from './frequency.ts';
import { asPrescribed, isEcho, isGlossary, isHistory, isLeftOpen, isSupply } from './harmless.ts';
import { judgeAmount } from './judge-amount.ts';
import { looseDose, multiple } from './loose-dose.ts';
import { frequencyAlone, frequencyOfMedicine, inTurn, multiplied } from './medicine-frequency.ts';
import { missedDose } from './missed-dose.ts';
import { readAmount } from './read-amount.ts';
import {
  bareCount,
  courseLength,
  doseFromWeight,
  doseInFields,
  insulinSetting,
  longestUse,
  oxygenSetting,
  scheduleOfMedicine,
} from './regimen.ts';
import { routeOfMedicine } from './route.ts';
import { articleForm, confirmedDose, labelledDose, oxygenPercent } from './unnamed-amount.ts';
import { CLINICAL_FREQUENCY } from './vocabulary.ts';

const ARTICLES = words('a an another i ii iii un una une eine um uma extra each right correct perfect');

/** A sentence with this many doses is not searched for more. */
const SPANS_ENOUGH = 8;

/** Every dose in the judged part of the window. */
export function detectDosage(s: Sentence): Span[] {
  const spans: Span[] = [];
  const relevant =
    Sense.Number |
    Sense.Frequency |
    Sense.Dose |
    Sense.Form |
    Sense.Mass |
    Sense.Route |
    Sense.Volume |
    Sense.Time |
    Sense.Drug |
    Sense.Spoon |
    Sense.Gram |
    Sense.Oxygen |
    Sense.Fluid;
  if (!(s.senses & relevant)) {
    const told = s.senses & Sense.Take && s.roles & Role.You ? multiple(s) : undefined;
    return told ? [told] : spans;
  }
  const history = isHistory(s);
  if (history) return spans;
  if (isGlossary(s) || isSupply(s)) return spans;
  for (let i = s.start; i < s.end && spans.length < SPANS_ENOUGH; i++) {
    const amount = readAmount(s, i);
    if (amount) {
      const reason = judgeAmount(s, amount);
      if (reason && !isEcho(s, i) && !isLeftOpen(s, i)) spans.push({ first: amount.first, last: amount.last, reason });
      i = Math.max(i, amount.last);
      continue;
    }
    if (!s.has(i, Sense.Number | Sense.Dose | Sense.Mass) && !s.isWord(i, ARTICLES)) continue;
    const bare =
      bareNumber(s, i) ?? articleForm(s, i) ?? labelledDose(s, i) ?? confirmedDose(s, i) ?? oxygenPercent(s, i);
    if (bare && !isEcho(s, i)) spans.push(bare);
  }
  const timed =
    inTurn(s) ??
    multiplied(s) ??
    frequencyAlone(s) ??
    frequencyOfMedicine(s) ??
    duration(s) ??
    routeOfMedicine(s) ??
    titration(s) ??
    (asPrescribed(s) ? undefined : scheduleOfMedicine(s, (from, to) => findFrequency(s, from, to))) ??
    longestUse(s) ??
    courseLength(s) ??
    doseFromWeight(s) ??
    insulinSetting(s) ??
    oxygenSetting(s) ??
    doseInFields(s) ??
    bareCount(s, CLINICAL_FREQUENCY) ??
    missedDose(s);
  if (timed && !isEcho(s, timed.first)) spans.push(timed);
  if (spans.length === 0) {
    const loose = looseDose(s, (from, to) => findFrequency(s, from, to));
    if (loose && !isEcho(s, loose.first) && !isLeftOpen(s, loose.first)) spans.push(loose);
  }
  return spans;
}
