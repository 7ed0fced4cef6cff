/**
 * Products with frozen matrices, one way a storage type. Letters: N rows, O outputs, I inputs of the matrix [O, I];
 * K the axis that is summed over, M the other one.
 *
 * Integer products take rows in 8 bits, unsigned with zero at 128, and signed weights: the one pairing for which
 * processors with VNNI or AMX have an instruction. On older x86 that pairing adds two products in 16 bits, which
 * saturates; there the weights are unsigned too, with zero at 128. Every row has a scale of its own (vector-wise:
 * Dettmers et al. 2022, arXiv:2208.07339), so large rows do not press small ones flat.
 */

import { SCALE_BLOCK, scaleBlocks } from '../../tensor/double-quantization.ts';
import { type ByteRange, isQuantized, type QuantizedWeightRef, type WeightRef } from '../../tensor/op.ts';
import { BLOCK, blockOf, NF4 } from '../../tensor/quantization.ts';
import type { ComputeDType, Int8Products } from '../engine.ts';
import { type OnnxGraph, onnxType } from './onnx-graph.ts';

/** What the two codes of each byte stand for, the one in the high half first. */
const NF4_PAIRS = Float32Array.from({ length: 512 }, (_, i) => NF4[i % 2 === 0 ? i >> 5 : (i >> 1) & 15]!);

/** Columns that `fast` keeps in f32. */
const OUTLIERS = 32;
/** So many of the columns of rows. */
export const outlierCount = (size: number): number => Math.min(OUTLIERS, Math.floor(size / 64));
/** Below this a row counts as zero: its reciprocal would overflow. */
const TINY = 1e-30;

const TO_F32 = { to: onnxType.f32 };

/** Codes of which rows are looked up are another value than those that are multiplied where these are packed. */
const lookedUp = ({ packed = false }: { readonly packed?: boolean | undefined }): string => (packed ? 'looked up' : '');

/** The matrix as it lies in its file, as one value. */
const codesOf = (onnx: OnnxGraph, ref: QuantizedWeightRef): string =>
  ref.dtype === 'int8'
    ? onnx.external(ref, 'i8', ref.shape)
    : ref.dtype === 'int4'
      ? onnx.external(ref, 'u4', ref.shape)
      : onnx.external(ref, 'u8', [ref.byteLength]);

function scalesOf(onnx: OnnxGraph, ref: QuantizedWeightRef): string {
  const { dtype, shape, scales, nested } = ref;
  const [O, I] = shape;
  if (nested) return widenScales(onnx, scales, nested, (O * I) / BLOCK);
  return onnx.external(
    scales,
    'f32',
    dtype === 'int8' ? [O] : dtype === 'int4' ? [O, I / blockOf(ref)] : [(O * I) / BLOCK],
  );
}

/** f32 [count] of scales that are codes. ONNX Runtime leaves `DequantizeLinear` alone at loading, so codes are what is held. */
function widenScales(
  onnx: OnnxGraph,
  codes: ByteRange,
  { steps, mean }: NonNullable<QuantizedWeightRef['nested']>,
  count: number,
): string {
  const groups = scaleBlocks(count);
  const apart = onnx.emitAnew(
    'DequantizeLinear',
    [onnx.external(codes, 'i8', [groups, SCALE_BLOCK]), onnx.external(steps, 'f32', [groups])],
    { axis: 0 },
  );
  const all = onnx.emit('Reshape', [onnx.emit('Add', [apart, onnx.external(mean, 'f32', [1])]), onnx.ints([-1])]);
  return count % SCALE_BLOCK === 0 ? all : onnx.emit('Slice', [all, onnx.ints([0]), onnx.ints([count])]);
}

/** Of a matrix that is widened in blocks, the largest block in f32. */
const WIDENED_BYTES = 16 * 2 ** 20;

