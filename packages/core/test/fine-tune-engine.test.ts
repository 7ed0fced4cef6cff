/** `fineTune` with the name of a device in place of an open engine. */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { mayHaveNvidia } from '../src/engine/device/find-gpus.ts';
import { EngineUnavailableError, type FineTuneEvent, type FineTuneOptions, fineTune } from '../src/index.ts';
import { temporaryFolder } from '../src/testing/temporary-folder.ts';
import { writeTinyModel } from '../src/testing/tiny-model.ts';

const tokenizer = fileURLToPath(new URL('./golden/tiny-tokenizer/byte-level', import.meta.url));
async function job(): Promise<FineTuneOptions> {
  const folder = await temporaryFolder();
  await writeTinyModel(join(folder, 'model'), { tokenizer });
  const records = Array.from({ length: 6 }, (_, i) => ({
    instruction: `Why ${i}?`,
    output: `Because of ${i}, always.`,
  }));
  await writeFile(join(folder, 'records.jsonl'), records.map((record) => JSON.stringify(record)).join('\n'));
  return {
    model: join(folder, 'model'),
    records: [join(folder, 'records.jsonl')],
    output: join(folder, 'run'),
    template: 'alpaca',
    split: { counts: { train: 6, validation: 0, test: 0 } },
    train: { steps: 2, batchSize: 2 },
  };
}

it('says first what it computes on and why, trains, and leaves nothing running', async () => {
  const workers: Worker[] = [];
  const keep = (worker: Worker) => workers.push(worker);
  process.on('worker', keep);
  const events: FineTuneEvent[] = [];
  for await (const event of fineTune('cpu', await job())) events.push(event);
  expect(events[0]).toMatchObject({
    type: 'engine-chosen',
    requested: 'cpu',
    engine: 'onnx',
    device: 'cpu',
    reason: expect.stringMatching(/training step/),
  });
  expect(events.map(({ type }) => type)).toContain('save-end');
  process.off('worker', keep);
  expect(workers).toHaveLength(1);
  expect(workers[0]!.threadId).toBe(-1);
});

it.skipIf(mayHaveNvidia())('refuses a GPU that is not there before anything is written', async () => {
  const options = await job();
  await expect(fineTune('cuda', options).next()).rejects.toBeInstanceOf(EngineUnavailableError);
  expect(existsSync(options.output)).toBe(false);
});
