import { z } from 'zod';
import { BadOptionError, BadValueError, EmptySampleError, SampleMismatchError } from '../errors.ts';
import { parseJsonLines } from '../inputs/jsonl.ts';
import { formatSignature, type Interval, type Score } from '../score.ts';
import {
  type AdditiveStatistic,
  bootstrapInterval,
  pairedBootstrap,
  type ResamplingOptions,
  withDefaults,
} from '../stats/bootstrap.ts';
import { differenceClaim, smallSampleNotes } from '../stats/claims.ts';

/** What a model thought of one text: the log-probability of each supervised token. */
export interface TokenLogProbs {
  /** Names the text, so that two models can be paired. */
  readonly id: string;
  /** [positions] natural logarithms, each <= 0, supervised positions only. */
  readonly logProbs: readonly number[];
  /** Ids of the tokens scored, [positions]; lets a comparison prove both models saw the same ones. */
  readonly tokens?: readonly number[];
  /** Words and UTF-8 bytes of the supervised text, for the denominators that do not depend on a tokenizer. */
  readonly words?: number;
  /** Length in UTF-8, for perplexity a byte. */
  readonly bytes?: number;
}

/** What the negative log-likelihood is divided by. */
export type PerplexityDenominator = 'token' | 'word' | 'byte';

/** What the likelihood is divided by, and the interval. */
export interface PerplexityOptions {
  /** `token` by default; only `word` and `byte` compare across tokenizers. */
  readonly per?: PerplexityDenominator;
  /** Bootstrap over texts; `false` leaves the interval out. */
  readonly interval?: ResamplingOptions | false;
}

export interface PerplexityScore extends Score {
  /** What the loss is divided by. */
  readonly per: PerplexityDenominator;
  /** How many tokens, words or bytes the sum was divided by. */
  readonly denominator: number;
  /** Mean negative log-likelihood for each unit of the denominator, in nats. */
  readonly lossNats: number;
  /** The same in bits: bits per byte where the denominator is bytes. */
  readonly lossBits: number;
  /** Tokens of all texts. */
  readonly tokens: number;
}

const line = z.object({
  id: z.union([z.string().min(1), z.number()]).transform(String),
  logProbs: z.array(z.number()).min(1),
  tokens: z.array(z.number().int().nonnegative()).optional(),
  words: z.number().int().positive().optional(),
  bytes: z.number().int().positive().optional(),
});

/**
 * Reads JSON lines of `{ id, logProbs, tokens?, words?, bytes? }`.
 * @throws {BadInputError}
 */
export function readLogProbs(text: string, source: string): TokenLogProbs[] {
  return parseJsonLines(text, line, source).map(({ id, logProbs, tokens, words, bytes }) => ({
    id,
    logProbs,
    ...(tokens === undefined ? {} : { tokens }),
    ...(words === undefined ? {} : { words }),
    ...(bytes === undefined ? {} : { bytes }),
  }));
}

/**
 * Perplexity of a corpus: exp of the summed negative log-likelihood over the summed denominator, so long texts weigh more.
 * @throws {EmptySampleError} {BadValueError} for a log-probability above 0 or not finite, or a missing word or byte count
 * Source: Jelinek et al. 1977; denominators as in the EleutherAI harness (word_perplexity, byte_perplexity).
 */
export function perplexity(texts: readonly TokenLogProbs[], options: PerplexityOptions = {}): PerplexityScore {
  const per = options.per ?? 'token';
  const statistic = perplexityStatistic(texts, per);
  let nats = 0;
  let denominator = 0;
  for (let i = 0; i < statistic.n; i++) {
    nats += statistic.rows[2 * i]!;
    denominator += statistic.rows[2 * i + 1]!;
  }
  const resampling = options.interval ?? {};
  const interval = resampling === false ? null : bootstrapInterval(statistic, resampling);
  const drawn = resampling === false || interval === null ? undefined : withDefaults(resampling);
  return {
    name: 'perplexity',
    value: Math.exp(nats / denominator),
    unit: `per ${per}`,
    n: texts.length,
    sample: 'texts',
    interval,
    signature: formatSignature({ per, weight: 'corpus', log: 'nats', bs: drawn?.resamples, seed: drawn?.seed }),
    notes: smallSampleNotes(texts.length, 'texts'),
    per,
    denominator,
    lossNats: nats / denominator,
    lossBits: nats / denominator / Math.LN2,
    tokens: texts.reduce((sum, text) => sum + text.logProbs.length, 0),
  };
}

/** Perplexity as sums over texts, for paired tests: rows are [negative log-likelihood, denominator]. */
export function perplexityStatistic(texts: readonly TokenLogProbs[], per: PerplexityDenominator): AdditiveStatistic {
  if (texts.length === 0) throw new EmptySampleError('perplexity', 'at least one text with log-probabilities');
  const rows = new Float64Array(2 * texts.length);
  for (const [i, text] of texts.entries()) {
    rows[2 * i] = negativeLogLikelihood(text);
    rows[2 * i + 1] = denominatorOf(text, per);
  }
  return { name: 'perplexity', n: texts.length, width: 2, rows, value: (sums) => Math.exp(sums[0]! / sums[1]!) };
}

/** Base against adapter on the same texts. */
export interface PerplexityComparison {
  /** Of the base model. */
  readonly base: PerplexityScore;
  /** Of the tuned model on the same texts. */
  readonly adapter: PerplexityScore;
  /** adapter / base - 1; -0.1 is ten percent lower, which is better. */
  readonly relativeChange: number;
  /** Paired bootstrap over texts of the relative change. */
  readonly interval: Interval | null;
  /** Two-sided, paired bootstrap of the difference. */
  readonly pValue: number;
  /** What the interval allows to say. */
  readonly claim: string;
  /** How it was computed; two figures compare only where it matches. */
  readonly signature: string;
}