/** x [N, O] times an nf4 matrix [O, I], so many of its rows at a time: widening takes two and a half times their f32 bytes. */
function widenedInBlocks(onnx: OnnxGraph, x: string, ref: QuantizedWeightRef): string {
  const [O, I] = ref.shape;
  const blocks = Math.ceil((4 * O * I) / WIDENED_BYTES);
  if (blocks === 1) return multiply(onnx, x, widen(onnx, ref, x), false);
  let sum: string | undefined;
  for (let block = 0; block < blocks; block++) {
    const [from, to] = [block, block + 1].map((i) => Math.floor((O * i) / blocks)) as [number, number];
    const columns = onnx.emit('Slice', [x, onnx.ints([from]), onnx.ints([to]), onnx.ints([1])]);
    // Each block waits for the sum so far, so that no two are held at a time.
    const rows = widenNf4(onnx, ref, { from, to, user: sum ?? x });
    sum = onnx.emit(sum ? 'Gemm' : 'MatMul', sum ? [columns, rows, sum] : [columns, rows]);
  }
  return sum!;
}

/**
 * The matrix [O, I] as f32. Made anew wherever it is used: keeping it is what a narrow type is there to avoid.
 * @param user  a value that is known only when the graph runs; without it, ONNX Runtime may widen once, at loading
 */
export function widen(onnx: OnnxGraph, ref: WeightRef, user?: string): string {
  if (!isQuantized(ref)) {
    const value = onnx.external(ref, ref.dtype, ref.shape);
    return ref.dtype === 'f32' ? value : onnx.emit('Cast', [value], TO_F32);
  }
  const [O, I] = ref.shape;
  if (ref.dtype === 'int8')
    return onnx.emitAnew('DequantizeLinear', [codesOf(onnx, ref), scalesOf(onnx, ref)], { axis: 0 });
  if (ref.dtype === 'int4') {
    const block = blockOf(ref);
    const zeros = onnx.uint4([O, I / block], 8);
    return onnx.emitAnew('DequantizeLinear', [codesOf(onnx, ref), scalesOf(onnx, ref), zeros], {
      axis: 1,
      block_size: block,
    });
  }
  return widenNf4(onnx, ref, { from: 0, to: O, user });
}

interface RowRange {
  readonly from: number;
  readonly to: number;
  /** See {@link widen}. */
  readonly user: string | undefined;
}

/** Rows [from, to) of an nf4 matrix as f32. A byte is two codes: it is looked up as a pair. */
function widenNf4(onnx: OnnxGraph, ref: QuantizedWeightRef, { from, to, user }: RowRange): string {
  const [O, I] = ref.shape;
  /** Elements of a vector with so many for each row. */
  const part = (vector: string, perRow: number): string => {
    if (user === undefined) return vector;
    // ONNX Runtime cannot compute this before it knows the user's shape, of which no dimension is below 0.
    const nothing = onnx.emit('Min', [onnx.emit('Shape', [user], { start: 0, end: 1 }), onnx.ints([0])]);
    const end = onnx.emit('Add', [nothing, onnx.ints([to * perRow])]);
    return onnx.emit('Slice', [vector, onnx.ints([from * perRow]), end, onnx.ints([0])]);
  };
  const bytes = onnx.emitAnew('Cast', [part(codesOf(onnx, ref), I / 2)], { to: onnxType.i32 });
  const units = onnx.emit('Gather', [onnx.floats([256, 2], NF4_PAIRS), bytes], { axis: 0 });
  const blocks = onnx.emit('Reshape', [units, onnx.ints([-1, BLOCK])]);
  const isWhole = from === 0 && to === O;
  const scales = scalesOf(onnx, ref);
  const column = onnx.emit('Unsqueeze', [isWhole ? scales : part(scales, I / BLOCK), onnx.ints([1])]);
  return onnx.emit('Reshape', [onnx.emit('Mul', [blocks, column]), onnx.ints([to - from, I])]);
}

