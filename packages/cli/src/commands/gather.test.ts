/** Every command that can be split: its parts, gathered, are what it makes whole. Ranks are the built command: `npm test` builds first. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fineTune, OnnxEngine } from '@alpacare/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { findMpi, type Mpi, startJob } from '../../../core/test/support/mpirun.ts';
import { createProgram } from '../program.ts';
import { runCommand } from '../testing/run-command.ts';
import { tinyModel } from '../testing/tiny-model.ts';

let folder = '';
const at = (name: string): string => join(folder, name);
const lines = (rows: readonly unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
const run = (...args: string[]): Promise<string> => runCommand(createProgram(), args);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alpacare-gather-'));
  await tinyModel(at('model'));
  const texts = ['Rest helps.', 'Take 500 mg of amoxicillin three times a day.', 'You have lupus.', 'Drink water.'];
  await writeFile(
    at('texts.jsonl'),
    `\uFEFF${lines(Array.from({ length: 21 }, (_, id) => ({ id, text: texts[id % 4] })))}oops\r\n\n{"id":"last"}`,
  );
  const outputs = Array.from({ length: 13 }, (_, id) => ({ id, prompt: 'Q?', output: texts[(3 * id) % 4] }));
  await writeFile(at('outputs.jsonl'), lines(outputs));
  await writeFile(
    at('questions.jsonl'),
    lines(
      Array.from({ length: 11 }, (_, id) => ({
        id,
        question: `Q${id}`,
        answer: 'x'.repeat(1 + ((7 * id) % 11)),
        references: { a: 'x'.repeat(1 + (id % 5)), b: 'x'.repeat(9 - (id % 9)) },
      })),
    ),
  );
  await writeFile(
    at('judge.mjs'),
    'export default async (q, a, b) => a.length === b.length ? "tie" : a.length > b.length ? "first" : "second";',
  );
  await writeFile(
    at('prompts.jsonl'),
    lines(
      Array.from({ length: 5 }, (_, id) => ({ id, prompt: `What is number ${id}?`, input: id === 2 ? 'Two.' : '' })),
    ),
  );
  const records = Array.from({ length: 60 }, (_, i) => ({
    instruction: `Why is water number ${i} good?`,
    input: '',
    output: `Because ${'the body needs it '.repeat(1 + (i % 5))}${i}.`,
  }));
  const dirty = [
    ...records,
    records[3],
    { ...records[0], output: '' },
    { ...records[1], output: `${'very '.repeat(400)}long` },
  ];
  await writeFile(at('records.jsonl'), lines(dirty));
  const engine = new OnnxEngine({ threads: 1 });
  const job = {
    model: at('model'),
    records: [at('records.jsonl')],
    output: at('run'),
    split: { counts: { train: 20, validation: 0, test: 40 } },
    adapter: { rank: 2, alpha: 4 },
    train: { steps: 2, batchSize: 4 },
  };
  for await (const _ of fineTune(engine, job));
  await engine.dispose();
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(() => {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  return () => vi.restoreAllMocks();
});

/** The words of each command that can be split, and an option that makes it another configuration. */
const commands: readonly (readonly [name: string, args: () => string[], other: string[]])[] = [
  ['check', () => ['check', at('texts.jsonl'), '--jsonl'], ['--profile', 'strict']],
  ['eval safety', () => ['eval', 'safety', at('outputs.jsonl'), '--json'], ['--checker-name', 'mine']],
  [
    'eval winrate',
    () => ['eval', 'winrate', at('questions.jsonl'), '--judge', at('judge.mjs'), '--judge-name', 'longer', '--json'],
    ['--seed', '2'],
  ],
  [
    'answer',
    () => ['answer', at('prompts.jsonl'), '--model', at('model'), '--max-new-tokens', '6', '--temperature', '0.8'],
    ['--max-new-tokens', '5'],
  ],
  [
    'eval run',
    () => ['eval', 'run', at('run'), '--questions', '3', '--max-new-tokens', '4', '--engine', 'cpu', '--json'],
    ['--questions', '2'],
  ],
];

/** The page without the one figure in it that is a clock's. */
const pageOf = async (): Promise<string> =>
  (await readFile(at('run/evaluation.html'), 'utf8')).replace(/ran a training step in [\d.]+ ms/, '');

async function parts(name: string, args: readonly string[], count: number): Promise<string[]> {
  const files: string[] = [];
  for (let i = 0; i < count; i++) {
    const file = at(`${name}-${count}-${i}.jsonl`);
    expect(await run(...args, '--shard', `${i}/${count}`, '--shard-out', file)).toBe('');
    files.push(file);
  }
  return files;
}

describe.each(commands)('%s', { timeout: 180_000 }, (name, argsOf, other) => {
  it('in shards and gathered writes what it writes whole', async () => {
    const whole = await run(...argsOf());
    expect(whole).not.toBe('');
    const page = name === 'eval run' ? await pageOf() : '';
    // The last of these has more shards than most of the lists have items.
    for (const count of name === 'eval run' ? [3] : [1, 3, 16]) {
      const files = await parts(name, argsOf(), count);
      expect(await run('gather', ...files.reverse(), '--json')).toBe(whole);
    }
    if (name === 'eval run') expect(await pageOf()).toBe(page);
  });

  it('refuses gaps, doubles and mixtures', async () => {
    const args = argsOf();
    const [first, second] = await parts(name, args, 2);
    await expect(run('gather', second!)).rejects.toThrow('shard 0/2 is missing: found 1 of 2 parts');
    await expect(run('gather', first!, second!, first!)).rejects.toThrow('are both shard 0/2; leave one out');
    const mixed = at('mixed.jsonl');
    await run(...args, ...other, '--shard', '1/2', '--shard-out', mixed);
    await expect(run('gather', first!, mixed)).rejects.toThrow('their configurations differ in');
  });
});

