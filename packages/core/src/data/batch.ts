/** Encoded examples -> right-padded batches. */
import { InvalidOptionError } from '../errors.ts';
import type { EncodedExample, TokenSpan } from './encode-example.ts';
import { planPacks } from './pack.ts';
import { createRandom, type Random, shuffled } from './random.ts';

/** B rows, T tokens in the longest; one example a row unless packed. */
export interface TokenBatch {
  /** [B, T] flat; positions after an example's end hold the pad id, which no earlier position can see. */
  readonly ids: Int32Array;
  /** B, rows. */
  readonly batch: number;
  /** T, positions of a row, padding included. */
  readonly length: number;
  /** Flat index b·T + t of each position whose next token counts, ascending. */
  readonly rows: Int32Array;
  /** That next token, one for each of `rows`. */
  readonly labels: Int32Array;
  /** Ids of the examples, in the order they lie in the batch. */
  readonly exampleIds: readonly string[];
  /** Tokens of each example, without padding. */
  readonly lengths: readonly number[];
  /**
   * Of a packed batch: lengths of the examples that share each row, from left to right. They do not see each other, and
   * each counts its positions from 0.
   */
  readonly segments?: readonly (readonly number[])[];
  /** Pad positions / B·T. */
  readonly paddingShare: number;
}

/** Which tokens count. Default: the supervised span (answer, disclaimer, end token). */
export type CountedSpan = (example: EncodedExample) => TokenSpan;

const supervisedSpan: CountedSpan = (example) => example.supervised;
/** For a perplexity that the fixed disclaimer does not make easy. */
export const answerOnlySpan: CountedSpan = (example) => example.answerSpanWithoutDisclaimer;

/** @throws {InvalidOptionError} for no examples */
export function collate(
  examples: readonly EncodedExample[],
  padId: number,
  span: CountedSpan = supervisedSpan,
): TokenBatch {
  if (examples.length === 0) throw new InvalidOptionError('examples', 'must not be empty');
  const lengths = examples.map((example) => example.inputIds.length);
  const batch = examples.length;
  const length = Math.max(...lengths);
  const ids = new Int32Array(batch * length).fill(padId);
  const rows: number[] = [];
  const labels: number[] = [];
  examples.forEach((example, b) => {
    ids.set(example.inputIds, b * length);
    countTokens(example, span, b * length, rows, labels);
  });
  const used = lengths.reduce((sum, n) => sum + n, 0);
  return {
    ids,
    batch,
    length,
    rows: Int32Array.from(rows),
    labels: Int32Array.from(labels),
    exampleIds: examples.map((example) => example.id),
    lengths,
    paddingShare: 1 - used / (batch * length),
  };
}

/**
 * Packs examples into rows of at most `widest` tokens; rows and labels point at the same tokens as in {@link collate}.
 * @throws {InvalidOptionError} for no examples or a width below 1
 */
export function collatePacked(
  examples: readonly EncodedExample[],
  padId: number,
  widest: number,
  span: CountedSpan = supervisedSpan,
): TokenBatch {
  const plan = planPacks(
    examples.map(({ inputIds }) => inputIds.length),
    widest,
  );
  const joined = plan.map((members) => {
    const parts = members.map((i) => examples[i]!);
    return { parts, length: parts.reduce((sum, { inputIds }) => sum + inputIds.length, 0) };
  });
  const ordered = joined.flatMap(({ parts }) => parts);
  const { lengths } = collate(ordered, padId);
  const batch = joined.length;
  const length = Math.max(...joined.map((row) => row.length));
  const ids = new Int32Array(batch * length).fill(padId);
  const rows: number[] = [];
  const labels: number[] = [];
  for (const [b, { parts }] of joined.entries()) {
    let start = b * length;
    for (const example of parts) {
      ids.set(example.inputIds, start);
      countTokens(example, span, start, rows, labels);
      start += example.inputIds.length;
    }
  }
  return {
    ids,
    batch,
    length,
    rows: Int32Array.from(rows),
    labels: Int32Array.from(labels),
    exampleIds: ordered.map(({ id }) => id),
    lengths,
    paddingShare: 1 - lengths.reduce((sum, n) => sum + n, 0) / (batch * length),
    segments: joined.map(({ parts }) => parts.map(({ inputIds }) => inputIds.length)),
  };
}

