import { expect, it } from 'vitest';
import { createRandom } from '../data/random.ts';
import { parseModelConfig } from '../model/config-schema.ts';
import { createModel } from '../model/create-model.ts';
import { GraphBuilder } from '../tensor/graph.ts';
import { add, exp, input, mul, reshape } from '../tensor/ops.ts';
import { estimateStepMemory, largestBatch, peakActivationBytes } from './estimate-step.ts';
import { fullMethodFrom, initialiseModel } from './method.ts';

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

it('finds the largest batch that fits', () => {
  const shape = { length: 256, checkpointing: false };
  const budget = estimateStepMemory(method, { ...shape, batch: 5 }).totalBytes;
  expect(largestBatch(method, shape, budget)).toBe(5);
  expect(largestBatch(method, shape, budget - 1)).toBe(4);
  expect(largestBatch(method, shape, 1e6)).toBe(0);
});
