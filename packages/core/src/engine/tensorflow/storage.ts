/** How frozen matrices are held on the device: one row a type. A new type is one row here. */

import { SCALE_BLOCK, scaleBlocks } from '../../tensor/double-quantization.ts';
import type { QuantizedDType, StorageDType } from '../../tensor/dtype.ts';
import { type ByteRange, isQuantized, type WeightRef } from '../../tensor/op.ts';
import { blockOf, NF4 } from '../../tensor/quantization.ts';
import { type PlanBuilder, TfType } from './plan.ts';

/** Element types a frozen matrix may be held in. */
export type HeldDType = StorageDType | QuantizedDType;

/** One weight on the device. */
export interface HeldWeight {
  /** [rows, columns], or [rows, bytes a row] of packed codes. */
  readonly codes: number;
  /** Of a quantised type: f32 [rows, columns / block], or int8 [G, 256] beside `nested`. */
  readonly scales?: number;
  /** What scales that are codes stand for: f32 [G, 1] and [1]. */
  readonly nested?: { readonly steps: number; readonly mean: number };
  /** Columns that share a scale. */
  readonly block?: number;
  readonly shape: readonly number[];
}

export interface Storage {
  /** Puts the weight on the device when the program is compiled. */
  hold(plan: PlanBuilder, ref: WeightRef): HeldWeight;
  /**
   * The weight as a matrix of `type`. Made anew for each use, in the backward pass too: what it would take to keep
   * the result is what a narrow type is there to save.
   */
  read(plan: PlanBuilder, held: HeldWeight, type: TfType): number;
  /** Rows of the weight as f32. */
  gather(plan: PlanBuilder, held: HeldWeight, indices: number): number;
}

const storedType: Readonly<Record<StorageDType, TfType>> = {
  f32: TfType.float,
  f16: TfType.half,
  bf16: TfType.bfloat16,
};

const fileRange = ({ file, byteOffset, byteLength }: ByteRange): ByteRange => ({ file, byteOffset, byteLength });

/** Rows of a table along its first axis. */
export const gatherRows = (plan: PlanBuilder, table: number, indices: number): number =>
  plan.emit('GatherV2', [table, indices, plan.int(0)]);

const plain = (heldAs: TfType): Storage => ({
  hold: (plan, ref) => {
    if (isQuantized(ref)) throw new TypeError(`${ref.name} is held as it is quantised`);
    const type = storedType[ref.dtype];
    return { codes: plan.weight({ ...fileRange(ref), shape: ref.shape, type, heldAs }), shape: ref.shape };
  },
  read: (plan, { codes }, type) => (type === heldAs ? codes : plan.cast(codes, type, { fresh: true })),
  gather: (plan, { codes }, indices) => {
    const rows = gatherRows(plan, codes, indices);
    return heldAs === TfType.float ? rows : plan.cast(rows, TfType.float);
  },
});

interface CodeLayout {
  readonly codeType: TfType;
  readonly codesInByte: 1 | 2;
  /** Codes [rows, n] to f32 of any shape with the same rows; `fresh` as in `EmitOptions`. */
  decode(plan: PlanBuilder, codes: number, fresh: boolean): number;
}

/** Codes times the scale of their block. */
function quantized({ codeType, codesInByte, decode }: CodeLayout): Storage {
  /** f32 [rows, columns] of codes and scales of any number of rows. */
  const values = (
    plan: PlanBuilder,
    codes: number,
    scales: number,
    { block, columns, fresh }: { readonly block: number; readonly columns: number; readonly fresh: boolean },
  ): number => {
    const blocks = plan.emit('Reshape', [decode(plan, codes, fresh), plan.ints([-1, columns / block, block])]);
    const scaled = plan.emit('Mul', [blocks, plan.emit('Reshape', [scales, plan.ints([-1, columns / block, 1])])]);
    return plan.emit('Reshape', [scaled, plan.ints([-1, columns])]);
  };
  return {
    hold: (plan, ref) => {
      if (!isQuantized(ref)) throw new TypeError(`${ref.name} is not quantised`);
      const [rows, columns] = ref.shape;
      const codes = { ...fileRange(ref), shape: [rows, columns / codesInByte], type: codeType, heldAs: codeType };
      const block = blockOf(ref);
      const hold = (range: ByteRange, shape: readonly number[], type: TfType = TfType.float): number =>
        plan.weight({ ...fileRange(range), shape, type, heldAs: type });
      const held = { codes: plan.weight(codes), block, shape: ref.shape };
      if (!ref.nested) return { ...held, scales: hold(ref.scales, [rows, columns / block]) };
      const groups = scaleBlocks((rows * columns) / block);
      const nested = { steps: hold(ref.nested.steps, [groups, 1]), mean: hold(ref.nested.mean, [1]) };
      return { ...held, scales: hold(ref.scales, [groups, SCALE_BLOCK], TfType.int8), nested };
    },
    read: (plan, held, type) => {
      const { codes, block, shape } = held;
      const matrix = values(plan, codes, scalesOf(plan, held, true), {
        block: block!,
        columns: shape[1]!,
        fresh: true,
      });
      return type === TfType.float ? matrix : plan.cast(matrix, type);
    },
    gather: (plan, held, indices) => {
      const { codes, block, shape } = held;
      const scales = gatherRows(plan, scalesOf(plan, held, false), indices);
      return values(plan, gatherRows(plan, codes, indices), scales, {
        block: block!,
        columns: shape[1]!,
        fresh: false,
      });
    },
  };
}

/** f32 [rows, columns / block]; `fresh` as in `EmitOptions`. */
function scalesOf(plan: PlanBuilder, { scales, nested, block, shape }: HeldWeight, fresh: boolean): number {
  if (!nested) return scales!;
  const [rows, columns] = shape as readonly [number, number];
  const perRow = columns / block!;
  const apart = plan.emit('Mul', [plan.cast(scales!, TfType.float, { fresh }), nested.steps]);
  const all = plan.emit('Reshape', [plan.emit('AddV2', [apart, nested.mean]), plan.ints([-1])]);
  const own =
    (rows * perRow) % SCALE_BLOCK === 0 ? all : plan.emit('Slice', [all, plan.ints([0]), plan.ints([rows * perRow])]);
  return plan.emit('Reshape', [own, plan.ints([rows, perRow])]);
}

/** Both codes of a byte in one look-up: a table [256, 2]. */
function pairs(table: (code: number) => number, firstIsLow: boolean): CodeLayout['decode'] {
  const entries = Float32Array.from({ length: 512 }, (_, i) => {
    const isLow = (i % 2 === 0) === firstIsLow;
    const byte = i >> 1;
    return table(isLow ? byte & 15 : byte >> 4);
  });
  return (plan, codes, fresh) =>
    gatherRows(plan, plan.floats([256, 2], entries), plan.cast(codes, TfType.int32, { fresh }));
}

const nibbles = (decode: CodeLayout['decode']): CodeLayout => ({
  codeType: TfType.uint8,
  codesInByte: 2,
  decode,
});

export const storages: { readonly [T in HeldDType]: Storage } = {
  f32: plain(TfType.float),
  f16: plain(TfType.half),
  bf16: plain(TfType.bfloat16),
  int8: quantized({
    codeType: TfType.int8,
    codesInByte: 1,
    decode: (plan, codes, fresh) => plan.cast(codes, TfType.float, { fresh }),
  }),
  int4: quantized(nibbles(pairs((code) => code - 8, true))),
  nf4: quantized(nibbles(pairs((code) => NF4[code]!, false))),
};
