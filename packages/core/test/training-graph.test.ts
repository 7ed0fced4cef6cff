/** What a LoRA training step computes, and above all what it does not. */
import { describe, expect, it } from 'vitest';
import { createRandom } from '../src/data/random.ts';
import { defaultAdapterSpec } from '../src/lora/adapter-spec.ts';
import { parseModelConfig } from '../src/model/config-schema.ts';
import { createModel } from '../src/model/create-model.ts';
import { type Graph, isKind, type Node } from '../src/tensor/graph.ts';
import type { WeightRef } from '../src/tensor/op.ts';
import { printGraph } from '../src/tensor/print-graph.ts';
import { buildEvaluationGraph, buildTrainingGraph } from '../src/train/loss.ts';
import { loraMethod } from '../src/train/method.ts';

const wire = {
  model_type: 'llama',
  hidden_size: 8,
  intermediate_size: 12,
  num_attention_heads: 2,
  num_key_value_heads: 1,
  vocab_size: 16,
};

/** A model whose weights lie nowhere: building a graph reads none. */
function tinyLora(layers: number, targetModules: readonly string[] | 'all-linear', dropout = 0) {
  const model = createModel(parseModelConfig({ ...wire, num_hidden_layers: layers }, 'config.json'));
  const weights = new Map<string, WeightRef>(
    model.tensors.map(({ name, shape }) => [
      name,
      { name, shape, file: '/nowhere', dtype: 'f32', byteOffset: 0, byteLength: 0 },
    ]),
  );
  return loraMethod(model, weights, { ...defaultAdapterSpec, rank: 2, targetModules, dropout }, createRandom(1));
}

/** How many nodes read a frozen weight, by its name without `model.layers.` and `.weight`. */
function usesOfWeights(graph: Graph): Record<string, number> {
  const uses: Record<string, number> = {};
  for (const node of graph.nodes) {
    for (const source of node.inputs) {
      if (!isKind(source, 'weight')) continue;
      const name = source.attributes.ref.name.replace(/^model\.(layers\.)?|\.weight$/g, '');
      uses[name] = (uses[name] ?? 0) + 1;
    }
  }
  return uses;
}

const count = (graph: Graph, kind: Node['kind']): number => graph.nodes.filter((n) => n.kind === kind).length;

it('the step of one layer with an adapter on q', async () => {
  const text = printGraph(buildTrainingGraph(tinyLora(1, ['q_proj'])));
  await expect(text).toMatchFileSnapshot('golden/graphs/lora-step-q.txt');
});

describe('pruning', () => {
  it('q and v: no gradient enters the first layer, and no frozen weight has one', () => {
    const graph = buildTrainingGraph(tinyLora(2, ['q_proj', 'v_proj']));
    const uses = usesOfWeights(graph);
    // Each matrix once forward; a second time only where the gradient has further to go. What went into the adapters of the second
    // layer is normed once more rather than kept.
    expect(uses).toEqual({
      embed_tokens: 1,
      '0.input_layernorm': 1,
      '0.self_attn.q_proj': 1,
      '0.self_attn.k_proj': 1,
      '0.self_attn.v_proj': 1,
      '0.self_attn.o_proj': 2,
      '0.post_attention_layernorm': 2,
      '0.mlp.gate_proj': 2,
      '0.mlp.up_proj': 2,
      '0.mlp.down_proj': 2,
      '1.input_layernorm': 3,
      '1.self_attn.q_proj': 2,
      '1.self_attn.k_proj': 2,
      '1.self_attn.v_proj': 2,
      '1.self_attn.o_proj': 2,
      '1.post_attention_layernorm': 2,
      '1.mlp.gate_proj': 2,
      '1.mlp.up_proj': 2,
      '1.mlp.down_proj': 2,
      norm: 2,
      lm_head: 2,
    });
    // A gradient of a frozen matrix would have that matrix's shape.
    const weightShapes = new Set(
      graph.nodes.filter((n) => isKind(n, 'weight') && n.shape.length === 2).map((n) => n.shape.join()),
    );
    expect(graph.nodes.filter((n) => n.kind !== 'weight' && weightShapes.has(n.shape.join()))).toEqual([]);
    expect(count(graph, 'scatterAdd')).toBe(1); // back from the supervised rows; none into the embedding
    // Norms that the gradient passes: all but the first. One is computed again.
    expect(count(graph, 'rmsNorm')).toBe(6);
    expect(count(graph, 'inverseRms')).toBe(4);
  });

  it('an adapter in the last layer leaves the layers below without a backward pass', () => {
    const graph = buildTrainingGraph(tinyLora(3, ['model.layers.2.mlp.down_proj']));
    const uses = usesOfWeights(graph);
    expect(Object.entries(uses).filter(([, n]) => n > 1)).toEqual([
      ['norm', 2],
      ['lm_head', 2],
    ]);
    expect(count(graph, 'softmax')).toBe(0); // attention's own gradient would need one
  });

  it('v alone needs no gradient of the first layer’s scores', () => {
    const graph = buildTrainingGraph(tinyLora(1, ['v_proj']));
    expect(count(graph, 'rope')).toBe(2);
  });

  it('an evaluation graph is the forward half, without dropout', () => {
    const graph = buildEvaluationGraph(tinyLora(2, 'all-linear', 0.1));
    expect(new Set(Object.values(usesOfWeights(graph)))).toEqual(new Set([1]));
    expect(count(graph, 'dropout')).toBe(0);
    expect(graph.nodes.filter((n) => isKind(n, 'input')).map((n) => n.attributes.name)).not.toContain('seed');
  });
});

it('each adapter draws its dropout from a stream of its own, the same one backward', () => {
  const graph = buildTrainingGraph(tinyLora(2, 'all-linear', 0.1));
  const streams = graph.nodes.flatMap((n) => (isKind(n, 'dropout') ? [n.attributes.stream] : []));
  const uses = new Map<number, number>();
  for (const stream of streams) uses.set(stream, (uses.get(stream) ?? 0) + 1);
  expect([...uses.keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: 14 }, (_, i) => i));
  // Backward draws again, but for q, k and v of the first layer, into whose input nothing goes back.
  expect([...uses].filter(([, n]) => n === 1).map(([stream]) => stream)).toEqual([0, 1, 2]);
  expect([...uses].filter(([, n]) => n === 2)).toHaveLength(11);
});
