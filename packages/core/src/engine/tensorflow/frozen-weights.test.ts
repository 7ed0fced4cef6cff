/** Frozen weights of every type as TensorFlow holds them, beside the reference engine. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createRandom } from '../../data/random.ts';
import { narrowToBf16, narrowToF16 } from '../../io/half-precision.ts';
import { GraphBuilder } from '../../tensor/graph.ts';
import type { WeightRef } from '../../tensor/op.ts';
import { gather, input, linearCrossEntropy, matmul, sumAll, weight } from '../../tensor/ops.ts';
import { quantize } from '../../tensor/quantization.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { type Engine, f32Tensor, i32Tensor } from '../engine.ts';
import { ReferenceEngine } from '../reference/reference-engine.ts';
import { tensorflowAbsence } from './tensorflow-absence.ts';
import { TensorflowEngine } from './tensorflow-engine.ts';

const absence = tensorflowAbsence();
beforeEach((context) => {
  if (absence) context.skip(absence);
});
let engine: TensorflowEngine;
beforeAll(async () => {
  if (!absence) engine = await TensorflowEngine.open();
});
afterAll(() => engine?.dispose());

const ROWS = 10;
const COLUMNS = 128;
const random = createRandom(5);
const numbers = (count: number) => Float32Array.from({ length: count }, () => 2 * random.nextFloat() - 1);
const values = numbers(ROWS * COLUMNS);

/** Writes the matrix in a type; codes first, behind a few bytes that belong to nobody. */
async function writeWeight(kind: WeightRef['dtype'] | 'nf4, scales in codes'): Promise<WeightRef> {
  const dtype = kind === 'nf4, scales in codes' ? 'nf4' : kind;
  const file = join(await temporaryFolder(), 'weight.bin');
  const write = async (...parts: Uint8Array[]): Promise<number> => {
    await writeFile(file, Buffer.concat([Buffer.alloc(3), ...parts]));
    return parts[0]!.byteLength;
  };
  const bytesOf = (data: Float32Array | Uint16Array) => new Uint8Array(data.buffer);
  const base = { name: `matrix in ${dtype}`, file, byteOffset: 3, shape: [ROWS, COLUMNS] as const };
  switch (dtype) {
    case 'f32':
      return { ...base, dtype, byteLength: await write(bytesOf(values)) };
    case 'f16':
    case 'bf16': {
      const narrow = new Uint16Array(values.length);
      (dtype === 'f16' ? narrowToF16 : narrowToBf16)(values, narrow);
      return { ...base, dtype, byteLength: await write(bytesOf(narrow)) };
    }
    default: {
      const { codes, scales, nested } = quantize(dtype, values, [ROWS, COLUMNS], kind !== dtype);
      let byteOffset = 3 + codes.byteLength;
      const range = ({ byteLength }: ArrayBufferView) => {
        byteOffset += byteLength;
        return { file, byteOffset: byteOffset - byteLength, byteLength };
      };
      const parts = nested ? [nested.codes, nested.steps, Float32Array.of(nested.mean)] : [scales];
      const byteLength = await write(codes, ...parts.map(({ buffer }) => new Uint8Array(buffer)));
      const [first, steps, mean] = parts.map(range);
      return { ...base, dtype, byteLength, scales: first!, ...(nested && { nested: { steps: steps!, mean: mean! } }) };
    }
  }
}

