/** The `alpacare` command. */
import { runCommandLine } from './program.ts';

// A reader that leaves, as `head` does, does not end a training run: it goes on and saves.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
await runCommandLine(process.argv.slice(2));
