/**
 * What a narrower base or optimizer does to a real, tiny model; prints one JSON line: perplexity of the base on held-out stories,
 * and the loss on the project's prose after 300 steps on it.
 *   --material FOLDER --quantize int8|int4|nf4 --double-quantization --int8 fast|accurate --full --state-bits 8 --threads 2
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  createRandom,
  defaultAdapterSpec,
  defaultTrainOptions,
  type EncodedExample,
  fullMethod,
  loraMethod,
  OnnxEngine,
  openModel,
  openTokenizer,
  quantizeModel,
  Trainer,
} from '@alpacare/core';

const { values } = parseArgs({
  options: {
    material: { type: 'string' },
    quantize: { type: 'string', default: 'none' },
    'double-quantization': { type: 'boolean', default: false },
    int8: { type: 'string', default: 'accurate' },
    full: { type: 'boolean', default: false },
    'state-bits': { type: 'string', default: '32' },
    threads: { type: 'string', default: '2' },
  },
});
const LENGTH = 96;
const folder = join(values.material!, 'models/tinystories-656k');
const tokenizer = await openTokenizer(folder);

function examplesOf(text: string): EncodedExample[] {
  const ids = tokenizer.encode(text);
  return Array.from({ length: Math.floor(ids.length / LENGTH) }, (_, i) => {
    const span = { from: 1, to: LENGTH };
    const inputIds = Int32Array.from(ids.slice(i * LENGTH, (i + 1) * LENGTH));
    return { id: `${i}`, inputIds, supervised: span, answerSpanWithoutDisclaimer: span, truncated: false };
  });
}
const prose = new URL('../data/prose/', import.meta.url);
const texts = await Promise.all((await readdir(prose)).sort().map((name) => readFile(new URL(name, prose), 'utf8')));
const training = examplesOf(texts.join('\n').slice(0, 120_000));
const stories = examplesOf(
  (await readFile(join(values.material!, 'text/tinystories-valid.txt'), 'utf8')).slice(0, 60_000),
);

/** Perplexity before, loss after, and what the moments took. */
async function train(
  quantize: string,
  stateBits: 8 | 32,
): Promise<{ perplexity: number; loss: number; bytes: number }> {
  const output = await mkdtemp(join(tmpdir(), 'alpacare-quality-'));
  const engine = new OnnxEngine({ threads: Number(values.threads), int8: values.int8 as 'fast' });
  try {
    const opened = await openModel(folder);
    const dtype = quantize as 'int8' | 'int4' | 'nf4' | 'none';
    const { model, weights } =
      dtype === 'none'
        ? opened
        : await quantizeModel(opened, {
            dtype,
            doubleQuantization: values['double-quantization'],
            file: join(output, 'base.safetensors'),
          });
    const spec = { ...defaultAdapterSpec, targetModules: 'all-linear' as const };
    const method = values.full
      ? await fullMethod(model, opened.weights)
      : loraMethod(model, weights, spec, createRandom(1));
    const trainer = await Trainer.create(engine, method, {
      steps: 300,
      batchSize: 4,
      learningRate: values.full ? 5e-4 : 2e-3,
      seed: 1,
      optimizer: { ...defaultTrainOptions.optimizer, stateBits },
    });
    const before = await trainer.evaluate(stories, { count: 'supervised' });
    let bytes = 0;
    for await (const event of trainer.run(training)) if (event.type === 'run-start') bytes = event.optimizerBytes;
    const after = await trainer.evaluate(training.slice(0, 40), { count: 'supervised' });
    return { perplexity: before.perplexity, loss: after.lossNats, bytes };
  } finally {
    await engine.dispose();
    await rm(output, { recursive: true, force: true });
  }
}

const found = await train(values.quantize, Number(values['state-bits']) as 8 | 32);
const reference = await train('none', 32);
console.log(
  JSON.stringify({
    perplexity: found.perplexity,
    loss: found.loss,
    loss_ratio: found.loss / reference.loss,
    optimizer_mib: found.bytes / 2 ** 20,
  }),
);
