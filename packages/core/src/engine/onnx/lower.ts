/** Lowers our graph to an ONNX model, one row an op. */
import { EngineError } from '../../errors.ts';
import { dropoutThreshold, MIX_1, MIX_2 } from '../../tensor/dropout-bits.ts';
import { type Graph, isKind, leafName, type Node } from '../../tensor/graph.ts';
import {
  isQuantized,
  type OpAttributes,
  type OpKind,
  type QuantizedWeightRef,
  type WeightRef,
} from '../../tensor/op.ts';
import { countElements, type Dim, dimFactor, dimSymbols, mulDims, type Shape, sameShape } from '../../tensor/shape.ts';
import { type CachedAttention, cachedAttention } from './cached-attention.ts';
import { blockedAttention, findCausalAttention, leftOut } from './causal-attention.ts';
import { forwardProduct, isForwardProduct } from './forward-product.ts';
import {
  chooseOutliers,
  frozenProduct,
  gatherRows,
  type Outliers,
  type Precision,
  type ProductContext,
  widen,
} from './frozen-product.ts';
import type { RowLookup } from './looked-up-rows.ts';
import type { OnnxDevice } from './onnx-device.ts';
import { OnnxGraph, onnxType } from './onnx-graph.ts';
import { stackProduct, WebgpuGraph } from './webgpu-lowering.ts';

interface LoweringContext<K extends OpKind> {
  readonly onnx: OnnxGraph;
  /** Values of the inputs. */
  readonly inputs: readonly string[];
  readonly node: Node<K>;
  readonly attributes: OpAttributes[K];
  readonly precision: Precision;
  readonly device: OnnxDevice;
  /** What else the graph does with the two sides of a product. */
  productOf(node: Node): ProductContext;
  /** Whether the graph also has this kind of node on the same inputs. */
  hasTwin(kind: OpKind): boolean;
  /** Rows of a head for the labels, where they are fed: f32 [C, R, H]. */
  readonly labelRows: string | undefined;
  /** A value that holds a dimension as int64 [1]. */
  dimension(dim: Dim): string;
  /** A value that holds a shape as int64 [rank]. */
  shapeOf(shape: Shape): string;
}
type Lowering<K extends OpKind> = (context: LoweringContext<K>) => string;

const simple =
  (opType: string) =>
  ({ onnx, inputs }: { readonly onnx: OnnxGraph; readonly inputs: readonly string[] }): string =>
    onnx.emit(opType, inputs);

/** Every node of a fed kind has its value before lowering starts. */
const fed = (): never => {
  throw new EngineError('inputs and parameters are not lowered');
};

const softmax = (onnx: OnnxGraph, x: string): string => onnx.emit('Softmax', [x], { axis: -1 });
const column = (onnx: OnnxGraph, x: string): string => onnx.emit('Unsqueeze', [x, onnx.ints([1])]);

function crossEntropy(onnx: OnnxGraph, logits: string, labels: string): string {
  // log sum exp(z) = max z - log max softmax(z): the softmax is needed for the gradient anyway, and this is exact
  // also where the label's own probability underflows.
  const largest = (value: string) => onnx.emit('ReduceMax', [value, onnx.ints([1])], { keepdims: 0 });
  const logSum = onnx.emit('Sub', [largest(logits), onnx.emit('Log', [largest(softmax(onnx, logits))])]);
  const picked = onnx.emit('GatherElements', [logits, column(onnx, labels)], { axis: 1 });
  return onnx.emit('Sub', [logSum, onnx.emit('Squeeze', [picked, onnx.ints([1])])]);
}

/** `mix` of `tensor/dropout-bits.ts` on uint32 values. */
function mix(onnx: OnnxGraph, value: string): string {
  const shifted = (x: string, bits: number) =>
    onnx.emit('BitwiseXor', [x, onnx.emit('BitShift', [x, onnx.uint32(bits)], { direction: 'RIGHT' })]);
  let x = onnx.emit('Mul', [shifted(value, 16), onnx.uint32(MIX_1)]);
  x = onnx.emit('Mul', [shifted(x, 15), onnx.uint32(MIX_2)]);
  return shifted(x, 16);
}

