import { BadOptionError, BadValueError, EmptySampleError, SampleMismatchError } from '../errors.ts';
import type { ExamItem } from '../exams/exam-item.ts';
import { parseExamAnswer } from '../exams/parse-answer.ts';
import { formatSignature, type Score } from '../score.ts';
import { bootstrapInterval, meanStatistic, type ResamplingOptions, withDefaults } from '../stats/bootstrap.ts';
import { againstReference, smallSampleNotes } from '../stats/claims.ts';
import { mean } from '../stats/describe.ts';
import { wilsonInterval } from '../stats/proportion.ts';

/** Share of questions answered rightly, as a ratio in [0, 1]; an unanswered question counts as wrong. */
export interface ExamScore extends Score {
  /** Right answers. */
  readonly correct: number;
  /** Questions with an answer that could be read. */
  readonly answered: number;
  /** Questions whose answer named no option, contradicted itself or was empty. */
  readonly unanswered: number;
  /** Accuracy among the answered ones; `null` where none was. */
  readonly accuracyOfAnswered: number | null;
  /** What blind guessing scores on these questions. */
  readonly chance: number;
  /** Right answers by subject, where the items name one. */
  readonly bySubject: Readonly<Record<string, { readonly correct: number; readonly n: number }>>;
}

/** What a model gave the options of one question. */
export interface OptionLogProbs {
  /** The question, as the exam names it. */
  readonly id: string;
  /** [options] summed natural log-probability of each option's text. */
  readonly logProbs: readonly number[];
  /** [options] length of each option's text in bytes (or tokens), for normalisation. */
  readonly lengths?: readonly number[];
}

/**
 * Accuracy by the generated answer.
 * @param answers  generated text by item id
 * @throws {EmptySampleError} {SampleMismatchError} where an item has no entry
 */
export function examAccuracyOfAnswers(items: readonly ExamItem[], answers: ReadonlyMap<string, string>): ExamScore {
  const chosen = items.map((item) => {
    const answer = answers.get(item.id);
    if (answer === undefined) throw missing(item.id, 'a generated answer (an empty one counts as unanswered)');
    return parseExamAnswer(answer, item).option;
  });
  return accuracy(
    'exam accuracy',
    items,
    chosen,
    formatSignature({ by: 'generated-answer', form: 'label-or-text', unanswered: 'wrong' }),
  );
}

/**
 * Accuracy by log-likelihood: the option the model finds most likely, raw or for each unit of its length.
 * Of equally likely options the first counts, as in the EleutherAI harness (acc, acc_norm).
 * @throws {EmptySampleError} {SampleMismatchError} {BadValueError}
 */
export function examAccuracyByLikelihood(
  items: readonly ExamItem[],
  rows: readonly OptionLogProbs[],
  normalise: 'none' | 'length' = 'none',
): ExamScore {
  if (normalise !== 'none' && normalise !== 'length')
    throw new BadOptionError('normalise', 'none or length', normalise);
  const byId = indexRows(items, rows);
  let ties = 0;
  const chosen = items.map((item) => {
    const values = likelihoods(item, byId.get(item.id)!, normalise);
    const best = Math.max(...values);
    if (values.filter((value) => value === best).length > 1) ties++;
    return values.indexOf(best);
  });
  const score = accuracy(
    'exam accuracy',
    items,
    chosen,
    formatSignature({ by: 'log-likelihood', norm: normalise, ties: 'first' }),
  );
  return ties === 0
    ? score
    : { ...score, notes: [...score.notes, `${ties} ties went to the first of the equal options.`] };
}

/**
 * TruthfulQA MC2: the probability the model puts on the true options, over that on all options, averaged over questions.
 * Source: Lin et al. 2022, arXiv:2109.07958.
 */
