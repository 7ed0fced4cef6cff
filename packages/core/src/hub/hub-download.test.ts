import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { lstat, mkdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { scanCacheDir } from '@huggingface/hub';
import { describe, expect, it } from 'vitest';
import { COMMIT, type FakeHub, fakeHub } from '../../test/support/fake-hub.ts';
import { HubDownloadError, HubError } from '../errors.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { downloadRepository, type HubEvent, type HubOptions, planDownload, runDownload } from './hub-download.ts';
import { parseRepository } from './hub-repository.ts';

const WEIGHTS = randomBytes(3_000_000);
const MODEL = parseRepository('clinic/tiny', 'model');
const WEIGHTS_PATH = /^\/[0-9a-f]{64}$/; // on the CDN

async function setUp(): Promise<{ hub: FakeHub; options: HubOptions & { cacheFolder: string }; events: HubEvent[] }> {
  const hub = await fakeHub();
  hub.repositories.set('models/clinic/tiny', {
    files: {
      'config.json': '{"model_type":"llama"}',
      'tokenizer.json': '{}',
      'model.safetensors': WEIGHTS,
      'pytorch_model.bin': 'not wanted',
      'README.md': '',
    },
    lfs: ['model.safetensors'],
  });
  const cacheFolder = await temporaryFolder();
  const events: HubEvent[] = [];
  const options = {
    endpoint: hub.endpoint,
    cacheFolder,
    token: null,
    firstDelayMs: 5,
    environment: {},
    onEvent: (event: HubEvent) => void events.push(event),
  };
  return { hub, options, events };
}

const holdsWeights = async (folder: string): Promise<boolean> =>
  WEIGHTS.equals(await readFile(join(folder, 'model.safetensors')));

const failure = async (action: Promise<unknown>): Promise<HubError> => {
  const error = await action.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(HubError);
  return error as HubError;
};

describe('a download', () => {
  it('says what it will fetch, and how much, before it does', async () => {
    const { hub, options } = await setUp();
    const plan = await planDownload(MODEL, options);
    expect(plan.commit).toBe(COMMIT);
    expect(plan.files.map((file) => file.path).sort()).toEqual([
      'README.md',
      'config.json',
      'model.safetensors',
      'tokenizer.json',
    ]);
    expect(plan.totalBytes).toBe(3_000_000 + 22 + 2);
    expect(plan.downloadBytes).toBe(plan.totalBytes);
    expect(hub.downloads()).toEqual([]);
  });

  it('fills the standard cache: blobs by checksum, links in the snapshot, the ref of the branch', async () => {
    const { options, events } = await setUp();
    const { folder, files } = await downloadRepository(MODEL, options);
    const root = join(options.cacheFolder, 'models--clinic--tiny');
    expect(folder).toBe(join(root, 'snapshots', COMMIT));
    expect(files).toHaveLength(4);
    expect(await readFile(join(root, 'refs', 'main'), 'utf8')).toBe(COMMIT);
    expect(await holdsWeights(folder)).toBe(true);
    expect((await lstat(join(folder, 'model.safetensors'))).isSymbolicLink()).toBe(true);
    expect(await readlink(join(folder, 'config.json'))).toMatch(/^\.\.\/\.\.\/blobs\/[0-9a-f]{40}$/);
    expect(await readlink(join(folder, 'model.safetensors'))).toMatch(/^\.\.\/\.\.\/blobs\/[0-9a-f]{64}$/);
    const cache = await scanCacheDir(options.cacheFolder);
    expect(cache.warnings).toEqual([]);
    expect(cache.repos.map((repo) => [repo.id, repo.revisions[0]?.refs, repo.size])).toEqual([
      [{ type: 'model', name: 'clinic/tiny' }, ['main'], 3_000_024],
    ]);
    expect(events[0]).toMatchObject({ type: 'plan-ready', repository: 'clinic/tiny', downloadBytes: 3_000_024 });
    expect(events.filter((event) => event.type === 'file-end')).toHaveLength(4);
    const progress = events.filter((event) => event.type === 'file-progress').map((event) => event.receivedBytes);
    expect(progress.length).toBeGreaterThan(0);
    expect(progress.every((bytes) => bytes > 0 && bytes <= 3_000_000)).toBe(true);
  });

  it('fetches nothing a second time, nor what another revision shares with it', async () => {
    const { hub, options } = await setUp();
    await downloadRepository(MODEL, options);
    const before = hub.downloads().length;
    await downloadRepository(MODEL, options);
    expect(hub.downloads().length).toBe(before);
    const repository = hub.repositories.get('models/clinic/tiny')!;
    repository.commit = '1'.repeat(40);
    repository.files['config.json'] = '{"model_type":"llama","new":true}';
    const { folder } = await downloadRepository(MODEL, options);
    expect(hub.downloads().slice(before)).toEqual(['hub config.json all']);
    expect(folder).toContain('1'.repeat(40));
    expect(await readFile(join(options.cacheFolder, 'models--clinic--tiny/refs/main'), 'utf8')).toBe('1'.repeat(40));
  });

  it('takes a pinned commit, and writes no ref for it', async () => {
    const { options } = await setUp();
    await downloadRepository(parseRepository(`clinic/tiny@${COMMIT}`, 'model'), options);
    await expect(stat(join(options.cacheFolder, 'models--clinic--tiny/refs/main'))).rejects.toThrow();
  });

  it('fetches a data set', async () => {
    const { hub, options } = await setUp();
    hub.repositories.set('datasets/clinic/questions', {
      files: { 'data/train-00000-of-00001.parquet': 'x', 'data/test-00000-of-00001.parquet': 'y' },
    });
    const { files } = await downloadRepository(parseRepository('clinic/questions', 'dataset'), options);
    expect(files).toEqual([
      join(options.cacheFolder, 'datasets--clinic--questions/snapshots', COMMIT, 'data/train-00000-of-00001.parquet'),
    ]);
    expect(await readFile(files[0]!, 'utf8')).toBe('x');
  });

  it('two at once do not disturb each other', async () => {
    const { hub, options } = await setUp();
    await Promise.all([downloadRepository(MODEL, options), downloadRepository(MODEL, options)]);
    const { folder } = await downloadRepository(MODEL, { ...options, verify: true });
    expect(await holdsWeights(folder)).toBe(true);
    expect(hub.downloads().filter((line) => line.startsWith('cdn'))).toHaveLength(1);
  });

  it('stops when it is told to, and goes on from there', async () => {
    const { hub, options, events } = await setUp();
    hub.fault(WEIGHTS_PATH, { kind: 'stall', afterBytes: 1_000_000 });
    const abort = new AbortController();
    const download = downloadRepository(MODEL, {
      ...options,
      signal: abort.signal,
      onEvent: (event) =>
        void (event.type === 'file-progress' && setTimeout(() => abort.abort(new Error('stop')), 200)),
    });
    await expect(download).rejects.toThrow('stop');
    await downloadRepository(MODEL, options);
    // How much of what was sent has been read by then is not the server's to say.
    const resume = events.find((event) => event.type === 'file-resume');
    expect(resume).toMatchObject({ path: 'model.safetensors' });
    expect(resume!.fromByte).toBeGreaterThan(0);
    expect(hub.requests.at(-1)!.range).toBe(`bytes=${resume!.fromByte}-`);
  });
});

describe('a faulty connection', () => {
  it('is gone on with after a cut, from the byte where it stopped', async () => {
    const { hub, options, events } = await setUp();
    hub.fault(WEIGHTS_PATH, { kind: 'cut', afterBytes: 1_000_000 });
    hub.fault(WEIGHTS_PATH, { kind: 'cut', afterBytes: 500_000 });
    const { folder } = await downloadRepository(MODEL, options);
    expect(await holdsWeights(folder)).toBe(true);
    const ranges = hub.requests.filter((request) => request.host === 'cdn').map((request) => request.range);
    const resumed = events.filter((event) => event.type === 'file-resume').map(({ fromByte }) => fromByte);
    expect(ranges).toEqual([undefined, ...resumed.map((from) => `bytes=${from}-`)]);
    expect(resumed).toHaveLength(2);
    expect(0 < resumed[0]! && resumed[0]! <= resumed[1]! && resumed[1]! <= 1_500_000).toBe(true);
    expect(events.filter((event) => event.type === 'retry')).toHaveLength(2);
  });

  it('that never gets on ends in an error, keeps what came, and a later run goes on from it', async () => {
    const { hub, options } = await setUp();
    hub.fault(WEIGHTS_PATH, { kind: 'cut', afterBytes: 2_000_000 });
    hub.fault(WEIGHTS_PATH, { kind: 'cut', afterBytes: 0 }, 10);
    const error = await failure(downloadRepository(MODEL, { ...options, attempts: 3 }));
    expect(error).toBeInstanceOf(HubDownloadError);
    expect(error).toMatchObject({ code: 'HUB_DOWNLOAD', reason: 'connection', file: 'model.safetensors' });
    const kept = Number(/(\d+) of 3000000 bytes are kept/.exec(error.message)?.[1]);
    expect(kept).toBeGreaterThan(0);
    expect((await planDownload(MODEL, options)).downloadBytes).toBeLessThanOrEqual(3_000_024 - kept);
    const clean = await fakeHub();
    clean.repositories.set('models/clinic/tiny', hub.repositories.get('models/clinic/tiny')!);
    const { folder } = await downloadRepository(MODEL, { ...options, endpoint: clean.endpoint });
    expect(await holdsWeights(folder)).toBe(true);
    expect(clean.downloads().filter((line) => line.startsWith('cdn'))).toEqual([
      expect.stringContaining(`bytes=${kept}-`),
    ]);
  });

  it('that brings nothing any more is given up and taken up again', async () => {
    const { hub, options } = await setUp();
    hub.fault(WEIGHTS_PATH, { kind: 'stall', afterBytes: 700_000 });
    const { folder } = await downloadRepository(MODEL, { ...options, stallMs: 150 });
    expect(await holdsWeights(folder)).toBe(true);
  });

  it('waits as long as a 429 asks', async () => {
    const { hub, options, events } = await setUp();
    hub.fault(WEIGHTS_PATH, { kind: 'status', status: 429, headers: { 'retry-after': '0.3' } });
    hub.fault(/\/tree\//, { kind: 'status', status: 429, headers: { ratelimit: '"api";r=0;t=0' } });
    const started = performance.now();
    await downloadRepository(MODEL, options);
    expect(performance.now() - started).toBeGreaterThanOrEqual(290);
    expect(events.filter((event) => event.type === 'retry').map((event) => event.delayMs)).toEqual([0, 300]);
  });

  it('does not sit out a wait of an hour', async () => {
    const { hub, options } = await setUp();
    hub.fault(/\/revision\//, { kind: 'status', status: 429, headers: { 'retry-after': '3600' } });
    expect(await failure(planDownload(MODEL, options))).toMatchObject({
      code: 'HUB_REQUEST',
      status: 429,
      message: expect.stringContaining('come back in 3600 s'),
    });
  });

  it('repeats 503 and gives up at last', async () => {
    const { hub, options } = await setUp();
    hub.fault(/\/revision\//, { kind: 'status', status: 503 }, 2);
    await planDownload(MODEL, options);
    hub.fault(/\/revision\//, { kind: 'status', status: 503 }, 3);
    expect(await failure(planDownload(MODEL, { ...options, attempts: 3 }))).toMatchObject({
      code: 'HUB_REQUEST',
      status: 503,
    });
  });
});

describe('a wrong answer', () => {
  it.each([
    ['html-page', { kind: 'html' }, /HTML page came in place of the file/],
    ['length', { kind: 'announce', bytes: 17 }, /announced 17 bytes, the hub's list says 3000000/],
    ['length', { kind: 'surplus' }, /more than the 3000000 bytes/],
  ] as const)('is refused: %s', async (reason, fault, message) => {
    const { hub, options } = await setUp();
    hub.fault(WEIGHTS_PATH, fault);
    const error = await failure(downloadRepository(MODEL, options));
    expect(error).toMatchObject({ code: 'HUB_DOWNLOAD', reason, file: 'model.safetensors' });
    expect(error.message).toMatch(message);
    await expect(
      stat(join(options.cacheFolder, 'models--clinic--tiny/snapshots', COMMIT, 'model.safetensors')),
    ).rejects.toThrow();
    await downloadRepository(MODEL, options);
  });

  it('of other bytes of the right length is found by the checksum, once healed and twice refused', async () => {
    const { hub, options } = await setUp();
    hub.fault(WEIGHTS_PATH, { kind: 'corrupt' });
    const { folder } = await downloadRepository(MODEL, options);
    expect(await holdsWeights(folder)).toBe(true);
    hub.fault(/config\.json$/, { kind: 'corrupt' }, 2);
    await rm(options.cacheFolder, { recursive: true });
    expect(await failure(downloadRepository(MODEL, options))).toMatchObject({
      reason: 'checksum',
      file: 'config.json',
    });
  });

  it('is found where an old partial file is at fault', async () => {
    const { hub, options } = await setUp();
    const plan = await planDownload(MODEL, options);
    const weights = plan.files.find((file) => file.path === 'model.safetensors')!;
    const blobs = join(options.cacheFolder, 'models--clinic--tiny/blobs');
    await mkdir(blobs, { recursive: true });
    await writeFile(join(blobs, `${weights.checksum.hex}.incomplete`), new Uint8Array(1000));
    const { folder } = await downloadRepository(MODEL, options);
    expect(await holdsWeights(folder)).toBe(true);
    expect(
      hub
        .downloads()
        .filter((line) => line.startsWith('cdn'))
        .map((line) => line.split(' ')[2]),
    ).toEqual(['bytes=1000-', 'all']);
  });

  it('from a server without ranges starts over', async () => {
    const { hub, options } = await setUp();
    hub.fault(WEIGHTS_PATH, { kind: 'cut', afterBytes: 1_000_000 });
    hub.fault(WEIGHTS_PATH, { kind: 'no-ranges' });
    const { folder } = await downloadRepository(MODEL, options);
    expect(await holdsWeights(folder)).toBe(true);
  });

  it('to the list itself is named', async () => {
    const { hub, options } = await setUp();
    hub.fault(/\/revision\//, { kind: 'html' });
    expect((await failure(planDownload(MODEL, options))).message).toMatch(/a login page or a wrong HF_ENDPOINT/);
    hub.fault(/\/tree\//, { kind: 'html' });
    expect((await failure(planDownload(MODEL, options))).message).toMatch(/a login page or a wrong HF_ENDPOINT/);
  });

  it('with a path that leaves the folder is refused', async () => {
    const { hub, options } = await setUp();
    hub.repositories.get('models/clinic/tiny')!.files['../../../evil'] = 'x';
    await expect(planDownload(MODEL, options)).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  });

  it('on disk is found when asked to look', async () => {
    const { options } = await setUp();
    const { folder } = await downloadRepository(MODEL, options);
    const wrong = new Uint8Array(3_000_000);
    await writeFile(join(folder, 'model.safetensors'), wrong); // through the link
    expect((await planDownload(MODEL, options)).downloadBytes).toBe(0);
    const checked = await planDownload(MODEL, { ...options, verify: true });
    expect(checked.downloadBytes).toBe(3_000_000);
    await runDownload(checked, { ...options, verify: true });
    expect(await holdsWeights(folder)).toBe(true);
  });
});

describe('access', () => {
  it('names a repository, a revision and a file that are missing', async () => {
    const { options } = await setUp();
    const missing = await failure(planDownload(parseRepository('clinic/none', 'model'), options));
    expect(missing).toMatchObject({ code: 'HUB_NOT_FOUND', repository: 'clinic/none' });
    expect(missing.message).toMatch(/does not exist, or it is private and needs a token: set HF_TOKEN/);
    const revision = await failure(planDownload(parseRepository('clinic/tiny@v9', 'model'), options));
    expect(revision).toMatchObject({ code: 'HUB_NOT_FOUND', message: expect.stringContaining('has no such revision') });
    const file = await failure(planDownload(MODEL, { ...options, files: ['vocab.txt'] }));
    expect(file).toMatchObject({ code: 'HUB_NOT_FOUND', message: expect.stringContaining('"vocab.txt"') });
  });

  it('says what to do about a gated repository, with and without a token', async () => {
    const { hub, options } = await setUp();
    hub.repositories.get('models/clinic/tiny')!.gated = true;
    hub.repositories.get('models/clinic/tiny')!.token = 'hf_right';
    const without = await failure(downloadRepository(MODEL, options));
    expect(without).toMatchObject({
      code: 'HUB_ACCESS',
      message: expect.stringMatching(/is gated: .* then set HF_TOKEN/),
    });
    const wrong = await failure(downloadRepository(MODEL, { ...options, token: 'hf_wrong' }));
    expect(wrong).toMatchObject({
      code: 'HUB_ACCESS',
      message: expect.stringMatching(/with the account of your token/),
    });
    await downloadRepository(MODEL, { ...options, token: 'hf_right' });
  });

  it('sends the token to the hub alone, not to the host that the files lie on, and shows it nowhere', async () => {
    const { hub, options, events } = await setUp();
    hub.repositories.get('models/clinic/tiny')!.token = 'hf_private';
    const { token: _, ...withoutToken } = options;
    await downloadRepository(MODEL, { ...withoutToken, environment: { HF_TOKEN: ' hf_private\n' } });
    const byHost = (host: string) =>
      new Set(hub.requests.filter((one) => one.host === host).map((one) => one.authorization));
    expect(byHost('hub')).toEqual(new Set(['Bearer hf_private']));
    expect(byHost('cdn')).toEqual(new Set([undefined]));
    hub.repositories.delete('models/clinic/tiny');
    const error = await failure(downloadRepository(MODEL, { ...options, token: 'hf_private' }));
    expect(`${error.message}${error.stack}${JSON.stringify(events)}`).not.toMatch(/hf_private|signature/);
  });
});

describe('without a connection', () => {
  it('offline mode asks nobody and uses the cache', async () => {
    const { hub, options } = await setUp();
    await downloadRepository(MODEL, options);
    const before = hub.requests.length;
    const offline = { ...options, environment: { HF_HUB_OFFLINE: '1' } };
    const { folder, files } = await downloadRepository(MODEL, offline);
    expect(files).toHaveLength(4);
    expect(await holdsWeights(folder)).toBe(true);
    expect(hub.requests.length).toBe(before);
    expect(await failure(downloadRepository(parseRepository('clinic/other', 'model'), offline))).toMatchObject({
      code: 'HUB_OFFLINE',
    });
    expect(await failure(planDownload(MODEL, offline))).toMatchObject({ code: 'HUB_OFFLINE' });
  });

  it('a cache without all shards is not taken for whole', async () => {
    const { hub, options } = await setUp();
    const shards = { 'model-00001-of-00002.safetensors': 'a', 'model-00002-of-00002.safetensors': 'b' };
    const index = JSON.stringify({
      weight_map: { x: 'model-00001-of-00002.safetensors', y: 'model-00002-of-00002.safetensors' },
    });
    hub.repositories.set('models/clinic/sharded', {
      files: { 'config.json': '{}', 'model.safetensors.index.json': index, ...shards },
    });
    const repository = parseRepository('clinic/sharded', 'model');
    const { folder, files } = await downloadRepository(repository, options);
    expect(files).toHaveLength(4);
    expect((await downloadRepository(repository, { ...options, offline: true })).files).toHaveLength(4);
    await rm(join(folder, 'model-00002-of-00002.safetensors'));
    const error = await failure(downloadRepository(repository, { ...options, offline: true }));
    expect(error).toMatchObject({
      code: 'HUB_OFFLINE',
      message: expect.stringContaining('model-00002-of-00002.safetensors'),
    });
  });

  it('a hub that cannot be reached is told, and the cache used where it is whole', async () => {
    const { hub, options, events } = await setUp();
    await downloadRepository(MODEL, options);
    await hub.close();
    const { files } = await downloadRepository(MODEL, options);
    expect(files).toHaveLength(4);
    expect(events.at(-1)).toMatchObject({
      type: 'cache-used',
      commit: COMMIT,
      reason: expect.stringContaining('ECONNREFUSED'),
    });
    expect(await failure(downloadRepository(parseRepository('clinic/other', 'model'), options))).toMatchObject({
      code: 'HUB_REQUEST',
      status: null,
      message: expect.stringMatching(/could not be reached \(ECONNREFUSED\)/),
    });
  });

  it('a hub that goes away after it has answered is asked again', async () => {
    const { hub, options, events } = await setUp();
    const plan = await planDownload(MODEL, options);
    await hub.close();
    await expect(runDownload(plan, { ...options, attempts: 2 })).rejects.toThrow(/ECONNREFUSED.*after 2 attempts/);
    expect(events.map(({ type }) => type)).toContain('retry');
  });
});

it('shares its cache with huggingface_hub of Python, both ways', async (ctx) => {
  const python = process.env.ALPACARE_PYTHON;
  if (python === undefined) return ctx.skip('ALPACARE_PYTHON is not set to a Python with huggingface_hub');
  const { hub, options } = await setUp();
  const run = async (folder: string, more: string): Promise<string> => {
    const call = `print(h.snapshot_download("clinic/tiny", cache_dir=${JSON.stringify(folder)}${more}))`;
    const env = { ...process.env, HF_ENDPOINT: hub.endpoint, HF_HUB_DISABLE_XET: '1', HF_HUB_DISABLE_TELEMETRY: '1' };
    return (await promisify(execFile)(python, ['-c', `import huggingface_hub as h; ${call}`], { env })).stdout.trim();
  };
  const ours = await downloadRepository(MODEL, options);
  expect(await run(options.cacheFolder, ', local_files_only=True')).toBe(ours.folder);
  const theirs = await temporaryFolder();
  await run(theirs, '');
  const before = hub.downloads().length;
  const { folder } = await downloadRepository(MODEL, { ...options, cacheFolder: theirs, verify: true });
  expect(hub.downloads().length).toBe(before);
  expect(await holdsWeights(folder)).toBe(true);
});
