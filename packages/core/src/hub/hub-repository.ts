/** Names a repository of the hub, and where the cache keeps it. */
import { join } from 'node:path';
import { InvalidOptionError } from '../errors.ts';

/** What a repository of the hub holds. */
export type RepositoryKind = 'model' | 'dataset';

/** A repository of the hub at a revision. */
export interface HubRepository {
  /** Of models or of data sets. */
  readonly kind: RepositoryKind;
  /** `name` or `organisation/name`. */
  readonly name: string;
  /** Branch, tag or commit. A run that is to be repeated names a commit (40 hexadecimal digits). */
  readonly revision: string;
}

const NAME = /^(?!.*(--|\.\.))[A-Za-z0-9][\w.-]{0,95}(\/[A-Za-z0-9_][\w.-]{0,95})?$/;

/** Whether a text can be the id of a repository, with or without `@revision`. It may also be the path of a folder. */
export const looksLikeRepository = (text: string): boolean =>
  NAME.test(text.replace(/@[^@]+$/, '')) && !/\.git$/.test(text);

/**
 * @param text `organisation/name`, or `organisation/name@revision`
 * @throws {InvalidOptionError} the name or the revision cannot be one
 */
export function parseRepository(text: string, kind: RepositoryKind): HubRepository {
  const at = text.indexOf('@');
  const name = at === -1 ? text : text.slice(0, at);
  const revision = at === -1 ? 'main' : text.slice(at + 1);
  if (!NAME.test(name) || name.endsWith('.git')) {
    throw new InvalidOptionError(
      'repository',
      `must be "organisation/name" or "organisation/name@revision", found ${JSON.stringify(text.slice(0, 120))}`,
    );
  }
  checkRevision(revision);
  return { kind, name, revision };
}

/** It becomes a path below `refs/` and a part of addresses. */
function checkRevision(revision: string): void {
  const parts = revision.split('/');
  if (revision.length > 200 || parts.some((part) => !/^[\w+-][\w.+-]*$/.test(part) || part.includes('..'))) {
    throw new InvalidOptionError(
      'revision',
      `must be a branch, a tag or a commit, found ${JSON.stringify(revision.slice(0, 80))}`,
    );
  }
}

export const isCommit = (revision: string): boolean => /^[0-9a-f]{40}$/.test(revision);

/** As errors and events name it, and as the library and addresses write it. */
export const displayName = ({ kind, name }: Pick<HubRepository, 'kind' | 'name'>): string =>
  kind === 'dataset' ? `datasets/${name}` : name;

/** `models--organisation--name` in the cache folder. Source: huggingface_hub, "Understand caching". */
export const repositoryFolder = (cacheFolder: string, { kind, name }: HubRepository): string =>
  join(cacheFolder, [`${kind}s`, ...name.split('/')].join('--'));

/** @throws {InvalidOptionError} a path from the hub that would leave the folder it is put in */
export function checkRemotePath(path: string): void {
  const parts = path.split('/');
  const bad = (part: string): boolean => part === '' || part === '.' || part === '..' || /[\\:\0]/.test(part);
  if (path.length > 1000 || parts.some(bad)) {
    throw new InvalidOptionError('path', `cannot be a file of a repository: ${JSON.stringify(path.slice(0, 120))}`);
  }
}
