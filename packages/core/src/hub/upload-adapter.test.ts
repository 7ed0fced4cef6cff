import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { COMMIT, fakeHub } from '../../test/support/fake-hub.ts';
import { AdapterError } from '../errors.ts';
import { writeAdapterArchive } from '../io/adapter-archive.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { downloadRepository } from './hub-download.ts';
import { parseRepository } from './hub-repository.ts';
import { type UploadPlan, uploadAdapter } from './upload-adapter.ts';

const golden = fileURLToPath(new URL('../../test/golden/io/adapter-r4-qv', import.meta.url));

async function setUp() {
  const hub = await fakeHub();
  const folder = await temporaryFolder();
  await cp(golden, folder, { recursive: true });
  await writeFile(join(folder, 'README.md'), '# An adapter\n');
  await writeFile(join(folder, 'train.jsonl'), '{"instruction":"private"}\n');
  await writeFile(join(folder, 'manifest.json'), '{}');
  const options = {
    endpoint: hub.endpoint,
    token: 'hf_writer',
    environment: {},
    firstDelayMs: 5,
    repository: 'clinic/our-adapter',
  };
  return { hub, folder, options };
}

it('creates a private repository and puts the adapter into it, and nothing else of the folder', async () => {
  const { hub, folder, options } = await setUp();
  const result = await uploadAdapter(folder, options);
  expect(result).toEqual({
    repository: 'clinic/our-adapter',
    created: true,
    commit: COMMIT,
    files: ['adapter_config.json', 'adapter_model.safetensors', 'README.md'],
  });
  const repository = hub.repositories.get('models/clinic/our-adapter')!;
  expect(repository.private).toBe(true);
  expect(Object.keys(repository.files).sort()).toEqual([...result.files].sort());
  const weights = await readFile(join(folder, 'adapter_model.safetensors'));
  expect(weights.equals(repository.files['adapter_model.safetensors'] as Uint8Array)).toBe(true);
  const creation = hub.requests.find(({ path }) => path === '/api/repos/create');
  expect(JSON.parse(creation!.body)).toMatchObject({ visibility: 'private', type: 'model' });
  expect(hub.requests.filter(({ host }) => host === 'cdn').map(({ authorization }) => authorization)).toEqual([
    undefined,
  ]);
  expect(
    hub.requests.filter(({ host }) => host === 'hub').every((one) => one.authorization === 'Bearer hf_writer'),
  ).toBe(true);

  const cacheFolder = await temporaryFolder();
  const back = await downloadRepository(parseRepository('clinic/our-adapter', 'model'), { ...options, cacheFolder });
  expect(weights.equals(await readFile(join(back.folder, 'adapter_model.safetensors')))).toBe(true);
});

it('goes into a private repository that is there already, again and again', async () => {
  const { folder, options } = await setUp();
  await uploadAdapter(folder, options);
  expect(await uploadAdapter(folder, options)).toMatchObject({ created: false });
});

it('sends nothing into a public repository unless it is told to', async () => {
  const { hub, folder, options } = await setUp();
  hub.repositories.set('models/clinic/our-adapter', { files: {}, private: false });
  await expect(uploadAdapter(folder, options)).rejects.toMatchObject({
    code: 'HUB_UPLOAD',
    message: expect.stringMatching(/is public, and a private repository was asked for; nothing was uploaded/),
  });
  expect(hub.repositories.get('models/clinic/our-adapter')!.files).toEqual({});
  expect(hub.requests.some(({ path }) => /preupload|commit|lfs/.test(path))).toBe(false);
  await uploadAdapter(folder, { ...options, visibility: 'public' });
  expect(Object.keys(hub.repositories.get('models/clinic/our-adapter')!.files)).toHaveLength(3);
});

it('needs a token, a connection, an owner and a whole adapter before it asks anything', async () => {
  const { hub, folder, options } = await setUp();
  const upload = (changes: object) => uploadAdapter(folder, { ...options, ...changes });
  await expect(upload({ token: null })).rejects.toThrow(/set HF_TOKEN/);
  await expect(upload({ offline: true })).rejects.toThrow(/offline/);
  await expect(upload({ repository: 'nobody' })).rejects.toThrow(/organisation\/name/);
  await expect(upload({ repository: 'clinic/a@v2' })).rejects.toThrow(/goes to main/);
  await writeFile(join(folder, 'adapter_model.safetensors'), 'broken');
  await expect(upload({})).rejects.toThrow();
  await writeFile(join(folder, 'adapter_config.json'), '{}');
  await expect(upload({})).rejects.toBeInstanceOf(AdapterError);
  expect(hub.requests).toEqual([]);
});

it('says that nothing was committed when the storage fails', async () => {
  const { hub, folder, options } = await setUp();
  hub.fault(/\/preupload\//, { kind: 'status', status: 503 });
  await uploadAdapter(folder, options);
  hub.fault(/\/preupload\//, { kind: 'status', status: 403 });
  await expect(uploadAdapter(folder, options)).rejects.toMatchObject({ code: 'HUB_ACCESS' });
  hub.fault(/\/commit\//, { kind: 'html' });
  await expect(uploadAdapter(folder, options)).rejects.toMatchObject({ code: 'HUB_REQUEST' });
});

it('shows what it will send before it asks anything, and takes no for an answer', async () => {
  const { hub, folder, options } = await setUp();
  const onPlan = (plan: UploadPlan) => {
    expect(plan).toMatchObject({ repository: 'clinic/our-adapter', visibility: 'private', endpoint: hub.endpoint });
    expect(plan.files.map(({ path }) => path)).toEqual([
      'adapter_config.json',
      'adapter_model.safetensors',
      'README.md',
    ]);
    expect(plan.files.every(({ bytes }) => bytes > 0)).toBe(true);
    throw new Error('no');
  };
  await expect(uploadAdapter(folder, { ...options, onPlan })).rejects.toThrow('no');
  expect(hub.requests).toEqual([]);
});

it('sends an archive as its adapter, tokenizer and card, but not the manifest of the records', async () => {
  const { hub, folder, options } = await setUp();
  const archive = join(await temporaryFolder(), 'adapter.zip');
  const model = await temporaryFolder();
  await cp(fileURLToPath(new URL('../../test/golden/tiny-tokenizer/byte-level', import.meta.url)), model, {
    recursive: true,
  });
  await writeFile(join(model, 'config.json'), '{}');
  const card = { title: 'Ours', trainingData: 'Eight records.' };
  await writeAdapterArchive(archive, { adapter: folder, model, card });
  const { files } = await uploadAdapter(archive, options);
  expect(files).toEqual(expect.arrayContaining(['adapter_model.safetensors', 'tokenizer.json', 'README.md']));
  expect(files).not.toContain('manifest.json');
  // The card that lies beside the adapter goes before one made for the archive.
  const sent = hub.repositories.get('models/clinic/our-adapter')!.files;
  expect(Object.keys(sent).sort()).toEqual([...files].sort());
  expect(Buffer.from(sent['README.md'] as Uint8Array).toString()).toContain('# An adapter');
  await writeFile(archive, 'no zip');
  await expect(uploadAdapter(archive, options)).rejects.toMatchObject({ code: 'ARCHIVE' });
});
