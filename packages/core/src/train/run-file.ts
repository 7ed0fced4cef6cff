/** What a run was asked to do, kept beside what it made, so that it can be resumed and verified without its command line. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { RunFileError } from '../errors.ts';
import { writeFileAtomically, writeFully } from '../io/atomic-write.ts';
import { schemaProblems } from '../schema-problems.ts';
import type { FineTuneOptions } from './fine-tune.ts';

const RUN_FILE = 'run.json';
export const MANIFEST_FILE = 'manifest.json';

// The options were written by us from a typed value; what a person is likely to touch is checked here, the rest where it is used.
const schema = z.object({
  version: z.literal(1),
  options: z.looseObject({ model: z.string(), records: z.array(z.string()).min(1) }),
});

/** Everything of {@link FineTuneOptions} that decides what the run makes. */
export type RunOptions = Omit<FineTuneOptions, 'signal' | 'resume' | 'tokenCache'>;

/** Writes run.json into the output folder. Paths become absolute, so that it does not matter where it is read. */
export async function writeRunFile(options: FineTuneOptions): Promise<void> {
  const { signal: _signal, resume: _resume, tokenCache: _cache, output, ...rest } = options;
  const { quantize } = options;
  const kept = {
    ...rest,
    model: resolve(options.model),
    records: options.records.map((file) => resolve(file)),
    ...(quantize?.file !== undefined && { quantize: { ...quantize, file: resolve(quantize.file) } }),
  };
  const text = `${JSON.stringify({ version: 1, options: kept }, null, 2)}\n`;
  await writeFileAtomically(join(output, RUN_FILE), (file) => writeFully(file, new TextEncoder().encode(text)));
}

/**
 * The options of the run in a folder, with the folder as output.
 * @throws {RunFileError} when there is no run.json, or it is broken
 */
export async function readRunFile(folder: string): Promise<RunOptions> {
  const file = join(folder, RUN_FILE);
  let raw: unknown;
  try {
    raw = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new RunFileError(
      file,
      missing ? 'does not exist; expected the output folder of a training run' : 'is no JSON',
      { cause },
    );
  }
  const parsed = schema.safeParse(raw);
  if (!parsed.success) throw new RunFileError(file, schemaProblems(parsed.error).join('; '));
  return { ...parsed.data.options, output: folder };
}
