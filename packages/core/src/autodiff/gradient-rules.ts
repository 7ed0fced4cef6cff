/**
 * Gradients, one row an op. `dy` is dLoss/dOutput; a row returns dLoss/dInput for each input, or `null` where there is
 * none. Rows build nodes for every input; those nobody asks for are dropped with the rest of the unused graph, so a
 * frozen weight costs nothing at run time.
 */
import { GraphError } from '../errors.ts';
import type { Node } from '../tensor/graph.ts';
import type { OpAttributes, OpKind } from '../tensor/op.ts';
import {
  add,
  broadcastTo,
  crossEntropyGrad,
  div,
  dropout,
  gather,
  inverseRms,
  linearCrossEntropyGrad,
  matmul,
  mul,
  neg,
  pad,
  reduceSum,
  reshape,
  rope,
  scatterAdd,
  sigmoid,
  slice,
  softmax,
  sub,
  tanh,
  transpose,
} from '../tensor/ops.ts';
import { countElements, type Shape, sameDim } from '../tensor/shape.ts';

export interface GradientContext<K extends OpKind> {
  readonly dy: Node;
  readonly inputs: readonly Node[];
  readonly output: Node;
  readonly attributes: OpAttributes[K];
}
export type GradientRule<K extends OpKind> = (context: GradientContext<K>) => readonly (Node | null)[];

/** Sums a gradient over the axes along which its input was broadcast. */
function sumTo(dy: Node, shape: Shape): Node {
  const extra = dy.shape.length - shape.length;
  const leading = Array.from({ length: extra }, (_, axis) => axis);
  const trimmed = reduceSum(dy, leading);
  const stretched = shape.flatMap((dim, axis) => (dim === 1 && !sameDim(trimmed.shape[axis]!, 1) ? [axis] : []));
  return reduceSum(trimmed, stretched, true);
}

const lastAxis = (x: Node): number => x.shape.length - 1;

function lastSize(x: Node): number {
  const size = x.shape.at(-1);
  if (typeof size !== 'number') throw new GraphError(`the last axis must have a known size, found ${size}`);
  return size;
}

const sumLast = (x: Node): Node => reduceSum(x, [lastAxis(x)], true);

/** [..., K] -> [rows, K] */
const flattenRows = (x: Node): Node => reshape(x, [countElements(x.shape.slice(0, -1)), x.shape.at(-1)!]);

function noGradient(reason: string): () => never {
  return () => {
    throw new GraphError(`has no gradient: ${reason}`);
  };
}
const leaf = (): readonly [] => [];

const GELU_SLOPE = Math.sqrt(2 / Math.PI);
const GELU_CUBIC = 0.044715;

