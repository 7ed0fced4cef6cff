/**
 * The graphs of training and evaluation. Head and loss run on supervised positions only.
 * Letters: B batch, T positions, N supervised positions of the batch, in C chunks of R.
 */
import { backward } from '../autodiff/backward.ts';
import type { TokenBatch } from '../data/batch.ts';
import { f32Tensor, type HostTensor, type Int8Products, i32Tensor } from '../engine/engine.ts';
import { chooseInt8Products } from '../engine/onnx/integer-unit.ts';
import { multipliesFourBits } from '../engine/onnx/lower.ts';
import type { CausalLm } from '../model/causal-lm.ts';
import { forwardFeeds, forwardInputs } from '../model/forward-inputs.ts';
import { type Graph, GraphBuilder, isKind, type Node } from '../tensor/graph.ts';
import { add, crossEntropy, gather, input, linearCrossEntropy, mul, reshape, sumAll } from '../tensor/ops.ts';
import type { ModelVariant, TuningMethod } from './method.ts';

/** Loss of each supervised position in nats, [C, R], and what checkpointing keeps. */
function perPosition(
  method: ModelVariant,
  graph: GraphBuilder,
  seed?: Node,
): { readonly nats: Node; readonly residuals: readonly Node[] } {
  const { model } = method;
  const source = method.source(graph, seed);
  const { hidden, residuals } = model.forward(source, forwardInputs(graph, model));
  const rows = reshape(input(graph, 'rows', 'i32', ['C', 'R']), ['C*R']);
  const supervised = gather(hidden, rows);
  const labels = input(graph, 'labels', 'i32', ['C', 'R']);
  const logits = model.head(source, supervised);
  const head = frozenHead(logits, supervised);
  const nats = head
    ? linearCrossEntropy(reshape(supervised, ['C', 'R', model.hiddenSize]), head, labels)
    : reshape(crossEntropy(logits, reshape(labels, ['C*R'])), ['C', 'R']);
  return { nats, residuals };
}

/** The matrix of a head that is one frozen linear without bias, whose logits need never be held for all rows at once. */
function frozenHead(logits: Node, hidden: Node): Node | undefined {
  if (!isKind(logits, 'matmul') || logits.inputs[0] !== hidden) return undefined;
  const [, weight] = logits.inputs as [Node, Node];
  const { transposeA, transposeB, alpha } = logits.attributes;
  return isKind(weight, 'weight') && transposeB && !transposeA && alpha === 1 ? weight : undefined;
}

const LOGITS_BYTES = { small: 8 * 2 ** 20, packed: 16 * 2 ** 20, unpacked: 64 * 2 ** 20 };

/**
 * Largest array of logits, in bytes. Each chunk reads the head: one that integer products hold packed is read at full speed
 * for few rows; any other is packed, or widened, anew for each chunk. Beside matrices of 4 bits, whose point is to take little
 * memory and whose steps are slow, even fewer rows are worth what they cost.
 * @param int8  how products of int8 weights are computed. Default: what the onnx engine chooses on this processor
 */
export function logitsBytes(graph: Graph, int8: Int8Products = chooseInt8Products().products): number {
  const head = graph.nodes.find((node) => isKind(node, 'linearCrossEntropy'))?.inputs[1];
  const isInteger = head && isKind(head, 'weight') && head.attributes.ref.dtype === 'int8' && int8 !== 'widened';
  if (!isInteger) return LOGITS_BYTES.unpacked;
  return multipliesFourBits(graph) ? LOGITS_BYTES.small : LOGITS_BYTES.packed;
}

/** How many chunks so many supervised positions make, and rows of each. */
export function chunkSizes(
  vocabSize: number,
  supervised: number,
  bytes: number,
): { readonly chunks: number; readonly rows: number } {
  const most = Math.max(16, Math.floor(bytes / (4 * vocabSize)));
  const chunks = Math.max(1, Math.ceil(supervised / most));
  return { chunks, rows: Math.ceil(supervised / chunks) };
}

/**
 * Supervised positions as C chunks of R; the last one is filled up, and what is filled up weighs nothing.
 * @returns feeds `rows`, `labels` and `weights`, each [C, R]
 */
function chunkFeeds(vocabSize: number, { rows, labels }: TokenBatch, bytes: number): Record<string, HostTensor> {
  const N = rows.length;
  const { chunks: C, rows: R } = chunkSizes(vocabSize, N, bytes);
  const filled = (values: Int32Array) => {
    const all = new Int32Array(C * R);
    all.set(values);
    return i32Tensor([C, R], all);
  };
  return {
    rows: filled(rows),
    labels: filled(labels),
    weights: f32Tensor([C, R], new Float32Array(C * R).fill(1, 0, N)),
  };
}

export interface TrainingGraphOptions {
  /** Keep only what each layer takes, and compute the rest again on the way back: less memory, a forward pass more. */
  readonly checkpointing?: boolean;
}

export const accumulatorName = (name: string): string => `sum:${name}`;

/**
 * Output `loss`: the sum over supervised positions, in nats. Outputs `sum:P` for each parameter P: what was fed under
 * that name plus the gradient of loss · `scale`. With scale = 1 / (supervised positions of the whole window), any
 * number of batches adds up to the gradient of one large batch.
 */
export function buildTrainingGraph(method: TuningMethod, options: TrainingGraphOptions = {}): Graph {
  const graph = new GraphBuilder();
  const seed = method.dropout > 0 ? input(graph, 'seed', 'i32', []) : undefined;
  const { nats, residuals } = perPosition(method, graph, seed);
  const loss = sumAll(mul(nats, input(graph, 'weights', 'f32', ['C', 'R'])));
  const scaled = mul(loss, input(graph, 'scale', 'f32', []));
  const parameters = graph.finish({ loss }).nodes.filter((node) => isKind(node, 'parameter'));
  const gradients = backward(scaled, parameters, options.checkpointing ? { checkpoints: residuals } : {});
  const sums = parameters.map((node, i) => {
    const { name, shape } = node.attributes;
    return [accumulatorName(name), add(gradients[i]!, input(graph, accumulatorName(name), 'f32', shape))] as const;
  });
  return graph.finish({ loss, ...Object.fromEntries(sums) });
}

/** Output `nats`: the loss of each supervised position, [C, R]; the first N count. */
export function buildEvaluationGraph(method: ModelVariant): Graph {
  const graph = new GraphBuilder();
  const weights = input(graph, 'weights', 'f32', ['C', 'R']);
  return graph.finish({ nats: mul(perPosition(method, graph).nats, weights) });
}

/** What both graphs take from a batch. @param bytes  the largest array of logits, see {@link logitsBytes} */
export function batchFeeds(
  model: CausalLm,
  batch: TokenBatch,
  bytes = LOGITS_BYTES.unpacked,
): Record<string, HostTensor> {
  const { segments } = batch;
  const range = { batch: batch.batch, past: 0, count: batch.length, ...(segments && { segments }) };
  return {
    ...forwardFeeds(model, batch.ids, range),
    ...chunkFeeds(model.vocabSize, batch, bytes),
  };
}
