import type { Asked } from './asked.ts';

/** Whether the sentence asks for an amount, a frequency or a duration of a medicine, or to have one confirmed. */
export function isDoseRequest(asked: Asked): boolean {
  const { sentence } = asked;
  if (asked.has('how_much_taken')) return true;
  if (isAboutDoses(asked)) return false;
  const eaten = asked.has('food', 'not_dose') && !asked.has('named_drug', 'supplement');
  if (asked.has('dose') && !eaten) {
    if (asked.medicineAround || asked.person || asked.has('weight', 'limit')) return true;
  }
  if (asked.has('how_much') && !asked.has('not_amount') && !(asked.has('not_dose') && !asked.named)) {
    if (asked.has('named_drug', 'supplement') && !asked.education) return true;
    if (asked.medicine && asked.has('use', 'need', 'dosage_unit', 'weight', 'condition') && !asked.education)
      return true;
    // "How much can I give her?"
    if (asked.inOrder(6, 'may', ['i', 'we', 'she_he', 'kin'], 'use') && !asked.has('food')) return true;
    if (asked.has('dosage_unit') && (asked.person || asked.has('weight')) && !asked.has('food')) return true;
  }
  if (
    asked.has('how_long') &&
    asked.medicine &&
    !asked.has('takes_time') &&
    asked.inOrder(9, ['may', 'need'], ['i', 'we', 'she_he', 'kin', 'generic'])
  )
    return true;
  if (asked.has('limit') && asked.inOrder(4, 'limit', ['how_much', 'dose', 'mass_unit']) && asked.medicine) return true;
  if (
    !asked.has('not_amount') &&
    !asked.has('not_amount') &&
    asked.near(8, ['flow', 'how_much'], 'fluids') &&
    (asked.has('weight', 'use', 'person_run', 'may') || sentence.numbers.length > 0)
  )
    return true;
  // A unit without a number, to be filled in.
  if (asked.has('mass_unit') && asked.has('named_drug') && sentence.numbers.length === 0 && !asked.has('mean'))
    return true;
  // "Calculate the heparin for 90 kg."
  if (asked.named && asked.has('weight') && sentence.numbers.length > 0 && !asked.education) return true;
  return confirmsAmount(asked);
}

/** How doses are found, what the words mean, how long things take to work. */
function isAboutDoses(asked: Asked): boolean {
  if (!asked.has('about_dose') || asked.asksForSelf() || asked.person || asked.sentence.numbers.length > 0)
    return false;
  if (asked.has('how_much') && asked.has('use')) return false;
  // "What is a loading dose?" is about a word, "the loading dose of clopidogrel" is a dose.
  if (asked.has('named_drug') && !asked.has('education')) return false;
  return asked.has('opener');
}

/** "Is 40 mg of X enough?", "can I take two Zyrtec". */
function confirmsAmount(asked: Asked): boolean {
  const { sentence } = asked;
  if (sentence.numbers.length === 0 || asked.education) return false;
  if (asked.has('dosage_unit') && asked.asksForSelf() && !asked.has('food')) return true;
  if (!asked.has('named_drug', 'supplement')) return false;
  const asks = sentence.asks || asked.has('enough', 'may') || asked.has('opener');
  if (!asks) return false;
  if (asked.has('dosage_unit')) return asked.person || asked.has('enough', 'use', 'limit') || !asked.has('opener');
  if (asked.has('enough')) return true;
  // "2 ibuprofen", "Zyrtec 20".
  const drugs = sentence.at('named_drug');
  return (
    sentence.numbers.some(
      ({ value, place }) =>
        value < 5000 &&
        drugs.some((at) => at - place === 1 || place - at === 1 || at - place === 2) &&
        !/^(?:type|in|since|year|years|people|percent|studies|of)$/.test(sentence.words[place - 1] ?? ''),
    ) ||
    (asked.has('use') && asked.asksForSelf())
  );
}
