import { expect, it } from 'vitest';
import { createRandom } from '../data/random.ts';
import { dequantize, quantize } from './quantization.ts';

const squaredError = (values: Float32Array, restored: Float32Array): number =>
  values.reduce((sum, value, i) => sum + (value - restored[i]!) ** 2, 0);

it.each([
  [64, 64],
  [128, 128],
  [192, 64],
])(
  'int4 of rows of %i shares a scale among %i and is nearer than with the extreme on the last code',
  (inputs, block) => {
    const random = createRandom(1);
    const values = Float32Array.from({ length: 8 * inputs }, () => random.nextNormal());
    values.fill(0, 0, block); // a block of nothing stays nothing
    const matrix = quantize('int4', values, [8, inputs]);
    expect(matrix.scales).toHaveLength((8 * inputs) / block);
    const restored = dequantize('int4', matrix, new Float32Array(values.length));
    expect(restored.slice(0, block)).toEqual(new Float32Array(block));
    const plain = new Float32Array(values.length);
    for (let from = 0; from < values.length; from += block) {
      const part = values.subarray(from, from + block);
      const extreme = part.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
      const scale = extreme / -8;
      for (const [i, value] of part.entries())
        plain[from + i] = scale === 0 ? 0 : scale * Math.max(-8, Math.min(7, Math.round(value / scale)));
    }
    // Normal values: 0.098 in place of 0.107 of their size for 128.
    expect(squaredError(values, restored)).toBeLessThan(0.95 * squaredError(values, plain));
  },
);
