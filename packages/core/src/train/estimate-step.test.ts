import { expect, it } from 'vitest';
import { createRandom } from '../data/random.ts';
import { defaultAdapterSpec } from '../lora/adapter-spec.ts';
import { parseModelConfig } from '../model/config-schema.ts';
import { createModel } from '../model/create-model.ts';
import { GraphBuilder } from '../tensor/graph.ts';
import type { WeightRef } from '../tensor/op.ts';
import { add, exp, input, matmul, mul, reshape, weight } from '../tensor/ops.ts';
import { estimateStepMemory, largestBatch, peakActivationBytes } from './estimate-step.ts';
import { fullMethodFrom, initialiseModel, loraMethod } from './method.ts';

it('follows each value from its making to its last use', () => {
  const graph = new GraphBuilder();
  const x = input(graph, 'x', 'f32', ['T', 8]);
  const a = exp(x);
  const b = reshape(exp(a), ['8*T']); // shares the bytes of what it reshapes
  const c = add(b, reshape(x, ['8*T']));
  const peak = peakActivationBytes(graph.finish({ y: mul(c, c) }), new Map([['T', 100]]));
  // x, exp(x) and exp(exp(x)) are alive at one time; later x, exp(exp(x)) and the sum.
  expect(peak).toBe(3 * 100 * 8 * 4);
});

it('counts scales in 8 bits once more while a product widens them', () => {
  const range = { file: 'base', byteOffset: 0, byteLength: 0 };
  const plain = { name: 'w', dtype: 'nf4', shape: [128, 256], scales: range, ...range } as const;
  const peak = (ref: WeightRef, transposed: boolean): number => {
    const graph = new GraphBuilder();
    const x = input(graph, 'x', 'f32', [8, transposed ? 256 : 128]);
    return peakActivationBytes(
      graph.finish({ y: matmul(x, weight(graph, ref), { transposeB: transposed }) }),
      new Map(),
    );
  };
  const nested = { ...plain, nested: { steps: range, mean: range } };
  // A scale a block of 64 weights, 4 bytes each.
  for (const transposed of [true, false])
    expect(peak(nested, transposed) - peak(plain, transposed)).toBe((4 * 128 * 256) / 64);
});

const config = {
  model_type: 'llama',
  hidden_size: 64,
  intermediate_size: 128,
  num_hidden_layers: 6,
  num_attention_heads: 4,
  num_key_value_heads: 4,
  max_position_embeddings: 2048,
  vocab_size: 500,
  rms_norm_eps: 1e-5,
  tie_word_embeddings: true,
};
const model = createModel(parseModelConfig(config, 'config.json'));
const method = fullMethodFrom(model, initialiseModel(model, createRandom(1)));

it('counts what is trained, and less with checkpointing', () => {
  const shape = { batch: 2, length: 512 };
  const plain = estimateStepMemory(method, shape);
  const parameters = [...method.initial.values()].reduce((sum, { data }) => sum + data.length, 0);
  expect(plain.parameterBytes + plain.gradientBytes).toBe(parameters * 4 * 4);
  expect(plain.optimizerBytes).toBe(parameters * 4 * 2);
  const narrow = estimateStepMemory(method, { ...shape, stateBits: 8 });
  expect(narrow.optimizerBytes).toBeLessThan(0.27 * plain.optimizerBytes);
  expect(plain.weightBytes).toBe(0);
  const { totalBytes, ...parts } = plain;
  expect(totalBytes).toBe(Object.values(parts).reduce((a, b) => a + b));
  // Attention alone leaves 6 layers of [2, 4, 512, 512] probabilities.
  expect(plain.activationBytes).toBeGreaterThan(6 * 2 * 4 * 512 * 512 * 4);
  const again = estimateStepMemory(method, { ...shape, checkpointing: true });
  expect(again.activationBytes).toBeLessThan(plain.activationBytes / 2);
});

it.each([
  [22, false, 236],
  [22, true, 230],
  [42, false, 325],
  [42, true, 301],
] as const)(
  'counts what a session of %i layers holds (checkpointing %s: %i MiB measured)',
  (layers, checkpointing, peakMiB) => {
    // f32, LoRA, 1 x 64 tokens, so narrow that weights and activations are a tenth of it. Before nodes counted, it said 148 to 169 MiB.
    const narrow = {
      ...config,
      hidden_size: 128,
      intermediate_size: 256,
      num_hidden_layers: layers,
      num_attention_heads: 2,
      num_key_value_heads: 1,
      vocab_size: 512,
      tie_word_embeddings: false,
    };
    const deep = createModel(parseModelConfig(narrow, 'config.json'));
    const range = { file: 'base', byteOffset: 0, byteLength: 0 };
    const weights = new Map<string, WeightRef>(
      deep.tensors.map(({ name, shape }) => [name, { name, dtype: 'f32', shape, ...range }]),
    );
    const lora = loraMethod(deep, weights, defaultAdapterSpec, createRandom(1));
    const { totalBytes } = estimateStepMemory(lora, { batch: 1, length: 64, checkpointing });
    expect(totalBytes / 2 ** 20 / peakMiB).toBeGreaterThan(0.9);
    expect(totalBytes / 2 ** 20 / peakMiB).toBeLessThan(1.1);
  },
);

it('finds the largest batch that fits', () => {
  const shape = { length: 256, checkpointing: false };
  const budget = estimateStepMemory(method, { ...shape, batch: 5 }).totalBytes;
  expect(largestBatch(method, shape, budget)).toBe(5);
  expect(largestBatch(method, shape, budget - 1)).toBe(4);
  expect(largestBatch(method, shape, 1e6)).toBe(0);
});
