import type { Command } from 'commander';

/** Runs a command as the command line would and returns what it wrote to standard output; for tests. */
export async function runCommand(command: Command, args: readonly string[]): Promise<string> {
  const written: string[] = [];
  const write = process.stdout.write;
  process.stdout.write = ((chunk: string | Uint8Array, ...rest: unknown[]) => {
    written.push(String(chunk));
    const done = rest.find((one) => typeof one === 'function') as (() => void) | undefined;
    done?.();
    return true;
  }) as typeof process.stdout.write;
  try {
    await command.exitOverride().parseAsync([...args], { from: 'user' });
  } finally {
    process.stdout.write = write;
  }
  return written.join('');
}