const cast = (onnx: OnnxGraph, x: string, type: keyof typeof onnxType): string =>
  onnx.emit('Cast', [x], { to: onnxType[type] });

export const lowerings: { readonly [K in OpKind]: Lowering<K> } = {
  input: fed,
  parameter: fed,
  weight: ({ onnx, attributes: { ref } }) => widen(onnx, ref),
  constant: ({ onnx, attributes: { value } }) => onnx.float(value),

  add: simple('Add'),
  sub: simple('Sub'),
  mul: simple('Mul'),
  div: simple('Div'),
  minimum: simple('Min'),
  neg: simple('Neg'),
  exp: simple('Exp'),
  log: simple('Log'),
  sqrt: simple('Sqrt'),
  tanh: simple('Tanh'),
  sigmoid: simple('Sigmoid'),
  silu: ({ onnx, inputs }) => onnx.emit('com.microsoft.QuickGelu', inputs, { alpha: { float: 1 } }),
  geluTanh: ({ onnx, inputs }) => onnx.emit('com.microsoft.FastGelu', inputs),

  matmul: (context) => {
    const { onnx, inputs, node, attributes, precision, device } = context;
    const { transposeA, transposeB, alpha } = attributes;
    const [left, right] = node.inputs.map((_, i) => storedInput(node, i, precision));
    if (right && !transposeA && node.shape.length === 2) {
      const around = context.productOf(node);
      const isForward = transposeB && around.graphIsForward && isQuantized(right) && isForwardProduct(right, precision);
      const product = isForward
        ? forwardProduct(onnx, inputs[0]!, right, around.siblings ?? [right], precision)
        : frozenProduct(onnx, inputs[0]!, right, transposeB, precision, around);
      return alpha === 1 ? product : onnx.emit('Mul', [product, onnx.float(alpha)]);
    }
    const operands = [left ? widen(onnx, left) : inputs[0]!, right ? widen(onnx, right) : inputs[1]!];
    if (!transposeA && !transposeB && alpha === 1) return onnx.emit('MatMul', operands);
    if (device === 'webgpu' && node.shape.length > 2) {
      const [a, b] = operands as [string, string];
      const [aShape, bShape] = node.inputs.map(({ shape }) => shape) as [Shape, Shape];
      return stackProduct(onnx, { a, b, aShape, bShape, transposeA, transposeB, alpha });
    }
    const flags = { transA: Number(transposeA), transB: Number(transposeB), alpha: { float: alpha } };
    return onnx.emit('com.microsoft.FusedMatMul', operands, flags);
  },
  reduceSum: ({ onnx, inputs, attributes: { axes, keepDims } }) =>
    onnx.emit('ReduceSum', [inputs[0]!, onnx.ints(axes)], { keepdims: Number(keepDims) }),
  softmax: ({ onnx, inputs }) => softmax(onnx, inputs[0]!),
  attend: ({ onnx, inputs: [scores, values] }) => onnx.emit('MatMul', [softmax(onnx, scores!), values!]),

  reshape: ({ onnx, inputs, attributes: { shape }, shapeOf }) => {
    const symbolic = shape.filter((dim) => typeof dim === 'string').length;
    // One unknown dimension can be left to the runtime, unless another is 0.
    const target =
      symbolic === 1 && !shape.includes(0)
        ? onnx.ints(shape.map((d) => (typeof d === 'number' ? d : -1)))
        : shapeOf(shape);
    return onnx.emit('Reshape', [inputs[0]!, target], { allowzero: 1 });
  },
  transpose: ({ onnx, inputs, attributes: { permutation } }) => onnx.emit('Transpose', inputs, { perm: permutation }),
  broadcastTo: ({ onnx, inputs, attributes: { shape }, shapeOf }) => onnx.emit('Expand', [inputs[0]!, shapeOf(shape)]),
  concat: ({ onnx, inputs, attributes: { axis } }) => onnx.emit('Concat', inputs, { axis }),
  slice: ({ onnx, inputs, attributes: { axis, from, to } }) =>
    onnx.emit('Slice', [inputs[0]!, onnx.ints([from]), onnx.ints([to]), onnx.ints([axis])]),
  pad: ({ onnx, inputs, attributes: { axis, before, after } }) =>
    onnx.emit('Pad', [inputs[0]!, onnx.ints([before, after]), onnx.float(0), onnx.ints([axis])]),

  gather: ({ onnx, inputs, node, device, precision }) => {
    const [table] = node.inputs as [Node];
    if (!isKind(table, 'weight')) return onnx.emit('Gather', inputs, { axis: 0 });
    const { ref } = table.attributes;
    // Not every WebGPU device has f16; widened weights are folded on the CPU when the session is made.
    if (ref.dtype === 'f16' && device === 'webgpu') {
      return onnx.emit('Gather', [widen(onnx, ref), inputs[1]!], { axis: 0 });
    }
    return gatherRows(onnx, ref, inputs[1]!, precision);
  },
  scatterAdd: ({ onnx, inputs: [values, indices], node, shapeOf }) => {
    const zeros = onnx.emit('Expand', [onnx.float(0), shapeOf(node.shape)]);
    const rows = column(onnx, cast(onnx, indices!, 'i64'));
    return onnx.emit('ScatterND', [zeros, rows, values!], { reduction: 'add' });
  },

  rmsNorm: ({ onnx, inputs, attributes: { epsilon } }) =>
    onnx.emit('SimplifiedLayerNormalization', inputs, { axis: -1, epsilon: { float: epsilon }, stash_type: 1 }),
  inverseRms: ({ onnx, inputs: [x], node, attributes: { epsilon } }) => {
    // Written out: the norm's own second output is wrong on some devices, and says nothing.
    const width = node.inputs[0]!.shape.at(-1);
    if (typeof width !== 'number') throw new EngineError(`inverseRms: the last axis must be known, found ${width}`);
    const sum = onnx.emit('ReduceSumSquare', [x!, onnx.ints([-1])], { keepdims: 1 });
    const mean = onnx.emit('Mul', [sum, onnx.float(1 / width)]);
    return onnx.emit('Reciprocal', [onnx.emit('Sqrt', [onnx.emit('Add', [mean, onnx.float(epsilon)])])]);
  },
  layerNorm: ({ onnx, inputs, attributes: { epsilon } }) =>
    onnx.emit('LayerNormalization', inputs, { axis: -1, epsilon: { float: epsilon } }),
  rope: ({ onnx, inputs: [x, cos, sin], node, shapeOf, dimension }) => {
    // The op looks rows up in a table; ours hold one row for each (b, t), so position (b, t) is row b·T + t.
    const [batch, , positions, size] = node.shape as [Dim, Dim, Dim, number];
    const rows = mulDims(batch, positions);
    const count = onnx.emit('Squeeze', [dimension(rows), onnx.ints([0])]);
    const ids = onnx.emit('Reshape', [
      onnx.emit('Range', [onnx.int(0), count, onnx.int(1)]),
      shapeOf([batch, positions]),
    ]);
    const table = (value: string) => onnx.emit('Reshape', [value, onnx.ints([-1, size / 2])]);
    return onnx.emit('com.microsoft.RotaryEmbedding', [x!, ids, table(cos!), table(sin!)]);
  },
  dropout: ({ onnx, inputs: [x, seed], node, attributes: { rate, stream }, dimension, shapeOf }) => {
    const salt = onnx.uint32(Math.imul(stream, 0x9e3779b9) >>> 0);
    const key = mix(onnx, onnx.emit('BitwiseXor', [cast(onnx, seed!, 'u32'), salt]));
    const count = onnx.emit('Squeeze', [dimension(countElements(node.shape)), onnx.ints([0])]);
    const index = cast(onnx, onnx.emit('Range', [onnx.int(0), count, onnx.int(1)]), 'u32');
    const bits = mix(onnx, onnx.emit('BitwiseXor', [index, key]));
    const upper = onnx.emit('BitShift', [bits, onnx.uint32(8)], { direction: 'RIGHT' });
    const kept = onnx.emit('GreaterOrEqual', [upper, onnx.uint32(dropoutThreshold(rate))]);
    const mask = onnx.emit('Reshape', [kept, shapeOf(node.shape)]);
    return onnx.emit('Where', [mask, onnx.emit('Mul', [x!, onnx.float(1 / (1 - rate))]), onnx.float(0)]);
  },
  // No bytes are moved: the shape is the gate's, which is not known before the gate is computed.
  after: ({ onnx, inputs: [x, gate] }) => onnx.emit('Reshape', [x!, onnx.emit('Shape', [gate!])], { allowzero: 1 }),
  crossEntropy: ({ onnx, inputs: [logits, labels] }) => crossEntropy(onnx, logits!, labels!),
  crossEntropyGrad: ({ onnx, inputs: [logits, labels, dy] }) => {
    const scaled = onnx.emit('Mul', [softmax(onnx, logits!), column(onnx, dy!)]);
    const update = onnx.emit('Neg', [column(onnx, dy!)]);
    return onnx.emit('ScatterElements', [scaled, column(onnx, labels!), update], { axis: 1, reduction: 'add' });
  },
  linearCrossEntropy: (context) => chunkedHead(context, true, context.hasTwin('linearCrossEntropyGrad'))[0]!,
  linearCrossEntropyGrad: (context) => {
    const withLoss = context.hasTwin('linearCrossEntropy');
    return chunkedHead(context, withLoss, true)[withLoss ? 1 : 0]!;
  },
};

