import type { Token } from '../text/token.ts';
import type { Category } from './category.ts';
import type { Sentence } from './sentence.ts';

export type { Category } from './category.ts';

/** How bad a finding is, for reports; every finding blocks alike. */
export type Severity = 'low' | 'medium' | 'high';

/** One place where a text breaks a rule. `from` and `to` are a half-open range in the original text, in UTF-16 units. */
export interface Finding {
  /** Id of the rule. */
  readonly rule: string;
  /** Kind of what was found. */
  readonly category: Category;
  /** How grave it is, as its rule says. */
  readonly severity: Severity;
  /** First UTF-16 unit in the judged text. */
  readonly from: number;
  /** Unit after the last. */
  readonly to: number;
  /** For a person: what was seen, without the text itself. */
  readonly reason: string;
}

/**
 * What a rule is shown: one sentence and the bounded text before it. `text.slice(start)` is the sentence; a finding must
 * end in it, and may begin before it. Offsets are those of `text`. It holds while the rule looks at it: keep what you read of it,
 * not the window.
 */
export interface Window {
  /** The sentence and the bounded text before it. */
  readonly text: string;
  /** Where the sentence begins in `text`. */
  readonly start: number;
  /** Offset of `text` in the original. */
  readonly base: number;
  /** The same, folded, split and tagged; token offsets are those of the original. */
  readonly sentence: Sentence;
  /** All tokens of `text`; the same as `sentence.tokens`. */
  readonly tokens: readonly Token[];
  /**
   * How much the sentence looks like a violation as a whole: log odds, in nats, by the model that comes with the package. Where it is
   * below -5 not all of the sentence may have been read, so how far below means little. It is cheap beside `sentence` and `tokens`,
   * which are made when first asked for; so a rule may look at it first.
   */
  readonly suspicion: number;
  /** What kind of violation the sentence looks like, if it is one. Cheap, too. */
  readonly violation: LikelyViolation;
}

/** Where a sentence looks most like a violation, as a half-open range in `Window.text`, and of what kind. */
export interface LikelyViolation {
  /** First UTF-16 unit. */
  readonly from: number;
  /** Unit after the last. */
  readonly to: number;
  /** The likeliest category. */
  readonly category: Category;
  /** Of each category that is told apart: log odds, in nats, that a violation like this one is of that category, alone or among others. */
  readonly odds: Readonly<Partial<Record<Category, number>>>;
}

/** A finding as a rule reports it: a half-open range in `Window.text`. */
export interface RuleMatch {
  /** First UTF-16 unit in `Window.text`. */
  readonly from: number;
  /** Unit after the last. */
  readonly to: number;
  /** In place of the rule's own. */
  readonly reason?: string;
  /** Only called likely: another possibility or a referral within two sentences clears it. */
  readonly soft?: boolean;
}

/** A rule as a typed value. Make one with `defineRule`. */
export interface Rule {
  /** Names the rule in findings. */
  readonly id: string;
  /** Groups findings. */
  readonly category: Category;
  /** How grave a finding is; it goes into findings and changes nothing else. */
  readonly severity: Severity;
  /** For a person: what the rule sees. */
  readonly reason: string;
  /** Longest match that counts, in UTF-16 units. */
  readonly maxSpan: number;
  /** The {@link Window.suspicion} below which no sentence is shown to it. Default: it is shown all. */
  readonly leastSuspicion?: number;
  /** What it finds in a sentence. It must not throw on any text. */
  readonly find: (window: Window) => readonly RuleMatch[];
}
