/** Which engine and device to train on: what `auto` takes, and why, in words a person can read. */
import { CoreError, EngineUnavailableError, InvalidOptionError, type MissingPart } from '../errors.ts';
import { missingForCuda, tensorflowRequirement } from './device/cuda-requirements.ts';
import { findGpus, type Gpu, mayHaveNvidia } from './device/find-gpus.ts';
import type { ComputeDType, Engine, Int8Products } from './engine.ts';
import { missingForOnnxCuda, type OnnxDevice } from './onnx/onnx-device.ts';
import { OnnxEngine, type OnnxEngineOptions } from './onnx/onnx-engine.ts';
import { findBinding } from './tensorflow/find-binding.ts';
import { TensorflowEngine } from './tensorflow/tensorflow-engine.ts';
import { runTrialStep } from './trial-step.ts';

/**
 * `auto`: CUDA, then WebGPU where a discrete GPU is, then the CPU, the first that runs a step and gets it right.
 * `cuda`: TensorFlow on a GPU, then ONNX Runtime's CUDA provider. `tensorflow`: on whatever device it finds.
 */
export const engineRequests = ['auto', 'cpu', 'cuda', 'webgpu', 'tensorflow'] as const;
/** What may be asked of {@link selectEngine}; see {@link engineRequests}. */
export type EngineRequest = (typeof engineRequests)[number];

/** Settings of whichever engine is taken. */
export interface SelectEngineOptions {
  /** Processor threads of the onnx engine on the CPU. */
  readonly threads?: number;
  /** In what a GPU multiplies with frozen weights. Default: f32. The onnx engine on the CPU always computes in f32. */
  readonly compute?: ComputeDType;
  /** How the onnx engine computes products with int8 weights. Default: what it chooses on this processor. */
  readonly int8?: Int8Products;
}

/** An engine on a device that may be taken. */
export interface EngineCandidate {
  /** Which engine. */
  readonly engine: 'onnx' | 'tensorflow';
  /** Which of its devices. */
  readonly device: OnnxDevice | 'any';
  /** Why it need not be tried, or `undefined`. */
  hindrance(): string | EngineUnavailableError | undefined;
  /** Opens it. @throws {EngineUnavailableError} listing what is missing */
  open(): Promise<Engine>;
}

/** One engine that was tried, or not, and what came of it. */
export interface EngineAttempt {
  /** Which engine. */
  readonly engine: 'onnx' | 'tensorflow';
  /** Which of its devices. */
  readonly device: OnnxDevice | 'any';
  /** What came of it; `unavailable`: something is missing, `failed`: it ran and was wrong. */
  readonly outcome: 'works' | 'unavailable' | 'failed' | 'not-tried';
  /** In words. */
  readonly reason: string;
  /** Length of the trial step, where it works. */
  readonly stepMs?: number;
}

/** What was taken, and what became of everything that stands before it. */
export interface EngineChoice {
  /** Names the event. */
  readonly type: 'engine-chosen';
  /** What was asked for. */
  readonly requested: EngineRequest;
  /** What was taken. */
  readonly engine: 'onnx' | 'tensorflow';
  /** Where it computes. */
  readonly device: OnnxDevice | 'any';
  /** Why, in words. */
  readonly reason: string;
  /** Everything that was looked at, best first. */
  readonly attempts: readonly EngineAttempt[];
}

/** An open engine, and why it is this one. */
export interface SelectedEngine {
  /** Opened; whoever asked for it disposes of it. */
  readonly engine: Engine;
  /** What was taken, and why. */
  readonly choice: EngineChoice;
}

const onnx = (
  device: OnnxDevice,
  hindrance: EngineCandidate['hindrance'],
  options: Pick<OnnxEngineOptions, 'threads' | 'compute' | 'int8'>,
): EngineCandidate => ({
  engine: 'onnx',
  device,
  hindrance,
  open: () => Promise.resolve(new OnnxEngine({ device, ...options })),
});

const tensorflow = (device: 'cuda' | 'any', compute?: ComputeDType): EngineCandidate => ({
  engine: 'tensorflow',
  device,
  hindrance: () => {
    try {
      findBinding();
    } catch (error) {
      if (error instanceof EngineUnavailableError) return error;
      throw error;
    }
    if (device === 'any' || mayHaveNvidia()) return undefined;
    return new EngineUnavailableError('tensorflow on cuda', missingForCuda(STOCK_TENSORFLOW).slice(0, 2));
  },
  open: () => TensorflowEngine.open({ device: device === 'cuda' ? 'gpu' : 'any', ...(compute && { compute }) }),
});

function cudaHindrance(): EngineUnavailableError | undefined {
  const missing = missingForOnnxCuda();
  return missing.length > 0 ? new EngineUnavailableError('onnx on cuda', missing) : undefined;
}

const discreteOnly = (gpus: readonly Gpu[]) => () =>
  gpus.some(({ isDiscrete }) => isDiscrete)
    ? undefined
    : `no discrete GPU is there${gpus.length > 0 ? ` (${gpus.map(({ vendor, id }) => `${vendor} ${id}`).join(', ')})` : ''}; ask for webgpu to use it anyway`;

