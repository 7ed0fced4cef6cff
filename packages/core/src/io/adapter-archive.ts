/**
 * An adapter as one .zip to hand on: adapter, tokenizer, the base's config, the manifest of its run, a model card, and
 * SHA256SUMS over all of them in the form that `sha256sum -c` reads. Equal contents give equal bytes.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { type Entry, openPromise, type ZipFile as ZipReader } from 'yauzl';
import { ZipFile } from 'yazl';
import { ArchiveError } from '../errors.ts';
import {
  type FileToWrite,
  type WritableFile,
  writeFileAtomically,
  writeFilesAtomically,
  writeFully,
} from './atomic-write.ts';
import { requireEmptyFolder } from './empty-folder.ts';
import { type ModelCard, modelCard } from './model-card.ts';
import { listNames } from './name-list.ts';
import { readAdapter } from './peft-adapter.ts';

/** What goes into the .zip of an adapter. */
export interface ArchiveContents {
  /** Folder with the adapter; its manifest.json goes along where there is one. */
  readonly adapter: string;
  /** Folder of the base model: its tokenizer and, as base_config.json, its config. The weights stay where they are. */
  readonly model: string;
  /** For README.md. What it says of adapter and base comes from the adapter's config where left out. */
  readonly card: Omit<ModelCard, 'adapter' | 'baseModel'> & Partial<Pick<ModelCard, 'baseModel'>>;
}

const sumsFile = 'SHA256SUMS';
const adapterFiles = ['adapter_config.json', 'adapter_model.safetensors'];
const tokenizerFile =
  /^(tokenizer(_config)?\.json|special_tokens_map\.json|added_tokens\.json|tokenizer\.model|vocab\.json|merges\.txt|chat_template\.(jinja|json))$/;
/** Nothing that a system could take for a path, an option or a device. */
const safeName = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/;

const maxFiles = 100;
const maxTextBytes = 64 * 2 ** 20;
/** Adapters with a whole embedding reach some gigabytes; a small file that claims more is an attack on the disk. */
const maxArchiveBytes = 32 * 2 ** 30;

type Source = { readonly name: string; readonly path: string } | { readonly name: string; readonly text: string };

/**
 * Writes the archive. The adapter is read first: a broken one is not handed on.
 * @param path  of the .zip; a file that is there is replaced once the new one is whole
 * @returns     names of the files in it, in order
 * @throws {AdapterError} when the folder holds no whole adapter
 * @throws {ArchiveError} when the model folder has no tokenizer, or a file cannot be read
 * @throws {WriteError} when the system refuses
 */
export async function writeAdapterArchive(path: string, { adapter, model, card }: ArchiveContents): Promise<string[]> {
  const target = resolve(path);
  const { config } = await readAdapter(adapter);
  const beside = await readdir(adapter);
  const tokenizer = (await readdir(model)).filter((name) => tokenizerFile.test(name)).sort();
  if (!tokenizer.some((name) => name.startsWith('tokenizer.'))) {
    throw new ArchiveError(target, `not written: ${resolve(model)} has no tokenizer.json or tokenizer.model`);
  }
  const readme = modelCard({
    ...card,
    baseModel: card.baseModel ?? config.baseModel ?? basename(resolve(model)),
    adapter: config,
  });
  const sources: Source[] = [
    ...adapterFiles.map((name) => ({ name, path: join(adapter, name) })),
    ...(beside.includes('manifest.json') ? [{ name: 'manifest.json', path: join(adapter, 'manifest.json') }] : []),
    { name: 'base_config.json', path: join(model, 'config.json') },
    ...tokenizer.map((name) => ({ name, path: join(model, name) })),
    // The card that training wrote, and a person may have completed, goes first.
    beside.includes('README.md')
      ? { name: 'README.md', path: join(adapter, 'README.md') }
      : { name: 'README.md', text: readme },
  ];
  await writeFileAtomically(target, (file) => zipInto(file, target, sources));
  return [...sources.map(({ name }) => name), sumsFile];
}

/** One time for all entries, so that equal contents give equal archives. */
const entryOptions = { mtime: new Date(1980, 0, 1), forceDosTimestamp: true, mode: 0o100644 };

async function zipInto(file: WritableFile, target: string, sources: readonly Source[]): Promise<void> {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  const fail = (cause: unknown) =>
    output.destroy(new ArchiveError(target, `not written: ${(cause as Error).message}`, { cause }));
  zip.on('error', fail);
  const sums: string[] = [];
  for (const source of sources) {
    // Weights do not get smaller; the rest does.
    const compress = !source.name.endsWith('.safetensors');
    const size = 'path' in source ? (await stat(source.path)).size : Buffer.byteLength(source.text);
    zip.addReadStreamLazy(source.name, { ...entryOptions, compress, size }, (give) => {
      const hash = createHash('sha256');
      const bytes = 'path' in source ? createReadStream(source.path) : Readable.from([Buffer.from(source.text)]);
      bytes.on('data', (chunk: Buffer) => hash.update(chunk));
      bytes.on('end', () => sums.push(`${hash.digest('hex')}  ${source.name}\n`));
      bytes.on('error', fail);
      give(null, bytes);
    });
  }
  // Asked for when its turn comes, and then every other entry has been read.
  zip.addReadStreamLazy(sumsFile, entryOptions, (give) => give(null, Readable.from([Buffer.from(sums.join(''))])));
  zip.end();
  for await (const chunk of output) await writeFully(file, chunk as Buffer);
}

