import { BadOptionError } from '../errors.ts';
import type { Agreement } from './agreement.ts';

/** How far apart two ratings are taken to be. */
export type AlphaMetric = 'nominal' | 'ordinal' | 'interval';

/**
 * Krippendorff's alpha: agreement beyond chance for any number of raters, with missing ratings.
 * @param units  one list a rated unit, holding the ratings it got; units with fewer than two ratings say nothing
 * @returns coefficient `null`, with the reason, where no unit was rated twice or all ratings are equal
 * Source: Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", whose example is a test here.
 */
export function krippendorffAlpha(units: readonly (readonly number[])[], metric: AlphaMetric = 'ordinal'): Agreement {
  if (!(metric in DISTANCE)) throw new BadOptionError('metric', Object.keys(DISTANCE).join(', '), metric);
  const name = `Krippendorff's alpha (${metric})`;
  const pairable = units.filter((unit) => unit.length >= 2);
  if (pairable.length === 0) return { name, coefficient: null, units: 0, reason: 'no unit was rated by two reviewers' };

  const values = [...new Set(pairable.flat())].sort((a, b) => a - b);
  if (values.length === 1) {
    return {
      name,
      coefficient: null,
      units: pairable.length,
      reason: 'all ratings are equal, so there is no variation to agree on',
    };
  }
  const position = new Map(values.map((value, index) => [value, index]));
  const size = values.length;
  // Coincidences: each ordered pair of ratings within a unit of m ratings weighs 1 / (m - 1).
  const coincidence = new Float64Array(size * size);
  for (const unit of pairable) {
    for (const [i, a] of unit.entries()) {
      for (const [j, b] of unit.entries()) {
        if (i !== j) coincidence[position.get(a)! * size + position.get(b)!]! += 1 / (unit.length - 1);
      }
    }
  }
  const marginals = values.map((_, c) => coincidence.subarray(c * size, (c + 1) * size).reduce((sum, x) => sum + x, 0));
  const total = marginals.reduce((sum, x) => sum + x, 0);
  let observed = 0;
  let expected = 0;
  for (let c = 0; c < size; c++) {
    for (let k = 0; k < size; k++) {
      const distance = DISTANCE[metric](c, k, values, marginals);
      observed += coincidence[c * size + k]! * distance;
      expected += marginals[c]! * marginals[k]! * distance;
    }
  }
  return { name, coefficient: 1 - ((total - 1) * observed) / expected, units: pairable.length };
}

type Distance = (c: number, k: number, values: readonly number[], marginals: readonly number[]) => number;

/** Squared differences between the values at positions c and k. */
const DISTANCE: Record<AlphaMetric, Distance> = {
  nominal: (c, k) => (c === k ? 0 : 1),
  interval: (c, k, values) => (values[c]! - values[k]!) ** 2,
  // How many ratings lie between the two ranks, half of the end ranks included.
  ordinal: (c, k, _, marginals) => {
    const [low, high] = c < k ? [c, k] : [k, c];
    let between = -(marginals[low]! + marginals[high]!) / 2;
    for (let g = low; g <= high; g++) between += marginals[g]!;
    return between ** 2;
  },
};
