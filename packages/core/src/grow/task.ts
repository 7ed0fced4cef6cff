/** A task: what clinicians write as seeds and what a model is asked for more of. */
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { z } from 'zod';
import { jsonArrayElements } from '../data/json-array.ts';
import { NO_INPUT_MARK } from '../data/record-schema.ts';
import { BadRecordError, DataFileError } from '../errors.ts';

/** A seed task, or one that grew from it. */
export interface GrowthTask {
  /** Such as "Neurology". */
  readonly topic: string;
  /** Who asks: patient, student, physician, ... */
  readonly view: string;
  /** Such as "Open Q&A", "Summarization", "Rewrite". */
  readonly type: string;
  /** From 1 (layperson) to 5 (specialist). */
  readonly difficulty: number;
  /** What is asked. */
  readonly instruction: string;
  /** '' when there is none. */
  readonly input: string;
}

/** A task with the answer of a model. */
export interface GrownRecord extends GrowthTask {
  /** Names its candidate in the decisions. */
  readonly id: string;
  /** The answer. */
  readonly output: string;
}

const text = z.string().trim();
const name = text.min(1).max(120);
/** Difficulty comes as a number or as its text, sometimes with words around it ("4", "4/5", "level 4"). */
const difficulty = z.union([z.number(), z.string()]).transform((value, context) => {
  const digit = typeof value === 'number' ? value : Number(/\d+/.exec(value)?.[0] ?? Number.NaN);
  if (Number.isInteger(digit) && digit >= 1 && digit <= 5) return digit;
  context.addIssue({ code: 'custom', message: 'expected a difficulty from 1 to 5' });
  return z.NEVER;
});

/** A task as it is written in files and by models. */
export const taskSchema = z
  .object({
    topic: name,
    view: name,
    type: name,
    difficulty,
    instruction: text.min(1).max(4000),
    input: text.max(8000).nullish(),
  })
  .transform(
    ({ input, ...rest }): GrowthTask => ({
      ...rest,
      input: input == null || input.toLowerCase() === NO_INPUT_MARK || /^(n\/?a|none)$/i.test(input) ? '' : input,
    }),
  );

const MAX_SEED_BYTES = 64 * 1024 * 1024;

/**
 * Reads seed tasks from a JSON array or from JSONL: topic, view, type, instruction, input, difficulty.
 * @throws {DataFileError} missing, unreadable or too large
 * @throws {BadRecordError} a line that is no task: names the line and the field, never the text
 */
export async function readSeedTasks(file: string): Promise<GrowthTask[]> {
  let content: string;
  try {
    content = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const problem =
      code === 'ENOENT'
        ? 'does not exist'
        : code?.startsWith('ERR_ENCODING')
          ? 'is not UTF-8 text'
          : `cannot be read (${code})`;
    throw new DataFileError(file, problem, { cause: error });
  }
  if (content.length > MAX_SEED_BYTES) throw new DataFileError(file, `is longer than ${MAX_SEED_BYTES} characters`);
  const elements =
    extname(file).toLowerCase() === '.json' && !/^\s*\{/.test(content)
      ? [...jsonArrayElements(content, file)]
      : content.split('\n').flatMap((line, i) => (line.trim() === '' ? [] : [{ text: line, line: i + 1 }]));
  const tasks = elements.map(({ text: json, line }) => {
    let value: unknown;
    try {
      value = JSON.parse(json);
    } catch {
      throw new BadRecordError({ file, line }, 'is not valid JSON');
    }
    const parsed = taskSchema.safeParse(value);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    const field = issue?.path.join('.');
    throw new BadRecordError({ file, line, ...(field ? { field } : {}) }, issue?.message ?? 'is no task');
  });
  if (tasks.length === 0) throw new DataFileError(file, 'holds no tasks');
  return tasks;
}
