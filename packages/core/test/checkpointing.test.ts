/** Gradient checkpointing: another graph, the same gradients. */
import { afterAll, expect, it } from 'vitest';
import { collate } from '../src/data/batch.ts';
import { createRandom } from '../src/data/random.ts';
import { type Engine, f32Tensor, intScalar, scalar } from '../src/engine/engine.ts';
import { OnnxEngine } from '../src/engine/onnx/onnx-engine.ts';
import { ReferenceEngine } from '../src/engine/reference/reference-engine.ts';
import { parseModelConfig } from '../src/model/config-schema.ts';
import { createModel } from '../src/model/create-model.ts';
import { accumulatorName, batchFeeds, buildTrainingGraph } from '../src/train/loss.ts';
import { fullMethodFrom, initialiseModel } from '../src/train/method.ts';
import { exampleFrom, relativeError, worstOf } from './support/golden.ts';

const sizes = { vocab_size: 23, hidden_size: 8, intermediate_size: 12, max_position_embeddings: 64 };
const configs = {
  llama: {
    ...sizes,
    model_type: 'llama',
    num_hidden_layers: 3,
    num_attention_heads: 2,
    num_key_value_heads: 1,
    rms_norm_eps: 1e-5,
    tie_word_embeddings: true,
  },
  gpt_neo: {
    ...sizes,
    model_type: 'gpt_neo',
    num_layers: 3,
    num_heads: 2,
    attention_types: [
      [['global'], 1],
      [['local'], 2],
    ],
    window_size: 3,
    layer_norm_epsilon: 1e-5,
    activation_function: 'gelu_new',
  },
};

const onnx = new OnnxEngine({ threads: 1 });
afterAll(() => onnx.dispose());
const engines: Readonly<Record<string, Engine>> = { reference: new ReferenceEngine(), onnx };

it.each(
  Object.keys(engines).flatMap((engine) =>
    (Object.keys(configs) as (keyof typeof configs)[]).map((name) => ({ engine, name })),
  ),
)(
  '$name on $engine, with dropout: the gradients of a graph that computes its layers twice',
  async ({ engine, name }) => {
    const model = createModel(parseModelConfig(configs[name], 'config.json'));
    const method = fullMethodFrom(model, initialiseModel(model, createRandom(5), 0.3), { dropout: 0.2 });
    const random = createRandom(3);
    const ids = () => Array.from({ length: 6 }, () => random.nextInt(23));
    const batch = collate([exampleFrom('a', ids(), 2), exampleFrom('b', ids().slice(2), 1)], 0);
    const measure = async (checkpointing: boolean) => {
      const graph = buildTrainingGraph(method, { checkpointing });
      const program = await engines[engine]!.compile(graph);
      const values = [...method.initial];
      const result = await program.run({
        feeds: {
          ...batchFeeds(model, batch),
          ...Object.fromEntries(values.map(([p, { shape, data }]) => [p, f32Tensor(shape, data)])),
          ...Object.fromEntries(
            values.map(([p, { shape, data }]) => [accumulatorName(p), f32Tensor(shape, new Float32Array(data.length))]),
          ),
          scale: scalar(1),
          seed: intScalar(11),
        },
        fetch: [...graph.outputs.keys()],
      });
      return { result, count: (kind: string) => graph.nodes.filter((node) => node.kind === kind).length };
    };
    const plain = await measure(false);
    const again = await measure(true);
    // Each of three layers is entered once more, and its attention computed once more.
    expect(again.count('after')).toBe(3);
    // Without it, the gate of each MLP is passed through its sigmoid again.
    expect(plain.count('after')).toBe(plain.count('silu') / 2);
    expect(again.count('attend')).toBe(2 * plain.count('attend'));
    const gaps = Object.keys(plain.result).map(
      (key) => [key, relativeError(again.result[key]!.data, plain.result[key]!.data)] as const,
    );
    const worst = worstOf(gaps);
    expect(worst.error, worst.name).toBeLessThan(1e-6);
  },
);
