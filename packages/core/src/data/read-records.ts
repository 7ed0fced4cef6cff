/** Reads instruction records from JSONL, a JSON array, CSV, or parquet. */
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { CsvError, parse as csvParser } from 'csv-parse';
import { BadRecordError, DataFileError } from '../errors.ts';
import { jsonArrayElements } from './json-array.ts';
import { readParquetRows } from './parquet.ts';
import type { InstructionRecord } from './record.ts';
import { createRowReader, type LayoutOptions, type RowReader } from './record-layout.ts';
import { parseRecord } from './record-schema.ts';

/** File formats that records are read from. */
export type RecordFormat = 'jsonl' | 'json' | 'csv' | 'parquet';

/** How files of records are to be understood. */
export interface ReadRecordsOptions extends LayoutOptions {
  /** Taken from the file name's ending (.jsonl, .ndjson, .json, .csv, .parquet) where it is left out. */
  readonly format?: RecordFormat | undefined;
  /** false reads a file of prompts: output may be missing. Default true. */
  readonly requireOutput?: boolean | undefined;
}

/** Ending of a file name -> format. */
export const RECORD_FORMATS: Readonly<Record<string, RecordFormat>> = {
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.json': 'json',
  '.csv': 'csv',
  '.parquet': 'parquet',
};
/** A record longer than this is a broken file (an unclosed quote swallows everything after it). Characters. */
const MAX_RECORD_CHARACTERS = 16 * 1024 * 1024;
/** A JSON array is parsed in one piece; V8 holds at most about 512 MiB in one string. */
const MAX_JSON_BYTES = 400 * 1024 * 1024;

/**
 * Yields the records of a file in its order. JSONL, CSV and parquet are streamed; a JSON array is read whole. A .json file with one object
 * a line is read as JSONL. `<noinput>` and null become ''. Blank lines are skipped. The line of a parquet record is its row.
 * @throws {DataFileError} the file is missing, unreadable, not UTF-8, too large, or of an unknown kind
 * @throws {BadRecordError} broken JSON or CSV, or a field of the wrong type: names file, line and field
 */
export async function* readRecords(file: string, options: ReadRecordsOptions = {}): AsyncGenerator<InstructionRecord> {
  const format = options.format ?? RECORD_FORMATS[extname(file).toLowerCase()];
  if (format === undefined) {
    throw new DataFileError(file, 'expected a name ending in .jsonl, .json, .csv or .parquet; say which format it is');
  }
  const rows = createRowReader(options);
  const schema: Schema = {
    rows,
    requireOutput: options.requireOutput ?? true,
    record(value, source) {
      const row = rows.read(value, source);
      return parseRecord(row, source, { fields: rows.names, requireOutput: this.requireOutput });
    },
  };
  if (format === 'jsonl') yield* readJsonLines(file, schema);
  else if (format === 'csv') yield* readCsv(file, schema);
  else if (format === 'parquet') yield* readParquet(file, schema);
  else yield* readJsonArray(file, schema);
}

/** How a parsed line becomes a record. */
interface Schema {
  readonly rows: RowReader;
  readonly requireOutput: boolean;
  record(value: unknown, source: { file: string; line: number }): InstructionRecord;
}

async function* readParquet(file: string, schema: Schema): AsyncGenerator<InstructionRecord> {
  for await (const { row, values } of readParquetRows(file, schema.rows.columns)) {
    // 64-bit integers come as bigint; an id is a text to us.
    const plain = Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, typeof value === 'bigint' ? String(value) : value]),
    );
    yield schema.record(plain, { file, line: row });
  }
}

async function* readJsonLines(file: string, schema: Schema): AsyncGenerator<InstructionRecord> {
  let number = 0;
  for await (const line of lines(file)) {
    number += 1;
    if (line.trim() === '') continue;
    yield schema.record(parseJson(line, file, number), { file, line: number });
  }
}

