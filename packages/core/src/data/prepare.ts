/** read -> clean -> encode -> split, in one call. */
import {
  type ChangedRecord,
  type ChangeKind,
  type CleanOptions,
  type CleanReport,
  createCleaner,
  DEFAULT_MIN_ANSWER_CHARACTERS,
  type DroppedRecord,
  nameOf,
  type RecordName,
} from './clean.ts';
import type { EncodedExample } from './encode-example.ts';
import type { EncodeOutcome, EncodeRules } from './encode-record.ts';
import { createManifest, type SplitManifest } from './manifest.ts';
import { type PromptTemplate, templateHash, type Wording } from './prompt-template.ts';
import { type ReadRecordsOptions, readRecords } from './read-records.ts';
import type { InstructionRecord } from './record.ts';
import { DEFAULT_SEED, DEFAULT_SPLIT, type Split, type SplitSize, splitRecords } from './split.ts';
import { TokenCache } from './token-cache.ts';
import { type ParallelOptions, tokenizeRecords } from './tokenize-pool.ts';
import type { Tokenizer } from './tokenizer.ts';

/** The training window of AlpaCare and of the published Alpaca runs, in tokens. */
export const DEFAULT_MAX_TOKENS = 512;

export interface PrepareOptions extends Wording, CleanOptions {
  /** Files, or records that are in memory already. */
  readonly records: readonly string[] | AsyncIterable<InstructionRecord> | Iterable<InstructionRecord>;
  readonly read?: ReadRecordsOptions;
  readonly tokenizer: Tokenizer;
  readonly template: PromptTemplate;
  /** Window in tokens, or null for none. Default {@link DEFAULT_MAX_TOKENS}. */
  readonly maxTokens?: number | null;
  /** What becomes of longer examples. Default `drop`. */
  readonly overLimit?: 'drop' | 'truncate-answer' | 'error';
  /** Tokenize on several threads. Default: on this one. */
  readonly parallel?: ParallelOptions;
  /** Folder that keeps tokens between runs, by content. It holds the records' texts as tokens. Default: none. */
  readonly tokenCache?: string;
  readonly split?: SplitSize;
  readonly seed?: number;
  /** Written to the manifest: versions of packages and texts that took part. */
  readonly versions?: Readonly<Record<string, string>>;
}

export interface PreparedRecord extends InstructionRecord {
  readonly example: EncodedExample;
}

/** What {@link prepareData} gives: records with their tokens, split, with a report and a manifest. */
export interface PreparedData {
  readonly split: Split<PreparedRecord>;
  readonly report: CleanReport;
  readonly manifest: SplitManifest;
  /** Records whose tokens were found in the cache. */
  readonly cached: number;
}

/**
 * Every kept record is encoded before the split, so that counts such as 5,000/250/250 hold after dropping the too long ones.
 * @throws what {@link readRecords}, {@link encodeExample} and {@link splitRecords} throw
 */
