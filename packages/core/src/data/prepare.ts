/** read -> clean -> encode -> split, in one call. */
import { type CleanOptions, type CleanReport, DEFAULT_MIN_ANSWER_CHARACTERS } from './clean.ts';
import { type EncodedData, encodeData, type PreparedRecord } from './encode-data.ts';
import type { EncodeRules } from './encode-record.ts';
import { createManifest, type SplitManifest } from './manifest.ts';
import { type PromptTemplate, templateHash, type Wording } from './prompt-template.ts';
import { type ReadRecordsOptions, readRecords } from './read-records.ts';
import type { InstructionRecord } from './record.ts';
import { DEFAULT_SEED, DEFAULT_SPLIT, type Split, type SplitSize, splitRecords } from './split.ts';
import { throughTokenCache } from './token-cache.ts';
import type { ParallelOptions } from './tokenize-pool.ts';
import type { Tokenizer } from './tokenizer.ts';

export type { PreparedRecord } from './encode-data.ts';

/** The training window of AlpaCare and of the published Alpaca runs, in tokens. */
export const DEFAULT_MAX_TOKENS = 512;

/** A file of records that is to be read in a way of its own. */
export interface RecordFile {
  readonly file: string;
  readonly read?: ReadRecordsOptions;
}

export interface PrepareOptions extends Wording, CleanOptions {
  /** Files, or records that are in memory already. */
  readonly records: readonly (string | RecordFile)[] | AsyncIterable<InstructionRecord> | Iterable<InstructionRecord>;
  /** How files are read that do not say so themselves. */
  readonly read?: ReadRecordsOptions;
  readonly tokenizer: Tokenizer;
  readonly template: PromptTemplate;
  /** Window in tokens, or null for none. Default {@link DEFAULT_MAX_TOKENS}. */
  readonly maxTokens?: number | null;
  /** What becomes of longer examples. Default `drop`. */
  readonly overLimit?: 'drop' | 'truncate-answer' | 'error';
  /** Tokenize on several threads. Default: on this one. */
  readonly parallel?: ParallelOptions;
  /**
   * Folder that keeps what files became, texts and tokens, for the next run on files of the same content. Records in memory are not kept.
   * Default: none.
   */
  readonly tokenCache?: string;
  readonly split?: SplitSize;
  readonly seed?: number;
  /** Written to the manifest: versions of packages and texts that took part. */
  readonly versions?: Readonly<Record<string, string>>;
}

/** What {@link prepareData} gives: records with their tokens, split, with a report and a manifest. */
export interface PreparedData {
  readonly split: Split<PreparedRecord>;
  readonly report: CleanReport;
  readonly manifest: SplitManifest;
  /** Records and tokens came from the cache. */
  readonly cached: boolean;
}

/**
 * Every kept record is encoded before the split, so that counts such as 5,000/250/250 hold after dropping the too long ones.
 * @throws what {@link readRecords}, {@link encodeExample} and {@link splitRecords} throw
 */
export async function prepareData(options: PrepareOptions): Promise<PreparedData> {
  const { tokenizer, template, seed = DEFAULT_SEED, overLimit = 'drop' } = options;
  const { minAnswerCharacters = DEFAULT_MIN_ANSWER_CHARACTERS } = options;
  const size = options.split ?? DEFAULT_SPLIT;
  const maxTokens = options.maxTokens === undefined ? DEFAULT_MAX_TOKENS : options.maxTokens;
  const { safetyPrefix, disclaimer } = options;
  const rules: EncodeRules = { safetyPrefix, disclaimer, maxTokens, overLimit };

  const files = filesOf(options);
  const make = (): Promise<EncodedData> => {
    const source = files === null ? inMemory(options) : inFiles(files);
    return encodeData(source, { minAnswerCharacters }, { tokenizer, template, rules, parallel: options.parallel });
  };
  const { data, cached } =
    options.tokenCache === undefined || files === null
      ? { data: await make(), cached: false }
      : await throughTokenCache(options.tokenCache, { files, minAnswerCharacters, template, tokenizer, rules }, make);

  const hashes = new Map(data.records.map((record, index) => [record, data.hashes[index] as string]));
  const hashOf = (record: PreparedRecord): string => hashes.get(record) as string;
  const split = splitRecords(data.records, size, seed, hashOf);
  return {
    split,
    report: data.report,
    manifest: createManifest(
      split,
      {
        seed,
        size,
        options: { minAnswerCharacters, maxTokens, overLimit },
        template: { name: template.name, hash: templateHash(template, options) },
        tokenizer: { fingerprint: tokenizer.fingerprint },
        versions: { ...options.versions },
      },
      hashOf,
    ),
    cached,
  };
}

/** null: the records are in memory */
function filesOf({ records, read = {} }: PrepareOptions): Required<RecordFile>[] | null {
  if (!Array.isArray(records)) return null;
  const files = (records as readonly (string | RecordFile | InstructionRecord)[]).map((item) => {
    if (typeof item === 'string') return { file: item, read };
    return 'file' in item ? { file: item.file, read: item.read ?? read } : null;
  });
  return files.every((item) => item !== null) ? files : null;
}

async function* inMemory({ records }: PrepareOptions): AsyncGenerator<InstructionRecord> {
  yield* records as AsyncIterable<InstructionRecord> | Iterable<InstructionRecord>;
}

async function* inFiles(files: readonly Required<RecordFile>[]): AsyncGenerator<InstructionRecord> {
  for (const { file, read } of files) yield* readRecords(file, read);
}
