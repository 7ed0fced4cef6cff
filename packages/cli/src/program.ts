/** The command table. Each command parses, calls a package and prints; packages are loaded when a command runs. */
import { Command, CommanderError } from 'commander';
import { answerCommand } from './commands/answer.ts';
import { chatCommand } from './commands/chat.ts';
import { checkCommand } from './commands/check.ts';
import { compareCommand } from './commands/compare.ts';
import { demoCommand } from './commands/demo.ts';
import { doctorCommand } from './commands/doctor.ts';
import { estimateCommand } from './commands/estimate.ts';
import { evalCommand } from './commands/eval.ts';
import { exportCommand } from './commands/export.ts';
import { gatherCommand } from './commands/gather.ts';
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
import { packageVersion } from './config/package-version.ts';
import { exitCode } from './ui/exit-code.ts';
import { reportError } from './ui/report-error.ts';

const EXIT_CODES = `
Exit codes: 0 done; 1 failed, or did not pass what was checked; 2 wrong command line (check: unreadable text);
130 stopped by Ctrl-C, after saving where there is something to save.`;

/** Settings such as exit codes reach commands and their subcommands alike. */
function adopt(parent: Command, command: Command): Command {
  command.copyInheritedSettings(parent);
  for (const child of command.commands) adopt(command, child);
  return command;
}
/** Every command there is, on one program. */
export function createProgram(): Command {
  const program = new Command('alpacare')
    .description('Fine-tune a small language model into a safe medical-education assistant, and prove that it is one')
    .version(packageVersion())
    .option('--debug', 'show the stack of an error; the same as ALPACARE_DEBUG=1')
    .addHelpText('afterAll', EXIT_CODES)
    .showHelpAfterError('(add --help for what can be given)')
    .configureHelp({ showGlobalOptions: true })
    .exitOverride();
  program.on('option:debug', () => {
    process.env.ALPACARE_DEBUG = '1';
  });
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
    answerCommand(),
    chatCommand(),
    serveCommand(),
    checkCommand(),
    doctorCommand(),
    exportCommand(),
    uploadCommand(),
    mergeCommand(),
    evalCommand(),
    gatherCommand(),
    compareCommand(),
    studyCommand(),
  ];
  for (const command of commands) program.addCommand(adopt(program, command));
  return program;
}

/** Runs one command line, says what went wrong, and sets the exit code of the process. @param args  without `node` and its script */
export async function runCommandLine(args: readonly string[]): Promise<void> {
  try {
    await createProgram().parseAsync([...args], { from: 'user' });
  } catch (error) {
    // Help and version end here as well; commander has said everything itself.
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? exitCode.ok : exitCode.usage;
    else reportError(error);
  }
}
