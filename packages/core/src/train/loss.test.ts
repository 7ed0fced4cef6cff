import { expect, it } from 'vitest';
import { createRandom } from '../data/random.ts';
import { openModel } from '../io/open-model.ts';
import { planQuantized } from '../io/quantize-model.ts';
import { defaultAdapterSpec } from '../lora/adapter-spec.ts';
import type { QuantizedDType } from '../tensor/dtype.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { writeTinyModel } from '../testing/tiny-model.ts';
import { buildTrainingGraph, chunkSizes, logitsBytes } from './loss.ts';
import { loraMethod } from './method.ts';

it('takes fewer logits at a time where the head is packed, and fewer still beside matrices of 4 bits', async () => {
  const folder = await temporaryFolder();
  await writeTinyModel(folder, { config: { hidden_size: 64, tie_word_embeddings: false }, vocabSize: 100 });
  const base = await openModel(folder);
  const mebibytes = (dtype: QuantizedDType | undefined, int8?: 'widened' | 'fast') => {
    const weights = dtype ? planQuantized(base, { dtype }) : base.weights;
    const method = loraMethod(base.model, weights, defaultAdapterSpec, createRandom(1));
    return logitsBytes(buildTrainingGraph(method), int8) / 2 ** 20;
  };
  expect([mebibytes('nf4', 'fast'), mebibytes('int4', 'fast'), mebibytes('int8', 'fast')]).toEqual([8, 8, 16]);
  expect([mebibytes('nf4', 'widened'), mebibytes('int8', 'widened'), mebibytes(undefined)]).toEqual([64, 64, 64]);
  // 512 positions of TinyLlama's 32,000 words.
  expect(chunkSizes(32_000, 512, 8 * 2 ** 20)).toEqual({ chunks: 8, rows: 64 });
});
