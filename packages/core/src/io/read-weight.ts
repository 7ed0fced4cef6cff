/** The values of a frozen weight, however its file holds them. */

import { widenScales } from '../tensor/double-quantization.ts';
import type { ByteRange, QuantizedWeightRef, WeightRef } from '../tensor/op.ts';
import { isQuantized } from '../tensor/op.ts';
import { blockOf, dequantize } from '../tensor/quantization.ts';
import { readTensor, readTensorBytes } from './safetensors.ts';

const bytesOf = (ref: WeightRef, range: ByteRange, dtype: 'u8' | 'f32'): Promise<Uint8Array> =>
  readTensorBytes({ name: ref.name, shape: [], dtype, ...range });

async function readScales<T extends Float32Array | Float64Array>(
  ref: QuantizedWeightRef,
  create: (length: number) => T,
): Promise<Float32Array | T> {
  const floats = async (range: ByteRange) => new Float32Array((await bytesOf(ref, range, 'f32')).slice().buffer);
  if (!ref.nested) return floats(ref.scales);
  const codes = new Int8Array((await bytesOf(ref, ref.scales, 'u8')).slice().buffer);
  const [steps, mean] = [await floats(ref.nested.steps), await floats(ref.nested.mean)];
  const [O, I] = ref.shape;
  return widenScales({ codes, steps, mean: mean[0]! }, create((O * I) / blockOf(ref)));
}

async function read<T extends Float32Array | Float64Array>(ref: WeightRef, create: (length: number) => T): Promise<T> {
  const out = create(ref.shape.reduce((a, b) => a * b, 1));
  if (!isQuantized(ref)) {
    out.set(await readTensor(ref));
    return out;
  }
  const codes = await bytesOf(ref, ref, 'u8');
  return dequantize(ref.dtype, { codes, scales: await readScales(ref, create) }, out);
}

/**
 * Values as f32, row-major; those of a quantised weight are what its codes and scales stand for.
 * @throws {SafetensorsError} when the file cannot be read
 */
export const readWeight = (ref: WeightRef): Promise<Float32Array> =>
  isQuantized(ref) ? read(ref, (n) => new Float32Array(n)) : readTensor(ref);

/** The same, with the products of codes and scales not rounded to f32: for the reference engine. */
export const readExactWeight = (ref: WeightRef): Promise<Float64Array> => read(ref, (n) => new Float64Array(n));