/**
 * Base against adapter on the same supervised positions of the same texts.
 * @throws {SampleMismatchError} where ids, position counts or (where given) token ids differ
 */
export function comparePerplexity(
  base: readonly TokenLogProbs[],
  adapter: readonly TokenLogProbs[],
  options: Omit<PerplexityOptions, 'interval'> & { readonly interval?: ResamplingOptions } = {},
): PerplexityComparison {
  const per = options.per ?? 'token';
  const resampling = withDefaults(options.interval ?? {});
  const paired = alignTexts(base, adapter);
  const rows = new Float64Array(3 * base.length);
  for (const [i, text] of base.entries()) {
    rows[3 * i] = negativeLogLikelihood(text);
    rows[3 * i + 1] = negativeLogLikelihood(paired[i]!);
    rows[3 * i + 2] = denominatorOf(text, per);
  }
  // Both models share the denominator, so their ratio is the exponential of one difference.
  const change: AdditiveStatistic = {
    name: 'relative change of perplexity',
    n: base.length,
    width: 3,
    rows,
    value: (sums) => Math.expm1((sums[1]! - sums[0]!) / sums[2]!),
  };
  const interval = bootstrapInterval(change, resampling);
  const adapterOnBase = paired.map((text, i) => withCounts(text, base[i]!));
  const baseScore = perplexity(base, { per, interval: resampling });
  const adapterScore = perplexity(adapterOnBase, { per, interval: resampling });
  const test = pairedBootstrap(perplexityStatistic(base, per), perplexityStatistic(adapterOnBase, per), resampling);
  return {
    base: baseScore,
    adapter: adapterScore,
    relativeChange: Math.expm1(adapterScore.lossNats - baseScore.lossNats),
    interval,
    pValue: test.pValue,
    claim: differenceClaim(interval, base.length, 'texts', { higher: 'worse', lower: 'better' }).replace(
      'The second',
      'The adapter',
    ),
    signature: `${baseScore.signature}|paired:text`,
  };
}

function alignTexts(base: readonly TokenLogProbs[], adapter: readonly TokenLogProbs[]): TokenLogProbs[] {
  if (base.length === 0) throw new EmptySampleError('perplexity', 'at least one text with log-probabilities');
  const byId = new Map(adapter.map((text) => [text.id, text]));
  if (byId.size !== adapter.length || new Set(base.map((text) => text.id)).size !== base.length) {
    throw new SampleMismatchError('Perplexity: ids must be unique within a file; found an id twice.');
  }
  const missing = base.filter((text) => !byId.has(text.id)).length;
  if (missing > 0 || adapter.length !== base.length) {
    throw new SampleMismatchError(
      `Perplexity: base and adapter must score the same texts; found ${base.length} and ${adapter.length} texts, ` +
        `${missing} of the base's ids missing from the adapter's.`,
    );
  }
  return base.map((text) => {
    const other = byId.get(text.id)!;
    if (other.logProbs.length !== text.logProbs.length) {
      throw new SampleMismatchError(
        `Perplexity, text "${text.id}": base scored ${text.logProbs.length} positions, adapter ${other.logProbs.length}. ` +
          'Score both with the same tokenizer and the same supervised span.',
      );
    }
    if (text.tokens && other.tokens && text.tokens.some((token, i) => token !== other.tokens![i])) {
      throw new SampleMismatchError(`Perplexity, text "${text.id}": base and adapter scored different tokens.`);
    }
    return other;
  });
}

/** The adapter's log-probabilities with the base's word and byte counts: one text has one length. */
function withCounts(text: TokenLogProbs, counts: TokenLogProbs): TokenLogProbs {
  const { id, logProbs } = text;
  return {
    id,
    logProbs,
    ...(counts.words === undefined ? {} : { words: counts.words }),
    ...(counts.bytes === undefined ? {} : { bytes: counts.bytes }),
  };
}

function negativeLogLikelihood(text: TokenLogProbs): number {
  let sum = 0;
  for (const [i, logProb] of text.logProbs.entries()) {
    if (!Number.isFinite(logProb) || logProb > 1e-6) {
      throw new BadValueError(
        `Perplexity, text "${text.id}", position ${i}: expected a finite natural log-probability of at most 0, found ${logProb}.`,
      );
    }
    sum -= logProb;
  }
  if (text.tokens !== undefined && text.tokens.length !== text.logProbs.length) {
    throw new BadValueError(
      `Perplexity, text "${text.id}": ${text.logProbs.length} log-probabilities for ${text.tokens.length} tokens.`,
    );
  }
  return sum;
}

function denominatorOf(text: TokenLogProbs, per: PerplexityDenominator): number {
  if (per === 'token') {
    if (text.logProbs.length === 0) throw new BadValueError(`Perplexity, text "${text.id}": no supervised position.`);
    return text.logProbs.length;
  }
  if (per !== 'word' && per !== 'byte') throw new BadOptionError('per', 'token, word or byte', per);
  const count = per === 'word' ? text.words : text.bytes;
  if (count === undefined || count <= 0) {
    throw new BadValueError(
      `Perplexity per ${per}, text "${text.id}": the field "${per}s" is missing or not positive.`,
    );
  }
  return count;
}
