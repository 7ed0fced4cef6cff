/** Opens a Hugging Face model folder on the local disk: config, where every tensor lies, tokenizer, generation defaults. */
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { ModelFolderError } from '../errors.ts';
import { type ModelConfig, parseModelConfig } from '../model/config-schema.ts';
import { schemaProblems } from '../schema-problems.ts';
import { readJsonObject } from './json-file.ts';
import { quoteName } from './json-text.ts';
import { listNames } from './name-list.ts';
import { readSafetensorsHeader, type TensorRef } from './safetensors.ts';

/** A Hugging Face model folder: its configuration, and where each tensor lies. */
export interface ModelFolder {
  /** Absolute path. */
  readonly path: string;
  /** Its config.json, checked. */
  readonly config: ModelConfig;
  /** config.json as it is. */
  readonly rawConfig: Readonly<Record<string, unknown>>;
  /** Every tensor of the file or of all shards, by its name in the checkpoint. Nothing but headers has been read. */
  readonly tensors: ReadonlyMap<string, TensorRef>;
  /** Absolute path of tokenizer.json, or null where the folder has none. */
  readonly tokenizerPath: string | null;
  /** generation_config.json as it is, or null. */
  readonly generationConfig: Readonly<Record<string, unknown>> | null;
}

const weightsFile = 'model.safetensors';
const indexFile = 'model.safetensors.index.json';

/**
 * Open a folder with config.json and either model.safetensors or its index and shards.
 * @throws {ModelFolderError} when something is missing, unreadable or inconsistent; it names the file
 * @throws {UnsupportedModelError} for an architecture that is not ours
 * @throws {SafetensorsError} when a weight file is broken
 */
export async function openModelFolder(path: string): Promise<ModelFolder> {
  const folder = resolve(path);
  const kind = await stat(folder).catch(() => null);
  if (!kind) throw new ModelFolderError(folder, 'does not exist; expected a folder with config.json');
  if (!kind.isDirectory()) throw new ModelFolderError(folder, 'is not a folder; expected one with config.json');

  const configPath = join(folder, 'config.json');
  const rawConfig = await readJsonObject(configPath, modelError(configPath));
  if (!rawConfig) throw new ModelFolderError(configPath, 'does not exist; a model folder needs it');
  const config = parseModelConfig(rawConfig, configPath);

  const tensors = await locateTensors(folder);
  const generationPath = join(folder, 'generation_config.json');
  const generationConfig = await readJsonObject(generationPath, modelError(generationPath));
  const tokenizerPath = join(folder, 'tokenizer.json');
  return {
    path: folder,
    config,
    rawConfig,
    tensors,
    tokenizerPath: (await isFile(tokenizerPath)) ? tokenizerPath : null,
    generationConfig,
  };
}

/** One file goes before an index, as in transformers. */
async function locateTensors(folder: string): Promise<ReadonlyMap<string, TensorRef>> {
  const single = join(folder, weightsFile);
  if (await isFile(single)) return (await readSafetensorsHeader(single)).tensors;
  const indexPath = join(folder, indexFile);
  const index = await readJsonObject(indexPath, modelError(indexPath));
  if (index) return readShards(folder, indexPath, index);
  const others = (await readdir(folder)).filter((name) => /^pytorch_model.*\.(bin|bin\.index\.json)$/.test(name));
  if (others.length > 0) {
    throw new ModelFolderError(
      folder,
      `has only ${listNames(others)}, which may hold code and is not read; convert it once in Python: ` +
        'transformers.AutoModelForCausalLM.from_pretrained(FOLDER).save_pretrained(FOLDER, safe_serialization=True)',
    );
  }
  throw new ModelFolderError(folder, `has neither ${weightsFile} nor ${indexFile}`);
}

const indexWire = z.looseObject({ weight_map: z.record(z.string(), z.string()) });

async function readShards(folder: string, indexPath: string, index: unknown): Promise<Map<string, TensorRef>> {
  const parsed = indexWire.safeParse(index);
  if (!parsed.success) throw new ModelFolderError(indexPath, schemaProblems(parsed.error).join('; '));
  const entries = Object.entries(parsed.data.weight_map);
  const shards = [...new Set(entries.map(([, shard]) => shard))].sort();

  const outside = shards.filter((shard) => !/^[^/\\\0:]+\.safetensors$/.test(shard));
  if (outside.length > 0) {
    throw new ModelFolderError(
      indexPath,
      `names ${listNames(outside)}; a shard must be a .safetensors file of this folder`,
    );
  }
  const present = await Promise.all(shards.map((shard) => isFile(join(folder, shard))));
  const missing = shards.filter((_, i) => !present[i]);
  if (missing.length > 0) {
    throw new ModelFolderError(folder, `lacks ${missing.length} of ${shards.length} shards: ${listNames(missing)}`);
  }

  const tensors = new Map<string, TensorRef>();
  const shardOf = new Map<string, string>();
  for (const shard of shards) {
    const { tensors: found } = await readSafetensorsHeader(join(folder, shard));
    for (const [name, ref] of found) {
      const before = shardOf.get(name);
      if (before !== undefined) {
        throw new ModelFolderError(folder, `tensor ${quoteName(name)} is in two shards: ${before} and ${shard}`);
      }
      tensors.set(name, ref);
      shardOf.set(name, shard);
    }
  }
  const misplaced = entries.filter(([name, shard]) => shardOf.get(name) !== shard).map(([name]) => name);
  if (misplaced.length > 0) {
    throw new ModelFolderError(indexPath, `tensors are not in the shard it names: ${listNames(misplaced)}`);
  }
  return tensors;
}

function modelError(file: string) {
  return (problem: string, options?: ErrorOptions) => new ModelFolderError(file, problem, options);
}

async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found?.isFile() ?? false;
}
