import { type Policy, profile } from './policy.ts';
import type { Finding } from './rules/rule.ts';
import { Reader } from './stream/reader.ts';

/** The judgement of a text. */
export interface Verdict {
  /** Whether the text may be shown. */
  readonly verdict: 'allow' | 'block';
  /** In order of place; no range is reported twice by one rule. */
  readonly findings: readonly Finding[];
}

/** Judges an answer. It never throws on any text. */
export function check(text: string, policy: Policy = profile()): Verdict {
  const reader = new Reader(policy.rules);
  const findings: Finding[] = [];
  for (const judged of reader.push(text)) findings.push(...judged.findings);
  for (const judged of reader.end()) findings.push(...judged.findings);
  const unique = dedupe(findings);
  return { verdict: unique.length > 0 ? 'block' : 'allow', findings: unique };
}

function dedupe(findings: readonly Finding[]): Finding[] {
  const seen = new Set<string>();
  return [...findings]
    .sort((a, b) => a.from - b.from || a.to - b.to)
    .filter((f) => {
      const key = `${f.rule} ${f.from} ${f.to}`;
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    });
}
