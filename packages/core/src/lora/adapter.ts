/** A LoRA adapter in memory: what is trained, saved, loaded and merged. */
import type { Random } from '../data/random.ts';
import { InvalidOptionError } from '../errors.ts';
import type { CausalLm } from '../model/causal-lm.ts';
import { formatShape, sameShape } from '../tensor/shape.ts';
import { type AdaptedLinear, type AdapterPlan, planAdapter } from './adapter-plan.ts';
import { type AdapterSpec, defaultAdapterSpec } from './adapter-spec.ts';
import { loraName } from './lora-linear.ts';

/** Parameters by name, f32 row-major. */
export type ParameterValues = Map<string, { readonly shape: readonly number[]; readonly data: Float32Array }>;

/**
 * Fresh parameters as PEFT starts them: A uniform in ±1/sqrt(in) (Kaiming with a = sqrt(5)), B zero.
 * PEFT draws from PyTorch's generator, so the numbers differ while the distribution is the same.
 */
export function initialiseAdapter(adapted: readonly AdaptedLinear[], random: Random): ParameterValues {
  const values: ParameterValues = new Map();
  for (const { linear, rank } of adapted) {
    const { path, inFeatures, outFeatures } = linear;
    const bound = 1 / Math.sqrt(inFeatures);
    const a = Float32Array.from({ length: rank * inFeatures }, () => (2 * random.nextFloat() - 1) * bound);
    values.set(loraName(path, 'A'), { shape: [rank, inFeatures], data: a });
    values.set(loraName(path, 'B'), { shape: [outFeatures, rank], data: new Float32Array(outFeatures * rank) });
  }
  return values;
}

/** Names and shapes of everything a plan trains, in order. */
export function adapterShapes({ adapted, whole }: AdapterPlan): Map<string, readonly number[]> {
  const pairs = adapted.flatMap(({ linear: { path, inFeatures, outFeatures }, rank }) => [
    [loraName(path, 'A'), [rank, inFeatures]] as const,
    [loraName(path, 'B'), [outFeatures, rank]] as const,
  ]);
  return new Map([...pairs, ...whole.map(({ name, shape }) => [name, shape] as const)]);
}

/**
 * Values for a plan, checked against it. A tied head that follows its embedding is left out.
 * @throws {InvalidOptionError} naming the first value that is missing, surplus or of another shape
 */
export function fitToPlan(plan: AdapterPlan, values: ParameterValues): ParameterValues {
  const shapes = adapterShapes(plan);
  const fitting: ParameterValues = new Map();
  for (const [name, shape] of shapes) {
    const value = values.get(name);
    if (!value) throw new InvalidOptionError('start', `has no values for "${name}" ${formatShape(shape)}`);
    if (!sameShape(value.shape, shape)) {
      throw new InvalidOptionError('start', `"${name}" is ${formatShape(value.shape)}, expected ${formatShape(shape)}`);
    }
    fitting.set(name, value);
  }
  const surplus = [...values.keys()].find((name) => !shapes.has(name) && name !== plan.tiedHead);
  if (surplus !== undefined) {
    throw new InvalidOptionError('start', `has values for "${surplus}", which this adapter does not train`);
  }
  return fitting;
}

/** How much of a model is trained. */
export interface TrainableReport {
  /** Numbers that training changes. */
  readonly trainable: number;
  /** Numbers of the model, the trained ones included. */
  readonly total: number;
  /** trainable / total, the adapter counted in both, as PEFT prints it. */
  readonly share: number;
  /** Adapted linears. */
  readonly modules: number;
}

const countElements = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** How much an adapter trains: TinyLlama-1.1B with r=8 on q and v trains 1,126,400 parameters. */
export function reportTrainable(
  model: CausalLm,
  spec: Pick<AdapterSpec, 'rank' | 'targetModules'> & Partial<AdapterSpec>,
): TrainableReport {
  const plan = planAdapter(model, { ...defaultAdapterSpec, ...spec });
  const shapes = [...adapterShapes(plan)];
  const trainable = shapes.reduce((sum, [, shape]) => sum + countElements(shape), 0);
  const base = model.tensors.reduce((sum, { shape }) => sum + countElements(shape), 0);
  // A bias is trained where it stands; a module to save is a copy beside the original.
  const biases = new Set(plan.adapted.map(({ linear }) => `${linear.path}.bias`));
  const inPlace = shapes.reduce((sum, [name, shape]) => (biases.has(name) ? sum + countElements(shape) : sum), 0);
  const total = base + trainable - inPlace;
  return { trainable, total, share: trainable / total, modules: plan.adapted.length };
}