/** Adds the positions whose next token counts, and those tokens; the example begins at flat index `start`. */
function countTokens(
  example: EncodedExample,
  span: CountedSpan,
  start: number,
  rows: number[],
  labels: number[],
): void {
  const { from, to } = span(example);
  for (let next = Math.max(from, 1); next < to; next++) {
    rows.push(start + next - 1);
    labels.push(example.inputIds[next] as number);
  }
}

/** How examples are put together into batches. */
export interface BatchOptions {
  /** Examples in a batch; the last one may hold fewer. */
  readonly batchSize: number;
  /** Fills the rest of the shorter rows; any legal id does. */
  readonly padId: number;
  /**
   * `length-grouped` (default): random order in which examples of like length share a batch, as Hugging Face's
   * group_by_length. `shuffled`: random order. `as-given`: no shuffle, for evaluation.
   */
  readonly order?: 'length-grouped' | 'shuffled' | 'as-given';
  /** Seed, or a generator to go on from (one an epoch draws from). Default seed 42. */
  readonly random?: Random | number;
  /** Which tokens count. Default: all supervised ones. */
  readonly span?: CountedSpan;
}

/** One epoch of batches, made one at a time. */
export function* batches(examples: readonly EncodedExample[], options: BatchOptions): Generator<TokenBatch> {
  const plan = planBatches(
    examples.map((example) => example.inputIds.length),
    options,
  );
  for (const indices of plan) {
    yield collate(
      indices.map((i) => examples[i] as EncodedExample),
      options.padId,
      options.span,
    );
  }
}

/** Which examples share a batch, as indices; each index occurs once. Draws from `options.random` at once. */
export function planBatches(
  lengths: readonly number[],
  options: Pick<BatchOptions, 'batchSize' | 'order' | 'random'>,
): number[][] {
  const { batchSize, order = 'length-grouped' } = options;
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new InvalidOptionError('batchSize', `must be a positive integer, found ${batchSize}`);
  }
  const indices = lengths.map((_, i) => i);
  if (order === 'as-given') return chunk(indices, batchSize);
  const random = typeof options.random === 'object' ? options.random : createRandom(options.random ?? 42);
  const mixed = shuffled(indices, random);
  return chunk(order === 'shuffled' ? mixed : groupByLength(mixed, lengths, batchSize), batchSize);
}

/**
 * Shuffled indices are cut into mega-batches of up to 50 batches, each sorted longest first; the longest example of all comes
 * first, so that a batch too large for memory fails at once.
 * Source: transformers, trainer_pt_utils.py, get_length_grouped_indices.
 */
function groupByLength(mixed: readonly number[], lengths: readonly number[], batchSize: number): number[] {
  const megaBatches = Math.max(1, Math.min(Math.floor(mixed.length / (batchSize * 4)), 50));
  const lengthOf = (i: number): number => lengths[i] as number;
  const groups = chunk(mixed, megaBatches * batchSize).map((group) => group.sort((a, b) => lengthOf(b) - lengthOf(a)));
  if (groups.length === 0) return [];
  const heads = groups.map((group) => lengthOf(group[0] as number));
  const longest = heads.indexOf(Math.max(...heads));
  const first = groups[0] as number[];
  const other = groups[longest] as number[];
  [first[0], other[0]] = [other[0] as number, first[0] as number];
  return groups.flat();
}

function chunk<T>(items: readonly T[], size: number): T[][] {
  const result: T[][] = [];
  for (let i = 0; i < items.length; i += size) result.push(items.slice(i, i + size));
  return result;
}
