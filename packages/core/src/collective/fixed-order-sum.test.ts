import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sumInOrder } from './fixed-order-sum.js';

/** Parts of all ranks, one behind the other. */
function joined(parts: readonly (readonly number[])[]): Float32Array {
  return Float32Array.from(parts.flat());
}

describe('the sum over ranks', () => {
  it('is the float64 sum from rank 0 on, rounded once, for any lengths and ranks', () => {
    const parts = fc
      .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 4500 }), fc.integer())
      .map(([ranks, length, seed]) =>
        Array.from({ length: ranks }, (_, r) =>
          Array.from({ length }, (_, i) => Math.fround(Math.sin(seed + r * 7919 + i) * 10 ** ((i % 17) - 8))),
        ),
      );
    fc.assert(
      fc.property(parts, (list) => {
        const length = list[0]!.length;
        const out = new Float32Array(length);
        expect(sumInOrder(joined(list), list.length, out)).toBeNull();
        const expected = Float32Array.from({ length }, (_, i) => list.reduce((sum, part) => sum + part[i]!, 0));
        expect(out).toEqual(expected);
      }),
      { numRuns: 25 },
    );
  });

  it.each([
    [Number.NaN, 2],
    [Number.POSITIVE_INFINITY, 1],
    [Number.NEGATIVE_INFINITY, 0],
  ])('names the lowest rank that gave %d', (value, rank) => {
    const length = 5000;
    const parts = new Float32Array(3 * length).fill(1);
    parts[rank * length + 4500] = value;
    parts[2 * length + 4900] = Number.NaN;
    expect(sumInOrder(parts, 3, new Float32Array(length))).toBe(rank);
  });

  it('names nobody when finite parts add up to more than the type holds', () => {
    const out = new Float32Array(1);
    expect(sumInOrder(Float32Array.of(3e38, 3e38), 2, out)).toBeNull();
    expect(out[0]).toBe(Number.POSITIVE_INFINITY);
  });

  it('refuses integer sums that do not fit', () => {
    expect(() => sumInOrder(Uint8Array.of(200, 100), 2, new Uint8Array(1))).toThrow(RangeError);
    const out = new Int32Array(1);
    expect(() => sumInOrder(Int32Array.of(2 ** 31 - 1, 1), 2, out)).toThrow(RangeError);
    sumInOrder(Int32Array.of(2 ** 31 - 1, -1), 2, out);
    expect(out[0]).toBe(2 ** 31 - 2);
  });
});
