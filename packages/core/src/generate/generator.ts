/** Prompt ids -> token ids, one at a time, with a KV cache that stays on the engine's side. */
import { createRandom } from '../data/random.ts';
import { type Engine, f32Tensor, i32Tensor, type Program, type Variable } from '../engine/engine.ts';
import { InvalidOptionError, PromptTooLongError } from '../errors.ts';
import type { ParameterValues } from '../lora/adapter.ts';
import type { CausalLm, KeyValue } from '../model/causal-lm.ts';
import { forwardFeeds, forwardInputs } from '../model/forward-inputs.ts';
import { type Graph, GraphBuilder } from '../tensor/graph.ts';
import { gather, input } from '../tensor/ops.ts';
import { formatShape } from '../tensor/shape.ts';
import type { ModelVariant } from '../train/method.ts';
import { checkSampling, defaultSampling, type SamplingOptions, sample } from './sampler.ts';

/** How many tokens are drawn, how, and where to stop. */
export interface GenerateOptions extends SamplingOptions {
  /** Most tokens to draw. */
  readonly maxNewTokens: number;
  /** Ids that end an answer; the end token itself is not given out. */
  readonly endIds: readonly number[];
  /** Stops between two tokens; its reason is thrown. */
  readonly signal?: AbortSignal;
}

function checkedOptions(options: Partial<GenerateOptions>) {
  const { maxNewTokens, endIds, signal, ...sampling } = {
    ...defaultSampling,
    maxNewTokens: 256,
    endIds: [],
    ...options,
  };
  checkSampling(sampling);
  if (!Number.isInteger(maxNewTokens) || maxNewTokens < 1) {
    throw new InvalidOptionError('maxNewTokens', `must be a whole number from 1, found ${maxNewTokens}`);
  }
  return { maxNewTokens, endIds: endIds as readonly number[], signal, sampling };
}

const cacheNames = (layer: number) => ({ key: `key:${layer}`, value: `value:${layer}` }) as const;

/** Takes T new positions and the cache of P earlier ones; gives logits of the rows asked for and the longer cache. */
function buildGenerationGraph(variant: ModelVariant): Graph {
  const { model } = variant;
  const graph = new GraphBuilder();
  const source = variant.source(graph);
  const cached = (name: string) => input(graph, name, 'f32', ['B', model.kvHeads, 'P', model.headDim]);
  const past = Array.from({ length: model.layers }, (_, layer): KeyValue => {
    const names = cacheNames(layer);
    return { key: cached(names.key), value: cached(names.value) };
  });
  const { hidden, present } = model.forward(source, forwardInputs(graph, model, past));
  const logits = model.head(source, gather(hidden, input(graph, 'rows', 'i32', ['N'])));
  const cache = present.flatMap(({ key, value }, layer) => {
    const names = cacheNames(layer);
    return [
      [names.key, key],
      [names.value, value],
    ] as const;
  });
  return graph.finish({ logits, ...Object.fromEntries(cache) });
}

/** Keys and values of one conversation. */
class KvCache {
  length = 0;
  private constructor(readonly slots: Readonly<Record<string, Variable>>) {}

  /** @param batch  conversations side by side */
  static async create(engine: Engine, { layers, kvHeads, headDim }: CausalLm, batch = 1): Promise<KvCache> {
    const empty = f32Tensor([batch, kvHeads, 0, headDim], new Float32Array(0));
    const slots: Record<string, Variable> = {};
    for (let layer = 0; layer < layers; layer++) {
      for (const name of Object.values(cacheNames(layer))) slots[name] = await engine.createVariable(empty);
    }
    return new KvCache(slots);
  }

  async dispose(): Promise<void> {
    for (const slot of Object.values(this.slots)) await slot.dispose();
  }
}

/** First tokens whose keys and values are kept, and how many runs rely on them, the generator's own hold included. */
interface KeptPrefix {
  readonly ids: readonly number[];
  readonly cache: KvCache;
  users: number;
}

async function release(prefix: KeptPrefix): Promise<void> {
  if (--prefix.users === 0) await prefix.cache.dispose();
}

/** A compiled model, and how many generators use it. */
interface SharedProgram {
  readonly program: Program;
  users: number;
}

async function createVariables(engine: Engine, values: ParameterValues): Promise<Record<string, Variable>> {
  const variables: Record<string, Variable> = {};
  for (const [name, { shape, data }] of values) variables[name] = await engine.createVariable(f32Tensor(shape, data));
  return variables;
}

