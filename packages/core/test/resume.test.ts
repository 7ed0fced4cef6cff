/** A run stopped anywhere and resumed gives the bytes of one that was not. */
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  CheckpointError,
  CheckpointStore,
  type FineTuneOptions,
  fineTune,
  OnnxEngine,
  openModel,
  planSweep,
  readRunFile,
  type SweepResult,
  type SweepRun,
  sweep,
  sweepTable,
  verifyRun,
} from '../src/index.ts';
import { writeTinyModel } from '../src/testing/index.ts';
import { bundled } from './support/bundled.ts';

const tokenizer = fileURLToPath(new URL('./golden/tiny-tokenizer/byte-level', import.meta.url));
let folder = '';
let engine: OnnxEngine;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alpacare-resume-'));
  engine = new OnnxEngine({ threads: 1 });
  await writeTinyModel(join(folder, 'model'), { tokenizer });
  const records = Array.from({ length: 24 }, (_, i) => ({
    instruction: `Why is ${i} water good?`,
    input: '',
    output: `Because ${'the body needs it '.repeat(1 + (i % 5))}${i}.`,
  }));
  await writeFile(join(folder, 'records.jsonl'), records.map((r) => JSON.stringify(r)).join('\n'));
});
afterAll(async () => {
  await engine.dispose();
  await rm(folder, { recursive: true, force: true });
});

function job(name: string, more: Partial<FineTuneOptions> = {}): FineTuneOptions {
  return {
    model: join(folder, 'model'),
    records: [join(folder, 'records.jsonl')],
    output: join(folder, name),
    template: 'chat',
    split: { counts: { train: 20, validation: 4, test: 0 } },
    adapter: { rank: 2, alpha: 4, dropout: 0.2, targetModules: 'all-linear' },
    train: { steps: 12, batchSize: 3, accumulation: 2, learningRate: 1e-2, evaluateEvery: 5 },
    checkpointEvery: 2,
    resume: true,
    ...more,
  };
}

async function run(options: FineTuneOptions, stopAfter = Infinity): Promise<string[]> {
  const controller = new AbortController();
  const seen: string[] = [];
  for await (const event of fineTune(engine, { ...options, signal: controller.signal })) {
    seen.push(event.type);
    if (event.type === 'step-end' && event.step >= stopAfter) controller.abort();
  }
  return seen;
}

const adapterBytes = (name: string) => readFile(join(folder, name, 'adapter_model.safetensors'));