/** Rows of the matrix as f32, [N, I]. */
export function gatherRows(
  onnx: OnnxGraph,
  ref: WeightRef,
  indices: string,
  precision: Pick<Precision, 'packed'> = {},
): string {
  const rows = (value: string) => onnx.emit('Gather', [value, indices], { axis: 0 });
  if (!isQuantized(ref)) {
    const found = rows(onnx.external(ref, ref.dtype, ref.shape));
    return ref.dtype === 'f32' ? found : onnx.emit('Cast', [found], TO_F32);
  }
  if (ref.dtype !== 'int8') return rows(widen(onnx, ref));
  const scales = onnx.emit('Unsqueeze', [rows(scalesOf(onnx, ref)), onnx.ints([1])]);
  const codes = onnx.external(ref, 'i8', ref.shape, lookedUp(precision));
  return onnx.emit('Mul', [onnx.emit('Cast', [rows(codes)], TO_F32), scales]);
}

export interface Precision {
  readonly int8: Int8Products;
  /** Multiply with int8 weights as unsigned numbers, which no processor saturates with. Default: false. */
  readonly unsignedWeights?: boolean | undefined;
  /** The session keeps frozen matrices packed, so that their own bytes are not needed any more. Default: false. */
  readonly packed?: boolean | undefined;
  /** Default: f32. Integer products go before it. */
  readonly compute?: ComputeDType | undefined;
}

export interface ProductContext {
  /** Where x is multiplied with several matrices, all of them: they share what is done to its rows. */
  readonly siblings?: readonly QuantizedWeightRef[];
  /** No gradient is computed with this matrix: 4-bit codes are multiplied as they are, with rows in 8 bits. */
  readonly forwardOnly?: boolean;
  /** Nor with any other matrix of the graph. */
  readonly graphIsForward?: boolean;
  /** Rows of x add up to 1 and have no number below 0: their largest are in columns of their own, row by row. */
  readonly probabilities?: boolean;
  /** Where x comes in several parts: what {@link chooseOutliers} found in all of it. */
  readonly outliers?: Outliers | undefined;
}

/**
 * x [N, I] times the matrix transposed, or x [N, O] times the matrix.
 * @returns f32 [N, O] or [N, I]
 */
export function frozenProduct(
  onnx: OnnxGraph,
  x: string,
  ref: WeightRef,
  transposed: boolean,
  { int8, compute = 'f32', unsignedWeights = false, packed }: Precision,
  context: ProductContext = {},
): string {
  const { siblings = isQuantized(ref) ? [ref] : [], forwardOnly = false, probabilities = false, outliers } = context;
  if (isQuantized(ref)) {
    const [O, I] = ref.shape;
    if (ref.dtype === 'nf4' && transposed) {
      // Only forward: with transB = 0 the op of ONNX Runtime 1.30 reads the matrix with the wrong stride.
      const sizes = { K: I, N: O, block_size: BLOCK, quant_type: 1 };
      return onnx.emit('com.microsoft.MatMulBnb4', [x, codesOf(onnx, ref), scalesOf(onnx, ref)], sizes);
    }
    if (ref.dtype === 'int4' && transposed && forwardOnly && int8 !== 'widened') {
      return fourBitProduct(onnx, x, ref, siblings);
    }
    if (isMultipliedAsIntegers(ref, transposed, int8)) {
      const precision = { int8: int8 as 'fast', unsignedWeights, packed };
      return integerProduct(onnx, x, ref, { transposed, siblings, probabilities, outliers, ...precision });
    }
  }
  if (compute !== 'f32') return halfProduct(onnx, x, ref, transposed, compute);
  if (isQuantized(ref) && ref.dtype === 'nf4' && !transposed) return widenedInBlocks(onnx, x, ref);
  return multiply(onnx, x, widen(onnx, ref, x), transposed);
}

/**
 * 4-bit codes as they are, with rows in 8 bits. Matrices that share x and lie side by side in their file are one matrix: for
 * a single row, three products take longer than one of the same size.
 */
