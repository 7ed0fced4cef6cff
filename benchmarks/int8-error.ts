/**
 * Worst LoRA gradient error of int8 training on TinyLlama's shape, against the same quantised base computed in f32 (which is
 * within 1e-5 of float64). Prints one JSON line.
 *   --layers 4 --seq 512 --outliers 0|20 --threads 2 --folder DIR
 * `--outliers 20`: 20 input channels of every linear are scaled by 20 before quantising.
 */
import { existsSync } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  createRandom,
  defaultAdapterSpec,
  type Int8Products,
  loraMethod,
  OnnxEngine,
  openModel,
  openQuantized,
  quantizeModel,
  readTensor,
  Trainer,
} from '@alpacare/core';
import { randomTinyLlama } from './random-llama.ts';

const { values } = parseArgs({
  options: {
    layers: { type: 'string', default: '4' },
    seq: { type: 'string', default: '512' },
    outliers: { type: 'string', default: '0' },
    threads: { type: 'string', default: '2' },
    folder: { type: 'string', default: '/tmp' },
  },
});
const outliers = Number(values.outliers);
const parent = outliers > 0 ? join(values.folder, `outliers-${outliers}`) : values.folder;
await mkdir(parent, { recursive: true });
const path = await randomTinyLlama(parent, { layers: Number(values.layers), dtype: 'f32' });
const base = await openModel(path);
const file = join(path, 'int8.safetensors');
if (!existsSync(file)) {
  if (outliers > 0) await scaleChannels();
  await quantizeModel(base, { dtype: 'int8', file });
}
const { model, weights, report } = await openQuantized(base, file);

/** The same channels in every matrix of one width, as in real models, where outliers live in the residual stream. */
async function scaleChannels(): Promise<void> {
  const random = createRandom(3);
  const channels = new Map<number, Set<number>>();
  for (const { path: linear, inFeatures } of base.model.linears) {
    const chosen = channels.get(inFeatures) ?? new Set<number>();
    while (chosen.size < outliers) chosen.add(random.nextInt(inFeatures));
    channels.set(inFeatures, chosen);
    const ref = base.weights.get(`${linear}.weight`)!;
    const data = await readTensor(ref);
    for (let from = 0; from < data.length; from += inFeatures) for (const i of chosen) data[from + i]! *= 20;
    const handle = await open(ref.file, 'r+');
    await handle.write(new Uint8Array(data.buffer), 0, data.byteLength, ref.byteOffset);
    await handle.close();
  }
}

const random = createRandom(2);
const length = Number(values.seq);
const span = { from: 1, to: length };
const inputIds = Int32Array.from({ length }, () => 3 + random.nextInt(31_900));
const example = { id: 'a', inputIds, supervised: span, answerSpanWithoutDisclaimer: span, truncated: false };
const start = loraMethod(model, weights, defaultAdapterSpec, createRandom(1)).initial;
for (const [name, { data }] of start) {
  if (name.includes('lora_B')) for (let i = 0; i < data.length; i++) data[i] = 0.01 * random.nextNormal();
}

/** The gradients: after one step, AdamW's first moment is (1 - beta1) times the gradient. */
async function gradients(int8: Int8Products) {
  const engine = new OnnxEngine({ threads: Number(values.threads), int8 });
  const method = loraMethod(model, weights, defaultAdapterSpec, createRandom(1), start);
  const trainer = await Trainer.create(engine, method, { steps: 1, batchSize: 1, maxGradientNorm: null });
  for await (const _ of trainer.run([example]));
  const { tensors } = await trainer.state();
  await engine.dispose();
  return { moments: new Map([...tensors].filter(([name]) => name.startsWith('mean:'))) };
}

const truth = await gradients('widened');
const worst: Record<string, number> = {};
for (const int8 of ['accurate', 'fast'] as const) {
  const { moments } = await gradients(int8);
  const errors = [...moments].map(([name, { data }]) => {
    const exact = truth.moments.get(name)!.data;
    let [wrong, all] = [0, 0];
    for (let i = 0; i < data.length; i++) {
      wrong += (data[i]! - exact[i]!) ** 2;
      all += exact[i]! ** 2;
    }
    return Math.sqrt(wrong / all);
  });
  worst[int8] = Math.max(...errors);
}
console.log(JSON.stringify({ bench: 'int8-error', ...values, ...worst, weightError: report.relativeError }));
