/** How much memory a training step takes at its peak, activations included, before one is made. */
import type { Int8Products } from '../engine/engine.ts';
import { BLOCKS, type CausalAttention, findCausalAttention, leftOut } from '../engine/onnx/causal-attention.ts';
import { chooseInt8Products } from '../engine/onnx/integer-unit.ts';
import { keepsProbabilities } from '../engine/onnx/lower.ts';
import type { CausalLm } from '../model/causal-lm.ts';
import { type Graph, isKind, type Node } from '../tensor/graph.ts';
import { isQuantized, type QuantizedWeightRef, type WeightRef } from '../tensor/op.ts';
import { BLOCK } from '../tensor/quantization.ts';
import { resolveDim, resolveShape } from '../tensor/shape.ts';
import { momentBytes, SMALLEST_8BIT } from './adamw8bit.ts';
import { buildTrainingGraph, chunkSizes, logitsBytes } from './loss.ts';
import type { TuningMethod } from './method.ts';

/** The batch whose step is estimated. */
export interface StepShape {
  /** Rows of a batch. */
  readonly batch: number;
  /** Tokens of a row, padding included. */
  readonly length: number;
  /** Positions that count in the loss. Default: all. */
  readonly supervised?: number;
  /** Layers are computed again on the way back. Default false. */
  readonly checkpointing?: boolean;
  /** Bits of the optimizer's moments. Default 32. */
  readonly stateBits?: 8 | 32 | undefined;
  /** How products with int8 weights are computed. Default: what the engine chooses on this processor. */
  readonly int8?: Int8Products | undefined;
}

/** Memory of a training step at its peak, in bytes. */
export interface StepMemory {
  /** Frozen weights as they are held. */
  readonly weightBytes: number;
  /** What is trained, before and after an update. */
  readonly parameterBytes: number;
  /** Sums of gradients, and the zeros they start from. */
  readonly gradientBytes: number;
  /** AdamW's two moments. */
  readonly optimizerBytes: number;
  /** What the forward pass leaves for the backward pass, and what both work with, where it is largest. */
  readonly activationBytes: number;
  /** Node.js, the engine's library, and what it holds for the nodes of the graph. */
  readonly engineBytes: number;
  /** All parts together. */
  readonly totalBytes: number;
}

/**
 * A Node.js process that trains, and what each node of the graph adds: a session's kernels and plans, and what building it leaves on the
 * heap. Fitted over peaks of models so narrow that all else is a few MiB (2, 22 and 42 layers of 128; f32, int8 and nf4; with and without
 * checkpointing; Linux x64): 278 to 6,780 nodes and 140 to 336 MiB, met within 9 %.
 */
const PROCESS_BYTES = 135 * 2 ** 20;
const NODE_BYTES = 24.6 * 2 ** 10;

/**
 * What the engine's allocator takes for each byte that is alive: it grows by doubling and reuses blocks of unlike
 * sizes. Fitted over twelve steps of 0.7 to 4.5 GB (4 layers of TinyLlama's shape; f32, int8 and nf4; 512 and 1,536 tokens; with
 * and without checkpointing; 22 layers), all of which the whole estimate meets within 14 %.
 */
const ALLOCATOR_FACTOR = 1.4;

/** Kinds whose output shares the bytes of their input. */
const isAlias = (node: Node): boolean => node.kind === 'reshape' || node.kind === 'after';

/** Bytes that are alive from one node of a graph to another, both included. */
interface Span {
  readonly from: number;
  readonly to: number;
  readonly bytes: number;
}

const f32Bytes = (node: Node, bindings: ReadonlyMap<string, number>): number =>
  4 * resolveShape(node.shape, bindings).reduce((a, b) => a * b, 1);

/** What attention in blocks keeps: of probabilities, and of their slopes going back, the part that queries see. */
function attentionSpans(
  graph: Graph,
  attentions: readonly CausalAttention[],
  bindings: ReadonlyMap<string, number>,
): Span[] {
  const at = new Map(graph.nodes.map((node, i) => [node, i]));
  return attentions.flatMap(({ attend, back: isDifferentiated, results }) => {
    const first = at.get(attend)!;
    const all = f32Bytes(attend.inputs[0]!, bindings);
    if (!isDifferentiated) return [{ from: first, to: first, bytes: seenShare(BLOCKS.forward) * all }];
    const seen = seenShare(BLOCKS.training) * all;
    const goingBack = [...results.keys()].map((node) => at.get(node)!).filter((i) => i > first);
    const last = Math.max(first, ...goingBack);
    const back = { from: Math.min(last, ...goingBack), to: last, bytes: seen };
    const probabilities = keepsProbabilities(graph)
      ? [{ from: first, to: last, bytes: seen }]
      : [{ from: first, to: first, bytes: seen }, back];
    return [...probabilities, back];
  });
}

