/** Puts an adapter into a repository of the hub: a private one, unless the caller says `public` himself. */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createRepo, modelInfo, uploadFiles } from '@huggingface/hub';
import { HubError, HubRequestError, HubUploadError } from '../errors.ts';
import { extractAdapterArchive } from '../io/adapter-archive.ts';
import { readAdapter } from '../io/peft-adapter.ts';
import { createHubFetch, type HubFetchOptions } from './hub-fetch.ts';
import { displayName, parseRepository } from './hub-repository.ts';
import { type HubSettingsOptions, hubSettings } from './hub-settings.ts';

/** What may leave the machine without being named: nothing that a training run writes about its records is among it. */
const ADAPTER_FILES = [
  'adapter_config.json',
  'adapter_model.safetensors',
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'chat_template.jinja',
  'README.md',
  'LICENSE',
  'NOTICE',
] as const;

/** Which repository an adapter goes to, and who may see it. */
export interface UploadOptions
  extends HubSettingsOptions,
    Pick<HubFetchOptions, 'attempts' | 'firstDelayMs' | 'timeoutMs' | 'signal' | 'onRetry'> {
  /** `organisation/name`. */
  readonly repository: string;
  /** Default `private`. A repository that is there already must be what is asked for; it is never changed. */
  readonly visibility?: 'private' | 'public' | undefined;
  /** First line of the commit. Default: "Add a LoRA adapter". */
  readonly title?: string | undefined;
  /** Called when all is known and nothing has been sent; what it throws ends the upload. */
  readonly onPlan?: ((plan: UploadPlan) => void | Promise<void>) | undefined;
}

/** What an upload would send, and where, before it does. */
export interface UploadPlan {
  /** Organisation and name. */
  readonly repository: string;
  /** Address of the hub. */
  readonly endpoint: string;
  /** Who will be able to read it. */
  readonly visibility: 'private' | 'public';
  /** In the order they are sent. */
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
}

/** What an upload made. */
export interface UploadedAdapter {
  /** Organisation and name. */
  readonly repository: string;
  /** Whether the repository was made now. */
  readonly created: boolean;
  /** Full hash of the commit. */
  readonly commit: string;
  /** In the order they were sent. */
  readonly files: readonly string[];
}

/**
 * Uploads an adapter as one commit. The adapter is read first: a broken one is not published.
 * @param source  folder with the adapter, or an archive of `writeAdapterArchive`
 * @throws {HubUploadError} no token, offline, or the repository is public where a private one was asked for (or the other way round)
 * @throws {AdapterError} the folder holds no whole adapter
 * @throws {ArchiveError} the archive is none, or was changed
 * @throws {HubError} of any kind that the hub causes
 */
export async function uploadAdapter(source: string, options: UploadOptions): Promise<UploadedAdapter> {
  const isFile = (await stat(source).catch(() => null))?.isFile() ?? false;
  if (!isFile) return uploadFolder(source, options);
  const folder = await mkdtemp(join(tmpdir(), 'alpacare-upload-'));
  try {
    await extractAdapterArchive(source, folder);
    return await uploadFolder(folder, options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function uploadFolder(folder: string, options: UploadOptions): Promise<UploadedAdapter> {
  const { visibility = 'private' } = options;
  const repository = parseRepository(options.repository, 'model');
  const name = displayName(repository);
  const fail = (problem: string): HubUploadError => new HubUploadError(name, problem);
  if (!name.includes('/')) throw fail('expected organisation/name: an upload needs to know whose it is');
  if (repository.revision !== 'main') throw fail('an upload goes to main; leave the revision out');
  const settings = await hubSettings(options);
  if (settings.offline) throw fail('cannot upload offline (HF_HUB_OFFLINE is set)');
  if (settings.token === null) throw fail('an upload needs a token that may write: set HF_TOKEN');
  await readAdapter(folder);
  const found = await filesOf(folder);
  const files = found.map(({ path }) => path);
  await options.onPlan?.({ repository: name, endpoint: settings.endpoint, visibility, files: found });

  const access = {
    hubUrl: settings.endpoint,
    fetch: createHubFetch({ ...options, repository: name, settings }),
  };
  const designation = { type: 'model', name } as const;
  const created = await createOnce(access, designation, name, visibility);
  // The answer to "is it private" decides, not the request: an organisation's settings may overrule it.
  const { private: isPrivate } = await modelInfo({ ...access, name, revision: 'main' });
  if (isPrivate !== (visibility === 'private')) {
    const actual = isPrivate ? 'private' : 'public';
    throw fail(
      `is ${actual}, and a ${visibility} repository was asked for; nothing was uploaded. ` +
        (visibility === 'private'
          ? 'Choose another name, or ask for a public one explicitly'
          : 'Make it public on its page'),
    );
  }
  const result = await uploadFiles({
    ...access,
    repo: designation,
    files: files.map((path) => ({ path, content: pathToFileURL(resolve(folder, path)) })),
    commitTitle: options.title ?? 'Add a LoRA adapter',
    useXet: false, // plain LFS: an adapter is small, and every hub and mirror has it
    ...(options.signal === undefined ? {} : { abortSignal: options.signal }),
  }).catch((error: unknown) => {
    options.signal?.throwIfAborted();
    if (error instanceof HubError) throw error;
    throw new HubRequestError(name, null, 'the upload failed; no commit was made', { cause: error });
  });
  return { repository: name, created, commit: result?.commit.oid ?? '', files };
}

async function createOnce(
  access: { hubUrl: string; fetch: typeof fetch },
  repo: { type: 'model'; name: string },
  name: string,
  visibility: 'private' | 'public',
): Promise<boolean> {
  try {
    // The token is added by our fetch; the library only wants to see one.
    await createRepo({ ...access, repo, visibility, accessToken: 'hf_added_by_fetch' });
    return true;
  } catch (error) {
    if (error instanceof HubRequestError && error.status === 409) return false;
    if (error instanceof HubError) throw error;
    throw new HubRequestError(name, null, 'the repository could not be created', { cause: error });
  }
}

async function filesOf(folder: string): Promise<UploadPlan['files']> {
  const present = await Promise.all(
    ADAPTER_FILES.map(async (path) => {
      const found = await stat(join(folder, path)).catch(() => null);
      return found?.isFile() ? [{ path, bytes: found.size }] : [];
    }),
  );
  return present.flat();
}
