/** Full fine-tuning with moments in 8 bits: where it ends beside 32 bits, what it saves, and that it resumes. */
import { afterAll, expect, it } from 'vitest';
import {
  createRandom,
  defaultTrainOptions,
  fullMethodFrom,
  initialiseModel,
  OnnxEngine,
  Trainer,
} from '../src/index.ts';
import { parseModelConfig } from '../src/model/config-schema.ts';
import { createModel } from '../src/model/create-model.ts';
import { exampleFrom } from './support/golden.ts';

const config = {
  model_type: 'llama',
  hidden_size: 64,
  intermediate_size: 128,
  num_hidden_layers: 1,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  max_position_embeddings: 64,
  vocab_size: 120,
  rms_norm_eps: 1e-5,
  tie_word_embeddings: true,
};
const model = createModel(parseModelConfig(config, 'config.json'));
const engine = new OnnxEngine({ threads: 1 });
afterAll(() => engine.dispose());

/** Sequences that can be learnt: each token follows from the one before, with some chance. */
const random = createRandom(7);
const examples = Array.from({ length: 64 }, (_, i) => {
  const ids = [random.nextInt(120)];
  while (ids.length < 16) {
    const next = (ids.at(-1)! * 7 + 3) % 120;
    ids.push(random.nextFloat() < 0.8 ? next : random.nextInt(120));
  }
  return exampleFrom(`${i}`, ids, 1);
});

const create = (stateBits: 8 | 32) => {
  const method = fullMethodFrom(model, initialiseModel(model, createRandom(1)));
  const optimizer = { ...defaultTrainOptions.optimizer, stateBits };
  return Trainer.create(engine, method, { steps: 300, batchSize: 4, learningRate: 3e-3, seed: 1, optimizer });
};

async function run(trainer: Trainer, until = Infinity) {
  const losses: number[] = [];
  let bytes = 0;
  for await (const event of trainer.run(examples)) {
    if (event.type === 'run-start') bytes = event.optimizerBytes;
    if (event.type !== 'step-end') continue;
    losses.push(event.lossNats);
    if (event.step === until) break;
  }
  return { losses, bytes };
}
const mean = (list: readonly number[]) => list.reduce((a, b) => a + b) / list.length;

it('ends where 32 bits end after 300 steps, with a quarter of the bytes', async () => {
  const ends: number[] = [];
  const bytes: number[] = [];
  for (const bits of [32, 8] as const) {
    const trainer = await create(bits);
    const { losses, bytes: held } = await run(trainer);
    ends.push(mean(losses.slice(-20)));
    bytes.push(held);
    expect(ends.at(-1)).toBeLessThan(0.5 * losses[0]!);
    await trainer.dispose();
  }
  expect(Math.abs(ends[1]! / ends[0]! - 1)).toBeLessThan(0.01);
  expect(bytes[1]! / bytes[0]!).toBeLessThan(0.34); // some tensors are too small for codes
});

it('goes on from a saved state to the same bytes', async () => {
  const whole = await create(8);
  await run(whole, 12);
  const stopped = await create(8);
  await run(stopped, 5);
  const state = await stopped.state();
  await stopped.dispose();
  const resumed = await create(8);
  await resumed.restore(state);
  await run(resumed, 12);
  const [expected, found] = [await whole.state(), await resumed.state()];
  expect(found).toEqual(expected);
  expect(found.codes.size).toBeGreaterThan(0);
  expect([...found.tensors.keys()].some((name) => name.startsWith('mean:') && !found.codes.has(name))).toBe(true);
  await expect((await create(32)).restore(state)).rejects.toThrow(/lacks/);
});
