/** Fetches one file of the hub into the cache, going on where an earlier attempt stopped, and checks that it is whole. */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rename, rm, stat, truncate } from 'node:fs/promises';
import { HubDownloadError } from '../errors.ts';
import { backoffMs, networkProblem, wait } from '../http/retry-delay.ts';
import type { RetryEvent } from './hub-fetch.ts';

/** One file of a repository as the hub lists it. */
export interface RemoteFile {
  /** Inside the repository, with slashes. */
  readonly path: string;
  /** Size as the hub tells it. */
  readonly bytes: number;
  /** SHA-256 of a file kept in LFS; otherwise git's object id. It is also the file's name among the blobs. */
  readonly checksum: { readonly kind: 'sha256' | 'git-sha1'; readonly hex: string };
}

export interface DownloadBlobOptions {
  /** Shown in errors. */
  readonly repository: string;
  readonly fetch: typeof fetch;
  /** Attempts without progress. Default 6. */
  readonly attempts?: number | undefined;
  readonly firstDelayMs?: number | undefined;
  /** A connection that brings nothing for this long counts as cut. Default 60 s. */
  readonly stallMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called at each piece. @param received bytes of the file that are there, those of earlier attempts included */
  readonly onBytes?: (received: number) => void;
  readonly onResume?: (from: number) => void;
  readonly onRetry?: ((event: RetryEvent) => void) | undefined;
}

/** Progress of this much makes an attempt count as one that got on. */
const PROGRESS_BYTES = 1024 * 1024;

/** A fault that another attempt may heal. */
class Interrupted extends Error {}

/**
 * @param target the blob; `target.incomplete` holds what has arrived, and stays if this throws for the connection
 * @throws {HubDownloadError} cut off too often, wrong length, wrong checksum, an HTML page instead of the file, disk full
 */
export async function downloadBlob(
  url: string,
  file: RemoteFile,
  target: string,
  options: DownloadBlobOptions,
): Promise<void> {
  const { attempts = 6, firstDelayMs = 500, signal, repository } = options;
  const partial = `${target}.incomplete`;
  let corrupted = 0;
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    const before = await sizeOf(partial);
    try {
      await fetchRest(url, file, partial, options);
      if (await isWhole(partial, file)) break;
      await rm(partial, { force: true });
      // Once, as an old partial file may be at fault.
      if (corrupted++ > 0) {
        throw new HubDownloadError(
          repository,
          file.path,
          'checksum',
          `arrived twice with another ${file.checksum.kind} than ${file.checksum.hex}; it was deleted. ` +
            'A proxy may be changing it, or the hub holds a damaged file',
        );
      }
    } catch (error) {
      if (!(error instanceof Interrupted)) throw diskError(error, repository, file);
      if ((await sizeOf(partial)) >= before + PROGRESS_BYTES) attempt = 1;
      if (attempt >= attempts) {
        const kept = await sizeOf(partial);
        throw new HubDownloadError(
          repository,
          file.path,
          'connection',
          `${error.message}, after ${attempt} attempts without progress; ${kept} of ${file.bytes} bytes are kept, start again to go on from there`,
          { cause: error },
        );
      }
      const delayMs = backoffMs(attempt, firstDelayMs);
      options.onRetry?.({ type: 'retry', url: url.split('?')[0] as string, attempt, delayMs, reason: error.message });
      await wait(delayMs, signal);
    }
  }
  await rename(partial, target);
}