/**
 * Head and loss of one chunk of rows after the other. Where loss and gradient are both wanted, one loop makes both, so
 * that the logits are computed once.
 */
function chunkedHead(
  context: LoweringContext<'linearCrossEntropy'> | LoweringContext<'linearCrossEntropyGrad'>,
  loss: boolean,
  gradient: boolean,
): readonly string[] {
  const { onnx, inputs, node, precision, device, labelRows, shapeOf } = context;
  const [x, weight, labels] = inputs as [string, string, string];
  const ref = storedInput(node, 1, precision);
  /** nats [R], and the slope for rows [R, H], of one chunk. */
  const head = (body: OnnxGraph, rows: string, at: string, fedOwn?: string, outliers?: Outliers): string[] => {
    const product = (left: string, transposed: boolean) => {
      const context = transposed ? { outliers } : { probabilities: true };
      if (ref) return frozenProduct(body, left, ref, transposed, precision, context);
      return body.emit('com.microsoft.FusedMatMul', [left, weight], { transB: Number(transposed) });
    };
    const logits = product(rows, true);
    const nats = crossEntropy(body, logits, at);
    if (!gradient) return [nats];
    const mean = product(softmax(body, logits), false);
    const own = fedOwn ?? (ref ? gatherRows(body, ref, at, precision) : body.emit('Gather', [weight, at], { axis: 0 }));
    return [...(loss ? [nats] : []), body.emit('Sub', [mean, own])];
  };
  if (device === 'webgpu') {
    const { shape } = node.inputs[0]!;
    const rows = onnx.emit('Reshape', [x, onnx.ints([-1, shape[2] as number])]);
    const outputs = head(onnx, rows, onnx.emit('Reshape', [labels, onnx.ints([-1])]));
    const shapes = [...(loss ? [shape.slice(0, 2)] : []), ...(gradient ? [shape] : [])];
    return outputs.map((value, i) => onnx.emit('Reshape', [value, shapeOf(shapes[i]!)]));
  }
  const { shape } = node.inputs[0]!;
  const allRows = () => onnx.emit('Reshape', [x, onnx.ints([-1, shape[2] as number])]);
  const outliers = ref && isQuantized(ref) ? chooseOutliers(onnx, allRows(), ref, precision) : undefined;
  const loop = [
    { value: x, type: 'f32', shape },
    { value: labels, type: 'i32', shape: node.inputs[2]!.shape },
    ...(gradient && labelRows ? [{ value: labelRows, type: 'f32' as const, shape }] : []),
  ] as const;
  return onnx.scan(`head ${ref?.name ?? weight} ${loss} ${gradient}`, loop, (body, [rows, at, own]) =>
    head(body, rows!, at!, own, outliers).map((value) => ({ value, type: 'f32' as const })),
  );
}

