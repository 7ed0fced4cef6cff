/** The onnx engine in 16 bits. On the CPU ONNX Runtime rounds to f16 and multiplies in f32; a GPU multiplies in f16. */
import { fromBinary } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { lowerGraph } from '../src/engine/onnx/lower.ts';
import { ModelProtoSchema } from '../src/engine/onnx/onnx_pb.ts';
import { OnnxEngine } from '../src/engine/onnx/onnx-engine.ts';
import { onnxType } from '../src/engine/onnx/onnx-graph.ts';
import { InvalidOptionError } from '../src/errors.ts';
import { buildTrainingGraph } from '../src/train/loss.ts';
import { goldenJson } from './support/golden.ts';
import { compileGolden, expectGradients, goldenMethod, goldenModels } from './support/golden-gradients.ts';

const pytorch = goldenJson('half-precision-errors.json');

describe.each(goldenModels)('%s', (name) => {
  it('f16: at most as far from float64 as PyTorch in f16, and not computed in f32', async () => {
    const engine = new OnnxEngine({ compute: 'f16', threads: 1 });
    const subject = await goldenMethod(name);
    const program = await compileGolden(engine, subject);
    await expectGradients(program, subject, pytorch[name].f16);
    await expect(expectGradients(program, subject, 1e-6)).rejects.toThrow(/to be less than/);
    await engine.dispose();
  });
});

it('bf16 is refused on the CPU, where ONNX Runtime has no kernel for it', () => {
  expect(() => new OnnxEngine({ compute: 'bf16' })).toThrow(InvalidOptionError);
});

it('bf16 for a GPU: every product with a frozen matrix has both sides in bf16, and its result is widened at once', async () => {
  const { method } = await goldenMethod('untied-bf16');
  const graph = buildTrainingGraph(method);
  const bytes = lowerGraph(graph, { int8: 'widened', compute: 'bf16', device: 'cuda' });
  const { node: nodes, initializer } = fromBinary(ModelProtoSchema, bytes).graph!;
  const stored = initializer.filter((tensor) => tensor.dataType === onnxType.bf16).map(({ name }) => name);
  const narrow = new Set(stored);
  for (const { opType, output, attribute } of nodes) {
    if (opType === 'Cast' && attribute[0]!.i === BigInt(onnxType.bf16)) narrow.add(output[0]!);
  }
  const products = nodes.filter(({ opType, input }) => /MatMul/.test(opType) && input.some((name) => narrow.has(name)));
  // 7 linears a layer, forward and back but for the first layer's q, k and v, whose input needs no gradient.
  expect(products.length).toBeGreaterThanOrEqual(7 * 2);
  for (const { input, output } of products) {
    expect(input.every((name) => narrow.has(name))).toBe(true);
    const users = nodes.filter((node) => node.input.includes(output[0]!));
    expect(users.map(({ opType, attribute }) => [opType, attribute[0]?.i])).toEqual([['Cast', BigInt(onnxType.f32)]]);
  }
});
