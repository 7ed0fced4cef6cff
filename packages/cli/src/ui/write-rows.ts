/** Results of one row an item, as JSON lines. */
import { writeFile } from 'node:fs/promises';

/** Where what `alpacare gather` makes goes, and in which form. */
export interface GatherFlags {
  /** Default: standard output, or where the command itself puts it. */
  readonly out?: string;
  readonly json?: boolean;
  /** Where a page of the figures goes. */
  readonly html?: string;
}

/** Writes one line a row to a file, or to standard output. */
export async function writeRows(rows: readonly unknown[], { out }: GatherFlags): Promise<void> {
  const lines = rows.map((row) => `${JSON.stringify(row)}\n`);
  if (out !== undefined) await writeFile(out, lines);
  else for (const line of lines) process.stdout.write(line);
}
