import { describe, expect, it } from 'vitest';
import { median } from '../benchmarks/render.ts';

describe('a median of measurements', () => {
  it('is the middle one of an odd number', () => expect(median([9, 1, 4])).toBe(4));
  it('is the mean of the two in the middle of an even number', () => {
    expect(median([1.03, 0.95])).toBeCloseTo(0.99, 12);
    expect(median([8, 1, 3, 2])).toBe(2.5);
  });
});