async function fetchRest(url: string, file: RemoteFile, partial: string, options: DownloadBlobOptions): Promise<void> {
  let from = await sizeOf(partial);
  if (from > file.bytes) {
    await truncate(partial, 0);
    from = 0;
  }
  if (from === file.bytes && file.bytes > 0) return;
  if (from > 0) options.onResume?.(from);
  const handle = await open(partial, from > 0 ? 'r+' : 'w');
  try {
    if (file.bytes > 0) await receive(url, file, handle, from, options);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function receive(
  url: string,
  file: RemoteFile,
  handle: FileHandle,
  resumeFrom: number,
  options: DownloadBlobOptions,
): Promise<void> {
  const { repository, stallMs = 60_000, signal } = options;
  const stall = new AbortController();
  const problem = (reason: HubDownloadError['reason'], text: string): HubDownloadError =>
    new HubDownloadError(repository, file.path, reason, text);
  // Identity: a compressed body would have another length and could not be resumed.
  const response = await options.fetch(url, {
    headers: { 'accept-encoding': 'identity', ...(resumeFrom > 0 ? { range: `bytes=${resumeFrom}-` } : {}) },
    signal: signal === undefined ? stall.signal : AbortSignal.any([stall.signal, signal]),
  });
  const close = async (): Promise<void> => stall.abort();
  if (response.status === 416) {
    await close();
    await handle.truncate(0);
    throw new Interrupted('the server cannot go on from where the last attempt stopped');
  }
  if (
    /\b(text\/html|application\/xhtml)/i.test(response.headers.get('content-type') ?? '') &&
    !/\.x?html?$/i.test(file.path)
  ) {
    await close();
    throw problem(
      'html-page',
      `an HTML page came in place of the file, from ${new URL(response.url).host}: a proxy, a login page or a wrong HF_ENDPOINT answers for the hub`,
    );
  }
  let at = resumeFrom;
  if (response.status !== 206)
    at = 0; // the server knows no ranges: from the start
  else {
    const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '');
    if (range === null || Number(range[1]) !== at || (range[2] !== '*' && Number(range[2]) !== file.bytes)) {
      await close();
      throw problem(
        'length',
        `the server answered with another part than asked for; the whole has ${file.bytes} bytes`,
      );
    }
  }
  const announced = response.headers.get('content-length');
  if (announced !== null && Number(announced) !== file.bytes - at) {
    await close();
    throw problem(
      'length',
      `the server announced ${announced} bytes, the hub's list says ${file.bytes - at}; nothing was written`,
    );
  }
  if (at === 0) await handle.truncate(0);

  let timer = setTimeout(() => stall.abort(), stallMs);
  try {
    for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>) {
      clearTimeout(timer);
      if (at + piece.byteLength > file.bytes) {
        throw problem('length', `more than the ${file.bytes} bytes of the hub's list arrived`);
      }
      for (let written = 0; written < piece.byteLength; ) {
        const { bytesWritten } = await handle.write(piece, written, piece.byteLength - written, at + written);
        written += bytesWritten;
      }
      at += piece.byteLength;
      options.onBytes?.(at);
      timer = setTimeout(() => stall.abort(), stallMs);
    }
  } catch (error) {
    if (error instanceof HubDownloadError || isDiskError(error)) {
      await close();
      throw error;
    }
    signal?.throwIfAborted();
    const how = stall.signal.aborted ? `brought nothing for ${stallMs / 1000} s` : `was cut (${networkProblem(error)})`;
    throw new Interrupted(`the connection ${how} at byte ${at} of ${file.bytes}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
  if (at < file.bytes) throw new Interrupted(`the connection ended at byte ${at} of ${file.bytes}`);
}

/** Whether the bytes are those that the hub's list names. */
export async function isWhole(path: string, file: RemoteFile): Promise<boolean> {
  if ((await sizeOf(path)) !== file.bytes) return false;
  let hash: Hash;
  if (file.checksum.kind === 'sha256') hash = createHash('sha256');
  else hash = createHash('sha1').update(`blob ${file.bytes}\0`); // git's object id
  for await (const piece of createReadStream(path, { highWaterMark: 1024 * 1024 })) hash.update(piece as Uint8Array);
  return hash.digest('hex') === file.checksum.hex;
}

const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );

const isDiskError = (error: unknown): boolean =>
  /^(ENOSPC|EDQUOT|EIO|EROFS|EFBIG|EACCES|EPERM)$/.test((error as NodeJS.ErrnoException).code ?? '') &&
  (error as NodeJS.ErrnoException).syscall !== 'connect';

function diskError(error: unknown, repository: string, file: RemoteFile): unknown {
  if (!isDiskError(error)) return error;
  const { code } = error as NodeJS.ErrnoException;
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  const text = full ? 'the disk is full; what arrived is kept' : `cannot be written (${code})`;
  return new HubDownloadError(repository, file.path, full ? 'disk-full' : 'disk', text, { cause: error });
}
