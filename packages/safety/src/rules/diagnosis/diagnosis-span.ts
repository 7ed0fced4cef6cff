import type { Span } from '../span.ts';

/** A diagnosis; `soft` when it is only called likely, so that another possibility or a referral nearby clears it. */
export interface DiagnosisSpan extends Span {
  readonly soft: boolean;
}

export function span(first: number, last: number, reason: string, soft = false): DiagnosisSpan {
  return { first, last, reason, soft };
}
