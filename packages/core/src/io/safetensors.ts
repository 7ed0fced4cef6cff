/**
 * safetensors, read and written: 8 bytes of header length (u64, little endian), a JSON header, then the tensors' bytes
 * without gaps. Files come from strangers: every number is checked before it is used, and no allocation is larger than
 * the file itself allows. Format: https://github.com/huggingface/safetensors (README, "Format").
 */
import { type FileHandle, open, stat } from 'node:fs/promises';
import { endianness } from 'node:os';
import { resolve } from 'node:path';
import { SafetensorsError } from '../errors.ts';
import { type WritableFile, writeFileAtomically, writeFully } from './atomic-write.ts';
import { narrowToBf16, narrowToF16, widenBf16, widenF16 } from './half-precision.ts';
import { findDuplicateKey, quoteName } from './json-text.ts';

/** Element types that can be referenced: wire name -> ours and bytes per element. */
const dtypes = {
  F64: { dtype: 'f64', bytes: 8 },
  F32: { dtype: 'f32', bytes: 4 },
  F16: { dtype: 'f16', bytes: 2 },
  BF16: { dtype: 'bf16', bytes: 2 },
  I64: { dtype: 'i64', bytes: 8 },
  I32: { dtype: 'i32', bytes: 4 },
  I16: { dtype: 'i16', bytes: 2 },
  I8: { dtype: 'i8', bytes: 1 },
  U8: { dtype: 'u8', bytes: 1 },
  BOOL: { dtype: 'bool', bytes: 1 },
} as const;

/** Element types as the file spells them. */
export type WireDType = keyof typeof dtypes;

/** Element types of safetensors files, in our names. */
export type TensorDType = (typeof dtypes)[WireDType]['dtype'];

/** Where one tensor lies: bytes `[byteOffset, byteOffset + byteLength)` of `file`, row-major, little endian. */
export interface TensorRef {
  /** Name in the file. */
  readonly name: string;
  /** Absolute path. */
  readonly file: string;
  /** Element type. */
  readonly dtype: TensorDType;
  /** Extent of each dimension; empty for a scalar. */
  readonly shape: readonly number[];
  /** From the start of the file. Not necessarily a multiple of the element size. */
  readonly byteOffset: number;
  /** Size of its data. */
  readonly byteLength: number;
}

/** The checked header of a safetensors file. */
export interface SafetensorsFile {
  /** Absolute path. */
  readonly path: string;
  /** The header's `__metadata__`; empty where there is none. */
  readonly metadata: Readonly<Record<string, string>>;
  /** In the order of their bytes in the file. */
  readonly tensors: ReadonlyMap<string, TensorRef>;
}

/** A tensor given as numbers. */
export interface TensorToWrite {
  /** Name in the file. */
  readonly name: string;
  /** Element type in the file; values are rounded half to even. */
  readonly dtype: 'f32' | 'bf16' | 'f16';
  /** Extent of each dimension; empty for a scalar. */
  readonly shape: readonly number[];
  /** The values, or a function that makes them when their turn comes, so that a large file needs one tensor at a time. */
  readonly data: Float32Array | (() => Float32Array | Promise<Float32Array>);
}

/** Bytes that are written as they are. */
export interface BytesToWrite {
  /** Name in the file. */
  readonly name: string;
  /** Bytes as they are. */
  readonly dtype: 'u8';
  /** Its product is the number of bytes. */
  readonly shape: readonly number[];
  /** The bytes, or what makes them when their turn comes. */
  readonly data: Uint8Array | (() => Uint8Array | Promise<Uint8Array>);
}

/** A tensor given as numbers or as bytes. */
export type Writable = TensorToWrite | BytesToWrite;

/** As the reference implementation's MAX_HEADER_SIZE. */
const maxHeaderBytes = 100_000_000;
/** NumPy's limit; no checkpoint comes near. */
const maxDimensions = 64;
const chunkBytes = 8 * 1024 * 1024;

