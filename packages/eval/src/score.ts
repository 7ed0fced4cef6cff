import { VERSION } from './version.ts';

/** How an interval was made; part of what makes two numbers comparable. */
export type IntervalMethod =
  | 'bootstrap-percentile'
  | 'cluster-bootstrap-percentile'
  | 'wilson'
  | 'clopper-pearson'
  | 'clopper-pearson-one-sided';

/** A confidence interval [low, high] in the unit of the score it belongs to. */
export interface Interval {
  /** Lower end, in the unit of the score. */
  readonly low: number;
  /** Upper end, in the unit of the score. */
  readonly high: number;
  /** Confidence level, such as 0.95. */
  readonly level: number;
  /** How it was found. */
  readonly method: IntervalMethod;
}

/** A number with everything needed to believe it or to compare it. */
export interface Score {
  /** Such as `BLEU`. */
  readonly name: string;
  /** In `unit`. */
  readonly value: number;
  /** What `value` counts: a percentage, a ratio in [0, 1], points of BLEU, nats, ratings from 1 to 5. */
  readonly unit: string;
  /** Size of the sample, in `sample` units. */
  readonly n: number;
  /** What was sampled: segments, questions, pairs, ratings. */
  readonly sample: string;
  /** Null where none can be given. */
  readonly interval: Interval | null;
  /** Every choice that moves the number. Two scores compare only where their signatures match. */
  readonly signature: string;
  /** What the number does not support, in words; empty where there is nothing to say. */
  readonly notes: readonly string[];
}

/** Fields of a signature in order; `undefined` leaves a field out. */
export type SignatureFields = Readonly<Record<string, string | number | undefined>>;

/**
 * Joins fields as sacrebleu does (`nrefs:1|case:mixed|...`), closed by the implementation and its version.
 * Source: Post 2018, "A Call for Clarity in Reporting BLEU Scores", arXiv:1804.08771.
 */
export function formatSignature(fields: SignatureFields): string {
  const parts = Object.entries(fields).flatMap(([key, value]) => (value === undefined ? [] : [`${key}:${value}`]));
  return [...parts, `version:alpacare-eval-${VERSION}`].join('|');
}
