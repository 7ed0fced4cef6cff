/**
 * ONNX Runtime 1.30 sends usage data to Microsoft on Linux, too, unless ORT_DISABLE_TELEMETRY is set before it loads. Its
 * traces on the disk show whether it began to.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const engine = new URL('./onnx-engine.ts', import.meta.url).href;
const tensor = new URL('../../tensor/', import.meta.url).href;
const program = `
import { OnnxEngine } from '${engine}';
import { GraphBuilder } from '${tensor}graph.ts';
import * as ops from '${tensor}ops.ts';
const builder = new GraphBuilder();
const graph = builder.finish({ y: ops.neg(ops.input(builder, 'x', 'f32', [1])) });
const onnx = new OnnxEngine();
const compiled = await onnx.compile(graph);
const { y } = await compiled.run({ feeds: { x: { dtype: 'f32', shape: [1], data: Float32Array.of(2) } }, fetch: ['y'] });
console.log(y.data[0]);
await onnx.dispose();
`;

it('nothing is sent to anybody: ONNX Runtime leaves no trace of telemetry where it would', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'alpacare-telemetry-'));
  try {
    const root = fileURLToPath(new URL('../../../../../', import.meta.url));
    const script = join(folder, 'run.mts');
    await writeFile(script, program);
    const { ORT_DISABLE_TELEMETRY: _, XDG_CACHE_HOME: __, ...inherited } = process.env;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--conditions=alpacare-source', '--import', join(root, 'node_modules/tsx/dist/loader.mjs'), script],
      { cwd: folder, env: { ...inherited, HOME: folder, TMPDIR: folder } },
    );
    expect(stdout.trim()).toBe('-2');
    const left = (await readdir(folder, { recursive: true })).filter(
      (name) => !/^(run\.mts|tsx-|node-compile)/.test(name),
    );
    expect(left).toEqual([]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
