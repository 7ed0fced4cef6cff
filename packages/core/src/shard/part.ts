/**
 * What one shard made, as a file that says what it is. JSON lines: a head, then the rows of each list in turn.
 *
 *   {"part":"alpacare","version":1,"work":"check","shard":{"index":2,"count":8},"input":"<SHA-256>",
 *    "configuration":{…},"lists":[{"name":"lines","of":1000,"unit":1}],"tally":{},"about":{},"digest":"<SHA-256>"}
 *   row …
 *
 * Rows may hold texts of records, as the results they become do; nothing of them appears in an error.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { ShardError } from '../errors.ts';
import { writeFileAtomically, writeFully } from '../io/atomic-write.ts';
import { schemaProblems } from '../schema-problems.ts';
import { formatShard, rangeOf, type Shard } from './shard.ts';

/** A list that was split. */
export interface SplitList {
  /** What the list is called in its part. */
  readonly name: string;
  /** Items in all shards together. */
  readonly of: number;
  /** Items that stay together; ranges of shards begin at multiples of it. */
  readonly unit: number;
}

/** What a part says of itself. */
export interface WorkPartHead {
  /** The command: what the rows are. */
  readonly work: string;
  /** Which share of how many. */
  readonly shard: Shard;
  /** SHA-256, hex, of everything that was read and split. */
  readonly input: string;
  /** Everything else that decides the rows. */
  readonly configuration: Readonly<Record<string, unknown>>;
  /** What was split. */
  readonly lists: readonly SplitList[];
  /** Counts that are added up over the parts. */
  readonly tally: Readonly<Record<string, number>>;
  /** What is worth telling and may differ from part to part, such as the machine. */
  readonly about: Readonly<Record<string, unknown>>;
}

const count = z.int().nonnegative();
const headSchema = z.object({
  part: z.literal('alpacare'),
  version: z.literal(1),
  work: z.string(),
  shard: z.object({ index: count, count: z.int().positive() }).refine(({ index, count: n }) => index < n),
  input: z.string(),
  configuration: z.record(z.string(), z.unknown()),
  lists: z.array(z.object({ name: z.string(), of: count, unit: z.int().positive() })),
  tally: z.record(z.string(), z.number()),
  about: z.record(z.string(), z.unknown()),
  /** SHA-256, hex, of the lines of the rows. */
  digest: z.string(),
});

/** Rows by the name of their list; as many as the shard's range of the list is long. */
export interface WorkPart extends WorkPartHead {
  /** JSON values. */
  /** List -> its rows of this part, in order. */
  readonly rows: Readonly<Record<string, readonly unknown[]>>;
}

/** @throws {ShardError} when there are not as many rows as the shard's range is long */
export function encodePart({ rows, ...head }: WorkPart): Uint8Array {
  const lines = head.lists.flatMap(({ name }) =>
    (rows[name] ?? []).map((row) => Buffer.from(`${JSON.stringify(row)}\n`)),
  );
  const body = Buffer.concat(lines);
  const digest = createHash('sha256').update(body).digest('hex');
  checkLengths('this part', head, (name) => rows[name]?.length ?? 0);
  return Buffer.concat([Buffer.from(`${JSON.stringify({ part: 'alpacare', version: 1, ...head, digest })}\n`), body]);
}

/**
 * @param name  of the file, for messages
 * @throws {ShardError} for anything but a whole part
 */
export function decodePart(bytes: Uint8Array, name: string): WorkPart {
  const end = bytes.indexOf(0x0a);
  const head = headOf(bytes.subarray(0, Math.max(0, end)), name);
  const body = bytes.subarray(end + 1);
  if (createHash('sha256').update(body).digest('hex') !== head.digest) {
    throw new ShardError(
      `${name}: is not whole (the digest in its first line is not that of its rows); copy it again, or run shard ` +
        `${formatShard(head.shard)} again`,
    );
  }
  const values: unknown[] = [];
  const text = new TextDecoder();
  for (let from = 0; from < body.length; ) {
    const to = body.indexOf(0x0a, from);
    values.push(JSON.parse(text.decode(body.subarray(from, to))));
    from = to + 1;
  }
  const rows: Record<string, unknown[]> = {};
  let at = 0;
  for (const { name: list, of, unit } of head.lists) {
    const { from, to } = rangeOf(head.shard, of, unit);
    rows[list] = values.slice(at, at + to - from);
    at += to - from;
  }
  if (at !== values.length) throw new ShardError(`${name}: expected ${at} rows, found ${values.length}`);
  const { part: _part, version: _version, digest: _digest, ...rest } = head;
  return { ...rest, rows };
}

function headOf(line: Uint8Array, name: string): z.infer<typeof headSchema> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(line));
  } catch {
    throw new ShardError(`${name}: expected a part that a command wrote with --shard, found another kind of file`);
  }
  const parsed = headSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const ours = (value as { part?: unknown } | null)?.part === 'alpacare';
  const why = ours ? schemaProblems(parsed.error).slice(0, 3).join('; ') : 'found another kind of file';
  throw new ShardError(`${name}: expected a part that a command wrote with --shard: ${why}`);
}

function checkLengths(name: string, { lists, shard }: WorkPartHead, lengthOf: (list: string) => number): void {
  for (const { name: list, of, unit } of lists) {
    const { from, to } = rangeOf(shard, of, unit);
    if (lengthOf(list) !== to - from)
      throw new ShardError(`${name}: expected ${to - from} rows of ${list}, found ${lengthOf(list)}`);
  }
}

/** @throws {WriteError} leaving what was there */
export async function writePart(file: string, part: WorkPart): Promise<void> {
  const bytes = encodePart(part);
  await writeFileAtomically(file, (handle) => writeFully(handle, bytes));
}

/** @throws {ShardError} when the file is missing or is no whole part */
export async function readPart(file: string): Promise<WorkPart> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new ShardError(`${file}: ${code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`}`, { cause });
  }
  return decodePart(bytes, file);
}
