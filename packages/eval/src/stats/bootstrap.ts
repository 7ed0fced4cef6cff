import { BadOptionError, EmptySampleError, SampleMismatchError } from '../errors.ts';
import { seededRandom } from '../random.ts';
import type { Interval } from '../score.ts';
import { differenceClaim, SMALL_SAMPLE } from './claims.ts';
import { checkLevel } from './proportion.ts';

/**
 * A metric whose value is a function of sums over segments: BLEU of its n-gram counts, perplexity of its
 * log-probabilities, a mean of its values. Resampling then adds rows instead of scoring text again.
 */
export interface AdditiveStatistic {
  /** Of the score it makes. */
  readonly name: string;
  /** Number of segments, the unit that is resampled. */
  readonly n: number;
  /** Numbers each segment contributes. */
  readonly width: number;
  /** [n, width], row by row. */
  readonly rows: Float64Array;
  /** The metric from the column sums of `n` rows. */
  value(sums: Float64Array): number;
}

/** Number of resamples, seed and confidence. */
export interface ResamplingOptions {
  /** Number of resamples; 1000 by default. */
  readonly resamples?: number;
  /** Seed of the generator; 12345 by default, as sacrebleu has it. */
  readonly seed?: number;
  /** Confidence level; 0.95 by default. */
  readonly level?: number;
}

/** Two systems on the same segments, and whether they differ by more than chance. */
export interface PairedComparison {
  /** Value of the second system minus value of the first. */
  readonly difference: number;
  /** Of the difference, in the unit of the score; null where none can be given. */
  readonly interval: Interval | null;
  /** Two-sided; the chance of a difference at least this large if the systems were equal. */
  readonly pValue: number;
  /** Which test. */
  readonly method: 'paired-bootstrap' | 'approximate-randomisation';
  /** How often was drawn. */
  readonly resamples: number;
  /** Of the draws. */
  readonly seed: number;
  /** Pairs. */
  readonly n: number;
  /** What the test allows to say, in words. */
  readonly claim: string;
}

/** The mean of `values` as an additive statistic. */
export function meanStatistic(name: string, values: ArrayLike<number>): AdditiveStatistic {
  const n = values.length;
  return { name, n, width: 1, rows: Float64Array.from(values), value: (sums) => sums[0]! / n };
}

/** The metric on the whole sample. */
export function statisticValue(statistic: AdditiveStatistic): number {
  return statistic.value(columnSums(statistic, null));
}

/**
 * Percentile bootstrap interval of a metric over segments.
 * `null` where fewer than two segments exist, or a resample has no finite value: nothing honest can be said then.
 * Source: Efron 1979; percentiles taken as sacrebleu takes them (the n/40-th from either end at 95 %).
 */
export function bootstrapInterval(statistic: AdditiveStatistic, options: ResamplingOptions = {}): Interval | null {
  const { resamples, seed, level } = withDefaults(options);
  if (statistic.n === 0) throw new EmptySampleError(statistic.name, 'at least one segment');
  if (statistic.n < 2) return null;
  const random = seededRandom(seed);
  const draw = new Uint32Array(statistic.n);
  const values = new Float64Array(resamples);
  for (let r = 0; r < resamples; r++) {
    for (let i = 0; i < draw.length; i++) draw[i] = random.below(statistic.n);
    values[r] = statistic.value(columnSums(statistic, draw));
  }
  return percentileInterval(values, level);
}

/**
 * Paired bootstrap of the difference between two systems on the same segments.
 * The p-value counts resamples whose difference lies as far from the observed one as the observed one lies from zero.
 * Source: Koehn 2004, "Statistical Significance Tests for Machine Translation Evaluation".
 * @throws {SampleMismatchError} where the systems were scored on different numbers of segments
 */
export function pairedBootstrap(
  first: AdditiveStatistic,
  second: AdditiveStatistic,
  options: ResamplingOptions = {},
): PairedComparison {
  const { resamples, seed, level } = withDefaults(options);
  checkPaired(first, second);
  const random = seededRandom(seed);
  const difference = statisticValue(second) - statisticValue(first);
  const draw = new Uint32Array(first.n);
  const differences = new Float64Array(resamples);
  let asFar = 0;
  for (let r = 0; r < resamples; r++) {
    for (let i = 0; i < draw.length; i++) draw[i] = random.below(first.n);
    const d = second.value(columnSums(second, draw)) - first.value(columnSums(first, draw));
    differences[r] = d;
    if (Math.abs(d - difference) >= Math.abs(difference)) asFar++;
  }
  const interval = first.n < 2 ? null : percentileInterval(differences, level);
  return {
    difference,
    interval,
    pValue: (asFar + 1) / (resamples + 1),
    method: 'paired-bootstrap',
    resamples,
    seed,
    n: first.n,
    claim: differenceClaim(interval, first.n, 'segments'),
  };
}

