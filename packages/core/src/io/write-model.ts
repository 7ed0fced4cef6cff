/**
 * Writes a Hugging Face model folder that transformers and we ourselves open: a base with an adapter merged into it, or
 * a model whose weights were all trained. Tensors are made one at a time, so a large model needs little memory.
 */
import { open, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { AdapterError, InvalidOptionError } from '../errors.ts';
import type { ParameterValues } from '../lora/adapter.ts';
import { scaleOf } from '../lora/adapter-plan.ts';
import { mergeUpdate } from '../lora/merge.ts';
import type { TensorSpec } from '../model/causal-lm.ts';
import { type StorageDType, storageBytes } from '../tensor/dtype.ts';
import { isQuantized, type WeightRef } from '../tensor/op.ts';
import { formatShape } from '../tensor/shape.ts';
import { baseWeight } from './adapter-values.ts';
import { type FileToWrite, type WritableFile, writeFilesAtomically, writeFully } from './atomic-write.ts';
import { requireEmptyFolder } from './empty-folder.ts';
import type { OpenedModel } from './open-model.ts';
import type { Adapter } from './peft-adapter.ts';
import { readWeight } from './read-weight.ts';
import { safetensorsWriter, type TensorToWrite } from './safetensors.ts';

/** Element type and shard size of a written model. */
export interface WriteModelOptions {
  /** Element type of every weight. Default: what the base has, tensor by tensor. */
  readonly dtype?: StorageDType;
  /** Largest weight file; a larger model is split into shards with an index. Default: 5 GB, as on the hub. */
  readonly maxShardBytes?: number;
}

/** Files of the base that the new model needs as they are: tokenizer, generation defaults, licence. */
const COPIED =
  /^(tokenizer(_config)?\.json|special_tokens_map\.json|added_tokens\.json|tokenizer\.model|vocab\.json|merges\.txt|chat_template\.(jinja|json)|generation_config\.json|(LICENSE|NOTICE|USE_POLICY)(\.\w+)?)$/;

type FloatTensor = TensorToWrite & { readonly dtype: StorageDType };

/** `tied`: one matrix still stands for embedding and head. */
interface Plan {
  readonly tensors: readonly FloatTensor[];
  readonly tied: boolean;
}

/**
 * Merges an adapter into its base and writes the result; the base is left as it is.
 * @param folder  new or empty
 * @returns       absolute paths of the files
 * @throws {AdapterError} when the adapter does not fit the model
 * @throws {ModelFolderError} when the folder is in use
 * @throws {WriteError} when the system refuses; nothing is left behind then
 */
export async function writeMergedModel(
  folder: string,
  opened: OpenedModel,
  adapter: Adapter,
  options: WriteModelOptions = {},
): Promise<string[]> {
  return writeModelFolder(folder, opened, planMerge(opened, adapter, options.dtype), options);
}

/**
 * Writes a fully fine-tuned model.
 * @param values  of every tensor, such as `Trainer.parameters()` of a full run
 * @throws {InvalidOptionError} naming a tensor that is missing or of another shape
 * @throws as {@link writeMergedModel}
 */
export async function writeTrainedModel(
  folder: string,
  opened: OpenedModel,
  values: ParameterValues,
  options: WriteModelOptions = {},
): Promise<string[]> {
  const tensors = opened.model.tensors.map(({ name, shape }): FloatTensor => {
    const value = values.get(name);
    if (value?.shape.join() !== shape.join()) {
      const found = value ? formatShape(value.shape) : 'nothing';
      throw new InvalidOptionError('values', `must hold "${name}" ${formatShape(shape)}, found ${found}`);
    }
    return { name, shape, dtype: options.dtype ?? storedAs(opened.weights.get(name)!), data: value.data };
  });
  return writeModelFolder(folder, opened, { tensors, tied: true }, options);
}

function planMerge({ model, weights, folder }: OpenedModel, adapter: Adapter, dtype: StorageDType | undefined): Plan {
  const { config, tensors: updates, saved } = adapter;
  const head = model.tensors.find(({ alias }) => alias !== undefined);
  const trained = [head?.name, head?.alias].filter((name) => name !== undefined && saved.has(name));
  const tied = trained.length === 0 || config.ensureWeightTying === true;
  const specs: TensorSpec[] = head && !tied ? [...model.tensors, { ...head, name: head.alias! }] : [...model.tensors];
  const known = new Map([...specs, ...(head?.alias ? [{ ...head, name: head.alias }] : [])].map((s) => [s.name, s]));
  const problems: string[] = [];
  for (const [path, { inFeatures, outFeatures }] of updates) {
    const shape = known.get(`${path}.weight`)?.shape;
    if (shape?.join() !== [outFeatures, inFeatures].join()) {
      problems.push(`"${path}" is ${formatShape([outFeatures, inFeatures])}, the model has ${describe(shape)}`);
    }
  }
  for (const [name, { shape }] of saved) {
    const expected = known.get(name)?.shape;
    if (expected?.join() !== shape.join()) {
      problems.push(`"${name}" is ${formatShape(shape)}, the model has ${describe(expected)}`);
    }
  }
  if (problems.length > 0) throw new AdapterError(folder.path, problems);

  const tensors = specs.map(({ name, shape }): FloatTensor => {
    const ref = baseWeight(model, weights, name);
    const update = name.endsWith('.weight') ? updates.get(name.slice(0, -'.weight'.length)) : undefined;
    const data = async () => {
      const values = saved.get(name)?.data.slice() ?? (await readWeight(ref));
      if (update) mergeUpdate(values, update, scaleOf(config, name.slice(0, -'.weight'.length)));
      return values;
    };
    return { name, shape, dtype: dtype ?? storedAs(ref), data };
  });
  return { tensors, tied };
}

/** A quantised base is written in full: its codes do not fit the merged weights. */
const storedAs = (ref: WeightRef): StorageDType => (isQuantized(ref) ? 'f32' : ref.dtype);

const describe = (shape: readonly number[] | undefined): string => (shape ? formatShape(shape) : 'no such tensor');

async function writeModelFolder(
  folder: string,
  { folder: base }: OpenedModel,
  { tensors, tied }: Plan,
  { dtype, maxShardBytes = 5e9 }: WriteModelOptions,
): Promise<string[]> {
  if (!(maxShardBytes > 0)) throw new InvalidOptionError('maxShardBytes', `must be above 0, found ${maxShardBytes}`);
  const root = resolve(folder);
  await requireEmptyFolder(root); // other weights in it would be mixed with ours
  const copied = (await readdir(base.path)).filter((name) => COPIED.test(name)).sort();
  const files = [
    ...weightFiles(root, tensors, maxShardBytes),
    ...copied.map(
      (name): FileToWrite => ({ path: join(root, name), write: (file) => copyInto(join(base.path, name), file) }),
    ),
    textFile(join(root, 'config.json'), configText(base.rawConfig, tied, dtype)), // last: it makes the folder a model
  ];
  await writeFilesAtomically(files);
  return files.map(({ path }) => path);
}

/** One file, or shards filled in order and their index. */
function weightFiles(root: string, tensors: readonly FloatTensor[], maxShardBytes: number): FileToWrite[] {
  const bytes = ({ dtype, shape }: FloatTensor) => shape.reduce((a, b) => a * b, storageBytes[dtype]);
  const shards: FloatTensor[][] = [[]];
  let filled = 0;
  for (const tensor of tensors) {
    if (filled > 0 && filled + bytes(tensor) > maxShardBytes) {
      shards.push([]);
      filled = 0;
    }
    shards.at(-1)!.push(tensor);
    filled += bytes(tensor);
  }
  const number = (n: number) => String(n).padStart(5, '0');
  const nameOf = (shard: number) =>
    shards.length === 1 ? 'model.safetensors' : `model-${number(shard + 1)}-of-${number(shards.length)}.safetensors`;
  const files = shards.map((part, shard): FileToWrite => {
    const path = join(root, nameOf(shard));
    return { path, write: safetensorsWriter(path, part, { format: 'pt' }) };
  });
  if (shards.length === 1) return files;
  const index = {
    metadata: { total_size: tensors.reduce((sum, tensor) => sum + bytes(tensor), 0) },
    weight_map: Object.fromEntries(shards.flatMap((part, shard) => part.map(({ name }) => [name, nameOf(shard)]))),
  };
  return [...files, textFile(join(root, 'model.safetensors.index.json'), `${JSON.stringify(index, null, 2)}\n`)];
}

const wireNames: Readonly<Record<StorageDType, string>> = { f32: 'float32', f16: 'float16', bf16: 'bfloat16' };

/** The base's config.json, with what has changed. */
function configText(raw: Readonly<Record<string, unknown>>, tied: boolean, dtype: StorageDType | undefined): string {
  const { _name_or_path: _, ...fields } = raw;
  const changes = {
    ...(!tied && { tie_word_embeddings: false }),
    ...(dtype && { [Object.hasOwn(fields, 'torch_dtype') ? 'torch_dtype' : 'dtype']: wireNames[dtype] }),
  };
  return `${JSON.stringify({ ...fields, ...changes }, null, 2)}\n`;
}

const textFile = (path: string, text: string): FileToWrite => ({
  path,
  write: (file) => writeFully(file, Buffer.from(text)),
});

async function copyInto(from: string, file: WritableFile): Promise<void> {
  const source = await open(from, 'r');
  try {
    for await (const chunk of source.createReadStream({ autoClose: false })) await writeFully(file, chunk as Buffer);
  } finally {
    await source.close();
  }
}