async function* readJsonArray(file: string, schema: Schema): AsyncGenerator<InstructionRecord> {
  let bytes: Uint8Array;
  try {
    const { size } = await stat(file);
    if (size > MAX_JSON_BYTES) {
      throw new DataFileError(file, `is ${size} bytes; a JSON array is read whole, so write it as .jsonl instead`);
    }
    bytes = await readFile(file);
  } catch (error) {
    throw unreadable(file, error);
  }
  const text = decodeUtf8(bytes, file);
  // Two objects on two lines: JSONL under another name, as some data sets of the hub have it.
  if (/^\s*\{[^\n]*\}\s*?\n\s*\{/.test(text)) {
    yield* readJsonLines(file, schema);
    return;
  }
  for (const element of jsonArrayElements(text, file)) {
    yield schema.record(parseJson(element.text, file, element.line), { file, line: element.line });
  }
}

async function* readCsv(file: string, schema: Schema): AsyncGenerator<InstructionRecord> {
  const parser = csvParser({
    bom: true,
    info: true,
    raw: true,
    skip_empty_lines: true,
    max_record_size: MAX_RECORD_CHARACTERS,
  });
  const finished = pipeline(Readable.from(chunks(file)), parser, () => {}); // the loop below rethrows the error
  let columns: string[] | undefined;
  let line = 1;
  try {
    for await (const row of finished as AsyncIterable<CsvRow>) {
      line = row.info.lines - newlines(row.raw.trim());
      if (columns === undefined) {
        columns = row.record.map((name) => name.trim());
        const { columns: wanted, names } = schema.rows;
        const required = wanted === null ? [] : [names.instruction, ...(schema.requireOutput ? [names.output] : [])];
        const missing = required.find((name) => !columns?.includes(name));
        if (missing !== undefined) {
          throw new BadRecordError({ file, line, field: missing }, `expected a column of this name in the header`);
        }
        continue;
      }
      const named = Object.fromEntries(columns.map((name, i) => [name, row.record[i]] as const));
      yield schema.record(named, { file, line });
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // Its message may quote the text, its code does not.
    const at = typeof error.lines === 'number' ? error.lines : line;
    throw new BadRecordError(
      { file, line: at },
      `is not valid CSV (${error.code}); quote fields that hold , " or line ends`,
    );
  }
}

interface CsvRow {
  readonly info: { readonly lines: number };
  readonly raw: string;
  readonly record: string[];
}

const newlines = (text: string): number => text.split('\n').length - 1;

function parseJson(text: string, file: string, line: number): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // V8's message quotes the text, so it is not passed on.
    throw new BadRecordError({ file, line }, 'is not valid JSON');
  }
}

/** Lines without their ends. Only \n and \r\n end a line: U+2028 may stand inside a JSON text. */
async function* lines(file: string): AsyncGenerator<string> {
  let rest = '';
  let number = 1;
  for await (const chunk of chunks(file)) {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() as string;
    for (const part of parts) {
      yield part.endsWith('\r') ? part.slice(0, -1) : part;
      number += 1;
    }
    if (rest.length > MAX_RECORD_CHARACTERS) {
      throw new BadRecordError({ file, line: number }, `is longer than ${MAX_RECORD_CHARACTERS} characters`);
    }
  }
  if (rest !== '') yield rest;
}

/** The file's text piece by piece, without a byte-order mark. */
async function* chunks(file: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const bytes of createReadStream(file)) yield decoder.decode(bytes as Uint8Array, { stream: true });
    const tail = decoder.decode();
    if (tail !== '') yield tail;
  } catch (error) {
    throw unreadable(file, error);
  }
}

function decodeUtf8(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw unreadable(file, error);
  }
}

function unreadable(file: string, error: unknown): unknown {
  if (error instanceof DataFileError) return error;
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
    return new DataFileError(file, 'is not UTF-8 text; save it as UTF-8');
  }
  if (code === 'ENOENT') return new DataFileError(file, 'does not exist', { cause: error });
  return new DataFileError(file, `cannot be read (${code ?? 'unknown error'})`, { cause: error });
}
