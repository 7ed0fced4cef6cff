/**
 * Times preparing 52,000 records of the length of medical instruction data, the first time and again with the tokens in the cache.
 *
 *     node --conditions=alpacare-source --import tsx benchmarks/prepare.ts --tokenizer FOLDER --data FILE... [--records 52000] [--threads 2]
 *
 * The records are made from sentences of the files given, shuffled with a seed, so that each is another one: instruction and input as long
 * as those of the files, answers too. With ALPACA's template, the project's safety prefix and disclaimer, 512 tokens.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ALPACA, createRandom, openTokenizer, prepareData, promptTemplate, readRecords } from '@alpacare/core';
import { DISCLAIMER, SYSTEM_PREFIX } from '@alpacare/safety';

const { values } = parseArgs({
  options: {
    tokenizer: { type: 'string' },
    data: { type: 'string', multiple: true },
    records: { type: 'string', default: '52000' },
    threads: { type: 'string' },
  },
});
if (!values.tokenizer || !values.data) throw new Error('--tokenizer FOLDER and --data FILE are needed');

const random = createRandom(42);
const pick = <T>(items: readonly T[]): T => items[random.nextInt(items.length)] as T;
const sentences: string[] = [];
const lengths: { instruction: number; input: number; output: number }[] = [];
for (const file of values.data) {
  for await (const record of readRecords(file, { layout: 'auto' })) {
    const { instruction, input, output } = record;
    lengths.push({ instruction: instruction.length, input: input.length, output: output.length });
    sentences.push(...`${input} ${output}`.split(/(?<=[.!?]) +/).filter((sentence) => sentence.length > 20));
  }
}
const textOf = (length: number): string => {
  let text = '';
  while (text.length < length) text += `${text && ' '}${pick(sentences)}`;
  return text.slice(0, length);
};

const folder = await mkdtemp(join(tmpdir(), 'alpacare-bench-'));
try {
  const file = join(folder, 'records.jsonl');
  let characters = 0;
  const lines = Array.from({ length: Number(values.records) }, () => {
    const length = pick(lengths);
    characters += length.instruction + length.input + length.output;
    return JSON.stringify({
      instruction: textOf(length.instruction),
      input: textOf(length.input),
      output: textOf(length.output),
    });
  });
  await writeFile(file, lines.join('\n'));
  const tokenizer = await openTokenizer(values.tokenizer);
  const prepare = async (name: string): Promise<void> => {
    const started = performance.now();
    const cpu = process.cpuUsage();
    const { report, cached, split } = await prepareData({
      records: [file],
      tokenizer,
      template: promptTemplate(ALPACA.name as 'alpaca', tokenizer),
      safetyPrefix: SYSTEM_PREFIX,
      disclaimer: DISCLAIMER,
      parallel: {
        tokenizerFolder: values.tokenizer as string,
        ...(values.threads ? { threads: Number(values.threads) } : {}),
      },
      tokenCache: join(folder, 'tokens'),
    });
    const seconds = (performance.now() - started) / 1000;
    const used = process.cpuUsage(cpu);
    const tokens = split.train.reduce((sum, { example }) => sum + example.inputIds.length, 0) / split.train.length;
    console.log(
      `${name}: ${seconds.toFixed(1)} s (${((used.user + used.system) / 1e6).toFixed(1)} s of processor), ${report.read} read, ` +
        `${report.kept} kept${cached ? ', from the cache' : ''}, ${tokens.toFixed(0)} tokens a record`,
    );
  };
  console.log(
    `${values.records} records of ${(characters / Number(values.records)).toFixed(0)} characters; ` +
      `${availableParallelism()} cores (${cpus()[0]?.model}), load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}`,
  );
  await prepare('first time');
  await prepare('second time');
} finally {
  await rm(folder, { recursive: true });
}
