import pLimit from 'p-limit';
import { BadOptionError, EmptySampleError, JudgeFailedError, SampleMismatchError } from '../errors.ts';
import { askJudge, type Judge, type RetryOptions, type Verdict } from '../judge/judge.ts';
import { memoryVerdictCache, type VerdictCache, verdictKey } from '../judge/verdict-cache.ts';
import { formatSignature, type Interval, type Score } from '../score.ts';
import { bootstrapInterval, meanStatistic, type ResamplingOptions, withDefaults } from '../stats/bootstrap.ts';
import { againstReference, smallSampleNotes } from '../stats/claims.ts';
import { mean } from '../stats/describe.ts';
import { wilsonInterval } from '../stats/proportion.ts';

/** One question with the answer under test and the answers of one or more reference models. */
export interface WinRateQuestion {
  /** Names the question. */
  readonly id: string;
  /** What is asked. */
  readonly question: string;
  /** What the system under test said. */
  readonly answer: string;
  /** Reference answers by model name; every question has the same models. */
  readonly references: Readonly<Record<string, string>>;
}

/** The judge, its cache, and how many questions are judged at once. */
export interface WinRateOptions extends RetryOptions {
  /** Prefers one of two answers. */
  readonly judge: Judge;
  /** Names the judge and its prompt version; part of the signature and of the cache key. */
  readonly judgeName: string;
  /** Verdicts already known and where new ones go; memory only by default. See `openVerdictCache`. */
  readonly cache?: VerdictCache;
  /** Questions asked at the same time; 4 by default. */
  readonly concurrency?: number;
  /** A judge that fails for good: `stop` (default) throws, `skip` leaves the pair out and counts it. */
  readonly onFailure?: 'stop' | 'skip';
  /** Resampling of questions. */
  readonly interval?: ResamplingOptions;
  /** Stops between two verdicts; its reason is thrown. */
  readonly signal?: AbortSignal;
  /** Told after each question. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Win rate as a ratio in [0, 1]; 0.5 is a draw. */
export interface WinRateScore extends Score {
  /** Verdicts on either order, from the answer's side. */
  readonly wins: number;
  /** Questions without a preference, or with two that contradict each other. */
  readonly ties: number;
  /** Questions whose reference was preferred. */
  readonly losses: number;
  /** Pairs the judge gave no verdict on, left out of the value. */
  readonly unjudged: number;
  /** Share of pairs whose verdict changed with the order, with its interval: what the judge's habit of position costs. */
  readonly positionBias: { readonly rate: number; readonly interval: Interval };
  /** Share of decided verdicts that went to the answer shown first; 0.5 without bias. */
  readonly firstShare: number | null;
  /** Answer lengths in characters: judges tend to prefer long answers. */
  readonly length: {
    readonly meanAnswer: number;
    readonly meanReference: number;
    /** Share of decided verdicts that went to the longer answer. */
    readonly longerShare: number | null;
  };
}

/** Win rates by reference model and on average. */
export interface WinRateResult {
  /** Mean over reference models, as AlpaCare reports it. */
  readonly average: Score;
  /** Name of the reference -> win rate against it. */
  readonly byReference: Readonly<Record<string, WinRateScore>>;
  /** Verdicts asked of the judge in this run, and taken from the cache. */
  readonly asked: number;
  /** Verdicts that had been given before. */
  readonly fromCache: number;
}

/**
 * Pairwise win rate: every pair is judged in both orders, a win counts 1, a tie one half, a loss 0; a pair is worth the mean
 * of its two verdicts, a reference model the mean of its pairs, the result the mean of the reference models.
 * Source: Zhang et al. 2023, "AlpaCare", arXiv:2310.14558, whose script also leaves out pairs without a readable verdict.
 * @throws {EmptySampleError} {SampleMismatchError} {BadOptionError} {JudgeFailedError}
 */
export async function winRate(questions: readonly WinRateQuestion[], options: WinRateOptions): Promise<WinRateResult> {
  const { judgeName, interval } = options;
  return winRateOfVerdicts(await judgeQuestions(questions, options), { judgeName, ...(interval && { interval }) });
}

/** Verdicts on questions, from which win rates follow. */
export interface JudgedQuestions {
  /** One for each question. */
  readonly judged: readonly JudgedQuestion[];
  /** Verdicts asked of the judge, and taken from the cache. */
  readonly asked: number;
  /** Verdicts that had been given before. */
  readonly fromCache: number;
}

/** A question and what the judge said of its pairs. */
export interface JudgedQuestion {
  /** The question, its answer and its references. */
  readonly item: WinRateQuestion;
  /**
   * By reference model: with the answer shown first, then with the reference shown first; `null` where the judge failed
   * and was to be passed over.
   */
  readonly verdicts: Readonly<Record<string, readonly [Verdict, Verdict] | null>>;
}

/**
 * The part of {@link winRate} that asks the judge. Questions do not depend on each other, so they can be judged in shares.
 * @throws {EmptySampleError} {SampleMismatchError} {BadOptionError} {JudgeFailedError}
 */
export async function judgeQuestions(
  questions: readonly WinRateQuestion[],
  options: WinRateOptions,
): Promise<JudgedQuestions> {
  const models = referenceModels(questions);
  withDefaults(options.interval ?? {}); // a wrong option is found before anybody is asked
  const { concurrency = 4, onFailure = 'stop', cache = memoryVerdictCache(), judgeName } = options;
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    throw new BadOptionError('concurrency', 'a whole number of at least 1', concurrency);
  }
  if (judgeName === '') throw new BadOptionError('judgeName', 'a name for the judge and its prompt', '""');

