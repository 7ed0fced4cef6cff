/**
 * Frozen matrices in 8 and 4 bits. A matrix W [O, I] is codes and scales:
 *
 * - `int8`: one scale for each output channel, W[o, i] = scale[o] · code[o, i], codes in [-127, 127].
 * - `int4`: one scale for each block of 128 inputs (of 64 where a row is no multiple of 128), W = scale · (code - 8), codes in
 *   [0, 15]. The scale is the one of a few that leaves the smallest error.
 * - `nf4`: one scale for each block of 64 inputs, W = scale · NF4[code]. Dettmers et al. 2023, arXiv:2305.14314. The scales may
 *   be codes themselves: `double-quantization.ts`.
 *
 * Two 4-bit codes share a byte: the earlier one in the low half for `int4` (as ONNX has it), in the high half for `nf4`
 * (as bitsandbytes has it).
 */
import { type NestedScales, nestScales, widenScales } from './double-quantization.ts';
import type { QuantizedDType } from './dtype.ts';
import type { QuantizedWeightRef } from './op.ts';

/** Inputs that share a scale in `nf4`, and the least of them in `int4`. */
export const BLOCK = 64;

/** Inputs that share a scale in a matrix that is made now, of so many in a row. */
export const blockFor = (dtype: QuantizedDType, inputs: number): number =>
  dtype === 'int8' ? inputs : dtype === 'int4' && inputs % (2 * BLOCK) === 0 ? 2 * BLOCK : BLOCK;

/** Inputs that share a scale in a matrix, as its file has it. */
export const blockOf = ({
  shape: [O, I],
  scales,
  nested,
}: Pick<QuantizedWeightRef, 'shape' | 'scales' | 'nested'>): number =>
  nested ? BLOCK : (4 * O * I) / scales.byteLength;

/** Quantiles of a normal distribution, scaled to [-1, 1], with an exact zero: the table of QLoRA (appendix E). */
export const NF4 = Float32Array.of(
  -1,
  -0.6961928009986877,
  -0.5250730514526367,
  -0.39491748809814453,
  -0.28444138169288635,
  -0.18477343022823334,
  -0.09105003625154495,
  0,
  0.07958029955625534,
  0.16093020141124725,
  0.24611230194568634,
  0.33791524171829224,
  0.44070982933044434,
  0.5626170039176941,
  0.7229568362236023,
  1,
);

/** Between two neighbours of the table. */
const NF4_EDGES = Float64Array.from({ length: 15 }, (_, i) => (NF4[i]! + NF4[i + 1]!) / 2);

/** Sum of squares of each column of values [O, I]. */
export function columnEnergy(values: Float32Array, inputs: number): Float32Array {
  const energy = new Float64Array(inputs);
  for (let from = 0; from < values.length; from += inputs) {
    for (let i = 0; i < inputs; i++) energy[i]! += values[from + i]! ** 2;
  }
  return Float32Array.from(energy);
}

export interface QuantizedMatrix {
  /** int8 [O, I], or two codes a byte [O, I / 2]. */
  readonly codes: Uint8Array;
  /** [O] for int8, else [O, I / {@link blockFor}]. */
  readonly scales: Float32Array | Float64Array;
}

/** Whether a matrix of this shape can be held in a type: 4-bit blocks must not straddle rows. */
export const canQuantize = (dtype: QuantizedDType, [, inputs]: readonly [number, number]): boolean =>
  dtype === 'int8' || inputs % BLOCK === 0;

/** A matrix that was quantised now. */
export interface FreshMatrix extends QuantizedMatrix {
  readonly scales: Float32Array;
  /** What the scales are made of, where they are codes themselves. */
  readonly nested?: NestedScales;
}

/**
 * @param values  [O, I]
 * @param double  hold the scales as codes too. Each weight then takes the code that is nearest with the scale as it is read.
 */