function fourBitProduct(
  onnx: OnnxGraph,
  x: string,
  ref: QuantizedWeightRef,
  siblings: readonly QuantizedWeightRef[],
): string {
  const group = adjoining(ref, siblings);
  const I = ref.shape[1];
  const block = blockOf(ref);
  const O = group.reduce((sum, { shape }) => sum + shape[0], 0);
  const all = (ranges: readonly ByteRange[]): ByteRange => ({
    ...ranges[0]!,
    byteLength: ranges.reduce((sum, { byteLength }) => sum + byteLength, 0),
  });
  const blocks = onnx.external(all(group), 'u8', [O, I / block, block / 2]);
  const scales = onnx.external(all(group.map(({ scales }) => scales)), 'f32', [(O * I) / block]);
  const sizes = { K: I, N: O, bits: 4, block_size: block, accuracy_level: 4 };
  const product = onnx.emit('com.microsoft.MatMulNBits', [x, blocks, scales], sizes);
  if (group.length === 1) return product;
  const widths = onnx.ints(group.map(({ shape }) => shape[0]));
  return onnx.emitAll('Split', [product, widths], { axis: 1 }, group.length)[group.indexOf(ref)]!;
}

/** The siblings whose codes and scales lie without a gap around those of a matrix, itself included, in order. */
function adjoining(ref: QuantizedWeightRef, siblings: readonly QuantizedWeightRef[]): QuantizedWeightRef[] {
  const follows = (a: ByteRange, b: ByteRange) => a.file === b.file && a.byteOffset + a.byteLength === b.byteOffset;
  const alike = siblings.filter(
    (other) => other.dtype === ref.dtype && other.shape[1] === ref.shape[1] && blockOf(other) === blockOf(ref),
  );
  const group = [ref];
  const find = (test: (other: QuantizedWeightRef) => boolean) =>
    alike.find((other) => !group.includes(other) && test(other));
  for (let next = find((o) => follows(ref, o)); next; next = find((o) => follows(group.at(-1)!, o))) {
    if (!follows(group.at(-1)!.scales, next.scales)) break;
    group.push(next);
  }
  for (let last = find((o) => follows(o, ref)); last; last = find((o) => follows(o, group[0]!))) {
    if (!follows(last.scales, group[0]!.scales)) break;
    group.unshift(last);
  }
  return group;
}

const multiply = (onnx: OnnxGraph, x: string, weight: string, transposed: boolean): string =>
  transposed ? onnx.emit('com.microsoft.FusedMatMul', [x, weight], { transB: 1 }) : onnx.emit('MatMul', [x, weight]);

/**
 * In 16 bits; the result is f32. f16 cannot hold what a backward pass needs, gradients of 1e-8 beside activations of 1e3.
 * Instead of one factor on the loss (Micikevicius et al. 2018, arXiv:1710.03740) each row is divided by its largest
 * element before the product and multiplied by it after, in f32: no step is ever skipped.
 */
function halfProduct(onnx: OnnxGraph, x: string, ref: WeightRef, transposed: boolean, compute: 'f16' | 'bf16'): string {
  const narrow = (value: string) => onnx.emit('Cast', [value], { to: onnxType[compute] });
  const weight = ref.dtype === compute ? onnx.external(ref, compute, ref.shape) : narrow(widen(onnx, ref, x));
  if (compute === 'bf16') return onnx.emit('Cast', [multiply(onnx, narrow(x), weight, transposed)], TO_F32);
  const largest = onnx.emit('ReduceMax', [onnx.emit('Abs', [x]), onnx.ints([-1])], { keepdims: 1 });
  const scale = onnx.emit('Max', [largest, onnx.float(TINY)]);
  const product = multiply(onnx, narrow(onnx.emit('Div', [x, scale])), weight, transposed);
  return onnx.emit('Mul', [onnx.emit('Cast', [product], TO_F32), scale]);
}

const isMultipliedAsIntegers = (ref: QuantizedWeightRef, transposed: boolean, int8: Int8Products): boolean =>
  ref.dtype === 'int8' && int8 !== 'widened' && (ref.transposed !== undefined || !transposed);

export interface Rows {
  /** uint8 [N, K] */
  readonly codes: string;
  /** f32 [N, 1] */
  readonly scale: string;
}

