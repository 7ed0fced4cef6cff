import { expect, it, vi } from 'vitest';
import { doctorCommand } from './doctor.ts';

async function run(...args: string[]): Promise<string> {
  const written: string[] = [];
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  try {
    await doctorCommand().parseAsync(args, { from: 'user' });
  } finally {
    spy.mockRestore();
  }
  return written.join('');
}

it('says for each engine whether it works, and what auto would take', async () => {
  const text = await run('--probe-ms', '20');
  expect(text).toContain(process.versions.node);
  expect(text).toMatch(/onnx on cpu: .*works.*onnxruntime-node .*GFLOP\/s/);
  expect(text).toMatch(/auto.* would take: (onnx|tensorflow) on/);
});

it('--json prints the whole report and nothing else', async () => {
  const report = JSON.parse(await run('--probe-ms', '0', '--json'));
  expect(Object.keys(report)).toEqual([
    'node',
    'cpu',
    'memory',
    'gpu',
    'engines',
    'auto',
    'mpi',
    'hubCache',
    'workFolder',
  ]);
  expect(report.engines.length).toBeGreaterThan(3);
});
