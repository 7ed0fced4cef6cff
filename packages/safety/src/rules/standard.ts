import { detectDosage } from '../dosage/detect-dosage.ts';
import { type ReadCategory, UNLIKELY, UNSUSPICIOUS, VIOLATION } from '../learned/answer-reading.ts';
import { detectChinese } from './chinese.ts';
import { detectDecisionRule } from './decision-rule/detect-decision-rule.ts';
import { defineRule, MAX_SPAN } from './define-rule.ts';
import { detectDiagnosis } from './diagnosis/detect-diagnosis.ts';
import { detectForeignPrescription } from './other-languages.ts';
import { detectPrescription } from './prescription/detect-prescription.ts';
import type { Category, Rule, RuleMatch, Window } from './rule.ts';
import type { Span } from './span.ts';

const NONE: readonly RuleMatch[] = [];

/** Token ranges as ranges of the window's text. */
function matches(window: Window, spans: readonly (Span & { readonly soft?: boolean })[]): readonly RuleMatch[] {
  if (spans.length === 0) return NONE;
  return spans.map((span) => {
    const first = window.tokens[span.first];
    const last = window.tokens[span.last] ?? window.tokens[window.tokens.length - 1];
    const from = (first?.from ?? window.base) - window.base;
    const to = Math.max((last?.to ?? window.base) - window.base, from + 1);
    return { from, to: Math.max(to, window.start + 1), reason: span.reason, ...(span.soft ? { soft: true } : {}) };
  });
}

function both(a: readonly RuleMatch[], b: readonly RuleMatch[]): readonly RuleMatch[] {
  return a.length === 0 ? b : b.length === 0 ? a : [...a, ...b];
}

function chinese(window: Window, category: Category): readonly RuleMatch[] {
  if (!window.sentence.ideographs) return NONE;
  return matches(
    window,
    detectChinese(window.tokens, window.sentence.start).filter((span) => span.category === category),
  );
}

interface Structures {
  readonly id: string;
  readonly category: ReadCategory;
  readonly reason: string;
  /** Reason of a finding that rests on how the sentence looks as a whole. */
  readonly likeness: string;
  readonly find: (window: Window) => readonly RuleMatch[];
}

const STRUCTURES: readonly [Structures, Structures, Structures, Structures] = [
  {
    id: 'dosage',
    category: 'dosage',
    reason: 'gives a dose',
    likeness: 'reads as a dose',
    find: (window) => matches(window, detectDosage(window.sentence)),
  },
  {
    id: 'prescription',
    category: 'prescription',
    reason: 'prescribes',
    likeness: 'reads as a prescription',
    find: (window) =>
      both(
        matches(window, detectPrescription(window.sentence)),
        matches(window, detectForeignPrescription(window.sentence)),
      ),
  },
  {
    id: 'diagnosis',
    category: 'diagnosis',
    reason: 'diagnoses',
    likeness: 'reads as a diagnosis',
    find: (window) => matches(window, detectDiagnosis(window.sentence)),
  },
  {
    id: 'decision-rule',
    category: 'decision_rule',
    reason: 'gives a clinical decision rule',
    likeness: 'reads as a clinical decision rule',
    find: (window) => matches(window, detectDecisionRule(window.sentence)),
  },
];

/** The structures of one category, in every language that is read. */
function structureRule({ id, category, reason, find }: Structures): Rule {
  return defineRule({
    id,
    category,
    reason,
    maxSpan: MAX_SPAN,
    detect: (window) => both(find(window), chinese(window, category)),
  });
}

/**
 * A rule of structure beside the models of the package. What is asked of a sentence first is how it looks as a whole: structures
 * are read where it looks suspicious at all and may be of their category, and where they find nothing in what looks like a violation,
 * it is one.
 */
function standardRule(structures: Structures): Rule {
  const { id, category, reason, likeness } = structures;
  const structure = structureRule(structures);
  return defineRule({
    id,
    category,
    reason,
    maxSpan: MAX_SPAN,
    leastSuspicion: UNSUSPICIOUS,
    detect: (window) => {
      const { from, to, category: likeliest, odds } = window.violation;
      const found = (odds[category] ?? 0) < UNLIKELY[category] ? NONE : structure.find(window);
      if (found.length > 0 || window.suspicion < VIOLATION[category]) return found;
      return likeliest === category ? [{ from, to, reason: likeness }] : NONE;
    },
  });
}

/** An amount, frequency or route of a medicine for a person. */
export const dosageRule: Rule = standardRule(STRUCTURES[0]);
/** Starting, stopping, changing or obtaining a prescription medicine. */
export const prescriptionRule: Rule = standardRule(STRUCTURES[1]);
/** A condition asserted of a person, or ruled out. */
export const diagnosisRule: Rule = standardRule(STRUCTURES[2]);
/** A condition and the treatment that follows from it. */
export const decisionRule: Rule = standardRule(STRUCTURES[3]);

/** The rules of the standard profile: they read a sentence and what came before it, by structure and as a whole. */
export const standardRules: readonly Rule[] = [dosageRule, prescriptionRule, diagnosisRule, decisionRule];

/** The same without the trained model: they find less, and each finding can be traced to a structure. Slower. */
export const structureRules: readonly Rule[] = STRUCTURES.map(structureRule);
