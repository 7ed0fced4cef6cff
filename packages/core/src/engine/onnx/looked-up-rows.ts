/**
 * Rows of an embedding table, and of a quantised head for its labels, read from their file and fed. Were the table a value of
 * the ONNX model, its file would be mapped and every row touched would bring its neighbours into memory: on kernels with
 * large pages in the file cache, 512 tokens brought in 220 MiB of a table of 250 MiB.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { EngineError } from '../../errors.ts';
import { widenBf16, widenF16 } from '../../io/half-precision.ts';
import { widenScales } from '../../tensor/double-quantization.ts';
import { type Graph, isKind, type Node } from '../../tensor/graph.ts';
import { type ByteRange, isQuantized, type QuantizedWeightRef, type WeightRef } from '../../tensor/op.ts';
import { blockOf, dequantize } from '../../tensor/quantization.ts';
import { f32Tensor, type HostTensor } from '../engine.ts';

/** Rows that a node looks up by indices that are fed, in a table that nothing else looks up. */
export interface RowLookup {
  readonly node: Node<'gather'> | Node<'linearCrossEntropyGrad'>;
  readonly table: WeightRef;
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
    const isHead = isKind(node, 'linearCrossEntropyGrad');
    if (!isHead && !isKind(node, 'gather')) return [];
    const [table, indices] = (isHead ? node.inputs.slice(1) : node.inputs) as [Node, Node];
    const fed = reshaped(indices);
    if (!isKind(table, 'weight') || !isKind(fed, 'input')) return [];
    const { ref } = table.attributes;
    if (ref.shape.length !== 2 || ref.byteLength < LARGE_BYTES) return [];
    // A head's products read other bytes than a lookup does only where it is quantised.
    const isApart = isHead
      ? isQuantized(ref)
      : !isQuantized(ref) && users.get(table)!.every(({ kind }) => kind === 'gather');
    return isApart ? [{ node, table: ref, indices: fed.attributes.name }] : [];
  });
}

const reshaped = (node: Node): Node => (isKind(node, 'reshape') ? reshaped(node.inputs[0]!) : node);

/**
 * @param shape  of the indices
 * @returns      f32 [...shape, width]
 * @throws {EngineError} when an index is none of the table's, or the file is shorter than the table
 */
export function readRows(
  table: WeightRef,
  indices: ArrayLike<number>,
  label: string,
  shape: readonly number[] = [indices.length],
): HostTensor {
  const [rows, width] = table.shape as [number, number];
  for (const row of Array.from(indices)) {
    if (row < 0 || row >= rows)
      throw new EngineError(`${label}: gather: "${table.name}" has rows 0 to ${rows - 1}, found ${row}`);
  }
  const tooShort = `${label}: ${table.file} ends within "${table.name}"`;
  const read = (range: ByteRange) => readRowBytes(range, rows, indices, tooShort);
  const size = [...shape, width];
  const bytes = read(table);
  if (table.dtype === 'f32') return f32Tensor(size, new Float32Array(bytes.buffer));
  const widened = new Float32Array(indices.length * width);
  if (isQuantized(table)) {
    const scales = table.nested
      ? nestedRows(table, table.nested, indices, tooShort)
      : new Float32Array(read(table.scales).buffer);
    dequantize(table.dtype, { codes: bytes, scales }, widened);
  } else (table.dtype === 'bf16' ? widenBf16 : widenF16)(new Uint16Array(bytes.buffer), widened);
  return f32Tensor(size, widened);
}

/** The scales of some rows, where blocks of scales that are codes begin anywhere in a row. All are read: a byte for 64 weights. */
function nestedRows(
  table: QuantizedWeightRef,
  { steps, mean }: NonNullable<QuantizedWeightRef['nested']>,
  indices: ArrayLike<number>,
  tooShort: string,
): Float32Array {
  const whole = (range: ByteRange) => readRowBytes(range, 1, [0], tooShort);
  const [O, I] = table.shape;
  const perRow = I / blockOf(table);
  const nested = {
    codes: new Int8Array(whole(table.scales).buffer),
    steps: new Float32Array(whole(steps).buffer),
    mean: new Float32Array(whole(mean).buffer)[0]!,
  };
  const all = widenScales(nested, new Float32Array(O * perRow));
  const scales = new Float32Array(indices.length * perRow);
  for (let i = 0; i < indices.length; i++)
    scales.set(all.subarray(indices[i]! * perRow, (indices[i]! + 1) * perRow), i * perRow);
  return scales;
}

/** The bytes of some of the rows that a range holds, one after the other. */
function readRowBytes(
  { file, byteOffset, byteLength }: ByteRange,
  rows: number,
  indices: ArrayLike<number>,
  tooShort: string,
): Uint8Array<ArrayBuffer> {
  const rowBytes = byteLength / rows;
  const bytes = new Uint8Array(indices.length * rowBytes);
  const handle = openSync(file, 'r');
  try {
    for (let i = 0; i < indices.length; i++) {
      const found = readSync(handle, bytes, i * rowBytes, rowBytes, byteOffset + indices[i]! * rowBytes);
      if (found < rowBytes) throw new EngineError(tooShort);
    }
  } finally {
    closeSync(handle);
  }
  return bytes;
}
