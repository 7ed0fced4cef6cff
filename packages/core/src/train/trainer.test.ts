import { afterAll, describe, expect, it } from 'vitest';
import { exampleFrom, goldenPath, relativeError } from '../../test/support/golden.ts';
import type { EncodedExample } from '../data/encode-example.ts';
import { createRandom } from '../data/random.ts';
import type { Engine } from '../engine/engine.ts';
import { OnnxEngine } from '../engine/onnx/onnx-engine.ts';
import { ReferenceEngine } from '../engine/reference/reference-engine.ts';
import { InvalidOptionError, NonFiniteLossError } from '../errors.ts';
import { openModel } from '../io/open-model.ts';
import type { ParameterValues } from '../lora/adapter.ts';
import { type AdapterSpec, defaultAdapterSpec } from '../lora/adapter-spec.ts';
import { defaultAdamW } from './adamw.ts';
import { loraMethod } from './method.ts';
import type { TrainEvent } from './train-event.ts';
import type { TrainOptions } from './train-options.ts';
import { Trainer } from './trainer.ts';

const onnx = new OnnxEngine({ threads: 1 });
afterAll(() => onnx.dispose());
const opened = await openModel(goldenPath('tied-f32'));

/** Examples of unlike lengths. */
function makeExamples(count: number, seed = 3): EncodedExample[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, i) => {
    const ids = Array.from({ length: 6 + random.nextInt(12) }, () => 3 + random.nextInt(61));
    return exampleFrom(`e${i}`, ids, 1 + random.nextInt(4));
  });
}

const method = (spec: Partial<AdapterSpec> = {}, start?: ParameterValues) =>
  loraMethod(
    opened.model,
    opened.weights,
    { ...defaultAdapterSpec, rank: 4, targetModules: 'all-linear', ...spec },
    createRandom(5),
    start,
  );

const base: Partial<TrainOptions> = {
  learningRate: 5e-3,
  schedule: { kind: 'constant', warmupSteps: 0 },
  order: 'as-given',
};

async function trainOn(
  examples: readonly EncodedExample[],
  options: Partial<TrainOptions>,
  { engine = onnx as Engine, tuning = method() } = {},
) {
  const trainer = await Trainer.create(engine, tuning, { ...base, ...options });
  const losses: number[] = [];
  for await (const event of trainer.run(examples)) if (event.type === 'step-end') losses.push(event.lossNats);
  const values = await trainer.parameters();
  await trainer.dispose();
  return { losses, values };
}

const bytes = (values: ParameterValues): Buffer[] =>
  [...values.values()].map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength));

describe('accumulation', () => {
  it('equals the large batch, also in the short last window', async () => {
    const examples = makeExamples(11); // windows of 6 and 5: three batches of 2, and two of 2 with one of 1
    const large = await trainOn(examples, { batchSize: 6, steps: 6 });
    const small = await trainOn(examples, { batchSize: 2, accumulation: 3, steps: 6 });
    expect(relativeError(small.losses, large.losses)).toBeLessThan(1e-6);
    for (const [name, { data }] of small.values) {
      expect(relativeError(data, large.values.get(name)!.data), name).toBeLessThan(1e-4);
    }
  });

  it('weighs tokens and not batches: a mean of batch means would be something else', async () => {
    const long = exampleFrom('long', [1, ...Array.from({ length: 17 }, (_, i) => 3 + i)], 1);
    const short = exampleFrom('short', [1, 40, 41], 2);
    const alone = async (e: EncodedExample) => (await trainOn([e], { batchSize: 1, steps: 1 })).losses[0]!;
    const together = (await trainOn([long, short], { batchSize: 1, accumulation: 2, steps: 1 })).losses[0]!;
    const [a, b] = [await alone(long), await alone(short)];
    expect(together).toBeCloseTo((17 * a + b) / 18, 5);
    expect(Math.abs(together - (a + b) / 2)).toBeGreaterThan(0.01);
  });
});