/** The code that stands for 0: in the middle, or where no number is below 0, the first. */
const zeroOf = (nonNegative: boolean): number => (nonNegative ? 0 : 128);

/** Each row divided by its scale, rounded. @param scales  f32 [N] */
function roundRows(onnx: OnnxGraph, x: string, scale: string, zero = 128): string {
  const scales = onnx.emit('Squeeze', [scale, onnx.ints([1])]);
  const zeros = onnx.emit('Expand', [onnx.uint8(zero), onnx.emit('Shape', [scales])]);
  return onnx.emit('QuantizeLinear', [x, scales, zeros], { axis: 0 });
}

function rowScale(onnx: OnnxGraph, x: string, nonNegative: boolean): string {
  const most = onnx.emit('ReduceMax', [x, onnx.ints([1])], { keepdims: 1 });
  const sides = nonNegative
    ? [most]
    : [most, onnx.emit('Neg', [onnx.emit('ReduceMin', [x, onnx.ints([1])], { keepdims: 1 })])];
  const largest = onnx.emit('Max', [...sides, onnx.float(TINY)]);
  return onnx.emit('Mul', [largest, onnx.float(1 / (nonNegative ? 255 : 127))]);
}

export function quantizeRows(onnx: OnnxGraph, x: string, nonNegative = false): Rows {
  const scale = rowScale(onnx, x, nonNegative);
  return { codes: roundRows(onnx, x, scale, zeroOf(nonNegative)), scale };
}

/** The bytes of int8 codes as unsigned numbers with zero at 128: the sign bit is flipped, once, at loading. */
function unsignedCodes(onnx: OnnxGraph, range: ByteRange, shape: readonly number[]): string {
  return onnx.emitOnce('BitwiseXor', [onnx.external(range, 'u8', shape), onnx.uint8(128)]);
}

interface IntegerProduct {
  readonly transposed: boolean;
  readonly int8: 'fast' | 'accurate';
  readonly siblings: readonly QuantizedWeightRef[];
  readonly probabilities: boolean;
  readonly outliers?: Outliers | undefined;
  readonly unsignedWeights: boolean;
  readonly packed: boolean | undefined;
}

/** Columns of rows that `fast` multiplies in f32. */
export interface Outliers {
  /** int64 [count] */
  readonly columns: string;
  /** f32 [K]: what the rows are multiplied with before they are rounded, 0 in these columns. */
  readonly kept: string;
  /** f32 [count, M]: what the columns are multiplied with. */
  readonly rows: string;
}

/** int8 codes in the order in which they are multiplied. */
const storedCodes = (onnx: OnnxGraph, ref: QuantizedWeightRef, transposed: boolean): string =>
  transposed ? onnx.external(ref.transposed!, 'i8', [...ref.shape].reverse()) : codesOf(onnx, ref);

/** The product of codes with the matrix, scaled by all but the scales of its rows: f32 [N, M]. @param zero  the code of 0 */
export function multiplyCodes(
  onnx: OnnxGraph,
  left: string,
  ref: QuantizedWeightRef,
  { transposed, unsignedWeights }: Pick<IntegerProduct, 'transposed' | 'unsignedWeights'>,
  zero = 128,
): string {
  const [O, I] = ref.shape;
  const [range, shape] = transposed ? [ref.transposed!, [I, O]] : [ref, [O, I]];
  const factors = unsignedWeights
    ? [unsignedCodes(onnx, range, shape), onnx.uint8(128)]
    : [storedCodes(onnx, ref, transposed)];
  // Going back, the weights' scales lie along the axis that is summed over: they go into the rows.
  const columnScale = transposed ? scalesOf(onnx, ref) : onnx.float(1);
  const [right, ...rightZero] = factors as [string, ...string[]];
  const inputs = [left, right, onnx.float(1), columnScale, onnx.uint8(zero), ...rightZero];
  return onnx.emit('com.microsoft.MatMulIntegerToFloat', inputs);
}

/**
 * What goes into a narrowing linear is a product of activations, with rows that a few values dominate: of all products,
 * these lose most in one term.
 */