export async function prepareData(options: PrepareOptions): Promise<PreparedData> {
  const { tokenizer, template, seed = DEFAULT_SEED, overLimit = 'drop' } = options;
  const size = options.split ?? DEFAULT_SPLIT;
  const maxTokens = options.maxTokens === undefined ? DEFAULT_MAX_TOKENS : options.maxTokens;
  const rules: EncodeRules = {
    safetyPrefix: options.safetyPrefix,
    disclaimer: options.disclaimer,
    maxTokens,
    overLimit,
  };
  const cleaner = createCleaner(options);
  const records: InstructionRecord[] = [];
  for await (const raw of allRecords(options)) {
    const record = cleaner.add(raw);
    if (record !== null) records.push(record);
  }

  const hashes = records.map(cleaner.hashOf);
  const { outcomes, cached } = await encodeAll(records, hashes, rules, options);
  const kept: PreparedRecord[] = [];
  const keptHashes = new Map<PreparedRecord, string>();
  const hashOf = (record: PreparedRecord): string => keptHashes.get(record) as string;
  const tooLong: DroppedRecord[] = [];
  const changed = new ChangeLog();
  for (const [index, record] of records.entries()) {
    const outcome = outcomes[index] as EncodeOutcome;
    if (outcome.kind === 'over-limit') {
      tooLong.push({ ...nameOf(record), reason: 'over-token-limit', tokens: outcome.tokens });
      continue;
    }
    if (outcome.hadSpecialTokens) changed.add(record, 'special-tokens');
    if (outcome.example.truncated) changed.add(record, 'truncated');
    const prepared = { ...record, example: outcome.example };
    keptHashes.set(prepared, hashes[index] as string);
    kept.push(prepared);
  }

  const split = splitRecords(kept, size, seed, hashOf);
  const cleaned = cleaner.report();
  return {
    split,
    report: {
      read: cleaned.read,
      kept: kept.length,
      dropped: [...cleaned.dropped, ...tooLong],
      changed: changed.merge(cleaned.changed, tooLong),
    },
    manifest: createManifest(
      split,
      {
        seed,
        size,
        options: {
          minAnswerCharacters: options.minAnswerCharacters ?? DEFAULT_MIN_ANSWER_CHARACTERS,
          maxTokens,
          overLimit,
        },
        template: { name: template.name, hash: templateHash(template, options) },
        tokenizer: { fingerprint: tokenizer.fingerprint },
        versions: { ...options.versions },
      },
      hashOf,
    ),
    cached,
  };
}

/** Outcomes in the order of the records: from the cache where it has them, the rest encoded and kept there. */
async function encodeAll(
  records: readonly InstructionRecord[],
  hashes: readonly string[],
  rules: EncodeRules,
  { tokenizer, template, parallel, tokenCache }: PrepareOptions,
): Promise<{ outcomes: readonly EncodeOutcome[]; cached: number }> {
  const encode = (some: readonly InstructionRecord[]) =>
    tokenizeRecords(some, { tokenizer, template, rules, parallel });
  if (tokenCache === undefined) return { outcomes: await encode(records), cached: 0 };
  const cache = await TokenCache.open(tokenCache, { template, tokenizer, rules });
  const outcomes = records.map((record, index) => cache.get(hashes[index] as string, record.id));
  const missing = [...records.keys()].filter((index) => outcomes[index] === null);
  const fresh = await encode(missing.map((index) => records[index] as InstructionRecord));
  for (const [i, index] of missing.entries()) {
    const outcome = fresh[i] as EncodeOutcome;
    outcomes[index] = outcome;
    cache.add(hashes[index] as string, outcome);
  }
  await cache.save();
  return { outcomes: outcomes as EncodeOutcome[], cached: records.length - missing.length };
}

/** Joins what cleaning and encoding changed, one entry a record, without those that were dropped in the end. */
class ChangeLog {
  readonly #added = new Map<string, { record: InstructionRecord; changes: ChangeKind[] }>();

  add(record: InstructionRecord, change: ChangeKind): void {
    const key = placeKey(record);
    const entry = this.#added.get(key) ?? { record, changes: [] };
    entry.changes.push(change);
    this.#added.set(key, entry);
  }

  merge(cleaned: readonly ChangedRecord[], dropped: readonly DroppedRecord[]): ChangedRecord[] {
    const gone = new Set(dropped.map(placeKey));
    const result = cleaned.map((entry) => {
      const more = this.#added.get(placeKey(entry))?.changes ?? [];
      return { ...entry, changes: [...entry.changes, ...more] };
    });
    const known = new Set(cleaned.map(placeKey));
    for (const [key, { record, changes }] of this.#added) {
      if (!known.has(key)) result.push({ ...nameOf(record), changes });
    }
    return result.filter((entry) => !gone.has(placeKey(entry)));
  }
}

const placeKey = ({ id, source }: RecordName): string => JSON.stringify([id, source?.file, source?.line]);

async function* allRecords(options: PrepareOptions): AsyncGenerator<InstructionRecord> {
  for await (const item of options.records as AsyncIterable<string | InstructionRecord>) {
    if (typeof item === 'string') yield* readRecords(item, options.read);
    else yield item;
  }
}
