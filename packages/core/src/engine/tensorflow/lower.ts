/**
 * Lowers our graph to raw TensorFlow ops, one row an op.
 * Letters as in `tensor/op.ts`; K the inner size of a product.
 */
import { EngineError, GraphError } from '../../errors.ts';
import { dropoutThreshold, MIX_1, MIX_2 } from '../../tensor/dropout-bits.ts';
import type { StorageDType } from '../../tensor/dtype.ts';
import { type Graph, isKind, leafName, type Node } from '../../tensor/graph.ts';
import { isQuantized, type OpAttributes, type OpKind } from '../../tensor/op.ts';
import { countElements, type Dim, dimFactor, dimSymbols, mulDims, type Shape } from '../../tensor/shape.ts';
import type { ComputeDType } from '../engine.ts';
import { boolAttribute, intAttribute, type Plan, PlanBuilder, TfType, typeAttribute } from './plan.ts';
import { gatherRows, type HeldDType, type HeldWeight, storages } from './storage.ts';

export interface LoweringOptions {
  readonly compute: ComputeDType;
  /** Round to bf16 and multiply in f32: for processors that have no bf16 product of their own. */
  readonly widensBf16: boolean;
  /** How frozen matrices are held; `stored` keeps the type of the file. Vectors are held as f32, quantised ones as they are. */
  readonly weights: 'stored' | StorageDType;
}

interface LoweringContext<K extends OpKind> {
  readonly plan: PlanBuilder;
  readonly node: Node<K>;
  readonly attributes: OpAttributes[K];
  readonly compute: ComputeDType;
  readonly widensBf16: boolean;
  /** Register of an input as f32, or as i32 where the graph says so. */
  input(index: number): number;
  /** An input that is a frozen weight, as it is held. */
  frozen(index: number): { readonly type: HeldDType; readonly held: HeldWeight } | undefined;
}
type Lowering<K extends OpKind> = (context: LoweringContext<K>) => number;

const simple =
  (op: string) =>
  ({ plan, node, input }: LoweringContext<OpKind>): number =>
    plan.emit(
      op,
      node.inputs.map((_, i) => input(i)),
    );

/** Leaves have their registers before lowering starts. */
const leaf = (): never => {
  throw new EngineError('leaves are not lowered');
};

const mul = (plan: PlanBuilder, a: number, b: number): number => plan.emit('Mul', [a, b]);
const add = (plan: PlanBuilder, a: number, b: number): number => plan.emit('AddV2', [a, b]);
const column = (plan: PlanBuilder, x: number): number => plan.emit('ExpandDims', [x, plan.int(1)]);

/** `mix` of `tensor/dropout-bits.ts` on uint32 values. */
function mix(plan: PlanBuilder, value: number): number {
  const shifted = (x: number, bits: number) =>
    plan.emit('BitwiseXor', [x, plan.emit('RightShift', [x, plan.uint32(bits)])]);
  let x = mul(plan, shifted(value, 16), plan.uint32(MIX_1));
  x = mul(plan, shifted(x, 15), plan.uint32(MIX_2));
  return shifted(x, 16);
}

function inverseRms(plan: PlanBuilder, x: number, epsilon: number): number {
  const mean = plan.emit('Mean', [plan.emit('Square', [x]), plan.ints([-1])], [boolAttribute('keep_dims', true)]);
  return plan.emit('Rsqrt', [add(plan, mean, plan.float(epsilon))]);
}

/** Rough number of elements, to tell large from small: a symbol counts as a few hundred. */
const roughSize = (shape: Shape): number =>
  shape.reduce<number>((size, dim) => size * dimFactor(dim) * 256 ** dimSymbols(dim).length, 1);

interface Transposes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

const matMul = (plan: PlanBuilder, a: number, b: number, { transposeA, transposeB }: Transposes): number =>
  plan.emit('MatMul', [a, b], [boolAttribute('transpose_a', transposeA), boolAttribute('transpose_b', transposeB)]);

/** Below this a row counts as zero: its reciprocal would overflow. */
const TINY = 1e-30;

/**
 * x [rows, K] times a frozen matrix in 16 bits; the result is f32.
 *
 * f16 cannot hold what a backward pass needs, gradients of 1e-8 beside activations of 1e3. Instead of one factor on the
 * loss (Micikevicius et al. 2018, arXiv:1710.03740) each row is divided by its largest element before the product and
 * multiplied by it after, in f32: no step is ever skipped, and rows do not press each other out of range.
 */
