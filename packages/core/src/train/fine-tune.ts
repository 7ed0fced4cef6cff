/** The main job from end to end: prepare the records, measure, train, measure again, save. */
import { createHash } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Collective } from '../collective/collective.ts';
import { singleProcess } from '../collective/single-process.ts';
import { coreVersion } from '../core-version.ts';
import type { EncodedExample } from '../data/encode-example.ts';
import { type SplitManifest, writeManifest } from '../data/manifest.ts';
import { type PreparedData, type PrepareOptions, prepareData } from '../data/prepare.ts';
import { promptTemplate, type TemplateName } from '../data/prompt-template.ts';
import { createRandom } from '../data/random.ts';
import { assertTokenizerFits, type Tokenizer } from '../data/tokenizer.ts';
import type { Engine } from '../engine/engine.ts';
import { type EngineChoice, type EngineRequest, selectEngine } from '../engine/select-engine.ts';
import { InvalidOptionError, NonFiniteLossError } from '../errors.ts';
import { packAdapter, startAdapter } from '../io/adapter-values.ts';
import { type OpenedModel, openModel } from '../io/open-model.ts';
import { writeAdapter } from '../io/peft-adapter.ts';
import { type Base, heldAs, type QuantizationReport } from '../io/quantize-model.ts';
import { openQuantizedBase, type QuantizedBaseOptions } from '../io/quantized-base.ts';
import { openTokenizer } from '../io/tokenizer-json.ts';
import { writeTrainedModel } from '../io/write-model.ts';
import { type ParameterValues, reportTrainable, type TrainableReport } from '../lora/adapter.ts';
import { type AdapterSpec, defaultAdapterSpec } from '../lora/adapter-spec.ts';
import { CheckpointStore } from './checkpoint.ts';
import type { Evaluation } from './evaluate.ts';
import { type FullOptions, fullMethod, loraMethod, type TuningMethod } from './method.ts';
import { agreeOnRun, shareState } from './rank-duties.ts';
import { type RunFacts, writeRunCard } from './run-card.ts';
import { MANIFEST_FILE, writeRunFile } from './run-file.ts';
import type { TrainEvent } from './train-event.ts';
import type { TrainOptions } from './train-options.ts';
import { Trainer } from './trainer.ts';

/** A fine-tuning job. Everything in it that is data is kept in run.json beside the result. */
export interface FineTuneOptions
  extends Pick<
    PrepareOptions,
    | 'safetyPrefix'
    | 'disclaimer'
    | 'read'
    | 'maxTokens'
    | 'overLimit'
    | 'split'
    | 'seed'
    | 'minAnswerCharacters'
    | 'tokenCache'
    | 'versions'
  > {
  /** A Hugging Face model folder with a tokenizer.json. */
  readonly model: string;
  /** JSONL, JSON or CSV files with instruction, input and output. */
  readonly records: readonly string[];
  /** Where the adapter and the manifest go. */
  readonly output: string;
  /** Default: the tokenizer's own chat template, or Alpaca's where it has none. */
  readonly template?: TemplateName;
  /** Rank, scale, targets and dropout of the adapter. Default {@link defaultAdapterSpec}. */
  readonly adapter?: Partial<AdapterSpec>;
  /** Train every weight, in place of an adapter; the model is written to `output`/model. */
  readonly full?: FullOptions | undefined;
  /** Hold the frozen base in 8 or 4 bits; for adapters. The adapter is saved for the base as its files have it. */
  readonly quantize?: Omit<QuantizedBaseOptions, 'signal'> | undefined;
  /** Settings of the loop. Default {@link defaultTrainOptions}. */
  readonly train?: Partial<TrainOptions>;
  /** Updates between checkpoints, kept in `output`/checkpoints. Default: none, except when the run is aborted. */
  readonly checkpointEvery?: number;
  /** Latest checkpoints that are kept, beside the best. Default 2. */
  readonly keepCheckpoints?: number;
  /** Go on from the latest checkpoint, bit for bit; from the start where there is none. */
  readonly resume?: boolean;
  /** Stops after the update in progress, and saves. */
  readonly signal?: AbortSignal;
}

