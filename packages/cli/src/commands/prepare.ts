/** `alpacare prepare`: records from files or the hub, cleaned, split, tokenized once and kept. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  LayoutOptions,
  LocatedData,
  OutcomeRow,
  Preparation,
  PreparedData,
  PrepareOptions,
  ShardedWork,
  WorkPart,
} from '@alpacare/core';
import { DISCLAIMER, SYSTEM_PREFIX, SYSTEM_PREFIX_VERSION } from '@alpacare/safety';
import { Command, InvalidArgumentError, Option } from 'commander';
import { type DataFlags, withDataFlags } from '../config/data-options.ts';
import { tokenCacheOf } from '../config/options.ts';
import { checkShardFlags, runSharded, type ShardFlags, withShardFlags } from '../config/sharding.ts';
import { createHubView } from '../ui/hub-view.ts';
import { onInterrupt } from '../ui/interrupt.ts';
import { print } from '../ui/score-lines.ts';
import type { GatherFlags } from '../ui/write-rows.ts';

type Fields = NonNullable<LayoutOptions['fields']>;

/** `instruction=question` adds to the map: ours=theirs. */
function fieldPair(text: string, earlier: Fields = {}): Fields {
  const [ours, theirs] = text.split('=', 2);
  if (!ours || !theirs || !['id', 'instruction', 'input', 'output'].includes(ours)) {
    throw new InvalidArgumentError('Expected id, instruction, input or output, "=" and a name of the file.');
  }
  return { ...earlier, [ours]: theirs };
}

export function prepareCommand(): Command {
  const command = new Command('prepare')
    .description('Bring records from files or the hub into one layout: cleaned, split, tokenized, with a report')
    .requiredOption(
      '-d, --data <sources...>',
      'files (JSONL, JSON, CSV, parquet) or data sets of the hub: org/name[@revision]',
    )
    .requiredOption('-m, --model <source>', 'whose tokenizer counts: model folder, or org/name[@revision] of the hub')
    .requiredOption('-o, --out <folder>', 'where the split, the manifest and the tokens go')
    .addOption(
      new Option('--layout <name>', 'how records are laid out')
        .choices(['auto', 'instruction', 'question-answer', 'messages', 'conversations'])
        .default('auto'),
    )
    .option('--field <ours=theirs>', 'a name in the file, such as instruction=question; may be repeated', fieldPair)
    .option('--messages-field <name>', 'the list of a chat layout')
    .addOption(
      new Option('--long-conversations <what>', 'conversations of more than one exchange')
        .choices(['error', 'first-exchange'])
        .default('error'),
    )
    .option('--hub-split <name>', 'split of a data set of the hub', 'train')
    .option('--offline', 'ask nobody: only files and the cache', false)
    .option('--json', 'the report as JSON', false)
    .addHelpText(
      'after',
      '\nExample:\n  alpacare prepare --data lavita/AlpaCare-MedInstruct-52k --model ./TinyLlama-1.1B --out ./medinstruct',
    )
    .action(prepare);
  return withShardFlags(withDataFlags(command, 'of the split'));
}

interface PrepareFlags extends DataFlags, ShardFlags {
  readonly data: string[];
  readonly model: string;
  readonly out: string;
  readonly layout: NonNullable<LayoutOptions['layout']>;
  readonly field?: Fields;
  readonly messagesField?: string;
  readonly longConversations: 'error' | 'first-exchange';
  readonly hubSplit: string;
  readonly offline: boolean;
  readonly json: boolean;
}

async function prepare(flags: PrepareFlags, command: Command): Promise<void> {
  checkShardFlags(flags, command);
  const core = await import('@alpacare/core');
  const interrupt = onInterrupt(() => process.stderr.write('\nstopping; what was fetched is kept\n'));
  const started = performance.now();
  const finish = ({ sources }: Opened, prepared: PreparedData) => write(flags, prepared, sources, started);
  try {
    if (flags.shard === undefined && core.detectLaunch() === null) {
      const opened = await openSources(flags, interrupt.signal);
      return await finish(opened, await core.prepareData(opened.options));
    }
    let opened: Opened | undefined;
    let preparation: Preparation | undefined;
    await runSharded(
      flags,
      async () => {
        opened = await openSources(flags, interrupt.signal);
        preparation = await core.openPreparation(opened.options);
        return workOf(opened, preparation, flags);
      },
      async ({ rows }) => finish(opened!, await preparation!.finish(rows.records as OutcomeRow[])),
    );
  } finally {
    interrupt.release();
  }
}

/** Sources, found, and what is to be done with them. */
interface Opened {
  readonly sources: readonly (LocatedData & { readonly source: string })[];
  readonly options: PrepareOptions;
  /** Digest of all files. */
  readonly digest: () => Promise<string>;
}

async function openSources(flags: PrepareFlags, signal: AbortSignal): Promise<Opened> {
  const core = await import('@alpacare/core');
  const hub = {
    onEvent: createHubView(),
    signal,
    split: flags.hubSplit,
    ...(flags.offline ? { offline: true } : {}),
  };
  const { folder } = await core.locateTokenizer(flags.model, hub);
  const tokenizer = await core.openTokenizer(folder);
  const sources: (LocatedData & { readonly source: string })[] = [];
  for (const source of flags.data) {
    const located = await core.locateData(source, hub);
    if (located.licence !== null) process.stderr.write(`${source}: ${located.licence}\n`);
    sources.push({ source, ...located });
  }
  const { field: fields, messagesField, longConversations } = flags;
  const records = sources.flatMap(({ files, layout }) =>
    files.map((file) => ({
      file,
      read: { layout: layout ?? flags.layout, fields, messagesField, longConversations },
    })),
  );
  const options = {
    records,
    tokenizer,
    template: core.promptTemplate(flags.template ?? (tokenizer.chatTemplate === null ? 'alpaca' : 'chat'), tokenizer),
    safetyPrefix: SYSTEM_PREFIX,
    disclaimer: DISCLAIMER,
    versions: { 'safety-prefix': SYSTEM_PREFIX_VERSION },
    maxTokens: flags.maxTokens,
    overLimit: flags.overLimit,
    seed: flags.seed,
    parallel: { tokenizerFolder: folder, threads: flags.threads },
    ...tokenCacheOf(flags.tokenCache, flags.out),
    ...(flags.split ? { split: flags.split } : {}),
  };
  return { sources, options, digest: () => core.filesDigest(records.map(({ file }) => file)) };
}

