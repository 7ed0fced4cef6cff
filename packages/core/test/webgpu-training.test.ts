/** Training on the WebGPU device of the onnx engine. Needs a Vulkan driver, see src/engine/onnx/onnx-webgpu.test.ts. */

import { join } from 'node:path';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { createRandom } from '../src/data/random.ts';
import { OnnxEngine } from '../src/engine/onnx/onnx-engine.ts';
import { webgpuAbsence } from '../src/engine/onnx/webgpu-absence.ts';
import { ReferenceEngine } from '../src/engine/reference/reference-engine.ts';
import { openModel } from '../src/io/open-model.ts';
import { quantizeModel } from '../src/io/quantize-model.ts';
import { temporaryFolder } from '../src/testing/temporary-folder.ts';
import { writeTinyModel } from '../src/testing/tiny-model.ts';
import { loraMethod } from '../src/train/method.ts';
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

const absence = webgpuAbsence();
beforeEach((context) => {
  if (absence) context.skip(absence);
});
// One for all: ONNX Runtime forgets the shaders it has compiled, ten seconds of a software device, with its last session.
const webgpu = new OnnxEngine({ device: 'webgpu' });
afterAll(() => webgpu.dispose());

it('30 steps of PEFT in float64 on WebGPU: losses within 1e-4, logits of the adapter within 1e-3', async () => {
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
  const trainer = await Trainer.create(webgpu, method, {
    steps: run.steps,
    batchSize: run.batch_size,
    accumulation: run.accumulation,
    learningRate: run.learning_rate,
    schedule: { kind: run.schedule.replace('_with_warmup', ''), warmupSteps: run.warmup },
    optimizer: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: run.weight_decay },
    maxGradientNorm: run.max_norm,
    order: 'as-given',
  });
  const examples = run.examples.map((e: { ids: number[]; from: number }, i: number) =>
    exampleFrom(`${i}`, e.ids, e.from),
  );
  const losses: number[] = [];
  for await (const event of trainer.run(examples)) if (event.type === 'step-end') losses.push(event.lossNats);
  const worst = worstOf(losses.map((loss, i) => [`step ${i + 1}`, Math.abs(loss / run.losses[i] - 1)]));
  expect(worst.error, JSON.stringify(worst)).toBeLessThan(1e-4);
  const cpu = new OnnxEngine({ threads: 1 });
  const logits = await allLogits(cpu, method, await trainer.parameters(), run.ids);
  expect(relativeError(logits, tensors.get('logits')!.data)).toBeLessThan(1e-3);
  await cpu.dispose();
}, 300_000);

it.each([
  ['int8', false],
  ['int4', false],
  ['nf4', false],
  ['nf4', true],
] as const)(
  '%s base, scales in codes %s: losses and gradient norms of the reference engine',
  async (dtype, doubleQuantization) => {
    const folder = await temporaryFolder();
    await writeTinyModel(folder, { config: { hidden_size: 64, intermediate_size: 128 }, vocabSize: 60 });
    const narrow = { dtype, doubleQuantization, file: join(folder, 'narrow') };
    const { model, weights } = await quantizeModel(await openModel(folder), narrow);
    const spec = { rank: 2, alpha: 4, dropout: 0, rsLora: false, targetModules: 'all-linear' } as const;
    const method = loraMethod(model, weights, spec, createRandom(1));
    const random = createRandom(3);
    const examples = Array.from({ length: 4 }, (_, i) =>
      exampleFrom(
        `${i}`,
        Array.from({ length: 12 + i }, () => random.nextInt(60)),
        5,
      ),
    );
    const courses: number[][] = [];
    for (const engine of [new ReferenceEngine(), webgpu]) {
      const options = { steps: 3, batchSize: 2, learningRate: 5e-3, order: 'as-given' } as const;
      const trainer = await Trainer.create(engine, method, options);
      const course: number[] = [];
      for await (const event of trainer.run(examples)) {
        if (event.type === 'step-end') course.push(event.lossNats, event.gradientNorm);
      }
      courses.push(course);
    }
    const [expected, found] = courses as [number[], number[]];
    expect(found).toHaveLength(6);
    const worst = worstOf(found.map((value, i) => [`value ${i}`, Math.abs(value / expected[i]! - 1)]));
    expect(worst.error, JSON.stringify(worst)).toBeLessThan(1e-5);
  },
  120_000,
);

it.each(goldenModels)(
  '%s: loss and gradients of float64 within 1e-4, and every product on the device',
  async (name) => {
    const subject = await goldenMethod(name);
    const program = await compileGolden(webgpu, subject);
    await expectGradients(program, subject, 1e-4);
    const { onCpu } = (await program.placement())!;
    expect(Object.keys(onCpu).filter((op) => /MatMul|Gemm|Softmax|Scan/.test(op))).toEqual([]);
  },
  120_000,
);