/** The records are read, cleaned, split and tokenized. */
export interface PrepareEndEvent {
  /** Names the event. */
  readonly type: 'prepare-end';
  /** Records read, changed and dropped. */
  readonly report: PreparedData['report'];
  /** Examples of each part. */
  readonly examples: { readonly train: number; readonly validation: number; readonly test: number };
  /** How much of the model is trained. */
  readonly trainable: TrainableReport;
}
/** The untrained model on the validation records: the figure to beat. */
export interface BaselineEndEvent extends Evaluation {
  /** Names the event. */
  readonly type: 'baseline-end';
}
/** The frozen base is held in a narrower type than its files do. */
export interface QuantizeEndEvent extends Omit<QuantizationReport, 'matrices'> {
  /** Names the event. */
  readonly type: 'quantize-end';
  /** What the matrices are held in, in words: `nf4 with scales in 8 bits`. */
  readonly heldAs: string;
  /** Where the quantised matrices lie. */
  readonly file: string;
  /** Whether the file was made now; an earlier run may have left it. */
  readonly made: boolean;
  /** Matrices in narrow types. */
  readonly matrices: number;
}
/** The adapter, or the model, is on disk. */
export interface SaveEndEvent {
  /** Names the event. */
  readonly type: 'save-end';
  /** Where adapter or model was saved. */
  readonly folder: string;
  /** Updates the saved adapter has seen. */
  readonly step: number;
}
/** A checkpoint is on disk. */
export interface CheckpointEndEvent {
  /** Names the event. */
  readonly type: 'checkpoint-end';
  /** Where it was saved. */
  readonly folder: string;
  /** Updates made by then. */
  readonly step: number;
}
/** The run goes on after this many updates, which an earlier process made. */
export interface ResumeEvent {
  /** Names the event. */
  readonly type: 'resume';
  /** Updates made before. */
  readonly step: number;
}
/** What {@link fineTune} tells while it goes. */
export type FineTuneEvent =
  | EngineChoice
  | TrainEvent
  | PrepareEndEvent
  | QuantizeEndEvent
  | BaselineEndEvent
  | SaveEndEvent
  | CheckpointEndEvent
  | ResumeEvent;

/** What a run of {@link fineTune} works on, ready before the first step. */
export interface FineTuneInputs {
  /** The base. */
  readonly opened: OpenedModel;
  /** Of the base. */
  readonly tokenizer: Tokenizer;
  /** The records, split and encoded. */
  readonly prepared: PreparedData;
}

const baseOf = ({ quantize }: FineTuneOptions): Pick<SplitManifest, 'base'> =>
  quantize
    ? { base: { quantized: quantize.dtype, ...(quantize.doubleQuantization && { doubleQuantization: true }) } }
    : {};

/**
 * Opens the model and prepares the records.
 * @throws {InvalidOptionError} no record is left to train on; a base that is trained as a whole is to be quantised
 */
export async function prepareFineTune(options: FineTuneOptions): Promise<FineTuneInputs> {
  if (options.full && options.quantize)
    throw new InvalidOptionError('quantize', 'is for adapters: codes of 8 or 4 bits cannot be trained');
  const opened = await openModel(options.model);
  const tokenizer = await openTokenizer(options.model);
  assertTokenizerFits(tokenizer, opened.model.vocabSize);
  const name = options.template ?? (tokenizer.chatTemplate === null ? 'alpaca' : 'chat');
  const window = opened.model.maxPositions;
  const prepared = await prepareData({
    ...options,
    tokenizer,
    template: promptTemplate(name, tokenizer),
    parallel: { tokenizerFolder: options.model },
    maxTokens: Math.min(options.maxTokens ?? window, window),
    versions: { '@alpacare/core': coreVersion(), ...options.versions },
  });
  if (prepared.split.train.length === 0) {
    throw new InvalidOptionError(
      'records',
      `leave nothing to train on: ${prepared.report.dropped.length} of ${prepared.report.read} were dropped`,
    );
  }
  return { opened, tokenizer, prepared: { ...prepared, manifest: { ...prepared.manifest, ...baseOf(options) } } };
}

const plainJson = (value: unknown): Record<string, unknown> => JSON.parse(JSON.stringify(value));

const signalOf = ({ signal }: FineTuneOptions) => (signal ? { signal } : {});

const examplesOf = (records: readonly { readonly example: EncodedExample }[]) => records.map(({ example }) => example);

/** What differs between training an adapter and training every weight. */
interface Job {
  readonly method: TuningMethod;
  readonly report: TrainableReport;
  /** What a checkpoint must agree with. */
  readonly identity: Readonly<Record<string, unknown>>;
  /** @returns the folder written to */
  save(values: ParameterValues, facts: RunFacts): Promise<string>;
}

async function adapterJob({ model, weights }: Base, options: FineTuneOptions, seed: number): Promise<Job> {
  const spec: AdapterSpec = { ...defaultAdapterSpec, ...options.adapter };
  const start = await startAdapter(model, weights, spec, createRandom(seed));
  return {
    method: loraMethod(model, weights, spec, createRandom(seed), start),
    report: reportTrainable(model, spec),
    identity: { adapter: spec, ...baseOf(options) },
    save: async (values, facts) => {
      const { config, tensors, saved } = packAdapter(model, spec, values, options.model);
      await writeAdapter(options.output, config, tensors, saved);
      await writeRunCard(options, config, facts);
      return options.output;
    },
  };
}

async function fullJob(opened: OpenedModel, options: FineTuneOptions, full: FullOptions): Promise<Job> {
  const method = await fullMethod(opened.model, opened.weights, full);
  const total = [...method.initial.values()].reduce((sum, { data }) => sum + data.length, 0);
  return {
    method,
    report: { trainable: total, total, share: 1, modules: opened.model.linears.length },
    identity: { full },
    save: async (values) => {
      const target = join(options.output, 'model');
      const writing = join(options.output, '.model-writing');
      await rm(writing, { recursive: true, force: true });
      await writeTrainedModel(writing, opened, values);
      // The old model stays whole until the new one is complete on disk.
      await rm(target, { recursive: true, force: true });
      await rename(writing, target);
      return target;
    },
  };
}

