import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readManifest } from '@alpacare/core';
import { describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../../../core/src/testing/temporary-folder.ts';
import { fakeHub } from '../../../core/test/support/fake-hub.ts';
import { runCommand } from '../testing/run-command.ts';
import { saidOnStderr } from '../testing/said-on-stderr.ts';
import { bytesText } from '../ui/hub-view.ts';
import { prepareCommand } from './prepare.ts';

const core = new URL('../../../core/test/golden/', import.meta.url);
const model = fileURLToPath(new URL('tiny-tokenizer/byte-level', core));
const stderr = saidOnStderr();
const run = (...args: string[]) => runCommand(prepareCommand(), ['--model', model, '--max-tokens', '4000', ...args]);

describe('alpacare prepare', () => {
  it('writes split, manifest, dropped records and sources, and finds its tokens the second time', async () => {
    const out = join(await temporaryFolder(), 'out');
    const data = join(await temporaryFolder(), 'qa.jsonl');
    const rows = Array.from({ length: 40 }, (_, i) => ({
      question: `What is number ${i}?`,
      answer: `It is the number ${i}.`,
    }));
    await writeFile(
      data,
      [...rows, rows[0], { question: 'Empty?', answer: '' }].map((row) => JSON.stringify(row)).join('\n'),
    );
    const said = await run('--data', data, '--out', out, '--split', '30,5,5');
    expect(said).toMatch(
      /read 42, kept 40, dropped 2\n {2}duplicate: 1\n {2}empty-output: 1\ntrain 30, validation 5, test 5\n/,
    );
    const { seconds: _, ...report } = JSON.parse(
      await run('--data', data, '--out', out, '--split', '30,5,5', '--json'),
    );
    expect(report).toEqual({
      read: 42,
      kept: 40,
      dropped: { duplicate: 1, 'empty-output': 1 },
      train: 30,
      validation: 5,
      test: 5,
      tokensPerExample: expect.any(Number),
      cached: true,
      out,
    });
    expect((await readdir(out)).sort()).toEqual([
      'dropped.jsonl',
      'manifest.json',
      'sources.json',
      'test.jsonl',
      'tokens',
      'train.jsonl',
      'validation.jsonl',
    ]);
    const train = (await readFile(join(out, 'train.jsonl'), 'utf8')).trim().split('\n');
    expect(train).toHaveLength(30);
    expect(JSON.parse(train[0]!)).toEqual({
      id: expect.any(String),
      instruction: expect.stringMatching(/^What is/),
      input: '',
      output: expect.stringMatching(/^It is/),
    });
    expect((await readManifest(join(out, 'manifest.json'))).samples.train).toHaveLength(30);
    expect(await run('--data', data, '--out', out, '--split', '30,5,5')).toMatch(/from the cache/);
  });

  it('fetches a data set and a tokenizer of the hub, says how large they are first, and then works offline', async () => {
    const hub = await fakeHub();
    const parquet = 'data/train-00000-of-00001-0123456789abcdef.parquet';
    const bytes = await readFile(new URL('parquet/snappy-page1.parquet', core));
    hub.repositories.set('datasets/lavita/AlpaCare-MedInstruct-52k', { files: { [parquet]: bytes }, lfs: [parquet] });
    const tokenizer = await Promise.all(
      (await readdir(model)).map(async (file) => [file, await readFile(join(model, file))] as const),
    );
    hub.repositories.set('models/clinic/tiny', { files: Object.fromEntries(tokenizer) });
    for (const [name, value] of Object.entries({
      HF_ENDPOINT: hub.endpoint,
      HF_HUB_CACHE: await temporaryFolder(),
      HF_TOKEN: 'hf_x',
    })) {
      vi.stubEnv(name, value);
    }
    const out = join(await temporaryFolder(), 'out');
    const args = ['--data', 'lavita/AlpaCare-MedInstruct-52k', '--model', 'clinic/tiny', '--out', out];
    const said = await run(...args);
    expect(said).toMatch(/read 57, kept 57/);
    expect(stderr.text).toMatch(
      /datasets\/lavita\/AlpaCare-MedInstruct-52k at c0ffee000000: 1 files, 7\.7 kB; 7\.7 kB to fetch/,
    );
    expect(stderr.text).toMatch(/CC BY-NC 4\.0/);
    expect(JSON.parse(await readFile(join(out, 'sources.json'), 'utf8'))).toMatchObject([
      { source: 'lavita/AlpaCare-MedInstruct-52k', commit: expect.stringMatching(/^c0ffee/), layout: 'instruction' },
    ]);
    await hub.close();
    expect(await run(...args, '--offline')).toMatch(/from the cache/);
  });

  it('maps fields, and refuses a map that names nothing of ours', async () => {
    const data = join(await temporaryFolder(), 'x.json');
    await writeFile(
      data,
      JSON.stringify(
        Array.from({ length: 9 }, (_, i) => ({ Patient: `Question ${i}?`, Doctor: `An answer ${i} here.` })),
      ),
    );
    const out = join(await temporaryFolder(), 'out');
    expect(
      await run('--data', data, '--out', out, '--field', 'instruction=Patient', '--field', 'output=Doctor'),
    ).toMatch(/kept 9/);
    await expect(run('--data', data, '--out', out, '--field', 'Patient=instruction')).rejects.toThrow(
      /Expected id, instruction/,
    );
    await expect(run('--data', data, '--out', out)).rejects.toMatchObject({ code: 'BAD_RECORD' });
  });
});

it.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [34_567_890, '34.6 MB'],
  [2_200_000_000, '2.2 GB'],
])('%i is %s', (bytes, text) => expect(bytesText(bytes)).toBe(text));
