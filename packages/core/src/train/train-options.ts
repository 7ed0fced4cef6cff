/** How a run is trained: what can be chosen, what is taken where nothing is, and what is refused. */
import type { BatchOptions } from '../data/batch.ts';
import { createRandom } from '../data/random.ts';
import type { Int8Products } from '../engine/engine.ts';
import { InvalidOptionError } from '../errors.ts';
import { type AdamWOptions, defaultAdamW } from './adamw.ts';
import { checkSchedule, type Schedule } from './schedule.ts';

/** Settings of the training loop. */
export interface TrainOptions {
  /** Passes over the data; ignored where `steps` is given. */
  readonly epochs: number;
  /** Updates to make. */
  readonly steps?: number;
  /** Examples in a batch. */
  readonly batchSize: number;
  /** Batches of one update, shared by the ranks. The last window of an epoch may be shorter; its tokens weigh the same. */
  readonly accumulation: number;
  /** Peak rate. */
  readonly learningRate: number;
  /** How the rate rises and falls. */
  readonly schedule: Schedule;
  /** Decays, epsilon and weight decay of AdamW. */
  readonly optimizer: AdamWOptions;
  /** Gradients are scaled down to this norm; `null` leaves them as they are. */
  readonly maxGradientNorm: number | null;
  /** Of the order of examples and of dropout. */
  readonly seed: number;
  /** How an epoch's batches are made; each epoch is shuffled anew. */
  readonly order: NonNullable<BatchOptions['order']>;
  /**
   * Lays the examples of a batch into as few positions as it can, in rows of at most so many tokens; `null` gives each
   * a row of its own. Loss and gradients are the same: examples that share a row do not see each other. One row for all
   * of a batch is fastest: give as many tokens as the model has positions.
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

/** @throws {InvalidOptionError} naming the first option that cannot be */
export function checkTrainOptions(options: TrainOptions): void {
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
