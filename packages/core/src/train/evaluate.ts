/** Loss and perplexity of a model on examples. */
import { batches } from '../data/batch.ts';
import type { EncodedExample } from '../data/encode-example.ts';
import { type Engine, f32Tensor, type HostTensor, type Program, type Variable } from '../engine/engine.ts';
import { batchFeeds, buildEvaluationGraph, logitsBytes } from './loss.ts';
import type { ModelVariant } from './method.ts';

/** Log-probabilities of one example's supervised tokens. */
export interface ExampleScore {
  /** Id of the record. */
  readonly id: string;
  /** ln p of each supervised token, in order: the answer, the disclaimer, the end token. */
  readonly logProbabilities: Float32Array;
  /** How many of them come before the disclaimer. */
  readonly answerTokens: number;
}

/** Loss and perplexity over a set of examples. */
export interface Evaluation {
  /** Mean over the counted tokens. */
  readonly lossNats: number;
  /** exp of the mean loss. */
  readonly perplexity: number;
  /** Tokens that count. */
  readonly tokens: number;
}

/** Compiled once, run as often as the parameters change. */
export class Evaluator {
  private constructor(
    /** Base, or base with an adapter. */
    readonly variant: ModelVariant,
    /** The compiled forward pass. */
    readonly program: Program,
    private readonly logitsBytes: number,
  ) {}

  /** Compiles the forward pass. */
  static async create(engine: Engine, variant: ModelVariant): Promise<Evaluator> {
    const graph = buildEvaluationGraph(variant);
    return new Evaluator(variant, await engine.compile(graph, { label: 'evaluation' }), logitsBytes(graph));
  }

  /** @param parameters  values in place of the variant's initial ones, such as those in training on the engine */
  /** Scores examples, in the order given. @throws the signal's reason when aborted */
  async *score(
    examples: readonly EncodedExample[],
    parameters: Readonly<Record<string, HostTensor | Variable>> = this.#initial(),
    { batchSize = 8, signal }: { readonly batchSize?: number; readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<ExampleScore> {
    let next = 0;
    for (const batch of batches(examples, { batchSize, padId: 0, order: 'as-given' })) {
      signal?.throwIfAborted();
      const feeds = { ...batchFeeds(this.variant.model, batch, this.logitsBytes), ...parameters };
      const { nats } = await this.program.run({ feeds, fetch: ['nats'] });
      let from = 0;
      for (const [b, id] of batch.exampleIds.entries()) {
        let to = from;
        while (to < batch.rows.length && Math.floor(batch.rows[to]! / batch.length) === b) to++;
        const { supervised, answerSpanWithoutDisclaimer } = examples[next++]!;
        yield {
          id,
          logProbabilities: (nats!.data.slice(from, to) as Float32Array).map((loss) => -loss),
          answerTokens: answerSpanWithoutDisclaimer.to - supervised.from,
        };
        from = to;
      }
    }
  }

  #initial(): Record<string, HostTensor> {
    return Object.fromEntries(
      [...this.variant.initial].map(([name, { shape, data }]) => [name, f32Tensor(shape, data)]),
    );
  }

  /** Frees what was compiled. */
  dispose(): Promise<void> {
    return this.program.dispose();
  }
}

/**
 * Mean loss and perplexity. The disclaimer stands at the end of every answer and is soon learned by heart: `answer`
 * counts the tokens before it only, so that it cannot make a model look better than it is.
 */
export function summarise(scores: Iterable<ExampleScore>, count: 'answer' | 'supervised'): Evaluation {
  let sum = 0;
  let tokens = 0;
  for (const { logProbabilities, answerTokens } of scores) {
    const used = count === 'answer' ? answerTokens : logProbabilities.length;
    for (let i = 0; i < used; i++) sum -= logProbabilities[i]!;
    tokens += used;
  }
  const lossNats = sum / tokens;
  return { lossNats, perplexity: Math.exp(lossNats), tokens };
}
