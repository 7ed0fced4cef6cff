// Judge a text or a question.
export { check, type Verdict } from './check.ts';
export type { Emergency } from './question/emergency.ts';
export type { Request } from './question/request.ts';
export { type QuestionVerdict, screenQuestion } from './question/screen.ts';
export { type JudgedLine, judgeLine, judgeQuestion, judgeText } from './check-jsonl.ts';
// Generate through the guard.
export {
  createGuard,
  type Generate,
  type Guard,
  type GuardOptions,
  type Message,
  type SafeAnswer,
  safeGenerate,
  withPrefix,
} from './guard.ts';
export { AnswerFilter, type AnswerFilterOptions } from './stream/answer-filter.ts';
export { filterStream, type FilterStreamOptions, filterTransform } from './stream/filter-stream.ts';
export { CONTEXT_CHARACTERS, CONTEXT_SEGMENTS, LOOK_AHEAD_SEGMENTS } from './stream/reader.ts';
export { MAX_SEGMENT } from './stream/segmenter.ts';
// Rules and policies.
export { defineRule, type RuleDefinition } from './rules/define-rule.ts';
export { type RuleCase, type RuleTestResult, testRule } from './rules/test-rule.ts';
export {
  decisionRule,
  diagnosisRule,
  dosageRule,
  prescriptionRule,
  standardRules,
  structureRules,
} from './rules/standard.ts';
export { strictRules } from './rules/strict.ts';
export type { Sentence } from './rules/sentence.ts';
export type { Phrase } from './lexicon/lexicon.ts';
export type { Token, TokenKind } from './text/token.ts';
export type { Category, Finding, LikelyViolation, Rule, RuleMatch, Severity, Window } from './rules/rule.ts';
export {
  changePolicy,
  type OnRequest,
  type OnViolation,
  type Policy,
  type PolicyChange,
  POLICY_VERSION,
  type ProfileName,
  profile,
} from './policy.ts';
export { parsePolicy, policyFileSchema } from './policy-schema.ts';
export { askClassifier, type Classifier } from './classifier.ts';
export type { AuditEvent } from './audit.ts';
// Texts.
export { DISCLAIMER, SYSTEM_PREFIX, SYSTEM_PREFIX_VERSION } from './system-prefix.ts';
export {
  CRISIS_MESSAGE,
  defaultMessages,
  EMERGENCY_MESSAGE,
  FALLBACK,
  type Messages,
  REINFORCEMENT,
  SENTENCE_FALLBACK,
} from './fallback/messages.ts';
export { BadPolicyError, BadRuleError, ClassifierError, SafetyError, UnsafePatternError } from './errors.ts';
