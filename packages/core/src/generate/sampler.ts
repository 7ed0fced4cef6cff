/** Logits -> the next token. The steps and their order are those of transformers' `generate`. */
import type { Random } from '../data/random.ts';
import { InvalidOptionError, NonFiniteLogitsError } from '../errors.ts';

/** How the next token is drawn from the logits. */
export interface SamplingOptions {
  /** 0 takes the likeliest token; above, logits are divided by it. */
  readonly temperature: number;
  /** Keep the k likeliest tokens; 0 keeps all. */
  readonly topK: number;
  /** Keep the smallest set of likeliest tokens whose probabilities reach this; 1 keeps all. Holtzman et al. 2020, arXiv:1904.09751. */
  readonly topP: number;
  /** Above 1 makes tokens that occurred less likely: Keskar et al. 2019, arXiv:1909.05858. 1 is off. */
  readonly repetitionPenalty: number;
  /** Of the draw; the same seed draws the same tokens. */
  readonly seed: number;
}

/** Greedy: the likeliest token each time. */
export const defaultSampling: SamplingOptions = { temperature: 0, topK: 0, topP: 1, repetitionPenalty: 1, seed: 42 };

/** @throws {InvalidOptionError} */
export function checkSampling({ temperature, topK, topP, repetitionPenalty }: SamplingOptions): void {
  if (!(temperature >= 0) || !Number.isFinite(temperature)) {
    throw new InvalidOptionError('temperature', `must be 0 or more, found ${temperature}`);
  }
  if (!Number.isInteger(topK) || topK < 0)
    throw new InvalidOptionError('topK', `must be a whole number from 0, found ${topK}`);
  if (!(topP > 0 && topP <= 1)) throw new InvalidOptionError('topP', `must be in (0, 1], found ${topP}`);
  if (!(repetitionPenalty > 0) || !Number.isFinite(repetitionPenalty)) {
    throw new InvalidOptionError('repetitionPenalty', `must be above 0, found ${repetitionPenalty}`);
  }
}

function penalise(logits: Float32Array, seen: Iterable<number>, penalty: number): void {
  for (const id of new Set(seen)) {
    const logit = logits[id];
    if (logit !== undefined) logits[id] = logit > 0 ? logit / penalty : logit * penalty;
  }
}

/** The first that is NaN or infinitely likely, or -1. A loop: for each token, a function for each logit takes longer than all else here. */
function firstWithoutMeaning(logits: Float32Array): number {
  for (let id = 0; id < logits.length; id++) if (!(logits[id]! < Infinity)) return id;
  return -1;
}

const ID_RANGE = 2 ** 21;

function likeliest(logits: Float32Array): number {
  let best = 0;
  for (let id = 1; id < logits.length; id++) if (logits[id]! > logits[best]!) best = id;
  return best;
}

/**
 * Ids from the likeliest down, the smaller first of equals. A key of 32 bits that grow as the logit falls, before 21 bits
 * of the id, fits a double, and these are sorted four times as fast as ids by a function.
 */
function byLikelihood(logits: Float32Array): number[] {
  const bits = new Uint32Array(Float32Array.from(logits, (logit) => logit + 0).buffer); // no negative zero
  const keys = Float64Array.from(bits, (b, id) => {
    const falling = b >>> 31 ? b : 0x7fffffff - b;
    return falling * ID_RANGE + id;
  }).sort();
  return Array.from(keys, (key) => key % ID_RANGE);
}

/**
 * Draws a token.
 * @param logits  [V]; changed by the penalty
 * @param seen    ids of prompt and answer so far
 * @throws {NonFiniteLogitsError} when the model's weights or an adapter make no sense
 */
export function sample(logits: Float32Array, seen: Iterable<number>, options: SamplingOptions, random: Random): number {
  const bad = firstWithoutMeaning(logits);
  if (bad >= 0) throw new NonFiniteLogitsError(bad, logits[bad]!);
  if (options.repetitionPenalty !== 1) penalise(logits, seen, options.repetitionPenalty);
  if (options.temperature === 0) return likeliest(logits);
  const ids = byLikelihood(logits);
  const kept = options.topK > 0 ? ids.slice(0, options.topK) : ids;
  const max = logits[kept[0]!]!;
  const weights = kept.map((id) => Math.exp((logits[id]! - max) / options.temperature));
  const total = weights.reduce((a, b) => a + b, 0);
  let count = 0;
  for (let mass = 0; count < weights.length && mass < options.topP * total; count++) mass += weights[count]!;
  const nucleus = weights.slice(0, Math.max(count, 1));
  let point = random.nextFloat() * nucleus.reduce((a, b) => a + b, 0);
  for (const [i, weight] of nucleus.entries()) {
    point -= weight;
    if (point < 0) return kept[i]!;
  }
  return kept[nucleus.length - 1]!;
}
