/** One function an op, so that models and gradient rules read like formulas. */
import { GraphError } from '../errors.ts';
import type { DType } from './dtype.ts';
import type { GraphBuilder, Node } from './graph.ts';
import type { WeightRef } from './op.ts';
import { type Dim, type Shape, sameShape } from './shape.ts';

export const input = (graph: GraphBuilder, name: string, dtype: DType, shape: Shape): Node =>
  graph.emit('input', [], { name, dtype, shape });
export const parameter = (graph: GraphBuilder, name: string, shape: readonly number[]): Node =>
  graph.emit('parameter', [], { name, shape });
export const weight = (graph: GraphBuilder, ref: WeightRef): Node => graph.emit('weight', [], { ref });
export const constant = (graph: GraphBuilder, value: number): Node => {
  if (!Number.isFinite(value)) throw new GraphError(`a constant must be finite, found ${value}`);
  return graph.emit('constant', [], { value });
};

/** A node, or a number that becomes a constant of the same graph. */
export type Operand = Node | number;

function binary(kind: 'add' | 'sub' | 'mul' | 'div' | 'minimum', a: Operand, b: Operand): Node {
  const graph = typeof a !== 'number' ? a.graph : typeof b !== 'number' ? b.graph : undefined;
  if (!graph) throw new GraphError(`${kind} of two numbers has no graph`);
  const node = (x: Operand) => (typeof x === 'number' ? constant(graph, x) : x);
  return graph.emit(kind, [node(a), node(b)], {});
}

export const add = (a: Operand, b: Operand): Node => binary('add', a, b);
export const sub = (a: Operand, b: Operand): Node => binary('sub', a, b);
export const mul = (a: Operand, b: Operand): Node => binary('mul', a, b);
export const div = (a: Operand, b: Operand): Node => binary('div', a, b);
export const minimum = (a: Operand, b: Operand): Node => binary('minimum', a, b);

export const neg = (x: Node): Node => x.graph.emit('neg', [x], {});
export const exp = (x: Node): Node => x.graph.emit('exp', [x], {});
export const log = (x: Node): Node => x.graph.emit('log', [x], {});
export const sqrt = (x: Node): Node => x.graph.emit('sqrt', [x], {});
export const tanh = (x: Node): Node => x.graph.emit('tanh', [x], {});
export const sigmoid = (x: Node): Node => x.graph.emit('sigmoid', [x], {});
export const silu = (x: Node): Node => x.graph.emit('silu', [x], {});
export const geluTanh = (x: Node): Node => x.graph.emit('geluTanh', [x], {});

/** Which operands are transposed over their last two axes, and a factor. */
export interface MatmulOptions {
  /** Takes a's last two dimensions the other way round. Default false. */
  readonly transposeA?: boolean;
  /** Takes b's last two dimensions the other way round. Default false. */
  readonly transposeB?: boolean;
  /** Multiplies the product. Default 1. */
  readonly alpha?: number;
}
export const matmul = (a: Node, b: Node, options: MatmulOptions = {}): Node =>
  a.graph.emit('matmul', [a, b], {
    transposeA: options.transposeA ?? false,
    transposeB: options.transposeB ?? false,
    alpha: options.alpha ?? 1,
  });

export const reduceSum = (x: Node, axes: readonly number[], keepDims = false): Node =>
  axes.length === 0 ? x : x.graph.emit('reduceSum', [x], { axes, keepDims });
/** Sum over every axis: a scalar. */
export const sumAll = (x: Node): Node =>
  reduceSum(
    x,
    x.shape.map((_, axis) => axis),
  );
export const softmax = (x: Node): Node => x.graph.emit('softmax', [x], {});
export const attend = (scores: Node, values: Node, causal?: Dim): Node =>
  scores.graph.emit('attend', [scores, values], causal === undefined ? {} : { causal });

export const reshape = (x: Node, shape: Shape): Node =>
  sameShape(x.shape, shape) ? x : x.graph.emit('reshape', [x], { shape });
export const transpose = (x: Node, permutation: readonly number[]): Node =>
  permutation.every((axis, i) => axis === i) ? x : x.graph.emit('transpose', [x], { permutation });
export const broadcastTo = (x: Node, shape: Shape): Node =>
  sameShape(x.shape, shape) ? x : x.graph.emit('broadcastTo', [x], { shape });
export const concat = (parts: readonly [Node, ...Node[]], axis: number, dim: Dim): Node =>
  parts[0].graph.emit('concat', parts, { axis, dim });
export const slice = (x: Node, axis: number, from: number, to: number): Node =>
  x.graph.emit('slice', [x], { axis, from, to });
export const pad = (x: Node, axis: number, before: number, after: number): Node =>
  before === 0 && after === 0 ? x : x.graph.emit('pad', [x], { axis, before, after });

export const gather = (table: Node, indices: Node): Node => table.graph.emit('gather', [table, indices], {});
export const scatterAdd = (values: Node, indices: Node, rows: Dim): Node =>
  values.graph.emit('scatterAdd', [values, indices], { rows });

export const rmsNorm = (x: Node, scale: Node, epsilon: number): Node =>
  x.graph.emit('rmsNorm', [x, scale], { epsilon });
export const inverseRms = (x: Node, epsilon: number): Node => x.graph.emit('inverseRms', [x], { epsilon });
export const layerNorm = (x: Node, scale: Node, bias: Node, epsilon: number): Node =>
  x.graph.emit('layerNorm', [x, scale, bias], { epsilon });
export const rope = (x: Node, cos: Node, sin: Node): Node => x.graph.emit('rope', [x, cos, sin], {});
export const dropout = (x: Node, seed: Node, rate: number, stream: number): Node =>
  rate === 0 ? x : x.graph.emit('dropout', [x, seed], { rate, stream });
export const after = (x: Node, gate: Node): Node => x.graph.emit('after', [x, gate], {});
export const crossEntropy = (logits: Node, labels: Node): Node =>
  logits.graph.emit('crossEntropy', [logits, labels], {});
export const crossEntropyGrad = (logits: Node, labels: Node, dy: Node): Node =>
  logits.graph.emit('crossEntropyGrad', [logits, labels, dy], {});
export const linearCrossEntropy = (x: Node, weight: Node, labels: Node): Node =>
  x.graph.emit('linearCrossEntropy', [x, weight, labels], {});
export const linearCrossEntropyGrad = (x: Node, weight: Node, labels: Node): Node =>
  x.graph.emit('linearCrossEntropyGrad', [x, weight, labels], {});
