/** Quantised bases: made once into a file beside the checkpoint, then opened like any weights. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { InvalidOptionError, QuantizedFileError } from '../errors.ts';
import type { CausalLm } from '../model/causal-lm.ts';
import { FrozenSource } from '../model/weight-source.ts';
import { nestedBytes, SCALE_BLOCK, scaleBlocks } from '../tensor/double-quantization.ts';
import type { QuantizedDType } from '../tensor/dtype.ts';
import { GraphBuilder, isKind } from '../tensor/graph.ts';
import { isQuantized, type QuantizedWeightRef, type WeightRef } from '../tensor/op.ts';
import { input } from '../tensor/ops.ts';
import {
  BLOCK,
  blockFor,
  canQuantize,
  columnEnergy,
  dequantize,
  type FreshMatrix,
  type QuantizedMatrix,
  quantize,
} from '../tensor/quantization.ts';
import { readWeight } from './read-weight.ts';
import {
  type BytesToWrite,
  readSafetensorsHeader,
  type TensorRef,
  type Writable,
  writeSafetensors,
} from './safetensors.ts';

/** What {@link openModel} gives, as far as it is needed here. */
export interface Base {
  readonly model: CausalLm;
  readonly weights: ReadonlyMap<string, WeightRef>;
}

/** Which matrices are quantised, and to what. */
export interface QuantizeOptions {
  /** Type that the matrices are held in. */
  readonly dtype: QuantizedDType;
  /** Where the quantised matrices go; about half or a quarter of a bf16 checkpoint. */
  readonly file: string;
  /**
   * The output head, which 4 bits hurt most. Default int8; a head that is also the embedding table is always int8.
   * `keep` leaves it as it is stored.
   */
  readonly head?: QuantizedDType | 'keep';
  /**
   * Hold the scales of nf4 matrices in 8 bits as well (QLoRA's double quantisation): 4.13 bits a weight in place of 4.5.
   * Default false.
   */
  readonly doubleQuantization?: boolean;
  /** What tells this base from others; kept in the file's report. */
  readonly source?: string;
  /** Stops between two matrices. */
  readonly signal?: AbortSignal;
}

/** How one matrix was quantised, and how far off it is. */
export interface MatrixReport {
  /** Name in the checkpoint. */
  readonly name: string;
  /** Type it is held in. */
  readonly dtype: QuantizedDType;
  /** Of codes and scales, what the engines keep beside them included. */
  readonly bytes: number;
  /** Root of the summed squared differences to the stored values, over that of the values. */
  readonly relativeError: number;
}

/** What quantising a model did. */
export interface QuantizationReport {
  /** Type of all matrices but, perhaps, the head. */
  readonly dtype: QuantizedDType;
  /** Whether the scales of nf4 matrices are codes themselves. */
  readonly doubleQuantization: boolean;
  /** One for each matrix that was quantised. */
  readonly matrices: readonly MatrixReport[];
  /** Matrices that stay as they are stored, and why. */
  readonly kept: readonly { readonly name: string; readonly reason: string }[];
  /** Of the quantised matrices, in the checkpoint and now. */
  readonly bytesBefore: number;
  /** Size of the quantised matrices, scales included. */
  readonly bytes: number;
  /** Over all quantised matrices together. */
  readonly relativeError: number;
  /** Fingerprint of the base, where its maker gave one. */
  readonly source?: string | undefined;
}

/** What matrices are held in, in words. */
export const heldAs = ({
  dtype,
  doubleQuantization,
}: Pick<QuantizationReport, 'dtype' | 'doubleQuantization'>): string =>
  doubleQuantization ? `${dtype} with scales in 8 bits` : dtype;

/** A base whose matrices are held in codes. */
export interface QuantizedBase extends Base {
  /** How far off the matrices are. */
  readonly report: QuantizationReport;
}

const FORMAT = 'alpacare-quantized-1';
const METADATA_KEY = 'alpacare.quantization';

