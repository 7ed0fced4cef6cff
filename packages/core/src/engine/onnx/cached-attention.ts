/**
 * Attention on keys and values of earlier runs, which no run copies. The cache is fed as a buffer with room for more
 * positions than it holds, [B, kv, C, d]; a run gives back the rows of its own positions alone, and whoever holds the
 * buffer writes them behind the others (`cache-rows.js`). Letters: B batch, G heads of a group, P earlier positions,
 * T new ones, S = P + T, C the buffer's room, d head size.
 */

import { MASKED } from '../../model/layers/attention-window.ts';
import { type Graph, isKind, leafName, type Node } from '../../tensor/graph.ts';
import type { Dim } from '../../tensor/shape.ts';
import { type BlockContext, blockedAttention, type CausalAttention, findCausalAttention } from './causal-attention.ts';
import type { OnnxGraph } from './onnx-graph.ts';

/** An input whose rows are followed by those of a run, and nothing else is done with it. */
export interface CachedRows {
  /** [B, kv, P, d] */
  readonly past: Node;
  /** [B, kv, T, d] */
  readonly fresh: Node;
  /** Both, [B, kv, S, d]: an output of the graph. */
  readonly joined: Node;
}

export interface CachedAttention {
  readonly attention: CausalAttention;
  readonly key: CachedRows;
  readonly value: CachedRows;
}

/** Those among the attentions of a graph whose keys and values are a cache that the graph only makes longer. */
export function findCachedAttention(graph: Graph, attentions = findCausalAttention(graph)): CachedAttention[] {
  const users = new Map<Node, Node[]>();
  for (const node of graph.nodes)
    for (const input of new Set(node.inputs)) users.set(input, [...(users.get(input) ?? []), node]);
  const outputs = new Set(graph.outputs.values());
  const rows = (joined: Node, user: Node): CachedRows | undefined => {
    if (!isKind(joined, 'concat') || joined.attributes.axis !== 2 || joined.inputs.length !== 2) return undefined;
    const [past, fresh] = joined.inputs as [Node, Node];
    if (!isKind(past, 'input') || !outputs.has(joined) || outputs.has(past)) return undefined;
    const isAlone = users.get(past)?.length === 1 && users.get(joined)?.every((node) => node === user);
    return isAlone ? { past, fresh, joined } : undefined;
  };
  return attentions.flatMap((attention) => {
    const { attend, back, mask, positions, inner } = attention;
    const product = inner.find((node) => isKind(node, 'matmul'));
    const [key, value] = [product && rows(attention.key, product), rows(attention.value, attend)];
    if (back || !key || !value || leafName(mask) === undefined) return [];
    // How long the cache is follows from the mask alone.
    const isTold = [key, value].every(
      ({ past, fresh, joined }) =>
        typeof past.shape[2] === 'string' && fresh.shape[2] === positions && joined.shape[2] === mask.shape[3],
    );
    return isTold && mask.shape[2] === positions && typeof positions === 'string' ? [{ attention, key, value }] : [];
  });
}

/**
 * One position is multiplied with the buffer as it lies and with its own row, whose scores stand behind the others; several
 * positions are computed in blocks.
 * @param buffer  one of the buffers: all have the same room
 * @returns       the ONNX value of `attend`, of the shape of its node
 */
export function cachedAttention(context: BlockContext, cached: CachedAttention, buffer: Node): string {
  const { onnx, dimension } = context;
  const { attention, key, value } = cached;
  const isOne = onnx.emit('Equal', [dimension(attention.positions), onnx.ints([1])]);
  return onnx.either(isOne, 'f32', {
    yes: (body) => onePosition(body, context, cached, bufferMask(context, cached, buffer)),
    no: (body) => {
      const earlier = dimension(key.past.shape[2] as Dim);
      const whole = new Map(
        [key, value].map(({ past, fresh, joined }) => {
          const held = body.emit('Slice', [context.valueFor(past), body.ints([0]), earlier, body.ints([2])]);
          return [joined, body.emit('Concat', [held, context.valueFor(fresh)], { axis: 2 })] as const;
        }),
      );
      const valueFor = (node: Node) => whole.get(node) ?? context.valueFor(node);
      return blockedAttention({ ...context, onnx: body, valueFor, several: true }, attention, attention.attend);
    },
  });
}

function onePosition(
  onnx: OnnxGraph,
  { valueFor, shapeOf }: BlockContext,
  { attention, key, value }: CachedAttention,
  { mask, room }: BufferMask,
): string {
  const { query, scale, attend } = attention;
  const [batch, kv] = key.past.shape as [Dim, number];
  const [, heads, , size] = query.shape as [Dim, number, Dim, number];
  const rows = onnx.emit('Reshape', [valueFor(query), shapeOf([batch, kv, heads / kv, size])]);
  const scores = (keys: Node) =>
    onnx.emit('com.microsoft.FusedMatMul', [rows, valueFor(keys)], { transB: 1, alpha: { float: scale } });
  const all = onnx.emit('Concat', [scores(key.past), scores(key.fresh)], { axis: 3 });
  const probabilities = onnx.emit('Softmax', [onnx.emit('Add', [all, mask])], { axis: -1 });
  const [earlier, own] = onnx.emitAll('Split', [probabilities, room], { axis: 3 }, 2) as [string, string];
  const sum = onnx.emit('Add', [
    onnx.emit('MatMul', [earlier, valueFor(value.past)]),
    onnx.emit('Mul', [own, valueFor(value.fresh)]),
  ]);
  return onnx.emit('Reshape', [sum, shapeOf(attend.shape)], { allowzero: 1 });
}

interface BufferMask {
  /** For one position: f32 [B, 1, 1, C + 1], what is not held taken away. */
  readonly mask: string;
  /** int64 [2]: C and 1. */
  readonly room: string;
}

/** The mask of a buffer and of a row behind it; the same for all layers that look back equally far. */
function bufferMask(
  { onnx, valueFor, dimension }: BlockContext,
  { attention, key }: CachedAttention,
  buffer: Node,
): BufferMask {
  const given = valueFor(attention.mask);
  const [earlier, all] = [dimension(key.past.shape[2] as Dim), dimension(attention.mask.shape[3] as Dim)];
  const columns = onnx.emit('Shape', [valueFor(buffer)], { start: 2, end: 3 });
  const cut = (from: string, to: string) => onnx.emit('Slice', [given, from, to, onnx.ints([3])]);
  const pads = onnx.emit('Concat', [onnx.ints([0]), onnx.emit('Sub', [columns, earlier])], { axis: 0 });
  const held = onnx.emit('Pad', [cut(onnx.ints([0]), earlier), pads, onnx.float(MASKED), onnx.ints([3])]);
  const mask = onnx.emit('Concat', [held, cut(earlier, all)], { axis: 3 });
  return { mask, room: onnx.emit('Concat', [columns, onnx.ints([1])], { axis: 0 }) };
}
