import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { createRandom, type Random } from '../../data/random.ts';
import { readSafetensorsHeader, writeSafetensors } from '../../io/safetensors.ts';
import type { QuantizedDType } from '../../tensor/dtype.ts';
import { GraphBuilder } from '../../tensor/graph.ts';
import type { PlainWeightRef, QuantizedWeightRef } from '../../tensor/op.ts';
import { gather, input, linearCrossEntropy, linearCrossEntropyGrad, reshape, weight } from '../../tensor/ops.ts';
import { dequantize, quantize } from '../../tensor/quantization.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { f32Tensor, i32Tensor } from '../engine.ts';
import { ReferenceEngine } from '../reference/reference-engine.ts';
import { findRowLookups, readRows } from './looked-up-rows.ts';
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
  const request = vi.spyOn(engine, 'request');
  const { y: rows } = await program.run({ feeds: { at: i32Tensor([2, 3], ids) }, fetch: ['y'] });
  expect(rows!.shape).toEqual([6, WIDTH]);
  expect([...ids].map((_, i) => rows!.data[i * WIDTH + 7])).toEqual([...ids].map((id) => id % 128));
  // Rows are handed over to the engine's thread; what was fed is the caller's own.
  expect(request.mock.lastCall?.[2]?.map(({ byteLength }) => byteLength)).toEqual([0]);
  expect(ids).toHaveLength(6);
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

async function writeQuantized(dtype: QuantizedDType, shape: readonly [number, number], random: Random, double = false) {
  const values = Float32Array.from({ length: shape[0] * shape[1] }, () => random.nextFloat() - 0.5);
  const { codes, scales, nested } = quantize(dtype, values, shape, double);
  const file = join(await temporaryFolder(), 'head.bin');
  const parts = nested ? [codes, nested.codes, nested.steps, Float32Array.of(nested.mean)] : [codes, scales];
  await writeFile(file, Buffer.concat(parts.map(({ buffer }) => new Uint8Array(buffer))));
  let byteOffset = 0;
  const ranges = parts.map(({ byteLength }) => {
    byteOffset += byteLength;
    return { file, byteOffset: byteOffset - byteLength, byteLength };
  });
  const ref: QuantizedWeightRef = {
    name: 'head',
    ...ranges[0]!,
    dtype,
    shape,
    scales: ranges[1]!,
    ...(nested && { nested: { steps: ranges[2]!, mean: ranges[3]! } }),
  };
  return { ref, values: dequantize(dtype, { codes, scales }, new Float32Array(values.length)) };
}

it.each([
  ['int8', false],
  ['int4', false],
  ['nf4', false],
  ['nf4', true],
] as const)('reads rows of a table of %s as what its codes stand for, scales in codes: %s', async (dtype, double) => {
  const { ref, values } = await writeQuantized(dtype, [9, 128], createRandom(7), double);
  const { data, shape } = readRows(ref, Int32Array.of(8, 0, 3, 3), 'lookup', [2, 2]);
  expect(shape).toEqual([2, 2, 128]);
  expect([...data]).toEqual([8, 0, 3, 3].flatMap((row) => [...values.subarray(row * 128, (row + 1) * 128)]));
});

it('reads rows of a quantised head for its labels', async () => {
  const [vocabulary, H, C, R] = [8_300, 2048, 2, 1];
  const random = createRandom(4);
  const { ref } = await writeQuantized('int8', [vocabulary, H], random);
  const graph = new GraphBuilder();
  const x = input(graph, 'x', 'f32', ['C', 'R', H]);
  const labels = input(graph, 'labels', 'i32', ['C', 'R']);
  const head = weight(graph, ref);
  const loss = linearCrossEntropy(x, head, labels);
  const finished = graph.finish({ loss, slope: linearCrossEntropyGrad(x, head, labels) });
  expect(findRowLookups(finished).map(({ table, indices }) => [table.name, indices])).toEqual([['head', 'labels']]);
  const feeds = {
    x: f32Tensor(
      [C, R, H],
      Float32Array.from({ length: C * R * H }, () => random.nextFloat() - 0.5),
    ),
    labels: i32Tensor([C, R], Int32Array.of(0, vocabulary - 1)),
  };
  const results = [];
  for (const engine of [new OnnxEngine({ int8: 'widened' }), new ReferenceEngine()]) {
    const program = await engine.compile(finished, { label: 'head' });
    results.push(await program.run({ feeds, fetch: ['loss', 'slope'] }));
    await engine.dispose();
  }
  const [found, exact] = results;
  for (const name of ['loss', 'slope'] as const) {
    const gaps = [...found![name]!.data].map((value, i) => Math.abs(value - exact![name]!.data[i]!));
    expect(Math.max(...gaps)).toBeLessThan(1e-4);
    expect(found![name]!.shape).toEqual(exact![name]!.shape);
  }
});