  const signal = options.signal ?? new AbortController().signal;
  // Set by the first failure: nothing new is asked then, but calls under way end and their verdicts are kept.
  let stopped: { readonly reason: unknown } | null = null;
  const limit = pLimit(concurrency);
  const running = new Map<string, Promise<Verdict>>();
  const total = questions.length * models.length * 2;
  let asked = 0;
  let fromCache = 0;
  let done = 0;

  const verdictOf = async (place: string, question: string, first: string, second: string): Promise<Verdict> => {
    const key = verdictKey(judgeName, question, first, second);
    const known = cache.get(key);
    if (known !== undefined) {
      fromCache++;
      return known;
    }
    // Two pairs with the same texts are one question to the judge.
    let pending = running.get(key);
    if (pending === undefined) {
      pending = limit(async () => {
        signal.throwIfAborted();
        if (stopped !== null) throw stopped.reason;
        const verdict = await askJudge(
          options.judge,
          question,
          first,
          second,
          place,
          signal,
          options,
          () => stopped === null,
        );
        asked++;
        await cache.set(key, verdict);
        return verdict;
      });
      running.set(key, pending);
    }
    return pending;
  };

  const judgePair = async (item: WinRateQuestion, model: string): Promise<PairVerdicts> => {
    const reference = item.references[model]!;
    const place = `Question "${item.id}" against ${model}`;
    const both = await Promise.allSettled([
      verdictOf(place, item.question, item.answer, reference),
      verdictOf(place, item.question, reference, item.answer),
    ]);
    done += 2;
    options.onProgress?.(done, total);
    const failed = both.find((settled) => settled.status === 'rejected');
    if (failed !== undefined) {
      if (onFailure === 'skip' && failed.reason instanceof JudgeFailedError) return { item, model, verdicts: null };
      stopped ??= failed;
      throw failed.reason;
    }
    const [answerFirst, referenceFirst] = both.map((settled) => (settled as PromiseFulfilledResult<Verdict>).value);
    return { item, model, verdicts: [answerFirst!, referenceFirst!] };
  };