/** Name of a leaf or an output inside the ONNX model; the prefix keeps them apart from each other. */
export const feedName = (name: string): string => `in:${name}`;
export const outputName = (name: string): string => `out:${name}`;

/** Kinds that know what to do with a quantised weight; to all others it is an f32 matrix. */
const productKinds: ReadonlySet<OpKind> = new Set(['matmul', 'linearCrossEntropy', 'linearCrossEntropyGrad']);

const twinKey = (kind: OpKind, { inputs }: Node): string => `${kind}(${inputs.map(({ id }) => id)})`;

/** Weights that a backward pass multiplies with. */
export function weightsOfGradients(graph: Graph): Node[] {
  return graph.nodes.flatMap((node) => {
    if (node.kind === 'linearCrossEntropyGrad') return [node.inputs[1]!];
    return isKind(node, 'matmul') && !node.attributes.transposeB ? [node.inputs[1]!] : [];
  });
}

/** Sums of rows whose norm is wanted too: ONNX Runtime makes both in one pass. */
function findJoinedNorms(graph: Graph): Map<Node, Node<'rmsNorm'>> {
  const found = new Map<Node, Node<'rmsNorm'>>();
  for (const norm of graph.nodes) {
    if (!isKind(norm, 'rmsNorm')) continue;
    const [sum, scale] = norm.inputs as [Node, Node];
    const isLeaf = isKind(scale, 'weight') || leafName(scale) !== undefined;
    const isPlain = isKind(sum, 'add') && sum.inputs.every(({ shape }) => sameShape(shape, sum.shape));
    if (isLeaf && isPlain && sum.shape.length === 2) found.set(sum, norm);
  }
  return found;
}