describe('resume', () => {
  it('equals the undisturbed run bit for bit after aborts at odd places', async () => {
    await run(job('whole'));
    for (const stop of [1, 4, 7]) expect(await run(job('stopped'), stop)).toContain('checkpoint-end');
    expect(await run(job('stopped'))).toContain('resume');
    expect(await adapterBytes('stopped')).toEqual(await adapterBytes('whole'));
  });

  it('equals the undisturbed run after SIGKILL', async () => {
    await run(job('whole'));
    const script = await bundled(new URL('./support/fine-tune-child.ts', import.meta.url));
    const child = spawn(process.execPath, [script, JSON.stringify(job('killed'))], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for await (const line of createInterface(child.stdout)) {
      if (/^step-end [5-9]/.test(line)) child.kill('SIGKILL');
    }
    const store = new CheckpointStore(join(folder, 'killed', 'checkpoints'), {});
    expect((await store.list()).length).toBeGreaterThan(0);
    await expect(adapterBytes('killed')).rejects.toThrow();
    expect(await run(job('killed'))).toContain('resume');
    expect(await adapterBytes('killed')).toEqual(await adapterBytes('whole'));
  });

  it('keeps the latest checkpoints and the best one', async () => {
    await run(job('kept', { checkpointEvery: 1, keepCheckpoints: 2 }));
    const store = new CheckpointStore(join(folder, 'kept', 'checkpoints'), {});
    const kept = await store.list();
    const measured = kept.filter(({ validationNats }) => validationNats !== null);
    expect(kept.slice(-2).map(({ step }) => step)).toEqual([11, 12]);
    expect(measured.length).toBeGreaterThan(0);
    expect(kept.length).toBeLessThanOrEqual(3);
  });

  it('refuses to go on with other options, and names them', async () => {
    await run(job('mine'), 3);
    const other = job('mine', { adapter: { rank: 2, alpha: 8, dropout: 0.2, targetModules: 'all-linear' } });
    await expect(run(other)).rejects.toThrow(CheckpointError);
    await expect(run(other)).rejects.toThrow(/these differ: adapter\.alpha/);
  });

  it('passes over what a killed save left behind', async () => {
    await run(job('leftover'), 3);
    await writeTinyModel(join(folder, 'leftover', 'checkpoints', '.writing-abc'));
    await run(job('leftover'));
    const names = await readdir(join(folder, 'leftover', 'checkpoints'));
    expect(names.every((name) => name.startsWith('step-'))).toBe(true);
  });

  it('goes on and verifies from the run folder alone', async () => {
    await run(job('alone'), 3);
    expect(await verifyRun(join(folder, 'alone'))).toEqual([]);
    const options = await readRunFile(join(folder, 'alone'));
    expect(await run({ ...options, resume: true })).toContain('resume');
    expect(await adapterBytes('alone')).toEqual(await adapterBytes('whole'));
  });

  it('trains every weight, resumes it, and writes a model that opens', async () => {
    const full = (name: string): FineTuneOptions => ({
      ...job(name, { full: { dropout: 0.1 }, train: { steps: 6, batchSize: 3, learningRate: 1e-3 } }),
    });
    await run(full('full'));
    await run(full('full-stopped'), 3);
    await run(full('full-stopped'));
    const weights = (name: string) => readFile(join(folder, name, 'model', 'model.safetensors'));
    expect(await weights('full-stopped')).toEqual(await weights('full'));
    const before = await readFile(join(folder, 'model', 'model.safetensors'));
    expect(await weights('full')).not.toEqual(before);
    expect((await openModel(join(folder, 'full', 'model'))).model.vocabSize).toBe(320);
  });

  it('says what has changed since', async () => {
    const records = join(folder, 'changing.jsonl');
    const text = await readFile(join(folder, 'records.jsonl'), 'utf8');
    await writeFile(records, text);
    await run(job('changed', { records: [records] }), 1);
    await writeFile(records, text.replace('Why is 7', 'How is 7'));
    const kinds = (await verifyRun(join(folder, 'changed'))).map(({ kind }) => kind);
    expect(kinds).toEqual(expect.arrayContaining(['sample-missing', 'sample-surplus']));
    await expect(verifyRun(folder)).rejects.toThrow(/run\.json: does not exist/);
  });
});

describe('sweep', () => {
  it('runs one change after the other and lays the results side by side', async () => {
    const base = job('sweep', { train: { steps: 2, batchSize: 3, learningRate: 1e-2 }, resume: false });
    const runs: SweepRun[] = [
      { name: 'base', change: {} },
      { name: 'rank-4', change: { adapter: { rank: 4 } } },
      { name: 'rate', change: { train: { learningRate: 1e-3 } } },
    ];
    let results: readonly SweepResult[] = [];
    for await (const event of sweep(engine, base, runs)) if (event.type === 'sweep-end') results = event.results;
    expect(results.map(({ name, changed }) => [name, ...changed])).toEqual([
      ['base'],
      ['rank-4', 'adapter.rank'],
      ['rate', 'train.learningRate'],
    ]);
    expect(results[1]!.trainableParameters).toBe(2 * results[0]!.trainableParameters);
    expect(results.every(({ perplexity, basePerplexity }) => perplexity! < basePerplexity!)).toBe(true);
    const two = [{ name: 'both', change: { adapter: { rank: 4, alpha: 2 } } }];
    expect(() => planSweep(base, two)).toThrow(/"both" changes adapter\.alpha and adapter\.rank/);
    const none = [
      { name: 'one', change: {} },
      { name: 'other', change: { adapter: { rank: 2 } } },
    ];
    expect(() => planSweep(base, none)).toThrow(/"other" and "one" change none/);
  });

  it('goes on where it was stopped, and makes no run twice', async () => {
    const runs: SweepRun[] = [
      { name: 'base', change: {} },
      { name: 'rank-4', change: { adapter: { rank: 4 } } },
    ];
    const base = job('sweep-stopped', { train: { steps: 4, batchSize: 3, learningRate: 1e-2 } });
    /** Stops after an update of a run; gives the types of events of each run, and the rows. */
    const go = async (stopAt?: { run: string; step: number }) => {
      const controller = new AbortController();
      const seen: string[] = [];
      let results: readonly SweepResult[] = [];
      for await (const one of sweep(engine, { ...base, signal: controller.signal }, runs)) {
        if (one.type === 'sweep-run-reused') seen.push(`${one.result.name} reused`);
        if (one.type === 'sweep-end') results = one.results;
        if (one.type !== 'sweep-run-event') continue;
        const { run: name, event } = one;
        seen.push(`${name} ${event.type}`);
        if (event.type === 'step-end' && name === stopAt?.run && event.step === stopAt.step) controller.abort();
      }
      return { seen, results };
    };
    expect((await go({ run: 'base', step: 3 })).results).toHaveLength(1);
    const second = await go({ run: 'rank-4', step: 2 });
    expect(second.seen).toEqual(expect.arrayContaining(['base resume', 'rank-4 baseline-end']));
    const third = await go();
    expect(third.seen).toContain('base reused');
    expect(third.seen).toContain('rank-4 resume');
    expect(third.seen.filter((line) => line.startsWith('base '))).toEqual(['base reused']);
    expect(third.results.map(({ name, steps }) => [name, steps])).toEqual([
      ['base', 4],
      ['rank-4', 4],
    ]);
    expect(third.results.every(({ perplexity, basePerplexity }) => perplexity! < basePerplexity!)).toBe(true);
    const table = sweepTable(third.results).split('\n');
    expect(table).toHaveLength(4);
    expect(table[3]).toMatch(/^\| rank-4 \| adapter\.rank \| [\d,]+ \| 4 \| /);
    expect(table.join().match(/\*\*[\d.]+\*\*/g)).toHaveLength(1);
    // Another option is another run: what lies in its folder is not taken for it.
    const changed = { ...base, checkpointEvery: 2, train: { ...base.train, learningRate: 1e-3 } };
    await expect(async () => {
      for await (const _ of sweep(engine, changed, runs));
    }).rejects.toThrow(/these differ: train\.learningRate/);
    await writeFile(join(base.output, 'sweep.json'), '{');
    await expect(async () => {
      for await (const _ of sweep(engine, base, runs));
    }).rejects.toThrow(/sweep\.json: is no record of a sweep/);
  });
});
