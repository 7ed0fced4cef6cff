import { BadOptionError } from '../errors.ts';
import { formatSignature, type Score } from '../score.ts';
import { type AdditiveStatistic, bootstrapInterval, type ResamplingOptions, withDefaults } from '../stats/bootstrap.ts';
import { smallSampleNotes } from '../stats/claims.ts';
import { type BleuTokenizer, bleuTokenizers } from '../text/bleu-tokenizers.ts';
import { Interner } from '../text/interner.ts';
import { NgramCounter, ngramTotal } from '../text/ngram-counter.ts';
import { trimEnd } from '../text/whitespace.ts';
import { alignSegments, type References, referenceCount } from './segments.ts';

/** Smoothing methods of Chen and Cherry 2014 under the names sacrebleu gives them. */
export type BleuSmoothing = 'exp' | 'floor' | 'add-k' | 'none';

/** Settings of BLEU; the defaults are sacrebleu's. */
export interface BleuOptions {
  /** As sacrebleu names it. Default `13a`. */
  readonly tokenizer?: BleuTokenizer;
  /** As sacrebleu names it. Default `exp`. */
  readonly smoothing?: BleuSmoothing;
  /** For `floor` (0.1 by default) and `add-k` (1 by default). */
  readonly smoothingValue?: number;
  /** Compare without case. Default false. */
  readonly lowercase?: boolean;
  /** Highest n-gram order; 4 by default. */
  readonly maxOrder?: number;
  /** Stop at the longest order a segment has; true by default for sentences, false for a corpus. */
  readonly effectiveOrder?: boolean;
}

/** {@link BleuOptions} and the interval of a corpus score. */
export interface CorpusBleuOptions extends BleuOptions {
  /** Bootstrap over segments; `false` leaves the interval out. */
  readonly interval?: ResamplingOptions | false;
}

/** BLEU in points from 0 to 100. */
export interface BleuScore extends Score {
  /** Matched n-grams of order n at n-1, smoothing included where the method adds to them. */
  readonly counts: readonly number[];
  /** n-grams of the hypotheses, for n from 1. */
  readonly totals: readonly number[];
  /** Precisions in percent after smoothing. */
  readonly precisions: readonly number[];
  /** Factor for hypotheses that are too short, 0 to 1. */
  readonly brevityPenalty: number;
  /** Tokens of the hypotheses and of the closest references. */
  readonly hypothesisLength: number;
  /** Tokens of the closest references. */
  readonly referenceLength: number;
}

const SMOOTHING_DEFAULT = { exp: undefined, floor: 0.1, 'add-k': 1, none: undefined } as const;

/**
 * Corpus BLEU, equal to sacrebleu 2.6 (`BLEU(...).corpus_score`).
 * @param references one entry a segment, which may hold several references
 * @throws {EmptySampleError} {SampleMismatchError} {BadOptionError}
 * Source: Papineni et al. 2002; Post 2018.
 */
export function corpusBleu(
  hypotheses: readonly string[],
  references: readonly References[],
  options: CorpusBleuOptions = {},
): BleuScore {
  const statistic = bleuStatistic(hypotheses, references, options);
  return scoreOf(statistic, alignSegments('BLEU', hypotheses, references), options, options.interval ?? {});
}

/** BLEU of one segment, equal to sacrebleu's `sentence_score` with `effective_order=True`, which it recommends there. */
export function sentenceBleu(hypothesis: string, references: References, options: BleuOptions = {}): BleuScore {
  const settings = { effectiveOrder: true, ...options };
  const statistic = bleuStatistic([hypothesis], [references], settings);
  return scoreOf(statistic, alignSegments('BLEU', [hypothesis], [references]), settings, false);
}

/** BLEU as sums over segments, for paired tests: rows are [length, reference length, matches..., totals...]. */
export function bleuStatistic(
  hypotheses: readonly string[],
  references: readonly References[],
  options: BleuOptions = {},
): AdditiveStatistic {
  const segments = alignSegments('BLEU', hypotheses, references);
  const { maxOrder, tokenizer, lowercase } = settingsOf(options);
  const tokenize = bleuTokenizers[tokenizer];
  const interner = new Interner();
  const counter = new NgramCounter();
  const idsOf = (text: string): Int32Array => interner.idsOf(tokenize(trimEnd(lowercase ? text.toLowerCase() : text)));

  const width = 2 + 2 * maxOrder;
  const rows = new Float64Array(hypotheses.length * width);
  for (let s = 0; s < hypotheses.length; s++) {
    interner.forgetAbove(500_000);
    const hypothesis = idsOf(hypotheses[s]!);
    const targets = segments[s]!.map(idsOf);
    const matches = counter.clippedMatches(hypothesis, targets, maxOrder);
    const row = s * width;
    rows[row] = hypothesis.length;
    rows[row + 1] = closestLength(hypothesis.length, targets);
    for (let n = 1; n <= maxOrder; n++) {
      rows[row + 1 + n] = matches[n - 1]!;
      rows[row + 1 + maxOrder + n] = ngramTotal(hypothesis.length, n);
    }
  }
  return {
    name: 'BLEU',
    n: hypotheses.length,
    width,
    rows,
    value: (sums) => bleuFromSums(sums, options).value,
  };
}