/** What stands for a request, in the order in which it is tried. */
export function engineCandidates(
  request: EngineRequest,
  { threads, compute, int8 }: SelectEngineOptions = {},
  gpus: readonly Gpu[] = findGpus(),
): EngineCandidate[] {
  const products = int8 === undefined ? {} : { int8 };
  const onCpu = onnx('cpu', () => undefined, { ...(threads !== undefined && { threads }), ...products });
  const computing = { ...(compute !== undefined && { compute }), ...products };
  const onCuda = [tensorflow('cuda', compute), onnx('cuda', cudaHindrance, computing)];
  switch (request) {
    case 'cpu':
      return [onCpu];
    case 'cuda':
      return onCuda;
    case 'webgpu':
      return [onnx('webgpu', () => undefined, computing)];
    case 'tensorflow':
      return [tensorflow('any', compute)];
    case 'auto':
      return [...onCuda, onnx('webgpu', discreteOnly(gpus), computing), onCpu];
    default:
      throw new InvalidOptionError(
        'engine',
        `must be one of ${engineRequests.join(', ')}, found ${JSON.stringify(request)}`,
      );
  }
}

/** What `@tensorflow/tfjs-node-gpu` 4.22 downloads. */
const STOCK_TENSORFLOW = tensorflowRequirement('2.9.1');

interface Tried {
  readonly attempt: EngineAttempt;
  readonly engine?: Engine;
  readonly missing: readonly MissingPart[];
}

/** Opens a candidate and runs the trial step on it; the engine is open where it works. */
export async function tryCandidate(candidate: EngineCandidate): Promise<Tried> {
  const { engine: name, device } = candidate;
  const hindrance = candidate.hindrance();
  if (typeof hindrance === 'string') {
    return { attempt: { engine: name, device, outcome: 'not-tried', reason: hindrance }, missing: [] };
  }
  if (hindrance) return failed(candidate, hindrance);
  let engine: Engine | undefined;
  try {
    engine = await candidate.open();
    const { stepMs } = await runTrialStep(engine);
    const reason = `ran a training step in ${stepMs.toFixed(1)} ms with the right gradients`;
    return { attempt: { engine: name, device, outcome: 'works', reason, stepMs }, engine, missing: [] };
  } catch (error) {
    await engine?.dispose();
    if (error instanceof CoreError) return failed(candidate, error);
    throw error;
  }
}

function failed({ engine, device }: EngineCandidate, error: CoreError): Tried {
  const isUnavailable = error instanceof EngineUnavailableError;
  const missing = isUnavailable
    ? error.missing
    : [
        {
          part: `${engine} on ${device}`,
          needed: 'a step that runs and is right',
          found: error.message,
          remedy: 'use another device',
        },
      ];
  return {
    attempt: { engine, device, outcome: isUnavailable ? 'unavailable' : 'failed', reason: error.message },
    missing,
  };
}

/** The first candidate that works. @throws {EngineUnavailableError} listing what all of them lack */
export async function chooseEngine(
  requested: EngineRequest,
  candidates: readonly EngineCandidate[],
): Promise<SelectedEngine> {
  const attempts: EngineAttempt[] = [];
  const missing: (readonly [engine: string, part: MissingPart])[] = [];
  for (const candidate of candidates) {
    const tried = await tryCandidate(candidate);
    attempts.push(tried.attempt);
    for (const part of tried.missing) missing.push([candidate.engine, part]);
    if (!tried.engine) continue;
    const { engine, device, reason } = tried.attempt;
    const before = attempts.slice(0, -1).map((a) => `${a.engine} on ${a.device}: ${a.outcome}`);
    const why = before.length > 0 ? `${reason}; before it ${before.join(', ')}` : reason;
    return {
      engine: tried.engine,
      choice: { type: 'engine-chosen', requested, engine, device, reason: why, attempts },
    };
  }
  throw new EngineUnavailableError(`engine "${requested}"`, mergeMissing(missing, candidates.length));
}

/** What all candidates lack stands once; what only one lacks stands with its name. */
function mergeMissing(missing: readonly (readonly [engine: string, part: MissingPart])[], of: number): MissingPart[] {
  const merged = new Map<string, { part: MissingPart; engines: string[] }>();
  for (const [engine, part] of missing) {
    const key = JSON.stringify(part);
    const known = merged.get(key);
    if (known) known.engines.push(engine);
    else merged.set(key, { part, engines: [engine] });
  }
  return [...merged.values()].map(({ part, engines }) =>
    engines.length === of ? part : { ...part, part: `${engines.join(', ')}: ${part.part}` },
  );
}

/**
 * Opens the engine for a request. Dispose of it when done.
 * @throws {EngineUnavailableError} when what was asked for cannot be used; never a quiet run on something else
 */
export const selectEngine = (
  request: EngineRequest = 'auto',
  options: SelectEngineOptions = {},
): Promise<SelectedEngine> => chooseEngine(request, engineCandidates(request, options));