/**
 * Unpacks an archive of {@link writeAdapterArchive} into a folder that `readAdapter` and `openTokenizer` take. Every
 * file is checked against SHA256SUMS before any of them takes its name.
 * @param folder  new or empty
 * @returns       names of the files
 * @throws {ArchiveError} when it is no such archive, a file is missing, surplus, changed or too large
 * @throws {ModelFolderError} when the folder is in use
 * @throws {WriteError} when the system refuses; nothing is left behind then
 */
export async function extractAdapterArchive(path: string, folder: string): Promise<string[]> {
  const source = resolve(path);
  const root = resolve(folder);
  const problem: MakeProblem = (message, options) => new ArchiveError(source, message, options);
  let zip: ZipReader;
  try {
    zip = await openPromise(source, { autoClose: false, strictFileNames: true });
  } catch (cause) {
    throw problem(`is not a zip archive that can be read: ${(cause as Error).message}`, { cause });
  }
  try {
    const entries = await listEntries(zip, problem);
    const sumsEntry = entries.get(sumsFile);
    if (!sumsEntry) throw problem(`has no ${sumsFile}; it was not written as an adapter archive`);
    const sums = parseSums(await text(readEntry(zip, sumsEntry, problem)), problem);
    entries.delete(sumsFile);
    const missing = [...sums.keys(), ...adapterFiles].filter((name) => !entries.has(name));
    if (missing.length > 0) throw problem(`lacks ${listNames([...new Set(missing)])}`);
    const surplus = [...entries.keys()].filter((name) => !sums.has(name));
    if (surplus.length > 0) throw problem(`has files that are not in ${sumsFile}: ${listNames(surplus)}`);
    await requireEmptyFolder(root);
    const files = [...entries].map(
      ([name, entry]): FileToWrite => ({
        path: join(root, name),
        write: (file) => unpack(zip, entry, sums.get(name)!, file, problem),
      }),
    );
    await writeFilesAtomically(files);
    return [...entries.keys()];
  } finally {
    zip.close();
  }
}

type MakeProblem = (message: string, options?: ErrorOptions) => ArchiveError;

async function listEntries(zip: ZipReader, problem: MakeProblem): Promise<Map<string, Entry>> {
  if (zip.entryCount > maxFiles) throw problem(`has ${zip.entryCount} files; at most ${maxFiles} are read`);
  const entries = new Map<string, Entry>();
  let bytes = 0;
  try {
    for await (const entry of zip.eachEntry()) {
      const name = entry.fileName;
      if (!safeName.test(name)) throw problem(`has an entry named ${listNames([name])}; expected plain file names`);
      if (entries.has(name)) throw problem(`has ${listNames([name])} twice`);
      if (entry.isEncrypted()) throw problem(`${name} is encrypted`);
      const most = name.endsWith('.safetensors') ? maxArchiveBytes : maxTextBytes;
      bytes += entry.uncompressedSize;
      if (entry.uncompressedSize > most || bytes > maxArchiveBytes) {
        throw problem(`${name} is ${entry.uncompressedSize} bytes long; at most ${most} are unpacked`);
      }
      entries.set(name, entry);
    }
  } catch (cause) {
    if (cause instanceof ArchiveError) throw cause;
    throw problem(`its directory is broken: ${(cause as Error).message}`, { cause });
  }
  return entries;
}

function parseSums(list: string, problem: MakeProblem): Map<string, string> {
  const sums = new Map<string, string>();
  for (const line of list.split('\n').filter((l) => l !== '')) {
    const [, sum, name] = /^([0-9a-f]{64}) {2}(\S+)$/.exec(line) ?? [];
    if (!sum || !name) throw problem(`${sumsFile} is not a list of SHA-256 sums`);
    sums.set(name, sum);
  }
  return sums;
}

/** Bytes of an entry; errors of the archive come out as such, so that those of the disk can be told from them. */
async function* readEntry(zip: ZipReader, entry: Entry, problem: MakeProblem): AsyncGenerator<Buffer, void> {
  try {
    for await (const chunk of await zip.openReadStreamPromise(entry)) yield chunk as Buffer;
  } catch (cause) {
    throw problem(`${entry.fileName} is broken: ${(cause as Error).message}`, { cause });
  }
}

async function unpack(
  zip: ZipReader,
  entry: Entry,
  sum: string,
  file: WritableFile,
  problem: MakeProblem,
): Promise<void> {
  const hash = createHash('sha256');
  for await (const chunk of readEntry(zip, entry, problem)) {
    hash.update(chunk);
    await writeFully(file, chunk);
  }
  if (hash.digest('hex') !== sum) throw problem(`${entry.fileName} is not what ${sumsFile} says; it was changed`);
}