/**
 * Approximate randomisation: swap the two systems' rows at random and count how often the difference is as large.
 * 10,000 trials by default. sacrebleu counts larger differences only, which calls a system different from itself; where many
 * segments are equal the p-value here is therefore higher.
 * Source: Noreen 1989; Riezler and Maxwell 2005; the +1 as in sacrebleu.
 * @throws {SampleMismatchError} where the systems were scored on different numbers of segments
 */
export function approximateRandomisation(
  first: AdditiveStatistic,
  second: AdditiveStatistic,
  options: ResamplingOptions = {},
): PairedComparison {
  const { resamples, seed } = withDefaults({ resamples: 10_000, ...options });
  checkPaired(first, second);
  const random = seededRandom(seed);
  const difference = statisticValue(second) - statisticValue(first);
  // Sums differ in the last bits with the order of addition; a swap that changes nothing must count as equal.
  const observed = Math.abs(difference) - 1e-9 * Math.max(1, Math.abs(difference));
  const { width, n } = first;
  const sumsA = new Float64Array(width);
  const sumsB = new Float64Array(width);
  let asLarge = 0;
  for (let r = 0; r < resamples; r++) {
    sumsA.fill(0);
    sumsB.fill(0);
    let bits = 0;
    for (let i = 0; i < n; i++) {
      if (i % 30 === 0) bits = random.below(2 ** 30);
      const swap = (bits & 1) === 1;
      bits >>= 1;
      const rowsA = swap ? second.rows : first.rows;
      const rowsB = swap ? first.rows : second.rows;
      const base = i * width;
      for (let k = 0; k < width; k++) {
        sumsA[k]! += rowsA[base + k]!;
        sumsB[k]! += rowsB[base + k]!;
      }
    }
    if (Math.abs(first.value(sumsA) - second.value(sumsB)) >= observed) asLarge++;
  }
  const pValue = (asLarge + 1) / (resamples + 1);
  return {
    difference,
    interval: null,
    pValue,
    method: 'approximate-randomisation',
    resamples,
    seed,
    n,
    claim: randomisationClaim(pValue, difference, n),
  };
}

function randomisationClaim(pValue: number, difference: number, n: number): string {
  if (n < SMALL_SAMPLE) return differenceClaim(null, n, 'segments');
  if (pValue >= 0.05)
    return `No difference is shown: swapping the systems at random gives one as large in ${(100 * pValue).toFixed(1)} % of trials.`;
  return `The second is ${difference > 0 ? 'higher' : 'lower'}: swapping the systems at random rarely gives a difference as large (p < 0.05).`;
}

function columnSums(statistic: AdditiveStatistic, draw: Uint32Array | null): Float64Array {
  const { n, width, rows } = statistic;
  const sums = new Float64Array(width);
  for (let i = 0; i < n; i++) {
    const base = (draw === null ? i : draw[i]!) * width;
    for (let k = 0; k < width; k++) sums[k]! += rows[base + k]!;
  }
  return sums;
}

function percentileInterval(values: Float64Array, level: number): Interval | null {
  if (values.some((v) => !Number.isFinite(v))) return null;
  const sorted = values.toSorted();
  const cut = Math.floor((sorted.length * (1 - level)) / 2 + 1e-9);
  return { low: sorted[cut]!, high: sorted[sorted.length - cut - 1]!, level, method: 'bootstrap-percentile' };
}

export function withDefaults(options: ResamplingOptions): Required<ResamplingOptions> {
  const { resamples = 1000, seed = 12345, level = 0.95 } = options;
  if (!Number.isInteger(resamples) || resamples < 100) {
    throw new BadOptionError('resamples', 'a whole number of at least 100', resamples);
  }
  if (!Number.isInteger(seed)) throw new BadOptionError('seed', 'a whole number', seed);
  checkLevel(level);
  return { resamples, seed, level };
}

function checkPaired(first: AdditiveStatistic, second: AdditiveStatistic): void {
  if (first.n === 0) throw new EmptySampleError(first.name, 'at least one segment');
  if (first.n !== second.n || first.width !== second.width) {
    throw new SampleMismatchError(
      `A paired test needs both systems scored on the same segments by the same metric; found ${first.n} segments of ` +
        `${first.name} and ${second.n} of ${second.name}.`,
    );
  }
}
