/** The command table. Each command parses, calls a package and prints; packages are loaded when a command runs. */
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { chatCommand } from './commands/chat.ts';
import { checkCommand } from './commands/check.ts';
import { compareCommand } from './commands/compare.ts';
import { demoCommand } from './commands/demo.ts';
import { doctorCommand } from './commands/doctor.ts';
import { estimateCommand } from './commands/estimate.ts';
import { evalCommand } from './commands/eval.ts';
import { exportCommand } from './commands/export.ts';
import { generateCommand } from './commands/generate.ts';
import { growCommand } from './commands/grow.ts';
import { initCommand } from './commands/init.ts';
import { mergeCommand } from './commands/merge.ts';
import { prepareCommand } from './commands/prepare.ts';
import { resumeCommand } from './commands/resume.ts';
import { serveCommand } from './commands/serve.ts';
import { studyCommand } from './commands/study.ts';
import { sweepCommand } from './commands/sweep.ts';
import { trainCommand } from './commands/train.ts';
import { uploadCommand } from './commands/upload.ts';
import { verifyCommand } from './commands/verify.ts';
import { exitCode } from './ui/exit-code.ts';
import { reportError } from './ui/report-error.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

const program = new Command('alpacare')
  .description('Fine-tune a small language model into a safe medical-education assistant, and prove that it is one')
  .version(version)
  .showHelpAfterError('(add --help for what can be given)')
  .configureHelp({ showGlobalOptions: true })
  .exitOverride((error) => {
    process.exit(error.exitCode === 0 ? exitCode.ok : exitCode.usage);
  });

/** Settings such as exit codes reach commands and their subcommands alike. */
function adopt(parent: Command, command: Command): Command {
  command.copyInheritedSettings(parent);
  for (const child of command.commands) adopt(command, child);
  return command;
}
const commands = [
  demoCommand(),
  initCommand(),
  prepareCommand(),
  growCommand(),
  estimateCommand(),
  trainCommand(),
  resumeCommand(),
  sweepCommand(),
  verifyCommand(),
  generateCommand(),
  chatCommand(),
  serveCommand(),
  checkCommand(),
  doctorCommand(),
  exportCommand(),
  uploadCommand(),
  mergeCommand(),
  evalCommand(),
  compareCommand(),
  studyCommand(),
];
for (const command of commands) program.addCommand(adopt(program, command));

// A reader that leaves, as `head` does, does not end a training run: it goes on and saves.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  reportError(error);
}