function halfProduct(
  plan: PlanBuilder,
  x: number,
  weight: (type: TfType) => number,
  type: 'f16' | 'bf16',
  transposeB: boolean,
  widensBf16: boolean,
): number {
  const flags = { transposeA: false, transposeB };
  if (type === 'bf16') {
    const narrow = plan.cast(x, TfType.bfloat16);
    if (widensBf16) {
      const wide = (value: number) => plan.cast(value, TfType.float);
      return matMul(plan, wide(narrow), wide(weight(TfType.bfloat16)), flags);
    }
    const product = matMul(plan, narrow, weight(TfType.bfloat16), flags);
    return plan.cast(product, TfType.float);
  }
  const largest = plan.emit('Max', [plan.emit('Abs', [x]), plan.ints([-1])], [boolAttribute('keep_dims', true)]);
  const scale = plan.emit('Maximum', [largest, plan.float(TINY)]);
  const unit = plan.cast(plan.emit('RealDiv', [x, scale]), TfType.half);
  return mul(plan, plan.cast(matMul(plan, unit, weight(TfType.half), flags), TfType.float), scale);
}

/** x [rows, K] times the weight that is an input of the node, in the type in which such products are computed. */
function timesFrozen(
  { plan, compute, widensBf16, input, frozen }: LoweringContext<OpKind>,
  x: number,
  index: number,
  transposeB: boolean,
): number {
  const weight = frozen(index);
  if (!weight || compute === 'f32') return matMul(plan, x, input(index), { transposeA: false, transposeB });
  const read = (type: TfType) => storages[weight.type].read(plan, weight.held, type);
  return halfProduct(plan, x, read, compute, transposeB, widensBf16);
}

function lowerMatmul(context: LoweringContext<'matmul'>): number {
  const { plan, node, attributes, input, frozen } = context;
  const { transposeA, transposeB, alpha } = attributes;
  const [aNode, bNode] = node.inputs as [Node, Node];
  // alpha goes where it is cheapest.
  const sizes = [roughSize(aNode.shape), frozen(1) ? Infinity : roughSize(bNode.shape), roughSize(node.shape)];
  const scaled = alpha === 1 ? -1 : sizes.indexOf(Math.min(...sizes));
  const operand = (index: number) => (scaled === index ? mul(plan, input(index), plan.float(alpha)) : input(index));

  const product = (): number => {
    if (bNode.shape.length > 2) {
      return plan.emit(
        'BatchMatMulV2',
        [operand(0), operand(1)],
        [boolAttribute('adj_x', transposeA), boolAttribute('adj_y', transposeB)],
      );
    }
    const isStack = aNode.shape.length > 2;
    const a = operand(0);
    const rows = isStack
      ? plan.emit('Reshape', [a, plan.shape([countElements(aNode.shape.slice(0, -1)), aNode.shape.at(-1)!])])
      : a;
    const out = transposeA
      ? matMul(plan, rows, operand(1), { transposeA, transposeB })
      : timesFrozen({ ...context, input: operand }, rows, 1, transposeB);
    return isStack ? plan.emit('Reshape', [out, plan.shape(node.shape)]) : out;
  };
  const result = product();
  return scaled === 2 ? mul(plan, result, plan.float(alpha)) : result;
}

