import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { prepareFineTune } from '@alpacare/core';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../../core/src/testing/temporary-folder.ts';
import { tinyModel } from '../testing/tiny-model.ts';
import { memoryWarning } from './memory-warning.ts';

it('says that a run will not fit, and what would', async () => {
  const folder = await temporaryFolder();
  await tinyModel(folder);
  const records = join(folder, 'records.jsonl');
  const row = (i: number) => ({ instruction: `What is habit ${i}?`, output: `Habit ${i} is a thing you do each day.` });
  await writeFile(records, Array.from({ length: 20 }, (_, i) => JSON.stringify(row(i))).join('\n'));
  const options = { model: folder, records: [records], output: join(folder, 'out'), train: { batchSize: 4096 } };
  const inputs = await prepareFineTune(options);
  const cpu = { engine: 'onnx', device: 'cpu' } as const;
  expect(await memoryWarning(options, inputs, cpu, 64e9)).toBeUndefined();
  expect(await memoryWarning(options, inputs, { engine: 'tensorflow', device: 'cuda' }, 1)).toBeUndefined();
  expect(await memoryWarning(options, inputs, cpu, 1)).toMatch(
    /^the run needs about \d+\.\d GB and 0\.0 GB are free; not even one example fits: .*--quantize int8.*alpacare estimate/,
  );
  const enough = Number(/about ([\d.]+) GB/.exec((await memoryWarning(options, inputs, cpu, 1))!)![1]) * 1e9;
  expect(await memoryWarning(options, inputs, cpu, enough * 0.6)).toMatch(/; --batch-size \d+ would fit/);
});