/** Flags that say nothing of the result, or are another machine's business. */
const LOCAL = ['shard', 'shardOut', 'out', 'threads', 'tokenCache', 'offline', 'json'] as const;

async function workOf(
  { options, digest }: Opened,
  preparation: Preparation,
  flags: PrepareFlags,
): Promise<ShardedWork> {
  const { templateHash } = await import('@alpacare/core');
  const asked = Object.fromEntries(
    Object.entries(flags).filter(([name]) => !(LOCAL as readonly string[]).includes(name)),
  );
  return {
    work: 'prepare',
    input: await digest(),
    configuration: {
      flags: asked,
      tokenizer: options.tokenizer.fingerprint,
      template: templateHash(options.template, options),
    },
    lists: {
      records: {
        items: preparation.records,
        compute: async ({ from, to }, advance) => {
          const rows: OutcomeRow[] = [];
          for (let at = from; at < to; at += CHUNK) {
            rows.push(...(await preparation.tokenize(at, Math.min(to, at + CHUNK))));
            advance();
          }
          return rows;
        },
      },
    },
    about: { out: flags.out, tokenCache: flags.tokenCache },
  };
}

/** Records tokenized between two signs of life: enough to keep all threads busy. */
const CHUNK = 16_384;

/**
 * The folder that `prepare` writes. Reads and cleans the records again, since a duplicate is one of all records; their tokens
 * are those of the parts. @internal for gather
 */
export async function finishPrepare(part: WorkPart, { out, json = false }: GatherFlags): Promise<void> {
  const core = await import('@alpacare/core');
  const started = performance.now();
  const asked = part.configuration.flags as Omit<PrepareFlags, (typeof LOCAL)[number]>;
  const made = part.about as Pick<PrepareFlags, 'out' | 'tokenCache'>;
  const flags: PrepareFlags = { ...asked, offline: false, json, ...made, ...(out !== undefined && { out }) };
  const interrupt = onInterrupt(() => process.stderr.write('\nstopping\n'));
  try {
    const opened = await openSources(flags, interrupt.signal);
    if ((await opened.digest()) !== part.input)
      throw new core.ShardError(
        `the parts were made from other records than ${flags.data.join(', ')} hold here and now`,
      );
    const preparation = await core.openPreparation(opened.options);
    const prepared = await preparation.finish(part.rows.records as OutcomeRow[]);
    await write(flags, prepared, opened.sources, started);
  } finally {
    interrupt.release();
  }
}

async function write(
  { out, json }: PrepareFlags,
  prepared: PreparedData,
  sources: Opened['sources'],
  started: number,
): Promise<void> {
  const { writeManifest } = await import('@alpacare/core');
  const { split, report, manifest } = prepared;
  await mkdir(out, { recursive: true });
  const jsonl = (values: readonly object[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join('');
  for (const part of ['train', 'validation', 'test'] as const) {
    const rows = split[part].map(({ id, instruction, input, output }) => ({ id, instruction, input, output }));
    await writeFile(join(out, `${part}.jsonl`), jsonl(rows));
  }
  await writeFile(join(out, 'dropped.jsonl'), jsonl(report.dropped));
  await writeFile(join(out, 'sources.json'), `${JSON.stringify(sources, null, 1)}\n`);
  await writeManifest(join(out, 'manifest.json'), manifest);
  const summary = reportOf(prepared, out, (performance.now() - started) / 1000);
  print(json, summary, describe(summary));
}

interface PrepareReport {
  readonly read: number;
  readonly kept: number;
  /** Reason -> records. */
  readonly dropped: Readonly<Record<string, number>>;
  readonly train: number;
  readonly validation: number;
  readonly test: number;
  /** Mean of the training examples. */
  readonly tokensPerExample: number;
  readonly cached: boolean;
  readonly seconds: number;
  readonly out: string;
}

function reportOf({ split, report, cached }: PreparedData, out: string, seconds: number): PrepareReport {
  const dropped: Record<string, number> = {};
  for (const { reason } of report.dropped) dropped[reason] = (dropped[reason] ?? 0) + 1;
  const tokens = split.train.reduce((sum, { example }) => sum + example.inputIds.length, 0);
  return {
    read: report.read,
    kept: report.kept,
    dropped,
    train: split.train.length,
    validation: split.validation.length,
    test: split.test.length,
    tokensPerExample: tokens / Math.max(1, split.train.length),
    cached,
    seconds,
    out,
  };
}

function describe(report: PrepareReport): string {
  const { read, kept, dropped, train, validation, test, tokensPerExample, cached, seconds, out } = report;
  return [
    `read ${read}, kept ${kept}, dropped ${Object.values(dropped).reduce((sum, count) => sum + count, 0)}`,
    ...Object.entries(dropped).map(([reason, count]) => `  ${reason}: ${count}`),
    `train ${train}, validation ${validation}, test ${test}`,
    `${tokensPerExample.toFixed(0)} tokens a training example${cached ? ', from the cache' : ''}`,
    `${seconds.toFixed(1)} s; written to ${out}`,
    '',
  ].join('\n');
}
