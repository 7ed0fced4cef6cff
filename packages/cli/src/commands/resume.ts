/** `alpacare resume`: go on with a stopped run, from its folder alone. */
import { Command } from 'commander';
import { engineOption } from '../config/open-engine.ts';
import { wholeNumber } from '../config/options.ts';
import { type RunFlags, runFineTune, withReportFlags } from '../config/run-fine-tune.ts';

export function resumeCommand(): Command {
  const command = new Command('resume')
    .description('Go on with a stopped training run, bit for bit')
    .argument('<run>', 'output folder of alpacare train')
    .option('--threads <n>', 'processor threads; the number the run began with gives the same bytes', wholeNumber)
    .addOption(engineOption())
    .option('--json', 'one JSON event a line', false)
    .action(async (run: string, flags: RunFlags) => {
      const { readRunFile } = await import('@alpacare/core');
      await runFineTune({ ...(await readRunFile(run)), resume: true }, flags);
    });
  return withReportFlags(command);
}
