/** Parts of all shards -> the whole, or the reason why they do not make one. */
import { differingKeys } from '../differing-keys.ts';
import { ShardError } from '../errors.ts';
import type { WorkPart } from './part.ts';
import { formatShard, WHOLE } from './shard.ts';

/** A part and what it is called in messages: the file it was read from, or the rank that made it. */
export interface NamedPart {
  /** Path, for errors. */
  readonly name: string;
  /** What it holds. */
  readonly part: WorkPart;
}

const SHOWN = 5;

function listed(items: readonly string[]): string {
  const more = items.length - SHOWN;
  return items.slice(0, SHOWN).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/**
 * Puts the parts of one job together, given in any order.
 * @throws {ShardError} for parts of different work, input, configuration or number of shards, for a shard that is there
 *   twice, and for one that is missing
 */
export function mergeParts(parts: readonly NamedPart[]): WorkPart {
  const [first, ...others] = parts;
  if (!first) throw new ShardError('there is no part to put together');
  for (const other of others) refuseMixture(first, other);
  const { count } = first.part.shard;
  const byIndex = new Map<number, NamedPart>();
  for (const named of parts) {
    const { shard } = named.part;
    const twin = byIndex.get(shard.index);
    if (twin)
      throw new ShardError(`${twin.name} and ${named.name} are both shard ${formatShard(shard)}; leave one out`);
    byIndex.set(shard.index, named);
  }
  const missing = Array.from({ length: count }, (_, index) => index).filter((index) => !byIndex.has(index));
  if (missing.length > 0) {
    const names = missing.map((index) => formatShard({ index, count }));
    throw new ShardError(
      `shard${missing.length > 1 ? 's' : ''} ${listed(names)} ${missing.length > 1 ? 'are' : 'is'} missing: found ` +
        `${parts.length} of ${count} parts`,
    );
  }
  const ordered = Array.from({ length: count }, (_, index) => byIndex.get(index)!.part);
  const tally: Record<string, number> = {};
  for (const part of ordered) for (const [name, n] of Object.entries(part.tally)) tally[name] = (tally[name] ?? 0) + n;
  const rows = first.part.lists.map(({ name }) => [name, ordered.flatMap((part) => part.rows[name]!)] as const);
  return { ...ordered[0]!, shard: WHOLE, tally, rows: Object.fromEntries(rows) };
}

function refuseMixture({ name: a, part: first }: NamedPart, { name: b, part: other }: NamedPart): void {
  const refuse = (what: string): never => {
    throw new ShardError(`${a} and ${b} do not belong together: ${what}`);
  };
  if (first.work !== other.work) refuse(`one is of "${first.work}", the other of "${other.work}"`);
  if (first.shard.count !== other.shard.count)
    refuse(`one is of ${first.shard.count} shards, the other of ${other.shard.count}`);
  if (first.input !== other.input) refuse('they were made from different inputs');
  const different = differingKeys(first.configuration, other.configuration);
  if (different.length > 0) refuse(`their configurations differ in ${listed(different)}`);
  if (JSON.stringify(first.lists) !== JSON.stringify(other.lists)) refuse('they split lists of different lengths');
}
