/** Settings, names and the choice of files. */
import { spawnSync } from 'node:child_process';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fakeHub } from '../../test/support/fake-hub.ts';
import { withLock } from '../io/lock.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { chooseDataFiles, chooseModelFiles } from './choose-files.ts';
import { checkRemotePath, looksLikeRepository, parseRepository, repositoryFolder } from './hub-repository.ts';
import { hubSettings } from './hub-settings.ts';
import { locateData, locateModel, locateTokenizer } from './sources.ts';

describe('settings', () => {
  const settings = (environment: Record<string, string>, options = {}) => hubSettings({ environment, ...options });

  it('follow the environment variables of Hugging Face', async () => {
    const none = { HF_HUB_DISABLE_IMPLICIT_TOKEN: '1' };
    expect(await settings(none)).toEqual({
      endpoint: 'https://huggingface.co',
      token: null,
      cacheFolder: join(homedir(), '.cache/huggingface/hub'),
      offline: false,
    });
    expect((await settings({ ...none, XDG_CACHE_HOME: '/x' })).cacheFolder).toBe('/x/huggingface/hub');
    expect((await settings({ ...none, XDG_CACHE_HOME: '/x', HF_HOME: '/h' })).cacheFolder).toBe('/h/hub');
    expect((await settings({ ...none, HF_HOME: '/h', HF_HUB_CACHE: '~/c' })).cacheFolder).toBe(join(homedir(), 'c'));
    expect((await settings({ ...none, HF_ENDPOINT: 'https://mirror.example/' })).endpoint).toBe(
      'https://mirror.example',
    );
    for (const value of ['1', 'ON', 'yes', 'True'])
      expect((await settings({ ...none, HF_HUB_OFFLINE: value })).offline).toBe(true);
    expect((await settings({ ...none, HF_HUB_OFFLINE: '0' })).offline).toBe(false);
    expect((await settings({ HF_TOKEN: 'hf_a' })).token).toBe('hf_a');
    expect((await settings({ HF_TOKEN: 'hf_a' }, { token: null })).token).toBe(null);
  });

  it('read the token that a login wrote', async () => {
    const home = await temporaryFolder();
    await writeFile(join(home, 'token'), 'hf_login\n');
    expect((await settings({ HF_HOME: home })).token).toBe('hf_login');
    expect((await settings({ HF_HOME: home, HF_HUB_DISABLE_IMPLICIT_TOKEN: '1' })).token).toBe(null);
    expect((await settings({ HF_HOME: home, HF_TOKEN: 'hf_own' })).token).toBe('hf_own');
  });

  it('refuse what cannot be right, without showing a token', async () => {
    for (const endpoint of ['huggingface.co', 'ftp://x', 'https://user@x.example', 'https://x.example/?a=1']) {
      await expect(settings({ HF_ENDPOINT: endpoint })).rejects.toMatchObject({ option: 'endpoint' });
    }
    await expect(settings({ HF_TOKEN: 'hf_a b' })).rejects.toThrow(/^(?!.*hf_a)/);
    await expect(settings({ HF_TOKEN: 'hf_a', HF_ENDPOINT: 'http://mirror.example' })).rejects.toThrow(/unencrypted/);
    await settings({ HF_TOKEN: 'hf_a', HF_ENDPOINT: 'http://127.0.0.1:8080' });
  });
});

