/** Whether a device multiplies in bf16, found out by doing it. */
import { EngineUnavailableError } from '../../errors.ts';
import { f32Tensor, type HostTensor } from '../engine.ts';
import type { EngineThread } from '../engine-thread.ts';
import { boolAttribute, PlanBuilder, TfType } from './plan.ts';

/** Whether the device multiplies bf16 itself, found by timing. */
export interface Bf16Probe {
  /** Time of a product in f32, ms. */
  readonly f32Ms: number;
  /** Time of the same product in bf16, ms. */
  readonly bf16Ms: number;
}

const SIZE = 512;
const PRODUCTS = 16;
/** A GPU whose bf16 is this much slower than its f32 has no kernel for it: TensorFlow went to the CPU in silence. */
const SLOWEST = 4;

/** x · W^16 with W the identity, so that every element stays what it was. */
function chain(type: TfType) {
  const plan = new PlanBuilder();
  const flags = [boolAttribute('transpose_a', false), boolAttribute('transpose_b', false)];
  const w = plan.cast(plan.feed('w'), type);
  let y = plan.cast(plan.feed('x'), type);
  for (let i = 0; i < PRODUCTS; i++) y = plan.emit('MatMul', [y, w], flags);
  const sum = plan.emit('Sum', [plan.cast(y, TfType.float), plan.ints([0, 1])], [boolAttribute('keep_dims', false)]);
  return plan.finish([{ name: 'sum', register: sum }]);
}

async function measure(thread: EngineThread, type: TfType): Promise<number> {
  const plan = chain(type);
  const program = thread.newId();
  const matrix = (diagonal: number) => {
    const data = new Float32Array(SIZE * SIZE);
    for (let i = 0; i < SIZE; i++) data[i * SIZE + i] = diagonal;
    return f32Tensor([SIZE, SIZE], data);
  };
  const label = `probe of bf16`;
  await thread.request({ type: 'compile', program, plan }, label);
  const request = {
    type: 'run',
    program,
    shapes: [],
    feeds: [{ tensor: matrix(1) }, { tensor: matrix(1) }],
    fetch: [{ register: plan.outputs[0]!.register, dtype: 'f32', shape: [] }],
    store: [],
  };
  let bestMs = Infinity;
  try {
    for (let round = 0; round < 3; round++) {
      const from = performance.now();
      const [sum] = (await thread.request(request, label)) as HostTensor[];
      bestMs = Math.min(bestMs, performance.now() - from);
      if (sum!.data[0] !== SIZE) throw new Error(`the trace of an identity came out as ${sum!.data[0]}`);
    }
  } finally {
    await thread.request({ type: 'release', program }, label);
  }
  return bestMs;
}

/** @throws {EngineUnavailableError} when there is no kernel, its result is wrong, or a GPU does not run it itself */
export async function probeBf16(thread: EngineThread, isUsingGpu: boolean): Promise<Bf16Probe> {
  const f32Ms = await measure(thread, TfType.float);
  const refuse = (found: string, cause?: unknown) =>
    new EngineUnavailableError(
      'tensorflow in bf16',
      [{ part: 'bf16 matrix product', needed: 'one on the device', found, remedy: "use compute: 'f16' or 'f32'" }],
      { cause },
    );
  let bf16Ms: number;
  try {
    bf16Ms = await measure(thread, TfType.bfloat16);
  } catch (error) {
    throw refuse((error as Error).message, error);
  }
  if (isUsingGpu && bf16Ms > SLOWEST * f32Ms) {
    throw refuse(`bf16 takes ${bf16Ms.toFixed(1)} ms where f32 takes ${f32Ms.toFixed(1)} ms: it runs on the CPU`);
  }
  return { f32Ms, bf16Ms };
}
