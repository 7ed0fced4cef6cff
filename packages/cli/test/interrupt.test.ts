/** Ctrl-C at a real terminal: the bar gives way to what is said, the work is saved, and the person is told how to go on. Runs the built command. */
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../core/src/testing/temporary-folder.ts';
import { hasTerminals, onTerminal } from '../src/testing/on-terminal.ts';
import { tinyModel } from '../src/testing/tiny-model.ts';

const records = fileURLToPath(new URL('../../../data/records/w1.jsonl', import.meta.url));

const bin = fileURLToPath(new URL('../bin/alpacare.js', import.meta.url));

/** What is seen of a line: the bar goes where the cursor is sent back and the rest of the line is wiped. */
const lastLineBefore = (text: string, said: string): string => {
  const before = text.slice(0, text.indexOf(said)).split('\n').at(-1)!;
  const wiped = Math.max(before.lastIndexOf('\x1b[0K'), before.lastIndexOf('\x1b[K'));
  return stripVTControlCharacters(before.slice(Math.max(0, wiped)))
    .replace('^C', '')
    .trim();
};

async function configuration(folder: string, more: object): Promise<string> {
  await tinyModel(join(folder, 'model'));
  const file = join(folder, 'run.jsonc');
  const training = { epochs: 200, batchSize: 2 };
  const base = { model: join(folder, 'model'), data: [records], out: join(folder, 'out'), engine: 'cpu', threads: 1 };
  await writeFile(file, JSON.stringify({ ...base, training, ...more }));
  return file;
}

it.for(['demo', 'train', 'sweep'])('%s', { timeout: 120_000 }, async (command, ctx) => {
  if (!(await hasTerminals())) return ctx.skip('needs util-linux script, which opens a terminal');
  const folder = await temporaryFolder();
  const out = join(folder, 'out');
  const file = await configuration(folder, command === 'sweep' ? { runs: [{ name: 'r2', lora: { rank: 2 } }] } : {});
  const args = { demo: ['--out', out], train: ['--config', file], sweep: [file] }[command]!;
  const { text, code } = await onTerminal([bin, command, ...args], { ask: 'tokens/s', typed: '\x03' });
  expect(code).toBe(130);
  expect(text).toContain('stopping after this step');
  expect(lastLineBefore(text, 'stopping after this step')).toBe('');
  expect(text).toContain(command === 'sweep' ? 'the same command goes on' : `alpacare resume ${out}`);
  expect(text).not.toMatch(/^\s+at .+:\d+/m);
  const saved = command === 'sweep' ? join(out, 'base') : out;
  expect(await readdir(saved)).toEqual(expect.arrayContaining(['adapter_model.safetensors', 'checkpoints']));
});