export function quantize(
  dtype: QuantizedDType,
  values: Float32Array,
  [outputs, inputs]: readonly [number, number],
  double = false,
): FreshMatrix {
  const size = blockFor(dtype, inputs);
  const ownScales = new Float32Array((outputs * inputs) / size);
  for (const block of ownScales.keys()) {
    const from = block * size;
    const extreme = largest(values, from, from + size);
    ownScales[block] = dtype === 'int4' ? bestScale(values, from, from + size, extreme) : wideScale(dtype, extreme);
  }
  const nested = double ? nestScales(ownScales) : undefined;
  const scales = nested ? widenScales(nested, new Float32Array(ownScales.length)) : ownScales;
  const codes = new Uint8Array(dtype === 'int8' ? values.length : values.length / 2);
  const bytes = new Int8Array(codes.buffer);
  for (const [block, scale] of scales.entries()) {
    const from = block * size;
    const inverse = scale === 0 ? 0 : 1 / scale;
    for (let i = from; i < from + size; i++) {
      const unit = values[i]! * inverse;
      if (dtype === 'int8') bytes[i] = clamp(roundHalfEven(unit), -127, 127);
      else if (dtype === 'int4') codes[i >> 1]! |= clamp(roundHalfEven(unit) + 8, 0, 15) << (4 * (i & 1));
      else codes[i >> 1]! |= nearestNf4(unit) << (4 - 4 * (i & 1));
    }
  }
  return { codes, scales, ...(nested && { nested }) };
}

/** The value of largest magnitude in [from, to), with its sign. */
function largest(values: Float32Array, from: number, to: number): number {
  let extreme = 0;
  for (let i = from; i < to; i++) if (Math.abs(values[i]!) > Math.abs(extreme)) extreme = values[i]!;
  return extreme;
}

const wideScale = (dtype: 'int8' | 'nf4', extreme: number): number =>
  dtype === 'int8' ? Math.abs(extreme) / 127 : Math.abs(extreme);

/** How many steps the extreme of an int4 block may be away from zero; the sign puts it on the side that reaches further. */
const INT4_STEPS = [-8, -7, -7.5, -8.5, -9, -9.5];

/** The scale of an int4 block with the smallest squared error: cutting the extreme off a little may be worth it. */
function bestScale(values: Float32Array, from: number, to: number, extreme: number): number {
  let [best, least] = [extreme / INT4_STEPS[0]!, Number.POSITIVE_INFINITY];
  if (extreme === 0) return 0;
  for (const steps of INT4_STEPS) {
    const scale = Math.fround(extreme / steps);
    const inverse = 1 / scale;
    let error = 0;
    for (let i = from; i < to; i++) {
      const value = values[i]!;
      const rest = value - scale * clamp(Math.floor(value * inverse + 0.5), -8, 7);
      error += rest * rest;
    }
    if (error < least) [best, least] = [scale, error];
  }
  return best;
}

const clamp = (x: number, low: number, high: number): number => Math.min(Math.max(x, low), high);

function roundHalfEven(x: number): number {
  const down = Math.floor(x);
  const rest = x - down;
  if (rest !== 0.5) return rest < 0.5 ? down : down + 1;
  return down % 2 === 0 ? down : down + 1;
}

function nearestNf4(unit: number): number {
  let code = 0;
  while (code < 15 && unit > NF4_EDGES[code]!) code++;
  return code;
}

/** The values that codes and scales stand for, row-major, into `out` [O, I]. */
export function dequantize<T extends Float32Array | Float64Array>(
  dtype: QuantizedDType,
  { codes, scales }: QuantizedMatrix,
  out: T,
): T {
  const size = out.length / scales.length;
  const bytes = new Int8Array(codes.buffer, codes.byteOffset, codes.byteLength);
  for (let i = 0; i < out.length; i++) {
    const scale = scales[Math.floor(i / size)]!;
    if (dtype === 'int8') out[i] = scale * bytes[i]!;
    else if (dtype === 'int4') out[i] = scale * (((codes[i >> 1]! >> (4 * (i & 1))) & 15) - 8);
    else out[i] = scale * NF4[(codes[i >> 1]! >> (4 - 4 * (i & 1))) & 15]!;
  }
  return out;
}