describe('names', () => {
  it('of repositories, with and without a revision', () => {
    expect(parseRepository('org/name', 'model')).toEqual({ kind: 'model', name: 'org/name', revision: 'main' });
    expect(parseRepository('gpt2@v1.0', 'model')).toMatchObject({ name: 'gpt2', revision: 'v1.0' });
    expect(parseRepository('org/a.b_c-1@refs/pr/3', 'dataset').revision).toBe('refs/pr/3');
    expect(repositoryFolder('/c', parseRepository('org/name', 'dataset'))).toBe('/c/datasets--org--name');
    for (const bad of [
      '',
      'a/b/c',
      '../x',
      'org/..',
      'org/name.git',
      'a--b/c',
      'org/name@',
      'org/name@../x',
      'o/n@a/../b',
      'o/n@.x',
      '/x',
      'org/na me',
    ]) {
      expect(() => parseRepository(bad, 'model'), bad).toThrow(/must be/);
    }
    expect(looksLikeRepository('org/name@v1')).toBe(true);
    expect(looksLikeRepository('./folder')).toBe(false);
  });

  it('of remote files stay inside', () => {
    for (const good of ['a', 'data/train-0.parquet', '.gitattributes', 'a b/ü']) checkRemotePath(good);
    for (const bad of ['', '/a', '../a', 'a/../b', 'a//b', 'a\\b', 'C:x', 'a\0', './a', 'a/']) {
      expect(() => checkRemotePath(bad), bad).toThrow(/cannot be a file/);
    }
  });
});

describe('the choice of files', () => {
  const model = parseRepository('org/m', 'model');
  const data = parseRepository('org/d', 'dataset');

  it('takes a model in one format', () => {
    const index = 'model.safetensors.index.json';
    const shards = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'];
    const noise = ['consolidated.safetensors', 'pytorch_model.bin', 'onnx/model.onnx', 'tf_model.h5', 'model.gguf'];
    expect(chooseModelFiles(['config.json', index, ...shards, ...noise], model)).toEqual([
      'config.json',
      index,
      ...shards,
    ]);
    expect(chooseModelFiles(['config.json', 'model.safetensors', index, ...shards], model)).toEqual([
      'config.json',
      'model.safetensors',
    ]);
    expect(chooseModelFiles(['adapter_config.json', 'adapter_model.safetensors'], model)).toHaveLength(2);
    expect(() => chooseModelFiles(['config.json', 'pytorch_model.bin'], model)).toThrow(
      /no \.safetensors weights but pytorch_model\.bin/,
    );
  });

  it('takes one split of a data set', () => {
    const choose = (paths: string[], split = 'train') => chooseDataFiles(paths, data, split);
    const hashed = 'data/train-00000-of-00001-297cb76f02fd5b4e.parquet';
    expect(choose([hashed, 'README.md', '.gitattributes'])).toEqual([hashed]);
    expect(choose(['data/test-0.parquet', 'data/train-1.parquet', 'data/train-0.parquet'])).toEqual([
      'data/train-0.parquet',
      'data/train-1.parquet',
    ]);
    expect(choose(['medical_meadow_medqa.json', 'dataset_infos.json'])).toEqual(['medical_meadow_medqa.json']);
    expect(choose(['train.csv', 'train.jsonl'])).toEqual(['train.jsonl']);
    expect(choose(['Test/a.jsonl'], 'test')).toEqual(['Test/a.jsonl']);
    expect(() => choose(['data/test-0.parquet', 'data/validation-0.parquet'])).toThrow(
      /no files of split "train"; its paths name test, validation/,
    );
    expect(() => choose(['README.md'])).toThrow(/no data files/);
  });
});

it('a lock keeps the second out until the first is done, and is taken from the dead', async () => {
  const path = join(await temporaryFolder(), 'x.lock');
  const order: string[] = [];
  const hold = (name: string, ms: number) =>
    withLock(
      path,
      async () => {
        order.push(`${name} in`);
        await new Promise((resolve) => setTimeout(resolve, ms));
        order.push(`${name} out`);
      },
      { pollMs: 5, staleMs: 400 },
    );
  const first = hold('first', 600); // longer than a lock without a sign of life lasts
  await new Promise((resolve) => setTimeout(resolve, 20));
  await Promise.all([first, hold('second', 1)]);
  expect(order).toEqual(['first in', 'first out', 'second in', 'second out']);
  await writeFile(path, '');
  await utimes(path, 1, 1);
  await hold('third', 1);
  expect(order.at(-1)).toBe('third out');
});

