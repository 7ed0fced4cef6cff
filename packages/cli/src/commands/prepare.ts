/** `alpacare prepare`: records from files or the hub, cleaned, split, tokenized once and kept. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LayoutOptions, LocatedData, PreparedData } from '@alpacare/core';
import { DISCLAIMER, SYSTEM_PREFIX, SYSTEM_PREFIX_VERSION } from '@alpacare/safety';
import { Command, InvalidArgumentError, Option } from 'commander';
import { splitSize, tokenCacheOf, wholeNumber } from '../config/options.ts';
import { createHubView } from '../ui/hub-view.ts';
import { onInterrupt } from '../ui/interrupt.ts';

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
  return new Command('prepare')
    .description('Bring records from files or the hub into one layout: cleaned, split, tokenized, with a report')
    .requiredOption(
      '-d, --data <sources...>',
      'files (JSONL, JSON, CSV, parquet) or data sets of the hub: org/name[@revision]',
    )
    .requiredOption('-m, --model <source>', 'whose tokenizer counts: model folder, or org/name[@revision] of the hub')
    .requiredOption('-o, --out <folder>', 'where the split, the manifest and the tokens go')
    .addOption(
      new Option('--template <name>', "prompt template; default: the model's own").choices([
        'chat',
        'alpaca',
        'medalpaca',
      ]),
    )
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
    .option('--max-tokens <n>', 'longest example', wholeNumber, 512)
    .addOption(
      new Option('--over-limit <what>', 'what becomes of longer ones')
        .choices(['drop', 'truncate-answer'])
        .default('drop'),
    )
    .option('--split <sizes>', 'train/validation/test: shares 90/5/5 or counts 5000,250,250', splitSize)
    .option('--seed <n>', 'of the split', wholeNumber, 42)
    .option('--threads <n>', 'processor threads', wholeNumber)
    .option(
      '--token-cache <folder>',
      'where texts and tokens are kept for the next time; default: tokens in the output folder',
    )
    .option('--no-token-cache', 'keep no tokens')
    .option('--offline', 'ask nobody: only files and the cache', false)
    .addHelpText(
      'after',
      '\nExample:\n  alpacare prepare --data lavita/AlpaCare-MedInstruct-52k --model ./TinyLlama-1.1B --out ./medinstruct',
    )
    .action(prepare);
}

interface PrepareFlags {
  readonly data: string[];
  readonly model: string;
  readonly out: string;
  readonly template?: 'chat' | 'alpaca' | 'medalpaca';
  readonly layout: NonNullable<LayoutOptions['layout']>;
  readonly field?: Fields;
  readonly messagesField?: string;
  readonly longConversations: 'error' | 'first-exchange';
  readonly hubSplit: string;
  readonly maxTokens: number;
  readonly overLimit: 'drop' | 'truncate-answer';
  readonly split?: ReturnType<typeof splitSize>;
  readonly seed: number;
  readonly threads?: number;
  readonly tokenCache?: string | boolean;
  readonly offline: boolean;
}

async function prepare(flags: PrepareFlags): Promise<void> {
  const core = await import('@alpacare/core');
  const interrupt = onInterrupt(() => process.stderr.write('\nstopping; what was fetched is kept\n'));
  try {
    const hub = {
      onEvent: createHubView(),
      signal: interrupt.signal,
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
    const started = performance.now();
    const prepared = await core.prepareData({
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
    });
    await write(flags.out, prepared, sources);
    await core.writeManifest(join(flags.out, 'manifest.json'), prepared.manifest);
    print(prepared, flags.out, (performance.now() - started) / 1000);
  } finally {
    interrupt.release();
  }
}

async function write(
  out: string,
  { split, report }: PreparedData,
  sources: readonly (LocatedData & { readonly source: string })[],
): Promise<void> {
  await mkdir(out, { recursive: true });
  const jsonl = (values: readonly object[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join('');
  for (const part of ['train', 'validation', 'test'] as const) {
    const rows = split[part].map(({ id, instruction, input, output }) => ({ id, instruction, input, output }));
    await writeFile(join(out, `${part}.jsonl`), jsonl(rows));
  }
  await writeFile(join(out, 'dropped.jsonl'), jsonl(report.dropped));
  await writeFile(join(out, 'sources.json'), `${JSON.stringify(sources, null, 1)}\n`);
}

function print({ split, report, cached }: PreparedData, out: string, seconds: number): void {
  const reasons = new Map<string, number>();
  for (const { reason } of report.dropped) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  const tokens = split.train.reduce((sum, { example }) => sum + example.inputIds.length, 0);
  process.stdout.write(
    [
      `read ${report.read}, kept ${report.kept}, dropped ${report.dropped.length}`,
      ...[...reasons].map(([reason, count]) => `  ${reason}: ${count}`),
      `train ${split.train.length}, validation ${split.validation.length}, test ${split.test.length}`,
      `${(tokens / Math.max(1, split.train.length)).toFixed(0)} tokens a training example${cached ? ', from the cache' : ''}`,
      `${seconds.toFixed(1)} s; written to ${out}`,
      '',
    ].join('\n'),
  );
}