function bleuFromSums(sums: Float64Array, options: BleuOptions) {
  const { maxOrder, smoothing, smoothingValue, effectiveOrder } = settingsOf(options);
  const hypothesisLength = sums[0]!;
  const referenceLength = sums[1]!;
  const counts = Array.from(sums.subarray(2, 2 + maxOrder));
  const totals = Array.from(sums.subarray(2 + maxOrder));
  const precisions = new Array<number>(maxOrder).fill(0);
  const brevityPenalty =
    hypothesisLength >= referenceLength
      ? 1
      : hypothesisLength > 0
        ? Math.exp(1 - referenceLength / hypothesisLength)
        : 0;
  const parts = { counts, totals, precisions, brevityPenalty, hypothesisLength, referenceLength };
  if (counts.every((count) => count === 0)) return { value: 0, ...parts };

  let halvings = 1;
  let order = maxOrder;
  for (let n = 1; n <= maxOrder; n++) {
    if (smoothing === 'add-k' && n > 1) {
      counts[n - 1]! += smoothingValue!;
      totals[n - 1]! += smoothingValue!;
    }
    const total = totals[n - 1]!;
    if (total === 0) break;
    if (effectiveOrder) order = n;
    if (counts[n - 1]! > 0) {
      precisions[n - 1] = (100 * counts[n - 1]!) / total;
    } else if (smoothing === 'exp') {
      halvings *= 2;
      precisions[n - 1] = 100 / (halvings * total);
    } else if (smoothing === 'floor') {
      precisions[n - 1] = (100 * smoothingValue!) / total;
    }
  }
  let logSum = 0;
  for (let n = 0; n < order; n++) logSum += precisions[n]! > 0 ? Math.log(precisions[n]!) : Number.NEGATIVE_INFINITY;
  return { value: brevityPenalty * Math.exp(logSum / order), ...parts };
}

function scoreOf(
  statistic: AdditiveStatistic,
  segments: readonly (readonly string[])[],
  options: BleuOptions,
  resampling: ResamplingOptions | false,
): BleuScore {
  const settings = settingsOf(options);
  const sums = new Float64Array(statistic.width);
  for (let i = 0; i < statistic.rows.length; i++) sums[i % statistic.width]! += statistic.rows[i]!;
  const interval = resampling === false ? null : bootstrapInterval(statistic, resampling);
  const drawn = resampling === false || interval === null ? undefined : withDefaults(resampling);
  const smoothing =
    settings.smoothingValue === undefined
      ? settings.smoothing
      : `${settings.smoothing}[${settings.smoothingValue.toFixed(2)}]`;
  return {
    name: 'BLEU',
    unit: 'points (0 to 100)',
    n: statistic.n,
    sample: 'segments',
    interval,
    signature: formatSignature({
      nrefs: referenceCount(segments),
      bs: drawn?.resamples,
      seed: drawn?.seed,
      case: settings.lowercase ? 'lc' : 'mixed',
      eff: settings.effectiveOrder ? 'yes' : 'no',
      tok: settings.tokenizer,
      smooth: smoothing,
      order: settings.maxOrder === 4 ? undefined : settings.maxOrder,
      as: 'sacrebleu-2.6.0',
    }),
    notes: smallSampleNotes(statistic.n, 'segments'),
    ...bleuFromSums(sums, options),
  };
}

/** Length of the reference closest to the hypothesis; the shorter one of two equally close. */
function closestLength(length: number, references: readonly Int32Array[]): number {
  let best = references[0]!.length;
  for (const reference of references) {
    const closer = Math.abs(length - reference.length) - Math.abs(length - best);
    if (closer < 0 || (closer === 0 && reference.length < best)) best = reference.length;
  }
  return best;
}

function settingsOf(options: BleuOptions) {
  const {
    tokenizer = '13a',
    smoothing = 'exp',
    lowercase = false,
    maxOrder = 4,
    effectiveOrder = false,
    smoothingValue,
  } = options;
  if (!Object.hasOwn(bleuTokenizers, tokenizer)) {
    throw new BadOptionError('tokenizer', Object.keys(bleuTokenizers).join(', '), tokenizer);
  }
  if (!Object.hasOwn(SMOOTHING_DEFAULT, smoothing)) {
    throw new BadOptionError('smoothing', Object.keys(SMOOTHING_DEFAULT).join(', '), smoothing);
  }
  if (!Number.isInteger(maxOrder) || maxOrder < 1 || maxOrder > 16) {
    throw new BadOptionError('maxOrder', 'a whole number from 1 to 16', maxOrder);
  }
  const standard = SMOOTHING_DEFAULT[smoothing];
  return {
    tokenizer,
    smoothing,
    lowercase,
    maxOrder,
    effectiveOrder,
    smoothingValue: standard === undefined ? undefined : (smoothingValue ?? standard),
  };
}
