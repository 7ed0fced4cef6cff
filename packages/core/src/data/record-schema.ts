/** Turns one parsed line of JSON, or one CSV row, into an {@link InstructionRecord}; wire names become ours here. */
import { z } from 'zod';
import { BadRecordError } from '../errors.ts';
import { type InstructionRecord, recordHash } from './record.ts';

/** What AlpaCare's seed tasks write where there is no input. */
export const NO_INPUT_MARK = '<noinput>';

/** Names of the four fields in the file; a file with other names is read by giving them. */
export interface FieldNames {
  /** Name of the field that holds the id. */
  readonly id: string;
  /** Name of the field that holds what is asked. */
  readonly instruction: string;
  /** Name of the field that holds the context. */
  readonly input: string;
  /** Name of the field that holds the answer. */
  readonly output: string;
}

export const DEFAULT_FIELD_NAMES: FieldNames = {
  id: 'id',
  instruction: 'instruction',
  input: 'input',
  output: 'output',
};

export interface RecordSchemaOptions {
  readonly fields: FieldNames;
  /** A file of prompts has no answers: then a missing output is '' and no error. */
  readonly requireOutput: boolean;
}

// null is legal here: cleaning drops such a record and names it, which says more than stopping at the first one.
const text = z.string().nullable();
const wire = z.object({
  id: z.union([z.string(), z.number(), z.null()]).optional(),
  instruction: text,
  input: text.optional(),
  output: text.optional(),
});

/**
 * @param value anything that JSON can hold; fields that are not ours are ignored
 * @throws {BadRecordError} naming the field, the type expected and the type found, never the text
 */
export function parseRecord(
  value: unknown,
  source: { file: string; line: number },
  options: RecordSchemaOptions,
): InstructionRecord {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new BadRecordError(source, `expected an object with named fields, found ${typeName(value)}`);
  }
  const named = value as Record<string, unknown>;
  const own = (name: string): unknown => (Object.hasOwn(named, name) ? named[name] : undefined);
  const { fields } = options;
  const picked = {
    id: own(fields.id),
    instruction: own(fields.instruction),
    input: own(fields.input),
    output: own(fields.output),
  };
  const parsed = wire.safeParse(picked);
  if (!parsed.success) {
    const key = parsed.error.issues[0]?.path[0] as keyof FieldNames;
    throw wrongType(source, fields[key], key === 'id' ? 'text or a number' : 'text', picked[key]);
  }
  if (options.requireOutput && parsed.data.output === undefined) {
    throw wrongType(source, fields.output, 'text', undefined);
  }
  const input = parsed.data.input ?? '';
  const content = {
    instruction: parsed.data.instruction ?? '',
    input: input.trim().toLowerCase() === NO_INPUT_MARK ? '' : input,
    output: parsed.data.output ?? '',
  };
  const id = parsed.data.id ?? '';
  return { id: id === '' ? recordHash(content).slice(0, 16) : String(id), ...content, source };
}

function wrongType(source: { file: string; line: number }, field: string, expected: string, found: unknown) {
  return new BadRecordError({ ...source, field }, `expected ${expected}, found ${typeName(found)}`);
}

function typeName(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return (
    { string: 'text', number: 'a number', boolean: 'true or false', object: 'an object' }[typeof value as string] ??
    typeof value
  );
}
