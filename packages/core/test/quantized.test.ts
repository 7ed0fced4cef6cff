/** Quantised weights: what codes and scales stand for, and every engine's products with them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backward } from '../src/autodiff/backward.ts';
import { createRandom } from '../src/data/random.ts';
import type { Int8Products } from '../src/engine/engine.ts';
import { f32Tensor, i32Tensor } from '../src/engine/engine.ts';
import { OnnxEngine } from '../src/engine/onnx/onnx-engine.ts';
import { ReferenceEngine } from '../src/engine/reference/reference-engine.ts';
import { openModel } from '../src/io/open-model.ts';
import { openQuantized, quantizeModel } from '../src/io/quantize-model.ts';
import { readWeight } from '../src/io/read-weight.ts';
import { readSafetensorsHeader, readTensor, readTensorBytes, writeSafetensors } from '../src/io/safetensors.ts';
import type { QuantizedDType } from '../src/tensor/dtype.ts';
import { GraphBuilder } from '../src/tensor/graph.ts';
import type { QuantizedWeightRef, WeightRef } from '../src/tensor/op.ts';
import { gather, input, linearCrossEntropy, matmul, mul, sumAll, tanh, weight } from '../src/tensor/ops.ts';
import { writeTinyModel } from '../src/testing/tiny-model.ts';
import { relativeError } from './support/golden.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alpacare-quantized-'));
  const config = { hidden_size: 64, intermediate_size: 128, tie_word_embeddings: false };
  await writeTinyModel(join(folder, 'model'), { config, vocabSize: 100 });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const base = async (dtype: QuantizedDType, head?: QuantizedDType, doubleQuantization = false) => {
  const opened = await openModel(join(folder, 'model'));
  const file = join(folder, `${dtype}-${head}-${doubleQuantization}.safetensors`);
  return quantizeModel(opened, { dtype, file, doubleQuantization, ...(head && { head }) });
};

/** A linear forward and backward, its rows looked up, and a head's loss. */
function buildGraph(linear: WeightRef, head: WeightRef) {
  const graph = new GraphBuilder();
  const x = input(graph, 'x', 'f32', ['N', linear.shape[1]!]);
  const w = weight(graph, linear);
  const y = matmul(x, w, { transposeB: true });
  const loss = sumAll(mul(y, tanh(y)));
  const rows = gather(w, input(graph, 'at', 'i32', ['K']));
  const h = input(graph, 'h', 'f32', ['C', 'R', head.shape[1]!]);
  const nats = linearCrossEntropy(h, weight(graph, head), input(graph, 'labels', 'i32', ['C', 'R']));
  const [dx] = backward(loss, [x]);
  const [dh] = backward(sumAll(nats), [h]);
  return graph.finish({ y, dx: dx!, rows, nats, dh: dh! });
}

const LINEAR = 'model.layers.1.mlp.gate_proj.weight';
const HEAD = 'lm_head.weight';

it('keeps the matrices of one input side by side in their file, so that 4-bit ones are one product', async () => {
  const { weights } = await base('int4');
  const at = (name: string) => weights.get(`model.layers.1.${name}.weight`) as QuantizedWeightRef;
  const groups = [
    ['self_attn.q_proj', 'self_attn.k_proj', 'self_attn.v_proj'],
    ['mlp.gate_proj', 'mlp.up_proj'],
  ];
  for (const group of groups) {
    for (const [i, name] of group.slice(1).entries()) {
      const [before, after] = [at(group[i]!), at(name)];
      expect(after.byteOffset).toBe(before.byteOffset + before.byteLength);
      expect(after.scales.byteOffset).toBe(before.scales.byteOffset + before.scales.byteLength);
    }
  }
});