/** Whether matrices of 4 bits are multiplied: their point is to take little memory. */
export const multipliesFourBits = (graph: Graph): boolean =>
  graph.nodes.some((node) => {
    const ref = isKind(node, 'matmul') ? quantizedInput(node, 1) : undefined;
    return ref?.dtype === 'nf4' || ref?.dtype === 'int4';
  });

/**
 * Whether the way back takes probabilities from the way there. To compute them again is 2 to 5 % of a step whose products are of
 * integers, and less than 1 % where matrices of 4 bits are widened.
 */
export const keepsProbabilities = (graph: Graph): boolean => !multipliesFourBits(graph);

/** Where an input is a weight that is not multiplied as f32, how it is stored. */
function storedInput(node: Node, index: number, precision: Precision): WeightRef | undefined {
  const input = node.inputs[index]!;
  if (!isKind(input, 'weight')) return undefined;
  const { ref } = input.attributes;
  return isMultipliedAsStored(ref, precision) ? ref : undefined;
}

const isMultipliedAsStored = (ref: WeightRef, { compute = 'f32' }: Precision): boolean =>
  isQuantized(ref) || (compute !== 'f32' && ref.shape.length === 2);

/** Where an input is a quantised weight, how it is stored. */
function quantizedInput(node: Node, index: number): QuantizedWeightRef | undefined {
  const input = node.inputs[index]!;
  return isKind(input, 'weight') && isQuantized(input.attributes.ref) ? input.attributes.ref : undefined;
}

