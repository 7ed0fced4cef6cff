import { afterAll, expect, it } from 'vitest';
import { goldenPath } from '../../test/support/golden.ts';
import { createRandom } from '../data/random.ts';
import { OnnxEngine } from '../engine/onnx/onnx-engine.ts';
import { InvalidOptionError, PromptTooLongError } from '../errors.ts';
import { openModel } from '../io/open-model.ts';
import { parseModelConfig } from '../model/config-schema.ts';
import { createModel } from '../model/create-model.ts';
import { baseVariant, fullMethodFrom, initialiseModel, type ModelVariant } from '../train/method.ts';
import { type GenerateOptions, Generator } from './generator.ts';

const engine = new OnnxEngine({ threads: 1 });
afterAll(() => engine.dispose());
const { model, weights } = await openModel(goldenPath('llama3-rope-biases-tied-bf16'));

/** Learned positions, and every second layer looks 4 positions back. */
const gptNeo = createModel(
  parseModelConfig(
    {
      model_type: 'gpt_neo',
      hidden_size: 32,
      num_layers: 2,
      num_heads: 4,
      attention_types: [[['global', 'local'], 1]],
      window_size: 4,
      max_position_embeddings: 48,
      vocab_size: 60,
      intermediate_size: 64,
    },
    'config.json',
  ),
);
const variants: readonly (readonly [string, ModelVariant])[] = [
  ['llama', baseVariant(model, weights)],
  ['gpt_neo', fullMethodFrom(gptNeo, initialiseModel(gptNeo, createRandom(3), 0.3))],
];
const prompts = [[1, 9, 4], [5], [2, 8, 7, 22, 13, 6, 3], [1, 9, 4]];

it.each(variants)('gives each prompt what it gives it alone: %s', async (_, variant) => {
  const generator = await Generator.create(engine, variant);
  const alone = async (prompt: readonly number[], options: Partial<GenerateOptions>) => {
    const ids: number[] = [];
    for await (const id of generator.generate(prompt, options)) ids.push(id);
    return ids;
  };
  const greedy = { maxNewTokens: 12, temperature: 0 };
  const first = await alone(prompts[0]!, greedy);
  // With an end that one of them meets on its way, and drawn with a seed.
  for (const options of [greedy, { ...greedy, endIds: [first[4]!] }, { maxNewTokens: 8, temperature: 1, seed: 5 }]) {
    const expected = [];
    for (const prompt of prompts) expected.push(await alone(prompt, options));
    expect(await generator.generateBatch(prompts, options)).toEqual(expected);
  }
  await generator.dispose();
});

it('stops each row at the last position of the model, and refuses what generate refuses', async () => {
  const generator = await Generator.create(engine, variants[1]![1]);
  const long = Array.from({ length: 45 }, (_, i) => i % 60);
  const found = await generator.generateBatch([long, [1]], { maxNewTokens: 10, temperature: 0 });
  expect(found.map(({ length }) => length)).toEqual([4, 10]);
  expect(await generator.generateBatch([])).toEqual([]);
  await expect(generator.generateBatch([[1], []])).rejects.toThrow(InvalidOptionError);
  await expect(generator.generateBatch([[...long, 1, 2, 3]])).rejects.toThrow(PromptTooLongError);
  await expect(generator.generateBatch([[1]], { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
  await generator.dispose();
});
