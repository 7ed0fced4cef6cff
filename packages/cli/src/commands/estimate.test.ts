import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../core/src/testing/temporary-folder.ts';
import { runCommand } from '../testing/run-command.ts';
import { tinyModel } from '../testing/tiny-model.ts';
import { estimateCommand } from './estimate.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alpacare-estimate-'));
  await tinyModel(folder, { hidden_size: 64 });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const estimate = (...args: string[]) => runCommand(estimateCommand(), ['--model', folder, ...args]);
const parts = async (...args: string[]) => JSON.parse(await estimate('--json', ...args)) as Record<string, number>;

describe('alpacare estimate', () => {
  it('prints every part, their sum and the largest batch', async () => {
    const text = await estimate('--batch-size', '2', '--max-tokens', '64', '--memory', '1');
    for (const part of ['frozen weights', 'gradients', 'optimizer', 'activations', 'engine'])
      expect(text).toContain(part);
    expect(text).toMatch(/together +0\.\d\d GB +batch 2 of 64 tokens/);
    expect(text).toMatch(/largest batch within the 1\.00 GB: \d+/);
  });

  it('counts what each choice saves', async () => {
    const plain = await parts();
    const { totalBytes, largestBatch, memoryBytes, ...own } = plain;
    expect(totalBytes).toBe(Object.values(own).reduce((a, b) => a + b));
    expect(largestBatch).toBeGreaterThan(0);
    expect(memoryBytes).toBeGreaterThan(0);
    expect((await parts('--quantize', 'nf4')).weightBytes).toBeLessThan(plain.weightBytes!);
    expect((await parts('--gradient-checkpointing')).activationBytes).toBeLessThan(plain.activationBytes!);
    const full = await parts('--full');
    expect(full.weightBytes).toBe(0);
    expect((await parts('--full', '--optimizer', 'adamw8bit')).optimizerBytes).toBeLessThan(0.4 * full.optimizerBytes!);
    expect((await parts('--batch-size', '8')).totalBytes).toBeGreaterThan(plain.totalBytes!);
  });

  it('counts what scales in 8 bits save, and has them for nf4 alone', async () => {
    const wider = await temporaryFolder();
    await tinyModel(wider, { hidden_size: 256 });
    const weightBytes = async (...args: string[]) =>
      (JSON.parse(await runCommand(estimateCommand(), ['--model', wider, '--json', ...args])) as Record<string, number>)
        .weightBytes!;
    expect(await weightBytes('--quantize', 'nf4', '--double-quantization')).toBeLessThan(
      await weightBytes('--quantize', 'nf4'),
    );
    await expect(estimate('--quantize', 'int8', '--double-quantization')).rejects.toThrow(/is for nf4.*found int8/);
    await expect(estimate('--double-quantization')).rejects.toThrow(/is for nf4; found a base as it is stored/);
  });

  it('refuses a length that the model has not, and to quantise what is trained', async () => {
    await expect(estimate('--max-tokens', '4096')).rejects.toThrow(/at most the model's 512 positions/);
    await expect(estimate('--full', '--quantize', 'int8')).rejects.toThrow(/for adapters/);
  });
});