it('refuses parts of different inputs', async () => {
  const [first] = await parts('check', ['check', at('texts.jsonl'), '--jsonl'], 2);
  await writeFile(at('others.jsonl'), '{"id":1,"text":"Rest."}\n');
  const other = at('other-part.jsonl');
  await run('check', at('others.jsonl'), '--jsonl', '--shard', '1/2', '--shard-out', other);
  await expect(run('gather', first!, other)).rejects.toThrow('made from different inputs');
});

it('prepare in shards and gathered writes the same files, tokens included', { timeout: 120_000 }, async () => {
  const args = [
    'prepare',
    '--data',
    at('records.jsonl'),
    '--model',
    at('model'),
    '--max-tokens',
    '300',
    '--split',
    '40,10,10',
  ];
  const contents = async (out: string) => {
    const names = (await readdir(out, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    const files = names.map(
      async ({ parentPath, name }) => [name, await readFile(join(parentPath, name), 'latin1')] as const,
    );
    return Object.fromEntries(await Promise.all(files));
  };
  expect(await run(...args, '--out', at('whole'))).toMatch(/over-token-limit: 1\ntrain 40, validation 10, test 10/);
  const whole = await contents(at('whole'));
  expect(Object.keys(whole)).toHaveLength(7);
  for (const count of [1, 4]) {
    await mkdir(at('nothing'), { recursive: true });
    const files = await parts('prepare', [...args, '--out', at('nothing')], count);
    await run('gather', ...files, '--out', at(`gathered-${count}`));
    expect(await contents(at(`gathered-${count}`))).toEqual(whole);
    expect(await readdir(at('nothing'))).toEqual([]);
  }
  await writeFile(
    at('records.jsonl'),
    `${await readFile(at('records.jsonl'), 'utf8')}${lines([{ instruction: 'New?', output: 'Yes, new indeed.' }])}`,
  );
  const files = [0, 1, 2, 3].map((i) => at(`prepare-4-${i}.jsonl`));
  await expect(run('gather', ...files, '--out', at('late'))).rejects.toThrow('made from other records than');
});

it.each([
  [['--shard', '0/2'], "option '--shard' needs '--shard-out <file>'"],
  [['--shard-out', 'x'], "option '--shard-out' needs '--shard <i/n>'"],
  [['--shard', '2/2', '--shard-out', 'x'], 'Expected i/n with i from 0 to n - 1'],
  [['--shard', '-1/2', '--shard-out', 'x'], 'Expected i/n'],
  [['--shard', '1', '--shard-out', 'x'], 'Expected i/n'],
])('refuses %j', async (flags, message) => {
  await expect(run('check', at('texts.jsonl'), '--jsonl', ...flags)).rejects.toThrow(message);
});

describe('ranks under mpirun', { timeout: 180_000 }, () => {
  const mpi = findMpi('openmpi') as Mpi;
  beforeEach((context) => {
    if (typeof mpi === 'string') context.skip(mpi);
  });
  const node = [process.execPath, fileURLToPath(new URL('../../bin/alpacare.js', import.meta.url))];

  it.each(commands)('share the work of %s, and rank 0 writes the result', async (_name, argsOf) => {
    const whole = await run(...argsOf());
    const job = startJob(mpi, 3, [...node, ...argsOf()]);
    expect(await job.ended, job.errors()).toBe(0);
    expect(job.output()).toBe(whole);
  });

  it('end together when one of them cannot do its share', async () => {
    await writeFile(
      at('bad-judge.mjs'),
      'export default async (q) => { if (q === "Q6") throw new Error("x"); return "tie"; };',
    );
    const args = [
      'eval',
      'winrate',
      at('questions.jsonl'),
      '--judge',
      at('bad-judge.mjs'),
      '--judge-name',
      'b',
      '--retries',
      '0',
    ];
    const job = startJob(mpi, 3, [...node, ...args]);
    expect(await job.ended).not.toBe(0);
    const messages = job
      .errors()
      .split('\n')
      .filter((line) => line.startsWith('error: '));
    expect(messages).toEqual([
      expect.stringMatching(/^error: rank 1 on \S+: Question "6" against a: the judge gave no verdict/),
    ]);
  });

  it('refuse --shard, which is for jobs that know nothing of each other', async () => {
    const job = startJob(mpi, 2, [
      ...node,
      'check',
      at('texts.jsonl'),
      '--jsonl',
      '--shard',
      '0/2',
      '--shard-out',
      at('x'),
    ]);
    expect(await job.ended).not.toBe(0);
    expect(job.errors()).toMatch(/option "shard" is for jobs that know nothing of each other; the 2 ranks/);
  });
});
