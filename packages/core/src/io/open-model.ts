/** A model folder made ready for training and generation: its architecture, and where its weights lie. */
import { ModelFolderError } from '../errors.ts';
import type { CausalLm } from '../model/causal-lm.ts';
import { createModel } from '../model/create-model.ts';
import type { StorageDType } from '../tensor/dtype.ts';
import type { PlainWeightRef } from '../tensor/op.ts';
import { type ModelFolder, openModelFolder } from './model-folder.ts';

/** A model folder ready for training and generation. */
export interface OpenedModel {
  /** Where it lies, and its configuration. */
  readonly folder: ModelFolder;
  /** Its architecture as a graph. */
  readonly model: CausalLm;
  /** Weights the architecture uses, by checkpoint name. */
  readonly weights: ReadonlyMap<string, PlainWeightRef>;
}

const storable = (dtype: string): dtype is StorageDType => dtype === 'f32' || dtype === 'f16' || dtype === 'bf16';

/**
 * Opens a Hugging Face model folder.
 * @throws {ModelFolderError} listing tensors that are missing, of another shape or of a dtype that cannot be computed with
 * @throws what {@link openModelFolder} throws
 */
export async function openModel(path: string): Promise<OpenedModel> {
  const folder = await openModelFolder(path);
  const model = createModel(folder.config);
  const weights = new Map<string, PlainWeightRef>();
  const problems: string[] = [];
  for (const { name, shape, alias } of model.tensors) {
    const ref = folder.tensors.get(name) ?? (alias === undefined ? undefined : folder.tensors.get(alias));
    const wanted = `[${shape.join(', ')}]`;
    if (!ref) problems.push(`"${name}" ${wanted} is missing`);
    else if (ref.shape.join() !== shape.join())
      problems.push(`"${name}" is [${ref.shape.join(', ')}], expected ${wanted}`);
    else if (!storable(ref.dtype)) problems.push(`"${name}" is ${ref.dtype}, expected f32, f16 or bf16`);
    else weights.set(name, { ...ref, dtype: ref.dtype });
  }
  if (problems.length > 0) {
    const more = problems.length > 10 ? `; and ${problems.length - 10} more` : '';
    throw new ModelFolderError(
      folder.path,
      `weights do not fit config.json: ${problems.slice(0, 10).join('; ')}${more}`,
    );
  }
  return { folder, model, weights };
}
