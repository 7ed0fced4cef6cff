/** How much memory a run will hold for weights and what is trained, before anything is loaded. */

import { adapterShapes } from '../lora/adapter.ts';
import { planAdapter } from '../lora/adapter-plan.ts';
import type { AdapterSpec } from '../lora/adapter-spec.ts';
import type { CausalLm } from '../model/causal-lm.ts';
import { type StorageDType, storageBytes } from '../tensor/dtype.ts';

/** Memory of weights and of what is trained, in bytes. */
export interface MemoryEstimate {
  /** Parameters of the base. */
  readonly parameters: number;
  /** The base as its files hold it. */
  readonly storedBytes: number;
  /** The base as the engine holds it. f32 weights stay mapped to their file; narrower ones are widened to f32. */
  readonly weightBytes: number;
  /** Parameters that are trained. */
  readonly trainable: number;
  /** Trained values, two copies, and the gradient's sum beside its zero: 16 bytes a trained parameter. */
  readonly trainedBytes: number;
  /** AdamW's two moments: 8 bytes a trained parameter. */
  readonly optimizerBytes: number;
  /** `weightBytes`, `trainedBytes` and `optimizerBytes`. Activations come on top: they grow with batch and length. */
  readonly totalBytes: number;
}

/**
 * How much memory a run holds beside activations, before anything is loaded.
 * @param dtype    element type of the base's files
 * @param trained  the adapter, or `full` for every weight; the base then is among what is trained
 */
export function estimateMemory(model: CausalLm, dtype: StorageDType, trained: AdapterSpec | 'full'): MemoryEstimate {
  const count = (shapes: Iterable<readonly number[]>) => {
    let sum = 0;
    for (const shape of shapes) sum += shape.reduce((a, b) => a * b, 1);
    return sum;
  };
  const parameters = count(model.tensors.map(({ shape }) => shape));
  const trainable = trained === 'full' ? parameters : count(adapterShapes(planAdapter(model, trained)).values());
  const weightBytes = trained === 'full' ? 0 : parameters * storageBytes.f32;
  const trainedBytes = 16 * trainable;
  const optimizerBytes = 8 * trainable;
  return {
    parameters,
    storedBytes: parameters * storageBytes[dtype],
    weightBytes,
    trainable,
    trainedBytes,
    optimizerBytes,
    totalBytes: weightBytes + trainedBytes + optimizerBytes,
  };
}
