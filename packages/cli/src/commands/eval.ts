/** `alpacare eval`: scores from files. Each figure comes with its interval and with what it does not support. */
import { Command } from 'commander';
import { examCommand } from './eval/exam.ts';
import { perplexityCommand } from './eval/perplexity.ts';
import { runCommand } from './eval/run.ts';
import { safetyCommand } from './eval/safety.ts';
import { bleuCommand, chrfCommand, rougeCommand } from './eval/text.ts';
import { winrateCommand } from './eval/winrate.ts';

export function evalCommand(): Command {
  const command = new Command('eval').description(
    'Measure a training run; score outputs, log-probabilities and answers from files',
  );
  for (const sub of [
    runCommand(),
    perplexityCommand(),
    bleuCommand(),
    chrfCommand(),
    rougeCommand(),
    examCommand(),
    winrateCommand(),
    safetyCommand(),
  ]) {
    command.addCommand(sub);
  }
  return command;
}
