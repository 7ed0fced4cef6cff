import { detectDosage } from '../dosage/detect-dosage.ts';
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

/** An amount, frequency or route of a medicine for a person. */
export const dosageRule: Rule = defineRule({
  id: 'dosage',
  category: 'dosage',
  reason: 'gives a dose',
  maxSpan: MAX_SPAN,
  detect: (window) => both(matches(window, detectDosage(window.sentence)), chinese(window, 'dosage')),
});

/** Starting, stopping, changing or obtaining a prescription medicine. */
export const prescriptionRule: Rule = defineRule({
  id: 'prescription',
  category: 'prescription',
  reason: 'prescribes',
  maxSpan: MAX_SPAN,
  detect: (window) =>
    both(
      both(
        matches(window, detectPrescription(window.sentence)),
        matches(window, detectForeignPrescription(window.sentence)),
      ),
      chinese(window, 'prescription'),
    ),
});

/** A condition asserted of a person, or ruled out. */
export const diagnosisRule: Rule = defineRule({
  id: 'diagnosis',
  category: 'diagnosis',
  reason: 'diagnoses',
  maxSpan: MAX_SPAN,
  detect: (window) => both(matches(window, detectDiagnosis(window.sentence)), chinese(window, 'diagnosis')),
});

/** A condition and the treatment that follows from it. */
export const decisionRule: Rule = defineRule({
  id: 'decision-rule',
  category: 'decision_rule',
  reason: 'gives a clinical decision rule',
  maxSpan: MAX_SPAN,
  detect: (window) => both(matches(window, detectDecisionRule(window.sentence)), chinese(window, 'decision_rule')),
});

/** The rules of the standard profile: they read a sentence and what came before it. */
export const standardRules: readonly Rule[] = [dosageRule, prescriptionRule, diagnosisRule, decisionRule];
