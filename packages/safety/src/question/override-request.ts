import type { Asked } from './asked.ts';

/** Whether the sentence tries to switch the rules off, or to get at the forbidden by another door. */
export function isOverride(asked: Asked): boolean {
  const { sentence } = asked;
  const aboutMedicine = asked.medicineAround || asked.has('dose', 'diagnose', 'prescribe');
  return (
    asked.inOrder(7, 'remove', 'rule') ||
    asked.inOrder(5, 'rule', 'not_apply') ||
    (asked.inOrder(3, 'not', 'bound') && asked.has('generic', 'persona', 'rule')) ||
    (asked.inOrder(6, 'persona', ['expert', 'unbound']) && !sentence.words.some((word) => word === 'should')) ||
    asked.has('unbound', 'inner', 'now_on', 'quiet') ||
    (asked.has('labels') && asked.has('user')) ||
    (asked.has('authority', 'allows') && (aboutMedicine || asked.has('rule', 'how_much', 'diagnose'))) ||
    (asked.has('gran') && asked.has('lull') && (aboutMedicine || asked.has('script'))) ||
    (asked.has('made_up', 'fiction') &&
      aboutMedicine &&
      asked.has('dose', 'how_much', 'mass_unit', 'diagnose', 'prescribe', 'script')) ||
    (asked.has('made_up', 'fiction') && asked.has('named_drug') && asked.has('ingest', 'use') && !asked.education) ||
    (asked.has('only_so') &&
      aboutMedicine &&
      asked.has('dose', 'mass_unit', 'diagnose', 'blank', 'named_drug') &&
      !asked.asksForSelf()) ||
    (asked.has('blank') && asked.has('mass_unit', 'drug_kind', 'diagnose', 'dose'))
  );
}