describe('a source', () => {
  it('is a folder or a file before it is an id', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'org', 'name'), { recursive: true });
    expect(await locateModel(join(folder, 'org/name'))).toEqual({ folder: join(folder, 'org/name'), commit: null });
    await expect(locateModel(join(folder, 'none'))).rejects.toMatchObject({ code: 'MODEL_FOLDER' });
    await expect(locateData('train/none.jsonl')).rejects.toMatchObject({ code: 'DATA_FILE' });
    await expect(locateData('none')).rejects.toMatchObject({ code: 'DATA_FILE' });
  });

  it('that is neither here nor to be had is told at once, both', async () => {
    const hub = await fakeHub();
    const options = { cacheFolder: await temporaryFolder(), token: null, environment: {} };
    const locate = (source: string, endpoint: string) => locateModel(source, { ...options, endpoint });
    const retries: unknown[] = [];
    const started = performance.now();
    await expect(locate('runs/first', hub.endpoint)).rejects.toMatchObject({
      code: 'HUB_NOT_FOUND',
      message: expect.stringMatching(/runs\/first: does not exist.*no folder or file of this name here/),
    });
    // A port that nobody listens on, and a name that no server has: no waiting for either.
    const gone = await fakeHub();
    await gone.close();
    const data = { ...options, endpoint: gone.endpoint, onEvent: (event: unknown) => void retries.push(event) };
    await expect(locateData('runs/first', data)).rejects.toMatchObject({
      code: 'HUB_REQUEST',
      message: expect.stringMatching(/could not be reached \(ECONNREFUSED\); and there is no folder/),
    });
    await expect(locate('runs/first', 'http://nowhere.invalid')).rejects.toThrow(
      /nowhere\.invalid could not be reached/,
    );
    for (const path of ['./runs/first', 'runs/first/', 'runs/a/b', '../x', '~/x', 'C:\\x']) {
      await expect(locate(path, gone.endpoint)).rejects.toMatchObject({ code: 'MODEL_FOLDER' });
    }
    expect(retries).toEqual([]);
    expect(performance.now() - started).toBeLessThan(8000);
  });

  it('is fetched by name, and MedInstruct-52k comes with its layout and licence', async () => {
    const hub = await fakeHub();
    const parquet = 'data/train-00000-of-00001-297cb76f02fd5b4e.parquet';
    hub.repositories.set('datasets/lavita/AlpaCare-MedInstruct-52k', { files: { [parquet]: 'PAR1' }, lfs: [parquet] });
    hub.repositories.set('models/org/m', { files: { 'model.safetensors': 'x' } });
    const options = { endpoint: hub.endpoint, cacheFolder: await temporaryFolder(), token: null, environment: {} };
    const data = await locateData('lavita/AlpaCare-MedInstruct-52k', options);
    expect(data).toMatchObject({ layout: 'instruction', licence: expect.stringContaining('CC BY-NC 4.0') });
    expect(data.files).toEqual([expect.stringMatching(/datasets--lavita--AlpaCare-MedInstruct-52k.*\.parquet$/)]);
    const pinned = await locateData(`datasets/lavita/AlpaCare-MedInstruct-52k@${data.commit}`, {
      ...options,
      offline: true,
    });
    expect(pinned.files).toEqual(data.files);
    expect((await locateModel('org/m', options)).commit).toBe(data.commit);
    hub.repositories.set('models/org/m', {
      files: { 'model.safetensors': 'x', 'tokenizer.json': '{}', 'merges.txt': '' },
    });
    const { folder } = await locateTokenizer('org/m', { ...options, cacheFolder: await temporaryFolder() });
    expect(await readdir(folder)).toEqual(['tokenizer.json']);
  });
});

it('a lock of a dead process is taken at once, a busy one can be refused', async () => {
  const path = join(await temporaryFolder(), 'x.lock');
  const dead = spawnSync(process.execPath, ['-e', '']).pid;
  await writeFile(path, `${hostname()} ${dead}`);
  const started = performance.now();
  await withLock(path, async () => {
    const busy = () => {
      throw new Error('busy');
    };
    await expect(withLock(path, async () => {}, { onBusy: busy })).rejects.toThrow('busy');
  });
  expect(performance.now() - started).toBeLessThan(5000);
});
