/**
 * Work of a command that can be split: over the ranks that mpirun or srun started, without being told to, or over jobs
 * that know nothing of each other, by `--shard i/n`, whose parts `alpacare gather` puts together.
 */
import type { Collective, Shard, ShardedWork, WorkPart } from '@alpacare/core';
import { type Command, InvalidArgumentError } from 'commander';
import { exitCode } from '../ui/exit-code.ts';
import { onRanks } from './on-ranks.ts';
import { packageVersion } from './package-version.ts';

export interface ShardFlags {
  /** Counted from 0. */
  readonly shard?: Shard;
  /** File that the shard's part goes to. */
  readonly shardOut?: string;
}

/** Reads "i/n", i from 0 to n - 1. */
export function shardOf(text: string): Shard {
  const [, index, count] = (/^(\d{1,9})\/(\d{1,9})$/.exec(text) ?? []).map(Number);
  if (index === undefined || count === undefined || index >= count) {
    throw new InvalidArgumentError('Expected i/n with i from 0 to n - 1, such as 0/8 for the first of eight.');
  }
  return { index, count };
}

export const withShardFlags = (command: Command): Command =>
  command
    .option('--shard <i/n>', 'do share i of n, counted from 0, and write it to --shard-out', shardOf)
    .option('--shard-out <file>', 'where the share of --shard goes; alpacare gather puts all of them together');

/** Ends the command as a usage error where only one of the two flags is given. */
export function checkShardFlags({ shard, shardOut }: ShardFlags, command: Command): void {
  if ((shard === undefined) === (shardOut === undefined)) return;
  const [given, missing] = shard ? ['--shard', '--shard-out <file>'] : ['--shard-out', '--shard <i/n>'];
  command.error(`error: option '${given}' needs '${missing}'`, { exitCode: exitCode.usage });
}

/**
 * Does the work, or what of it belongs to this shard or rank.
 * @param finish  makes the result of all rows; where the work was split, in one process alone
 */
export async function runSharded(
  flags: ShardFlags,
  open: (collective: Collective) => Promise<ShardedWork>,
  finish: (part: WorkPart) => Promise<void>,
): Promise<void> {
  const core = await import('@alpacare/core');
  const opened = async (collective: Collective): Promise<ShardedWork> => {
    const work = await open(collective);
    return { ...work, configuration: { ...work.configuration, alpacare: packageVersion() } };
  };
  const { shard, shardOut: file } = flags;
  if (shard === undefined || file === undefined) {
    await onRanks(async (collective) => {
      const whole = await core.computeOverRanks(await opened(collective), collective);
      if (whole) await finish(whole);
    });
    return;
  }
  const launch = core.detectLaunch();
  if (launch)
    throw new core.InvalidOptionError(
      'shard',
      `is for jobs that know nothing of each other; the ${launch.size} ranks that ${launch.launcher} started share the work without it`,
    );
  const work = await opened(core.singleProcess);
  const part = await core.computePart(work, shard);
  await core.writePart(file, part);
  const shares = part.lists.map(({ name, of, unit }) => {
    const { from, to } = core.rangeOf(shard, of, unit);
    return `${to - from} of ${of} ${name}`;
  });
  process.stderr.write(`shard ${core.formatShard(shard)}: ${shares.join(', ')}; written to ${file}\n`);
}
