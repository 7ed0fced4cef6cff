/** What is trained: an adapter on frozen weights, or every weight. */
import { createRandom, type Random } from '../data/random.ts';
import { InvalidOptionError } from '../errors.ts';
import { adapterParameters } from '../io/adapter-values.ts';
import type { Adapter } from '../io/peft-adapter.ts';
import type { Base } from '../io/quantize-model.ts';
import { readWeight } from '../io/read-weight.ts';
import { fitToPlan, initialiseAdapter, type ParameterValues } from '../lora/adapter.ts';
import { planAdapter } from '../lora/adapter-plan.ts';
import type { AdapterSpec } from '../lora/adapter-spec.ts';
import { LoraSource } from '../lora/lora-linear.ts';
import type { CausalLm } from '../model/causal-lm.ts';
import { FrozenSource, TrainableSource, type WeightSource } from '../model/weight-source.ts';
import { GraphBuilder, type Node } from '../tensor/graph.ts';
import type { WeightRef } from '../tensor/op.ts';

/** A model and where its tensors come from: what evaluation and generation need. */
export interface ModelVariant {
  /** The architecture. */
  readonly model: CausalLm;
  /** Values of the parameters in its graphs, none for a frozen base. */
  readonly initial: ParameterValues;
  /** @param seed  i32 scalar; given in training graphs only, where it switches dropout on */
  /** What a forward pass takes its weights from. @param seed  of dropout, where there is any */
  source(graph: GraphBuilder, seed?: Node): WeightSource;
}

export interface TuningMethod extends ModelVariant {
  /** An adapter, or every weight. */
  readonly kind: 'lora' | 'full';
  /** Above 0: training graphs take a seed. */
  readonly dropout: number;
  /** Whether weight decay applies to a parameter. */
  decays(name: string): boolean;
}

/** The base model as it is. */
export const baseVariant = (model: CausalLm, weights: ReadonlyMap<string, WeightRef>): ModelVariant => ({
  model,
  initial: new Map(),
  source: (graph) => new FrozenSource(graph, weights),
});

/**
 * LoRA on frozen weights.
 * @param start  values to go on from, such as a loaded adapter; fresh ones by default. An adapter that trains tensors
 *   whole needs them: `startAdapter` reads the base's
 * @throws {InvalidOptionError} when options or values do not fit the model
 */
export function loraMethod(
  model: CausalLm,
  weights: ReadonlyMap<string, WeightRef>,
  spec: AdapterSpec,
  random: Random,
  start?: ParameterValues,
): TuningMethod {
  const plan = planAdapter(model, spec);
  const decaying = new Set(plan.whole.filter(({ init }) => init === 'normal').map(({ name }) => name));
  const whole = new Set(plan.whole.map(({ name }) => name));
  return {
    kind: 'lora',
    model,
    initial: fitToPlan(plan, start ?? initialiseAdapter(plan.adapted, random)),
    dropout: spec.dropout,
    // Norms and biases do not decay, as in transformers' Trainer.
    decays: (name) => !whole.has(name) || decaying.has(name),
    source: (graph, seed) => new LoraSource(new FrozenSource(graph, weights), plan, seed),
  };
}

/**
 * A base with an adapter that was read or trained, to evaluate and generate from.
 * @throws {UnknownTargetError} for an adapter of modules that the model does not have
 */
export function adapterVariant({ model, weights }: Base, { config, tensors, saved }: Adapter): ModelVariant {
  // The modules it has, whatever else its config may name.
  const { layers: _, ...spec } = { ...config, dropout: 0, targetModules: [...tensors.keys()] };
  const values = adapterParameters(tensors, saved);
  return loraMethod(model, weights, spec, createRandom(0), values);
}

/** All weights, from the values in a checkpoint. Norms and biases do not decay, as in transformers' Trainer. */
export async function fullMethod(
  model: CausalLm,
  weights: ReadonlyMap<string, WeightRef>,
  options: FullOptions = {},
): Promise<TuningMethod> {
  // The source checks names and shapes; its graph is thrown away.
  const check = new FrozenSource(new GraphBuilder(), weights);
  const initial: ParameterValues = new Map();
  for (const { name, shape } of model.tensors) {
    check.tensor(name, shape);
    initial.set(name, { shape, data: await readWeight(weights.get(name)!) });
  }
  return fullMethodFrom(model, initial, options);
}

/** Settings of training every weight. */
export interface FullOptions {
  /** Share of each linear's input dropped in training; keeps a model on little text from learning it by heart. Default 0. */
  readonly dropout?: number;
}

/** All weights, from given values. */
export function fullMethodFrom(
  model: CausalLm,
  initial: ParameterValues,
  { dropout = 0 }: FullOptions = {},
): TuningMethod {
  if (!(dropout >= 0 && dropout < 1)) throw new InvalidOptionError('dropout', `must be in [0, 1), found ${dropout}`);
  const decaying = new Set(model.tensors.filter(({ init }) => init === 'normal').map(({ name }) => name));
  return {
    kind: 'full',
    model,
    initial,
    dropout,
    decays: (name) => decaying.has(name),
    source: (graph, seed) => new TrainableSource(graph, dropout, seed),
  };
}

/** Fresh weights: normal with the given deviation, norms one, biases zero. */
export function initialiseModel(model: CausalLm, random: Random, deviation = 0.02): ParameterValues {
  return new Map(
    model.tensors.map(({ name, shape, init }) => {
      const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
      if (init === 'ones') data.fill(1);
      if (init === 'normal') for (let i = 0; i < data.length; i++) data[i] = deviation * random.nextNormal();
      return [name, { shape, data }];
    }),
  );
}
