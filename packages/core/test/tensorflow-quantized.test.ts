/** Training over int8 and 4-bit bases on TensorFlow: the course of the reference engine, which dequantises exactly. */
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { createRandom } from '../src/data/random.ts';
import type { Engine } from '../src/engine/engine.ts';
import { ReferenceEngine } from '../src/engine/reference/reference-engine.ts';
import { tensorflowAbsence } from '../src/engine/tensorflow/tensorflow-absence.ts';
import { TensorflowEngine } from '../src/engine/tensorflow/tensorflow-engine.ts';
import { openModel } from '../src/io/open-model.ts';
import { quantizeModel } from '../src/io/quantize-model.ts';
import { temporaryFolder } from '../src/testing/temporary-folder.ts';
import { writeTinyModel } from '../src/testing/tiny-model.ts';
import { loraMethod, type TuningMethod } from '../src/train/method.ts';
import { Trainer } from '../src/train/trainer.ts';
import { exampleFrom, relativeError, worstOf } from './support/golden.ts';

const absence = tensorflowAbsence();
beforeEach((context) => {
  if (absence) context.skip(absence);
});

const random = createRandom(3);
const examples = Array.from({ length: 4 }, (_, i) =>
  exampleFrom(
    `${i}`,
    Array.from({ length: 12 + i }, () => random.nextInt(60)),
    5,
  ),
);

async function train(engine: Engine, method: TuningMethod) {
  const options = { steps: 6, batchSize: 2, learningRate: 5e-3, order: 'as-given' } as const;
  const trainer = await Trainer.create(engine, method, options);
  const losses: number[] = [];
  for await (const event of trainer.run(examples)) if (event.type === 'step-end') losses.push(event.lossNats);
  const end = await trainer.parameters();
  await trainer.dispose();
  return { losses, end };
}

it.each([
  ['int8', false],
  ['int4', false],
  ['nf4', false],
  ['nf4', true],
] as const)(
  '%s base, scales in codes %s: losses and adapter of the reference engine',
  async (dtype, doubleQuantization) => {
    const folder = await temporaryFolder();
    await writeTinyModel(folder, { config: { hidden_size: 64, intermediate_size: 128 }, vocabSize: 60 });
    const options = { dtype, doubleQuantization, file: join(folder, 'narrow') };
    const { model, weights } = await quantizeModel(await openModel(folder), options);
    const spec = { rank: 2, alpha: 4, dropout: 0, rsLora: false, targetModules: 'all-linear' } as const;
    const method = loraMethod(model, weights, spec, createRandom(1));
    const expected = await train(new ReferenceEngine(), method);
    const engine = await TensorflowEngine.open();
    const found = await train(engine, method);
    expect((await engine.census()).tensors).toBe(0);
    await engine.dispose();
    const losses = worstOf(found.losses.map((loss, i) => [`step ${i + 1}`, Math.abs(loss / expected.losses[i]! - 1)]));
    expect(losses.error, JSON.stringify(losses)).toBeLessThan(1e-5);
    expect(expected.losses.at(-1)).toBeLessThan(expected.losses[0]!);
    const worst = worstOf([...found.end].map(([p, { data }]) => [p, relativeError(data, expected.end.get(p)!.data)]));
    expect(worst.error, JSON.stringify(worst)).toBeLessThan(1e-3);
  },
);
