import { fromBinary } from '@bufbuild/protobuf';
import { expect, it } from 'vitest';
import { createRandom } from '../../data/random.ts';
import { parseModelConfig } from '../../model/config-schema.ts';
import { createModel } from '../../model/create-model.ts';
import { buildTrainingGraph } from '../../train/loss.ts';
import { fullMethodFrom, initialiseModel } from '../../train/method.ts';
import { lowerGraph } from './lower.ts';
import { ModelProtoSchema } from './onnx_pb.ts';
import { OnnxGraph } from './onnx-graph.ts';

const graphOf = (bytes: Uint8Array) => fromBinary(ModelProtoSchema, bytes).graph!;

it('tells the shape of every value that an op of ours makes', () => {
  const config = {
    model_type: 'llama',
    hidden_size: 64,
    intermediate_size: 128,
    num_hidden_layers: 2,
    num_attention_heads: 4,
    num_key_value_heads: 2,
    max_position_embeddings: 128,
    vocab_size: 100,
    rms_norm_eps: 1e-5,
    tie_word_embeddings: true,
  };
  const model = createModel(parseModelConfig(config, 'config.json'));
  const training = buildTrainingGraph(fullMethodFrom(model, initialiseModel(model, createRandom(1))));
  const { node, valueInfo, output } = graphOf(lowerGraph(training));
  const told = new Set([...valueInfo, ...output].map(({ name }) => name));
  // Of a reshape, ONNX Runtime cannot find the sizes.
  const reshaped = node.filter(({ opType }) => opType === 'Reshape').flatMap((reshape) => reshape.output);
  expect(reshaped.length).toBeGreaterThan(40);
  // What stays are the two tables and the rows of positions that a rotation takes, and parts of attention that are joined.
  expect(reshaped.filter((name) => !told.has(name)).length).toBeLessThan(reshaped.length / 4);
  // Names of sizes change on the way: what shares a buffer is not far apart.
  const names = new Set(
    valueInfo.flatMap(({ type }) => {
      const dims = type!.value.case === 'tensorType' ? type!.value.value.shape!.dim : [];
      return dims.flatMap(({ value }) => (value.case === 'dimParam' ? [value.value.split('#')[1]] : []));
    }),
  );
  expect(names.size).toBeGreaterThan(4);
  const made = new Set(node.flatMap((each) => each.output));
  for (const { name } of valueInfo) expect(made.has(name), `${name} is told of and not made`).toBe(true);
});

it('packs each matrix once before it packs one of them again', () => {
  const onnx = new OnnxGraph();
  const one = onnx.float(1);
  const zero = onnx.uint8(128);
  const range = (i: number) => ({ name: `w${i}`, file: '/w.safetensors', byteOffset: 64 * i, byteLength: 64 });
  const [x, y] = [onnx.input('x', 'u8', ['N', 8]), onnx.input('y', 'u8', [2, 8])];
  for (let i = 0; i < 40; i++) {
    const matrix = onnx.external(range(i), 'i8', [8, 8]);
    for (const left of [x, y]) onnx.emit('com.microsoft.MatMulIntegerToFloat', [left, matrix, one, one, zero]);
  }
  const seen = new Set<string>();
  const order = graphOf(onnx.toBytes()).node.map(({ input: [, matrix] }) => {
    const isAgain = seen.has(matrix!);
    seen.add(matrix!);
    return isAgain;
  });
  // 26 matrices, the same again, the rest, and these again.
  const runs = [26, 26, 14, 14].flatMap((count, i) => Array<boolean>(count).fill(i % 2 === 1));
  expect(order).toEqual(runs);
});
