/**
 * Keeps what files of records became (cleaned texts, tokens, report), so that the next run on the same content neither parses, cleans nor
 * tokenizes. One entry, a file, for each content of all files together and everything else that decides the outcome; paths do not.
 *
 *   "ALPTOK02" | SHA-256 of what follows (32) | N, ids, bytes of texts (3 x i32) | N x [head (4 x i32)] | N x [bytes of instruction, input,
 *   output (3 x i32)] | ids (i32 ...) | texts (UTF-8) | names and report (JSON)
 *
 * An entry that is damaged, cut off or of another version is none: it is made anew. It is made for its owner's eyes only.
 */
import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { endianness } from 'node:os';
import { extname, join } from 'node:path';
import { coreVersion } from '../core-version.ts';
import { CoreError, WriteError } from '../errors.ts';
import { writeFileAtomically, writeFully } from '../io/atomic-write.ts';
import { fileDigest } from '../io/file-digest.ts';
import type { RecordName } from './clean.ts';
import type { EncodedData, PreparedRecord } from './encode-data.ts';
import type { EncodeOutcome, EncodeRules } from './encode-record.ts';
import { HEAD, packOutcomes, unpackOutcome } from './packed-outcomes.ts';
import { type PromptTemplate, templateHash } from './prompt-template.ts';
import { RECORD_FORMATS, type ReadRecordsOptions } from './read-records.ts';
import type { Tokenizer } from './tokenizer.ts';

const MAGIC = Buffer.from('ALPTOK02');
/** Goes up whenever the code of one version of the package gives something else for the same input. */
const OUTCOME_VERSION = 2;
const HASH_BYTES = 32;
const COUNTS_AT = MAGIC.length + HASH_BYTES;
const ARRAYS_AT = COUNTS_AT + 3 * 4;
const TEXTS = ['instruction', 'input', 'output'] as const;
/** Node reads no larger file in one piece. */
const MAX_ENTRY_BYTES = 2 ** 31 - 1;
/** Entries of one folder: enough for the variants of a sweep, and old contents do not pile up. */
const MOST_ENTRIES = 8;

interface SourceFile {
  readonly file: string;
  readonly read: ReadRecordsOptions;
}

/** Everything that decides what becomes of the records. */
export interface CacheKey {
  readonly files: readonly SourceFile[];
  readonly minAnswerCharacters: number;
  readonly template: PromptTemplate;
  readonly tokenizer: Pick<Tokenizer, 'fingerprint' | 'namedTokens'>;
  readonly rules: EncodeRules;
}

/**
 * What the cache has for the key, otherwise what `make` gives, which is kept unless the files changed meanwhile.
 * @throws {WriteError} the entry cannot be written
 */
export async function throughTokenCache(
  folder: string,
  key: CacheKey,
  make: () => Promise<EncodedData>,
): Promise<{ data: EncodedData; cached: boolean }> {
  const name = await entryName(key);
  const file = join(folder, name ?? '');
  const paths = key.files.map((source) => source.file);
  const found = name === null ? null : await readEntry(file, paths);
  if (found !== null) {
    const now = new Date();
    await utimes(file, now, now).catch(() => {}); // used last, removed last
    return { data: found, cached: true };
  }
  const data = await make();
  if (name !== null && name === (await entryName(key))) await writeEntry(folder, file, data, paths);
  return { data, cached: false };
}

/** null where a file cannot be read: reading its records says why. */
async function entryName({ files, minAnswerCharacters, template, tokenizer, rules }: CacheKey): Promise<string | null> {
  const sources: unknown[] = [];
  for (const { file, read } of files) {
    const format = read.format ?? RECORD_FORMATS[extname(file).toLowerCase()] ?? null;
    const digest = await fileDigest(file).catch(() => null);
    if (digest === null) return null;
    sources.push([digest, { ...read, format }]);
  }
  const parts = [
    [OUTCOME_VERSION, coreVersion(), process.versions.unicode ?? null, endianness()],
    sources,
    minAnswerCharacters,
    templateHash(template, rules),
    [tokenizer.fingerprint, Object.entries(tokenizer.namedTokens).sort()],
    [rules.maxTokens, rules.overLimit],
  ];
  return `${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)}.tokens`;
}

/** A record's id, the number of its file, its line. */
type PackedName = readonly [id: string, file: number, line: number];

/** The part of an entry that is JSON. */
interface Names {
  readonly read: number;
  readonly records: readonly (readonly [...PackedName, hash: string])[];
  readonly dropped: readonly {
    readonly name: PackedName;
    readonly duplicateOf?: PackedName;
    /** Reason and what belongs to it. */
    readonly rest: Omit<EncodedData['report']['dropped'][number], keyof RecordName | 'duplicateOf'>;
  }[];
  readonly changed: readonly { readonly name: PackedName; readonly changes: readonly string[] }[];
}