/** Draws tokens from a model with a KV cache. Frees its memory on `dispose`. */
export class Generator {
  readonly #prefixes = new Set<KeptPrefix>();
  #disposed = false;

  private constructor(
    /** Where it computes. */
    readonly engine: Engine,
    /** Base, or base with an adapter. */
    readonly variant: ModelVariant,
    private readonly shared: SharedProgram,
    private readonly parameters: Readonly<Record<string, Variable>>,
  ) {}

  /** @param values  parameters of the variant, such as a trained adapter; its initial ones by default */
  /** Compiles the model for generation. @param values  of what the variant trains; default: as it starts */
  static async create(engine: Engine, variant: ModelVariant, values = variant.initial): Promise<Generator> {
    const program = await engine.compile(buildGenerationGraph(variant), { label: 'generation' });
    return new Generator(engine, variant, { program, users: 1 }, await createVariables(engine, values));
  }

  /**
   * A second generator on the same compiled model with other parameters: another adapter, without loading the base
   * again. Both can be used at the same time; each is disposed of on its own.
   * @param values  of the same names and shapes, such as those of another adapter of an `AdapterSet`
   * @throws {InvalidOptionError} naming the first parameter that is missing, surplus or of another shape
   */
  async withParameters(values: ParameterValues): Promise<Generator> {
    if (this.#disposed) throw new InvalidOptionError('generator', 'was disposed of');
    const { initial } = this.variant;
    for (const name of new Set([...initial.keys(), ...values.keys()])) {
      const [expected, found] = [initial.get(name), values.get(name)].map((value) => value && formatShape(value.shape));
      if (expected === found) continue;
      throw new InvalidOptionError(
        'values',
        `"${name}": expected ${expected ?? 'nothing'}, found ${found ?? 'nothing'}`,
      );
    }
    this.shared.users++; // before the first wait, so that the model stays
    try {
      return new Generator(this.engine, this.variant, this.shared, await createVariables(this.engine, values));
    } catch (error) {
      this.shared.users--;
      throw error;
    }
  }

  /**
   * Computes these first tokens of a prompt once: later prompts that begin with them start behind them, at the speed of
   * what is left. Meant for a system prompt that every conversation shares. Results are the same.
   * @returns a function that forgets them and frees their keys and values
   */
  async keepPrefix(ids: readonly number[]): Promise<() => Promise<void>> {
    this.#checkPrompt(ids);
    const prefix: KeptPrefix = {
      ids: [...ids],
      cache: await KvCache.create(this.engine, this.variant.model),
      users: 1,
    };
    await this.#advance(prefix.cache, ids);
    this.#prefixes.add(prefix);
    return async () => {
      if (this.#prefixes.delete(prefix)) await release(prefix);
    };
  }

  /** The longest kept prefix that leaves at least one token to go on with. */
  #findPrefix(prompt: readonly number[]): KeptPrefix | undefined {
    const fits = [...this.#prefixes].filter(
      ({ ids }) => ids.length < prompt.length && ids.every((id, i) => id === prompt[i]),
    );
    return fits.sort((a, b) => b.ids.length - a.ids.length)[0];
  }

  #checkPrompt(prompt: readonly number[]): void {
    const { vocabSize, maxPositions } = this.variant.model;
    if (prompt.length === 0) throw new InvalidOptionError('prompt', 'holds no token');
    const foreign = prompt.find((id) => !Number.isInteger(id) || id < 0 || id >= vocabSize);
    if (foreign !== undefined)
      throw new InvalidOptionError('prompt', `holds id ${foreign}; this model has ids 0 to ${vocabSize - 1}`);
    if (prompt.length >= maxPositions) throw new PromptTooLongError(prompt.length, maxPositions);
  }

