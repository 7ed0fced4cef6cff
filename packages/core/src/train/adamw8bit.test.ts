import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createRandom } from '../data/random.ts';
import { defaultAdamW } from './adamw.ts';
import { dynamicSteps, momentBytes, readMoment, updateAdamW8bit, zeroMoments } from './adamw8bit.ts';

it('has the 256 steps of the paper', () => {
  for (const signed of [true, false]) {
    const steps = dynamicSteps(signed);
    expect(new Set(steps).size).toBe(256);
    expect(steps.at(-1)).toBe(1);
    expect(steps.includes(0)).toBe(true);
  }
  // By hand, signed: the lowest decade has one step, the middle of [0.1, 1] times 1e-6; the highest 64.
  const signed = dynamicSteps(true);
  const zero = signed.indexOf(0);
  expect(zero).toBe(127);
  expect(signed[zero + 1]).toBeCloseTo(0.55e-6, 12);
  expect(signed[zero + 2]).toBeCloseTo(0.325e-5, 12);
  expect(signed[254]).toBeCloseTo(1 - 0.9 / 128, 7);
  for (let i = 0; i < 127; i++) expect(signed[i]).toBe(-signed[254 - i]!);
  // Unsigned: 128 in the highest.
  const unsigned = dynamicSteps(false);
  expect(unsigned[0]).toBe(0);
  expect(unsigned[1]).toBeCloseTo((0.1 + 0.9 / 4) * 1e-6, 12);
  expect(unsigned[254]).toBeCloseTo(1 - 0.9 / 256, 7);
});

it('rounds every moment to the nearest step of its block', () => {
  const steps = dynamicSteps(true);
  const sizes = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true, min: -1, max: 1 }), {
    minLength: 1,
    maxLength: 600,
  });
  fc.assert(
    fc.property(sizes, fc.constantFrom(1e-20, 1e-6, 1, 1e8), (list, scale) => {
      const gradients = Float32Array.from(list, (x) => x * scale);
      const moments = zeroMoments(gradients.length);
      const options = { ...defaultAdamW, beta1: 0, rate: 0, weightDecay: 0, clip: 1, step: 1 };
      updateAdamW8bit(new Float32Array(gradients.length), gradients, moments, options);
      const found = readMoment(moments.mean, 'mean');
      for (let from = 0; from < gradients.length; from += 256) {
        const block = gradients.subarray(from, from + 256);
        const largest = Math.fround(block.reduce((most, x) => Math.max(most, Math.abs(x)), 0));
        for (const [i, x] of block.entries()) {
          if (largest < 1e-37) continue;
          const nearest = steps.reduce((best, s) => Math.min(best, Math.abs(s * largest - x)), Infinity);
          expect(Math.abs(found[from + i]! - x)).toBeLessThanOrEqual(nearest + 1e-6 * largest);
        }
      }
    }),
    { numRuns: 60 },
  );
});

it('keeps a variance above zero above zero', () => {
  const moments = zeroMoments(256);
  const gradients = new Float32Array(256).fill(1e-8);
  gradients[7] = 1;
  const options = { ...defaultAdamW, rate: 0, weightDecay: 0, clip: 1, step: 1 };
  updateAdamW8bit(new Float32Array(256), gradients, moments, options);
  expect(Math.min(...readMoment(moments.variance, 'variance'))).toBeGreaterThan(0);
});

it('walks as AdamW does, within what 8 bits can hold', () => {
  const random = createRandom(5);
  const length = 1000;
  const { beta1, beta2, epsilon } = defaultAdamW;
  const values = Float32Array.from({ length }, () => random.nextNormal());
  const exact = Float64Array.from(values);
  const start = Float64Array.from(values);
  const [m, v] = [new Float64Array(length), new Float64Array(length)];
  const moments = zeroMoments(length);
  for (let step = 1; step <= 40; step++) {
    const gradients = Float32Array.from({ length }, (_, i) => (0.3 + random.nextNormal()) * 10 ** -(i % 3));
    updateAdamW8bit(values, gradients, moments, {
      ...defaultAdamW,
      weightDecay: 0.1,
      rate: 0.01,
      clip: 0.5,
      step,
    });
    for (let i = 0; i < length; i++) {
      const g = gradients[i]! * 0.5;
      m[i] = m[i]! * beta1 + g * (1 - beta1);
      v[i] = v[i]! * beta2 + g * g * (1 - beta2);
      const hat = m[i]! / (1 - beta1 ** step) / (Math.sqrt(v[i]! / (1 - beta2 ** step)) + epsilon);
      exact[i] = exact[i]! * (1 - 0.01 * 0.1) - 0.01 * hat;
    }
  }
  let [wrong, moved] = [0, 0];
  for (let i = 0; i < length; i++) {
    wrong += (values[i]! - exact[i]!) ** 2;
    moved += (exact[i]! - start[i]!) ** 2;
  }
  expect(Math.sqrt(wrong / moved)).toBeLessThan(0.08);
  expect(momentBytes(length)).toBe(2 * (1000 + 16));
});
