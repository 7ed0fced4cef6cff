import { createHash } from 'node:crypto';
import { appendFile, mkdir, open, readFile, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';
import { VerdictCacheError } from '../errors.ts';
import type { Verdict } from './judge.ts';

/** Keeps verdicts so that none is paid for twice. */
export interface VerdictCache {
  /** A verdict that was given before. */
  get(key: string): Verdict | undefined;
  /** Resolves once the verdict would survive a crash. */
  set(key: string, verdict: Verdict): Promise<void>;
}

/** A key that changes with the judge, the question, either answer or their order. */
export function verdictKey(judge: string, question: string, first: string, second: string): string {
  // Lengths keep two splits of one text apart.
  const hash = createHash('sha256');
  for (const part of [judge, question, first, second]) hash.update(`${Buffer.byteLength(part)}:${part}`);
  return hash.digest('hex');
}

/** A cache that lives as long as the process. */
export function memoryVerdictCache(): VerdictCache {
  const verdicts = new Map<string, Verdict>();
  return {
    get: (key) => verdicts.get(key),
    set: async (key, verdict) => {
      verdicts.set(key, verdict);
    },
  };
}

const HEADER = { cache: 'alpacare-verdicts', version: 1 };

/**
 * A cache in a file of JSON lines that only grows: a header, then `{ key, verdict }`. It holds hashes, not texts. A last line
 * cut short by a crash is dropped and cut off; any other damage is an error, because a lost verdict would be paid for again.
 * @throws {VerdictCacheError}
 */
export async function openVerdictCache(path: string): Promise<VerdictCache> {
  await mkdir(dirname(path), { recursive: true });
  const content = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw new VerdictCacheError(`${path}: cannot be read (${error.code ?? 'unknown fault'}).`, { cause: error });
  });
  const whole = content.slice(0, content.lastIndexOf('\n') + 1);
  if (whole.length < content.length) await truncate(path, Buffer.byteLength(whole));
  const verdicts = new Map<string, Verdict>();
  const lines = whole.split('\n').slice(0, -1);
  for (const [index, line] of lines.entries()) {
    const entry = parseLine(line);
    if (index === 0 ? entry?.cache !== HEADER.cache || entry.version !== HEADER.version : !isVerdict(entry)) {
      throw new VerdictCacheError(
        `${path}:${index + 1}: expected ${index === 0 ? 'the header of a verdict cache' : 'a verdict'}, found something else. ` +
          'Give another path, or remove the damaged line if you accept to ask for its verdict again.',
      );
    }
    if (index > 0) verdicts.set(entry!.key as string, entry!.verdict as Verdict);
  }
  if (lines.length === 0) await appendDurably(path, HEADER);

  // Lines are written one after another, so that two never mix.
  let tail: Promise<void> = Promise.resolve();
  return {
    get: (key) => verdicts.get(key),
    set: (key, verdict) => {
      verdicts.set(key, verdict);
      const written = tail.then(() => appendDurably(path, { key, verdict }));
      tail = written.catch(() => {});
      return written;
    },
  };
}

async function appendDurably(path: string, entry: object): Promise<void> {
  await appendFile(path, `${JSON.stringify(entry)}\n`);
  const file = await open(path, 'r+');
  try {
    await file.datasync();
  } finally {
    await file.close();
  }
}

function parseLine(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

const isVerdict = (entry: Record<string, unknown> | null): boolean =>
  typeof entry?.key === 'string' &&
  (entry.verdict === 'first' || entry.verdict === 'second' || entry.verdict === 'tie');