describe('dropout', () => {
  const examples = makeExamples(2);
  // A rate too small to move anything, so that only dropout can change the loss; B is trained first, so that it matters.
  const still = { batchSize: 2, steps: 4, learningRate: 1e-20 };
  const start = async () => (await trainOn(examples, { batchSize: 2, steps: 5 })).values;

  it('differs from step to step, and is the same again with the same seed', async () => {
    const tuning = () => start().then((values) => method({ dropout: 0.3 }, values));
    const first = await trainOn(examples, still, { tuning: await tuning() });
    const again = await trainOn(examples, still, { tuning: await tuning() });
    const other = await trainOn(examples, { ...still, seed: 43 }, { tuning: await tuning() });
    const without = await trainOn(examples, still, { tuning: method({}, await start()) });
    expect(new Set(first.losses).size).toBe(4);
    expect(again.losses).toEqual(first.losses);
    expect(first.losses.some((loss) => other.losses.includes(loss))).toBe(false);
    expect(new Set(without.losses).size).toBe(1);
  });

  it('differs between the batches of one window', async () => {
    const tuning = method({ dropout: 0.3 }, await start());
    const one = examples[0]!;
    const single = await trainOn([one], { ...still, batchSize: 1, steps: 2 }, { tuning });
    const twice = await trainOn([one, one], { ...still, batchSize: 1, accumulation: 2, steps: 1 }, { tuning });
    expect(twice.losses[0]).toBeCloseTo((single.losses[0]! + single.losses[1]!) / 2, 5);
    expect(single.losses[0]).not.toBe(single.losses[1]);
  });

  it('is off in evaluation', async () => {
    const values = await start();
    const evaluate = async (dropout: number) => {
      const trainer = await Trainer.create(onnx, method({ dropout }, values), base);
      const found = [(await trainer.evaluate(examples)).lossNats, (await trainer.evaluate(examples)).lossNats];
      await trainer.dispose();
      return found;
    };
    const [a, b] = await evaluate(0.5);
    expect(a).toBe(b);
    expect([a, b]).toEqual(await evaluate(0));
  });
});

describe('a loss that is no number', () => {
  const fails = async (
    trainer: Trainer,
    examples: readonly EncodedExample[],
    validation: readonly EncodedExample[] = [],
  ) => {
    const events: TrainEvent[] = [];
    try {
      for await (const event of trainer.run(examples, { validation })) events.push(event);
    } catch (error) {
      return { error, events };
    }
    throw new Error('expected the run to stop');
  };

  it('stops, and keeps the parameters whose loss was one', async () => {
    const examples = makeExamples(4);
    const tuning = method();
    const trainer = await Trainer.create(onnx, tuning, { ...base, batchSize: 4, steps: 5, learningRate: 1e38 });
    const { error, events } = await fails(trainer, examples);
    expect(error).toBeInstanceOf(NonFiniteLossError);
    expect((error as NonFiniteLossError).place.step).toBe(2);
    expect((error as Error).message).toContain('last good parameters');
    expect(events.filter((e) => e.type === 'step-end')).toHaveLength(1);
    // The update of step 1 is what broke it, so the values before that update are the last good ones.
    expect(bytes(await trainer.parameters())).toEqual(bytes(tuning.initial));
    expect(Number.isFinite((await trainer.evaluate(examples)).lossNats)).toBe(true);
    await trainer.dispose();
  });

  it('names the examples when the very first loss is none, and leaves the parameters alone', async () => {
    const tuning = method();
    const poisoned: ParameterValues = new Map(tuning.initial);
    const [name, first] = [...poisoned][0]!;
    poisoned.set(name, { shape: first.shape, data: first.data.map(() => Number.NaN) });
    const trainer = await Trainer.create(onnx, method({}, poisoned), { ...base, batchSize: 2, steps: 3 });
    const { error } = await fails(trainer, makeExamples(2));
    expect((error as NonFiniteLossError).code).toBe('NON_FINITE_LOSS');
    expect((error as NonFiniteLossError).place).toEqual({ step: 1, exampleIds: ['e0', 'e1'] });
    expect(bytes(await trainer.parameters())).toEqual(bytes(poisoned));
    await trainer.dispose();
  });

  it('stops after the last update too, when validation shows it', async () => {
    const examples = makeExamples(4);
    const tuning = method();
    const trainer = await Trainer.create(onnx, tuning, { ...base, batchSize: 4, steps: 1, learningRate: 1e38 });
    const { error } = await fails(trainer, examples, examples.slice(0, 1));
    expect(error).toBeInstanceOf(NonFiniteLossError);
    expect((error as Error).message).toContain('validation loss');
    expect(bytes(await trainer.parameters())).toEqual(bytes(tuning.initial));
    await trainer.dispose();
  });
});

describe('abort', () => {
  it('is obeyed after the update in progress', async () => {
    const controller = new AbortController();
    const trainer = await Trainer.create(onnx, method(), { ...base, batchSize: 2, steps: 50 });
    const seen: string[] = [];
    for await (const event of trainer.run(makeExamples(6), { signal: controller.signal })) {
      seen.push(event.type === 'step-end' ? `step ${event.step}` : event.type);
      if (event.type === 'step-end' && event.step === 3) controller.abort();
      if (event.type === 'run-end') expect(event).toMatchObject({ reason: 'aborted', steps: 3 });
    }
    expect(seen).toEqual(['run-start', 'step 1', 'step 2', 'step 3', 'run-end']);
    await trainer.dispose();
  });

  it('lets no update follow when it comes while one is running', async () => {
    const controller = new AbortController();
    const trainer = await Trainer.create(onnx, method(), { ...base, batchSize: 2, steps: 50 });
    const run = trainer.run(makeExamples(6), { signal: controller.signal });
    await run.next();
    const update = run.next();
    controller.abort();
    expect((await update).value).toMatchObject({ type: 'step-end', step: 1 });
    expect((await run.next()).value).toMatchObject({ type: 'run-end', reason: 'aborted', steps: 1 });
    expect((await run.next()).done).toBe(true);
    await trainer.dispose();
  });

  it('reaches into an evaluation', async () => {
    const controller = new AbortController();
    const trainer = await Trainer.create(onnx, method(), { ...base, batchSize: 2, steps: 50, evaluateEvery: 1 });
    const types: string[] = [];
    const validation = makeExamples(200);
    for await (const event of trainer.run(makeExamples(2), { validation, signal: controller.signal })) {
      types.push(event.type);
      if (event.type === 'step-end') setTimeout(() => controller.abort(), 0);
    }
    expect(types).toEqual(['run-start', 'step-end', 'run-end']);
    await trainer.dispose();
  });
});

