/** The command at a real terminal, which util-linux `script` opens; for tests. */
import { execFile, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The file of the built command: `npm test` builds first. */
export const command = fileURLToPath(new URL('../../bin/alpacare.js', import.meta.url));
const root = fileURLToPath(new URL('../../../..', import.meta.url));

/** Whether there is a `script` that takes a command, as util-linux's does. */
export const hasTerminals = (): Promise<boolean> =>
  new Promise((resolve) =>
    execFile('script', ['--version'], (error, out) => resolve(!error && out.includes('util-linux'))),
  );

export interface Typing {
  /** What is waited for. */
  readonly ask: string;
  /** What is typed then; control characters are keys. */
  readonly typed: string;
}

/** Runs Node at a terminal, types when asked, and gives all that the terminal showed. */
export function onTerminal(
  args: readonly string[],
  { ask, typed }: Typing,
): Promise<{ readonly text: string; readonly code: number | null }> {
  const quoted = [process.execPath, ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  return new Promise((resolve, reject) => {
    const child = spawn('script', ['--quiet', '--return', '--command', quoted.join(' '), '/dev/null'], { cwd: root });
    let text = '';
    let isAsked = false;
    child.stdout.on('data', (chunk) => {
      text += chunk;
      if (isAsked || !text.includes(ask)) return;
      isAsked = true;
      child.stdin.write(typed);
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ text, code }));
  });
}
