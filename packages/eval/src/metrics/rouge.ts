import { BadOptionError } from '../errors.ts';
import { formatSignature, type Score } from '../score.ts';
import {
  type AdditiveStatistic,
  bootstrapInterval,
  meanStatistic,
  type ResamplingOptions,
  withDefaults,
} from '../stats/bootstrap.ts';
import { smallSampleNotes } from '../stats/claims.ts';
import { mean } from '../stats/describe.ts';
import { Interner } from '../text/interner.ts';
import { lcsLength, markLcs } from '../text/longest-common-subsequence.ts';
import { NgramCounter, ngramTotal } from '../text/ngram-counter.ts';
import { porterStem } from '../text/porter-stemmer.ts';
import { alignSegments, type References, referenceCount } from './segments.ts';

/** Which ROUGE. */
export type RougeVariant = 'rouge1' | 'rouge2' | 'rouge3' | 'rouge4' | 'rougeL' | 'rougeLsum';

/** Settings of ROUGE; the defaults are rouge_score's. */
export interface RougeOptions {
  /** rouge1, rouge2, rougeL and rougeLsum by default. */
  readonly variants?: readonly RougeVariant[];
  /** Porter stemming of words longer than three letters; off by default, as in rouge_score. */
  readonly stemmer?: boolean;
  /** With several references: the one with the best F-measure (default) or the average over them. */
  readonly multiReference?: 'best' | 'average';
  /** Bootstrap over segments; `false` leaves the interval out. */
  readonly interval?: ResamplingOptions | false;
}

/** Precision, recall and F1, each in [0, 1]. */
export interface PrecisionRecall {
  /** Share of the hypothesis found in the reference, 0 to 1. */
  readonly precision: number;
  /** Share of the reference found in the hypothesis, 0 to 1. */
  readonly recall: number;
  /** Their harmonic mean. */
  readonly fmeasure: number;
}

/** ROUGE as ratios in [0, 1]; `value` is the mean F-measure over segments, and so is the interval. */
export interface RougeScore extends Score, PrecisionRecall {}

const VARIANTS: readonly RougeVariant[] = ['rouge1', 'rouge2', 'rouge3', 'rouge4', 'rougeL', 'rougeLsum'];
const DEFAULT_VARIANTS = ['rouge1', 'rouge2', 'rougeL', 'rougeLsum'] as const;
const NOTHING: PrecisionRecall = { precision: 0, recall: 0, fmeasure: 0 };

/**
 * ROUGE as Google's rouge_score defines it; Lsum splits sentences on newlines and takes the union LCS.
 * Words are runs of a-z and 0-9 after lower-casing, so text in other scripts has no words and scores 0: the result then
 * says so in a note.
 * @throws {EmptySampleError} {SampleMismatchError} {BadOptionError}
 * Source: Lin 2004, aclanthology.org/W04-1013; google-research/rouge.
 */
export function rouge(
  hypotheses: readonly string[],
  references: readonly References[],
  options: RougeOptions = {},
): Partial<Record<RougeVariant, RougeScore>> {
  const { variants, stemmer, multiReference } = settingsOf(options);
  const segments = alignSegments('ROUGE', hypotheses, references);
  const pairs = rougePairs(hypotheses, references, options);
  const resampling = options.interval ?? {};
  const wordless = segments.filter((list) => list.every((text) => !/[a-z0-9]/.test(text.toLowerCase()))).length;
  const scores: Partial<Record<RougeVariant, RougeScore>> = {};
  for (const variant of variants) {
    const rows = pairs[variant]!;
    const fmeasures = rows.map((row) => row.fmeasure);
    const interval = resampling === false ? null : bootstrapInterval(meanStatistic(variant, fmeasures), resampling);
    const drawn = resampling === false || interval === null ? undefined : withDefaults(resampling);
    const fmeasure = mean(fmeasures);
    scores[variant] = {
      name: variant,
      value: fmeasure,
      fmeasure,
      precision: mean(rows.map((row) => row.precision)),
      recall: mean(rows.map((row) => row.recall)),
      unit: 'ratio (0 to 1)',
      n: rows.length,
      sample: 'segments',
      interval,
      signature: formatSignature({
        nrefs: referenceCount(segments),
        bs: drawn?.resamples,
        seed: drawn?.seed,
        stem: stemmer ? 'porter-nltk' : 'no',
        tok: 'a-z0-9',
        multi: segments.some((list) => list.length > 1) ? multiReference : undefined,
        split: variant === 'rougeLsum' ? 'newline' : undefined,
        as: 'rouge_score-0.1.2',
      }),
      notes: [
        ...smallSampleNotes(rows.length, 'segments'),
        ...(wordless === 0
          ? []
          : [
              `${wordless} of ${rows.length} references have no word of a-z or 0-9, which is all ROUGE sees; they score 0. ` +
                'Use chrF for other scripts.',
            ]),
      ],
    };
  }
  return scores;
}

/** ROUGE of each segment, in order. */
export function rougePairs(
  hypotheses: readonly string[],
  references: readonly References[],
  options: RougeOptions = {},
): Partial<Record<RougeVariant, PrecisionRecall[]>> {
  const { variants, stemmer, multiReference } = settingsOf(options);
  const segments = alignSegments('ROUGE', hypotheses, references);
  const scorer = new RougeScorer(stemmer);
  const out: Partial<Record<RougeVariant, PrecisionRecall[]>> = {};
  for (const variant of variants) out[variant] = [];
  for (let s = 0; s < hypotheses.length; s++) {
    const hypothesis = scorer.read(hypotheses[s]!, variants);
    const targets = segments[s]!.map((text) => scorer.read(text, variants));
    for (const variant of variants) {
      const rows = targets.map((target) => scorer.score(variant, hypothesis, target));
      out[variant]!.push(multiReference === 'average' ? averageOf(rows) : bestOf(rows));
    }
    scorer.forget();
  }
  return out;
}

