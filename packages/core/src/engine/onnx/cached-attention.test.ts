import { afterAll, expect, it } from 'vitest';
import { createRandom } from '../../data/random.ts';
import { Generator } from '../../generate/generator.ts';
import { parseModelConfig } from '../../model/config-schema.ts';
import { createModel } from '../../model/create-model.ts';
import type { Graph } from '../../tensor/graph.ts';
import { buildTrainingGraph } from '../../train/loss.ts';
import { fullMethodFrom, initialiseModel } from '../../train/method.ts';
import { type Engine, f32Tensor, type HostTensor, type Program, type RunRequest } from '../engine.ts';
import { ReferenceEngine } from '../reference/reference-engine.ts';
import { CacheRows } from './cache-rows.js';
import { findCachedAttention } from './cached-attention.ts';
import { lowerGraph } from './lower.ts';
import { OnnxEngine } from './onnx-engine.ts';

const onnx = new OnnxEngine({ threads: 1 });
afterAll(() => onnx.dispose());

const llama = {
  model_type: 'llama',
  hidden_size: 32,
  intermediate_size: 64,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  max_position_embeddings: 512,
  vocab_size: 100,
  rms_norm_eps: 1e-5,
};
/** Attention to all positions and to a window of 5, in turn. */
const gptNeo = {
  model_type: 'gpt_neo',
  hidden_size: 32,
  intermediate_size: 64,
  num_layers: 2,
  num_heads: 4,
  attention_types: [[['global', 'local'], 1]],
  window_size: 5,
  max_position_embeddings: 512,
  vocab_size: 100,
};

const variantOf = (config: object) => {
  const model = createModel(parseModelConfig(config, 'config.json'));
  return fullMethodFrom(model, initialiseModel(model, createRandom(1)));
};

/** A generator on an engine, with the graph that it compiled, its program and what its runs were given. */
async function observed(inner: Engine, config: object) {
  const seen: { graph?: Graph; program?: Program; runs: RunRequest[] } = { runs: [] };
  const engine: Engine = {
    name: inner.name,
    createVariable: (value) => inner.createVariable(value),
    dispose: () => inner.dispose(),
    compile: async (graph, options) => {
      const program = await inner.compile(graph, options);
      Object.assign(seen, { graph, program });
      const run = (request: RunRequest) => {
        seen.runs.push(request);
        return program.run(request);
      };
      return { dispose: () => program.dispose(), run };
    },
  };
  return { seen, generator: await Generator.create(engine, variantOf(config)) };
}

it.each([
  ['llama', llama],
  ['gpt_neo', gptNeo],
])(
  'finds the cache of every layer of %s, and answers as without it, past the room of its buffers',
  async (_, config) => {
    const prompt = [5, 9, 4, 7, 22, 13];
    const options = { maxNewTokens: 150, temperature: 0 };
    const answers: number[][] = [];
    for (const engine of [onnx, new ReferenceEngine()]) {
      const { seen, generator } = await observed(engine, config);
      if (engine === onnx) expect(findCachedAttention(seen.graph!)).toHaveLength(2);
      const ids: number[] = [];
      for await (const id of generator.generate(prompt, options)) ids.push(id);
      answers.push(ids);
      await generator.dispose();
    }
    expect(answers[0]).toHaveLength(150);
    expect(answers[0]).toEqual(answers[1]);
  },
);

it('makes a sum of rows and its norm in one op, where no gradient is asked for', async () => {
  const { seen, generator } = await observed(onnx, llama);
  await generator.dispose();
  const count = (graph: Graph) =>
    Buffer.from(lowerGraph(graph)).toString('latin1').split('SkipSimplifiedLayerNormalization_').length - 1;
  expect(count(seen.graph!)).toBe(4); // two layers; their first norm has no sum before it, but the last norm has
  expect(count(buildTrainingGraph(variantOf(llama)))).toBe(0);
});

/** One position behind four, from keys and values of so many positions that are fed; what it gives. */
async function runFrom(engine: Engine, positions: number) {
  const { seen, generator } = await observed(engine, llama);
  const answer = generator.generate([5, 9, 4, 7], { maxNewTokens: 2, temperature: 0 });
  await answer.next();
  await answer.next();
  await answer.return();
  const { feeds } = seen.runs[1]!;
  const random = createRandom(3);
  const past: Record<string, HostTensor> = {};
  for (const layer of [0, 1]) {
    for (const name of ['key', 'value'])
      past[`${name}:${layer}`] = f32Tensor(
        [1, 2, positions, 8],
        Float32Array.from({ length: 16 * positions }, () => random.nextFloat() - 0.5),
      );
  }
  try {
    const fetch = ['logits', 'key:0', 'value:1'];
    return await seen.program!.run({ feeds: { ...feeds, ...past }, fetch });
  } finally {
    await generator.dispose();
  }
}

it('takes keys and values that are fed, and gives them back with those of the run', async () => {
  const [ours, reference] = [await runFrom(onnx, 4), await runFrom(new ReferenceEngine(), 4)];
  for (const [name, { shape, data }] of Object.entries(reference)) {
    expect(ours[name]!.shape).toEqual(shape);
    for (const [i, value] of data.entries()) expect(ours[name]!.data[i]).toBeCloseTo(value, 4);
  }
  expect(ours['key:0']!.shape).toEqual([1, 2, 5, 8]);
});

it('says when a cache is not as long as the mask tells', async () => {
  await expect(runFrom(onnx, 3)).rejects.toThrow(/"in:key:0" holds 3 positions, the mask tells of 4/);
});

it('writes into its own buffer, and leaves the one that it started from as it was', async () => {
  const { seen, generator } = await observed(onnx, llama);
  const forget = await generator.keepPrefix([5, 9, 4]);
  const prefix = seen.runs[0]!.store!['key:0']!;
  const before = await prefix.read();
  for await (const _ of generator.generate([5, 9, 4, 7], { maxNewTokens: 3, temperature: 0 }));
  expect(seen.runs[1]!.feeds['key:0']).toBe(prefix);
  expect(await prefix.read()).toEqual(before);
  expect(before.shape).toEqual([1, 2, 3, 8]);
  await forget();
  await generator.dispose();
});

it('appends where there is room without touching what is there', async () => {
  const { Tensor } = await import('onnxruntime-node');
  const rows = (count: number, first: number) =>
    new Tensor(
      'float32',
      Float32Array.from({ length: 2 * count * 2 }, (_, i) => first + i),
      [1, 2, count, 2],
    );
  const cache = new CacheRows(rows(1, 0), 1).withRoom(3);
  const { data } = cache.tensor;
  cache.append(rows(2, 10));
  expect(cache.tensor.data).toBe(data);
  expect([...(data as Float32Array)]).toEqual([0, 1, 10, 11, 12, 13, 2, 3, 14, 15, 16, 17]);
  expect([...(cache.withRoom(4).toTensor().data as Float32Array)]).toEqual([...(data as Float32Array)]);
});
