/** Models and data sets of the Hugging Face hub, in the cache folder that Hugging Face's tools share. */
import { mkdir, readFile, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { datasetInfo, listFiles, modelInfo } from '@huggingface/hub';
import { HubDownloadError, HubError, HubNotFoundError, HubOfflineError, HubRequestError } from '../errors.ts';
import { withLock } from '../io/lock.ts';
import { chooseDataFiles, chooseModelFiles } from './choose-files.ts';
import { downloadBlob, isWhole, type RemoteFile } from './download-blob.ts';
import { type CacheEntry, cacheEntry, linkIntoSnapshot, readRef, snapshotFiles, writeRef } from './hub-cache.ts';
import { createHubFetch, type HubFetchOptions, type RetryEvent } from './hub-fetch.ts';
import { checkRemotePath, displayName, type HubRepository } from './hub-repository.ts';
import { type HubSettings, type HubSettingsOptions, hubSettings } from './hub-settings.ts';

/** What a download tells while it goes. */
export type HubEvent =
  /** Everything about the download is known, nothing has begun. Sizes in bytes. */
  | {
      readonly type: 'plan-ready';
      readonly repository: string;
      readonly commit: string;
      readonly files: number;
      readonly totalBytes: number;
      readonly downloadBytes: number;
    }
  | { readonly type: 'file-start'; readonly path: string; readonly bytes: number }
  | { readonly type: 'file-resume'; readonly path: string; readonly fromByte: number }
  /** At most ten times a second for each file. */
  | { readonly type: 'file-progress'; readonly path: string; readonly receivedBytes: number; readonly bytes: number }
  | { readonly type: 'file-end'; readonly path: string; readonly bytes: number }
  | RetryEvent
  /** The hub could not be asked, so the newest snapshot that is whole on disk is used. */
  | { readonly type: 'cache-used'; readonly commit: string; readonly reason: string };

/** Where a download comes from and goes to, and which files. */
export interface HubOptions
  extends HubSettingsOptions,
    Pick<HubFetchOptions, 'attempts' | 'firstDelayMs' | 'timeoutMs' | 'signal'> {
  /** Told of plans, progress and retries. */
  readonly onEvent?: ((event: HubEvent) => void) | undefined;
  /** Files at a time. Default 4. */
  readonly concurrency?: number | undefined;
  /** A connection that sends nothing for so long is begun anew. */
  readonly stallMs?: number | undefined;
  /** Also check the checksums of files that are in the cache already. Default false: their size only. */
  readonly verify?: boolean | undefined;
  /** Split of a data set. Default `train`. */
  readonly split?: string | undefined;
  /** These files, instead of those that a model or a data set needs: their paths, or a choice from all paths there are. */
  readonly files?: readonly string[] | ((paths: readonly string[]) => readonly string[]) | undefined;
}

/** One file of a {@link DownloadPlan}. */
export interface PlannedFile extends RemoteFile {
  /** Whether it is in the cache already. */
  readonly cached: boolean;
  /** Bytes of a broken download that is gone on with. */
  readonly partialBytes: number;
}

/** What a download would fetch, and what is in the cache already. */
export interface DownloadPlan {
  /** What is fetched. */
  readonly repository: HubRepository;
  /** What the revision points at. Write it down to repeat a run. */
  readonly commit: string;
  /** Every file of it. */
  readonly files: readonly PlannedFile[];
  /** All files together, those in the cache included. */
  readonly totalBytes: number;
  /** What is still to be fetched. */
  readonly downloadBytes: number;
}

/** A downloaded repository at one commit. */
export interface HubSnapshot {
  /** Full hash of the revision. */
  readonly commit: string;
  /** Holds the files under their own names. */
  readonly folder: string;
  /** Absolute paths of the files chosen. */
  readonly files: readonly string[];
}

/**
 * Asks the hub what there is and how large it is. Downloads nothing.
 * @throws {HubNotFoundError} | {HubAccessError} | {HubRequestError} | {HubOfflineError}
 */
export async function planDownload(repository: HubRepository, options: HubOptions = {}): Promise<DownloadPlan> {
  const settings = await hubSettings(options);
  if (settings.offline) {
    throw new HubOfflineError(displayName(repository), 'cannot be looked up offline (HF_HUB_OFFLINE is set)');
  }
  const library = libraryAccess(repository, settings, options);
  const question = {
    ...library,
    name: repository.name,
    revision: repository.revision,
    additionalFields: ['sha' as const],
  };
  const { sha } = await readAnswer<{ sha?: unknown }>(repository, () =>
    repository.kind === 'model' ? modelInfo(question) : datasetInfo(question),
  );
  if (typeof sha !== 'string' || !/^[0-9a-f]{40}$/.test(sha)) throw strangeAnswer(repository);

  const remote = await readAnswer(repository, async () => {
    const found = new Map<string, RemoteFile>();
    const designation = { type: repository.kind, name: repository.name } as const;
    for await (const entry of listFiles({ ...library, repo: designation, revision: sha, recursive: true })) {
      if (entry.type === 'file') found.set(entry.path, remoteFile(entry, repository));
    }
    return found;
  });
  const entry = cacheEntry(settings.cacheFolder, repository);
  const files: PlannedFile[] = [];
  for (const path of choose(repository, [...remote.keys()], options)) {
    const file = remote.get(path);
    if (file === undefined)
      throw new HubNotFoundError(displayName(repository), `has no file ${JSON.stringify(path)} at ${sha}`);
    files.push({ ...file, ...(await whatIsThere(entry.blob(file.checksum.hex), file, options.verify ?? false)) });
  }
  const sum = (of: (file: PlannedFile) => number): number => files.reduce((total, file) => total + of(file), 0);
  return {
    repository,
    commit: sha,
    files,
    totalBytes: sum((file) => file.bytes),
    downloadBytes: sum((file) => (file.cached ? 0 : file.bytes - file.partialBytes)),
  };
}

/**
 * Carries a plan out. What is interrupted goes on from there the next time.
 * @throws {HubDownloadError} see its reasons; also when the disk has too little room, before anything is fetched
 */
export async function runDownload(plan: DownloadPlan, options: HubOptions = {}): Promise<HubSnapshot> {
  const settings = await hubSettings(options);
  const { repository, commit } = plan;
  const { onEvent, concurrency = 4 } = options;
  const entry = cacheEntry(settings.cacheFolder, repository);
  await mkdir(join(entry.folder, 'blobs'), { recursive: true });
  await mkdir(entry.snapshot(commit), { recursive: true });
  await mkdir(join(entry.folder, 'refs'), { recursive: true });
  onEvent?.({
    type: 'plan-ready',
    repository: displayName(repository),
    commit,
    files: plan.files.length,
    totalBytes: plan.totalBytes,
    downloadBytes: plan.downloadBytes,
  });
  await checkRoom(entry.folder, plan);

  // The first failure stops the others: what they have is kept.
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([stop.signal, options.signal]);
  const hubFetch = createHubFetch({ ...fetchOptions(repository, settings, options), answered: true, signal });
  const base = `${settings.endpoint}/${displayName(repository)}/resolve/${commit}`;
  const queue = [...plan.files];
  let failure: { readonly error: unknown } | undefined;
  const work = async (): Promise<void> => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
      try {
        await fetchOne(file, base, entry, commit, repository, hubFetch, { ...options, signal });
      } catch (error) {
        failure ??= { error };
        stop.abort(error);
        return;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, concurrency) }, work));
  if (failure !== undefined) throw failure.error;
  await writeRef(entry, repository.revision, commit);
  const folder = entry.snapshot(commit);
  return { commit, folder, files: plan.files.map(({ path }) => join(folder, ...path.split('/'))) };
}