const takesTwoTerms = ({ shape: [O, I] }: QuantizedWeightRef, { transposed, int8 }: IntegerProduct): boolean =>
  int8 === 'accurate' || (transposed && I > O);

function integerProduct(onnx: OnnxGraph, x: string, ref: QuantizedWeightRef, product: IntegerProduct): string {
  const { transposed, probabilities } = product;
  const [O, I] = ref.shape;
  const scaled = () => (transposed ? x : onnx.emit('Mul', [x, scalesOf(onnx, ref)]));
  if (takesTwoTerms(ref, product)) {
    const multiply = (left: string) => multiplyCodes(onnx, left, ref, product);
    return twoTerms(onnx, scaled(), multiply, transposed ? [I, O] : [O, I]);
  }
  const outliers = product.outliers ?? findOutliers(onnx, x, ref, product);
  const rows = outliers ? onnx.emit('Mul', [x, outliers.kept]) : scaled();
  const { codes, scale } = quantizeRows(onnx, rows, probabilities);
  const main = onnx.emit('Mul', [multiplyCodes(onnx, codes, ref, product, zeroOf(probabilities)), scale]);
  if (!outliers) return main;
  const apart = onnx.emit('Gather', [x, outliers.columns], { axis: 1 });
  // Not as one `Gemm`, which first copies what it adds to.
  return onnx.emit('Add', [main, onnx.emit('com.microsoft.FusedMatMul', [apart, outliers.rows])]);
}

/**
 * What a product of `fast` takes out of all of x, for products with parts of it: f32 [N, I] times the matrix transposed.
 * @returns  undefined where it takes nothing out
 */
export function chooseOutliers(
  onnx: OnnxGraph,
  x: string,
  ref: WeightRef,
  { int8, unsignedWeights = false, packed }: Precision,
): Outliers | undefined {
  if (!isQuantized(ref) || !isMultipliedAsIntegers(ref, true, int8)) return undefined;
  const precision = { int8: int8 as 'fast', unsignedWeights, packed };
  const product = { transposed: true, siblings: [ref], probabilities: false, ...precision };
  return takesTwoTerms(ref, product) ? undefined : findOutliers(onnx, x, ref, product);
}

function findOutliers(
  onnx: OnnxGraph,
  x: string,
  ref: QuantizedWeightRef,
  product: IntegerProduct,
): Outliers | undefined {
  const { transposed, siblings, probabilities, packed } = product;
  const [O, I] = ref.shape;
  const size = transposed ? I : O;
  const count = probabilities ? 0 : outlierCount(size);
  if (count === 0) return undefined;
  const scales = scalesOf(onnx, ref);
  const energy = transposed ? inputEnergy(onnx, siblings) : onnx.emit('Mul', [scales, scales]);
  const columns = mostImportant(onnx, x, count, energy);
  const kept = onnx.emit('ScatterElements', [
    transposed ? onnx.emit('Expand', [onnx.float(1), onnx.ints([size])]) : scales,
    columns,
    onnx.emit('Expand', [onnx.float(0), onnx.ints([count])]),
  ]);
  const ownScales = () => onnx.emit('Unsqueeze', [onnx.emit('Gather', [scales, columns]), onnx.ints([1])]);
  if (packed) {
    const rows = multiplyCodes(onnx, oneHot(onnx, columns, size), ref, product);
    return { columns, kept, rows: transposed ? rows : onnx.emit('Mul', [rows, ownScales()]) };
  }
  const codes = onnx.emit('Gather', [storedCodes(onnx, ref, transposed), columns], { axis: 0 });
  const rows = onnx.emit('Mul', [onnx.emit('Cast', [codes], TO_F32), transposed ? scales : ownScales()]);
  return { columns, kept, rows };
}

/** Rows that pick rows of a packed matrix, whose own bytes are not there any more: u8 [count, size], zero at 128. */
export function oneHot(onnx: OnnxGraph, columns: string, size: number): string {
  const count = outlierCount(size);
  const zeros = onnx.emit('Expand', [onnx.uint8(128), onnx.ints([count, size])]);
  const ones = onnx.emit('Expand', [onnx.uint8(129), onnx.ints([count, 1])]);
  return onnx.emit('ScatterElements', [zeros, onnx.emit('Unsqueeze', [columns, onnx.ints([1])]), ones], { axis: 1 });
}

