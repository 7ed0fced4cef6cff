/** The training loop. It yields events and prints nothing; parameters and moments stay on the engine's side. */
import { type BatchOptions, collate, collatePacked, planBatches, type TokenBatch } from '../data/batch.ts';
import type { EncodedExample } from '../data/encode-example.ts';
import { createRandom } from '../data/random.ts';
import {
  type Engine,
  f32Tensor,
  type Int8Products,
  intScalar,
  type Program,
  scalar,
  type Variable,
} from '../engine/engine.ts';
import { CheckpointError, InvalidOptionError, NonFiniteLossError } from '../errors.ts';
import type { ParameterValues } from '../lora/adapter.ts';
import { mix } from '../tensor/dropout-bits.ts';
import {
  type AdamWOptions,
  buildAdamW,
  buildGradientNorm,
  defaultAdamW,
  type ParameterShape,
  slotNames,
} from './adamw.ts';
import { type Moments8bit, momentBytes, SMALLEST_8BIT, updateAdamW8bit, zeroMoments } from './adamw8bit.ts';
import { type Evaluation, Evaluator, summarise } from './evaluate.ts';
import { accumulatorName, batchFeeds, buildTrainingGraph } from './loss.ts';
import type { TuningMethod } from './method.ts';
import { checkSchedule, type Schedule, scheduleFactor } from './schedule.ts';
import type { TrainEvent } from './train-event.ts';

/** Settings of the training loop. */
export interface TrainOptions {
  /** Passes over the data; ignored where `steps` is given. */
  readonly epochs: number;
  /** Updates to make. */
  readonly steps?: number;
  readonly batchSize: number;
  /** Batches of one update. The last window of an epoch may be shorter; its tokens weigh the same. */
  readonly accumulation: number;
  /** Peak rate. */
  readonly learningRate: number;
  readonly schedule: Schedule;
  readonly optimizer: AdamWOptions;
  /** Gradients are scaled down to this norm; `null` leaves them as they are. */
  readonly maxGradientNorm: number | null;
  /** Of the order of examples and of dropout. */
  readonly seed: number;
  /** How an epoch's batches are made; each epoch is shuffled anew. */
  readonly order: NonNullable<BatchOptions['order']>;
  /**
   * Lays the examples of a batch into as few positions as it can, in rows of at most so many tokens; `null` gives each
   * a row of its own. Loss and gradients are the same: examples that share a row do not see each other.
   */
  readonly packing: number | null;
  /**
   * Keep only what each layer takes, and compute the rest again on the way back: for long sequences and large batches.
   * Gradients are the same; a step takes about a third longer.
   */
  readonly checkpointing: boolean;
  /** Updates between evaluations; `null` evaluates only when asked to. */
  readonly evaluateEvery: number | null;
  /** How products with an int8 base are computed; left out, the engine chooses. */
  readonly int8?: Int8Products | undefined;
}

/** What counts where a setting is left out. */
export const defaultTrainOptions: TrainOptions = {
  epochs: 1,
  batchSize: 4,
  accumulation: 1,
  learningRate: 2e-4,
  schedule: { kind: 'linear', warmupSteps: 0 },
  optimizer: defaultAdamW,
  maxGradientNorm: 1,
  seed: 42,
  order: 'length-grouped',
  packing: null,
  checkpointing: false,
  evaluateEvery: null,
};

