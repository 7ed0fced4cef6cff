/**
 * Causal attention in blocks of queries: a block multiplies with no key that lies behind its last query, so of the square
 * of scores little more than the lower half is computed and kept; nor, where gradients are computed, with one that lies
 * before what its first query sees, so that a row of packed examples takes little more than they would take apart. Forward it replaces the products around `attend`, going
 * back those that its gradient rule makes. Letters: B batch, G groups, T queries, S keys, d head size.
 */
import { type Graph, isKind, type Node } from '../../tensor/graph.ts';
import type { Dim, Shape } from '../../tensor/shape.ts';
import type { OnnxGraph } from './onnx-graph.ts';

/** The nodes around one `attend`. Those of the way back are missing where nobody asks for them. */
export interface CausalAttention {
  readonly attend: Node<'attend'>;
  /** [B, heads, T, d], [B, kv, S, d] twice, and [1 or B, 1, T, S]. */
  readonly query: Node;
  readonly key: Node;
  readonly value: Node;
  readonly mask: Node;
  readonly scale: number;
  readonly positions: Dim;
  readonly back?: {
    /** dLoss/dOutput, and its row sums with the output: [B, kv, G*T, d] and [B, kv, G*T, 1]. */
    readonly dy: Node;
    readonly rowSums: Node;
  };
  /** What is computed in blocks. */
  readonly results: ReadonlyMap<Node, 'output' | 'query' | 'key' | 'value'>;
  /** What need not be computed any more, unless something else uses it. */
  readonly inner: readonly Node[];
}

const peel = (node: Node): Node => (isKind(node, 'reshape') ? peel(node.inputs[0]!) : node);

/** The attentions of a graph that can be computed in blocks. */
export function findCausalAttention(graph: Graph): CausalAttention[] {
  const users = new Map<Node, Node[]>();
  for (const node of graph.nodes)
    for (const input of new Set(node.inputs)) users.set(input, [...(users.get(input) ?? []), node]);
  const usersOf = (node: Node) => users.get(node) ?? [];
  /** Users, those behind a reshape included, and the reshapes on the way. */
  const reached = (node: Node): { users: Node[]; reshapes: Node[] } => {
    const reshapes = usersOf(node).filter((user) => isKind(user, 'reshape'));
    const behind = reshapes.map(reached);
    return {
      users: [...usersOf(node).filter((user) => !isKind(user, 'reshape')), ...behind.flatMap((part) => part.users)],
      reshapes: [...reshapes, ...behind.flatMap((part) => part.reshapes)],
    };
  };
  return graph.nodes.flatMap((attend): CausalAttention[] => {
    if (!isKind(attend, 'attend') || attend.attributes.causal === undefined) return [];
    const [scores, value] = attend.inputs as [Node, Node];
    const masked = peel(scores);
    if (!isKind(masked, 'add') || value.shape.length !== 4) return [];
    const [left, mask] = masked.inputs as [Node, Node];
    const product = peel(left);
    if (!isKind(product, 'matmul') || product.attributes.transposeA || !product.attributes.transposeB) return [];
    const [grouped, key] = product.inputs as [Node, Node];
    const query = isKind(grouped, 'reshape') ? grouped.inputs[0]! : grouped;
    if (query.shape.length !== 4 || key.shape.length !== 4 || mask.shape.length !== 4) return [];
    if (query.shape[2] !== attend.attributes.causal) return [];
    const results = new Map<Node, 'output' | 'query' | 'key' | 'value'>([[attend, 'output']]);
    const inner: Node[] = [scores, masked, left, product];
    const found = {
      attend,
      query,
      key,
      value,
      mask,
      scale: product.attributes.alpha,
      positions: attend.attributes.causal,
      results,
      inner,
    };
    const probabilities = usersOf(scores).find((node) => isKind(node, 'softmax'));
    if (!probabilities) return [found];
    const slope = usersOf(probabilities).find((node) => isKind(node, 'mul'));
    const difference = slope?.inputs[1];
    if (!slope || slope.inputs[0] !== probabilities || !difference || !isKind(difference, 'sub')) return [];
    const [outer, rowSums] = difference.inputs as [Node, Node];
    if (!isKind(outer, 'matmul') || outer.inputs[1] !== value) return [];
    const dy = outer.inputs[0]!;
    inner.push(probabilities, slope, difference, outer);
    for (const node of usersOf(probabilities)) {
      if (node === slope) continue;
      if (!isKind(node, 'matmul') || node.inputs[0] !== probabilities || node.inputs[1] !== dy) return [];
      results.set(node, 'value');
    }
    const behind = reached(slope);
    inner.push(...behind.reshapes);
    for (const node of behind.users) {
      if (!isKind(node, 'matmul') || peel(node.inputs[0]!) !== slope) return [];
      const of = node.attributes.transposeA ? 'key' : 'query';
      if (node.inputs[1] !== (of === 'key' ? grouped : key) || node.attributes.alpha !== found.scale) return [];
      results.set(node, of);
    }
    return [{ ...found, back: { dy, rowSums } }];
  });
}