/**
 * {@link planDownload} and {@link runDownload}, or the cache where the hub is not to be asked or cannot be reached.
 * @throws {HubOfflineError} the cache has not all of it
 */
export async function downloadRepository(repository: HubRepository, options: HubOptions = {}): Promise<HubSnapshot> {
  const settings = await hubSettings(options);
  if (settings.offline) return cachedSnapshot(repository, options, 'offline mode is on (HF_HUB_OFFLINE)');
  let plan: DownloadPlan;
  try {
    plan = await planDownload(repository, options);
  } catch (error) {
    const unreachable = error instanceof HubRequestError && (error.status === null || error.status >= 500);
    if (!unreachable) throw error;
    let snapshot: HubSnapshot;
    try {
      snapshot = await cachedSnapshot(repository, options, error.message);
    } catch {
      throw error; // why the hub could not be asked says more
    }
    options.onEvent?.({ type: 'cache-used', commit: snapshot.commit, reason: error.message });
    return snapshot;
  }
  return runDownload(plan, options);
}

/**
 * What the cache holds for a revision.
 * @throws {HubOfflineError} nothing, or not all that is needed
 */
export async function cachedSnapshot(
  repository: HubRepository,
  options: HubOptions = {},
  why = 'only the cache is used',
): Promise<HubSnapshot> {
  const { cacheFolder } = await hubSettings(options);
  const entry = cacheEntry(cacheFolder, repository);
  const name = displayName(repository);
  const fail = (problem: string): HubOfflineError =>
    new HubOfflineError(name, `${why}, and ${problem}; fetch it once with a connection`);
  const commit = await readRef(entry, repository.revision);
  if (commit === null) throw fail(`revision "${repository.revision}" is not in ${cacheFolder}`);
  const there = await snapshotFiles(entry, commit);
  if (there.length === 0) throw fail(`commit ${commit} is not in ${cacheFolder}`);
  let chosen: readonly string[];
  try {
    chosen = choose(repository, there, options);
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    throw fail(`the files in the cache are not enough (${error.message})`);
  }
  const folder = entry.snapshot(commit);
  const missing = [...chosen.filter((path) => !there.includes(path)), ...(await missingShards(folder, there, chosen))];
  if (missing.length > 0) throw fail(`${missing.slice(0, 3).join(', ')} is not in the cache`);
  return { commit, folder, files: chosen.map((path) => join(folder, ...path.split('/'))) };
}