function packNames({ records, hashes, report }: EncodedData, paths: readonly string[]): Names {
  const numbers = new Map([...paths.entries()].reverse().map(([number, path]) => [path, number]));
  const pack = ({ id, source }: RecordName): PackedName => [id, numbers.get(source!.file)!, source!.line];
  return {
    read: report.read,
    records: records.map((record, index) => [...pack(record), hashes[index]!]),
    dropped: report.dropped.map(({ id, source, duplicateOf, ...rest }) => ({
      name: pack({ id, source: source! }),
      ...(duplicateOf && { duplicateOf: pack(duplicateOf) }),
      rest,
    })),
    changed: report.changed.map((entry) => ({ name: pack(entry), changes: entry.changes })),
  };
}

function unpackReport(names: Names, paths: readonly string[]): EncodedData['report'] {
  const unpack = ([id, file, line]: PackedName): RecordName => ({ id, source: { file: paths[file]!, line } });
  return {
    read: names.read,
    kept: names.records.length,
    dropped: names.dropped.map(({ name, duplicateOf, rest }) => ({
      ...unpack(name),
      ...rest,
      ...(duplicateOf && { duplicateOf: unpack(duplicateOf) }),
    })),
    changed: names.changed.map(({ name, changes }) => ({
      ...unpack(name),
      changes: changes as EncodedData['report']['changed'][number]['changes'],
    })),
  };
}

async function readEntry(file: string, paths: readonly string[]): Promise<EncodedData | null> {
  const bytes = await readFile(file).catch(() => null);
  if (bytes === null || bytes.length < ARRAYS_AT || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) return null;
  const digest = createHash('sha256').update(bytes.subarray(COUNTS_AT)).digest();
  if (!digest.equals(bytes.subarray(MAGIC.length, COUNTS_AT))) return null;
  const [count, idCount, textBytes] = [0, 4, 8].map((at) => bytes.readInt32LE(COUNTS_AT + at)) as [
    number,
    number,
    number,
  ];

  let at = ARRAYS_AT;
  // Copies, so that the bytes of the texts are not held by the tokens.
  const integers = (length: number): Int32Array => {
    const values = new Int32Array(new Uint8Array(bytes.subarray(at, at + length * 4)).buffer);
    at += length * 4;
    return values;
  };
  const packed = { heads: integers(count * HEAD), lengths: integers(count * TEXTS.length), ids: integers(idCount) };
  const names = JSON.parse(bytes.toString('utf8', at + textBytes)) as Names;
  const text = (index: number): string => {
    const start = at;
    at += packed.lengths[index]!;
    return bytes.toString('utf8', start, at);
  };

  let from = 0;
  const records = names.records.map(([id, number, line], index): PreparedRecord => {
    const { example } = unpackOutcome(packed, index, from, id) as EncodeOutcome & { kind: 'example' };
    from += example.inputIds.length;
    const first = index * TEXTS.length;
    const [instruction, input, output] = [text(first), text(first + 1), text(first + 2)];
    return { id, instruction, input, output, source: { file: paths[number]!, line }, example };
  });
  return { records, hashes: names.records.map((record) => record[3]), report: unpackReport(names, paths) };
}

async function writeEntry(folder: string, file: string, data: EncodedData, paths: readonly string[]): Promise<void> {
  const outcomes = data.records.map(({ example }) => ({ kind: 'example', example, hadSpecialTokens: false }) as const);
  const { heads, ids } = packOutcomes(outcomes);
  const texts = data.records.flatMap((record) => TEXTS.map((name) => Buffer.from(record[name])));
  const lengths = Int32Array.from(texts, ({ length }) => length);
  const textBytes = lengths.reduce((sum, length) => sum + length, 0);
  const names = Buffer.from(JSON.stringify(packNames(data, paths)));
  const arrays = [heads, lengths, ids].map(bytesOf);
  if (arrays.reduce((sum, { length }) => sum + length, ARRAYS_AT + textBytes + names.length) > MAX_ENTRY_BYTES) return;
  const counts = bytesOf(Int32Array.of(data.records.length, ids.length, textBytes));
  const parts = [counts, ...arrays, Buffer.concat(texts), names];
  const digest = createHash('sha256');
  for (const part of parts) digest.update(part);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFileAtomically(file, async (handle) => {
      for (const part of [MAGIC, digest.digest(), ...parts]) await writeFully(handle, part);
    });
    await chmod(file, 0o600);
  } catch (error) {
    if (error instanceof CoreError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new WriteError(file, `cannot be written (${code ?? 'unknown error'})`, { cause: error });
  }
  await removeOldest(folder);
}

async function removeOldest(folder: string): Promise<void> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.tokens')).map((name) => join(folder, name));
  const ages = files.map(async (file) => ({ file, used: (await stat(file).catch(() => null))?.mtimeMs ?? 0 }));
  const newestFirst = (await Promise.all(ages)).sort((a, b) => b.used - a.used);
  for (const { file } of newestFirst.slice(MOST_ENTRIES)) await rm(file, { force: true });
}

const bytesOf = (values: Int32Array): Buffer => Buffer.from(values.buffer, values.byteOffset, values.byteLength);
