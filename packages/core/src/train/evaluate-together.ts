/** Evaluation over ranks: the batches are those of one process, each computed by one rank, the mean is the same. */
import type { Collective } from '../collective/collective.ts';
import type { EncodedExample } from '../data/encode-example.ts';
import type { Variable } from '../engine/engine.ts';
import { CollectiveError } from '../errors.ts';
import { type Evaluation, type Evaluator, summarise } from './evaluate.ts';

export interface EvaluateTogetherOptions {
  readonly count: 'answer' | 'supervised';
  readonly batchSize: number;
  readonly signal?: AbortSignal;
}

/** One rank was asked to stop in the middle, so there is no result on any. */
export class EvaluationStopped extends CollectiveError {}

/**
 * Mean loss over examples.
 * @throws {EvaluationStopped} on all ranks, when one was aborted
 */
export async function evaluateTogether(
  collective: Collective,
  evaluator: Evaluator,
  examples: readonly EncodedExample[],
  parameters: Readonly<Record<string, Variable>>,
  { count, batchSize, signal }: EvaluateTogetherOptions,
): Promise<Evaluation> {
  const { rank, size } = collective;
  const options = { batchSize, ...(signal && { signal }) };
  if (size === 1) {
    const scores = [];
    for await (const score of evaluator.score(examples, parameters, options)) scores.push(score);
    return summarise(scores, count);
  }
  const batchOf = (i: number) => Math.floor(i / batchSize);
  const own = examples.filter((_, i) => batchOf(i) % size === rank);
  const places = examples.flatMap((_, i) => (batchOf(i) % size === rank ? [i] : []));
  /** Place, summed loss and counted tokens of each example. */
  const rows: number[] = [];
  let wasAborted = false;
  try {
    let next = 0;
    for await (const score of evaluator.score(own, parameters, options)) {
      const { lossNats, tokens } = summarise([score], count);
      rows.push(places[next++]!, tokens === 0 ? 0 : lossNats * tokens, tokens);
    }
  } catch (error) {
    if (!signal?.aborted) throw error;
    wasAborted = true;
  }
  const sent = wasAborted ? [Number.NaN] : rows;
  const all = await collective.allGather(new Uint8Array(Float64Array.from(sent).buffer));
  const sums = new Float64Array(examples.length);
  let tokens = 0;
  for (const bytes of all) {
    const theirs = new Float64Array(bytes.slice().buffer);
    if (theirs.length === 1) throw new EvaluationStopped('the evaluation was stopped');
    for (let i = 0; i < theirs.length; i += 3) {
      sums[theirs[i]!] = theirs[i + 1]!;
      tokens += theirs[i + 2]!;
    }
  }
  const lossNats = sums.reduce((sum, nats) => sum + nats, 0) / tokens;
  return { lossNats, perplexity: Math.exp(lossNats), tokens };
}
