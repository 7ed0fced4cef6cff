import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openPromise } from 'yauzl';
import { ZipFile } from 'yazl';
import { AdapterError, ArchiveError, ModelFolderError, WriteError } from '../errors.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { extractAdapterArchive, writeAdapterArchive } from './adapter-archive.ts';
import { readAdapter } from './peft-adapter.ts';
import { openTokenizer } from './tokenizer-json.ts';

const golden = (name: string) => fileURLToPath(new URL(`../../test/golden/${name}`, import.meta.url));
const adapter = golden('io/adapter-r4-qv');
const card = {
  title: 'Body basics | r4',
  license: 'apache-2.0',
  trainingData: '1,200 records written for this project.',
  measurements: [['perplexity on 40 held-out answers', '8.31 (base: 12.9)']] as const,
};

/** A base model folder as far as an archive needs it, and an adapter with the manifest of its run. */
async function makeFolders() {
  const root = await temporaryFolder();
  const model = join(root, 'base');
  await mkdir(model);
  const tokenizer = golden('tiny-tokenizer/llama');
  for (const name of await readdir(tokenizer)) await copyFile(join(tokenizer, name), join(model, name));
  await writeFile(join(model, 'config.json'), '{"model_type":"llama"}');
  await writeFile(join(model, 'model.safetensors'), 'weights that stay at home');
  const trained = join(root, 'adapter');
  await mkdir(trained);
  for (const name of ['adapter_config.json', 'adapter_model.safetensors'])
    await copyFile(join(adapter, name), join(trained, name));
  await writeFile(join(trained, 'manifest.json'), '{"split":"as it was"}');
  await writeFile(join(trained, 'run.json'), '{"records":["/home/someone/private.jsonl"]}');
  return { root, model, adapter: trained };
}

async function writeArchive() {
  const { root, ...folders } = await makeFolders();
  const path = join(root, 'delivery.zip');
  const names = await writeAdapterArchive(path, { ...folders, card });
  return { root, path, names, ...folders };
}

/** A zip of anything. */
async function zipOf(path: string, files: Readonly<Record<string, string>>): Promise<void> {
  const zip = new ZipFile();
  for (const [name, text] of Object.entries(files)) zip.addBuffer(Buffer.from(text), name);
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(path));
}
const sums = (files: Readonly<Record<string, string>>) =>
  Object.entries(files)
    .map(([name, text]) => `${createHash('sha256').update(text).digest('hex')}  ${name}\n`)
    .join('');

describe('an archive', () => {
  test('holds adapter, manifest, config, tokenizer and card, and gives them back byte for byte', async () => {
    const { root, path, names, model, adapter: trained } = await writeArchive();
    expect(names).toEqual([
      'adapter_config.json',
      'adapter_model.safetensors',
      'manifest.json',
      'base_config.json',
      ...(await readdir(model)).filter((name) => name.includes('token') || name.startsWith('chat')).sort(),
      'README.md',
      'SHA256SUMS',
    ]);
    const folder = join(root, 'unpacked');
    const unpacked = await extractAdapterArchive(path, folder);
    expect((await readdir(folder)).sort()).toEqual([...unpacked].sort());
    expect(unpacked).toEqual(names.slice(0, -1));
    for (const name of names.slice(0, 3)) {
      expect(await readFile(join(folder, name))).toEqual(await readFile(join(trained, name)));
    }
    expect(await readFile(join(folder, 'base_config.json'), 'utf8')).toBe('{"model_type":"llama"}');
    expect(await readAdapter(folder)).toEqual(await readAdapter(adapter));
    expect((await openTokenizer(folder)).vocabSize).toBe((await openTokenizer(model)).vocabSize);
  });

  test('says in its card what it is and what it is not for', async () => {
    const { root, path } = await writeArchive();
    await extractAdapterArchive(path, join(root, 'unpacked'));
    const text = await readFile(join(root, 'unpacked', 'README.md'), 'utf8');
    expect(text.split('\n').slice(0, 6)).toEqual([
      '---',
      'library_name: peft',
      'base_model: "alpacare/golden-base"',
      'license: "apache-2.0"',
      'tags: [lora, medical, education]',
      '---',
    ]);
    expect(text).toContain('# Body basics \\| r4');
    expect(text).toContain('rank 4, alpha 8, on q_proj, v_proj.');
    expect(text).toContain('must not diagnose, prescribe or name a dose');
    expect(text).toContain('| perplexity on 40 held-out answers | 8.31 (base: 12.9) |');
  });

  test('takes the card that lies beside the adapter, since a person may have completed it', async () => {
    const { root, path, model, adapter: trained } = await writeArchive();
    await writeFile(join(trained, 'README.md'), '# Completed by hand\n');
    await writeAdapterArchive(path, { adapter: trained, model, card });
    await extractAdapterArchive(path, join(root, 'unpacked'));
    expect(await readFile(join(root, 'unpacked', 'README.md'), 'utf8')).toBe('# Completed by hand\n');
  });

  test('is the same, byte for byte, when made again', async () => {
    const { root, path, model, adapter: trained } = await writeArchive();
    const again = join(root, 'again.zip');
    await writeAdapterArchive(again, { adapter: trained, model, card });
    expect((await readFile(again)).equals(await readFile(path))).toBe(true);
  });

  test('stores weights and packs text', async () => {
    const { path } = await writeArchive();
    const zip = await openPromise(path, { autoClose: false });
    for await (const { fileName, compressionMethod } of zip.eachEntry()) {
      expect([fileName, compressionMethod]).toEqual([fileName, fileName.endsWith('.safetensors') ? 0 : 8]);
    }
    zip.close();
  });
});