describe.each([
  ['int8', false],
  ['int4', false],
  ['nf4', false],
  ['nf4', true],
] as const)('%s, scales in codes: %s', (dtype, double) => {
  const modes: readonly { int8: Int8Products; tolerance: number }[] =
    dtype === 'int8'
      ? [
          { int8: 'widened', tolerance: 1e-5 },
          { int8: 'accurate', tolerance: 2e-4 },
          { int8: 'fast', tolerance: 0.04 },
        ]
      : [{ int8: 'accurate', tolerance: 1e-5 }];
  it.each(modes)('products within $tolerance of the reference engine ($int8)', async ({ int8, tolerance }) => {
    const { weights } = await base(dtype, dtype, double);
    const graph = buildGraph(weights.get(LINEAR)!, weights.get(HEAD)!);
    const random = createRandom(4);
    const values = (...shape: number[]) =>
      f32Tensor(
        shape,
        Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.nextNormal()),
      );
    const feeds = {
      x: values(9, 64),
      h: values(3, 4, 64),
      at: i32Tensor([3], Int32Array.of(5, 0, 127)),
      labels: i32Tensor(
        [3, 4],
        Int32Array.from({ length: 12 }, () => random.nextInt(100)),
      ),
    };
    const fetch = [...graph.outputs.keys()];
    const expected = await (await new ReferenceEngine().compile(graph)).run({ feeds, fetch });
    const engine = new OnnxEngine({ threads: 1, int8 });
    try {
      const found = await (await engine.compile(graph)).run({ feeds, fetch });
      for (const name of fetch) {
        expect(found[name]!.shape).toEqual(expected[name]!.shape);
        expect(relativeError(found[name]!.data, expected[name]!.data), name).toBeLessThan(tolerance);
      }
    } finally {
      await engine.dispose();
    }
  });

  it('products of a graph without gradients stay within 0.02 of the reference engine', async () => {
    const { weights } = await base(dtype, dtype, double);
    const graph = new GraphBuilder();
    const x = input(graph, 'x', 'f32', ['N', 64]);
    const finished = graph.finish({ y: matmul(x, weight(graph, weights.get(LINEAR)!), { transposeB: true }) });
    const engine = new OnnxEngine({ threads: 1, int8: 'accurate' });
    try {
      for (const rows of [1, 7]) {
        const random = createRandom(rows);
        const feeds = {
          x: f32Tensor(
            [rows, 64],
            Float32Array.from({ length: rows * 64 }, () => random.nextNormal()),
          ),
        };
        const expected = await (await new ReferenceEngine().compile(finished)).run({ feeds, fetch: ['y'] });
        const found = await (await engine.compile(finished)).run({ feeds, fetch: ['y'] });
        expect(relativeError(found.y!.data, expected.y!.data)).toBeLessThan(0.02);
      }
    } finally {
      await engine.dispose();
    }
  });

  it('reports bytes and error, and opens again as the same weights', async () => {
    const made = await base(dtype, undefined, double);
    const again = await openQuantized(
      await openModel(join(folder, 'model')),
      join(folder, `${dtype}-undefined-${double}.safetensors`),
    );
    expect(again.weights).toEqual(made.weights);
    expect(again.report).toEqual(made.report);
    const plain = (await openModel(join(folder, 'model'))).weights;
    const [stored, restored] = [await readWeight(plain.get(LINEAR)!), await readWeight(made.weights.get(LINEAR)!)];
    let [wrong, all] = [0, 0];
    for (const [i, v] of stored.entries()) {
      wrong += (v - restored[i]!) ** 2;
      all += v ** 2;
    }
    const entry = made.report.matrices.find(({ name }) => name === LINEAR)!;
    expect(entry.relativeError).toBeCloseTo(Math.sqrt(wrong / all), 6);
    // Normal weights: int8 by channel, int4 and nf4 in blocks of 64.
    const expectedError = { int8: 0.006, int4: 0.091, nf4: 0.092 }[dtype];
    expect(entry.relativeError).toBeGreaterThan(0.8 * expectedError);
    expect(entry.relativeError).toBeLessThan(1.2 * expectedError);
    const outputs = 128;
    // 128 scales as codes fill half a block of 256, with its step and the mean.
    const scaleBytes = double ? 256 + 8 : 4 * outputs;
    expect(entry.bytes).toBe((dtype === 'int8' ? 2 * outputs * 64 : (outputs * 64) / 2) + scaleBytes);
    expect(made.report.doubleQuantization).toBe(double);
  });
});

