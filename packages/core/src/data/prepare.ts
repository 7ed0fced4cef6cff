/** read -> clean -> encode -> split, in one call. */
import { type CleanOptions, type CleanReport, DEFAULT_MIN_ANSWER_CHARACTERS } from './clean.ts';
import { type CleanedData, cleanData, type EncodedData, type PreparedRecord, withOutcomes } from './encode-data.ts';
import type { EncodeRules } from './encode-record.ts';
import { createManifest, type SplitManifest } from './manifest.ts';
import { type OutcomeRow, outcomeOf, outcomeRow } from './outcome-row.ts';
import { type PromptTemplate, templateHash, type Wording } from './prompt-template.ts';
import { type ReadRecordsOptions, readRecords } from './read-records.ts';
import type { InstructionRecord } from './record.ts';
import { DEFAULT_SEED, DEFAULT_SPLIT, type Split, type SplitSize, splitRecords } from './split.ts';
import { throughTokenCache } from './token-cache.ts';
import { type ParallelOptions, type TokenizeOptions, tokenizeRecords } from './tokenize-pool.ts';
import type { Tokenizer } from './tokenizer.ts';

export type { PreparedRecord } from './encode-data.ts';

/** The training window of AlpaCare and of the published Alpaca runs, in tokens. */
export const DEFAULT_MAX_TOKENS = 512;

/** A file of records that is to be read in a way of its own. */
export interface RecordFile {
  /** Path of the file. */
  readonly file: string;
  /** Format and layout, where they are not to be found out from the file. */
  readonly read?: ReadRecordsOptions;
}

export interface PrepareOptions extends Wording, CleanOptions {
  /** Files, or records that are in memory already. */
  readonly records: readonly (string | RecordFile)[] | AsyncIterable<InstructionRecord> | Iterable<InstructionRecord>;
  /** How files are read that do not say so themselves. */
  readonly read?: ReadRecordsOptions;
  /** Makes the tokens; its fingerprint goes into the manifest. */
  readonly tokenizer: Tokenizer;
  /** How a record is rendered as a prompt; its hash goes into the manifest. */
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
  /** Sizes of the parts. Default {@link DEFAULT_SPLIT}. */
  readonly split?: SplitSize;
  /** Of the split. Default {@link DEFAULT_SEED}. */
  readonly seed?: number;
  /** Written to the manifest: versions of packages and texts that took part. */
  readonly versions?: Readonly<Record<string, string>>;
}

/** What {@link prepareData} gives: records with their tokens, split, with a report and a manifest. */
export interface PreparedData {
  /** Records of each part, encoded. */
  readonly split: Split<PreparedRecord>;
  /** What was kept, changed and dropped. */
  readonly report: CleanReport;
  /** What makes the split repeatable. */
  readonly manifest: SplitManifest;
  /** Records and tokens came from the cache. */
  readonly cached: boolean;
}

/**
 * Every kept record is encoded before the split, so that counts such as 5,000/250/250 hold after dropping the too long ones.
 * @throws what {@link readRecords}, {@link encodeExample} and {@link splitRecords} throw
 */
export async function prepareData(options: PrepareOptions): Promise<PreparedData> {
  return encodeAndSplit(options, async () => {
    const cleaned = await readCleaned(options);
    return withOutcomes(cleaned, await tokenizeRecords(cleaned.records, tokenizing(options)));
  });
}

/** Records that were read and cleaned; tokenizing them, the longest part, can be done in shares elsewhere. */
export interface Preparation {
  /** How many there are to tokenize. */
  readonly records: number;
  /** What the cleaned records [from, to) became, a JSON value each. */
  tokenize(from: number, to: number): Promise<OutcomeRow[]>;
  /** What {@link prepareData} gives. @param rows  of all records, in order */
  finish(rows: readonly OutcomeRow[]): Promise<PreparedData>;
}

/**
 * {@link prepareData} in two steps.
 * @throws what {@link readRecords} throws
 */
export async function openPreparation(options: PrepareOptions): Promise<Preparation> {
  const cleaned = await readCleaned(options);
  return {
    records: cleaned.records.length,
    tokenize: async (from, to) =>
      (await tokenizeRecords(cleaned.records.slice(from, to), tokenizing(options))).map(outcomeRow),
    finish: (rows) =>
      encodeAndSplit(options, async () =>
        withOutcomes(
          cleaned,
          rows.map((row, i) => outcomeOf(row, cleaned.records[i]!.id)),
        ),
      ),
  };
}

function rulesOf({ safetyPrefix, disclaimer, maxTokens, overLimit = 'drop' }: PrepareOptions): EncodeRules {
  return {
    safetyPrefix,
    disclaimer,
    maxTokens: maxTokens === undefined ? DEFAULT_MAX_TOKENS : maxTokens,
    overLimit,
  };
}

const tokenizing = (options: PrepareOptions): TokenizeOptions => ({
  tokenizer: options.tokenizer,
  template: options.template,
  rules: rulesOf(options),
  parallel: options.parallel,
});

function readCleaned(options: PrepareOptions): Promise<CleanedData> {
  const files = filesOf(options);
  const source = files === null ? inMemory(options) : inFiles(files);
  return cleanData(source, { minAnswerCharacters: options.minAnswerCharacters });
}

async function encodeAndSplit(options: PrepareOptions, make: () => Promise<EncodedData>): Promise<PreparedData> {
  const { tokenizer, template, seed = DEFAULT_SEED } = options;
  const { minAnswerCharacters = DEFAULT_MIN_ANSWER_CHARACTERS } = options;
  const size = options.split ?? DEFAULT_SPLIT;
  const rules = rulesOf(options);
  const { maxTokens, overLimit } = rules;
  const files = filesOf(options);
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
