import { BadOptionError } from '../errors.ts';
import { formatSignature, type Score } from '../score.ts';
import { type AdditiveStatistic, bootstrapInterval, type ResamplingOptions, withDefaults } from '../stats/bootstrap.ts';
import { smallSampleNotes } from '../stats/claims.ts';
import { Interner } from '../text/interner.ts';
import { NgramCounter, ngramTotal } from '../text/ngram-counter.ts';
import { splitWords, withoutWhitespace } from '../text/whitespace.ts';
import { alignSegments, type References, referenceCount } from './segments.ts';

/** Settings of chrF; the defaults are sacrebleu's. */
export interface ChrfOptions {
  /** Highest character n-gram order; 6 by default. */
  readonly charOrder?: number;
  /** Highest word n-gram order; 0 gives chrF, 2 gives chrF++. */
  readonly wordOrder?: number;
  /** Weight of recall against precision; 2 by default. */
  readonly beta?: number;
  /** Compare without case. Default false. */
  readonly lowercase?: boolean;
  /** Keep whitespace in the character n-grams. */
  readonly whitespace?: boolean;
  /** Average the F-scores of the orders with epsilon smoothing, as chrF++.py, NLTK and Moses do. */
  readonly epsilonSmoothing?: boolean;
  /** Bootstrap over segments; `false` leaves the interval out. */
  readonly interval?: ResamplingOptions | false;
}

/**
 * chrF and chrF++ in points from 0 to 100, equal to sacrebleu 2.6 (`CHRF(...).corpus_score`).
 * @throws {EmptySampleError} {SampleMismatchError} {BadOptionError}
 * Source: Popović 2015 and 2017.
 */
export function chrf(
  hypotheses: readonly string[],
  references: readonly References[],
  options: ChrfOptions = {},
): Score {
  const settings = settingsOf(options);
  const statistic = chrfStatistic(hypotheses, references, options);
  const sums = new Float64Array(statistic.width);
  for (let i = 0; i < statistic.rows.length; i++) sums[i % statistic.width]! += statistic.rows[i]!;
  const resampling = options.interval ?? {};
  const interval = resampling === false ? null : bootstrapInterval(statistic, resampling);
  const drawn = resampling === false || interval === null ? undefined : withDefaults(resampling);
  return {
    name: statistic.name,
    value: statistic.value(sums),
    unit: 'points (0 to 100)',
    n: statistic.n,
    sample: 'segments',
    interval,
    signature: formatSignature({
      nrefs: referenceCount(alignSegments(statistic.name, hypotheses, references)),
      bs: drawn?.resamples,
      seed: drawn?.seed,
      case: settings.lowercase ? 'lc' : 'mixed',
      eff: settings.epsilonSmoothing ? 'no' : 'yes',
      nc: settings.charOrder,
      nw: settings.wordOrder,
      beta: settings.beta,
      space: settings.whitespace ? 'yes' : 'no',
      as: 'sacrebleu-2.6.0',
    }),
    notes: smallSampleNotes(statistic.n, 'segments'),
  };
}