  /**
   * @param start  where the conversation goes on from, when it is not its own cache; that one stays as it is
   * @returns      logits [V] of the last of the new positions
   */
  async #advance(cache: KvCache, ids: readonly number[], start: KvCache = cache): Promise<Float32Array> {
    return this.#advanceAll(cache, Int32Array.from(ids), { start });
  }

  /**
   * The same for conversations side by side.
   * @param ids      [B, T], padded on the left
   * @param leading  padding of each row, from its first position on
   * @returns        logits [B, V] of the last position of each row
   */
  async #advanceAll(
    cache: KvCache,
    ids: Int32Array,
    { start = cache, leading }: { readonly start?: KvCache; readonly leading?: readonly number[] } = {},
  ): Promise<Float32Array> {
    const batch = leading?.length ?? 1;
    const T = ids.length / batch;
    const past = start.length;
    const { logits } = await this.shared.program.run({
      feeds: {
        ...this.parameters,
        ...start.slots,
        ...forwardFeeds(this.variant.model, ids, { batch, past, count: T, ...(leading && { leading }) }),
        rows: i32Tensor(
          [batch],
          Int32Array.from({ length: batch }, (_, b) => (b + 1) * T - 1),
        ),
      },
      fetch: ['logits'],
      store: cache.slots,
    });
    cache.length = past + T;
    return logits!.data as Float32Array;
  }

  /**
   * Yields token ids until an end token, `maxNewTokens`, or the model's last position.
   * @throws {PromptTooLongError} when the prompt leaves no room for an answer
   * @throws the signal's reason when aborted, within one step
   */
  async *generate(prompt: readonly number[], options: Partial<GenerateOptions> = {}): AsyncGenerator<number, void> {
    const { maxNewTokens, endIds, signal, sampling } = checkedOptions(options);
    this.#checkPrompt(prompt);
    const { maxPositions } = this.variant.model;
    const random = createRandom(sampling.seed);
    const ends = new Set(endIds);
    const seen = [...prompt];
    signal?.throwIfAborted();
    const prefix = this.#findPrefix(prompt);
    if (prefix) prefix.users++; // before the first wait, so that it stays
    const cache = await KvCache.create(this.engine, this.variant.model);
    try {
      let next = prompt.slice(prefix?.ids.length ?? 0);
      let start = prefix?.cache;
      for (let made = 0; made < maxNewTokens; made++) {
        signal?.throwIfAborted();
        const logits = await this.#advance(cache, next, start);
        start = undefined;
        signal?.throwIfAborted();
        const id = sample(logits, seen, sampling, random);
        if (ends.has(id)) return;
        yield id;
        seen.push(id);
        next = [id];
        if (seen.length > maxPositions) return;
      }
    } finally {
      await cache.dispose();
      if (prefix) await release(prefix);
    }
  }

  /**
   * Answers to several prompts, computed side by side: for evaluation, where nobody waits for the first token. Each is what
   * `generate` gives for its prompt alone, seed and all, but for the order in which sums are rounded. A row that has
   * ended is computed until all have: prompts of like lengths and answers waste least.
   * @returns token ids of each answer, in the order of the prompts
   * @throws {PromptTooLongError} when a prompt leaves no room for an answer
   * @throws the signal's reason when aborted, within one step
   */
  async generateBatch(
    prompts: readonly (readonly number[])[],
    options: Partial<GenerateOptions> = {},
  ): Promise<number[][]> {
    const { maxNewTokens, endIds, signal, sampling } = checkedOptions(options);
    for (const prompt of prompts) this.#checkPrompt(prompt);
    if (prompts.length === 0) return [];
    const { maxPositions, vocabSize } = this.variant.model;
    const rows = prompts.map((prompt) => ({
      seen: [...prompt],
      made: [] as number[],
      random: createRandom(sampling.seed),
      ended: false,
    }));
    const width = Math.max(...prompts.map(({ length }) => length));
    const leading = prompts.map(({ length }) => width - length);
    let next = Int32Array.from(prompts.flatMap((prompt, b) => [...new Array<number>(leading[b]!).fill(0), ...prompt]));
    const cache = await KvCache.create(this.engine, this.variant.model, rows.length);
    try {
      for (let step = 0; step < maxNewTokens && rows.some(({ ended }) => !ended); step++) {
        signal?.throwIfAborted();
        const logits = await this.#advanceAll(cache, next, { leading });
        next = Int32Array.from(rows, (row, b) => {
          if (row.ended) {
            leading[b]!++; // stays where it is: the model may have no further position
            return 0;
          }
          const id = sample(logits.subarray(b * vocabSize, (b + 1) * vocabSize), row.seen, sampling, row.random);
          if (endIds.includes(id)) row.ended = true;
          else {
            row.made.push(id);
            row.seen.push(id);
            row.ended = row.seen.length > maxPositions;
          }
          if (row.ended) leading[b]!++;
          return id;
        });
      }
      return rows.map(({ made }) => made);
    } finally {
      await cache.dispose();
    }
  }

  /** Frees the parameters, and with the last generator of a model the model itself. */
  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    if (--this.shared.users === 0) await this.shared.program.dispose();
    for (const prefix of this.#prefixes) await release(prefix);
    this.#prefixes.clear();
    for (const variable of Object.values(this.parameters)) await variable.dispose();
  }
}