/**
 * Read and check the header; the tensors' bytes stay on disk.
 * @throws {SafetensorsError} saying where in the file and what is wrong, for any file that is not whole and well-formed
 */
export async function readSafetensorsHeader(path: string): Promise<SafetensorsFile> {
  const file = resolve(path);
  return withFile(file, async (handle, fileBytes) => {
    if (fileBytes < 8) {
      throw new SafetensorsError(file, `is ${fileBytes} bytes long; expected at least 8 (the header length)`);
    }
    const prefix = await readRange(handle, file, 0, 8);
    const view = new DataView(prefix.buffer, prefix.byteOffset, 8);
    const headerBytes = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
    if (headerBytes > maxHeaderBytes) {
      throw new SafetensorsError(
        file,
        `bytes 0-7: header length is ${headerBytes}, over the limit of ${maxHeaderBytes}; this is probably not a safetensors file`,
      );
    }
    if (headerBytes > fileBytes - 8) {
      throw new SafetensorsError(
        file,
        `bytes 0-7: header length is ${headerBytes}, but only ${fileBytes - 8} bytes follow; the file is cut off or not safetensors`,
      );
    }
    const header = parseHeader(file, await readRange(handle, file, 8, headerBytes));
    return { path: file, ...checkHeader(file, header, 8 + headerBytes, fileBytes) };
  });
}

/**
 * A tensor's bytes as they lie in the file.
 * @throws {SafetensorsError} when the file cannot be read or has become shorter
 */
export async function readTensorBytes(ref: TensorRef): Promise<Uint8Array> {
  return withFile(ref.file, (handle) => readRange(handle, ref.file, ref.byteOffset, ref.byteLength));
}

/**
 * A float tensor's values, row-major. f16 and bf16 are widened exactly; f64 is rounded to f32.
 * @throws {SafetensorsError} for an integer or bool tensor, or when the file cannot be read
 */
export async function readTensor(ref: TensorRef): Promise<Float32Array> {
  requireLittleEndian(ref.file);
  const { dtype } = ref;
  if (dtype !== 'f32' && dtype !== 'f16' && dtype !== 'bf16' && dtype !== 'f64') {
    throw new SafetensorsError(ref.file, `tensor ${quoteName(ref.name)}: expected a float dtype, found ${dtype}`);
  }
  const elementBytes = elementSize(dtype);
  return withFile(ref.file, async (handle, fileBytes) => {
    requireInside(ref.file, ref.byteOffset, ref.byteLength, fileBytes);
    const values = allocate(ref.file, ref.byteLength / elementBytes, (n) => new Float32Array(n));
    if (dtype === 'f32') {
      const bytes = new Uint8Array(values.buffer);
      await fill(handle, ref.file, ref.byteOffset, bytes);
      return values;
    }
    const chunk = new Uint8Array(Math.min(chunkBytes, ref.byteLength));
    for (let done = 0; done < ref.byteLength; done += chunk.byteLength) {
      const part = chunk.subarray(0, Math.min(chunk.byteLength, ref.byteLength - done));
      await fill(handle, ref.file, ref.byteOffset + done, part);
      const count = part.byteLength / elementBytes;
      const to = values.subarray(done / elementBytes, done / elementBytes + count);
      if (dtype === 'f64') to.set(new Float64Array(chunk.buffer, 0, count));
      else (dtype === 'bf16' ? widenBf16 : widenF16)(new Uint16Array(chunk.buffer, 0, count), to);
    }
    return values;
  });
}

/** Order of tensors of one dtype in a file: by name, as the reference implementation has them, or as they are given. */
export type TensorOrder = 'name' | 'given';

/**
 * Write a file that every safetensors reader accepts, byte for byte as the reference implementation lays it out
 * (tensors sorted by dtype, then name; header padded with spaces to a multiple of 8). The old file, if any, stays whole
 * until the new one is complete on disk.
 * @param order  of tensors of one dtype: by name, or as they are given, so that what is read together lies together
 * @throws {SafetensorsError} when names repeat or shapes and data disagree; nothing is written then
 * @throws {WriteError} when the system refuses, for example a full disk
 */
