/** AdamW on an engine: where the moments of each parameter are, how they are updated, and what a checkpoint keeps of them. */
import { type Engine, f32Tensor, type Program, scalar, type Variable } from '../engine/engine.ts';
import type { ParameterValues } from '../lora/adapter.ts';
import { type AdamWOptions, buildAdamW, type ParameterShape, slotNames } from './adamw.ts';
import { type Moments8bit, momentBytes, SMALLEST_8BIT, updateAdamW8bit, zeroMoments } from './adamw8bit.ts';
import type { TuningMethod } from './method.ts';

/** What an update reads and writes of a parameter. */
export interface UpdateSlots {
  readonly value: Variable;
  /** Gets the value after the update. */
  readonly previous: Variable;
  /** The gradient. */
  readonly sum: Variable;
}

export interface UpdateOptions {
  readonly rate: number;
  /** maxNorm / norm; gradients are multiplied with it where it is below 1. */
  readonly clip: number;
  /** Updates made, this one included. */
  readonly step: number;
}

/** Moments by slot name: f32, or of 8 bits the scales; and the codes of 8 bits. */
export interface SavedMoments {
  readonly tensors: ParameterValues;
  readonly codes: ReadonlyMap<string, Uint8Array>;
}

/** Something to be written once everything else has been checked. */
export type PlannedWrite = () => Promise<void> | void;

/** On the engine's side in f32, in JavaScript in 8 bits. */
type Moments = { readonly mean: Variable; readonly variance: Variable } | Moments8bit;
const in8bits = (moments: Moments): moments is Moments8bit => 'codes' in moments.mean;
const KINDS = ['mean', 'variance'] as const;

export class AdamW {
  private constructor(
    private readonly method: TuningMethod,
    private readonly options: AdamWOptions,
    private readonly moments: ReadonlyMap<string, Moments>,
    private readonly program: Program | undefined,
  ) {}

  /** Compiles the update and starts with moments of zero. */
  static async create(engine: Engine, method: TuningMethod, options: AdamWOptions): Promise<AdamW> {
    const moments = new Map<string, Moments>();
    const in32bits: ParameterShape[] = [];
    for (const [name, { shape, data }] of method.initial) {
      if (options.stateBits === 8 && data.length >= SMALLEST_8BIT) {
        moments.set(name, zeroMoments(data.length));
        continue;
      }
      const zeros = () => engine.createVariable(f32Tensor(shape, new Float32Array(data.length)));
      moments.set(name, { mean: await zeros(), variance: await zeros() });
      in32bits.push({ name, shape, decays: method.decays(name) });
    }
    const program =
      in32bits.length > 0 ? await engine.compile(buildAdamW(in32bits, options), { label: 'AdamW' }) : undefined;
    return new AdamW(method, options, moments, program);
  }

  /** What the moments take. */
  get bytes(): number {
    return [...this.moments].reduce((sum, [name, moments]) => {
      const { length } = this.method.initial.get(name)!.data;
      return sum + (in8bits(moments) ? momentBytes(length) : 8 * length);
    }, 0);
  }

  /** One update of every parameter. */
  async update(slots: ReadonlyMap<string, UpdateSlots>, options: UpdateOptions): Promise<void> {
    await this.#update32bit(slots, options);
    for (const [name, moments] of this.moments) {
      if (!in8bits(moments)) continue;
      const { value, previous, sum } = slots.get(name)!;
      const [values, gradients] = [await value.read(), await sum.read()];
      updateAdamW8bit(values.data as Float32Array, gradients.data as Float32Array, moments, {
        ...this.options,
        ...options,
        clip: Math.min(options.clip, 1),
        weightDecay: this.method.decays(name) ? this.options.weightDecay : 0,
      });
      await previous.write(values);
    }
  }

  /** Parameters whose moments are f32, all at once on the engine. */
  async #update32bit(slots: ReadonlyMap<string, UpdateSlots>, { rate, clip, step }: UpdateOptions): Promise<void> {
    const { beta1, beta2 } = this.options;
    const feeds: Record<string, Variable> = {};
    const store: Record<string, Variable> = {};
    for (const [name, moments] of this.moments) {
      if (in8bits(moments)) continue;
      const { value, previous, sum } = slots.get(name)!;
      const names = slotNames(name);
      Object.assign(feeds, { [names.value]: value, [names.gradient]: sum });
      Object.assign(store, { [names.value]: previous });
      for (const kind of KINDS) {
        feeds[names[kind]] = moments[kind];
        store[names[kind]] = moments[kind];
      }
    }
    await this.program?.run({
      feeds: {
        ...feeds,
        rate: scalar(rate),
        correction1: scalar(1 - beta1 ** step),
        correction2: scalar(1 - beta2 ** step),
        clip: scalar(clip),
      },
      store,
    });
  }

  async save(): Promise<SavedMoments> {
    const tensors: ParameterValues = new Map();
    const codes = new Map<string, Uint8Array>();
    for (const [name, moments] of this.moments) {
      for (const kind of KINDS) {
        const slot = slotNames(name)[kind];
        if (in8bits(moments)) {
          const { scales } = moments[kind];
          tensors.set(slot, { shape: [scales.length], data: scales.slice() });
          codes.set(slot, moments[kind].codes.slice());
        } else {
          const { shape, data } = await moments[kind].read();
          tensors.set(slot, { shape, data: data as Float32Array });
        }
      }
    }
    return { tensors, codes };
  }

  /**
   * What has to be written to go back to saved moments.
   * @param tensorOf  gives a saved tensor of a shape, or notes that it is missing
   * @param problem   told of codes that are missing or too few
   */
  planRestore(
    codes: ReadonlyMap<string, Uint8Array>,
    tensorOf: (slot: string, shape: readonly number[]) => Float32Array | undefined,
    problem: (text: string) => void,
  ): PlannedWrite[] {
    const writes: PlannedWrite[] = [];
    for (const [name, moments] of this.moments) {
      const { shape } = this.method.initial.get(name)!;
      for (const kind of KINDS) {
        const slot = slotNames(name)[kind];
        if (!in8bits(moments)) {
          const [variable, data] = [moments[kind], tensorOf(slot, shape)];
          if (data) writes.push(() => variable.write(f32Tensor(shape, data)));
          continue;
        }
        const moment = moments[kind];
        const [scales, own] = [tensorOf(slot, [moment.scales.length]), codes.get(slot)];
        if (own?.length !== moment.codes.length) problem(`codes of "${slot}" [${moment.codes.length}]`);
        else if (scales) {
          writes.push(() => {
            moment.scales.set(scales);
            moment.codes.set(own);
          });
        }
      }
    }
    return writes;
  }

  async dispose(): Promise<void> {
    await this.program?.dispose();
    for (const moments of this.moments.values()) {
      if (!in8bits(moments)) for (const kind of KINDS) await moments[kind].dispose();
    }
  }
}