function checkOptions(options: TrainOptions): void {
  const whole = ['batchSize', 'accumulation', 'steps', 'packing', 'evaluateEvery'] as const;
  for (const name of whole) {
    const value = options[name];
    if (value === undefined || value === null) continue;
    if (!Number.isInteger(value) || value < 1)
      throw new InvalidOptionError(name, `must be a whole number from 1, found ${value}`);
  }
  const positive = ['epochs', 'learningRate'] as const;
  for (const name of positive) {
    const value = options[name];
    if (!(value > 0) || !Number.isFinite(value)) throw new InvalidOptionError(name, `must be above 0, found ${value}`);
  }
  if (options.maxGradientNorm !== null && !(options.maxGradientNorm > 0)) {
    throw new InvalidOptionError('maxGradientNorm', `must be above 0 or null, found ${options.maxGradientNorm}`);
  }
  checkSchedule(options.schedule);
  const { beta1, beta2, epsilon, weightDecay } = options.optimizer;
  for (const [name, value] of Object.entries({ beta1, beta2 })) {
    if (!(value >= 0 && value < 1)) throw new InvalidOptionError(name, `must be in [0, 1), found ${value}`);
  }
  const { stateBits = 32 } = options.optimizer;
  if (stateBits !== 8 && stateBits !== 32)
    throw new InvalidOptionError('stateBits', `must be 8 or 32, found ${stateBits}`);
  if (!(epsilon > 0)) throw new InvalidOptionError('epsilon', `must be above 0, found ${epsilon}`);
  if (!(weightDecay >= 0)) throw new InvalidOptionError('weightDecay', `must be 0 or more, found ${weightDecay}`);
  createRandom(options.seed); // refuses what is no seed, before anything is compiled
}

/** What a checkpoint holds: values and moments by slot name (`value:P`, `mean:P`, `variance:P`). */
export interface TrainerState {
  /** Updates made. */
  readonly step: number;
  /** Of moments in 8 bits, the scales under their slot name. */
  readonly tensors: ParameterValues;
  /** Codes of moments in 8 bits, under their slot name. */
  readonly codes: ReadonlyMap<string, Uint8Array>;
}

interface Slots {
  value: Variable;
  /** The value before the last update, which writes here; then the two change places. */
  previous: Variable;
  readonly sum: Variable;
  readonly zero: Variable;
  readonly moments: MomentVariables | Moments8bit;
}

interface MomentVariables {
  readonly mean: Variable;
  readonly variance: Variable;
}

const in8bits = (moments: Slots['moments']): moments is Moments8bit => 'codes' in moments.mean;

const record = <T>(entries: Iterable<readonly [string, T]>): Record<string, T> => Object.fromEntries(entries);

/** The training loop: batches in, updates on the engine, events out. */
export class Trainer {
  readonly #slots: ReadonlyMap<string, Slots>;
  #step = 0;
  #engineMs = 0;
  #evaluator: Evaluator | undefined;

  private constructor(
    readonly engine: Engine,
    readonly method: TuningMethod,
    readonly options: TrainOptions,
    private readonly programs: { readonly train: Program; readonly norm: Program; readonly update?: Program },
    slots: ReadonlyMap<string, Slots>,
  ) {
    this.#slots = slots;
  }

