/** One of several shares of a job, and what of a list belongs to it. Every share can be worked out by itself. */

/** Share `index` of `count`, counted from 0 as ranks and the indices of Kubernetes jobs are. */
export interface Shard {
  /** Which share, counted from 0. */
  readonly index: number;
  /** Shares in all. */
  readonly count: number;
}

/** Places in a list, half-open: [from, to). */
export interface Range {
  /** First item. */
  readonly from: number;
  /** Item after the last. */
  readonly to: number;
}

/** The whole of a job. */
export const WHOLE: Shard = { index: 0, count: 1 };

/** "2/8" */
export const formatShard = ({ index, count }: Shard): string => `${index}/${count}`;

/**
 * What of a list of `total` belongs to a shard. The ranges of all shards cover the list in order, without gaps; their
 * lengths differ by one unit at most.
 * @param unit  items that are computed together and must not be separated, counted from the start of the list
 */
export function rangeOf({ index, count }: Shard, total: number, unit = 1): Range {
  const units = Math.ceil(total / unit);
  const place = (i: number) => Math.min(total, unit * Math.floor((units * i) / count));
  return { from: place(index), to: place(index + 1) };
}
