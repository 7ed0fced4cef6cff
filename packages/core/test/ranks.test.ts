/** Training on several ranks, real processes under a real mpirun: the same losses, the same bytes, a clean end. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CheckpointStore, type FineTuneEvent, type FineTuneOptions } from '../src/index.ts';
import { writeTinyModel } from '../src/testing/index.ts';
import { bundled } from './support/bundled.ts';
import { findMpi, isAlive, type Job, type Mpi, startJob, until } from './support/mpirun.ts';
import type { Sabotage } from './support/sabotage.ts';

const tokenizer = fileURLToPath(new URL('./golden/tiny-tokenizer/byte-level', import.meta.url));
const script = await bundled(new URL('./support/train-rank.ts', import.meta.url));
const mpi = findMpi('openmpi') as Mpi;
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alpacare-ranks-'));
  await writeTinyModel(join(folder, 'model'), { tokenizer });
  const records = Array.from({ length: 70 }, (_, i) => ({
    instruction: `Why is ${i} water good?`,
    input: '',
    output: `Because ${'the body needs it '.repeat(1 + (i % 5))}${i}.`,
  }));
  await writeFile(join(folder, 'records.jsonl'), records.map((r) => JSON.stringify(r)).join('\n'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach((context) => {
  if (typeof mpi === 'string') context.skip(mpi);
});

function job(name: string, more: Partial<FineTuneOptions> = {}): FineTuneOptions {
  return {
    model: join(folder, 'model'),
    records: [join(folder, 'records.jsonl')],
    output: join(folder, name),
    template: 'chat',
    split: { counts: { train: 65, validation: 5, test: 0 } },
    adapter: { rank: 2, alpha: 4, dropout: 0.2, targetModules: 'all-linear' },
    // 65 examples in batches of 3: the last window of an epoch has fewer batches than there are ranks.
    train: { steps: 30, batchSize: 3, accumulation: 7, learningRate: 1e-2, evaluateEvery: 15 },
    checkpointEvery: 3,
    resume: true,
    ...more,
  };
}

const program = (options: FineTuneOptions, sabotage?: Sabotage) => [
  process.execPath,
  script,
  JSON.stringify({ options, sabotage }),
];

const eventsOf = (output: string): FineTuneEvent[] =>
  output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));

async function train(ranks: number, options: FineTuneOptions): Promise<FineTuneEvent[]> {
  if (ranks === 1) {
    const [command, ...args] = program(options);
    return eventsOf(execFileSync(command!, args, { encoding: 'utf8' }));
  }
  const started = startJob(mpi, ranks, program(options));
  const code = await started.ended;
  if (code !== 0) throw new Error(`code ${code}: ${started.errors()}`);
  return eventsOf(started.output());
}

const lossesOf = (events: readonly FineTuneEvent[]) =>
  events.flatMap((event) => (event.type === 'step-end' || event.type === 'evaluation-end' ? [event.lossNats] : []));

function worstDifference(a: readonly number[], b: readonly number[]): number {
  expect(a.length).toBe(b.length);
  return Math.max(...a.map((value, i) => Math.abs(value / b[i]! - 1)));
}

const adapter = (name: string) => readFile(join(folder, name, 'adapter_model.safetensors'));
const messages = (started: Job) =>
  started
    .errors()
    .split('\n')
    .filter((line) => line.startsWith('error: '));
const lastCheckpoint = async (name: string) =>
  (await new CheckpointStore(join(folder, name, 'checkpoints'), {}).list()).at(-1)?.step;

describe('training on several ranks', { timeout: 180_000 }, () => {
  let alone: number[] = [];

  it('follows one process over 30 steps with 2, 3 and 4 ranks', async () => {
    alone = lossesOf(await train(1, job('one')));
    expect(alone.length).toBe(32);
    for (const ranks of [2, 3, 4]) {
      const events = await train(ranks, job(`lora-${ranks}`));
      expect(worstDifference(lossesOf(events), alone)).toBeLessThan(1e-6);
      expect(events.find((event) => event.type === 'run-start')).toMatchObject({ ranks });
      const end = events.find((event) => event.type === 'run-end');
      expect(end?.communication?.share).toBeGreaterThan(0);
    }
  });

  it('trains every weight alike', async () => {
    const steps = { steps: 5, batchSize: 3, accumulation: 4, learningRate: 1e-3 };
    const full = (name: string) => job(name, { full: { dropout: 0.1 }, train: steps, checkpointEvery: 5 });
    const one = lossesOf(await train(1, full('full-1')));
    expect(worstDifference(lossesOf(await train(2, full('full-2'))), one)).toBeLessThan(1e-6);
  });

  it('ends when a rank is killed; resumed, gives the bytes of an undisturbed run, on other ranks the same losses', async () => {
    const killed = startJob(mpi, 3, program(job('killed'), { rank: 2, dieAt: 8 }));
    expect(await killed.ended).not.toBe(0);
    const pids = [...killed.output().matchAll(/^pid \d (\d+)$/gm)].map((match) => Number(match[1]));
    await until(() => !pids.some(isAlive), 'all ranks to be gone', 10);
    expect(messages(killed)).toEqual([expect.stringMatching(/^error: rank 2 on \S+ is gone/)]);
    expect(await lastCheckpoint('killed')).toBe(6);
    execFileSync('cp', ['-r', join(folder, 'killed'), join(folder, 'on-two')]);
    const two = await train(2, job('on-two'));
    expect(two.find((event) => event.type === 'resume')).toMatchObject({ step: 6 });
    expect(worstDifference(lossesOf(two), alone.slice(6))).toBeLessThan(1e-6);
    await train(3, job('killed'));
    expect(await adapter('killed')).toEqual(await adapter('lora-3'));
  });

  it.each([
    ['before there is a checkpoint', { rank: 1, dieAt: 1 }],
    ['and is the one that writes, as a checkpoint is due', { rank: 0, dieAt: 6 }],
    ['in the last step but one', { rank: 2, dieAt: 29 }],
  ])('gives the same bytes when a rank is killed %s and the job is run again', async (_when, sabotage) => {
    const name = `killed-${sabotage.dieAt}`;
    const started = startJob(mpi, 3, program(job(name), sabotage));
    expect(await started.ended).not.toBe(0);
    const pids = [...started.output().matchAll(/^pid \d (\d+)$/gm)].map((match) => Number(match[1]));
    await until(() => !pids.some(isAlive), 'all ranks to be gone', 10);
    expect(messages(started)).toEqual([
      expect.stringMatching(new RegExp(`^error: rank ${sabotage.rank} on .* is gone`)),
    ]);
    await train(3, job(name));
    expect(await adapter(name)).toEqual(await adapter('lora-3'));
  });

  it('ends on a NaN with one message that names rank and host, and keeps the last good adapter', async () => {
    const started = startJob(mpi, 3, program(job('nan'), { rank: 1, lossIsNanAt: 5 }));
    expect(await started.ended).not.toBe(0);
    expect(messages(started)).toEqual([
      expect.stringMatching(/^error: step 5, rank 1 on \S+: the loss is NaN \(examples/),
    ]);
    expect(eventsOf(started.output()).at(-1)).toMatchObject({ type: 'save-end' });
    expect(await lastCheckpoint('nan')).toBe(3);
  });

  it('finds ranks that have drifted apart', async () => {
    const steps = { steps: 3, batchSize: 3, accumulation: 2 };
    const started = startJob(mpi, 2, program(job('drift', { train: steps }), { rank: 1, driftAt: 2 }));
    expect(await started.ended).not.toBe(0);
    expect(messages(started)).toEqual([
      expect.stringMatching(/^error: step 3: the parameters of rank 1 on \S+ differ from those of rank 0/),
    ]);
  });

  it('refuses more ranks than a window has batches', async () => {
    const few = { steps: 3, batchSize: 3, accumulation: 2 };
    const started = startJob(mpi, 3, program(job('few', { train: few })));
    expect(await started.ended).not.toBe(0);
    expect(messages(started)).toEqual([expect.stringMatching(/accumulation.*found 2 for 3 ranks/)]);
  });
});
