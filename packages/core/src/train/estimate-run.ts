/** How much memory a training run will need, and what would fit, from the headers of a model folder alone. */
import { createRandom } from '../data/random.ts';
import { InvalidOptionError } from '../errors.ts';
import type { OpenedModel } from '../io/open-model.ts';
import { planQuantized } from '../io/quantize-model.ts';
import type { ParameterValues } from '../lora/adapter.ts';
import { type AdapterSpec, defaultAdapterSpec } from '../lora/adapter-spec.ts';
import type { QuantizedDType } from '../tensor/dtype.ts';
import { estimateStepMemory, largestBatch, type StepMemory, type StepShape } from './estimate-step.ts';
import { fullMethodFrom, loraMethod, type TuningMethod } from './method.ts';

/** Model, method and batch of a run whose memory is estimated. */
export interface RunShape extends Omit<StepShape, 'supervised'> {
  /** Rank, targets and scale. Default {@link defaultAdapterSpec}. */
  readonly adapter?: Partial<AdapterSpec>;
  /** Every weight is trained, in place of an adapter. */
  readonly full?: boolean;
  /** Type that the frozen base is held in. Default: as it is stored. */
  readonly quantize?: QuantizedDType | undefined;
  /** The scales of an nf4 base are held in 8 bits as well. Default false. */
  readonly doubleQuantization?: boolean;
}

export interface RunEstimate extends StepMemory {
  /** Largest batch of rows of this length within the memory given; 0 where not one row is. Searched for when it is read. */
  readonly largestBatch: number;
}

function methodOf(
  opened: OpenedModel,
  { adapter, full, quantize, doubleQuantization = false }: RunShape,
): TuningMethod {
  const { model } = opened;
  if (full) {
    if (quantize) throw new InvalidOptionError('quantize', 'is for adapters: codes of 8 or 4 bits cannot be trained');
    // Shapes are all that is asked of the values.
    const initial: ParameterValues = new Map();
    for (const { name, shape } of model.tensors) initial.set(name, { shape, data: new Float32Array(0) });
    return fullMethodFrom(model, initial);
  }
  if (doubleQuantization && !quantize)
    throw new InvalidOptionError('doubleQuantization', 'is for nf4; found a base as it is stored');
  const weights = quantize ? planQuantized(opened, { dtype: quantize, doubleQuantization }) : opened.weights;
  return loraMethod(model, weights, { ...defaultAdapterSpec, ...adapter }, createRandom(0));
}

/**
 * Estimates the peak of a training step on the onnx engine's CPU; see {@link estimateStepMemory}. Nothing is loaded or written.
 * @param shape        batch, and tokens of its longest row; every position is taken to count in the loss
 * @param memoryBytes  what the largest batch may take
 * @throws {InvalidOptionError} for a length beyond the model's positions, or a quantised base that is to be trained
 */
export function estimateRun(opened: OpenedModel, shape: RunShape, memoryBytes: number): RunEstimate {
  const { maxPositions } = opened.model;
  if (shape.length > maxPositions)
    throw new InvalidOptionError(
      'length',
      `must be at most the model's ${maxPositions} positions, found ${shape.length}`,
    );
  const method = methodOf(opened, shape);
  let found: number | undefined;
  return {
    ...estimateStepMemory(method, shape),
    get largestBatch() {
      found ??= largestBatch(method, shape, memoryBytes);
      return found;
    },
  };
}
