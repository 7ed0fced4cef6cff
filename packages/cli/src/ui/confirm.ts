/** One question that a person at a terminal answers with yes or no. */
import { createInterface } from 'node:readline/promises';

/**
 * Anything but `y` or `yes` is a no, and so are Ctrl-C and Ctrl-D.
 * @returns null where nobody is there to be asked
 */
export async function confirm(question: string): Promise<boolean | null> {
  if (!process.stdin.isTTY) return null;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const left = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
  const answer = await Promise.race([terminal.question(`${question} (y/N) `), left]);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}