/** Nodes that nothing needs any more once the results of these attentions are computed in blocks. */
export function leftOut(graph: Graph, attentions: readonly CausalAttention[]): Set<Node> {
  const inner = new Set(attentions.flatMap((attention) => attention.inner));
  const replaced = new Set(attentions.flatMap(({ results }) => [...results.keys()]));
  const outputs = new Set(graph.outputs.values());
  const needed = new Set<Node>();
  for (const node of [...graph.nodes].reverse()) {
    if (inner.has(node) && !outputs.has(node) && !needed.has(node)) continue;
    if (!replaced.has(node)) for (const input of node.inputs) needed.add(input);
  }
  return new Set([...inner].filter((node) => !needed.has(node) && !outputs.has(node)));
}

/** Blocks of a graph that is differentiated, of one that takes single positions as well, and of several positions at least. */
export const BLOCKS = { training: 4, forward: 2, several: 8 };

export interface BlockContext {
  readonly onnx: OnnxGraph;
  valueFor(node: Node): string;
  dimension(dim: Dim): string;
  shapeOf(shape: Shape): string;
  /** Every run has more than one query: more blocks pay. Default: false. */
  readonly several?: boolean;
  /** What the way back needs of probabilities is kept from the way there, or computed again. Default: kept. */
  readonly probabilities?: 'kept' | 'again';
  /** Tells the shape of a value, where ONNX Runtime cannot find it. */
  readonly describe?: (value: string, shape: Shape) => void;
}

/** One block of queries. */
interface Block {
  /** [B, kv, G*t, d], t being its queries */
  readonly query: string;
  /** [B, kv, s, d], s being the keys from the first that it sees up to its last query */
  readonly key: string;
  readonly value: string;
  /** [B, kv, G*t, s] */
  readonly probabilities: string;
  /** int64 [1]: how many keys are left out before and behind those of the block. */
  readonly before: string;
  readonly behind: string;
  /** Cuts the block's rows out of [B, kv, G*T, x]. */
  rowsOf(rows: string, width: number): string;
}