/** Shards that are named, by an index or by "of N" in the names of their siblings, and not there. */
async function missingShards(folder: string, there: readonly string[], chosen: readonly string[]): Promise<string[]> {
  const wanted = new Set<string>();
  if (chosen.includes('model.safetensors.index.json')) {
    const index: unknown = await readFile(join(folder, 'model.safetensors.index.json'), 'utf8').then(
      JSON.parse,
      () => null,
    );
    const map = (index as { weight_map?: Record<string, unknown> } | null)?.weight_map ?? {};
    for (const shard of Object.values(map)) if (typeof shard === 'string') wanted.add(shard);
  }
  for (const path of chosen) {
    const [whole, from, , middle, count] = /^(.*-)(\d{5})(-of-)(\d{5})/.exec(path) ?? [];
    if (whole === undefined || count === undefined) continue;
    // Data sets count their shards from 0, models from 1.
    const first =
      there.some((other) => other.startsWith(`${from}00000${middle}${count}`)) || !path.endsWith('.safetensors')
        ? 0
        : 1;
    const rest = path.slice(whole.length);
    const hashed = /^-[0-9a-f]+\./.test(rest); // names with a hash of their own cannot be foretold
    for (let i = 0; i < Number(count) && !hashed; i++) {
      wanted.add(`${from}${String(i + first).padStart(5, '0')}${middle}${count}${rest}`);
    }
  }
  return [...wanted].filter((path) => !there.includes(path));
}

const choose = (repository: HubRepository, paths: readonly string[], options: HubOptions): readonly string[] =>
  (typeof options.files === 'function' ? options.files(paths) : options.files) ??
  (repository.kind === 'model'
    ? chooseModelFiles(paths, repository)
    : chooseDataFiles(paths, repository, options.split ?? 'train'));

