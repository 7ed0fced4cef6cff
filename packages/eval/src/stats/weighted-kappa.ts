import { BadOptionError, BadValueError } from '../errors.ts';
import type { Agreement } from './agreement.ts';

/** How much disagreement by several steps counts. */
export type KappaWeights = 'none' | 'linear' | 'quadratic';

/**
 * Cohen's kappa of two raters on ordered categories, with disagreements weighted by their distance.
 * @param pairs  ratings of the same unit by the first and the second rater
 * @param categories  the scale in order, such as [1, 2, 3, 4, 5]
 * @returns coefficient `null`, with the reason, for no pairs or where chance alone would agree completely
 * Source: Cohen 1968, Psychological Bulletin 70:213.
 */
export function weightedKappa(
  pairs: readonly (readonly [number, number])[],
  categories: readonly number[],
  weights: KappaWeights = 'quadratic',
): Agreement {
  const name = `weighted kappa (${weights})`;
  const weigh = WEIGHTS[weights];
  if (weigh === undefined) throw new BadOptionError('weights', Object.keys(WEIGHTS).join(', '), weights);
  if (pairs.length === 0) return { name, coefficient: null, units: 0, reason: 'no unit was rated by both reviewers' };
  const size = categories.length;
  const position = new Map(categories.map((value, index) => [value, index]));
  const first = new Float64Array(size);
  const second = new Float64Array(size);
  let observed = 0;
  for (const [a, b] of pairs) {
    const i = position.get(a);
    const j = position.get(b);
    if (i === undefined || j === undefined)
      throw new BadValueError(`Kappa: a rating is not on the scale ${categories.join(', ')}.`);
    first[i]!++;
    second[j]!++;
    observed += weigh(i - j);
  }
  let expected = 0;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) expected += (first[i]! * second[j]! * weigh(i - j)) / pairs.length;
  }
  if (expected === 0) {
    return {
      name,
      coefficient: null,
      units: pairs.length,
      reason: 'both reviewers gave one and the same rating throughout',
    };
  }
  return { name, coefficient: 1 - observed / expected, units: pairs.length };
}

const WEIGHTS: Record<KappaWeights, (distance: number) => number> = {
  none: (distance) => (distance === 0 ? 0 : 1),
  linear: (distance) => Math.abs(distance),
  quadratic: (distance) => distance ** 2,
};