  /** Compiles the graphs and puts the starting values on the engine. */
  static async create(engine: Engine, method: TuningMethod, options: Partial<TrainOptions> = {}): Promise<Trainer> {
    const full = { ...defaultTrainOptions, ...options };
    checkOptions(full);
    const shapes: ParameterShape[] = [...method.initial].map(([name, { shape }]) => ({
      name,
      shape,
      decays: method.decays(name),
    }));
    const { stateBits } = full.optimizer;
    const isSmall = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1) < SMALLEST_8BIT;
    const in32bits = shapes.filter(({ shape }) => stateBits !== 8 || isSmall(shape));
    const programs = {
      train: await engine.compile(buildTrainingGraph(method, full), { label: 'training step', int8: full.int8 }),
      norm: await engine.compile(buildGradientNorm(shapes), { label: 'gradient norm' }),
      ...(in32bits.length > 0 && {
        update: await engine.compile(buildAdamW(in32bits, full.optimizer), { label: 'AdamW' }),
      }),
    };
    const slots = new Map<string, Slots>();
    for (const [name, { shape, data }] of method.initial) {
      const zeros = () => engine.createVariable(f32Tensor(shape, new Float32Array(data.length)));
      slots.set(name, {
        value: await engine.createVariable(f32Tensor(shape, data)),
        previous: await zeros(),
        sum: await zeros(),
        zero: await zeros(),
        moments:
          stateBits === 8 && !isSmall(shape)
            ? zeroMoments(data.length)
            : { mean: await zeros(), variance: await zeros() },
      });
    }
    return new Trainer(engine, method, full, programs, slots);
  }

  /** Updates made so far. */
  get step(): number {
    return this.#step;
  }

  /** Of the moments. */
  #optimizerBytes(): number {
    return [...this.#slots].reduce((sum, [name, { moments }]) => {
      const { length } = this.method.initial.get(name)!.data;
      return sum + (in8bits(moments) ? momentBytes(length) : 8 * length);
    }, 0);
  }

  /** Current values of everything trained. */
  async parameters(): Promise<ParameterValues> {
    const values: ParameterValues = new Map();
    for (const [name, { value }] of this.#slots) {
      const { shape, data } = await value.read();
      values.set(name, { shape, data: data as Float32Array });
    }
    return values;
  }

  /** Everything a run needs to go on as if it had never stopped; the order of the data follows from seed and step. */
  async state(): Promise<TrainerState> {
    const tensors: ParameterValues = new Map();
    const codes = new Map<string, Uint8Array>();
    const keep = async (name: string, variable: Variable) => {
      const { shape, data } = await variable.read();
      tensors.set(name, { shape, data: data as Float32Array });
    };
    for (const [name, { value, moments }] of this.#slots) {
      const names = slotNames(name);
      await keep(names.value, value);
      for (const kind of ['mean', 'variance'] as const) {
        if (!in8bits(moments)) {
          await keep(names[kind], moments[kind]);
          continue;
        }
        const { scales } = moments[kind];
        tensors.set(names[kind], { shape: [scales.length], data: scales.slice() });
        codes.set(names[kind], moments[kind].codes.slice());
      }
    }
    return { step: this.#step, tensors, codes };
  }

  /**
   * Goes back to a saved state; `run` then continues with the step after it.
   * @throws {CheckpointError} listing tensors that are missing or have another shape
   */
  async restore({ step, tensors, codes }: TrainerState): Promise<void> {
    const problems: string[] = [];
    const writes: (() => Promise<void> | void)[] = [];
    const check = (slot: string, shape: readonly number[], write: (data: Float32Array) => Promise<void> | void) => {
      const found = tensors.get(slot);
      if (found?.shape.join() !== shape.join()) problems.push(`"${slot}" [${shape.join(', ')}]`);
      else writes.push(() => write(found.data));
    };
    for (const [name, { value, moments }] of this.#slots) {
      const { shape } = this.method.initial.get(name)!;
      const names = slotNames(name);
      check(names.value, shape, (data) => value.write(f32Tensor(shape, data)));
      for (const kind of ['mean', 'variance'] as const) {
        if (!in8bits(moments)) {
          const variable = moments[kind];
          check(names[kind], shape, (data) => variable.write(f32Tensor(shape, data)));
          continue;
        }
        const moment = moments[kind];
        const found = codes.get(names[kind]);
        if (found?.length !== moment.codes.length) problems.push(`codes of "${names[kind]}" [${moment.codes.length}]`);
        check(names[kind], [moment.scales.length], (data) => {
          moment.scales.set(data);
          moment.codes.set(found!);
        });
      }
    }
    if (problems.length > 0)
      throw new CheckpointError(`lacks, or has in another shape: ${problems.slice(0, 5).join(', ')}`);
    for (const write of writes) await write();
    this.#step = step;
  }

  #values(): Record<string, Variable> {
    return record([...this.#slots].map(([name, { value }]) => [name, value] as const));
  }

  /** Mean loss over examples with the current values; see {@link summarise} for what is counted. */
  async evaluate(
    examples: readonly EncodedExample[],
    { count = 'answer', batchSize = 8, signal }: EvaluateOptions = {},
  ): Promise<Evaluation> {
    this.#evaluator ??= await Evaluator.create(this.engine, this.method);
    const scores = [];
    const options = { batchSize, ...(signal && { signal }) };
    for await (const score of this.#evaluator.score(examples, this.#values(), options)) scores.push(score);
    return summarise(scores, count);
  }

  /**
   * Runs to the end, or until the signal says stop; an abort is obeyed after the update in progress.
   *
   * @param validation  evaluated every `evaluateEvery` updates and after the last one
   * @throws {NonFiniteLossError} when a loss or a gradient is no number; `parameters()` then gives the last values whose
   * training loss was one
   */
  async *run(
    training: readonly EncodedExample[],
    {
      validation = [],
      signal,
    }: { readonly validation?: readonly EncodedExample[]; readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<TrainEvent, void> {
    const { options } = this;
    if (training.length === 0) throw new InvalidOptionError('training', 'holds no example');
    const perEpoch = Math.ceil(Math.ceil(training.length / options.batchSize) / options.accumulation);
    const steps = options.steps ?? Math.ceil(options.epochs * perEpoch);
    const started = performance.now();
    yield {
      type: 'run-start',
      method: this.method.kind,
      engine: this.engine.name,
      steps,
      optimizerBytes: this.#optimizerBytes(),
      trainableParameters: [...this.method.initial.values()].reduce((sum, { data }) => sum + data.length, 0),
      trainingExamples: training.length,
    };
    const aborted = (): RunEnd => ({
      type: 'run-end',
      reason: 'aborted',
      steps: this.#step,
      seconds: seconds(started),
    });
    for (const window of this.#windows(training, this.#step)) {
      if (this.#step >= steps) break;
      if (signal?.aborted) {
        yield aborted();
        return;
      }
      const event = await this.#update(window, steps, perEpoch);
      yield event;
      const due = options.evaluateEvery !== null && this.#step % options.evaluateEvery === 0;
      if (validation.length > 0 && (due || this.#step === steps)) {
        try {
          const evaluation = await this.evaluate(validation, signal ? { signal } : {});
          if (!Number.isFinite(evaluation.lossNats)) {
            this.#swap();
            throw new NonFiniteLossError('validation loss', evaluation.lossNats, { step: this.#step, exampleIds: [] });
          }
          yield { type: 'evaluation-end', step: this.#step, ...evaluation };
        } catch (error) {
          if (!signal?.aborted) throw error;
          yield aborted();
          return;
        }
      }
    }
    yield { type: 'run-end', reason: 'completed', steps: this.#step, seconds: seconds(started) };
  }

  /** Windows of batches, epoch after epoch, each epoch in an order of its own; the first `skip` of them are left out. */
  *#windows(training: readonly EncodedExample[], skip: number): Generator<readonly TokenBatch[]> {
    const { seed, batchSize, accumulation, order, packing } = this.options;
    const random = createRandom(seed);
    const lengths = training.map(({ inputIds }) => inputIds.length);
    for (let window = 0; ; ) {
      const plan = planBatches(lengths, { batchSize, order, random });
      for (let from = 0; from < plan.length; from += accumulation) {
        if (window++ < skip) continue;
        const chosen = plan.slice(from, from + accumulation);
        yield chosen.map((indices) => {
          const examples = indices.map((i) => training[i]!);
          return packing === null ? collate(examples, 0) : collatePacked(examples, 0, packing);
        });
      }
    }
  }

  async #timed<T>(work: Promise<T>): Promise<T> {
    const from = performance.now();
    try {
      return await work;
    } finally {
      this.#engineMs += performance.now() - from;
    }
  }

  async #update(window: readonly TokenBatch[], steps: number, perEpoch: number): Promise<TrainEvent> {
    const from = performance.now();
    this.#engineMs = 0;
    const supervisedTokens = window.reduce((sum, batch) => sum + batch.rows.length, 0);
    const lossNats = (await this.#accumulate(window, supervisedTokens)) / supervisedTokens;
    const place = { step: this.#step + 1, exampleIds: window.flatMap((batch) => batch.exampleIds) };
    if (!Number.isFinite(lossNats)) {
      // The values before the last update are the last whose loss was a number.
      if (this.#step > 0) this.#swap();
      throw new NonFiniteLossError('loss', lossNats, place);
    }
    const entries = [...this.#slots];
    const gradients = record(entries.map(([name, { sum }]) => [slotNames(name).gradient, sum] as const));
    const { norm } = await this.#timed(this.programs.norm.run({ feeds: gradients, fetch: ['norm'] }));
    const gradientNorm = norm!.data[0]!;
    if (!Number.isFinite(gradientNorm)) throw new NonFiniteLossError('gradient norm', gradientNorm, place);

    const { optimizer, maxGradientNorm, schedule } = this.options;
    const learningRate = this.options.learningRate * scheduleFactor(schedule, this.#step, steps);
    this.#step++;
    const clip = maxGradientNorm === null ? 1 : maxGradientNorm / (gradientNorm + 1e-6);
    await this.#timed(this.#update32bit(learningRate, clip));
    for (const [name, slots] of entries) {
      if (!in8bits(slots.moments)) continue;
      const [value, gradient] = [await slots.value.read(), await slots.sum.read()];
      updateAdamW8bit(value.data as Float32Array, gradient.data as Float32Array, slots.moments, {
        ...optimizer,
        weightDecay: this.method.decays(name) ? optimizer.weightDecay : 0,
        rate: learningRate,
        clip: Math.min(clip, 1),
        step: this.#step,
      });
      await slots.previous.write(value);
    }
    this.#swap();
    return {
      type: 'step-end',
      step: this.#step,
      steps,
      epoch: this.#step / perEpoch,
      lossNats,
      learningRate,
      gradientNorm,
      tokens: window.reduce((sum, { lengths }) => sum + lengths.reduce((a, b) => a + b, 0), 0),
      supervisedTokens,
      seconds: seconds(from),
      engineSeconds: this.#engineMs / 1000,
      residentBytes: process.memoryUsage.rss(),
    };
  }

  /** Parameters whose moments are f32, all at once on the engine. */
  async #update32bit(learningRate: number, clip: number): Promise<void> {
    const { optimizer } = this.options;
    const feeds: Record<string, Variable> = {};
    const store: Record<string, Variable> = {};
    for (const [name, { value, previous, sum, moments }] of this.#slots) {
      if (in8bits(moments)) continue;
      const names = slotNames(name);
      const { mean, variance } = moments;
      Object.assign(feeds, { [names.gradient]: sum, [names.value]: value });
      Object.assign(store, { [names.value]: previous });
      for (const slots of [feeds, store]) Object.assign(slots, { [names.mean]: mean, [names.variance]: variance });
    }
    await this.programs.update?.run({
      feeds: {
        ...feeds,
        rate: scalar(learningRate),
        correction1: scalar(1 - optimizer.beta1 ** this.#step),
        correction2: scalar(1 - optimizer.beta2 ** this.#step),
        clip: scalar(clip),
      },
      store,
    });
  }

  #swap(): void {
    for (const slots of this.#slots.values()) [slots.value, slots.previous] = [slots.previous, slots.value];
  }

  /** Adds the gradients of a window up in the `sum` slots; returns the summed loss in nats. */
  async #accumulate(window: readonly TokenBatch[], supervisedTokens: number): Promise<number> {
    let loss = 0;
    for (const [i, batch] of window.entries()) {
      const entries = [...this.#slots];
      const sums = record(entries.map(([name, { sum }]) => [accumulatorName(name), sum] as const));
      const start = record(
        entries.map(([name, { zero, sum }]) => [accumulatorName(name), i === 0 ? zero : sum] as const),
      );
      // Mixed twice, so that runs with neighbouring seeds do not draw the same masks a step apart.
      const seed = mix(mix(this.options.seed) + this.#step * this.options.accumulation + i);
      const result = await this.#timed(
        this.programs.train.run({
          feeds: {
            ...batchFeeds(this.method.model, batch),
            ...this.#values(),
            ...start,
            scale: scalar(1 / supervisedTokens),
            ...(this.method.dropout > 0 && { seed: intScalar(seed | 0) }),
          },
          fetch: ['loss'],
          store: sums,
        }),
      );
      loss += result.loss!.data[0]!;
    }
    return loss;
  }

  /** Frees what this trainer holds on the engine. */
  async dispose(): Promise<void> {
    for (const program of Object.values(this.programs)) await program.dispose();
    await this.#evaluator?.dispose();
    for (const slots of this.#slots.values()) {
      const { moments, ...variables } = slots;
      const own = in8bits(moments) ? [] : Object.values(moments);
      for (const variable of [...Object.values(variables), ...own] as Variable[]) await variable.dispose();
    }
  }
}

/** What of each example counts, and how many are taken at once. */
export interface EvaluateOptions {
  readonly count?: 'answer' | 'supervised';
  readonly batchSize?: number;
  readonly signal?: AbortSignal;
}

type RunEnd = Extract<TrainEvent, { type: 'run-end' }>;

const seconds = (fromMs: number): number => (performance.now() - fromMs) / 1000;