/** The F-measure of one variant as an additive statistic, for paired tests. */
export function rougeStatistic(
  variant: RougeVariant,
  hypotheses: readonly string[],
  references: readonly References[],
  options: Omit<RougeOptions, 'variants' | 'interval'> = {},
): AdditiveStatistic {
  const rows = rougePairs(hypotheses, references, { ...options, variants: [variant] })[variant]!;
  return meanStatistic(
    variant,
    rows.map((row) => row.fmeasure),
  );
}

/** A text read for ROUGE: word ids, and word ids of each line for Lsum. */
interface ReadText {
  readonly words: Int32Array;
  readonly lines: readonly Int32Array[];
}

/** Scores pairs of texts and keeps its buffers and its stems from one pair to the next. */
export class RougeScorer {
  private readonly interner = new Interner();
  private readonly counter = new NgramCounter();
  private stems = new Map<string, string>();

  constructor(private readonly stemmer: boolean) {}

  read(text: string, variants: readonly RougeVariant[]): ReadText {
    // Only lines of Lsum need splitting, and a text without a newline is one line.
    const words = this.interner.idsOf(this.wordsOf(text));
    if (!variants.includes('rougeLsum')) return { words, lines: [] };
    const lines = text.includes('\n')
      ? text.split('\n').map((line) => this.interner.idsOf(this.wordsOf(line)))
      : [words];
    return { words, lines };
  }

  score(variant: RougeVariant, hypothesis: ReadText, target: ReadText): PrecisionRecall {
    switch (variant) {
      case 'rougeL':
        return ratios(lcsLength(hypothesis.words, target.words), hypothesis.words.length, target.words.length);
      case 'rougeLsum':
        return summaryScore(hypothesis.lines, target.lines);
      default: {
        const order = Number(variant.slice(5));
        const matches = this.counter.clippedMatches(hypothesis.words, [target.words], order);
        return ratios(
          matches[order - 1]!,
          ngramTotal(hypothesis.words.length, order),
          ngramTotal(target.words.length, order),
        );
      }
    }
  }

  /** Bounds the memory of ids and stems; call it between segments. */
  forget(): void {
    this.interner.forgetAbove(500_000);
    if (this.stems.size > 500_000) this.stems = new Map();
  }

  private wordsOf(text: string): string[] {
    const words = text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
    return this.stemmer ? words.map((word) => this.stemOf(word)) : words;
  }

  private stemOf(word: string): string {
    if (word.length <= 3) return word;
    let stem = this.stems.get(word);
    if (stem === undefined) {
      stem = porterStem(word);
      this.stems.set(word, stem);
    }
    return stem;
  }
}

/**
 * Summary-level LCS: for each line of the target the union of its LCS with every line of the hypothesis, where a word
 * counts no more often than either side has it.
 */
function summaryScore(hypothesis: readonly Int32Array[], target: readonly Int32Array[]): PrecisionRecall {
  const inHypothesis = countsOf(hypothesis);
  const inTarget = countsOf(target);
  if (inHypothesis.total === 0 || inTarget.total === 0) return NOTHING;
  let hits = 0;
  for (const line of target) {
    const marked = new Uint8Array(line.length);
    for (const candidate of hypothesis) markLcs(candidate, line, marked);
    for (let i = 0; i < line.length; i++) {
      if (marked[i] === 0) continue;
      const word = line[i]!;
      const left = inHypothesis.counts.get(word) ?? 0;
      const right = inTarget.counts.get(word) ?? 0;
      if (left > 0 && right > 0) {
        hits++;
        inHypothesis.counts.set(word, left - 1);
        inTarget.counts.set(word, right - 1);
      }
    }
  }
  return ratios(hits, inHypothesis.total, inTarget.total);
}

function countsOf(lines: readonly Int32Array[]): { counts: Map<number, number>; total: number } {
  const counts = new Map<number, number>();
  let total = 0;
  for (const line of lines) {
    for (const word of line) counts.set(word, (counts.get(word) ?? 0) + 1);
    total += line.length;
  }
  return { counts, total };
}

function ratios(hits: number, hypothesisLength: number, targetLength: number): PrecisionRecall {
  if (hits === 0 || hypothesisLength === 0 || targetLength === 0) return NOTHING;
  const precision = hits / hypothesisLength;
  const recall = hits / targetLength;
  return { precision, recall, fmeasure: (2 * precision * recall) / (precision + recall) };
}

const bestOf = (rows: readonly PrecisionRecall[]): PrecisionRecall =>
  rows.reduce((best, row) => (row.fmeasure > best.fmeasure ? row : best));

const averageOf = (rows: readonly PrecisionRecall[]): PrecisionRecall => ({
  precision: mean(rows.map((row) => row.precision)),
  recall: mean(rows.map((row) => row.recall)),
  fmeasure: mean(rows.map((row) => row.fmeasure)),
});

function settingsOf(options: RougeOptions) {
  const { variants = DEFAULT_VARIANTS, stemmer = false, multiReference = 'best' } = options;
  if (variants.length === 0) throw new BadOptionError('variants', 'at least one ROUGE variant', 'none');
  for (const variant of variants) {
    if (!VARIANTS.includes(variant)) throw new BadOptionError('variants', VARIANTS.join(', '), variant);
  }
  if (multiReference !== 'best' && multiReference !== 'average') {
    throw new BadOptionError('multiReference', 'best or average', multiReference);
  }
  return { variants, stemmer, multiReference };
}
