/** Gradients of a whole model on a quantised base, against float64 on the same base. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { collate } from '../src/data/batch.ts';
import { createRandom } from '../src/data/random.ts';
import { type Engine, f32Tensor, scalar } from '../src/engine/engine.ts';
import { OnnxEngine } from '../src/engine/onnx/onnx-engine.ts';
import { ReferenceEngine } from '../src/engine/reference/reference-engine.ts';
import { openModel } from '../src/io/open-model.ts';
import { quantizeModel } from '../src/io/quantize-model.ts';
import { defaultAdapterSpec } from '../src/lora/adapter-spec.ts';
import { writeTinyModel } from '../src/testing/tiny-model.ts';
import { accumulatorName, batchFeeds, buildTrainingGraph } from '../src/train/loss.ts';
import { loraMethod } from '../src/train/method.ts';
import { exampleFrom } from './support/golden.ts';

const folder = await mkdtemp(join(tmpdir(), 'alpacare-gradients-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Root of the summed squared differences over that of the exact values, the worst of all parameters. */
function worstError(found: Readonly<Record<string, ArrayLike<number>>>, exact: typeof found): number {
  return Math.max(
    ...Object.entries(exact).map(([name, values]) => {
      let [wrong, all] = [0, 0];
      for (let i = 0; i < values.length; i++) {
        wrong += (found[name]![i]! - values[i]!) ** 2;
        all += values[i]! ** 2;
      }
      return Math.sqrt(wrong / all);
    }),
  );
}

it('accurate int8 within 0.01, fast within 0.12; nf4 and int4 are exact but for f32', async () => {
  const config = { hidden_size: 128, intermediate_size: 256, tie_word_embeddings: false };
  await writeTinyModel(folder, { config, vocabSize: 150 });
  const base = await openModel(folder);
  const random = createRandom(6);
  const ids = Array.from({ length: 24 }, () => random.nextInt(150));
  const batch = collate([exampleFrom('a', ids, 3)], 0);
  const errors: Record<string, number> = {};
  for (const [dtype, doubleQuantization] of [
    ['int8', false],
    ['nf4', false],
    ['nf4', true],
    ['int4', false],
  ] as const) {
    const kind = doubleQuantization ? `${dtype} double` : dtype;
    const options = { dtype, doubleQuantization, file: join(folder, `${kind}.st`) };
    const { model, weights } = await quantizeModel(base, options);
    const spec = { ...defaultAdapterSpec, targetModules: 'all-linear' as const };
    const start = loraMethod(model, weights, spec, createRandom(1)).initial;
    for (const [name, { data }] of start) {
      if (name.includes('lora_B')) for (let i = 0; i < data.length; i++) data[i] = 0.05 * random.nextNormal();
    }
    const graph = buildTrainingGraph(loraMethod(model, weights, spec, createRandom(1), start));
    const run = async (engine: Engine) => {
      const program = await engine.compile(graph);
      const zeros = [...start].map(
        ([name, { shape, data }]) => [accumulatorName(name), f32Tensor(shape, new Float32Array(data.length))] as const,
      );
      const result = await program.run({
        feeds: {
          ...batchFeeds(model, batch),
          ...Object.fromEntries([...start].map(([name, { shape, data }]) => [name, f32Tensor(shape, data)])),
          ...Object.fromEntries(zeros),
          scale: scalar(1),
        },
        fetch: zeros.map(([name]) => name),
      });
      await engine.dispose();
      return Object.fromEntries(Object.entries(result).map(([name, { data }]) => [name, data]));
    };
    const exact = await run(new ReferenceEngine());
    for (const int8 of dtype === 'int8' ? (['accurate', 'fast'] as const) : (['widened'] as const)) {
      errors[`${kind} ${int8}`] = worstError(await run(new OnnxEngine({ threads: 1, int8 })), exact);
    }
  }
  expect(errors['int8 accurate']).toBeLessThan(0.01);
  expect(errors['int8 fast']).toBeLessThan(0.12);
  // fast does cost something: else the option would not be needed.
  expect(errors['int8 fast']).toBeGreaterThan(3 * errors['int8 accurate']!);
  // The head is int8 and widened here.
  expect(errors['nf4 widened']).toBeLessThan(1e-4);
  expect(errors['nf4 double widened']).toBeLessThan(1e-4);
  expect(errors['int4 widened']).toBeLessThan(1e-4);
});