async function fetchOne(
  file: PlannedFile,
  base: string,
  entry: CacheEntry,
  commit: string,
  repository: HubRepository,
  hubFetch: typeof fetch,
  options: HubOptions,
): Promise<void> {
  const { onEvent } = options;
  const blob = entry.blob(file.checksum.hex);
  const present = async (): Promise<boolean> => (await whatIsThere(blob, file, options.verify ?? false)).cached;
  if (!(await present())) {
    onEvent?.({ type: 'file-start', path: file.path, bytes: file.bytes });
    await withLock(
      `${blob}.lock`,
      async () => {
        if (await present()) return; // by another process, meanwhile
        await rm(blob, { force: true });
        const url = `${base}/${file.path.split('/').map(encodeURIComponent).join('/')}`;
        let reported = 0;
        await downloadBlob(url, file, blob, {
          ...options,
          repository: displayName(repository),
          fetch: hubFetch,
          onRetry: (event) => onEvent?.(event),
          onResume: (fromByte) => onEvent?.({ type: 'file-resume', path: file.path, fromByte }),
          onBytes: (receivedBytes) => {
            const now = performance.now();
            if (now - reported < 100) return;
            reported = now;
            onEvent?.({ type: 'file-progress', path: file.path, receivedBytes, bytes: file.bytes });
          },
        });
      },
      { signal: options.signal },
    );
    onEvent?.({ type: 'file-end', path: file.path, bytes: file.bytes });
  }
  await linkIntoSnapshot(blob, join(entry.snapshot(commit), ...file.path.split('/')));
}

async function whatIsThere(
  blob: string,
  file: RemoteFile,
  verify: boolean,
): Promise<Pick<PlannedFile, 'cached' | 'partialBytes'>> {
  const size = async (path: string): Promise<number | null> => (await stat(path).catch(() => null))?.size ?? null;
  if ((await size(blob)) === file.bytes && (!verify || (await isWhole(blob, file))))
    return { cached: true, partialBytes: 0 };
  const partial = (await size(`${blob}.incomplete`)) ?? 0;
  return { cached: false, partialBytes: partial <= file.bytes ? partial : 0 };
}

async function checkRoom(folder: string, plan: DownloadPlan): Promise<void> {
  const disk = await statfs(folder).catch(() => null);
  if (disk === null || disk.bsize === 0) return;
  const free = disk.bavail * disk.bsize;
  if (free >= plan.downloadBytes) return;
  throw new HubDownloadError(
    displayName(plan.repository),
    `${plan.files.length} files`,
    'disk-full',
    `${plan.downloadBytes} bytes are to be fetched and ${free} are free in ${dirname(folder)}; make room or set HF_HUB_CACHE to another disk`,
  );
}

interface ListedFile {
  readonly path: string;
  readonly size: number;
  readonly oid?: string | undefined;
  readonly lfs?: { readonly oid: string; readonly size: number } | undefined;
}

/** What comes from the hub names files on our disk, so it is checked. */
function remoteFile(entry: ListedFile, repository: HubRepository): RemoteFile {
  checkRemotePath(entry.path);
  const lfs = entry.lfs;
  const bytes = lfs?.size ?? entry.size;
  const hex = lfs?.oid.replace(/^sha256:/, '') ?? entry.oid ?? '';
  const legal = Number.isSafeInteger(bytes) && bytes >= 0 && (lfs ? /^[0-9a-f]{64}$/ : /^[0-9a-f]{40}$/).test(hex);
  if (!legal) throw strangeAnswer(repository);
  return { path: entry.path, bytes, checksum: { kind: lfs ? 'sha256' : 'git-sha1', hex } };
}

const fetchOptions = (repository: HubRepository, settings: HubSettings, options: HubOptions): HubFetchOptions => ({
  repository: displayName(repository),
  settings,
  attempts: options.attempts,
  firstDelayMs: options.firstDelayMs,
  timeoutMs: options.timeoutMs,
  signal: options.signal,
  onRetry: (event) => options.onEvent?.(event),
});

const libraryAccess = (repository: HubRepository, settings: HubSettings, options: HubOptions) => ({
  hubUrl: settings.endpoint,
  fetch: createHubFetch(fetchOptions(repository, settings, options)),
});

/** The library parses answers without checking them; what it makes of a page that is no JSON becomes our error. */
async function readAnswer<T>(repository: HubRepository, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) throw strangeAnswer(repository, error);
    throw error;
  }
}

const strangeAnswer = (repository: HubRepository, cause?: unknown): HubRequestError =>
  new HubRequestError(
    displayName(repository),
    200,
    'the answer is not one of the hub: a proxy, a login page or a wrong HF_ENDPOINT answers in its place',
    { cause },
  );
