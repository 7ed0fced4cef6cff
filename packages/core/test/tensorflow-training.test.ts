/** Training on the TensorFlow engine, beside PEFT in float64 and beside the other engines. Skipped where no binding is installed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { createRandom } from '../src/data/random.ts';
import type { Engine } from '../src/engine/engine.ts';
import { OnnxEngine } from '../src/engine/onnx/onnx-engine.ts';
import { ReferenceEngine } from '../src/engine/reference/reference-engine.ts';
import { tensorflowAbsence } from '../src/engine/tensorflow/tensorflow-absence.ts';
import { TensorflowEngine, type TensorflowEngineOptions } from '../src/engine/tensorflow/tensorflow-engine.ts';
import { adapterParameters } from '../src/io/adapter-values.ts';
import { openModel } from '../src/io/open-model.ts';
import { readAdapter } from '../src/io/peft-adapter.ts';
import { loraMethod, type TuningMethod } from '../src/train/method.ts';
import type { TrainOptions } from '../src/train/train-options.ts';
import { Trainer } from '../src/train/trainer.ts';
import {
  allLogits,
  exampleFrom,
  goldenJson,
  goldenPath,
  goldenTensors,
  relativeError,
  withPrefix,
  worstOf,
} from './support/golden.ts';
import { compileGolden, expectGradients, goldenMethod, goldenModels } from './support/golden-gradients.ts';

const absence = tensorflowAbsence();
const material = process.env.ALPACARE_MATERIAL;
beforeEach((context) => {
  if (absence) context.skip(absence);
});

async function withEngine<T>(options: TensorflowEngineOptions, use: (engine: TensorflowEngine) => Promise<T>) {
  const engine = await TensorflowEngine.open(options);
  try {
    return await use(engine);
  } finally {
    await engine.dispose();
  }
}

describe('gradients on TensorFlow beside PyTorch in float64', () => {
  const pytorch = goldenJson('half-precision-errors.json');
  const cases: readonly (readonly [TensorflowEngineOptions, (name: string) => number])[] = [
    [{}, () => 1e-4],
    [{ compute: 'f16', weights: 'f16' }, (name) => pytorch[name].f16],
    [{ compute: 'bf16', weights: 'bf16' }, (name) => pytorch[name].bf16],
  ];
  describe.each(cases)('%o: at most as far off as PyTorch', (options, bound) => {
    it.each(goldenModels)('%s', async (name) => {
      await withEngine(options, async (engine) => {
        const subject = await goldenMethod(name);
        await expectGradients(await compileGolden(engine, subject), subject, bound(name));
      });
    });
  });
});

async function train(
  engine: Engine,
  method: TuningMethod,
  options: Partial<TrainOptions>,
  examples: Parameters<Trainer['run']>[0],
) {
  const trainer = await Trainer.create(engine, method, options);
  const losses: number[] = [];
  for await (const event of trainer.run(examples)) if (event.type === 'step-end') losses.push(event.lossNats);
  const end = await trainer.parameters();
  await trainer.dispose();
  return { losses, end };
}

describe('30 steps', () => {
  it('of PEFT in float64: the adapters of all engines give the same logits within 1e-3', async () => {
    const run = goldenJson('runs/lora-30.json');
    const tensors = await goldenTensors('runs/lora-30.safetensors');
    const { model, weights } = await openModel(goldenPath(run.model));
    const spec = {
      rank: run.rank,
      alpha: run.alpha,
      dropout: 0,
      rsLora: run.rslora,
      targetModules: 'all-linear',
    } as const;
    const method = loraMethod(model, weights, spec, createRandom(1), withPrefix(tensors, 'start:'));
    const examples = run.examples.map((e: { ids: number[]; from: number }, i: number) =>
      exampleFrom(`${i}`, e.ids, e.from),
    );
    const options: Partial<TrainOptions> = {
      steps: run.steps,
      batchSize: run.batch_size,
      accumulation: run.accumulation,
      learningRate: run.learning_rate,
      schedule: { kind: run.schedule.replace('_with_warmup', ''), warmupSteps: run.warmup },
      optimizer: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: run.weight_decay },
      maxGradientNorm: run.max_norm,
      order: 'as-given',
    };
    const judge = new ReferenceEngine();
    const expected = tensors.get('logits')!.data;
    const onnx = new OnnxEngine({ threads: 1 });
    await withEngine({}, async (engine) => {
      for (const trained of [judge, onnx, engine]) {
        const { losses, end } = await train(trained, method, options, examples);
        const loss = worstOf(losses.map((value, i) => [`step ${i + 1}`, Math.abs(value / run.losses[i] - 1)]));
        expect(loss.error, `${trained.name} ${JSON.stringify(loss)}`).toBeLessThan(1e-4);
        const logits = await allLogits(judge, method, end, run.ids);
        expect(relativeError(logits, expected), trained.name).toBeLessThan(1e-3);
      }
    });
    await onnx.dispose();
  });

  it('of PEFT on tinystories-656k (needs ALPACARE_MATERIAL), every loss within 1e-4', async (context) => {
    if (!material) return context.skip('ALPACARE_MATERIAL is not set');
    const trajectory = JSON.parse(readFileSync(join(material, 'reference/llama_656k_train/trajectory.json'), 'utf8'));
    const { model, weights } = await openModel(join(material, 'models/tinystories-656k'));
    const { config, tensors } = await readAdapter(join(material, 'reference/llama_656k_train/adapter_initial'));
    const final = await readAdapter(join(material, 'reference/llama_656k_train/adapter_final'));
    const examples = trajectory.examples.map((e: { input_ids: number[]; labels: number[] }, i: number) =>
      exampleFrom(
        `${i}`,
        e.input_ids,
        e.labels.findIndex((label) => label !== -100),
      ),
    );
    const spec = {
      rank: config.rank,
      alpha: config.alpha,
      dropout: 0,
      rsLora: false,
      targetModules: config.targetModules,
    };
    const method = loraMethod(model, weights, spec, createRandom(1), adapterParameters(tensors));
    const options: Partial<TrainOptions> = {
      steps: trajectory.losses.length,
      batchSize: 1,
      learningRate: 2e-3,
      schedule: { kind: 'constant', warmupSteps: 0 },
      order: 'as-given',
    };
    const onnx = new OnnxEngine();
    await withEngine({}, async (engine) => {
      const ids = [trajectory.examples[0].input_ids];
      const expected = await allLogits(onnx, method, adapterParameters(final.tensors), ids);
      for (const trained of [onnx, engine]) {
        const { losses, end } = await train(trained, method, options, examples);
        const loss = worstOf(losses.map((value, i) => [`step ${i + 1}`, Math.abs(value / trajectory.losses[i] - 1)]));
        expect(loss.error, `${trained.name} ${JSON.stringify(loss)}`).toBeLessThan(1e-4);
        expect(relativeError(await allLogits(onnx, method, end, ids), expected), trained.name).toBeLessThan(1e-3);
      }
    });
    await onnx.dispose();
  });

  it.each([
    ['f16 base', { weights: 'f16' }],
    ['bf16 base', { weights: 'bf16' }],
    ['computed in f16', { weights: 'f16', compute: 'f16' }],
    ['computed in bf16', { weights: 'bf16', compute: 'bf16' }],
  ] as const)('%s: the loss falls as it does in f32', async (_, narrow) => {
    const { method } = await goldenMethod('tied-f32');
    const random = createRandom(3);
    const examples = Array.from({ length: 4 }, (_, i) =>
      exampleFrom(
        `${i}`,
        Array.from({ length: 24 }, () => random.nextInt(60)),
        8,
      ),
    );
    const options: Partial<TrainOptions> = { steps: 30, batchSize: 4, learningRate: 5e-3, order: 'as-given' };
    const plain = await withEngine({}, (engine) => train(engine, method, options, examples));
    const { losses } = await withEngine(narrow, (engine) => train(engine, method, options, examples));
    const fall = plain.losses[0]! - plain.losses.at(-1)!;
    expect(fall).toBeGreaterThan(0.1);
    const worst = worstOf(losses.map((loss, i) => [`step ${i + 1}`, Math.abs(loss - plain.losses[i]!) / fall]));
    expect(worst.error, JSON.stringify(worst)).toBeLessThan(0.05);
  });
});

describe('what is left behind', () => {
  it('300 steps with dropout, changing lengths and an evaluation leave no tensor more than 2 do', async () => {
    const { method } = await goldenMethod('tied-f32', 0.1);
    await withEngine({}, async (engine) => {
      const empty = await engine.census();
      await expect(empty.tensors).toBe(0);
      const examples = Array.from({ length: 9 }, (_, i) =>
        exampleFrom(
          `${i}`,
          Array.from({ length: 6 + i }, (_, t) => (t * 7 + i) % 50),
          2 + (i % 3),
        ),
      );
      const trainer = await Trainer.create(engine, method, { steps: 300, batchSize: 2, evaluateEvery: 50 });
      const counts = new Map<number, number>();
      for await (const event of trainer.run(examples, { validation: examples.slice(0, 3) })) {
        if (event.type === 'step-end') counts.set(event.step, (await engine.census()).tensors);
      }
      // The evaluation program holds its constants from step 50 on.
      expect(counts.get(49)).toBe(counts.get(2));
      expect(counts.get(300)).toBe(counts.get(51));
      await trainer.dispose();
      expect(await engine.census()).toEqual({ tensors: 0, programs: 0, variables: 0 });
    });
  }, 120_000);
});
