/** Work on lists of items that do not depend on each other: whole, one shard of it, or split over the ranks of a job. */
import type { Collective } from '../collective/collective.ts';
import { rankName } from '../collective/collective.ts';
import { mergeParts } from './merge-parts.ts';
import { decodePart, encodePart, type WorkPart, type WorkPartHead } from './part.ts';
import { type Range, rangeOf, type Shard } from './shard.ts';

/** Items that are worked on one by one, or a few together. */
export interface ShardedList {
  /** How many there are. */
  readonly items: number;
  /** How many are computed together; the ranges of shards begin at multiples of it. Default 1. */
  readonly unit?: number;
  /**
   * @param advance  to be called now and then; other ranks wait as long as it is
   * @returns one row an item of the range, each a JSON value
   */
  compute(range: Range, advance: () => void): Promise<readonly unknown[]>;
}

/** A command's work, ready to be done. */
export interface ShardedWork extends Pick<WorkPartHead, 'work' | 'input' | 'configuration'> {
  /** What is split, by name. */
  readonly lists: Readonly<Record<string, ShardedList>>;
  /** Read after the last list is computed. */
  readonly tally?: () => Readonly<Record<string, number>>;
  /** What the end of the work wants to know and the result does not depend on. */
  readonly about?: Readonly<Record<string, unknown>>;
}

/** Computes what belongs to a shard. */
export async function computePart(work: ShardedWork, shard: Shard, advance: () => void = () => {}): Promise<WorkPart> {
  const { work: name, input, configuration, lists, tally, about } = work;
  const rows: Record<string, readonly unknown[]> = {};
  for (const [list, { items, unit, compute }] of Object.entries(lists)) {
    rows[list] = await compute(rangeOf(shard, items, unit), advance);
  }
  return {
    work: name,
    shard,
    input,
    configuration: JSON.parse(JSON.stringify(configuration)),
    lists: Object.entries(lists).map(([list, { items, unit = 1 }]) => ({ name: list, of: items, unit })),
    tally: { ...tally?.() },
    about: { ...about },
    rows,
  };
}

/**
 * Splits work over the ranks of a job; all ranks call it.
 * @returns the whole on rank 0, `null` on the others
 * @throws {ShardError} on rank 0, when ranks had different inputs or configurations
 */
export async function computeOverRanks(work: ShardedWork, collective: Collective): Promise<WorkPart | null> {
  const { rank, size } = collective;
  const part = await computePart(work, { index: rank, count: size }, () => collective.advance());
  if (size === 1) return part;
  const all = await collective.gather(encodePart(part));
  if (!all) return null;
  return mergeParts(
    all.map((bytes, from) => {
      const name = rankName(collective, from);
      return { name, part: decodePart(bytes, name) };
    }),
  );
}