/**
 * Rows [N, K] times a matrix [K, M], each row as codes and what they leave over as further codes, 254 times finer. Both
 * lie side by side as [N, 2, K], so that one product reads the matrix once; a product of [1, 2] by [2, M] for each row
 * then adds the two up and scales them in one pass.
 */
function twoTerms(
  onnx: OnnxGraph,
  rows: string,
  multiply: (codes: string) => string,
  [K, M]: readonly [number, number],
): string {
  const { codes, scale } = pairRows(onnx, rows, K);
  return addPairs(onnx, multiply(codes), scale, M);
}

/** Each row as two, u8 [2*N, K], with a scale each, f32 [N, 2]. */
export function pairRows(onnx: OnnxGraph, rows: string, K: number): Rows {
  const first = quantizeRows(onnx, rows);
  const rest = onnx.emit('Sub', [rows, readRows(onnx, first)]);
  const fine = onnx.emit('Mul', [first.scale, onnx.float(1 / 254)]);
  const second = roundRows(onnx, rest, fine);
  const pairs = onnx.emit(
    'Concat',
    [first.codes, second].map((codes) => onnx.emit('Unsqueeze', [codes, onnx.ints([1])])),
    { axis: 1 },
  );
  return {
    codes: onnx.emit('Reshape', [pairs, onnx.ints([-1, K])]),
    scale: onnx.emit('Concat', [first.scale, fine], { axis: 1 }),
  };
}

/** What a product [2*N, M] of such rows adds up to, [N, M]. */
export function addPairs(onnx: OnnxGraph, product: string, scale: string, M: number): string {
  const factors = onnx.emit('Unsqueeze', [scale, onnx.ints([1])]);
  const sum = onnx.emit('MatMul', [factors, onnx.emit('Reshape', [product, onnx.ints([-1, 2, M])])]);
  return onnx.emit('Reshape', [sum, onnx.ints([-1, M])]);
}

/** What the codes of rows stand for. */
function readRows(onnx: OnnxGraph, { codes, scale }: Rows): string {
  const scales = onnx.emit('Squeeze', [scale, onnx.ints([1])]);
  const zeros = onnx.emit('Expand', [onnx.uint8(128), onnx.emit('Shape', [scales])]);
  return onnx.emit('DequantizeLinear', [codes, scales, zeros], { axis: 0 });
}

/** How much each input counts in the products with these matrices, f32 [I]. */
export function inputEnergy(onnx: OnnxGraph, siblings: readonly QuantizedWeightRef[]): string | undefined {
  const parts = siblings.flatMap(({ inputEnergy, shape: [, I] }) =>
    inputEnergy ? [onnx.external(inputEnergy, 'f32', [I])] : [],
  );
  if (parts.length === 0) return undefined;
  return parts.reduce((sum, part) => onnx.emit('Add', [sum, part]));
}

/** Rows that are looked at to rank columns: one of so many. */
const SAMPLE = 8;

/**
 * The columns of x with most energy, times what their weights add: taken out, they do not set the scale of the rest.
 * @param weights  f32 [K]
 * @returns        int64 [count]
 */
export function mostImportant(onnx: OnnxGraph, x: string, count: number, weights: string | undefined): string {
  const sample = onnx.emit('Slice', [x, onnx.ints([0]), onnx.ints([2 ** 31]), onnx.ints([0]), onnx.ints([SAMPLE])]);
  const energy = onnx.emit('ReduceSumSquare', [sample, onnx.ints([0])], { keepdims: 0 });
  const ranked = weights ? onnx.emit('Mul', [energy, weights]) : energy;
  return onnx.emitAll('TopK', [ranked, onnx.ints([count])], { axis: 0, sorted: 0 }, 2)[1]!;
}
