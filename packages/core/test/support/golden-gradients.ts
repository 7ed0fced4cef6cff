/** Loss and gradients of the golden models on any engine, beside PEFT in float64. */
import { expect } from 'vitest';
import { createRandom } from '../../src/data/random.ts';
import { f32Tensor, type Program, scalar } from '../../src/engine/engine.ts';
import { openModel } from '../../src/io/open-model.ts';
import type { Graph } from '../../src/tensor/graph.ts';
import { accumulatorName, batchFeeds, buildTrainingGraph } from '../../src/train/loss.ts';
import { loraMethod } from '../../src/train/method.ts';
import {
  batchFromLabels,
  goldenJson,
  goldenPath,
  goldenTensors,
  relativeError,
  withPrefix,
  worstOf,
} from './golden.ts';

export const goldenModels = [
  'tied-f32',
  'untied-bf16',
  'linear-rope-f16-sharded',
  'llama3-rope-biases-tied-bf16',
  'wide-heads-one-kv-f32',
];

/** A method over one of the golden models, with the golden adapter. */
export async function goldenMethod(name: string, dropout = 0) {
  const golden = goldenJson(`${name}/golden.json`);
  const tensors = await goldenTensors(`${name}/golden.safetensors`);
  const { model, weights } = await openModel(goldenPath(name));
  const { rank, alpha, rslora: rsLora } = golden;
  const spec = { rank, alpha, dropout, rsLora, targetModules: 'all-linear' } as const;
  const method = loraMethod(model, weights, spec, createRandom(1), withPrefix(tensors, 'start:'));
  return { golden, tensors, model, method };
}

type Subject = Awaited<ReturnType<typeof goldenMethod>>;

/** The training graph of a golden model. */
export const compileGolden = <P extends Program>(engine: { compile(graph: Graph): Promise<P> }, { method }: Subject) =>
  engine.compile(buildTrainingGraph(method));

/** Holds loss and gradients of one batch against PyTorch in float64. */
export async function expectGradients(
  program: Program,
  { golden, tensors, model, method }: Subject,
  tolerance: number,
): Promise<void> {
  const batch = batchFromLabels(golden.ids, golden.labels);
  const values = [...method.initial];
  const { loss, ...sums } = await program.run({
    feeds: {
      ...batchFeeds(model, batch),
      ...Object.fromEntries(values.map(([p, { shape, data }]) => [p, f32Tensor(shape, data)])),
      ...Object.fromEntries(
        values.map(([p, { shape, data }]) => [accumulatorName(p), f32Tensor(shape, new Float32Array(data.length))]),
      ),
      scale: scalar(1 / batch.rows.length),
    },
    fetch: ['loss', ...values.map(([p]) => accumulatorName(p))],
  });
  expect(Math.abs(loss!.data[0]! / batch.rows.length / golden.loss - 1)).toBeLessThan(tolerance);
  const expected = withPrefix(tensors, 'gradient:');
  const worst = worstOf(values.map(([p]) => [p, relativeError(sums[accumulatorName(p)]!.data, expected.get(p)!.data)]));
  expect(worst.error, JSON.stringify(worst)).toBeLessThan(tolerance);
}
