/**
 * `fast` products with int8 matrices where no gradient is asked for. A token has few rows, and reading the matrix takes most
 * of its time: a second term costs nothing, while outlier columns would read the matrix once more. A prompt has many rows:
 * one term, and outlier columns in f32. Which of the two is known when the graph runs; the product itself stands outside of
 * what is chosen, so that the matrix is packed once. Letters: N rows, O outputs, I inputs.
 */
import type { QuantizedWeightRef } from '../../tensor/op.ts';
import {
  addPairs,
  inputEnergy,
  mostImportant,
  multiplyCodes,
  oneHot,
  outlierCount,
  type Precision,
  pairRows,
  quantizeRows,
} from './frozen-product.ts';
import { type OnnxGraph, onnxType } from './onnx-graph.ts';

/** Up to so many rows take two terms each: no more than the rows that pick outlier columns. */
const FEW = 32;

/** Whether {@link forwardProduct} is meant for this matrix; a narrowing one takes two terms always. */
export const isForwardProduct = (ref: QuantizedWeightRef, { int8, packed = false }: Precision): boolean =>
  ref.dtype === 'int8' &&
  ref.transposed !== undefined &&
  int8 === 'fast' &&
  packed &&
  ref.shape[1] <= ref.shape[0] &&
  outlierCount(ref.shape[1]) > 0;

/**
 * @param x         f32 [N, I]
 * @param siblings  all matrices that x is multiplied with: they share what is done to its rows
 * @returns         f32 [N, O]
 */
export function forwardProduct(
  onnx: OnnxGraph,
  x: string,
  ref: QuantizedWeightRef,
  siblings: readonly QuantizedWeightRef[],
  { unsignedWeights = false }: Precision,
): string {
  const [O, I] = ref.shape;
  const count = outlierCount(I);
  const rowCount = onnx.emit('Shape', [x], { start: 0, end: 1 });
  const isFew = onnx.emit('LessOrEqual', [rowCount, onnx.ints([FEW])]);
  const energy = inputEnergy(onnx, siblings);
  const [codes, scale, outliers, picks] = onnx.eitherAll(`rows ${x} ${energy}`, isFew, ['u8', 'f32', 'f32', 'u8'], {
    yes: (body) => {
      const pairs = pairRows(body, x, I);
      const nothing = body.emit('Slice', [x, body.ints([0]), body.ints([0]), body.ints([0])]);
      return [pairs.codes, pairs.scale, nothing, body.emit('Cast', [nothing], { to: onnxType.u8 })];
    },
    no: (body) => {
      const columns = mostImportant(body, x, count, energy);
      const all = body.emit('Expand', [body.float(1), body.ints([I])]);
      const none = body.emit('Expand', [body.float(0), body.ints([count])]);
      const kept = body.emit('ScatterElements', [all, columns, none]);
      const rows = quantizeRows(body, body.emit('Mul', [x, kept]));
      return [rows.codes, rows.scale, body.emit('Gather', [x, columns], { axis: 1 }), oneHot(body, columns, I)];
    },
  }) as [string, string, string, string];
  const multiply = (left: string) => multiplyCodes(onnx, left, ref, { transposed: true, unsignedWeights });
  const product = multiply(codes);
  const rows = multiply(picks);
  return onnx.either(isFew, 'f32', {
    yes: (body) => addPairs(body, product, scale, O),
    no: (body) => body.emit('Gemm', [outliers, rows, body.emit('Mul', [product, scale])]),
  });
}