export function truthfulMc2(
  items: readonly ExamItem[],
  rows: readonly OptionLogProbs[],
  resampling: ResamplingOptions = {},
): Score {
  if (items.length === 0) throw new EmptySampleError('TruthfulQA MC2', 'at least one question');
  const byId = indexRows(items, rows);
  const masses = items.map((item) => {
    const values = likelihoods(item, byId.get(item.id)!, 'none');
    const top = Math.max(...values);
    const weights = values.map((value) => Math.exp(value - top));
    const total = weights.reduce((sum, w) => sum + w, 0);
    return item.correct.reduce((sum, option) => sum + weights[option]!, 0) / total;
  });
  const interval = bootstrapInterval(meanStatistic('TruthfulQA MC2', masses), resampling);
  const { resamples, seed } = withDefaults(resampling);
  return {
    name: 'TruthfulQA MC2',
    value: mean(masses),
    unit: 'ratio (0 to 1)',
    n: items.length,
    sample: 'questions',
    interval,
    signature: formatSignature({ by: 'log-likelihood', norm: 'none', mass: 'true-over-all', bs: resamples, seed }),
    notes: smallSampleNotes(items.length, 'questions'),
  };
}

function accuracy(
  name: string,
  items: readonly ExamItem[],
  chosen: readonly (number | null)[],
  signature: string,
): ExamScore {
  if (items.length === 0) throw new EmptySampleError(name, 'at least one question');
  const bySubject: Record<string, { correct: number; n: number }> = {};
  let correct = 0;
  let unanswered = 0;
  for (const [i, item] of items.entries()) {
    const choice = chosen[i]!;
    const right = choice !== null && item.correct.includes(choice);
    if (right) correct++;
    if (choice === null) unanswered++;
    if (item.subject !== undefined) {
      bySubject[item.subject] ??= { correct: 0, n: 0 };
      bySubject[item.subject]!.n++;
      if (right) bySubject[item.subject]!.correct++;
    }
  }
  const n = items.length;
  const answered = n - unanswered;
  const chance = mean(items.map((item) => item.correct.length / item.options.length));
  const interval = wilsonInterval(correct, n);
  return {
    name,
    value: correct / n,
    unit: 'ratio (0 to 1)',
    n,
    sample: 'questions',
    interval,
    signature,
    notes: [
      ...smallSampleNotes(n, 'questions'),
      ...againstReference(interval, chance, 'chance'),
      ...(interval.high < chance ? ['Worse than chance: check the labels and the prompt.'] : []),
      ...(unanswered > 0 ? [`${unanswered} of ${n} questions were left unanswered and count as wrong.`] : []),
    ],
    correct,
    answered,
    unanswered,
    accuracyOfAnswered: answered === 0 ? null : correct / answered,
    chance,
    bySubject,
  };
}

function indexRows(items: readonly ExamItem[], rows: readonly OptionLogProbs[]): Map<string, OptionLogProbs> {
  const byId = new Map(rows.map((row) => [row.id, row]));
  for (const item of items) if (!byId.has(item.id)) throw missing(item.id, 'log-probabilities of its options');
  return byId;
}

function likelihoods(item: ExamItem, row: OptionLogProbs, normalise: 'none' | 'length'): number[] {
  if (row.logProbs.length !== item.options.length) {
    throw new SampleMismatchError(
      `Exam item "${item.id}": expected ${item.options.length} log-probabilities, one an option, found ${row.logProbs.length}.`,
    );
  }
  return row.logProbs.map((logProb, i) => {
    if (!Number.isFinite(logProb)) {
      throw new BadValueError(
        `Exam item "${item.id}", option ${i}: expected a finite log-probability, found ${logProb}.`,
      );
    }
    if (normalise === 'none') return logProb;
    const length = row.lengths?.[i];
    if (length === undefined || !(length > 0)) {
      throw new BadValueError(
        `Exam item "${item.id}", option ${i}: length normalisation needs a positive entry in "lengths".`,
      );
    }
    return logProb / length;
  });
}

const missing = (id: string, what: string): SampleMismatchError =>
  new SampleMismatchError(`Exam item "${id}": expected ${what}, found none. Every item must have an entry.`);