/** Of a square of queries and keys, what so many blocks of queries compute. */
const seenShare = (blocks: number): number => (blocks + 1) / (2 * blocks);

/** Most bytes that are alive at one time when nodes are computed in order and freed after their last use. */
export function peakActivationBytes(
  graph: Graph,
  bindings: ReadonlyMap<string, number>,
  int8: Int8Products = 'widened',
): number {
  const owner = new Map<Node, Node>();
  const lastUse = new Map<Node, number>();
  const root = (node: Node): Node => owner.get(node) ?? node;
  const kept = new Set<Node>();
  const attentions = findCausalAttention(graph);
  const skipped = leftOut(graph, attentions);
  for (const [i, node] of graph.nodes.entries()) {
    if (isAlias(node)) owner.set(node, root(node.inputs[0]!));
    for (const input of node.inputs) lastUse.set(root(input), i);
    lastUse.set(root(node), i);
  }
  for (const node of graph.outputs.values()) kept.add(root(node));
  const bytesOf = (node: Node): number =>
    isKind(node, 'weight') || isAlias(node) || node.kind === 'parameter' || skipped.has(node)
      ? 0
      : f32Bytes(node, bindings);
  const spans = attentionSpans(graph, attentions, bindings);
  for (const [i, node] of graph.nodes.entries()) {
    const bytes = bytesOf(node);
    if (bytes > 0) spans.push({ from: i, to: kept.has(node) ? graph.nodes.length : lastUse.get(node)!, bytes });
  }
  const changes = new Float64Array(graph.nodes.length + 2);
  for (const { from, to, bytes } of spans) {
    changes[from]! += bytes;
    changes[to + 1]! -= bytes;
  }
  let alive = 0;
  let peak = 0;
  for (const [i, node] of graph.nodes.entries()) {
    alive += changes[i]!;
    peak = Math.max(peak, alive + (skipped.has(node) ? 0 : workBytes(node, bindings, int8)));
  }
  return peak;
}

/** Arrays that a node needs only while it is computed. */
function workBytes(node: Node, bindings: ReadonlyMap<string, number>, int8: Int8Products): number {
  if (isKind(node, 'linearCrossEntropy') || isKind(node, 'linearCrossEntropyGrad')) {
    const rows = resolveDim(node.inputs[0]!.shape[1]!, bindings);
    const head = node.inputs[1]!;
    const logits = rows * (head.shape[0] as number) * 4;
    if (!isKind(head, 'weight') || !isQuantized(head.attributes.ref)) return 2 * logits;
    const elements = head.attributes.ref.shape.reduce((a, b) => a * b, 1);
    if (head.attributes.ref.dtype !== 'int8' || int8 === 'widened')
      return 2 * logits + 4 * elements + widenedScaleBytes(head.attributes.ref);
    // Logits and probabilities; scaled, rounded and left over for an integer product.
    return 4 * logits;
  }
  const right = node.inputs[1];
  if (isKind(node, 'matmul') && right && isKind(right, 'weight')) {
    const { ref } = right.attributes;
    const elements = ref.shape.reduce((a, b) => a * b, 1);
    if (isQuantized(ref) && ref.dtype === 'int8' && int8 === 'widened') return 4 * elements;
    if (isQuantized(ref) && ref.dtype !== 'int8')
      return 4 * elements * (node.attributes.transposeB ? 1 : 2.5) + widenedScaleBytes(ref);
    const left = resolveShape(node.inputs[0]!.shape, bindings).reduce((a, b) => a * b, 1);
    if (isQuantized(ref)) return left * 9;
  }
  return 0;
}