/** @returns the ONNX value of one of the results, of the shape of its node */
export function blockedAttention(context: BlockContext, attention: CausalAttention, node: Node): string {
  const { onnx, valueFor, shapeOf } = context;
  const { query, back, scale, results } = attention;
  const part = results.get(node)!;
  const again = part !== 'output' && context.probabilities === 'again';
  const blocks = blocksOf(context, attention, again ? computedAgain(context, attention) : valueFor(query));
  const size = query.shape[3] as number;
  /** Parts of the queries, put together again. */
  const join = (parts: readonly string[]): string => {
    const heads = parts.map((rows, i) => {
      const split = onnx.emit(
        'Concat',
        [headsShape(context, attention, blockSize(context, attention, blocks.length, i)), onnx.ints([size])],
        { axis: 0 },
      );
      return onnx.emit('Reshape', [rows, split], { allowzero: 1 });
    });
    return onnx.emit('Reshape', [onnx.emit('Concat', heads, { axis: 2 }), shapeOf(node.shape)], { allowzero: 1 });
  };
  /** Sums over the queries of all blocks, for keys that not all of them see. */
  const collect = (parts: readonly string[]): string =>
    onnx.emit(
      'Sum',
      parts.map((rows, i) => {
        const pads = onnx.emit('Concat', [blocks[i]!.before, blocks[i]!.behind], { axis: 0 });
        return onnx.emit('Pad', [rows, pads, onnx.float(0), onnx.ints([2])]);
      }),
    );
  if (part === 'output')
    return join(blocks.map(({ probabilities, value }) => onnx.emit('MatMul', [probabilities, value])));
  const dy = valueFor(back!.dy);
  const slopes = blocks.map(({ probabilities, value, rowsOf }) => {
    const outer = onnx.emit('com.microsoft.FusedMatMul', [rowsOf(dy, size), value], { transB: 1 });
    return onnx.emit('Mul', [probabilities, onnx.emit('Sub', [outer, rowsOf(valueFor(back!.rowSums), 1)])]);
  });
  const alpha = { float: scale };
  if (part === 'query')
    return join(blocks.map(({ key }, i) => onnx.emit('com.microsoft.FusedMatMul', [slopes[i]!, key], { alpha })));
  if (part === 'key')
    return collect(
      blocks.map((block, i) => onnx.emit('com.microsoft.FusedMatMul', [slopes[i]!, block.query], { transA: 1, alpha })),
    );
  return collect(
    blocks.map(({ probabilities, rowsOf }) =>
      onnx.emit('com.microsoft.FusedMatMul', [probabilities, rowsOf(dy, size)], { transA: 1 }),
    ),
  );
}

/** The query, from which probabilities follow once more: no bytes move, and it is not known before the slope of the output is. */
function computedAgain({ onnx, valueFor, shapeOf, describe }: BlockContext, { query, back }: CausalAttention): string {
  const nothing = onnx.emit('Min', [onnx.emit('Shape', [valueFor(back!.dy)], { start: 0, end: 1 }), onnx.ints([0])]);
  const shape = onnx.emit('Add', [shapeOf(query.shape), nothing]);
  const value = onnx.emit('Reshape', [valueFor(query), shape], { allowzero: 1 });
  describe?.(value, query.shape);
  return value;
}

/** Where block i of n begins: int64 [1]. */
const boundary = ({ onnx, dimension }: BlockContext, { positions }: CausalAttention, n: number, i: number): string =>
  i === 0
    ? onnx.ints([0])
    : i === n
      ? dimension(positions)
      : onnx.emit('Div', [onnx.emit('Mul', [dimension(positions), onnx.ints([i])]), onnx.ints([n])]);

const blockSize = (context: BlockContext, attention: CausalAttention, n: number, i: number): string =>
  context.onnx.emit('Sub', [boundary(context, attention, n, i + 1), boundary(context, attention, n, i)]);

/** [B, heads, count] */
const headsShape = ({ onnx, shapeOf }: BlockContext, { query }: CausalAttention, count: string): string =>
  onnx.emit('Concat', [shapeOf(query.shape.slice(0, 2)), count], { axis: 0 });