describe('what is not archived', () => {
  test('a broken adapter', async () => {
    const { root, model, adapter: trained } = await makeFolders();
    await writeFile(join(trained, 'adapter_config.json'), '{"peft_type":"IA3"}');
    const path = join(root, 'delivery.zip');
    await expect(writeAdapterArchive(path, { adapter: trained, model, card })).rejects.toThrow(AdapterError);
    expect(await readdir(root)).not.toContain('delivery.zip');
  });

  test('a model without tokenizer', async () => {
    const { root, adapter: trained } = await makeFolders();
    const path = join(root, 'delivery.zip');
    const attempt = writeAdapterArchive(path, { adapter: trained, model: trained, card });
    await expect(attempt).rejects.toThrow(ArchiveError);
    await expect(attempt).rejects.toThrow(/has no tokenizer\.json or tokenizer\.model/);
  });

  test('into a folder that is not there', async () => {
    const { root, ...folders } = await makeFolders();
    await expect(writeAdapterArchive(join(root, 'no', 'x.zip'), { ...folders, card })).rejects.toThrow(WriteError);
  });
});

describe('what is not unpacked', () => {
  const whole = { 'adapter_config.json': '{}', 'adapter_model.safetensors': 'w' };
  test.each<[string, Record<string, string>, RegExp]>([
    ['a zip without sums', whole, /has no SHA256SUMS/],
    ['sums that are none', { ...whole, SHA256SUMS: 'abc  x\n' }, /is not a list of SHA-256 sums/],
    ['a file less', { 'adapter_config.json': '{}', SHA256SUMS: sums(whole) }, /lacks "adapter_model\.safetensors"/],
    [
      'no adapter',
      { 'a.txt': 'a', SHA256SUMS: sums({ 'a.txt': 'a' }) },
      /lacks "adapter_config\.json", "adapter_model/,
    ],
    ['a file more', { ...whole, 'x.exe': 'x', SHA256SUMS: sums(whole) }, /not in SHA256SUMS: "x\.exe"/],
    ['a changed file', { ...whole, SHA256SUMS: sums({ ...whole, 'adapter_config.json': '{ }' }) }, /it was changed/],
    ['a folder inside', { ...whole, 'a/b.txt': 'x', SHA256SUMS: sums(whole) }, /entry named "a\/b\.txt"/],
    ['a hidden file', { ...whole, '.bashrc': 'x', SHA256SUMS: sums(whole) }, /entry named "\.bashrc"/],
  ])('%s', async (_, files, message) => {
    const root = await temporaryFolder();
    await zipOf(join(root, 'a.zip'), files);
    const attempt = extractAdapterArchive(join(root, 'a.zip'), join(root, 'out'));
    await expect(attempt).rejects.toThrow(ArchiveError);
    await expect(attempt).rejects.toThrow(message);
    expect(await readdir(join(root, 'out')).catch(() => [])).toEqual([]);
  });

  test('names that climb out of the folder', async () => {
    const root = await temporaryFolder();
    // yazl refuses to write such a name, so it is put into the bytes: local header, directory, of the same length.
    const files = { ...whole, '--xevil': 'x', SHA256SUMS: sums({ ...whole, '--xevil': 'x' }) };
    await zipOf(join(root, 'a.zip'), files);
    const bytes = (await readFile(join(root, 'a.zip'))).toString('latin1').replaceAll('--xevil', '../evil');
    await writeFile(join(root, 'a.zip'), bytes, 'latin1');
    await expect(extractAdapterArchive(join(root, 'a.zip'), join(root, 'out'))).rejects.toThrow(ArchiveError);
    expect(await readdir(root)).toEqual(['a.zip']);
  });

  test('no zip at all, and no file', async () => {
    const root = await temporaryFolder();
    await writeFile(join(root, 'a.zip'), 'PK? no.');
    await expect(extractAdapterArchive(join(root, 'a.zip'), join(root, 'out'))).rejects.toThrow(ArchiveError);
    await expect(extractAdapterArchive(join(root, 'b.zip'), join(root, 'out'))).rejects.toThrow(ArchiveError);
  });

  test('into a folder that is in use', async () => {
    const { root, path, model } = await writeArchive();
    await expect(extractAdapterArchive(path, model)).rejects.toThrow(ModelFolderError);
    expect(await readdir(root)).toContain('delivery.zip');
  });

  test('a text that claims to be small and unpacks to more than it says', async () => {
    const root = await temporaryFolder();
    await zipOf(join(root, 'a.zip'), { ...whole, 'big.json': ' '.repeat(70 * 2 ** 20), SHA256SUMS: sums(whole) });
    await expect(extractAdapterArchive(join(root, 'a.zip'), join(root, 'out'))).rejects.toThrow(
      /big\.json is 73400320 bytes long; at most 67108864 are unpacked/,
    );
  });

  test('any archive with a byte changed or cut off: an ArchiveError, or the very same files', async () => {
    const { root, path } = await writeArchive();
    const bytes = await readFile(path);
    const original = join(root, 'original');
    const names = await extractAdapterArchive(path, original);
    let tried = 0;
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 }), async (at, change) => {
        const copy = change === 0 ? bytes.subarray(0, at) : Buffer.from(bytes);
        if (change !== 0) copy[at]! ^= change;
        const file = join(root, `changed-${tried}.zip`);
        const out = join(root, `out-${tried++}`);
        await writeFile(file, copy);
        try {
          const found = await extractAdapterArchive(file, out);
          expect([...found].sort()).toEqual([...names].sort());
          for (const name of names) {
            expect(await readFile(join(out, name))).toEqual(await readFile(join(original, name)));
          }
        } catch (error) {
          expect(error).toBeInstanceOf(ArchiveError);
          expect(await readdir(out).catch(() => [])).toEqual([]);
        }
      }),
      { numRuns: 60 },
    );
  });
});