const reportSchema = z.object({
  format: z.literal(FORMAT),
  dtype: z.enum(['int8', 'int4', 'nf4']),
  // Files of earlier versions do not say.
  doubleQuantization: z.boolean().default(false),
  matrices: z.array(
    z.object({
      name: z.string(),
      dtype: z.enum(['int8', 'int4', 'nf4']),
      bytes: z.number(),
      relativeError: z.number(),
    }),
  ),
  kept: z.array(z.object({ name: z.string(), reason: z.string() })),
  bytesBefore: z.number(),
  bytes: z.number(),
  relativeError: z.number(),
  source: z.string().optional(),
});

const tensorNames = (name: string) =>
  ({
    codes: `${name}.codes`,
    scales: `${name}.scales`,
    steps: `${name}.scales.steps`,
    mean: `${name}.scales.mean`,
    transposed: `${name}.codes.transposed`,
    energy: `${name}.energy`,
  }) as const;

/** Name of the matrix that makes logits, and whether it is the embedding table as well. */
function findHead({ model, weights }: Base): { readonly name: string; readonly isTable: boolean } | undefined {
  const graph = new GraphBuilder();
  const logits = model.head(new FrozenSource(graph, weights), input(graph, 'hidden', 'f32', ['N', model.hiddenSize]));
  const matrix = graph.finish({ logits }).nodes.find((node) => isKind(node, 'weight') && node.shape.length === 2);
  if (!matrix || !isKind(matrix, 'weight')) return undefined;
  const { ref } = matrix.attributes;
  const name = [...weights].find(([, candidate]) => candidate === ref)?.[0];
  if (name === undefined) return undefined;
  const linears = new Set(model.linears.map(({ path }) => `${path}.weight`));
  return { name, isTable: !linears.has(name) && name.includes('embed') };
}

type PlanOptions = Pick<QuantizeOptions, 'dtype' | 'head' | 'doubleQuantization'>;

/** Whether the scales of a matrix are to be codes. */
const isNested = (dtype: QuantizedDType, { doubleQuantization = false }: PlanOptions): boolean =>
  doubleQuantization && dtype === 'nf4';

/**
 * The weights as {@link quantizeModel} would make them, lying nowhere: for estimates.
 * @throws {InvalidOptionError} when some are quantised already, or for double quantisation of another type than nf4
 */
export function planQuantized(base: Base, options: PlanOptions): Map<string, WeightRef> {
  const weights = new Map(base.weights);
  for (const [name, dtype] of plan(base, options).chosen) {
    const [O, I] = base.weights.get(name)!.shape as [number, number];
    const range = (byteLength: number) => ({ file: '', byteOffset: 0, byteLength });
    const isInt8 = dtype === 'int8';
    const count = (O * I) / blockFor(dtype, I);
    const nested = isNested(dtype, options);
    weights.set(name, {
      name,
      dtype,
      shape: [O, I],
      ...range(isInt8 ? O * I : (O * I) / 2),
      scales: range(nested ? scaleBlocks(count) * SCALE_BLOCK : 4 * count),
      ...(nested && { nested: { steps: range(4 * scaleBlocks(count)), mean: range(4) } }),
      ...(isInt8 && { transposed: range(O * I), inputEnergy: range(4 * I) }),
    });
  }
  return weights;
}

/** Which matrix becomes what. */
function plan(base: Base, { dtype, head = 'int8', doubleQuantization }: PlanOptions) {
  if (doubleQuantization && dtype !== 'nf4')
    throw new InvalidOptionError(
      'doubleQuantization',
      `is for nf4, whose scales share 64 weights each; found ${dtype}`,
    );
  const chosen = new Map<string, QuantizedDType>();
  const kept: { name: string; reason: string }[] = [];
  const choose = (name: string, wanted: QuantizedDType) => {
    const ref = base.weights.get(name);
    if (!ref) return;
    if (isQuantized(ref)) throw new InvalidOptionError('weights', `hold "${name}" in ${ref.dtype} already`);
    const [outputs, inputs] = ref.shape as [number, number];
    if (canQuantize(wanted, [outputs, inputs])) chosen.set(name, wanted);
    else kept.push({ name, reason: `${inputs} inputs are no multiple of ${BLOCK}` });
  };
  for (const { path } of base.model.linears) choose(`${path}.weight`, dtype);
  const found = findHead(base);
  if (found && head === 'keep') kept.push({ name: found.name, reason: 'the head was to be kept' });
  else if (found) choose(found.name, found.isTable ? 'int8' : (head as QuantizedDType));
  return { chosen, kept };
}

