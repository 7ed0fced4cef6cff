/**
 * Several adapters on one base, behind one compiled graph. Ranks are padded with zeros to the largest, modules that an
 * adapter leaves alone get an update of zero, and scales are folded into B: so all of them have the same shapes, and
 * changing from one to another changes values only. The base is loaded once.
 */
import { InvalidOptionError } from '../errors.ts';
import { baseWeight } from '../io/adapter-values.ts';
import type { Adapter } from '../io/peft-adapter.ts';
import type { Base } from '../io/quantize-model.ts';
import { readWeight } from '../io/read-weight.ts';
import { adapterShapes, type ParameterValues } from '../lora/adapter.ts';
import { type AdapterPlan, namedTensors, scaleOf } from '../lora/adapter-plan.ts';
import { LoraSource, loraName } from '../lora/lora-linear.ts';
import { FrozenSource } from '../model/weight-source.ts';
import type { ModelVariant } from './method.ts';

/** Several adapters of one base, to change between without loading the base again. */
export class AdapterSet {
  /** For `Generator.create` and `Evaluator.create`; starts as the base alone. */
  readonly variant: ModelVariant;
  readonly #adapters: ReadonlyMap<string, Adapter>;
  readonly #plan: AdapterPlan;
  readonly #base: ParameterValues;

  private constructor(
    { model, weights }: Base,
    adapters: ReadonlyMap<string, Adapter>,
    plan: AdapterPlan,
    base: ParameterValues,
  ) {
    this.#adapters = adapters;
    this.#plan = plan;
    this.#base = base;
    this.variant = {
      model,
      initial: this.values(null),
      source: (graph) => new LoraSource(new FrozenSource(graph, weights), plan),
    };
  }

  /**
   * @param adapters  by the names they are asked for; read with {@link expectedModel} of this model
   * @throws {InvalidOptionError} for an adapter of a module or tensor that the model does not have
   */
  static async create(opened: Base, adapters: Readonly<Record<string, Adapter>>): Promise<AdapterSet> {
    const { model, weights } = opened;
    const list = Object.entries(adapters);
    const plan: AdapterPlan = {
      adapted: model.linears.flatMap((linear) => {
        const rank = Math.max(0, ...list.map(([, { tensors }]) => tensors.get(linear.path)?.rank ?? 0));
        return rank > 0 ? [{ linear, rank, scale: 1 }] : [];
      }),
      whole: namedTensors(model).filter(({ name }) => list.some(([, { saved }]) => saved.has(name))),
      tiedHead: null,
      dropout: 0,
    };
    const linears = new Set(plan.adapted.map(({ linear }) => linear.path));
    const whole = new Set(plan.whole.map(({ name }) => name));
    for (const [name, { tensors, saved }] of list) {
      const foreign =
        [...tensors.keys()].find((path) => !linears.has(path)) ?? [...saved.keys()].find((n) => !whole.has(n));
      if (foreign !== undefined)
        throw new InvalidOptionError(`adapters.${name}`, `has "${foreign}", which this model has not`);
    }
    const base: ParameterValues = new Map();
    for (const { name, shape } of plan.whole) {
      base.set(name, { shape, data: await readWeight(baseWeight(model, weights, name)) });
    }
    return new AdapterSet(opened, new Map(list), plan, base);
  }

  /** Names that can be chosen. */
  get names(): string[] {
    return [...this.#adapters.keys()];
  }

  /**
   * Parameters of one adapter, for `Generator.withParameters`; `null` gives those of the base alone.
   * @throws {InvalidOptionError} for a name that is not in the set
   */
  values(name: string | null): ParameterValues {
    const adapter = name === null ? null : this.#adapters.get(name);
    if (adapter === undefined) {
      throw new InvalidOptionError('name', `"${name}" is no adapter of this set; it has ${this.names.join(', ')}`);
    }
    const values: ParameterValues = new Map();
    for (const [parameter, shape] of adapterShapes(this.#plan)) {
      values.set(
        parameter,
        this.#base.get(parameter) ?? { shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) },
      );
    }
    if (!adapter) return values;
    for (const [tensor, value] of adapter.saved) values.set(tensor, value);
    for (const [path, { a, b, rank, outFeatures }] of adapter.tensors) {
      const scale = scaleOf(adapter.config, path);
      values.get(loraName(path, 'A'))!.data.set(a); // rows behind the rank stay zero
      const { data, shape } = values.get(loraName(path, 'B'))!;
      const width = shape[1]!;
      for (let o = 0; o < outFeatures; o++) {
        for (let r = 0; r < rank; r++) data[o * width + r] = scale * b[o * rank + r]!;
      }
    }
    return values;
  }
}