/** Scales that are held in 8 bits are widened for each product, those of the whole matrix, in f32. */
const widenedScaleBytes = ({ shape, nested }: QuantizedWeightRef): number =>
  nested ? (4 * shape[0] * shape[1]) / BLOCK : 0;

const heldBytes = (ref: WeightRef): number => {
  if (isQuantized(ref))
    return (
      ref.byteLength + ref.scales.byteLength + (ref.nested?.steps.byteLength ?? 0) + (ref.transposed?.byteLength ?? 0)
    );
  // The file is mapped: f32 as it is; other types are widened to f32 at loading.
  return 4 * ref.shape.reduce((a, b) => a * b, 1);
};

/**
 * Memory of a training step on the onnx engine's CPU, without prepacking.
 * The graph of the step is built and its values are followed from their making to their last use.
 */
export function estimateStepMemory(method: TuningMethod, shape: StepShape): StepMemory {
  const { model } = method;
  const graph = buildTrainingGraph(method, { checkpointing: shape.checkpointing ?? false });
  const bindings = stepBindings(model, shape, logitsBytes(graph, shape.int8));
  const weights = new Map<string, number>();
  const choice = chooseInt8Products();
  const int8 = shape.int8 ?? choice.products;
  let largestCodes = 0;
  const users = new Map<Node, string[]>();
  for (const node of graph.nodes)
    for (const input of node.inputs) users.set(input, [...(users.get(input) ?? []), node.kind]);
  for (const node of graph.nodes) {
    if (!isKind(node, 'weight')) continue;
    const { ref } = node.attributes;
    if (isQuantized(ref) && ref.dtype === 'int8') largestCodes = Math.max(largestCodes, ref.byteLength);
    // Of a table that is only looked up, the rows that are touched come into memory.
    const onlyLookedUp = users.get(node)!.every((kind) => kind === 'gather');
    const rowBytes = 4 * (ref.shape[1] ?? 1);
    weights.set(
      ref.name,
      onlyLookedUp ? Math.min(heldBytes(ref), shape.batch * shape.length * rowBytes) : heldBytes(ref),
    );
  }
  const weightBytes = [...weights.values()].reduce((a, b) => a + b, 0);
  const sizes = [...method.initial.values()].map((value) => value.shape.reduce((a, b) => a * b, 1));
  const trained = sizes.reduce((sum, size) => sum + size, 0);
  const isIn8bits = (size: number) => shape.stateBits === 8 && size >= SMALLEST_8BIT;
  const parameterBytes = 8 * trained;
  const gradientBytes = 8 * trained;
  const optimizerBytes = sizes.reduce((sum, size) => sum + (isIn8bits(size) ? momentBytes(size) : 8 * size), 0);
  // The gradient sums that a step takes are its own already.
  const activations = Math.max(peakActivationBytes(graph, bindings, int8) - 4 * trained, 0);
  const activationBytes = Math.ceil(ALLOCATOR_FACTOR * activations);
  // Where codes are made unsigned at loading, the allocator keeps what the largest matrix took on the way, in both directions.
  const nodeBytes = Math.ceil(NODE_BYTES * graph.nodes.length);
  const engineBytes = PROCESS_BYTES + nodeBytes + (int8 !== 'widened' && choice.unsignedWeights ? 2 * largestCodes : 0);
  const parts = { weightBytes, parameterBytes, gradientBytes, optimizerBytes, activationBytes, engineBytes };
  return { ...parts, totalBytes: Object.values(parts).reduce((a, b) => a + b, 0) };
}

/**
 * The largest batch whose step is estimated to fit.
 * @returns 0 where not even one row fits
 */
export function largestBatch(
  method: TuningMethod,
  shape: Omit<StepShape, 'batch' | 'supervised'>,
  memoryBytes: number,
): number {
  const fits = (batch: number) => estimateStepMemory(method, { ...shape, batch }).totalBytes <= memoryBytes;
  let high = 1;
  while (high < 2 ** 16 && fits(high)) high *= 2;
  let low = Math.floor(high / 2);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}

function stepBindings(
  model: CausalLm,
  { batch, length, supervised = batch * length }: StepShape,
  bytes: number,
): Map<string, number> {
  const { chunks, rows } = chunkSizes(model.vocabSize, supervised, bytes);
  return new Map([
    ['B', batch],
    ['T', length],
    ['C', chunks],
    ['R', rows],
  ]);
}
