/**
 * Rows of an embedding table, read from its file and fed. Were the table a value of the ONNX model, its file would be mapped
 * and every row touched would bring its neighbours into memory: on kernels with large pages in the file cache, 512
 * tokens brought in 220 MiB of a table of 250 MiB.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { EngineError } from '../../errors.ts';
import { widenBf16, widenF16 } from '../../io/half-precision.ts';
import { type Graph, isKind, type Node } from '../../tensor/graph.ts';
import { isQuantized, type PlainWeightRef } from '../../tensor/op.ts';
import { f32Tensor, type HostTensor } from '../engine.ts';

/** A `gather` whose indices are fed and whose table nothing else uses. */
export interface RowLookup {
  readonly node: Node<'gather'>;
  readonly table: PlainWeightRef;
  /** Name of the input that holds the indices. */
  readonly indices: string;
}

/** Smaller tables are left in the model. */
const LARGE_BYTES = 16 * 2 ** 20;

/** The lookups of a graph that are better fed. */
export function findRowLookups(graph: Graph): RowLookup[] {
  const users = new Map<Node, Node[]>();
  for (const node of graph.nodes)
    for (const input of node.inputs) users.set(input, [...(users.get(input) ?? []), node]);
  return graph.nodes.flatMap((node): RowLookup[] => {
    if (!isKind(node, 'gather')) return [];
    const [table, indices] = node.inputs as [Node, Node];
    if (!isKind(table, 'weight') || users.get(table)!.some(({ kind }) => kind !== 'gather')) return [];
    const { ref } = table.attributes;
    const fed = reshaped(indices);
    if (isQuantized(ref) || ref.shape.length !== 2 || ref.byteLength < LARGE_BYTES || !isKind(fed, 'input')) return [];
    return [{ node, table: ref, indices: fed.attributes.name }];
  });
}

const reshaped = (node: Node): Node => (isKind(node, 'reshape') ? reshaped(node.inputs[0]!) : node);

/**
 * @returns f32 [indices, width]
 * @throws {EngineError} when an index is none of the table's, or the file is shorter than the table
 */
export function readRows(table: PlainWeightRef, indices: ArrayLike<number>, label: string): HostTensor {
  const { name, file, dtype, shape, byteOffset, byteLength } = table;
  const [rows, width] = shape as [number, number];
  const rowBytes = byteLength / rows;
  const bytes = new Uint8Array(indices.length * rowBytes);
  const handle = openSync(file, 'r');
  try {
    for (let i = 0; i < indices.length; i++) {
      const row = indices[i]!;
      if (row < 0 || row >= rows)
        throw new EngineError(`${label}: gather: "${name}" has rows 0 to ${rows - 1}, found ${row}`);
      const found = readSync(handle, bytes, i * rowBytes, rowBytes, byteOffset + row * rowBytes);
      if (found < rowBytes) throw new EngineError(`${label}: ${file} ends within "${name}"`);
    }
  } finally {
    closeSync(handle);
  }
  const size = [indices.length, width];
  if (dtype === 'f32') return f32Tensor(size, new Float32Array(bytes.buffer));
  const widened = new Float32Array(indices.length * width);
  (dtype === 'bf16' ? widenBf16 : widenF16)(new Uint16Array(bytes.buffer), widened);
  return f32Tensor(size, widened);
}
