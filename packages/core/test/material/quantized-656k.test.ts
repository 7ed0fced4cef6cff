/** 300 steps on a quantised base of a real, tiny model end where f32 ends. */
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createRandom } from '../../src/data/random.ts';
import type { Int8Products } from '../../src/engine/engine.ts';
import { OnnxEngine } from '../../src/engine/onnx/onnx-engine.ts';
import { openModel } from '../../src/io/open-model.ts';
import { type Base, quantizeModel } from '../../src/io/quantize-model.ts';
import { openTokenizer } from '../../src/io/tokenizer-json.ts';
import { defaultAdapterSpec } from '../../src/lora/adapter-spec.ts';
import { loraMethod } from '../../src/train/method.ts';
import { Trainer } from '../../src/train/trainer.ts';
import { exampleFrom } from '../support/golden.ts';

const material = process.env.ALPACARE_MATERIAL;
const prose = new URL('../../../../data/prose/', import.meta.url);
const LENGTH = 96;

it('int8, accurate and fast, within 1 % of the f32 loss', { timeout: 240_000 }, async (context) => {
  if (!material) return context.skip('ALPACARE_MATERIAL is unset: no tinystories-656k');
  if (!existsSync(prose)) return context.skip('data/prose is not there');
  const folder = join(material, 'models/tinystories-656k');
  const tokenizer = await openTokenizer(folder);
  const texts = await Promise.all((await readdir(prose)).sort().map((name) => readFile(new URL(name, prose), 'utf8')));
  const ids = tokenizer.encode(texts.join('\n').slice(0, 120_000));
  const examples = Array.from({ length: Math.floor(ids.length / LENGTH) }, (_, i) =>
    exampleFrom(`${i}`, ids.slice(i * LENGTH, (i + 1) * LENGTH), 1),
  );
  const lossAfter = async ({ model, weights }: Base, int8: Int8Products) => {
    const engine = new OnnxEngine({ int8 });
    const spec = { ...defaultAdapterSpec, targetModules: 'all-linear' as const };
    const method = loraMethod(model, weights, spec, createRandom(1));
    const options = { steps: 300, batchSize: 4, learningRate: 2e-3, seed: 1 };
    const trainer = await Trainer.create(engine, method, options);
    const before = await trainer.evaluate(examples.slice(0, 40), { count: 'supervised' });
    const events = [];
    for await (const event of trainer.run(examples)) events.push(event);
    const after = await trainer.evaluate(examples.slice(0, 40), { count: 'supervised' });
    await engine.dispose();
    return { before: before.lossNats, after: after.lossNats };
  };
  const output = await mkdtemp(join(tmpdir(), 'alpacare-656k-'));
  try {
    const base = await openModel(folder);
    const plain = await lossAfter(base, 'accurate');
    expect(plain.after).toBeLessThan(plain.before - 0.5);
    const int8 = await quantizeModel(base, { dtype: 'int8', file: join(output, 'int8.safetensors') });
    for (const products of ['accurate', 'fast'] as const) {
      const { after } = await lossAfter(int8, products);
      expect(Math.abs(after / plain.after - 1), products).toBeLessThan(0.01);
    }
  } finally {
    await rm(output, { recursive: true, force: true });
  }
});