/** chrF as sums over segments, for paired tests: rows are [hypothesis, reference, match] for each order. */
export function chrfStatistic(
  hypotheses: readonly string[],
  references: readonly References[],
  options: ChrfOptions = {},
): AdditiveStatistic {
  const settings = settingsOf(options);
  const { charOrder, wordOrder, lowercase } = settings;
  const name = `chrF${settings.beta}${'+'.repeat(wordOrder)}`;
  const segments = alignSegments(name, hypotheses, references);
  const interner = new Interner();
  const counter = new NgramCounter();
  const read = (text: string) => {
    const cased = lowercase ? text.toLowerCase() : text;
    return {
      chars: codePoints(settings.whitespace ? cased : withoutWhitespace(cased)),
      words: wordOrder > 0 ? interner.idsOf(separatePunctuation(cased)) : new Int32Array(0),
    };
  };

  const width = 3 * (charOrder + wordOrder);
  const rows = new Float64Array(hypotheses.length * width);
  for (let s = 0; s < hypotheses.length; s++) {
    interner.forgetAbove(500_000);
    const hypothesis = read(hypotheses[s]!);
    let best: Float64Array | null = null;
    let bestScore = -1;
    for (const text of segments[s]!) {
      const reference = read(text);
      const row = new Float64Array(width);
      fill(row, 0, hypothesis.chars, reference.chars, charOrder);
      if (wordOrder > 0) fill(row, 3 * charOrder, hypothesis.words, reference.words, wordOrder);
      const score = chrfFromSums(row, settings);
      if (score > bestScore) {
        bestScore = score;
        best = row;
      }
    }
    rows.set(best!, s * width);
  }
  return { name, n: hypotheses.length, width, rows, value: (sums) => chrfFromSums(sums, settings) };

  function fill(row: Float64Array, at: number, hyp: Int32Array, ref: Int32Array, orders: number): void {
    const matches = counter.clippedMatches(hyp, [ref], orders);
    for (let n = 1; n <= orders; n++) {
      const inReference = ngramTotal(ref.length, n);
      // An order the reference does not have counts for nobody.
      row[at + 3 * (n - 1)] = inReference > 0 ? ngramTotal(hyp.length, n) : 0;
      row[at + 3 * (n - 1) + 1] = inReference;
      row[at + 3 * (n - 1) + 2] = matches[n - 1]!;
    }
  }
}

type Settings = ReturnType<typeof settingsOf>;

function chrfFromSums(sums: Float64Array, settings: Settings): number {
  const epsilon = 1e-16;
  const orders = settings.charOrder + settings.wordOrder;
  const weight = settings.beta ** 2;
  let smoothed = 0;
  let effective = 0;
  let precisionSum = 0;
  let recallSum = 0;
  for (let i = 0; i < orders; i++) {
    const inHypothesis = sums[3 * i]!;
    const inReference = sums[3 * i + 1]!;
    const matched = sums[3 * i + 2]!;
    const precision = inHypothesis > 0 ? matched / inHypothesis : epsilon;
    const recall = inReference > 0 ? matched / inReference : epsilon;
    const denominator = weight * precision + recall;
    smoothed += denominator > 0 ? ((1 + weight) * precision * recall) / denominator : epsilon;
    if (inHypothesis > 0 && inReference > 0) {
      precisionSum += precision;
      recallSum += recall;
      effective++;
    }
  }
  if (settings.epsilonSmoothing) return (100 * smoothed) / orders;
  if (effective === 0 || precisionSum + recallSum === 0) return 0;
  const precision = precisionSum / effective;
  const recall = recallSum / effective;
  return (100 * (1 + weight) * precision * recall) / (weight * precision + recall);
}

const PUNCTUATION = new Set('!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~');

/** Splits one punctuation mark off the end of a word, or else off its start, as chrF++ does. */
function separatePunctuation(text: string): string[] {
  return splitWords(text).flatMap((word) => {
    if (Array.from(word).length === 1) return [word];
    const last = word.at(-1)!;
    if (PUNCTUATION.has(last)) return [word.slice(0, -1), last];
    const first = word.charAt(0);
    return PUNCTUATION.has(first) ? [first, word.slice(1)] : [word];
  });
}

function codePoints(text: string): Int32Array {
  const out = new Int32Array(text.length);
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const point = text.codePointAt(i)!;
    if (point > 0xffff) i++;
    out[length++] = point;
  }
  return out.subarray(0, length);
}

function settingsOf(options: ChrfOptions) {
  const {
    charOrder = 6,
    wordOrder = 0,
    beta = 2,
    lowercase = false,
    whitespace = false,
    epsilonSmoothing = false,
  } = options;
  if (!Number.isInteger(charOrder) || charOrder < 1) {
    throw new BadOptionError('charOrder', 'a whole number of at least 1', charOrder);
  }
  if (!Number.isInteger(wordOrder) || wordOrder < 0) {
    throw new BadOptionError('wordOrder', 'a whole number of at least 0', wordOrder);
  }
  if (!(beta > 0)) throw new BadOptionError('beta', 'a positive number', beta);
  return { charOrder, wordOrder, beta, lowercase, whitespace, epsilonSmoothing };
}
