/** `alpacare gather`: the parts of all shards, made into what the command would have made whole. */
import type { WorkPart } from '@alpacare/core';
import { Command } from 'commander';
import { packageVersion } from '../config/package-version.ts';
import type { GatherFlags } from '../ui/write-rows.ts';

/** How the work of each command ends. */
const finishers: Readonly<Record<string, () => Promise<(part: WorkPart, flags: GatherFlags) => Promise<void>>>> = {
  prepare: async () => (await import('./prepare.ts')).finishPrepare,
  answer: async () => (await import('./answer.ts')).finishAnswer,
  check: async () => (await import('./check.ts')).finishCheck,
  'eval run': async () => (await import('./eval/run.ts')).finishRun,
  'eval safety': async () => (await import('./eval/safety.ts')).finishSafety,
  'eval winrate': async () => (await import('./eval/winrate.ts')).finishWinRate,
};

export function gatherCommand(): Command {
  return new Command('gather')
    .description(
      'Put the parts that prepare, answer, check and eval wrote with --shard together; refuses gaps, doubles and mixtures',
    )
    .argument('<parts...>', 'files of --shard-out, of all shards, in any order')
    .option('-o, --out <path>', "where the result goes; default: the command's own place, or standard output")
    .option('--json', 'figures as JSON', false)
    .option('--html <file>', 'also write a page of the figures, of eval safety and eval winrate')
    .addHelpText('after', '\nExample:\n  alpacare gather parts/*.jsonl --out verdicts.jsonl')
    .action(gather);
}

async function gather(files: string[], flags: GatherFlags): Promise<void> {
  const core = await import('@alpacare/core');
  const parts = [];
  for (const name of files) parts.push({ name, part: await core.readPart(name) });
  const whole = core.mergeParts(parts);
  const { alpacare } = whole.configuration;
  const finisher = finishers[whole.work];
  if (alpacare !== packageVersion() || !finisher) {
    throw new core.ShardError(
      `${files[0]}: was made by "${whole.work}" of alpacare ${alpacare}; this is ${packageVersion()}. Gather with the version that made the parts`,
    );
  }
  process.stderr.write(`${files.length} parts of ${whole.work}, none missing\n`);
  await (await finisher())(whole, flags);
}