export interface LoweringOptions extends Precision {
  readonly device?: OnnxDevice;
  /** Lookups whose rows are fed, each under {@link rowsName} of its place in the list. Default: none. */
  readonly lookups?: readonly RowLookup[];
  /** Attentions whose caches are fed as buffers; as outputs these give the rows of the run alone. Default: none. */
  readonly caches?: readonly CachedAttention[];
}

/**
 * Values share a buffer where their sizes have one name, and it is held from the first of them to the last. So names change every so
 * many nodes, about half a layer: with the same ones all the way, 1,536 tokens with checkpointing took a third more.
 */
const STRETCH = 32;

/** Names the axis of positions that a buffer has room for. */
const BUFFER_ROOM = 'room';

export const rowsName = (index: number): string => `rows:${index}`;

/** @returns the bytes of an ONNX model whose frozen weights point into their safetensors files */
export function lowerGraph(graph: Graph, options: LoweringOptions = { int8: 'accurate' }): Uint8Array {
  const { device = 'cpu', lookups = [], caches = [], ...precision } = options;
  const onnx = device === 'webgpu' ? new WebgpuGraph() : new OnnxGraph();
  const values = new Map<Node, string>();
  const symbols = new Map<string, string>();

  const dimension = (dim: Dim): string => {
    if (typeof dim === 'number') return onnx.ints([dim]);
    const factors = dimSymbols(dim).map((symbol) => {
      const value = symbols.get(symbol);
      if (value === undefined) throw new EngineError(`symbol "${symbol}" stands in no input's shape on its own`);
      return value;
    });
    const factor = dimFactor(dim);
    if (factor !== 1) factors.push(onnx.ints([factor]));
    return factors.reduce((product, value) => onnx.emit('Mul', [product, value]));
  };
  const shapeOf = (shape: Shape): string => {
    if (shape.every((dim) => typeof dim === 'number')) return onnx.ints(shape as number[]);
    return onnx.emit('Concat', shape.map(dimension), { axis: 0 });
  };
  const learnSymbols = (node: Node, value: string): void => {
    for (const [axis, dim] of node.shape.entries()) {
      if (typeof dim !== 'string' || dim.includes('*') || symbols.has(dim)) continue;
      symbols.set(dim, onnx.emit('Shape', [value], { start: axis, end: axis + 1 }));
    }
  };

  const cachedRows = caches.flatMap(({ key, value }) => [key, value]);
  const buffers = new Set(cachedRows.map(({ past }) => past));
  for (const node of graph.nodes) {
    const name = leafName(node);
    if (name === undefined) continue;
    const isBuffer = buffers.has(node);
    const shape = isBuffer ? node.shape.with(2, BUFFER_ROOM) : node.shape;
    const value = onnx.input(feedName(name), node.dtype, shape);
    values.set(node, value);
    if (!isBuffer) learnSymbols(node, value);
  }
  for (const { past, fresh, joined } of cachedRows) {
    const [earlier, own, all] = [past, fresh, joined].map(({ shape }) => shape[2] as string) as [
      string,
      string,
      string,
    ];
    symbols.set(earlier, onnx.emit('Sub', [dimension(all), dimension(own)]));
  }
  const labelRows = new Map<string, string>();
  for (const [i, { node }] of lookups.entries()) {
    const rows = onnx.input(rowsName(i), 'f32', node.shape);
    if (node.kind === 'gather') values.set(node, rows);
    else labelRows.set(twinKey('linearCrossEntropyGrad', node), rows);
  }
  const valueFor = (node: Node, user?: OpKind): string => {
    if (!isKind(node, 'weight')) return values.get(node)!;
    const { ref } = node.attributes;
    const readsItself =
      user === 'gather' || (isMultipliedAsStored(ref, precision) && user !== undefined && productKinds.has(user));
    return readsItself ? '' : widen(onnx, ref);
  };
  const goingBack = new Set(weightsOfGradients(graph));
  const siblings = new Map<Node, QuantizedWeightRef[]>();
  for (const node of graph.nodes) {
    if (!isKind(node, 'matmul') || !node.attributes.transposeB) continue;
    const ref = quantizedInput(node, 1);
    const [left] = node.inputs as [Node];
    if (ref) siblings.set(left, [...(siblings.get(left) ?? []), ref]);
  }
  // WebGPU has no kernel for integer shapes: each block would wait for the CPU.
  const attentions = device === 'webgpu' ? [] : findCausalAttention(graph);
  const inBlocks = new Map(
    attentions.flatMap((attention) => [...attention.results.keys()].map((node) => [node, attention])),
  );
  const skipped = leftOut(graph, attentions);
  const probabilities = keepsProbabilities(graph) ? 'kept' : 'again';
  const withCache = new Map(caches.map((cached) => [cached.attention.attend as Node, cached]));
  const [firstBuffer] = buffers;
  const joinedRows = new Map(cachedRows.map(({ joined, fresh }) => [joined, fresh]));
  const joinedNorms =
    device === 'cpu' && goingBack.size === 0 ? findJoinedNorms(graph) : new Map<Node, Node<'rmsNorm'>>();
  const twins = new Set(graph.nodes.map((node) => twinKey(node.kind, node)));
  let stretch = 0;
  const describe = (value: string, shape: Shape, dtype: 'f32' | 'i32' = 'f32'): void =>
    onnx.describe(
      value,
      dtype,
      shape.map((dim) => (typeof dim === 'number' ? dim : `${dim}#${stretch}`)),
    );
  for (const [i, node] of graph.nodes.entries()) {
    stretch = Math.floor(i / STRETCH);
    if (values.has(node) || isKind(node, 'weight') || skipped.has(node)) continue;
    const fresh = joinedRows.get(node);
    if (fresh) {
      values.set(node, values.get(fresh)!);
      continue;
    }
    const cached = withCache.get(node);
    if (cached) {
      values.set(node, cachedAttention({ onnx, valueFor, dimension, shapeOf }, cached, firstBuffer!));
      continue;
    }
    const attention = inBlocks.get(node);
    if (attention) {
      const value = blockedAttention({ onnx, valueFor, dimension, shapeOf, probabilities, describe }, attention, node);
      values.set(node, value);
      describe(value, node.shape);
      continue;
    }
    const inputs = node.inputs.map((input) => valueFor(input, node.kind));
    const norm = joinedNorms.get(node);
    if (norm) {
      const scale = valueFor(norm.inputs[1]!, norm.kind);
      const epsilon = { float: norm.attributes.epsilon };
      const both = onnx.emitAll('com.microsoft.SkipSimplifiedLayerNormalization', [...inputs, scale], { epsilon }, 4);
      values.set(norm, both[0]!);
      values.set(node, both[3]!);
      continue;
    }
    const lower = lowerings[node.kind] as Lowering<OpKind>;
    const value = lower({
      onnx,
      inputs,
      node,
      attributes: node.attributes,
      precision,
      device,
      productOf: ({ inputs: [left, right] }) => ({
        siblings: siblings.get(left!) ?? [],
        forwardOnly: !goingBack.has(right!),
        graphIsForward: goingBack.size === 0,
      }),
      hasTwin: (kind) => twins.has(twinKey(kind, node)),
      labelRows: labelRows.get(twinKey('linearCrossEntropyGrad', node)),
      dimension,
      shapeOf,
    });
    values.set(node, value);
    describe(value, node.shape, node.dtype);
    if (isKind(node, 'concat')) learnSymbols(node, value);
  }
  for (const [name, node] of graph.outputs) {
    const { shape } = joinedRows.get(node) ?? node;
    onnx.output(outputName(name), valueFor(node), node.dtype, shape);
  }
  return onnx.toBytes();
}
