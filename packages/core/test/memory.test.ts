import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { bundled } from './support/bundled.ts';
import { goldenPath } from './support/golden.ts';

it('memory does not grow over 500 steps of unlike lengths', async () => {
  const script = await bundled(new URL('support/memory-run.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', script, goldenPath('tied-f32')], {
    timeout: 60_000,
  });
  const { residentBytes, censuses } = JSON.parse(stdout) as { residentBytes: number[]; censuses: unknown[] };
  expect(residentBytes).toHaveLength(50);
  // 3 programs; 28 parameters with value, previous value, two moments, gradient sum and zeros.
  expect(new Set(censuses.slice(0, -1).map((c) => JSON.stringify(c)))).toEqual(
    new Set(['{"sessions":3,"variables":168}']),
  );
  expect(censuses.at(-1)).toEqual({ sessions: 0, variables: 0 });
  // The thread's own garbage makes a saw; its low points tell. After 100 steps of warm-up, steps 110 to 300 against
  // 310 to 500. One batch's masks and tables held by mistake are 0.1 MB a step: 20 MB.
  const lowest = (from: number, to: number) => Math.min(...residentBytes.slice(from, to));
  const growth = (lowest(30, 50) - lowest(10, 30)) / 2 ** 20;
  expect(growth, 'MB over 200 steps').toBeLessThan(6);
});