async function use(subject: Engine, ref: WeightRef) {
  const graph = new GraphBuilder();
  const w = weight(graph, ref);
  const x = input(graph, 'x', 'f32', ['N', COLUMNS]);
  const hidden = input(graph, 'hidden', 'f32', ['B', 'T', COLUMNS]);
  const program = await subject.compile(
    graph.finish({
      forward: matmul(x, w, { transposeB: true }),
      backward: matmul(input(graph, 'dy', 'f32', ['N', ROWS]), w),
      rows: gather(w, input(graph, 'at', 'i32', ['M'])),
      loss: sumAll(linearCrossEntropy(hidden, w, input(graph, 'labels', 'i32', ['B', 'T']))),
    }),
  );
  const wave = (count: number) => Float32Array.from({ length: count }, (_, i) => Math.sin(i * 1.3));
  const outputs = await program.run({
    feeds: {
      x: f32Tensor([3, COLUMNS], wave(3 * COLUMNS)),
      dy: f32Tensor([3, ROWS], wave(3 * ROWS)),
      hidden: f32Tensor([2, 2, COLUMNS], wave(4 * COLUMNS)),
      at: i32Tensor([4], Int32Array.of(9, 0, 3, 3)),
      labels: i32Tensor([2, 2], Int32Array.of(1, 2, 9, 0)),
    },
    fetch: ['forward', 'backward', 'rows', 'loss'],
  });
  await program.dispose();
  return outputs;
}

it.for(['f32', 'f16', 'bf16', 'int8', 'int4', 'nf4', 'nf4, scales in codes'] as const)(
  '%s: forward, backward, rows and loss',
  async (kind) => {
    const ref = await writeWeight(kind);
    const expected = await use(new ReferenceEngine(), ref);
    const found = await use(engine, ref);
    for (const [name, { data }] of Object.entries(expected)) {
      for (const [i, value] of data.entries()) {
        expect(Math.abs(found[name]!.data[i]! - value), `${name}[${i}]`).toBeLessThan(
          2e-6 * Math.max(10, Math.abs(value)),
        );
      }
    }
    expect(await engine.census()).toEqual({ tensors: 0, programs: 0, variables: 0 });
  },
);

it('a weight that two programs use is loaded once, and freed with the second', async () => {
  const ref = await writeWeight('f32');
  const build = () => {
    const graph = new GraphBuilder();
    return graph.finish({
      y: matmul(input(graph, 'x', 'f32', ['N', COLUMNS]), weight(graph, ref), { transposeB: true }),
    });
  };
  const first = await engine.compile(build());
  const one = (await engine.census()).tensors;
  const second = await engine.compile(build());
  expect((await engine.census()).tensors).toBe(one);
  await first.dispose();
  expect((await engine.census()).tensors).toBe(one);
  await second.dispose();
  expect((await engine.census()).tensors).toBe(0);
});

it('a file that ends inside a weight is an error that names it, and leaves nothing behind', async () => {
  const ref = await writeWeight('f16');
  const graph = new GraphBuilder();
  const w = weight(graph, { ...ref, byteOffset: 9 } as WeightRef);
  const y = matmul(input(graph, 'x', 'f32', ['N', COLUMNS]), w, { transposeB: true });
  await expect(engine.compile(graph.finish({ y }), { label: 'broken' })).rejects.toThrow(
    /^broken: .*weight\.bin: ends inside/,
  );
  expect((await engine.census()).tensors).toBe(0);
});

it('an error inside TensorFlow names the op, leaves nothing behind, and the engine goes on', async () => {
  const graph = new GraphBuilder();
  const y = gather(input(graph, 'table', 'f32', [4, 2]), input(graph, 'rows', 'i32', ['N']));
  const program = await engine.compile(graph.finish({ y }), { label: 'lookup' });
  const variable = await engine.createVariable(f32Tensor([1, 2], new Float32Array(2)));
  const before = (await engine.census()).tensors;
  const look = (row: number) =>
    program.run({
      feeds: { table: f32Tensor([4, 2], new Float32Array(8).fill(7)), rows: i32Tensor([1], Int32Array.of(row)) },
      fetch: ['y'],
      store: { y: variable },
    });
  await expect(look(9)).rejects.toThrow(/^lookup: GatherV2: /);
  expect((await engine.census()).tensors).toBe(before);
  expect([...(await look(1)).y!.data]).toEqual([7, 7]);
  expect([...(await variable.read()).data]).toEqual([7, 7]);
  expect((await engine.census()).tensors).toBe(before);
  await variable.dispose();
  await program.dispose();
  await expect(variable.read()).rejects.toThrow(/disposed of/);
});
