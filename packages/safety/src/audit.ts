import { createHash } from 'node:crypto';
import type { Policy } from './policy.ts';
import type { Category } from './rules/rule.ts';

/** What the guard decided and why, without the text. */
export interface AuditEvent {
  /** What was judged. */
  readonly kind: 'question-screened' | 'answer-checked';
  /** What the guard did. */
  readonly decision: 'allow' | 'fallback' | 'reinforce' | 'emergency' | 'replace-answer' | 'replace-sentence';
  /** What was broken, by id and category. */
  readonly rules: readonly { readonly id: string; readonly category: Category | string }[];
  /** The policy in force. */
  readonly policy: { readonly name: string; readonly version: string };
  /** SHA-256 of the UTF-8 text, in hex. */
  readonly textHash: string;
  /** Of the text, in UTF-16 units. */
  readonly length: number;
  /** Only where the guard was asked to keep texts. */
  readonly text?: string;
  /** Why the classifier gave no verdict. */
  readonly classifierError?: string;
}

/** Makes an event. The text itself goes in only with `keepText`. */
export function auditEvent(
  kind: AuditEvent['kind'],
  decision: AuditEvent['decision'],
  text: string,
  policy: Policy,
  rules: AuditEvent['rules'],
  options: { readonly keepText?: boolean; readonly classifierError?: string } = {},
): AuditEvent {
  const unique = [...new Map(rules.map((rule) => [rule.id, rule])).values()];
  return {
    kind,
    decision,
    rules: unique,
    policy: { name: policy.name, version: policy.version },
    textHash: createHash('sha256').update(text, 'utf8').digest('hex'),
    length: text.length,
    ...(options.keepText ? { text } : {}),
    ...(options.classifierError ? { classifierError: options.classifierError } : {}),
  };
}