describe('a run', () => {
  it('gives the same bytes when repeated, on two threads', async () => {
    const engine = new OnnxEngine({ threads: 2 });
    const options = { batchSize: 3, steps: 8, order: 'length-grouped', seed: 9 } as const;
    const once = () => trainOn(makeExamples(10), options, { engine, tuning: method({ dropout: 0.1 }) });
    const [a, b] = [await once(), await once()];
    expect(b.losses).toEqual(a.losses);
    expect(bytes(b.values)).toEqual(bytes(a.values));
    await engine.dispose();
  });

  it('has the same losses on the reference engine, with dropout, accumulation and clipping', async () => {
    const examples = makeExamples(5);
    const options = { batchSize: 2, accumulation: 2, steps: 3, maxGradientNorm: 0.5 };
    const tuning = () => method({ dropout: 0.2, targetModules: ['q_proj', 'down_proj'] });
    const exact = await trainOn(examples, options, { engine: new ReferenceEngine(), tuning: tuning() });
    const fast = await trainOn(examples, options, { tuning: tuning() });
    expect(relativeError(fast.losses, exact.losses)).toBeLessThan(1e-5);
  });

  it('tells what it will do, counts tokens, and evaluates when due and at the end', async () => {
    const examples = makeExamples(5);
    const trainer = await Trainer.create(onnx, method(), { ...base, batchSize: 2, epochs: 2, evaluateEvery: 4 });
    const events: TrainEvent[] = [];
    for await (const event of trainer.run(examples, { validation: examples })) events.push(event);
    expect(events[0]).toMatchObject({
      type: 'run-start',
      method: 'lora',
      engine: 'onnx',
      steps: 6,
      trainingExamples: 5,
    });
    const steps = events.filter((e) => e.type === 'step-end');
    expect(steps.map((e) => e.epoch * 3)).toEqual([1, 2, 3, 4, 5, 6].map((n) => expect.closeTo(n, 9)));
    const tokens = examples.reduce((sum, e) => sum + e.inputIds.length, 0);
    const supervised = examples.reduce((sum, e) => sum + e.supervised.to - e.supervised.from, 0);
    expect(steps.slice(0, 3).reduce((sum, e) => sum + e.tokens, 0)).toBe(tokens);
    expect(steps.slice(0, 3).reduce((sum, e) => sum + e.supervisedTokens, 0)).toBe(supervised);
    expect(events.flatMap((e) => (e.type === 'evaluation-end' ? [e.step] : []))).toEqual([4, 6]);
    expect(events.at(-1)).toMatchObject({ type: 'run-end', reason: 'completed', steps: 6 });
    await trainer.dispose();
  });

  it('leaves nothing on the engine once disposed of', async () => {
    const engine = new OnnxEngine({ threads: 1 });
    await trainOn(makeExamples(3), { batchSize: 1, steps: 2 }, { engine });
    expect(await engine.census()).toEqual({ sessions: 0, variables: 0 });
    await engine.dispose();
  });
});

it.each([
  ['batchSize', 0],
  ['accumulation', 1.5],
  ['steps', 0],
  ['epochs', 0],
  ['learningRate', Number.NaN],
  ['maxGradientNorm', -1],
  ['evaluateEvery', 0],
  ['seed', -1],
])('refuses %s = %s', async (option, value) => {
  const attempt = Trainer.create(onnx, method(), { [option]: value });
  await expect(attempt).rejects.toThrow(InvalidOptionError);
  await expect(attempt).rejects.toThrow(`"${option}"`);
});

it.each([
  ['beta1', 1],
  ['beta2', Number.NaN],
  ['epsilon', 0],
  ['weightDecay', -0.1],
])('refuses optimizer.%s = %s', async (option, value) => {
  const attempt = Trainer.create(onnx, method(), { optimizer: { ...defaultAdamW, [option]: value } });
  await expect(attempt).rejects.toThrow(InvalidOptionError);
  await expect(attempt).rejects.toThrow(`"${option}"`);
});