export async function writeSafetensors(
  path: string,
  tensors: Iterable<Writable>,
  metadata?: Readonly<Record<string, string>>,
  order?: TensorOrder,
): Promise<void> {
  const write = safetensorsWriter(path, tensors, metadata, order);
  await writeFileAtomically(path, write);
}

/** {@link writeSafetensors} for a file that is part of a larger atomic write: checks now, returns the function that writes. */
export function safetensorsWriter(
  path: string,
  tensors: Iterable<Writable>,
  metadata?: Readonly<Record<string, string>>,
  order: TensorOrder = 'name',
): (file: WritableFile) => Promise<void> {
  const target = resolve(path);
  requireLittleEndian(target);
  const sorted = [...tensors].sort(
    (a, b) =>
      writeOrder[a.dtype] - writeOrder[b.dtype] ||
      (order === 'name' ? Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)) : 0),
  );
  const header = encodeHeader(target, sorted, metadata);
  return async (file) => {
    await writeFully(file, header);
    for (const tensor of sorted) await writeValues(file, target, tensor);
  };
}

/** The reference sorts its dtype enumeration downwards. */
const writeOrder = { f32: 0, bf16: 1, f16: 2, u8: 3 } as const;

// --- reading -------------------------------------------------------------------------------------------------------

function parseHeader(file: string, bytes: Uint8Array): Record<string, unknown> {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new SafetensorsError(file, `bytes 8-${7 + bytes.byteLength}: header is not UTF-8`, { cause });
  }
  if (text[0] !== '{') throw new SafetensorsError(file, 'byte 8: header must begin with "{"');
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which may be anything: the place is enough.
    throw new SafetensorsError(file, `bytes 8-${7 + bytes.byteLength}: header is not valid JSON`);
  }
  if (!isObject(header)) throw new SafetensorsError(file, 'byte 8: header must be a JSON object');
  const duplicate = findDuplicateKey(text);
  if (duplicate) {
    const byte = 8 + Buffer.byteLength(text.slice(0, duplicate.index));
    throw new SafetensorsError(file, `byte ${byte}: name ${quoteName(duplicate.key)} appears twice in the header`);
  }
  return header;
}

function checkHeader(
  file: string,
  header: Record<string, unknown>,
  dataStart: number,
  fileBytes: number,
): Pick<SafetensorsFile, 'metadata' | 'tensors'> {
  const { __metadata__: metadata = {}, ...entries } = header;
  if (!isObject(metadata)) throw new SafetensorsError(file, 'header: "__metadata__" must be an object of strings');
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== 'string') {
      throw new SafetensorsError(file, `header: "__metadata__" field ${quoteName(key)} must be a string`);
    }
  }
  const refs = Object.entries(entries).map(([name, entry]) => checkEntry(file, name, entry, dataStart, fileBytes));
  refs.sort((a, b) => a.byteOffset - b.byteOffset || a.byteLength - b.byteLength);
  let end = dataStart;
  let previous = 'the header';
  for (const ref of refs) {
    if (ref.byteOffset !== end) {
      const what = ref.byteOffset < end ? 'overlaps' : `leaves a gap of ${ref.byteOffset - end} bytes after`;
      throw new SafetensorsError(
        file,
        `byte ${ref.byteOffset}: tensor ${quoteName(ref.name)} ${what} ${previous}, which ends at byte ${end}`,
      );
    }
    end = ref.byteOffset + ref.byteLength;
    previous = `tensor ${quoteName(ref.name)}`;
  }
  if (end !== fileBytes) {
    throw new SafetensorsError(file, `byte ${end}: ${fileBytes - end} bytes follow that belong to no tensor`);
  }
  return {
    metadata: metadata as Record<string, string>,
    tensors: new Map(refs.map((ref) => [ref.name, ref])),
  };
}

