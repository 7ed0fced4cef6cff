/** What an adapter's options mean on one model: which linears it adapts and how, and which tensors it trains whole. */
import { InvalidOptionError } from '../errors.ts';
import type { CausalLm, TensorSpec } from '../model/causal-lm.ts';
import type { LinearSpec } from '../model/weight-source.ts';
import { type AdapterSpec, checkAdapterSpec } from './adapter-spec.ts';
import { endsInName, isSavedTensor, layerNumber, matchPattern } from './module-pattern.ts';
import { matchTargets } from './target-modules.ts';

/** A linear that gets an adapter, with its rank and scale. */
export interface AdaptedLinear {
  /** The linear that gets an update. */
  readonly linear: LinearSpec;
  /** r, inner size of the update. */
  readonly rank: number;
  /** What the product B·A is multiplied by. */
  readonly scale: number;
}

/** What an {@link AdapterSpec} means for one model. */
export interface AdapterPlan {
  /** Every linear that gets an update. */
  readonly adapted: readonly AdaptedLinear[];
  /** Tensors trained beside the adapter: modules to save, and with `lora_only` the biases of adapted linears. */
  readonly whole: readonly TensorSpec[];
  /** Name of the tied head's weight where the trained embedding stands for it too. */
  readonly tiedHead: string | null;
  /** Share of the update's input dropped in training. */
  readonly dropout: number;
}

export const rankOf = (spec: AdapterSpec, path: string): number =>
  matchPattern(spec.rankPattern ?? {}, path) ?? spec.rank;

/** alpha / r, or alpha / sqrt(r) with rsLoRA; both may differ from module to module. */
export function scaleOf(spec: AdapterSpec, path: string): number {
  const rank = rankOf(spec, path);
  const alpha = matchPattern(spec.alphaPattern ?? {}, path) ?? spec.alpha;
  return alpha / (spec.rsLora ? Math.sqrt(rank) : rank);
}

/** Whether a module lies in one of the layers that are adapted. */
export function inAdaptedLayer({ layers, layersPattern }: AdapterSpec, path: string): boolean {
  if (!layers || layers.length === 0) return true;
  const layer = layerNumber(path, layersPattern);
  return layer !== undefined && layers.includes(layer);
}

/**
 * @throws {UnknownTargetError} for a target that names no linear of the model
 * @throws {InvalidOptionError} for layers or modules to save that the model does not have
 */
export function planAdapter(model: CausalLm, spec: AdapterSpec): AdapterPlan {
  checkAdapterSpec(spec);
  const tensors = namedTensors(model);
  const saved = tensors.filter(({ name }) => isSavedTensor(name, spec.modulesToSave ?? []));
  checkModulesToSave(spec, tensors);
  const savedNames = new Set(saved.map(({ name }) => name));
  const adapted = matchTargets(model.linears, spec.targetModules)
    .filter(({ path }) => inAdaptedLayer(spec, path) && !savedNames.has(`${path}.weight`))
    .filter(({ path }) => !endsInName(path, spec.excludeModules ?? []))
    .map((linear) => ({ linear, rank: rankOf(spec, linear.path), scale: scaleOf(spec, linear.path) }));
  if (adapted.length === 0 && spec.excludeModules?.length) {
    throw new InvalidOptionError('excludeModules', 'leaves no target module');
  }
  if (adapted.length === 0) {
    throw new InvalidOptionError('layers', `leave no target module; this model has layers 0 to ${model.layers - 1}`);
  }
  const biases = spec.bias === 'lora_only' ? adapted.filter(({ linear }) => linear.bias) : [];
  const biasNames = new Set(biases.map(({ linear }) => `${linear.path}.bias`));
  const embedding = model.tensors.find(({ name, alias }) => alias !== undefined && savedNames.has(name));
  const tiedHead = spec.ensureWeightTying ? (embedding?.alias ?? null) : null;
  return {
    adapted,
    whole: [
      ...saved.filter(({ name }) => name !== tiedHead),
      ...tensors.filter(({ name }) => biasNames.has(name) && !savedNames.has(name)),
    ],
    tiedHead,
    dropout: spec.dropout,
  };
}

/** Tensors of a model, a tied head under its own name as well: trained whole, it becomes a matrix of its own. */
export function namedTensors(model: CausalLm): TensorSpec[] {
  return model.tensors.flatMap(({ alias, ...tensor }) => [tensor, ...(alias ? [{ ...tensor, name: alias }] : [])]);
}

function checkModulesToSave({ modulesToSave = [] }: AdapterSpec, tensors: readonly TensorSpec[]): void {
  const unknown = modulesToSave.filter((module) => !tensors.some(({ name }) => isSavedTensor(name, [module])));
  if (unknown.length === 0) return;
  const modules = tensors.map(({ name }) => name.split('.').at(-2)!);
  throw new InvalidOptionError(
    'modulesToSave',
    `names no module: ${unknown.map((name) => `"${name}"`).join(', ')}; this model has ${[...new Set(modules)].join(', ')}`,
  );
}
