/** A model or data set named by a folder, a file or the id of a hub repository. */
import { access } from 'node:fs/promises';
import { extname } from 'node:path';
import { RECORD_FORMATS } from '../data/read-records.ts';
import type { RecordLayout } from '../data/record-layout.ts';
import {
  DataFileError,
  HubAccessError,
  HubNotFoundError,
  HubOfflineError,
  HubRequestError,
  ModelFolderError,
} from '../errors.ts';
import { downloadRepository, type HubOptions } from './hub-download.ts';
import { looksLikeRepository, parseRepository } from './hub-repository.ts';

/** A model folder on this disk. */
export interface LocatedModel {
  /** Folder with the model's files. */
  readonly folder: string;
  /** Of the hub, or null for a folder on disk. */
  readonly commit: string | null;
}

/**
 * A folder that exists goes first; otherwise `organisation/name` or `organisation/name@revision` is fetched from the hub.
 * @throws {ModelFolderError} neither a folder nor a possible id
 * @throws {HubError} see `hub-download.ts`
 */
export async function locateModel(source: string, options: HubOptions = {}): Promise<LocatedModel> {
  if (await exists(source)) return { folder: source, commit: null };
  if (!looksLikeRepository(source)) {
    throw new ModelFolderError(source, 'does not exist; expected a folder, or organisation/name of the hub');
  }
  const { folder, commit } = await noFolderEither(() => downloadRepository(parseRepository(source, 'model'), options));
  return { folder, commit };
}

/** A name that is on neither side was perhaps meant as a path: the error says that this was looked at first. */
async function noFolderEither<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const isMeant = error instanceof HubNotFoundError || error instanceof HubRequestError;
    const isHidden = error instanceof HubOfflineError || error instanceof HubAccessError;
    if (isMeant || isHidden) error.message += '; and there is no folder or file of this name here';
    throw error;
  }
}

const TOKENIZER_FILES = [
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'chat_template.jinja',
  'tokenizer.model',
];

/** {@link locateModel} for the tokenizer alone: no weights are fetched. */
export function locateTokenizer(source: string, options: HubOptions = {}): Promise<LocatedModel> {
  return locateModel(source, { ...options, files: (paths) => paths.filter((path) => TOKENIZER_FILES.includes(path)) });
}

/** How a data set of the hub is laid out where its files alone do not tell, and what its users must know. */
export interface KnownDataSet {
  /** How its records are laid out. */
  readonly layout: RecordLayout;
  /** One sentence on what its licence allows. */
  readonly licence: string;
}

/** Ids in lower case. Source: the data sets' cards on the hub. */
export const KNOWN_DATA_SETS: Readonly<Record<string, KnownDataSet>> = {
  'lavita/alpacare-medinstruct-52k': {
    layout: 'instruction',
    licence: 'CC BY-NC 4.0: not for commercial use. Zhang et al. 2023, arXiv:2310.14558',
  },
};

/** Record files on this disk, and what is known of where they came from. */
export interface LocatedData {
  /** Paths of the record files. */
  readonly files: readonly string[];
  /** How they are laid out; null where that is to be found out. */
  readonly layout: RecordLayout | null;
  /** Revision of the hub; null for files. */
  readonly commit: string | null;
  /** One sentence on what its licence allows; null where nothing is known of it. */
  readonly licence: string | null;
}

/**
 * A file that exists goes first; otherwise an id is fetched from the hub as a data set (`datasets/` before it is understood).
 * @throws {DataFileError} neither a file nor a possible id
 * @throws {HubError} see `hub-download.ts`
 */
export async function locateData(source: string, options: HubOptions = {}): Promise<LocatedData> {
  if (await exists(source)) return { files: [source], layout: null, commit: null, licence: null };
  const id = source.replace(/^datasets\//, '');
  if (Object.hasOwn(RECORD_FORMATS, extname(source).toLowerCase()) || !looksLikeRepository(id) || !id.includes('/')) {
    throw new DataFileError(source, 'does not exist; expected a file, or organisation/name of a data set on the hub');
  }
  const repository = parseRepository(id, 'dataset');
  const { files, commit } = await noFolderEither(() => downloadRepository(repository, options));
  const known = KNOWN_DATA_SETS[repository.name.toLowerCase()];
  return { files, layout: known?.layout ?? null, commit, licence: known?.licence ?? null };
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
