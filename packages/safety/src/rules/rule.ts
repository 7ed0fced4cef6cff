import type { Token } from '../text/token.ts';
import type { Sentence } from './sentence.ts';

/** What a finding is about. The first four are the categories of the policy; `custom` is for rules of your own. */
export type Category = 'dosage' | 'prescription' | 'diagnosis' | 'decision_rule' | 'custom';

/** How bad a finding is, for reports; every finding blocks alike. */
export type Severity = 'low' | 'medium' | 'high';

/** One place where a text breaks a rule. `from` and `to` are a half-open range in the original text, in UTF-16 units. */
export interface Finding {
  readonly rule: string;
  readonly category: Category;
  readonly severity: Severity;
  readonly from: number;
  readonly to: number;
  /** For a person: what was seen, without the text itself. */
  readonly reason: string;
}

/**
 * What a rule is shown: one sentence and the bounded text before it. `text.slice(start)` is the sentence; a finding must
 * end in it, and may begin before it. Offsets are those of `text`.
 */
export interface Window {
  readonly text: string;
  readonly start: number;
  /** Offset of `text` in the original. */
  readonly base: number;
  /** The same, folded, split and tagged; token offsets are those of the original. */
  readonly sentence: Sentence;
  readonly tokens: readonly Token[];
}

/** A finding as a rule reports it: a half-open range in `Window.text`. */
export interface RuleMatch {
  readonly from: number;
  readonly to: number;
  readonly reason?: string;
  /** Only called likely: another possibility or a referral within two sentences clears it. */
  readonly soft?: boolean;
}

/** A rule as a typed value. Make one with `defineRule`. */
export interface Rule {
  readonly id: string;
  readonly category: Category;
  readonly severity: Severity;
  readonly reason: string;
  /** Longest match that counts, in UTF-16 units. */
  readonly maxSpan: number;
  readonly find: (window: Window) => readonly RuleMatch[];
}