export const gradientRules: { readonly [K in OpKind]: GradientRule<K> } = {
  input: leaf,
  parameter: leaf,
  weight: leaf,
  constant: leaf,

  add: ({ dy, inputs: [a, b] }) => [sumTo(dy, a!.shape), sumTo(dy, b!.shape)],
  sub: ({ dy, inputs: [a, b] }) => [sumTo(dy, a!.shape), sumTo(neg(dy), b!.shape)],
  mul: ({ dy, inputs: [a, b] }) => [sumTo(mul(dy, b!), a!.shape), sumTo(mul(dy, a!), b!.shape)],
  div: ({ dy, inputs: [a, b], output }) => [
    sumTo(div(dy, b!), a!.shape),
    sumTo(neg(div(mul(dy, output), b!)), b!.shape),
  ],
  minimum: noGradient('it is used on optimizer state only'),
  neg: ({ dy }) => [neg(dy)],
  exp: ({ dy, output }) => [mul(dy, output)],
  log: ({ dy, inputs: [x] }) => [div(dy, x!)],
  sqrt: ({ dy, output }) => [div(dy, mul(2, output))],
  tanh: ({ dy, output }) => [mul(dy, sub(1, mul(output, output)))],
  sigmoid: ({ dy, output }) => [mul(dy, mul(output, sub(1, output)))],
  silu: ({ dy, inputs: [x], output }) => {
    const s = sigmoid(x!); // d/dx x·s = s + y·(1 - s) = y + s·(1 - y), with the output y = x·s
    return [mul(dy, add(output, mul(s, sub(1, output))))];
  },
  geluTanh: ({ dy, inputs: [x] }) => {
    const square = mul(x!, x!);
    const t = tanh(mul(mul(GELU_SLOPE, x!), add(1, mul(GELU_CUBIC, square))));
    const inner = mul(GELU_SLOPE, add(1, mul(3 * GELU_CUBIC, square)));
    const slope = mul(0.5, add(add(1, t), mul(mul(x!, sub(1, mul(t, t))), inner)));
    return [mul(dy, slope)];
  },

  matmul: ({ dy, inputs: [a, b], attributes: { transposeA, transposeB, alpha } }) => {
    const da = transposeA
      ? matmul(b!, dy, { transposeA: transposeB, transposeB: true, alpha })
      : matmul(dy, b!, { transposeB: !transposeB, alpha });
    // A stack times one matrix: the matrix collects from all rows of the stack.
    const shared = b!.shape.length === 2 && a!.shape.length > 2;
    const left = shared ? flattenRows(a!) : a!;
    const up = shared ? flattenRows(dy) : dy;
    const db = transposeB
      ? matmul(up, left, { transposeA: true, transposeB: transposeA, alpha })
      : matmul(left, up, { transposeA: !transposeA, alpha });
    return [da, db];
  },
  reduceSum: ({ dy, inputs: [x], attributes: { axes, keepDims } }) => {
    const kept = keepDims
      ? dy
      : reshape(
          dy,
          x!.shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim)),
        );
    return [broadcastTo(kept, x!.shape)];
  },
  softmax: ({ dy, output }) => [mul(output, sub(dy, sumLast(mul(dy, output))))],
  attend: ({ dy, inputs: [scores, values], output }) => {
    const probabilities = softmax(scores!);
    // Row sums of dP·P equal those of dO·O, which is d wide instead of S (Dao et al. 2022, arXiv:2205.14135, appendix B).
    const slope = sub(matmul(dy, values!, { transposeB: true }), sumLast(mul(dy, output)));
    return [mul(probabilities, slope), matmul(probabilities, dy, { transposeA: true })];
  },

  reshape: ({ dy, inputs: [x] }) => [reshape(dy, x!.shape)],
  transpose: ({ dy, attributes: { permutation } }) => {
    const inverse = permutation.map((_, axis) => permutation.indexOf(axis));
    return [transpose(dy, inverse)];
  },
  broadcastTo: ({ dy, inputs: [x] }) => [sumTo(dy, x!.shape)],
  concat: ({ dy, inputs, attributes: { axis } }) => {
    let from = 0;
    return inputs.map((part) => {
      const size = part.shape[axis]!;
      if (typeof size !== 'number') throw new GraphError(`concat over a symbolic axis "${size}" has no gradient`);
      from += size;
      return slice(dy, axis, from - size, from);
    });
  },
  slice: ({ dy, inputs: [x], attributes: { axis, from, to } }) => [
    pad(dy, axis, from, (x!.shape[axis] as number) - to),
  ],
  pad: ({ dy, inputs: [x], attributes: { axis, before } }) => [
    slice(dy, axis, before, before + (x!.shape[axis] as number)),
  ],

  gather: ({ dy, inputs: [table, indices] }) => [scatterAdd(dy, indices!, table!.shape[0]!), null],
  scatterAdd: ({ dy, inputs: [, indices] }) => [gather(dy, indices!), null],

  rmsNorm: ({ dy, inputs: [x, weight], attributes: { epsilon } }) => {
    const r = inverseRms(x!, epsilon);
    const unit = mul(x!, r);
    const g = mul(dy, weight!);
    const mean = mul(sumLast(mul(g, unit)), 1 / lastSize(x!));
    return [mul(r, sub(g, mul(unit, mean))), sumTo(mul(dy, unit), weight!.shape)];
  },
  inverseRms: ({ dy, inputs: [x], output }) => {
    const cube = mul(output, mul(output, output));
    return [mul(mul(mul(dy, cube), -1 / lastSize(x!)), x!)];
  },
  layerNorm: ({ dy, inputs: [x, weight, bias], attributes: { epsilon } }) => {
    const width = lastSize(x!);
    const mean = (v: Node) => mul(sumLast(v), 1 / width);
    const centred = sub(x!, mean(x!));
    const r = inverseRms(centred, epsilon);
    const unit = mul(centred, r);
    const g = mul(dy, weight!);
    const dx = mul(r, sub(sub(g, mean(g)), mul(unit, mean(mul(g, unit)))));
    return [dx, sumTo(mul(dy, unit), weight!.shape), sumTo(dy, bias!.shape)];
  },
  rope: ({ dy, inputs: [, cos, sin] }) => [rope(dy, cos!, neg(sin!)), null, null], // a rotation's transpose turns back
  dropout: ({ dy, inputs: [, seed], attributes: { rate, stream } }) => [dropout(dy, seed!, rate, stream), null],
  after: ({ dy }) => [dy, null],
  crossEntropy: ({ dy, inputs: [logits, labels] }) => [crossEntropyGrad(logits!, labels!, dy), null],
  crossEntropyGrad: noGradient('second derivatives are not taken'),
  // Only for frozen weights: dLoss/dWeight would be as large as the weight, and nobody asks for it.
  linearCrossEntropy: ({ dy, inputs: [x, weight, labels] }) => [
    mul(reshape(dy, [...dy.shape, 1]), linearCrossEntropyGrad(x!, weight!, labels!)),
    null,
    null,
  ],
  linearCrossEntropyGrad: noGradient('second derivatives are not taken'),
};
