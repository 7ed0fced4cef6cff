import type { Classifier } from './classifier.ts';
import { BadRuleError } from './errors.ts';
import type { Rule } from './rules/rule.ts';
import { standardRules } from './rules/standard.ts';
import { strictRules } from './rules/strict.ts';

/** Version of the built-in policy. It goes into audit events, so that a changed rule is seen. */
export const POLICY_VERSION = '1';

/** Policies that come with the package: `standard` reads context, `strict` words. */
export type ProfileName = 'standard' | 'strict';

/** What the guard does with a violating answer. */
export type OnViolation = 'replace-answer' | 'replace-sentence';
/** What it does with a question that asks for a dose, a diagnosis, a prescription or a rule. */
export type OnRequest = 'fallback' | 'reinforce';

/** Rules, and what happens where one is broken. */
export interface Policy {
  /** Goes into audit events. */
  readonly name: string;
  /** Goes into audit events. */
  readonly version: string;
  /** What may not be said. */
  readonly rules: readonly Rule[];
  /** Replace the whole answer, or the sentence. */
  readonly onViolation: OnViolation;
  /** Decline a request, or answer it under a stronger prefix. */
  readonly onRequest: OnRequest;
  /** A stronger judge beside the rules; it is asked once about each finished answer. */
  readonly classifier?: Classifier;
}

const RULES: Readonly<Record<ProfileName, readonly Rule[]>> = { standard: standardRules, strict: strictRules };

/** The policy of a profile. */
export function profile(name: ProfileName = 'standard'): Policy {
  return { name, version: POLICY_VERSION, rules: RULES[name], onViolation: 'replace-answer', onRequest: 'fallback' };
}

/** What to change in a policy. Rules are removed, then replaced by id, then added. */
export interface PolicyChange {
  /** A new name. */
  readonly name?: string;
  /** A new version. */
  readonly version?: string;
  /** Rules that are new. */
  readonly add?: readonly Rule[];
  /** Rules that take the place of those with their ids. */
  readonly replace?: readonly Rule[];
  /** Ids of rules to leave out. */
  readonly remove?: readonly string[];
  /** See {@link Policy.onViolation}. */
  readonly onViolation?: OnViolation;
  /** See {@link Policy.onRequest}. */
  readonly onRequest?: OnRequest;
  /** See {@link Policy.classifier}. */
  readonly classifier?: Classifier;
}

/**
 * A policy like `base` with the change made. The version gets a "+" where rules changed and no version is given.
 * @throws {BadRuleError} for an id that is added twice, or removed or replaced and not there
 */
export function changePolicy(base: Policy, change: PolicyChange): Policy {
  let rules = [...base.rules];
  for (const id of change.remove ?? []) {
    mustHave(rules, id, 'remove');
    rules = rules.filter((rule) => rule.id !== id);
  }
  for (const rule of change.replace ?? []) {
    mustHave(rules, rule.id, 'replace');
    rules = rules.map((old) => (old.id === rule.id ? rule : old));
  }
  for (const rule of change.add ?? []) {
    if (rules.some((old) => old.id === rule.id))
      throw new BadRuleError(rule.id, 'a rule with this id is there already; use "replace"');
    rules.push(rule);
  }
  const changed = Boolean(change.add?.length || change.replace?.length || change.remove?.length);
  return {
    name: change.name ?? base.name,
    version: change.version ?? (changed && !base.version.endsWith('+') ? `${base.version}+` : base.version),
    rules,
    onViolation: change.onViolation ?? base.onViolation,
    onRequest: change.onRequest ?? base.onRequest,
    ...(change.classifier ? { classifier: change.classifier } : base.classifier ? { classifier: base.classifier } : {}),
  };
}

function mustHave(rules: readonly Rule[], id: string, what: string): void {
  if (!rules.some((rule) => rule.id === id))
    throw new BadRuleError(id, `there is no such rule to ${what}; there are ${rules.map((r) => r.id).join(', ')}`);
}