function blocksOf(context: BlockContext, attention: CausalAttention, queryValue: string): Block[] {
  const { onnx, valueFor, dimension, shapeOf, describe } = context;
  const { query, key, value, mask, scale, positions } = attention;
  const n = attention.back ? BLOCKS.training : context.several ? BLOCKS.several : BLOCKS.forward;
  const heads = query.shape[1] as number;
  const [batch, kv, keys] = key.shape as [Dim, number, Dim];
  const size = query.shape[3] as number;
  const past = onnx.emit('Sub', [dimension(keys), dimension(positions)]);
  const cut = (x: string, axis: number, from: string, to: string) =>
    onnx.emit('Slice', [x, from, to, onnx.ints([axis])]);
  /** What is computed from sizes has none that ONNX Runtime could find. */
  const known = (x: string, shape: Shape) => {
    describe?.(x, shape);
    return x;
  };
  return Array.from({ length: n }, (_, i): Block => {
    const [from, to] = [boundary(context, attention, n, i), boundary(context, attention, n, i + 1)];
    const count = blockSize(context, attention, n, i);
    const isLast = i === n - 1;
    const end = isLast ? dimension(keys) : onnx.emit('Add', [past, to]);
    const first = attention.back ? firstSeen(context, attention, { query: from, count, end }) : onnx.ints([0]);
    const seen = attention.back ? onnx.emit('Sub', [end, first]) : end;
    const within = (x: string, axis: number) => (isLast && !attention.back ? x : cut(x, axis, first, end));
    // Names of sizes: those of one name must be equal. What a block sees of the keys is the mask's to say.
    const [t, s] = [
      `${positions}:${i}/${n}`,
      attention.back ? `${keys}<${i}/${n} of mask ${mask.id}` : isLast ? keys : `${keys}<${i}/${n}`,
    ];
    const groupRows = `${heads / kv}*${t}`;
    const rows = onnx.emit('Mul', [count, onnx.ints([heads / kv])]);
    const shaped = (x: string, ...dims: string[]) =>
      onnx.emit('Reshape', [x, onnx.emit('Concat', dims, { axis: 0 })], { allowzero: 1 });
    const grouped = (x: string, width: string, size: Dim) =>
      known(shaped(x, shapeOf([batch, kv]), rows, width), [batch, kv, groupRows, size]);
    const ownQueries = (x: string, width: number) => known(cut(x, 2, from, to), [batch, heads, t, width]);
    const rowsOf = (x: string, width: number) => {
      const split = known(shaped(x, shapeOf([batch, heads, positions]), onnx.ints([width])), [
        batch,
        heads,
        positions,
        width,
      ]);
      return grouped(ownQueries(split, width), onnx.ints([width]), width);
    };
    const queries = grouped(ownQueries(queryValue, size), onnx.ints([size]), size);
    const keysSeen = known(within(valueFor(key), 2), [batch, kv, s, size]);
    const scores = onnx.emit('com.microsoft.FusedMatMul', [queries, keysSeen], { transB: 1, alpha: { float: scale } });
    const split = known(shaped(scores, headsShape(context, attention, count), seen), [batch, heads, t, s]);
    const masked = onnx.emit('Add', [split, within(cut(valueFor(mask), 2, from, to), 3)]);
    return {
      query: queries,
      key: keysSeen,
      value: known(within(valueFor(value), 2), [batch, kv, s, size]),
      probabilities: onnx.emit('Softmax', [grouped(masked, seen, s)], { axis: -1 }),
      before: first,
      behind: onnx.emit('Sub', [dimension(keys), end]),
      rowsOf,
    };
  });
}

/**
 * The first key that a query of any row of the batch sees, int64 [1]: no later query looks further back. A mask holds 0 where
 * a query looks; where it looks nowhere, this is key 0. A block without queries has no keys either: a product that sums over
 * no rows leaves its result as the memory was.
 */
function firstSeen(
  { onnx, valueFor }: BlockContext,
  { mask }: CausalAttention,
  { query, count, end }: { readonly query: string; readonly count: string; readonly end: string },
): string {
  const row = onnx.emit('Gather', [valueFor(mask), query], { axis: 2 });
  const keys = onnx.emit('ArgMax', [row], { axis: 3, keepdims: 0 });
  const first = onnx.emit('Reshape', [onnx.emit('ReduceMin', [keys], { keepdims: 0 }), onnx.ints([1])]);
  const isEmpty = onnx.emit('Equal', [count, onnx.ints([0])]);
  return onnx.emit('Where', [isEmpty, end, first]);
}
