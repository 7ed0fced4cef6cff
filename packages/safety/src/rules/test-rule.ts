import { check } from '../check.ts';
import type { Finding, Rule } from './rule.ts';

/** A text, and what a rule is to find in it. */
export interface RuleCase {
  /** What the rule is shown. */
  readonly text: string;
  /** Whether the rule is to find something; a string: what it is to find, literally. */
  readonly expect: boolean | string;
}

/** How a rule did on its cases. */
export interface RuleTestResult {
  /** Cases that came out as expected. */
  readonly passed: number;
  /** The others, with what was found in place of what. */
  readonly failures: readonly {
    readonly case: RuleCase;
    readonly findings: readonly Finding[];
    readonly problem: string;
  }[];
}

/** Runs a rule alone over cases of your own, as the guard would run it. Write as many near-misses as hits. */
export function testRule(rule: Rule, cases: readonly RuleCase[]): RuleTestResult {
  const policy = {
    name: 'test',
    version: '0',
    rules: [rule],
    onViolation: 'replace-answer',
    onRequest: 'fallback',
  } as const;
  const failures: RuleTestResult['failures'][number][] = [];
  for (const one of cases) {
    const { findings } = check(one.text, policy);
    let problem: string | undefined;
    if (one.expect === false && findings.length > 0) problem = `found ${findings.length} where nothing was expected`;
    else if (one.expect === true && findings.length === 0) problem = 'found nothing';
    else if (typeof one.expect === 'string' && !findings.some((f) => one.text.slice(f.from, f.to) === one.expect)) {
      problem = `expected ${JSON.stringify(one.expect)}, found ${JSON.stringify(findings.map((f) => one.text.slice(f.from, f.to)))}`;
    }
    if (problem) failures.push({ case: one, findings, problem });
  }
  return { passed: cases.length - failures.length, failures };
}
