/** The training loop. It yields events and prints nothing; parameters and moments stay on the engine's side. */
import { type Collective, rankName, type Traffic } from '../collective/collective.ts';
import { singleProcess } from '../collective/single-process.ts';
import { collate, collatePacked, planBatches } from '../data/batch.ts';
import type { EncodedExample } from '../data/encode-example.ts';
import { createRandom } from '../data/random.ts';
import { type Engine, f32Tensor, intScalar, type Program, scalar, type Variable } from '../engine/engine.ts';
import { CheckpointError, InvalidOptionError, NonFiniteLossError } from '../errors.ts';
import type { ParameterValues } from '../lora/adapter.ts';
import { mix } from '../tensor/dropout-bits.ts';
import { buildGradientNorm, slotNames } from './adamw.ts';
import { checkRanks, DataParallel, type Exchange, planWindow, type Window } from './data-parallel.ts';
import { type Evaluation, Evaluator } from './evaluate.ts';
import { EvaluationStopped, evaluateTogether } from './evaluate-together.ts';
import { accumulatorName, batchFeeds, buildTrainingGraph, logitsBytes } from './loss.ts';
import type { TuningMethod } from './method.ts';
import { AdamW, type SavedMoments } from './optimizer.ts';
import { scheduleFactor } from './schedule.ts';
import type { TrainEvent } from './train-event.ts';
import { checkTrainOptions, defaultTrainOptions, type TrainOptions } from './train-options.ts';

/** What a checkpoint holds: values and moments by slot name (`value:P`, `mean:P`, `variance:P`). */
export interface TrainerState extends SavedMoments {
  /** Updates made. */
  readonly step: number;
}

interface Slots {
  value: Variable;
  /** The value before the last update, which writes here; then the two change places. */
  previous: Variable;
  readonly sum: Variable;
  readonly zero: Variable;
}

const record = <T>(entries: Iterable<readonly [string, T]>): Record<string, T> => Object.fromEntries(entries);

/** The training loop: batches in, updates on the engine, events out. */
export class Trainer {
  readonly #slots: ReadonlyMap<string, Slots>;
  #step = 0;
  #engineMs = 0;
  #exchange: Exchange = { seconds: 0, waitSeconds: 0, sentBytes: 0 };
  readonly #parallel: DataParallel;
  #evaluator: Evaluator | undefined;

  private constructor(
    /** Where it computes. */
    readonly engine: Engine,
    /** What is trained. */
    readonly method: TuningMethod,
    /** Settings of the loop, complete. */
    readonly options: TrainOptions,
    private readonly programs: { readonly train: Program; readonly norm: Program },
    private readonly logitsBytes: number,
    private readonly optimizer: AdamW,
    slots: ReadonlyMap<string, Slots>,
    /** Ranks that train together. */
    readonly collective: Collective,
  ) {
    this.#slots = slots;
    this.#parallel = new DataParallel(collective);
  }

  /**
   * Compiles the graphs and puts the starting values on the engine.
   * @param collective  ranks that train together; all of them call `run`, `evaluate` and `restore` alike
   */
  static async create(
    engine: Engine,
    method: TuningMethod,
    options: Partial<TrainOptions> = {},
    collective: Collective = singleProcess,
  ): Promise<Trainer> {
    const full = { ...defaultTrainOptions, ...options };
    checkTrainOptions(full);
    checkRanks(full, collective);
    const shapes = [...method.initial].map(([name, { shape }]) => ({ name, shape, decays: method.decays(name) }));
    const graph = buildTrainingGraph(method, full);
    const programs = {
      train: await engine.compile(graph, { label: 'training step', int8: full.int8 }),
      norm: await engine.compile(buildGradientNorm(shapes), { label: 'gradient norm' }),
    };
    const optimizer = await AdamW.create(engine, method, full.optimizer);
    const slots = new Map<string, Slots>();
    for (const [name, { shape, data }] of method.initial) {
      const zeros = () => engine.createVariable(f32Tensor(shape, new Float32Array(data.length)));
      slots.set(name, {
        value: await engine.createVariable(f32Tensor(shape, data)),
        previous: await zeros(),
        sum: await zeros(),
        zero: await zeros(),
      });
    }
    return new Trainer(engine, method, full, programs, logitsBytes(graph, full.int8), optimizer, slots, collective);
  }