function transpose(codes: Uint8Array, [outputs, inputs]: readonly [number, number]): Uint8Array {
  const result = new Uint8Array(codes.length);
  // In tiles, so that both sides stay in the cache.
  const tile = 64;
  for (let o0 = 0; o0 < outputs; o0 += tile) {
    for (let i0 = 0; i0 < inputs; i0 += tile) {
      for (let o = o0; o < Math.min(o0 + tile, outputs); o++) {
        for (let i = i0; i < Math.min(i0 + tile, inputs); i++) result[i * outputs + o] = codes[o * inputs + i]!;
      }
    }
  }
  return result;
}

/** Squared norms of the difference and of the values. */
function squaredError(dtype: QuantizedDType, matrix: QuantizedMatrix, values: Float32Array): [number, number] {
  const restored = dequantize(dtype, matrix, new Float32Array(values.length));
  let difference = 0;
  let size = 0;
  for (let i = 0; i < values.length; i++) {
    difference += (values[i]! - restored[i]!) ** 2;
    size += values[i]! ** 2;
  }
  return [difference, size];
}

/**
 * Quantises the linears of a base, and its head, into one safetensors file. Norms, biases and the embedding table stay
 * where they are. One matrix at a time is in memory.
 *
 * @throws {InvalidOptionError} when the base is quantised already, or for double quantisation of another type than nf4
 * @throws {WriteError} when the system refuses; what was there stays whole
 */
export async function quantizeModel(base: Base, options: QuantizeOptions): Promise<QuantizedBase> {
  const { chosen, kept } = plan(base, options);
  const file = resolve(options.file);
  const matrices: MatrixReport[] = [];
  const small: Writable[] = [];
  let [difference, size, bytesBefore] = [0, 0, 0];
  const quantized = (name: string, values: Float32Array): FreshMatrix => {
    const dtype = chosen.get(name)!;
    return quantize(dtype, values, base.weights.get(name)!.shape as [number, number], isNested(dtype, options));
  };
  const make = async (name: string): Promise<QuantizedMatrix> => {
    options.signal?.throwIfAborted();
    return quantized(name, await readWeight(base.weights.get(name)!));
  };
  for (const [name, dtype] of chosen) {
    const ref = base.weights.get(name)!;
    const values = await readWeight(ref);
    const shape = ref.shape as [number, number];
    const matrix = quantized(name, values);
    const { nested, scales } = matrix;
    const [wrong, all] = squaredError(dtype, matrix, values);
    difference += wrong;
    size += all;
    bytesBefore += ref.byteLength;
    const copies = dtype === 'int8' ? 2 : 1;
    const bytes = matrix.codes.byteLength * copies + (nested ? nestedBytes(scales.length) : scales.byteLength);
    matrices.push({ name, dtype, bytes, relativeError: Math.sqrt(wrong / all) });
    const scaleShape = dtype === 'int8' ? [shape[0]] : [shape[0], shape[1] / blockFor(dtype, shape[1])];
    const names = tensorNames(name);
    if (nested) {
      const { codes, steps, mean } = nested;
      const data = new Uint8Array(codes.buffer);
      small.push({ name: names.scales, dtype: 'u8', shape: [steps.length, SCALE_BLOCK], data });
      small.push({ name: names.steps, dtype: 'f32', shape: [steps.length], data: steps });
      small.push({ name: names.mean, dtype: 'f32', shape: [1], data: Float32Array.of(mean) });
    } else small.push({ name: names.scales, dtype: 'f32', shape: scaleShape, data: scales });
    if (dtype !== 'int8') continue;
    small.push({ name: names.energy, dtype: 'f32', shape: [shape[1]], data: columnEnergy(values, shape[1]) });
  }
  const report: QuantizationReport = {
    dtype: options.dtype,
    doubleQuantization: options.doubleQuantization ?? false,
    matrices,
    kept,
    bytesBefore,
    bytes: matrices.reduce((sum, { bytes }) => sum + bytes, 0),
    relativeError: Math.sqrt(difference / size),
    ...(options.source !== undefined && { source: options.source }),
  };
  let last: { name: string; matrix: QuantizedMatrix } | undefined;
  const codes = async (name: string) => {
    if (last?.name !== name) last = { name, matrix: await make(name) };
    return last.matrix.codes;
  };
  const large = [...chosen].flatMap(([name, dtype]): BytesToWrite[] => {
    const [outputs, inputs] = base.weights.get(name)!.shape as [number, number];
    const names = tensorNames(name);
    const width = dtype === 'int8' ? inputs : inputs / 2;
    const main = { name: names.codes, dtype: 'u8', shape: [outputs, width], data: () => codes(name) } as const;
    if (dtype !== 'int8') return [main];
    const data = async () => transpose(await codes(name), [outputs, inputs]);
    return [main, { name: names.transposed, dtype: 'u8', shape: [inputs, outputs], data }];
  });
  const metadata = { [METADATA_KEY]: JSON.stringify({ format: FORMAT, ...report }) };
  // Query, key and value lie side by side as the model lists them, and so do gate and up: adjoining 4-bit matrices are one.
  await writeSafetensors(file, [...small, ...large], metadata, 'given');
  return openQuantized(base, file);
}