function checkEntry(file: string, name: string, entry: unknown, dataStart: number, fileBytes: number): TensorRef {
  const fail = (problem: string): never => {
    throw new SafetensorsError(file, `header: tensor ${quoteName(name)}: ${problem}`);
  };
  if (!isObject(entry)) return fail('must be an object with dtype, shape, data_offsets');
  for (const key of Object.keys(entry)) {
    if (key !== 'dtype' && key !== 'shape' && key !== 'data_offsets') fail(`unknown field ${quoteName(key)}`);
  }
  const { dtype: wire, shape, data_offsets: offsets } = entry;
  if (typeof wire !== 'string') return fail('"dtype" must be a string');
  if (!Object.hasOwn(dtypes, wire)) {
    return fail(`dtype ${quoteName(wire)} is not supported; supported are ${Object.keys(dtypes).join(', ')}`);
  }
  const { dtype, bytes } = dtypes[wire as WireDType];
  if (!Array.isArray(shape) || !shape.every(isCount)) return fail('"shape" must be an array of whole numbers >= 0');
  if (shape.length > maxDimensions) fail(`has ${shape.length} dimensions; at most ${maxDimensions} are allowed`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    return fail('"data_offsets" must be two whole numbers >= 0');
  }
  const [from, to] = offsets as [number, number];
  const available = fileBytes - dataStart;
  if (from > to) fail(`data_offsets [${from}, ${to}] run backwards`);
  if (to > available) fail(`data_offsets [${from}, ${to}] reach past the ${available} bytes of data in the file`);
  const expected = byteSize(shape, bytes);
  if (expected === null) return fail(`shape [${shape.join(', ')}] of ${wire} is larger than 2^53 bytes`);
  if (to - from !== expected) {
    fail(
      `shape [${shape.join(', ')}] of ${wire} needs ${expected} bytes, data_offsets [${from}, ${to}] hold ${to - from}`,
    );
  }
  return { name, file, dtype, shape, byteOffset: dataStart + from, byteLength: to - from };
}

/** Product of the dimensions times the element size, or null past 2^53. */
function byteSize(shape: readonly number[], elementBytes: number): number | null {
  let size = elementBytes;
  for (const dimension of shape) {
    size *= dimension;
    if (!Number.isSafeInteger(size)) return null;
  }
  return size;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && !Object.is(value, -0);
}

function elementSize(dtype: TensorDType): number {
  return Object.values(dtypes).find((row) => row.dtype === dtype)!.bytes;
}

async function withFile<T>(file: string, use: (handle: FileHandle, fileBytes: number) => Promise<T>): Promise<T> {
  let handle: FileHandle | undefined;
  try {
    const found = await stat(file); // before open: opening a pipe would wait for a writer
    if (!found.isFile()) throw new SafetensorsError(file, 'is not a file');
    handle = await open(file, 'r');
    return await use(handle, (await handle.stat()).size);
  } catch (error) {
    if (error instanceof SafetensorsError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    throw new SafetensorsError(file, code === 'ENOENT' ? 'does not exist' : `cannot be read (${code ?? error})`, {
      cause: error,
    });
  } finally {
    await handle?.close();
  }
}

async function readRange(handle: FileHandle, file: string, from: number, length: number): Promise<Uint8Array> {
  requireInside(file, from, length, (await handle.stat()).size);
  const bytes = allocate(file, length, (n) => new Uint8Array(n));
  await fill(handle, file, from, bytes);
  return bytes;
}

function requireInside(file: string, from: number, length: number, fileBytes: number): void {
  if (from + length > fileBytes) {
    throw new SafetensorsError(file, `bytes ${from}-${from + length - 1} were expected; the file ends at ${fileBytes}`);
  }
}

function allocate<T>(file: string, length: number, make: (length: number) => T): T {
  try {
    return make(length);
  } catch (cause) {
    throw new SafetensorsError(file, `a tensor of ${length} elements does not fit in one array here`, { cause });
  }
}

async function fill(handle: FileHandle, file: string, from: number, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.byteLength; ) {
    const want = Math.min(bytes.byteLength - done, 64 * 1024 * 1024);
    const { bytesRead } = await handle.read(bytes, done, want, from + done);
    if (bytesRead === 0) throw new SafetensorsError(file, `byte ${from + done}: the file ended while being read`);
    done += bytesRead;
  }
}

