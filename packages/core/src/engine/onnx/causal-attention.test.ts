import { expect, it } from 'vitest';
import { createRandom } from '../../data/random.ts';
import { parseModelConfig } from '../../model/config-schema.ts';
import { createModel } from '../../model/create-model.ts';
import { GraphBuilder } from '../../tensor/graph.ts';
import { attend, input } from '../../tensor/ops.ts';
import { buildTrainingGraph } from '../../train/loss.ts';
import { fullMethodFrom, initialiseModel } from '../../train/method.ts';
import { findCausalAttention, leftOut } from './causal-attention.ts';

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