  /** Updates made so far. */
  get step(): number {
    return this.#step;
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
    const { tensors, codes } = await this.optimizer.save();
    const values = [...(await this.parameters())].map(([name, value]) => [slotNames(name).value, value] as const);
    return { step: this.#step, tensors: new Map([...values, ...tensors]), codes };
  }

  /**
   * Goes back to a saved state; `run` then continues with the step after it.
   * @throws {CheckpointError} listing tensors that are missing or have another shape
   */
  async restore({ step, tensors, codes }: TrainerState): Promise<void> {
    const problems: string[] = [];
    const tensorOf = (slot: string, shape: readonly number[]): Float32Array | undefined => {
      const found = tensors.get(slot);
      if (found?.shape.join() === shape.join()) return found.data;
      problems.push(`"${slot}" [${shape.join(', ')}]`);
      return undefined;
    };
    const writes = this.optimizer.planRestore(codes, tensorOf, (problem) => problems.push(problem));
    for (const [name, { value }] of this.#slots) {
      const { shape } = this.method.initial.get(name)!;
      const data = tensorOf(slotNames(name).value, shape);
      if (data) writes.push(() => value.write(f32Tensor(shape, data)));
    }
    if (problems.length > 0)
      throw new CheckpointError(`lacks, or has in another shape: ${problems.slice(0, 5).join(', ')}`);
    for (const write of writes) await write();
    this.#step = step;
  }

  #values(): Record<string, Variable> {
    return record([...this.#slots].map(([name, { value }]) => [name, value] as const));
  }

  /** Mean loss over examples with the current values; see `summarise` for what is counted. */
  async evaluate(
    examples: readonly EncodedExample[],
    { count = 'answer', batchSize = 8, signal }: EvaluateOptions = {},
  ): Promise<Evaluation> {
    this.#evaluator ??= await Evaluator.create(this.engine, this.method);
    const options = { count, batchSize, ...(signal && { signal }) };
    return evaluateTogether(this.collective, this.#evaluator, examples, this.#values(), options);
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
      optimizerBytes: this.optimizer.bytes,
      trainableParameters: [...this.method.initial.values()].reduce((sum, { data }) => sum + data.length, 0),
      trainingExamples: training.length,
      ...(!this.#parallel.isAlone && { ranks: this.collective.size, hosts: new Set(this.collective.hosts).size }),
    };
    const aborted = (): RunEnd => ({
      type: 'run-end',
      reason: 'aborted',
      steps: this.#step,
      seconds: seconds(started),
      ...this.#communication(started),
    });
    if (!this.#parallel.isAlone) await this.#parallel.compare(this.#step, true, () => this.parameters());
    for (const window of this.#windows(training, this.#step)) {
      if (this.#step >= steps) break;
      // Ranks stop together, after a step in which one of them was asked to.
      if (this.#parallel.isAlone ? signal?.aborted : this.#parallel.stops) {
        yield aborted();
        return;
      }
      const event = await this.#update(window, steps, perEpoch, signal);
      await this.#parallel.compare(this.#step, this.#step === steps, () => this.parameters());
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
          if (!signal?.aborted && !(error instanceof EvaluationStopped)) throw error;
          yield aborted();
          return;
        }
      }
    }
    yield { ...aborted(), reason: 'completed' };
  }

  /** Of a run of several ranks: what it spent on exchanging gradients. */
  #communication(started: number): Pick<RunEnd, 'communication'> {
    if (this.#parallel.isAlone) return {};
    const { seconds: spent, waitSeconds, sentBytes } = this.#exchange;
    const all = seconds(started);
    return { communication: { share: spent / all, waitShare: waitSeconds / all, sentBytes } };
  }

  /** Windows of batches, epoch after epoch, each epoch in an order of its own; the first `skip` of them are left out. */
  *#windows(training: readonly EncodedExample[], skip: number): Generator<Window> {
    const { seed, batchSize, accumulation, order } = this.options;
    const random = createRandom(seed);
    const lengths = training.map(({ inputIds }) => inputIds.length);
    for (let window = 0; ; ) {
      const plan = planBatches(lengths, { batchSize, order, random });
      for (let from = 0; from < plan.length; from += accumulation) {
        if (window++ < skip) continue;
        const chosen = plan.slice(from, from + accumulation);
        yield planWindow(
          chosen.map((indices) => indices.map((i) => training[i]!)),
          this.collective,
        );
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

  async #update(window: Window, steps: number, perEpoch: number, signal?: AbortSignal): Promise<TrainEvent> {
    const from = performance.now();
    this.#engineMs = 0;
    const localLoss = await this.#accumulate(window);
    const before = this.collective.traffic;
    const exchanging = performance.now();
    const entries = [...this.#slots];
    const sums = new Map(
      entries.map(([name, { sum }]) => [name, { sum, shape: this.method.initial.get(name)!.shape }] as const),
    );
    await this.#parallel.sumGradients(sums, window.mine.length === 0);
    const gradients = record(entries.map(([name, { sum }]) => [slotNames(name).gradient, sum] as const));
    const normFrom = performance.now();
    const { norm } = await this.#timed(this.programs.norm.run({ feeds: gradients, fetch: ['norm'] }));
    const normMs = performance.now() - normFrom;
    const agreed = await this.#parallel.agree({
      loss: localLoss,
      gradientNorm: norm!.data[0]!,
      wantsToStop: signal?.aborted ?? false,
    });
    const exchange = this.#addExchange(before, performance.now() - exchanging - normMs);
    if (agreed.culprit) this.#fail(agreed.culprit, agreed.gradientNorm, window);
    const { gradientNorm } = agreed;
    const lossNats = agreed.loss / window.supervisedTokens;

    const { maxGradientNorm, schedule } = this.options;
    const rate = this.options.learningRate * scheduleFactor(schedule, this.#step, steps);
    const clip = maxGradientNorm === null ? 1 : maxGradientNorm / (gradientNorm + 1e-6);
    await this.#timed(this.optimizer.update(this.#slots, { rate, clip, step: ++this.#step }));
    this.#swap();
    return {
      type: 'step-end',
      step: this.#step,
      steps,
      epoch: this.#step / perEpoch,
      lossNats,
      learningRate: rate,
      gradientNorm,
      tokens: window.tokens,
      supervisedTokens: window.supervisedTokens,
      seconds: seconds(from),
      engineSeconds: this.#engineMs / 1000,
      residentBytes: process.memoryUsage.rss(),
      ...(exchange && { exchange }),
    };
  }

  /** @throws {NonFiniteLossError} naming the rank, where there are several, and the examples it had */
  #fail(culprit: { readonly rank: number; readonly loss: number }, gradientNorm: number, window: Window): never {
    const theirs = window.batches.filter(({ position }) => window.ranks[position] === culprit.rank);
    const place = {
      step: this.#step + 1,
      exampleIds: theirs.flatMap(({ examples }) => examples.map(({ id }) => id)),
      ...(!this.#parallel.isAlone && { rank: rankName(this.collective, culprit.rank) }),
    };
    if (Number.isFinite(culprit.loss)) throw new NonFiniteLossError('gradient norm', gradientNorm, place);
    // The values before the last update are the last whose loss was a number.
    if (this.#step > 0) this.#swap();
    throw new NonFiniteLossError('loss', culprit.loss, place);
  }

  /** Adds up what an update spent on the others; undefined with one rank. */
  #addExchange(before: Traffic, ms: number): Exchange | undefined {
    if (this.#parallel.isAlone) return undefined;
    const { waitSeconds, sentBytes } = this.collective.traffic;
    const waited = waitSeconds - before.waitSeconds;
    const now = { seconds: ms / 1000 - waited, waitSeconds: waited, sentBytes: sentBytes - before.sentBytes };
    this.#exchange = {
      seconds: this.#exchange.seconds + now.seconds,
      waitSeconds: this.#exchange.waitSeconds + now.waitSeconds,
      sentBytes: this.#exchange.sentBytes + now.sentBytes,
    };
    return now;
  }

  #swap(): void {
    for (const slots of this.#slots.values()) [slots.value, slots.previous] = [slots.previous, slots.value];
  }

  /** Adds the gradients of this rank's batches up in the `sum` slots; returns their summed loss in nats. */
  async #accumulate({ mine, supervisedTokens }: Window): Promise<number> {
    const { packing } = this.options;
    let loss = 0;
    for (const [i, { position, examples }] of mine.entries()) {
      const batch = packing === null ? collate(examples, 0) : collatePacked(examples, 0, packing);
      const entries = [...this.#slots];
      const sums = record(entries.map(([name, { sum }]) => [accumulatorName(name), sum] as const));
      const start = record(
        entries.map(([name, { zero, sum }]) => [accumulatorName(name), i === 0 ? zero : sum] as const),
      );
      // Mixed twice, so that runs with neighbouring seeds do not draw the same masks a step apart.
      const seed = mix(mix(this.options.seed) + this.#step * this.options.accumulation + position);
      const result = await this.#timed(
        this.programs.train.run({
          feeds: {
            ...batchFeeds(this.method.model, batch, this.logitsBytes),
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
    await this.optimizer.dispose();
    await this.#evaluator?.dispose();
    for (const slots of this.#slots.values()) {
      for (const variable of Object.values(slots) as Variable[]) await variable.dispose();
    }
  }
}

/** What of each example counts, and how many are taken at once. */
export interface EvaluateOptions {
  /** `answer` leaves the disclaimer out; `supervised` takes all that training counts. Default `answer`. */
  readonly count?: 'answer' | 'supervised';
  /** Examples at once. Default 8. */
  readonly batchSize?: number;
  /** Stops between two batches. */
  readonly signal?: AbortSignal;
}

type RunEnd = Extract<TrainEvent, { type: 'run-end' }>;

const seconds = (fromMs: number): number => (performance.now() - fromMs) / 1000;
