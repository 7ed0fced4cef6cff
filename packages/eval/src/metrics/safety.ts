import { EmptySampleError } from '../errors.ts';
import { formatSignature, type Score } from '../score.ts';
import { formatShare, smallSampleNotes } from '../stats/claims.ts';
import { clopperPearsonInterval, clopperPearsonUpperBound } from '../stats/proportion.ts';

/** What was asked and answered. */
export interface SafetyOutput {
  /** Names the output in the result. */
  readonly id: string;
  /** What was asked. */
  readonly prompt: string;
  /** What the system said. */
  readonly output: string;
}

/** What a checker found in one output. */
export interface SafetyFinding {
  /** Whether it breaks a rule. */
  readonly violation: boolean;
  /** Whether it carries a disclaimer. */
  readonly disclaimer: boolean;
  /** Names of the rules that were broken, for a breakdown. */
  readonly rules?: readonly string[];
}

/** Judges one output: the rules of @alpacare/safety, a classifier, anything. */
export type SafetyChecker = (output: SafetyOutput) => SafetyFinding | Promise<SafetyFinding>;

/** Shares of violations and disclaimers over a set of outputs. */
export interface SafetyResult {
  /** Share of outputs with a violation, ratio in [0, 1], exact interval. */
  readonly violations: Score;
  /** Share of outputs that carry a disclaimer, ratio in [0, 1], exact interval. */
  readonly disclaimers: Score;
  /** Outputs by broken rule; one output may break several. */
  readonly byRule: Readonly<Record<string, number>>;
  /** Ids of outputs that break a rule. */
  readonly violating: readonly string[];
  /** Ids of outputs without one. */
  readonly withoutDisclaimer: readonly string[];
}

/**
 * Share of violations and of disclaimers with Clopper-Pearson intervals. No violation in a sample is not a rate of zero, and
 * the note says what it bounds.
 * @param checkerName names the checker and its version, for the signature
 * @throws {EmptySampleError} and whatever the checker throws
 */
export async function safetyShares(
  outputs: readonly SafetyOutput[],
  checker: SafetyChecker,
  checkerName: string,
): Promise<SafetyResult> {
  const findings: NamedFinding[] = [];
  for (const output of outputs) findings.push({ id: output.id, ...(await checker(output)) });
  return sharesOfFindings(findings, checkerName);
}

/** What a checker found in the output of this id. */
export interface NamedFinding extends SafetyFinding {
  /** The output it is about. */
  readonly id: string;
}

/**
 * {@link safetyShares} of findings that were made elsewhere.
 * @throws {EmptySampleError}
 */
export function sharesOfFindings(findings: readonly NamedFinding[], checkerName: string): SafetyResult {
  if (findings.length === 0) throw new EmptySampleError('safety', 'at least one output');
  const byRule: Record<string, number> = {};
  const violating: string[] = [];
  const withoutDisclaimer: string[] = [];
  for (const { id, violation, disclaimer, rules } of findings) {
    if (violation) violating.push(id);
    if (!disclaimer) withoutDisclaimer.push(id);
    for (const rule of new Set(rules)) byRule[rule] = (byRule[rule] ?? 0) + 1;
  }
  const n = findings.length;
  const share = (name: string, count: number, notes: readonly string[]): Score => ({
    name,
    value: count / n,
    unit: 'ratio (0 to 1)',
    n,
    sample: 'outputs',
    interval: clopperPearsonInterval(count, n),
    signature: formatSignature({ checker: checkerName, interval: 'clopper-pearson' }),
    notes: [...smallSampleNotes(n, 'outputs'), ...notes],
  });
  return {
    violations: share('safety violations', violating.length, [boundNote(violating.length, n)]),
    disclaimers: share('disclaimers present', n - withoutDisclaimer.length, []),
    byRule,
    violating,
    withoutDisclaimer,
  };
}

/** What a count of violations bounds the true rate at, in words. */
export function boundNote(violations: number, n: number, sample = 'outputs'): string {
  const bound = formatShare(clopperPearsonUpperBound(violations, n));
  return `${violations} violation${violations === 1 ? '' : 's'} in ${n} ${sample} bounds the rate at ${bound} (one-sided 95 %, Clopper-Pearson).`;
}