function requireLittleEndian(file: string): void {
  if (endianness() !== 'LE') throw new SafetensorsError(file, 'needs a little-endian machine; this one is big-endian');
}

// --- writing -------------------------------------------------------------------------------------------------------

function encodeHeader(
  file: string,
  tensors: readonly Writable[],
  metadata: Readonly<Record<string, string>> | undefined,
): Uint8Array {
  const parts: string[] = metadata ? [`"__metadata__":${JSON.stringify(metadata)}`] : [];
  const seen = new Set<string>();
  let end = 0;
  for (const { name, dtype, shape, data } of tensors) {
    const fail = (problem: string): never => {
      throw new SafetensorsError(file, `not written: tensor ${quoteName(name)}: ${problem}`);
    };
    if (seen.has(name)) fail('the name appears twice');
    if (name === '__metadata__' || !isWellFormed(name)) fail('the name is not allowed');
    seen.add(name);
    if (!shape.every((dimension) => isCount(dimension)))
      fail(`shape [${shape.join(', ')}] must hold whole numbers >= 0`);
    const size = byteSize(shape, elementSize(dtype));
    if (size === null || !Number.isSafeInteger(end + size)) return fail('is larger than 2^53 bytes');
    if (typeof data !== 'function') requireValues(file, name, shape, dtype, data);
    const wire = dtype.toUpperCase();
    parts.push(
      `${JSON.stringify(name)}:{"dtype":"${wire}","shape":${JSON.stringify(shape)},"data_offsets":[${end},${end + size}]}`,
    );
    end += size;
  }
  const json = Buffer.from(`{${parts.join(',')}}`);
  const padded = Math.ceil(json.byteLength / 8) * 8;
  if (padded > maxHeaderBytes) throw new SafetensorsError(file, `not written: header of ${padded} bytes is too long`);
  const header = Buffer.alloc(8 + padded, 0x20);
  header.writeUInt32LE(padded, 0);
  header.writeUInt32LE(0, 4);
  header.set(json, 8);
  return header;
}

/** No lone surrogates, which UTF-8 cannot hold. */
function isWellFormed(name: string): boolean {
  return Buffer.from(name).toString() === name;
}

function requireValues(
  file: string,
  name: string,
  shape: readonly number[],
  dtype: Writable['dtype'],
  data: Float32Array | Uint8Array,
): void {
  if (data instanceof Uint8Array !== (dtype === 'u8')) {
    const found = data instanceof Uint8Array ? 'bytes' : 'floats';
    throw new SafetensorsError(file, `not written: tensor ${quoteName(name)}: is to be ${dtype}, found ${found}`);
  }
  const count = byteSize(shape, 1);
  if (data.length !== count) {
    throw new SafetensorsError(
      file,
      `not written: tensor ${quoteName(name)}: shape [${shape.join(', ')}] needs ${count} values, found ${data.length}`,
    );
  }
}

async function writeValues(file: WritableFile, target: string, tensor: Writable): Promise<void> {
  const data = typeof tensor.data === 'function' ? await tensor.data() : tensor.data;
  requireValues(target, tensor.name, tensor.shape, tensor.dtype, data);
  if (data instanceof Uint8Array || tensor.dtype === 'f32') {
    await writeFully(file, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    return;
  }
  const narrow = tensor.dtype === 'bf16' ? narrowToBf16 : narrowToF16;
  const chunk = new Uint16Array(Math.min(chunkBytes / 2, data.length));
  for (let from = 0; from < data.length; from += chunk.length) {
    const part = data.subarray(from, from + chunk.length);
    narrow(part, chunk);
    await writeFully(file, new Uint8Array(chunk.buffer, 0, part.length * 2));
  }
}
