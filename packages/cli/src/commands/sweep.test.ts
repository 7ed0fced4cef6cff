import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../testing/run-command.ts';
import { tinyModel } from '../testing/tiny-model.ts';
import { initCommand } from './init.ts';
import { sweepCommand } from './sweep.ts';

const records = fileURLToPath(new URL('../../../../data/records/w1.jsonl', import.meta.url));
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alpacare-sweep-'));
  await tinyModel(join(folder, 'model'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function config(name: string, more: object): Promise<string> {
  const file = join(folder, name);
  const base = {
    model: join(folder, 'model'),
    data: [records],
    engine: 'cpu',
    threads: 1,
    lora: { rank: 2, alpha: 4 },
    records: { split: '6,2,2' },
    training: { steps: 2, batchSize: 2 },
  };
  await writeFile(file, JSON.stringify({ ...base, ...more }));
  return file;
}
const runs = [
  { name: 'rank-4', lora: { rank: 4 } },
  { name: 'constant', training: { schedule: 'constant' } },
];

describe('alpacare sweep', () => {
  it('trains the run of the file and those beside it, compares them, and goes on where it was', async () => {
    const out = join(folder, 'runs');
    const file = await config('sweep.jsonc', { out, runs });
    const said = await runCommand(sweepCommand(), [file]);
    const rows = said.split('\n').filter((line) => line.startsWith('| '));
    expect(rows).toHaveLength(5);
    expect(rows[2]).toMatch(/^\| base \| – \|/);
    expect(rows[3]).toMatch(/^\| rank-4 \| adapter\.rank \|/);
    expect(rows[4]).toMatch(/^\| constant \| train\.schedule\.kind \|/);
    expect((await readFile(join(out, 'sweep.md'), 'utf8')).trim()).toBe(rows.join('\n'));
    for (const run of ['base', 'rank-4', 'constant']) {
      expect(await readdir(join(out, run))).toEqual(
        expect.arrayContaining(['adapter_model.safetensors', 'events.jsonl', 'run.json', 'tensorboard']),
      );
    }
    const page = await readFile(join(out, 'sweep.html'), 'utf8');
    for (const name of ['base', 'rank-4', 'constant']) expect(page).toContain(name);
    expect(page.match(/<svg/g)!.length).toBeGreaterThanOrEqual(4); // training and validation, wide and narrow
    expect(page).toContain('Base model');
    // One set of tokens for all runs.
    expect(await readdir(join(out, 'tokens'))).toHaveLength(1);

    const again = await runCommand(sweepCommand(), [file, '--json']);
    const events = again
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string });
    expect(events.map(({ type }) => type)).toEqual([
      expect.any(String),
      'sweep-run-reused',
      'sweep-run-reused',
      'sweep-run-reused',
      'sweep-end',
      'report-end',
    ]);
    expect(await runCommand(sweepCommand(), [file, '--fresh'])).not.toContain('there already');
  });

  it('refuses what it cannot compare before it trains', async () => {
    const out = join(folder, 'refused');
    const two = [{ name: 'both', lora: { rank: 4, alpha: 8 } }];
    await expect(runCommand(sweepCommand(), [await config('two.jsonc', { out, runs: two })])).rejects.toThrow(
      /"both" changes adapter\.alpha and adapter\.rank/,
    );
    await expect(runCommand(sweepCommand(), [await config('none.jsonc', { out })])).rejects.toThrow(/has no "runs"/);
    await expect(runCommand(sweepCommand(), [await config('nowhere.jsonc', { runs })])).rejects.toThrow(
      /field "out" is missing/,
    );
    const twice = [runs[0], runs[0]];
    await expect(runCommand(sweepCommand(), [await config('twice.jsonc', { out, runs: twice })])).rejects.toThrow(
      /need different names/,
    );
    expect(await readdir(folder)).not.toContain('refused');
  });

  it('finds the published recipe with its five runs in what init writes', async () => {
    const file = join(folder, 'recipe.jsonc');
    await runCommand(initCommand(), [file, '--preset', 'tinyllama-nf4-r16']);
    const text = await readFile(file, 'utf8');
    expect(text).toMatch(/alpacare sweep FILE[\s\S]*those in "runs" are ours/);
    expect(text.match(/^ {4}\{"name":/gm)).toHaveLength(4);
  });
});
