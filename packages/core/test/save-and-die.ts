/**
 * Child process of src/io/interrupted-save.test.ts: saves an adapter, then another with another config over it, and is killed at the rename
 * of the second save that the last argument counts to (from 1; 0: never).
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { writeAdapter } from '../src/io/peft-adapter.ts';

const [folder, count] = process.argv.slice(2) as [string, string];
const save = (number: number): Promise<void> => {
  const half = new Float32Array(8).fill(number);
  const module = { a: half, b: half, rank: 2, inFeatures: 4, outFeatures: 4 };
  const config = {
    rank: 2,
    alpha: 8 * number,
    dropout: 0,
    rsLora: false,
    bias: 'none' as const,
    baseModel: null,
    extra: {},
  };
  return writeAdapter(folder, { ...config, targetModules: ['q_proj'] }, new Map([['model.q_proj', module]]));
};
await save(1);
const { rename } = fs.promises;
let left = Number(count);
fs.promises.rename = (from, to) => {
  left -= 1;
  if (left === 0) process.kill(process.pid, 'SIGKILL');
  return left === 0 ? new Promise(() => {}) : rename(from, to);
};
syncBuiltinESMExports();
await save(2);
