import type { Asked } from './asked.ts';

/** Whether the sentence asks at what finding a treatment is begun, changed or given. */
export function isDecisionRequest(asked: Asked): boolean {
  if (asked.has('seek') && !asked.medicine) return false;
  const acts = asked.has('change', 'manage', 'use');
  if (asked.has('threshold') && acts && (asked.medicine || asked.has('manage', 'fluids')) && !asked.has('food_only'))
    return (
      asked.has('manage') ||
      asked.near(12, ['change', 'use', 'manage'], ['medicine_word', 'supplement', 'named_drug', 'drug_kind'])
    );
  if (asked.person && asked.inOrder(6, 'opener', 'level', ['change', 'manage'])) return true;
  if (asked.has('plan') && (asked.medicine || asked.has('manage', 'diabetic')) && !asked.education) return true;
  if (
    asked.has('when_rule') &&
    asked.medicine &&
    asked.inOrder(5, ['choose', 'may'], ['i', 'we', 'drug_kind', 'medicine_word']) &&
    acts
  )
    return !asked.education;
  if (asked.has('when_rule') && asked.medicine && asked.has('what_to_do')) return true;
  if (
    asked.has('when_rule') &&
    asked.has('sugar', 'result', 'pressure') &&
    asked.inOrder(5, 'may', ['i', 'we'], ['change', 'use'])
  )
    return asked.has('dosage_unit', 'named_drug', 'diabetic') || asked.medicine;
  if (asked.has('score') && asked.has('disposition') && (asked.sentence.numbers.length > 0 || asked.person))
    return true;
  return asked.has('clinic') && asked.has('vignette', 'weight', 'case_of') && !asked.has('in_general');
}
