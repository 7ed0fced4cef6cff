import { spawn, spawnSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { bundled } from '../../test/support/bundled.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { readAdapter } from './peft-adapter.ts';

const child = await bundled(new URL('../../test/save-adapters-forever.ts', import.meta.url));
const leftover = /^\.adapter_model\.safetensors\.[0-9a-f]+\.tmp$/;

/** Runs the child until it has saved `saves` times, kills it when a save is half done, and returns the saves it reported. */
async function killInTheMiddle(folder: string, saves: number): Promise<number> {
  const before = new Set(await readdir(folder));
  const args = [child, folder];
  const process_ = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => process_.once('exit', (_, signal) => resolve(signal)));
  let reported = 0;
  for await (const chunk of process_.stdout) {
    reported = Number(String(chunk).trim().split('\n').at(-1));
    if (reported < saves) continue;
    // Now and then the temporary file is not there yet, or already renamed: look until one is.
    while (!(await readdir(folder)).some((name) => leftover.test(name) && !before.has(name)));
    process_.kill('SIGKILL');
    break;
  }
  expect(await ended).toBe('SIGKILL');
  return reported;
}

test('a process killed in the middle of a save leaves the adapter before it whole', async (ctx) => {
  if (process.platform === 'win32') return ctx.skip('there is no SIGKILL on Windows');
  const folder = await temporaryFolder();
  let halfDone = 0;
  for (const saves of [1, 2, 3]) {
    const reported = await killInTheMiddle(folder, saves);
    const { config, tensors } = await readAdapter(folder);
    const { a, b } = tensors.get('model.q_proj')!;
    const value = a[0]!;
    expect(value).toBeGreaterThanOrEqual(reported);
    expect(a.every((x) => x === value) && b.every((x) => x === value)).toBe(true);
    expect(config.alpha).toBe(8);
    halfDone = (await readdir(folder)).filter((name) => leftover.test(name)).length;
    expect(halfDone).toBeLessThanOrEqual(1); // the saves before removed those of the process before
  }
  // The temporary file of the killed save is the evidence that the kill came in the middle.
  expect(halfDone).toBeGreaterThan(0);
});

test('killed between any two renames, a save with another config never leaves weights beside a config that is not theirs', async (ctx) => {
  if (process.platform === 'win32') return ctx.skip('there is no SIGKILL on Windows');
  const script = await bundled(new URL('../../test/save-and-die.ts', import.meta.url));
  const outcomes: string[] = [];
  for (let rename = 1; outcomes.at(-1) !== 'done'; rename++) {
    expect(rename).toBeLessThan(10);
    const folder = await temporaryFolder();
    const args = [script, folder, String(rename)];
    const { signal, status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect(signal ?? status, stderr).toEqual(signal === null ? 0 : 'SIGKILL');
    const found = await readAdapter(folder).catch((error: Error) => error);
    if (found instanceof Error) {
      expect(found.message).toMatch(/has no adapter_config\.json; it goes missing where a save is killed/);
      outcomes.push('told');
    } else {
      // Save number n has alpha 8n and values n.
      const value = found.tensors.get('model.q_proj')!.a[0]!;
      expect(found.config.alpha).toBe(8 * value);
      outcomes.push(signal === null ? 'done' : value === 1 ? 'old' : 'new');
    }
    if (signal === null) continue;
    // What the kill left goes with the next save.
    const again = spawnSync(process.execPath, [...args.slice(0, -1), '0'], { encoding: 'utf8' });
    expect(again.status, again.stderr).toBe(0);
    expect((await readdir(folder)).sort()).toEqual(['adapter_config.json', 'adapter_model.safetensors']);
    expect((await readAdapter(folder)).config.alpha).toBe(16);
  }
  expect(outcomes).toEqual(['old', 'told', 'told', 'done']);
});
