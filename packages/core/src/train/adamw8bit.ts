/**
 * AdamW with its moments in 8 bits: Dettmers et al. 2022, arXiv:2110.02861. Each block of 256 values has a scale, its
 * largest magnitude, and each value the nearest of 256 steps that lie dense near zero. Moments live in JavaScript;
 * an update reads a gradient and a value, computes in f64 and rounds the moments when it is done with them.
 */
import type { AdamWOptions } from './adamw.ts';

/** Values that share a scale. */
const BLOCK = 256;

/** Tensors with fewer elements keep their moments in f32: they are a small part of the bytes and matter most. */
export const SMALLEST_8BIT = 4096;

/**
 * The steps of dynamic quantisation, ascending: for each of seven decades below 1 the middles of equal intervals, twice
 * as many from one decade to the next, and 0 and 1. Signed, half of them below 0.
 */
export function dynamicSteps(signed: boolean): Float32Array {
  const steps = [0, 1];
  for (let decade = 0; decade < 7; decade++) {
    const count = 2 ** (signed ? decade : decade + 1);
    for (let i = 0; i < count; i++) {
      const middle = 10 ** (decade - 6) * (0.1 + (0.9 * (i + 0.5)) / count);
      steps.push(middle);
      if (signed) steps.push(-middle);
    }
  }
  return Float32Array.from(steps).sort();
}

/** Low bits of an f32 that do not choose a cell of the table; two steps are never in one cell. */
const CELL_BITS = 12;

/** Finds the nearest of 256 steps through the leading bits of a number. */
class Code {
  readonly zero: number;
  readonly #edges: Float64Array;
  /** For each cell, the code of its lowest number. */
  readonly #cells = new Uint8Array(2 ** (32 - CELL_BITS));
  readonly #units = new Float32Array(BLOCK);
  readonly #bits = new Uint32Array(this.#units.buffer);

  constructor(readonly steps: Float32Array) {
    this.zero = steps.indexOf(0);
    // What lies on an edge goes to the lower step; nothing lies above the last.
    this.#edges = Float64Array.from(steps, (step, i) => (i < 255 ? (step + steps[i + 1]!) / 2 : Infinity));
    const number = new Float32Array(1);
    const bits = new Uint32Array(number.buffer);
    for (let cell = 0; cell < this.#cells.length; cell++) {
      // Of a negative cell the lowest number has all low bits set.
      const negative = cell >= this.#cells.length / 2;
      bits[0] = (cell << CELL_BITS) | (negative ? 2 ** CELL_BITS - 1 : 0);
      const value = number[0]!;
      let code = 0;
      for (let half = 128; half > 0; half >>= 1) if (value > this.#edges[code + half - 1]!) code += half;
      this.#cells[cell] = code;
    }
  }

  /** Codes of values[0, count) over `scale`, to `codes` from `at`. @param floor  codes of what is not zero are at least this */
  encode(values: Float64Array, count: number, scale: number, codes: Uint8Array, at: number, floor: number): void {
    const inverse = scale < 1e-37 ? 0 : 1 / scale;
    for (let i = 0; i < count; i++) this.#units[i] = values[i]! * inverse;
    for (let i = 0; i < count; i++) {
      const unit = this.#units[i]!;
      let code = this.#cells[this.#bits[i]! >>> CELL_BITS]!;
      while (unit > this.#edges[code]!) code++;
      codes[at + i] = code < floor && unit !== 0 ? floor : code;
    }
  }
}

const codes: { signed?: Code; unsigned?: Code } = {};
const signedCode = (): Code => (codes.signed ??= new Code(dynamicSteps(true)));
const unsignedCode = (): Code => (codes.unsigned ??= new Code(dynamicSteps(false)));

/** One moment of one parameter. */
export interface Moment8bit {
  /** [N] */
  readonly codes: Uint8Array;
  /** f32 [ceil(N / 256)] */
  readonly scales: Float32Array;
}

export interface Moments8bit {
  readonly mean: Moment8bit;
  readonly variance: Moment8bit;
}

export function zeroMoments(length: number): Moments8bit {
  const moment = (code: Code): Moment8bit => ({
    codes: new Uint8Array(length).fill(code.zero),
    scales: new Float32Array(Math.ceil(length / BLOCK)),
  });
  return { mean: moment(signedCode()), variance: moment(unsignedCode()) };
}

export const momentBytes = (length: number): number => 2 * (length + 4 * Math.ceil(length / BLOCK));

/** What the codes stand for, f32 [N]. */
export function readMoment({ codes, scales }: Moment8bit, kind: keyof Moments8bit): Float32Array {
  const { steps } = kind === 'mean' ? signedCode() : unsignedCode();
  return Float32Array.from(codes, (code, i) => steps[code]! * scales[Math.floor(i / BLOCK)]!);
}

export interface StepOptions extends Pick<AdamWOptions, 'beta1' | 'beta2' | 'epsilon'> {
  readonly rate: number;
  /** Of this parameter; 0 where it does not decay. */
  readonly weightDecay: number;
  /** What gradients are multiplied with before anything else. */
  readonly clip: number;
  /** Updates made, this one included. */
  readonly step: number;
}

/**
 * One update, as `buildAdamW` makes it but for the moments' rounding. A variance above zero never becomes zero: its next step
 * would be far too long.
 * @param values     f32 [N]; replaced by the new ones
 * @param gradients  f32 [N]
 */
export function updateAdamW8bit(
  values: Float32Array,
  gradients: Float32Array,
  { mean, variance }: Moments8bit,
  { beta1, beta2, epsilon, rate, weightDecay, clip, step }: StepOptions,
): void {
  const [signed, unsigned] = [signedCode(), unsignedCode()];
  const [means, variances] = [new Float64Array(BLOCK), new Float64Array(BLOCK)];
  const stepSize = rate / (1 - beta1 ** step);
  const correction = 1 / Math.sqrt(1 - beta2 ** step);
  const decay = 1 - rate * weightDecay;
  for (let block = 0; block < mean.scales.length; block++) {
    const from = block * BLOCK;
    const count = Math.min(BLOCK, values.length - from);
    const [meanScale, varianceScale] = [mean.scales[block]!, variance.scales[block]!];
    let [largestMean, largestVariance] = [0, 0];
    for (let i = 0; i < count; i++) {
      const at = from + i;
      const gradient = gradients[at]! * clip;
      const oldMean = signed.steps[mean.codes[at]!]! * meanScale;
      const m = oldMean + (gradient - oldMean) * (1 - beta1);
      const v = unsigned.steps[variance.codes[at]!]! * varianceScale * beta2 + gradient * gradient * (1 - beta2);
      values[at] = values[at]! * decay - (stepSize * m) / (Math.sqrt(v) * correction + epsilon);
      means[i] = m;
      variances[i] = v;
      const magnitude = Math.abs(m);
      if (magnitude > largestMean) largestMean = magnitude;
      if (v > largestVariance) largestVariance = v;
    }
    mean.scales[block] = largestMean;
    variance.scales[block] = largestVariance;
    signed.encode(means, count, mean.scales[block]!, mean.codes, from, 0);
    unsigned.encode(variances, count, variance.scales[block]!, variance.codes, from, 1);
  }
}