it('reads files whose report does not say that scales are codes, and no such file as one whose scales are', async () => {
  const opened = await openModel(join(folder, 'model'));
  const rewrite = async (file: string, change: (report: string) => string) => {
    const { metadata, tensors } = await readSafetensorsHeader(file);
    const parts = [];
    for (const [name, tensor] of tensors) {
      if (tensor.dtype === 'u8') {
        parts.push({ name, dtype: 'u8' as const, shape: tensor.shape, data: await readTensorBytes(tensor) });
      } else
        parts.push({
          name,
          dtype: 'f32' as const,
          shape: tensor.shape,
          data: (await readTensor(tensor)) as Float32Array,
        });
    }
    const changed = Object.fromEntries(Object.entries(metadata).map(([key, text]) => [key, change(text)]));
    await writeSafetensors(`${file}.changed`, parts, changed);
    return `${file}.changed`;
  };
  const file = join(folder, 'silent.safetensors');
  const made = await quantizeModel(opened, { dtype: 'nf4', file });
  const silent = await rewrite(file, (text) => text.replace('"doubleQuantization":false,', ''));
  const again = await openQuantized(opened, silent);
  expect(again.report).toEqual(made.report);
  expect(await readWeight(again.weights.get(LINEAR)!)).toEqual(await readWeight(made.weights.get(LINEAR)!));
  const lying = await rewrite(file, (text) => text.replace('"doubleQuantization":false', '"doubleQuantization":true'));
  await expect(openQuantized(opened, lying)).rejects.toThrow(/scales": expected u8 \[1, 256\], found f32/);
});

it('holds scales as codes for nf4 alone', async () => {
  const opened = await openModel(join(folder, 'model'));
  for (const dtype of ['int8', 'int4'] as const) {
    const wrong = { dtype, doubleQuantization: true, file: join(folder, 'wrong.safetensors') };
    await expect(quantizeModel(opened, wrong)).rejects.toThrow(/"doubleQuantization" is for nf4/);
  }
});

it('int4 shares a scale among 128 inputs where rows allow it, and reads files that share it among 64', async () => {
  const DOWN = 'model.layers.1.mlp.down_proj.weight';
  const opened = await openModel(join(folder, 'model'));
  const file = join(folder, 'int4-older.safetensors');
  const made = await quantizeModel(opened, { dtype: 'int4', file });
  const ref = made.weights.get(DOWN)! as QuantizedWeightRef;
  const [O, I] = ref.shape;
  expect([I, ref.scales.byteLength]).toEqual([128, 4 * O]);
  // The same file as it was written before: each scale of 128 inputs is there for both halves.
  const { metadata, tensors } = await readSafetensorsHeader(file);
  const older = [];
  for (const [name, tensor] of tensors) {
    if (tensor.dtype === 'u8') {
      const data = await readTensorBytes(tensor);
      older.push({ name, dtype: 'u8' as const, shape: tensor.shape, data: async () => data });
      continue;
    }
    const data = (await readTensor(tensor)) as Float32Array;
    const isLong = name === `${DOWN}.scales`;
    const values = isLong ? Float32Array.from({ length: 2 * O }, (_, i) => data[i >> 1]!) : data;
    older.push({ name, dtype: 'f32' as const, shape: isLong ? [O, 2] : tensor.shape, data: values });
  }
  await writeSafetensors(file, older, metadata);
  const again = (await openQuantized(opened, file)).weights.get(DOWN)!;
  expect((again as QuantizedWeightRef).scales.byteLength).toBe(8 * O);
  const feeds = {
    x: f32Tensor(
      [1, I],
      Float32Array.from({ length: I }, (_, i) => Math.sin(i)),
    ),
  };
  const engine = new OnnxEngine({ threads: 1 });
  try {
    const expected = await readWeight(again);
    const newer = await quantizeModel(opened, { dtype: 'int4', file: join(folder, 'int4-newer.safetensors') });
    for (const matrix of [again, newer.weights.get(DOWN)!]) {
      expect(await readWeight(matrix)).toEqual(expected);
      const graph = new GraphBuilder();
      const product = matmul(input(graph, 'x', 'f32', ['N', I]), weight(graph, matrix), { transposeB: true });
      const finished = graph.finish({ y: product });
      const [found, exact] = [
        await (await engine.compile(finished)).run({ feeds, fetch: ['y'] }),
        await (await new ReferenceEngine().compile(finished)).run({ feeds, fetch: ['y'] }),
      ];
      expect(relativeError(found.y!.data, exact.y!.data)).toBeLessThan(0.02);
    }
  } finally {
    await engine.dispose();
  }
});

it.each(['fast', 'accurate'] as const)('the largest codes on both sides do not saturate (%s)', async (int8) => {
  const opened = await openModel(join(folder, 'model'));
  const plain = opened.weights.get(LINEAR)!;
  const [O, I] = plain.shape as [number, number];
  const ones = join(folder, 'ones.safetensors');
  await writeSafetensors(ones, [{ name: LINEAR, dtype: 'f32', shape: [O, I], data: new Float32Array(O * I).fill(1) }]);
  const ref = { ...plain, ...(await readSafetensorsHeader(ones)).tensors.get(LINEAR)!, dtype: 'f32' as const };
  const weights = new Map([...opened.weights, [LINEAR, ref]]);
  const file = join(folder, `ones-${int8}.safetensors`);
  const quantized = await quantizeModel({ model: opened.model, weights }, { dtype: 'int8', file });
  const graph = new GraphBuilder();
  const w = weight(graph, quantized.weights.get(LINEAR)!);
  const y = matmul(input(graph, 'x', 'f32', ['N', I]), w, { transposeB: true });
  const dx = matmul(input(graph, 'dy', 'f32', ['N', O]), w);
  const engine = new OnnxEngine({ threads: 1, int8 });
  try {
    const program = await engine.compile(graph.finish({ y, dx }));
    const full = (width: number) => f32Tensor([8, width], new Float32Array(8 * width).fill(1));
    const found = await program.run({ feeds: { x: full(I), dy: full(O) }, fetch: ['y', 'dx'] });
    for (const value of found.y!.data) expect(value / I).toBeCloseTo(1, 2);
    for (const value of found.dx!.data) expect(value / O).toBeCloseTo(1, 2);
  } finally {
    await engine.dispose();
  }
});
