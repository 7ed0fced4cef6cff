/**
 * Writing files so that an interruption leaves the old one whole: the new bytes go to a temporary name in the same
 * folder, reach the disk (fsync), and only then take the old name's place (rename, atomic on one file system).
 * A process that is killed can leave a file `.NAME.<hex>.tmp` behind. It is never read, and the next write of the same name removes it.
 * A symbolic link at the target is replaced by the new file; what it pointed at is left alone.
 */
import { createHash, randomBytes } from 'node:crypto';
import { type FileHandle, lstat, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { CoreError, WriteError } from '../errors.ts';

/** What a writer needs of an open file; `FileHandle` has it. */
export type WritableFile = Pick<FileHandle, 'write'>;

export interface FileToWrite {
  readonly path: string;
  readonly write: (file: WritableFile) => Promise<void>;
}

/**
 * Write one file or leave what was there.
 * @throws {WriteError} when the system refuses (disk full, no permission, missing folder); errors of `write` that are
 *   a CoreError already pass through
 */
export async function writeFileAtomically(path: string, write: FileToWrite['write']): Promise<void> {
  await writeFilesAtomically([{ path, write }]);
}

/**
 * Write several files that belong together. All of them are complete on disk under temporary names before the first
 * is renamed; the renames follow in the order given. A full disk or an error in any writer therefore changes nothing.
 * The last file vouches for the others: it is taken away before they change and comes back new after them. A kill in these
 * microseconds leaves it missing, which every reader notices, and never new files beside old ones.
 * @throws {WriteError} as {@link writeFileAtomically}
 */
export async function writeFilesAtomically(files: readonly FileToWrite[]): Promise<void> {
  const staged: { temporary: string; target: string }[] = [];
  try {
    for (const file of files) {
      const target = resolve(file.path);
      await refuseFolder(target);
      await removeLeftovers(target);
      const temporary = temporaryName(target);
      await attempt(target, async () => {
        const handle = await open(temporary, 'wx');
        staged.push({ temporary, target });
        try {
          await file.write(handle);
          await handle.sync();
        } finally {
          await handle.close();
        }
      });
    }
    await renameAll(staged);
  } catch (error) {
    for (const { temporary } of staged) await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
  for (const folder of new Set(staged.map(({ target }) => dirname(target)))) await syncFolder(folder);
}

async function renameAll(staged: readonly { temporary: string; target: string }[]): Promise<void> {
  const last = staged.at(-1);
  const aside = staged.length > 1 && last ? await takeAway(last.target) : null;
  const renamed: string[] = [];
  for (const { temporary, target } of staged) {
    const rest = renamed.length > 0 ? `${renamed.join(', ')} was replaced, this file was not` : unchanged;
    try {
      await attempt(target, () => rename(temporary, target), rest);
    } catch (error) {
      if (aside !== null && last) await rename(aside, last.target).catch(() => {});
      throw error;
    }
    renamed.push(basename(target));
  }
  if (aside !== null) await rm(aside, { force: true }).catch(() => {});
}

/** @returns the name it has now, or null where there is no such file */
async function takeAway(target: string): Promise<string | null> {
  const aside = temporaryName(target);
  const moved = attempt(target, () => rename(target, aside));
  return moved.then(
    () => aside,
    (error: WriteError) => {
      if ((error.cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return null;
      throw error;
    },
  );
}

/** Write every byte; a short write (disk almost full, signals) is continued, not lost. */
export async function writeFully(file: WritableFile, bytes: Uint8Array): Promise<void> {
  for (let from = 0; from < bytes.byteLength; ) {
    const { bytesWritten } = await file.write(bytes, from, Math.min(bytes.byteLength - from, 64 * 1024 * 1024), null);
    if (bytesWritten === 0) throw Object.assign(new Error('wrote 0 bytes'), { code: 'ENOSPC' });
    from += bytesWritten;
  }
}

const leftoverAgeMs = 24 * 60 * 60 * 1000;
const hostMark = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

/** `.NAME.<machine><process><random>.tmp`, eight hexadecimal digits each: who writes it can be asked for. */
function temporaryName(target: string): string {
  const owner = hostMark + process.pid.toString(16).padStart(8, '0');
  return join(dirname(target), `${temporaryStart(target)}${owner}${randomBytes(4).toString('hex')}.tmp`);
}

const temporaryStart = (target: string): string => `.${basename(target).slice(0, 40)}.`;

/** Removes what processes that no longer run left of earlier writes of this name; of another machine, what is a day old. */
async function removeLeftovers(target: string): Promise<void> {
  const start = temporaryStart(target);
  for (const name of await readdir(dirname(target)).catch(() => [])) {
    const [, host, process_] = /^([0-9a-f]{8})([0-9a-f]{8})[0-9a-f]{8}\.tmp$/.exec(name.slice(start.length)) ?? [];
    if (!name.startsWith(start) || host === undefined || process_ === undefined) continue;
    const path = join(dirname(target), name);
    const isOld = async () => Date.now() - (await stat(path)).mtimeMs > leftoverAgeMs;
    if ((host === hostMark && !isRunning(Number.parseInt(process_, 16))) || (await isOld().catch(() => false))) {
      await rm(path, { force: true }).catch(() => {});
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0); // asks only whether it is there
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

async function refuseFolder(target: string): Promise<void> {
  const found = await lstat(target).catch(() => null);
  if (found?.isDirectory()) throw new WriteError(target, 'is a folder; expected a file name');
}

const unchanged = 'What was there before is unchanged';

async function attempt<T>(target: string, action: () => Promise<T>, rest = unchanged): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof CoreError) throw error;
    throw new WriteError(target, `was not written: ${reason(error)}. ${rest}`, { cause: error });
  }
}

function reason(error: unknown): string {
  switch ((error as NodeJS.ErrnoException | null)?.code) {
    case 'ENOSPC':
      return 'the disk is full (ENOSPC); free some space and save again';
    case 'EDQUOT':
      return 'the disk quota is used up (EDQUOT); free some space and save again';
    case 'ENOENT':
      return 'its folder does not exist (ENOENT); create it first';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `writing is not permitted there (${(error as NodeJS.ErrnoException).code})`;
    default:
      return error instanceof Error ? error.message : String(error);
  }
}

/** Make the renames themselves durable. Some systems (Windows) cannot open a folder for this: then it is left to them. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null);
  if (!handle) return;
  await handle.sync().catch(() => {});
  await handle.close();
}