/**
 * A base whose matrices come from a file that {@link quantizeModel} wrote; everything else from the checkpoint.
 * @throws {QuantizedFileError} when the file is none, or belongs to a base of another shape
 * @throws {SafetensorsError} when the file is broken
 */
export async function openQuantized(base: Base, file: string): Promise<QuantizedBase> {
  const { path, metadata, tensors } = await readSafetensorsHeader(file);
  const fail = (problem: string): never => {
    throw new QuantizedFileError(path, problem);
  };
  const text = metadata[METADATA_KEY];
  if (text === undefined) return fail(`has no metadata "${METADATA_KEY}": it was not written by quantizeModel`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return fail(`metadata "${METADATA_KEY}" is not JSON`);
  }
  const parsed = reportSchema.safeParse(json);
  if (!parsed.success) return fail(`metadata "${METADATA_KEY}" has another form than ${FORMAT}`);
  const { format: _, ...report } = parsed.data;
  const weights = new Map(base.weights);
  for (const { name, dtype } of report.matrices) {
    const plain = base.weights.get(name);
    if (!plain) return fail(`holds "${name}", which the model has not`);
    const [outputs, inputs] = plain.shape as [number, number];
    const part = (tensor: string, type: TensorRef['dtype'], shape: readonly number[]): TensorRef => {
      const found = tensors.get(tensor);
      if (found?.dtype !== type || found.shape.join() !== shape.join()) {
        return fail(
          `"${tensor}": expected ${type} [${shape.join(', ')}], found ${found ? `${found.dtype} [${found.shape.join(', ')}]` : 'none'}`,
        );
      }
      return found;
    };
    const names = tensorNames(name);
    const isInt8 = dtype === 'int8';
    // Files of earlier versions have the shorter block for int4.
    const block = tensors.get(names.scales)?.shape[1] === inputs / BLOCK ? BLOCK : blockFor(dtype, inputs);
    const codes = part(names.codes, 'u8', [outputs, isInt8 ? inputs : inputs / 2]);
    const nested = isNested(dtype, report);
    const groups = scaleBlocks((outputs * inputs) / block);
    const scaleCodes = nested && part(names.scales, 'u8', [groups, SCALE_BLOCK]);
    const range = ({ file, byteOffset, byteLength }: TensorRef) => ({ file, byteOffset, byteLength });
    const ref: QuantizedWeightRef = {
      name,
      dtype,
      shape: [outputs, inputs],
      ...range(codes),
      scales: range(scaleCodes || part(names.scales, 'f32', isInt8 ? [outputs] : [outputs, inputs / block])),
      ...(nested && {
        nested: { steps: range(part(names.steps, 'f32', [groups])), mean: range(part(names.mean, 'f32', [1])) },
      }),
      ...(isInt8 && {
        transposed: range(part(names.transposed, 'u8', [inputs, outputs])),
        inputEnergy: range(part(names.energy, 'f32', [inputs])),
      }),
    };
    weights.set(name, ref);
  }
  return { model: base.model, weights, report };
}
