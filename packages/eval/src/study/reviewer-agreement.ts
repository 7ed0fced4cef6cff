import { seededRandom } from '../random.ts';
import type { Interval } from '../score.ts';
import type { Agreement } from '../stats/agreement.ts';
import { intraclassCorrelation } from '../stats/intraclass-correlation.ts';
import { krippendorffAlpha } from '../stats/krippendorff-alpha.ts';
import { weightedKappa } from '../stats/weighted-kappa.ts';
import type { Rating } from './rating.ts';
import type { Criterion } from './rubric.ts';

/** How far reviewers agree on one criterion. */
export interface CriterionAgreement {
  /** What was rated. */
  readonly criterion: Criterion;
  /** Ordinal alpha over all outputs with two or more ratings; the interval resamples outputs. */
  readonly alpha: Agreement & { readonly interval: Interval | null };
  /** ICC(2,k) on the largest group of outputs that the same k reviewers rated. */
  readonly icc: Agreement & { readonly raters: number };
  /** Quadratic kappa, averaged over pairs of reviewers and weighted by the outputs they share. */
  readonly kappa: Agreement & { readonly pairs: number };
  /** How far the ratings can be relied on, in words. */
  readonly reading: string;
}

const SCALE = [1, 2, 3, 4, 5];

/** Agreement between reviewers on one criterion, by three coefficients. */
export function reviewerAgreement(
  ratings: readonly Rating[],
  criterion: Criterion,
  options: { readonly resamples: number; readonly seed: number; readonly level: number },
): CriterionAgreement {
  const byItem = new Map<string, Map<string, number>>();
  for (const { item, reviewer, scores } of ratings) {
    const score = scores[criterion];
    if (score === undefined) continue;
    const row = byItem.get(item) ?? new Map<string, number>();
    byItem.set(item, row.set(reviewer, score));
  }
  const units = [...byItem.values()].map((row) => [...row.values()]);
  const alpha = krippendorffAlpha(units, 'ordinal');
  const interval = alpha.coefficient === null ? null : alphaInterval(units, options);
  return {
    criterion,
    alpha: { ...alpha, interval },
    icc: largestBlock(byItem),
    kappa: meanKappa(byItem),
    reading: readingOf(alpha),
  };
}

/** The levels are Krippendorff's (2004, Content Analysis, chapter 11). */
function readingOf(alpha: Agreement): string {
  if (alpha.coefficient === null) return `Not defined: ${alpha.reason}.`;
  if (alpha.coefficient >= 0.8) return 'Reliable (alpha at least 0.80).';
  if (alpha.coefficient >= 0.667) return 'Enough for tentative conclusions (alpha from 0.667 to 0.80).';
  return 'Too little agreement to rely on single ratings (alpha below 0.667).';
}

function alphaInterval(
  units: readonly (readonly number[])[],
  { resamples, seed, level }: { resamples: number; seed: number; level: number },
): Interval | null {
  const random = seededRandom(seed);
  const values: number[] = [];
  for (let r = 0; r < resamples; r++) {
    const { coefficient } = krippendorffAlpha(
      units.map(() => units[random.below(units.length)]!),
      'ordinal',
    );
    if (coefficient !== null) values.push(coefficient);
  }
  // Where many resamples have no variation left, the rest would flatter.
  if (values.length < 0.95 * resamples) return null;
  values.sort((a, b) => a - b);
  const cut = Math.floor((values.length * (1 - level)) / 2 + 1e-9);
  return { low: values[cut]!, high: values[values.length - cut - 1]!, level, method: 'bootstrap-percentile' };
}

function largestBlock(byItem: ReadonlyMap<string, ReadonlyMap<string, number>>): CriterionAgreement['icc'] {
  const groups = new Map<string, number[][]>();
  for (const row of byItem.values()) {
    const reviewers = [...row.keys()].sort();
    if (reviewers.length < 2) continue;
    const key = reviewers.join('\n');
    const group = groups.get(key) ?? [];
    group.push(reviewers.map((reviewer) => row.get(reviewer)!));
    groups.set(key, group);
  }
  const cells = (group: readonly number[][]): number => group.length * (group[0]?.length ?? 0);
  const largest = [...groups.values()].sort((a, b) => cells(b) - cells(a))[0] ?? [];
  return { ...intraclassCorrelation(largest).average, raters: largest[0]?.length ?? 0 };
}

function meanKappa(byItem: ReadonlyMap<string, ReadonlyMap<string, number>>): CriterionAgreement['kappa'] {
  const pairs = new Map<string, [number, number][]>();
  for (const row of byItem.values()) {
    const entries = [...row].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [i, [first, a]] of entries.entries()) {
      for (const [second, b] of entries.slice(i + 1)) {
        const key = JSON.stringify([first, second]);
        const list = pairs.get(key) ?? [];
        list.push([a, b]);
        pairs.set(key, list);
      }
    }
  }
  let weighted = 0;
  let units = 0;
  let defined = 0;
  for (const list of pairs.values()) {
    const { coefficient } = weightedKappa(list, SCALE, 'quadratic');
    if (coefficient === null) continue;
    weighted += coefficient * list.length;
    units += list.length;
    defined++;
  }
  const name = 'weighted kappa (quadratic), mean over pairs';
  if (units === 0) {
    return {
      name,
      coefficient: null,
      units: 0,
      pairs: 0,
      reason: 'no two reviewers share outputs they rated with variation',
    };
  }
  return { name, coefficient: weighted / units, units, pairs: defined };
}
