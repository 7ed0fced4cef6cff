import { expect, it } from 'vitest';
import { backward } from '../../autodiff/backward.ts';
import { createRandom } from '../../data/random.ts';
import { parseModelConfig } from '../../model/config-schema.ts';
import { createModel } from '../../model/create-model.ts';
import { attention } from '../../model/layers/attention.ts';
import { GraphBuilder, type Node } from '../../tensor/graph.ts';
import { attend, input, mul, sumAll } from '../../tensor/ops.ts';
import { buildTrainingGraph } from '../../train/loss.ts';
import { fullMethodFrom, initialiseModel } from '../../train/method.ts';
import { f32Tensor } from '../engine.ts';
import { ReferenceEngine } from '../reference/reference-engine.ts';
import { BLOCKS, findCausalAttention, leftOut } from './causal-attention.ts';
import { OnnxEngine } from './onnx-engine.ts';

const config = (heads: number, kvHeads: number) => ({
  model_type: 'llama',
  hidden_size: 64,
  intermediate_size: 128,
  num_hidden_layers: 3,
  num_attention_heads: heads,
  num_key_value_heads: kvHeads,
  max_position_embeddings: 128,
  vocab_size: 100,
  rms_norm_eps: 1e-5,
  tie_word_embeddings: true,
});

it.each([
  [4, 4],
  [4, 1],
])('finds every attention of a model with %i heads over %i, and what its gradient needs', (heads, kvHeads) => {
  const model = createModel(parseModelConfig(config(heads, kvHeads), 'config.json'));
  const method = fullMethodFrom(model, initialiseModel(model, createRandom(1)));
  for (const checkpointing of [false, true]) {
    const graph = buildTrainingGraph(method, { checkpointing });
    const found = findCausalAttention(graph);
    // With checkpointing, all but the last layer are computed a second time.
    const attends = graph.nodes.filter(({ kind }) => kind === 'attend');
    expect(found).toHaveLength(attends.length);
    const differentiated = found.filter(({ back }) => back);
    expect(differentiated).toHaveLength(3);
    for (const { results } of differentiated)
      expect([...results.values()].sort()).toEqual(['key', 'output', 'query', 'value']);
    // No square of scores is left.
    const skipped = leftOut(graph, found);
    const squares = graph.nodes.filter(({ shape }) => shape.length === 4 && shape.at(-1) === 'T' && shape[1] !== 1);
    expect(squares.length).toBeGreaterThan(0);
    expect(squares.filter((node) => !skipped.has(node))).toEqual([]);
  }
});

it('leaves alone what does not say that it is causal', () => {
  const graph = new GraphBuilder();
  const y = attend(input(graph, 's', 'f32', ['B', 2, 'T', 'T']), input(graph, 'v', 'f32', ['B', 2, 'T', 8]));
  expect(findCausalAttention(graph.finish({ y }))).toEqual([]);
});

it('a block without queries adds nothing to the gradients of keys and values, whatever lay in its memory', async () => {
  const [heads, kv, d] = [4, 2, 16];
  const graph = new GraphBuilder();
  const query = input(graph, 'query', 'f32', ['B', heads, 'T', d]);
  const [key, value] = ['key', 'value'].map((name) => input(graph, name, 'f32', ['B', kv, 'T', d])) as [Node, Node];
  const mask = input(graph, 'mask', 'f32', [1, 1, 'T', 'T']);
  const out = attention(query, { key, value }, mask, 0.35);
  const loss = sumAll(mul(out, input(graph, 'dy', 'f32', ['B', heads, 'T', d])));
  const [dq, dk, dv] = backward(loss, [query, key, value]) as [Node, Node, Node];
  const finished = graph.finish({ loss, dq, dk, dv });
  expect(findCausalAttention(finished).map(({ back }) => back !== undefined)).toEqual([true]);
  const random = createRandom(3);
  const feeds = (T: number, size: number) => {
    const numbers = (...shape: number[]) =>
      f32Tensor(
        shape,
        Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => size * random.nextNormal()),
      );
    const causal = Float32Array.from({ length: T * T }, (_, i) => (i % T > Math.floor(i / T) ? -1e9 : 0));
    return {
      query: numbers(1, heads, T, d),
      key: numbers(1, kv, T, d),
      value: numbers(1, kv, T, d),
      mask: f32Tensor([1, 1, T, T], causal),
      dy: numbers(1, heads, T, d),
    };
  };
  const fetch = ['loss', 'dq', 'dk', 'dv'];
  const engine = new OnnxEngine({ threads: 1 });
  const [program, exact] = [await engine.compile(finished), await new ReferenceEngine().compile(finished)];
  // Fewer positions than blocks; of two, the third block begins behind a key and has no query.
  for (let T = 1; T <= BLOCKS.training + 1; T++) {
    // Leaves large numbers in what the engine's allocator gives out next.
    for (const dirty of [24, T, T]) await program.run({ feeds: feeds(dirty, 1e3), fetch });
    const small = feeds(T, 1);
    const [found, expected] = [await program.run({ feeds: small, fetch }), await exact.run({ feeds: small, fetch })];
    for (const name of fetch)
      for (const [i, number] of expected[name]!.data.entries())
        expect(Math.abs(found[name]!.data[i]! - number), `${T} positions: ${name}[${i}]`).toBeLessThan(1e-4);
  }
  await engine.dispose();
});
