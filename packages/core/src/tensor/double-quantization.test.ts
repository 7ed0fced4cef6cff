import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createRandom } from '../data/random.ts';
import { nestedBytes, nestScales, SCALE_BLOCK, widenScales } from './double-quantization.ts';
import { dequantize, quantize } from './quantization.ts';

const relativeError = (values: Float32Array, restored: Float32Array | Float64Array): number => {
  let [wrong, all] = [0, 0];
  for (const [i, value] of values.entries()) {
    wrong += (value - restored[i]!) ** 2;
    all += value ** 2;
  }
  return Math.sqrt(wrong / all);
};

it('every scale comes back within half a step, and a step is at most a 127th of the farthest from the mean', () => {
  const scale = fc.float({ noNaN: true, noDefaultInfinity: true, min: 0, max: 1 });
  fc.assert(
    fc.property(fc.array(scale, { minLength: 1, maxLength: 700 }), fc.constantFrom(1e-6, 1, 1e6), (list, factor) => {
      const scales = Float32Array.from(list, (x) => x * factor);
      const nested = nestScales(scales);
      const count = Math.ceil(scales.length / SCALE_BLOCK);
      expect(nested.codes).toHaveLength(count * SCALE_BLOCK);
      expect(nested.steps).toHaveLength(count);
      expect(nestedBytes(scales.length)).toBe(nested.codes.byteLength + nested.steps.byteLength + 4);
      const restored = widenScales(nested, new Float64Array(scales.length));
      for (const [g, step] of nested.steps.entries()) {
        const block = scales.subarray(g * SCALE_BLOCK, (g + 1) * SCALE_BLOCK);
        const farthest = block.reduce((most, value) => Math.max(most, Math.abs(value - nested.mean)), 0);
        expect(step).toBeLessThanOrEqual((farthest / 127) * 1.0001 + 1e-44);
        for (const [i, value] of block.entries())
          expect(Math.abs(restored[g * SCALE_BLOCK + i]! - value)).toBeLessThanOrEqual(0.5001 * step + 1e-43);
      }
      // What fills the last block up is nothing.
      expect(nested.codes.subarray(scales.length).every((code) => code === 0)).toBe(true);
    }),
  );
});

it('scales that are all the same are kept exactly', () => {
  const scales = new Float32Array(300).fill(0.37);
  expect(widenScales(nestScales(scales), new Float32Array(300))).toEqual(scales);
});

it('a matrix takes the codes that are nearest with its scales as they are read', () => {
  const random = createRandom(2);
  const [O, I] = [64, 512];
  const values = Float32Array.from({ length: O * I }, () => 0.02 * random.nextNormal());
  // Blocks of nothing, and channels that press on the grid of their neighbours.
  values.fill(0, 0, 128);
  for (let o = 0; o < O; o++) for (const i of [3, 97, 300]) values[o * I + i]! *= 20;
  const plain = quantize('nf4', values, [O, I]);
  const double = quantize('nf4', values, [O, I], true);
  expect(double.scales).toEqual(widenScales(double.nested!, new Float32Array(double.scales.length)));
  const restored = (matrix: Pick<typeof plain, 'codes' | 'scales'>) =>
    dequantize('nf4', matrix, new Float32Array(values.length));
  expect(
    restored(double)
      .subarray(0, 128)
      .every((value) => value === 0),
  ).toBe(true);
  const [error, own] = [relativeError(values, restored(plain)), relativeError(values, restored(double))];
  expect(own).toBeLessThan(1.01 * error);
  // The codes of the f32 scales with the new ones are farther off.
  expect(own).toBeLessThan(relativeError(values, restored({ codes: plain.codes, scales: double.scales })));
});