export const lowerings: { readonly [K in OpKind]: Lowering<K> } = {
  input: leaf,
  parameter: leaf,
  weight: leaf,
  constant: ({ plan, attributes: { value } }) => plan.float(value),

  add: simple('AddV2'),
  sub: simple('Sub'),
  mul: simple('Mul'),
  div: simple('RealDiv'),
  minimum: simple('Minimum'),
  neg: simple('Neg'),
  exp: simple('Exp'),
  log: simple('Log'),
  sqrt: simple('Sqrt'),
  tanh: simple('Tanh'),
  sigmoid: simple('Sigmoid'),
  silu: ({ plan, input }) => mul(plan, input(0), plan.emit('Sigmoid', [input(0)])),
  geluTanh: ({ plan, input }) => {
    // (1 + tanh u) / 2 = sigmoid(2u)
    const x = input(0);
    const slope = Math.sqrt(8 / Math.PI);
    const cubic = mul(plan, plan.emit('Square', [x]), plan.float(slope * 0.044715));
    const u = mul(plan, x, add(plan, cubic, plan.float(slope)));
    return mul(plan, x, plan.emit('Sigmoid', [u]));
  },

  matmul: lowerMatmul,
  reduceSum: ({ plan, input, attributes: { axes, keepDims } }) =>
    plan.emit('Sum', [input(0), plan.ints(axes)], [boolAttribute('keep_dims', keepDims)]),
  softmax: simple('Softmax'),
  attend: ({ plan, input }) => plan.emit('BatchMatMulV2', [plan.emit('Softmax', [input(0)]), input(1)]),

  reshape: ({ plan, input, attributes: { shape } }) => plan.emit('Reshape', [input(0), plan.shape(shape)]),
  transpose: ({ plan, input, attributes: { permutation } }) =>
    plan.emit('Transpose', [input(0), plan.ints(permutation)]),
  broadcastTo: ({ plan, input, attributes: { shape } }) => plan.emit('BroadcastTo', [input(0), plan.shape(shape)]),
  concat: ({ plan, node, input, attributes: { axis } }) =>
    plan.emit(
      'ConcatV2',
      [...node.inputs.map((_, i) => input(i)), plan.int(axis)],
      [
        intAttribute('N', node.inputs.length),
        typeAttribute('T', node.dtype === 'i32' ? TfType.int32 : TfType.float),
        typeAttribute('Tidx', TfType.int32),
      ],
    ),
  slice: ({ plan, node, input, attributes: { axis, from, to } }) => {
    const along = (value: number, rest: number) => plan.ints(node.shape.map((_, i) => (i === axis ? value : rest)));
    return plan.emit('Slice', [input(0), along(from, 0), along(to - from, -1)]);
  },
  pad: ({ plan, node, input, attributes: { axis, before, after } }) =>
    plan.emit('Pad', [input(0), plan.intRows(node.shape.map((_, i) => (i === axis ? [before, after] : [0, 0])))]),

  gather: ({ plan, input, frozen }) => {
    const table = frozen(0);
    return table ? storages[table.type].gather(plan, table.held, input(1)) : gatherRows(plan, input(0), input(1));
  },
  scatterAdd: ({ plan, input, attributes: { rows } }) =>
    plan.emit('UnsortedSegmentSum', [input(0), input(1), plan.size(rows)]),

  rmsNorm: ({ plan, input, attributes: { epsilon } }) =>
    mul(plan, mul(plan, input(0), inverseRms(plan, input(0), epsilon)), input(1)),
  inverseRms: ({ plan, input, attributes: { epsilon } }) => inverseRms(plan, input(0), epsilon),
  layerNorm: ({ plan, input, attributes: { epsilon } }) => {
    const keep = [boolAttribute('keep_dims', true)];
    const centred = plan.emit('Sub', [input(0), plan.emit('Mean', [input(0), plan.ints([-1])], keep)]);
    const variance = plan.emit('Mean', [plan.emit('Square', [centred]), plan.ints([-1])], keep);
    const unit = mul(plan, centred, plan.emit('Rsqrt', [add(plan, variance, plan.float(epsilon))]));
    return add(plan, mul(plan, unit, input(1)), input(2));
  },
  rope: ({ plan, node, input }) => {
    // [x1, x2]·[cos, cos] + [x2, x1]·[-sin, sin]
    const size = node.shape.at(-1) as number;
    const both = (first: number, second: number) =>
      column(
        plan,
        plan.emit(
          'ConcatV2',
          [first, second, plan.int(2)],
          [intAttribute('N', 2), typeAttribute('T', TfType.float), typeAttribute('Tidx', TfType.int32)],
        ),
      );
    const [x, cos, sin] = [input(0), input(1), input(2)];
    const swapped = plan.emit('Roll', [x, plan.int(size / 2), plan.int(3)]);
    const turned = mul(plan, swapped, both(plan.emit('Neg', [sin]), sin));
    return add(plan, mul(plan, x, both(cos, cos)), turned);
  },
  dropout: ({ plan, node, input, attributes: { rate, stream } }) => {
    const seed = plan.emit('Bitcast', [input(1)], [typeAttribute('type', TfType.uint32)]);
    const key = mix(plan, plan.emit('BitwiseXor', [seed, plan.uint32(Math.imul(stream, 0x9e3779b9))]));
    const count = plan.size(countElements(node.shape));
    const index = plan.cast(plan.emit('Range', [plan.int(0), count, plan.int(1)]), TfType.uint32);
    const bits = plan.emit('RightShift', [mix(plan, plan.emit('BitwiseXor', [index, key])), plan.uint32(8)]);
    // 24 bits are exact in f32, and f32 is compared on every device.
    const kept = plan.emit('GreaterEqual', [plan.cast(bits, TfType.float), plan.float(dropoutThreshold(rate))]);
    const mask = plan.emit('Reshape', [kept, plan.shape(node.shape)]);
    return plan.emit('SelectV2', [mask, mul(plan, input(0), plan.float(1 / (1 - rate))), plan.float(0)]);
  },
  // Steps are carried out in the order of the graph's nodes, so nothing has to be waited for.
  after: ({ plan, input }) => plan.emit('Identity', [input(0)], [], { fresh: true }),
  crossEntropy: ({ plan, input }) => crossEntropy(plan, input(0), input(1))[0]!,
  crossEntropyGrad: ({ plan, input }) => mul(plan, crossEntropy(plan, input(0), input(1))[1]!, column(plan, input(2))),
  linearCrossEntropy: (context) =>
    context.plan.emit('Reshape', [linearCrossEntropy(context)[0]!, context.plan.shape(context.node.shape)]),
  linearCrossEntropyGrad: (context) => {
    const product = timesFrozen(context, linearCrossEntropy(context)[1]!, 1, false);
    return context.plan.emit('Reshape', [product, context.plan.shape(context.node.shape)]);
  },
};