  const settled = await Promise.allSettled(questions.flatMap((item) => models.map((model) => judgePair(item, model))));
  const failure = settled.find((pair) => pair.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
  const pairs = settled.map((pair) => (pair as PromiseFulfilledResult<PairVerdicts>).value);

  const judged = questions.map((item, i) => {
    const own = pairs.slice(i * models.length, (i + 1) * models.length);
    return { item, verdicts: Object.fromEntries(own.map(({ model, verdicts }) => [model, verdicts])) };
  });
  return { judged, asked, fromCache };
}

/**
 * {@link winRate} of verdicts that were given elsewhere.
 * @throws {EmptySampleError} {SampleMismatchError}
 */
export function winRateOfVerdicts(
  { judged, asked, fromCache }: JudgedQuestions,
  { judgeName, interval }: Pick<WinRateOptions, 'judgeName' | 'interval'>,
): WinRateResult {
  const models = referenceModels(judged.map(({ item }) => item));
  const resampling = withDefaults(interval ?? {});
  const pairs = judged.flatMap(({ item, verdicts }) =>
    models.map((model): PairVerdicts => ({ item, model, verdicts: verdicts[model] ?? null })),
  );
  const signature = formatSignature({
    judge: judgeName,
    orders: 2,
    tie: 0.5,
    bs: resampling.resamples,
    seed: resampling.seed,
  });
  const byReference = Object.fromEntries(
    models.map((model) => [
      model,
      scoreOf(
        model,
        pairs.filter((pair) => pair.model === model),
        resampling,
        signature,
      ),
    ]),
  );
  return { average: averageOf(pairs, models, byReference, resampling, signature), byReference, asked, fromCache };
}

interface PairVerdicts {
  readonly item: WinRateQuestion;
  readonly model: string;
  /** With the answer shown first, then with the reference shown first; `null` where the judge failed. */
  readonly verdicts: readonly [Verdict, Verdict] | null;
}

const POINTS = [
  { first: 1, tie: 0.5, second: 0 },
  { first: 0, tie: 0.5, second: 1 },
] as const;

/** Points of both orders from the answer's side. */
const pointsOf = (verdicts: readonly [Verdict, Verdict]): [number, number] => [
  POINTS[0][verdicts[0]],
  POINTS[1][verdicts[1]],
];

function scoreOf(
  model: string,
  pairs: readonly PairVerdicts[],
  resampling: Required<ResamplingOptions>,
  signature: string,
): WinRateScore {
  const judged = pairs.filter((pair) => pair.verdicts !== null);
  if (judged.length === 0) throw new EmptySampleError(`win rate against ${model}`, 'at least one judged pair');
  const values = judged.map((pair) => mean(pointsOf(pair.verdicts!)));
  const interval = bootstrapInterval(meanStatistic('win rate', values), resampling);
  const count = { wins: 0, ties: 0, losses: 0, flips: 0, toFirst: 0, toLonger: 0, unequal: 0 };
  for (const { item, verdicts } of judged) {
    const points = pointsOf(verdicts!);
    if (points[0] !== points[1]) count.flips++;
    const reference = item.references[model]!;
    for (const [order, point] of points.entries()) {
      if (point === 0.5) count.ties++;
      else if (point === 1) count.wins++;
      else count.losses++;
      if (point === 0.5) continue;
      if (verdicts![order] === 'first') count.toFirst++;
      if (item.answer.length !== reference.length) {
        count.unequal++;
        if (item.answer.length > reference.length === (point === 1)) count.toLonger++;
      }
    }
  }
  const decided = count.wins + count.losses;
  const unjudged = pairs.length - judged.length;
  return {
    name: `win rate against ${model}`,
    value: mean(values),
    unit: 'ratio (0 to 1)',
    n: judged.length,
    sample: 'questions',
    interval,
    signature,
    notes: [
      ...smallSampleNotes(judged.length, 'questions'),
      ...(interval === null ? [] : againstReference(interval, 0.5, 'a draw')),
      ...(unjudged > 0 ? [`${unjudged} pairs got no verdict and are left out.`] : []),
    ],
    wins: count.wins,
    ties: count.ties,
    losses: count.losses,
    unjudged,
    positionBias: { rate: count.flips / judged.length, interval: wilsonInterval(count.flips, judged.length) },
    firstShare: decided === 0 ? null : count.toFirst / decided,
    length: {
      meanAnswer: mean(judged.map(({ item }) => item.answer.length)),
      meanReference: mean(judged.map(({ item }) => item.references[model]!.length)),
      longerShare: count.unequal === 0 ? null : count.toLonger / count.unequal,
    },
  };
}

/** Mean of the reference models' rates; the interval resamples questions, with all their pairs. */
function averageOf(
  pairs: readonly PairVerdicts[],
  models: readonly string[],
  byReference: Readonly<Record<string, WinRateScore>>,
  resampling: Required<ResamplingOptions>,
  signature: string,
): Score {
  const ids = [...new Set(pairs.map((pair) => pair.item.id))];
  const position = new Map(ids.map((id, index) => [id, index]));
  const width = 2 * models.length;
  const rows = new Float64Array(ids.length * width);
  for (const { item, model, verdicts } of pairs) {
    if (verdicts === null) continue;
    const at = position.get(item.id)! * width + 2 * models.indexOf(model);
    rows[at]! += mean(pointsOf(verdicts));
    rows[at + 1]! += 1;
  }
  const interval = bootstrapInterval(
    {
      name: 'win rate',
      n: ids.length,
      width,
      rows,
      value: (sums) => mean(models.map((_, m) => sums[2 * m]! / sums[2 * m + 1]!)),
    },
    resampling,
  );
  return {
    name: 'win rate',
    value: mean(models.map((model) => byReference[model]!.value)),
    unit: 'ratio (0 to 1)',
    n: ids.length,
    sample: 'questions',
    interval,
    signature: `${signature}|references:${models.length}`,
    notes: [
      ...smallSampleNotes(ids.length, 'questions'),
      ...(interval === null ? [] : againstReference(interval, 0.5, 'a draw')),
    ],
  };
}

function referenceModels(questions: readonly WinRateQuestion[]): string[] {
  if (questions.length === 0) throw new EmptySampleError('win rate', 'at least one question');
  const models = Object.keys(questions[0]!.references).sort();
  if (models.length === 0) throw new EmptySampleError('win rate', 'at least one reference model');
  const seen = new Set<string>();
  for (const { id, references } of questions) {
    if (Object.keys(references).sort().join('\n') !== models.join('\n')) {
      throw new SampleMismatchError(
        `Question "${id}": expected answers of ${models.join(', ')}, found other reference models.`,
      );
    }
    if (seen.has(id)) throw new SampleMismatchError(`Question "${id}" appears twice; ids must be unique.`);
    seen.add(id);
  }
  return models;
}
