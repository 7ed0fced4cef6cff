/** Trained parameters <-> the tensors of a PEFT adapter. */
import type { Random } from '../data/random.ts';
import { GraphError, MissingWeightError } from '../errors.ts';
import { initialiseAdapter, type ParameterValues } from '../lora/adapter.ts';
import { planAdapter } from '../lora/adapter-plan.ts';
import type { AdapterSpec } from '../lora/adapter-spec.ts';
import { loraName } from '../lora/lora-linear.ts';
import type { CausalLm } from '../model/causal-lm.ts';
import type { LinearSpec } from '../model/weight-source.ts';
import type { WeightRef } from '../tensor/op.ts';
import type { Adapter, AdapterModule, AdapterTensors } from './peft-adapter.ts';
import { readWeight } from './read-weight.ts';

/**
 * The tensors of an adapter by the names that they have in a graph.
 * @param saved  tensors that the adapter trains whole
 */
export function adapterParameters(tensors: AdapterTensors, saved: ParameterValues = new Map()): ParameterValues {
  const values: ParameterValues = new Map();
  for (const [path, { a, b, rank, inFeatures, outFeatures }] of tensors) {
    values.set(loraName(path, 'A'), { shape: [rank, inFeatures], data: a });
    values.set(loraName(path, 'B'), { shape: [outFeatures, rank], data: b });
  }
  for (const [name, value] of saved) values.set(name, value);
  return values;
}

/** @throws {GraphError} when a target's parameters are not there */
export function adapterTensors(values: ParameterValues, targets: readonly LinearSpec[]): AdapterTensors {
  const modules = new Map<string, AdapterModule>();
  for (const { path, inFeatures, outFeatures } of targets) {
    const a = values.get(loraName(path, 'A'));
    const b = values.get(loraName(path, 'B'));
    if (!a || !b) throw new GraphError(`"${path}" has no adapter parameters`);
    modules.set(path, { a: a.data, b: b.data, rank: a.shape[0]!, inFeatures, outFeatures });
  }
  return modules;
}

/** Fresh parameters of a whole plan: the low-rank parts as above, tensors trained whole as the base has them. */
export async function startAdapter(
  model: CausalLm,
  weights: ReadonlyMap<string, WeightRef>,
  spec: AdapterSpec,
  random: Random,
): Promise<ParameterValues> {
  const { adapted, whole } = planAdapter(model, spec);
  const values = initialiseAdapter(adapted, random);
  for (const { name, shape } of whole) {
    values.set(name, { shape, data: await readWeight(baseWeight(model, weights, name)) });
  }
  return values;
}

/** Where the base keeps a tensor; a tied head is where its embedding is. @throws {MissingWeightError} */
export function baseWeight<R extends WeightRef>(model: CausalLm, weights: ReadonlyMap<string, R>, name: string): R {
  const stored = model.tensors.find((tensor) => tensor.name === name || tensor.alias === name)?.name ?? name;
  const ref = weights.get(stored);
  if (!ref) throw new MissingWeightError(name, 'the checkpoint has no such tensor');
  return ref;
}

/**
 * What training left, as an adapter that can be written, merged or put in a set.
 * @param values  of everything the spec trains, such as `Trainer.parameters()`
 * @throws {GraphError} when a parameter is not there
 */
export function packAdapter(
  model: CausalLm,
  spec: AdapterSpec,
  values: ParameterValues,
  baseModel: string | null = null,
): Adapter {
  const { adapted, whole, tiedHead } = planAdapter(model, spec);
  const saved: ParameterValues = new Map();
  for (const { name } of whole) {
    const value = values.get(name);
    if (!value) throw new GraphError(`"${name}" has no values`);
    saved.set(name, value);
  }
  // PEFT writes a head that follows its embedding as well.
  const embedding = tiedHead === null ? undefined : model.tensors.find(({ alias }) => alias === tiedHead);
  const copied = embedding && saved.get(embedding.name);
  if (tiedHead !== null && copied) saved.set(tiedHead, copied);
  const tensors = adapterTensors(
    values,
    adapted.map(({ linear }) => linear),
  );
  return { config: { ...spec, bias: spec.bias ?? 'none', baseModel, extra: {} }, tensors, saved };
}