/** Loss [C·R] and its slope for the logits [C·R, V], of x [C, R, H] times weight [V, H] transposed: all chunks at once. */
function linearCrossEntropy(context: LoweringContext<OpKind>): readonly number[] {
  const { plan, node, input } = context;
  return plan.shared(`logits ${node.inputs.map(({ id }) => id)}`, () => {
    const [chunks, rows, size] = node.inputs[0]!.shape as [Dim, Dim, Dim];
    const count = mulDims(chunks, rows);
    const x = plan.emit('Reshape', [input(0), plan.shape([count, size])]);
    const labels = plan.emit('Reshape', [input(2), plan.shape([count])]);
    return crossEntropy(plan, timesFrozen(context, x, 1, true), labels);
  });
}

/** Loss [N], and softmax(logits) - oneHot(labels) [N, V]. */
const crossEntropy = (plan: PlanBuilder, logits: number, labels: number): readonly number[] =>
  plan.emitAll('SparseSoftmaxCrossEntropyWithLogits', [logits, labels], [], { outputs: 2 });

/** @returns the steps that compute a graph */
export function lowerGraph(graph: Graph, options: LoweringOptions): Plan {
  const plan = new PlanBuilder();
  const registers = new Map<Node, number>();
  const held = new Map<Node, { readonly type: HeldDType; readonly held: HeldWeight }>();
  for (const node of graph.nodes) {
    const name = leafName(node);
    if (name !== undefined) registers.set(node, plan.feed(name));
    if (isKind(node, 'weight')) {
      const { ref } = node.attributes;
      const isVector = ref.shape.length < 2;
      const plain = isVector ? 'f32' : options.weights;
      const type = isQuantized(ref) || plain === 'stored' ? ref.dtype : plain;
      held.set(node, { type, held: storages[type].hold(plan, ref) });
    }
  }
  const register = (node: Node): number => {
    const weight = held.get(node);
    if (weight) return storages[weight.type].read(plan, weight.held, TfType.float);
    const known = registers.get(node);
    if (known === undefined) throw new GraphError(`${node.kind} is used before it is computed`);
    return known;
  };
  for (const node of graph.nodes) {
    if (registers.has(node) || held.has(node)) continue;
    const lower = lowerings[node.kind] as Lowering<OpKind>;
    registers.set(
      node,
      lower({
        plan,
        node,
        attributes: node.attributes,
        compute: options.compute,
        widensBf16: options.widensBf16,
        input: (index) => register(node.inputs[index]!),
        frozen: (index) => held.get(node.inputs[index]!),
      }),
    );
  }
  return plan.finish([...graph.outputs].map(([name, node]) => ({ name, register: register(node) })));
}