/**
 * Trains a LoRA adapter on records, or every weight, and saves it (an adapter as PEFT does) beside the manifest that
 * makes the run repeatable.
 *
 * Perplexities count the answers without the disclaimer. An abort saves what there is. When the loss stops being a
 * number, the last good adapter is saved and the error is thrown.
 *
 * Ranks that train together all call this alike; rank 0 alone writes. A window's batches (`train.accumulation`, by
 * default one for each rank) are shared among them.
 *
 * @param engine  one that is open, or what to look for; then the first event says which was taken and why, and it is
 *   closed at the end
 * @throws {EngineUnavailableError} listing what the device that was asked for lacks
 */
export async function* fineTune(
  engine: Engine | EngineRequest,
  options: FineTuneOptions,
  inputs?: FineTuneInputs,
  collective: Collective = singleProcess,
): AsyncGenerator<FineTuneEvent, void> {
  if (typeof engine === 'string') {
    const selected = await selectEngine(engine);
    try {
      yield selected.choice;
      yield* fineTune(selected.engine, options, inputs, collective);
    } finally {
      await selected.engine.dispose();
    }
    return;
  }
  const { opened, prepared } = inputs ?? (await prepareFineTune(options));
  const { split, report, manifest } = prepared;
  const seed = options.train?.seed ?? options.seed ?? 42;
  const quantized =
    options.quantize && (await openQuantizedBase(opened, { ...options.quantize, ...signalOf(options) }));
  if (quantized) {
    const { file, made, report: about } = quantized;
    yield { type: 'quantize-end', ...about, heldAs: heldAs(about), file, made, matrices: about.matrices.length };
  }
  const job = options.full
    ? await fullJob(opened, options, options.full)
    : await adapterJob(quantized ?? opened, options, seed);
  yield {
    type: 'prepare-end',
    report,
    examples: { train: split.train.length, validation: split.validation.length, test: split.test.length },
    trainable: job.report,
  };
  const isWriter = collective.rank === 0;
  const train = { accumulation: collective.size, ...options.train };
  if (isWriter) {
    await mkdir(options.output, { recursive: true });
    await writeRunFile(collective.size === 1 ? options : { ...options, train });
    await writeManifest(join(options.output, MANIFEST_FILE), manifest);
  }

  const trainer = await Trainer.create(engine, job.method, { ...train, seed }, collective);
  let baseline: Evaluation | undefined;
  let last: Evaluation | undefined;
  const save = async (): Promise<SaveEndEvent> => {
    const known = { records: split.train.length, versions: manifest.versions, quantized: quantized?.report };
    const facts = { ...known, steps: trainer.step, baseline, last };
    const folder = await job.save(await trainer.parameters(), facts);
    return { type: 'save-end', folder, step: trainer.step };
  };
  const validation = examplesOf(split.validation);
  const { versions: _, samples, ...header } = manifest;
  const identity = {
    base: basename(resolve(options.model)),
    ...job.identity,
    train: trainer.options,
    split: { ...header, samples: createHash('sha256').update(JSON.stringify(samples)).digest('hex') },
  };
  const store = new CheckpointStore(join(options.output, 'checkpoints'), plainJson(identity), options.keepCheckpoints);
  const checkpoint = async (validationNats: number | null): Promise<CheckpointEndEvent> => {
    const folder = await store.save(await trainer.state(), validationNats);
    return { type: 'checkpoint-end', folder, step: trainer.step };
  };
  try {
    await agreeOnRun(collective, store.identity);
    const saved = options.resume ? await shareState(collective, () => store.latest()) : undefined;
    if (saved) {
      await trainer.restore(saved);
      yield { type: 'resume', step: saved.step };
    } else if (validation.length > 0) {
      baseline = await trainer.evaluate(validation);
      yield { type: 'baseline-end', ...baseline };
    }
    const training = examplesOf(split.train);
    const signal = signalOf(options);
    try {
      const every = trainer.options.evaluateEvery;
      const isDue = (step: number, period: number | null | undefined) => !!period && step % period === 0;
      for await (const event of trainer.run(training, { validation, ...signal })) {
        yield event;
        if (event.type === 'evaluation-end') last = event;
        if (event.type === 'step-end' && isDue(event.step, options.checkpointEvery)) {
          // Where a validation follows, the checkpoint waits for its loss.
          const measured = validation.length > 0 && (isDue(event.step, every) || event.step === event.steps);
          if (!measured && isWriter) yield await checkpoint(null);
        }
        if (event.type === 'evaluation-end' && isWriter && isDue(event.step, options.checkpointEvery)) {
          yield await checkpoint(event.lossNats);
        }
        const isStopped = event.type === 'run-end' && event.reason === 'aborted' && trainer.step > 0;
        if (isStopped && isWriter) yield await checkpoint(null);
      }
    } catch (error) {
      if (error instanceof NonFiniteLossError) {
        if (isWriter) yield await save();
        await collective.barrier(); // whoever reports the error ends the others
      }
      throw error;
    }
    if (isWriter) yield await save();
  } finally {
    await trainer.dispose();
  }
}
