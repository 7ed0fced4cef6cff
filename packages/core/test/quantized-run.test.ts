/** Fine-tuning on a quantised base from end to end: what is said of it, what is saved, and that it resumes and repeats. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import {
  adapterVariant,
  expectedModel,
  type FineTuneEvent,
  type FineTuneOptions,
  fineTune,
  Generator,
  OnnxEngine,
  openModel,
  openQuantizedBase,
  readAdapter,
  readManifest,
  readRunFile,
  verifyRun,
} from '../src/index.ts';
import { writeTinyModel } from '../src/testing/index.ts';

const tokenizer = fileURLToPath(new URL('./golden/tiny-tokenizer/byte-level', import.meta.url));
const engine = new OnnxEngine({ threads: 1 });
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alpacare-quantized-run-'));
  vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'));
  await writeTinyModel(join(folder, 'model'), { tokenizer, config: { hidden_size: 64 } });
  await writeTinyModel(join(folder, 'other'), { tokenizer, config: { hidden_size: 64 }, seed: 2 });
  const records = Array.from({ length: 24 }, (_, i) => ({
    instruction: `Why is ${i} water good?`,
    input: '',
    output: `Because ${'the body needs it '.repeat(1 + (i % 5))}${i}.`,
  }));
  await writeFile(join(folder, 'records.jsonl'), records.map((r) => JSON.stringify(r)).join('\n'));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await engine.dispose();
  await rm(folder, { recursive: true, force: true });
});

const job = (name: string, more: Partial<FineTuneOptions> = {}): FineTuneOptions => ({
  model: join(folder, 'model'),
  records: [join(folder, 'records.jsonl')],
  output: join(folder, name),
  template: 'alpaca',
  split: { counts: { train: 20, validation: 4, test: 0 } },
  adapter: { rank: 2, alpha: 4, targetModules: 'all-linear' },
  quantize: { dtype: 'int8' },
  train: { steps: 6, batchSize: 3, learningRate: 1e-2, int8: 'fast' },
  ...more,
});

async function run(options: FineTuneOptions, stopAfter = Infinity): Promise<FineTuneEvent[]> {
  const abort = new AbortController();
  const events: FineTuneEvent[] = [];
  for await (const event of fineTune(engine, { ...options, signal: abort.signal })) {
    events.push(event);
    if (event.type === 'step-end' && event.step === stopAfter) abort.abort();
  }
  return events;
}

it('says what the base is held in, and saves an adapter for the base as its files have it', async () => {
  const events = await run(job('first'));
  expect(events[0]).toMatchObject({ type: 'quantize-end', dtype: 'int8', made: true });
  const [quantized] = events;
  if (quantized?.type !== 'quantize-end') throw new Error('no quantize-end');
  expect(quantized.bytes).toBeLessThan(0.6 * quantized.bytesBefore);
  expect(quantized.relativeError).toBeGreaterThan(0);
  expect(quantized.relativeError).toBeLessThan(0.02);
  const manifest = await readManifest(join(folder, 'first/manifest.json'));
  expect(manifest.base).toEqual({ quantized: 'int8' });
  expect(await verifyRun(join(folder, 'first'))).toEqual([]);

  const opened = await openModel(join(folder, 'model'));
  const adapter = await readAdapter(join(folder, 'first'), expectedModel(opened.model));
  expect(adapter.config.baseModel).toBe(join(folder, 'model'));
  const answers: number[][] = [];
  for (const base of [opened, await openQuantizedBase(opened, { dtype: 'int8' })]) {
    const generator = await Generator.create(engine, adapterVariant(base, adapter));
    const ids: number[] = [];
    for await (const id of generator.generate([1, 5, 9], { maxNewTokens: 4, temperature: 0 })) ids.push(id);
    answers.push(ids);
    await generator.dispose();
  }
  expect(answers[0]).toHaveLength(4);
  expect(answers[1]).toHaveLength(4);
});

it('makes the quantised base once, and resumes to the same bytes', async () => {
  const whole = await run(job('whole'));
  expect(whole[0]).toMatchObject({ type: 'quantize-end', made: false });
  expect(await readdir(join(folder, 'cache/alpacare/quantized'))).toHaveLength(1);
  await run(job('stopped'), 3);
  const resumed = await run({ ...(await readRunFile(join(folder, 'stopped'))), resume: true });
  expect(resumed.some(({ type }) => type === 'resume')).toBe(true);
  const bytes = (name: string) => readFile(join(folder, name, 'adapter_model.safetensors'));
  expect((await bytes('stopped')).equals(await bytes('whole'))).toBe(true);
  // The same steps on the base as stored, or in another type, are another run.
  await expect(run({ ...job('stopped', { quantize: undefined }), resume: true })).rejects.toThrow(/base/);
});

it('keeps nf4 with scales in 8 bits apart from nf4, and says so in the log, the manifest and the card', async () => {
  const double = { dtype: 'nf4', doubleQuantization: true } as const;
  const files = new Set<string>();
  for (const [name, quantize] of [
    ['double', double],
    ['plain', { dtype: 'nf4' }],
  ] as const) {
    const [event] = await run(job(name, { quantize, train: { steps: 1, batchSize: 3 } }));
    const words = name === 'double' ? 'nf4 with scales in 8 bits' : 'nf4';
    expect(event).toMatchObject({ type: 'quantize-end', made: true, heldAs: words });
    if (event?.type === 'quantize-end') files.add(event.file);
  }
  expect(files.size).toBe(2);
  const manifest = await readManifest(join(folder, 'double/manifest.json'));
  expect(manifest.base).toEqual({ quantized: 'nf4', doubleQuantization: true });
  expect(await verifyRun(join(folder, 'double'))).toEqual([]);
  expect(await readFile(join(folder, 'double/README.md'), 'utf8')).toContain('the base in nf4 with scales in 8 bits');
  // Neither file is taken for the other.
  const opened = await openModel(join(folder, 'model'));
  const [first, second] = [...files] as [string, string];
  await expect(openQuantizedBase(opened, { dtype: 'nf4', file: first })).rejects.toThrow(
    /holds nf4 with scales in 8 bits, expected nf4/,
  );
  await expect(openQuantizedBase(opened, { ...double, file: second })).rejects.toThrow(
    /holds nf4, expected nf4 with scales in 8 bits/,
  );
  // The same steps on scales in f32 are another run.
  await run(job('halted', { quantize: double }), 2);
  await expect(run({ ...job('halted', { quantize: { dtype: 'nf4' } }), resume: true })).rejects.toThrow(/base/);
});

it('refuses a file of another base or type, and a base that is to be trained', async () => {
  const file = join(folder, 'kept.safetensors');
  await openQuantizedBase(await openModel(join(folder, 'model')), { dtype: 'int8', file });
  await expect(openQuantizedBase(await openModel(join(folder, 'other')), { dtype: 'int8', file })).rejects.toThrow(
    /another base/,
  );
  await expect(run(job('wrong', { quantize: { dtype: 'nf4', file } }))).rejects.toThrow(/holds int8, expected nf4/);
  await expect(run(job('full', { full: {} }))).rejects.toThrow(/for adapters/);
});
