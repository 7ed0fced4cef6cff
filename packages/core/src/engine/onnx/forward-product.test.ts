/** Tokens and prompts in `fast`: the same graph takes two terms for few rows, and one with outlier columns for many. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRandom } from '../../data/random.ts';
import { Generator } from '../../generate/generator.ts';
import { type OpenedModel, openModel } from '../../io/open-model.ts';
import { type QuantizedBase, quantizeModel } from '../../io/quantize-model.ts';
import { type Graph, GraphBuilder } from '../../tensor/graph.ts';
import type { QuantizedWeightRef } from '../../tensor/op.ts';
import { input, matmul, weight } from '../../tensor/ops.ts';
import { writeTinyModel } from '../../testing/tiny-model.ts';
import { baseVariant } from '../../train/method.ts';
import { type Engine, f32Tensor } from '../engine.ts';
import { ReferenceEngine } from '../reference/reference-engine.ts';
import { isForwardProduct } from './forward-product.ts';
import { OnnxEngine } from './onnx-engine.ts';

const I = 256;
let folder: string;
let opened: OpenedModel;
let base: QuantizedBase;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alpacare-forward-'));
  const config = { hidden_size: I, intermediate_size: 512, tie_word_embeddings: false };
  await writeTinyModel(join(folder, 'model'), { config, vocabSize: 300 });
  opened = await openModel(join(folder, 'model'));
  base = await quantizeModel(opened, { dtype: 'int8', file: join(folder, 'int8.safetensors') });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const matrix = (name: string) => base.weights.get(`model.layers.0.${name}.weight`) as QuantizedWeightRef;

/** gate and up on the same rows */
function twoProducts(): Graph {
  const graph = new GraphBuilder();
  const x = input(graph, 'x', 'f32', ['N', I]);
  const product = (name: string) => matmul(x, weight(graph, matrix(name)), { transposeB: true });
  return graph.finish({ gate: product('mlp.gate_proj'), up: product('mlp.up_proj') });
}

/** Largest difference over the largest value. */
function gap(found: ArrayLike<number>, exact: ArrayLike<number>): number {
  const values = Array.from(exact);
  return (
    Math.max(...values.map((value, i) => Math.abs(value - found[i]!))) / Math.max(...values.map((v) => Math.abs(v)))
  );
}

it('is meant for what is as wide as its input or wider', () => {
  const fast = { int8: 'fast', packed: true } as const;
  expect(isForwardProduct(matrix('mlp.up_proj'), fast)).toBe(true);
  expect(isForwardProduct(matrix('mlp.down_proj'), fast)).toBe(false);
  expect(isForwardProduct(matrix('mlp.up_proj'), { int8: 'accurate', packed: true })).toBe(false);
});

it.each([
  { rows: 1, limit: 3e-4 },
  { rows: 32, limit: 3e-4 },
  { rows: 33, limit: 0.02 },
  { rows: 100, limit: 0.02 },
])('$rows rows are within $limit of the reference engine, outlier channels or not', async ({ rows, limit }) => {
  const graph = twoProducts();
  for (const outliers of [0, 3]) {
    const random = createRandom(rows);
    const data = Float32Array.from({ length: rows * I }, (_, i) => random.nextNormal() * (i % I < outliers ? 30 : 1));
    const feeds = { x: f32Tensor([rows, I], data) };
    const fetch = ['gate', 'up'];
    const expected = await (await new ReferenceEngine().compile(graph)).run({ feeds, fetch });
    const engine = new OnnxEngine({ threads: 2, int8: 'fast' });
    try {
      const found = await (await engine.compile(graph)).run({ feeds, fetch });
      for (const name of fetch) {
        expect(found[name]!.shape).toEqual(expected[name]!.shape);
        expect(gap(found[name]!.data, expected[name]!.data), name).toBeLessThan(limit);
      }
    } finally {
      await engine.dispose();
    }
  }
});

it('gives the greedy answer of accurate products, to a short prompt and to a long one', async () => {
  const answer = async (engine: Engine, prompt: readonly number[]) => {
    const generator = await Generator.create(engine, baseVariant(base.model, base.weights));
    const ids: number[] = [];
    for await (const id of generator.generate(prompt, { maxNewTokens: 12, temperature: 0 })) ids.push(id);
    await generator.dispose();
    await engine.dispose();
    return ids;
  };
  const random = createRandom(5);
  for (const length of [4, 50]) {
    const prompt = Array.from({ length }, () => random.nextInt(300));
    const fast = await answer(new OnnxEngine({ threads: 2, int8: 'fast' }), prompt);
    expect(fast).toHaveLength(12);
    expect(fast).toEqual(await answer(new ReferenceEngine(), prompt));
  }
});
