import type { Point } from '../charts/line-chart.ts';

/**
 * A long series as few enough points to draw: means of `group` neighbouring steps, each at the middle of its group.
 * A value that is no finite number makes its group a gap, so that a run that went wrong shows it.
 */
export function thinned<T extends { readonly step: number }>(
  series: readonly T[],
  most: number,
  of: (item: T) => number,
): { readonly points: readonly Point[]; readonly group: number } {
  const group = Math.max(1, Math.ceil(series.length / most));
  const points: Point[] = [];
  for (let from = 0; from < series.length; from += group) {
    const part = series.slice(from, from + group);
    const mean = part.reduce((total, item) => total + of(item), 0) / part.length;
    points.push([(part[0]!.step + part.at(-1)!.step) / 2, mean]);
  }
  return { points, group };
}
