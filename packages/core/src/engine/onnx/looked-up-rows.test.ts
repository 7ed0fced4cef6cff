import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readSafetensorsHeader, writeSafetensors } from '../../io/safetensors.ts';
import { GraphBuilder } from '../../tensor/graph.ts';
import type { PlainWeightRef } from '../../tensor/op.ts';
import { gather, input, reshape, weight } from '../../tensor/ops.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { i32Tensor } from '../engine.ts';
import { OnnxEngine } from './onnx-engine.ts';

const [ROWS, WIDTH] = [10_000, 1024];

/** Row r holds r modulo 128, which both types hold exactly. */
async function writeTable(dtype: 'f32' | 'bf16') {
  const data = Float32Array.from({ length: ROWS * WIDTH }, (_, at) => Math.floor(at / WIDTH) % 128);
  const file = join(await temporaryFolder(), 'table.safetensors');
  await writeSafetensors(file, [{ name: 'table', dtype, shape: [ROWS, WIDTH], data }]);
  return (await readSafetensorsHeader(file)).tensors.get('table')! as PlainWeightRef;
}

it.each(['f32', 'bf16'] as const)('reads rows of a large table of %s from its file', async (dtype) => {
  const ref = await writeTable(dtype);
  const graph = new GraphBuilder();
  const at = input(graph, 'at', 'i32', ['B', 'T']);
  const y = gather(weight(graph, ref), reshape(at, ['B*T']));
  const engine = new OnnxEngine();
  const program = await engine.compile(graph.finish({ y }), { label: 'lookup' });
  const ids = Int32Array.of(3, 9999, 130, 3, 0, 127);
  const { y: rows } = await program.run({ feeds: { at: i32Tensor([2, 3], ids) }, fetch: ['y'] });
  expect(rows!.shape).toEqual([6, WIDTH]);
  expect([...ids].map((_, i) => rows!.data[i * WIDTH + 7])).toEqual([...ids].map((id) => id % 128));
  const stored = await engine.createVariable(i32Tensor([2, 3], ids));
  expect((await program.run({ feeds: { at: stored }, fetch: ['y'] })).y).toEqual(rows);
  for (const wrong of [-1, ROWS]) {
    const feeds = { at: i32Tensor([1, 1], Int32Array.of(wrong)) };
    await expect(program.run({ feeds, fetch: ['y'] })).rejects.toThrow(
      `lookup: gather: "table" has rows 0 to 9999, found ${wrong}`,
    );
  }
  await engine.dispose();
});
