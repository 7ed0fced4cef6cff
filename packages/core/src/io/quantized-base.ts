/** A base in 8 or 4 bits, made from its checkpoint the first time and kept for the next. */
import { createHash } from 'node:crypto';
import { mkdir, open, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { QuantizedFileError } from '../errors.ts';
import type { QuantizedDType } from '../tensor/dtype.ts';
import type { WeightRef } from '../tensor/op.ts';
import { withLock } from './lock.ts';
import type { OpenedModel } from './open-model.ts';
import { heldAs, openQuantized, type QuantizedBase, quantizeModel } from './quantize-model.ts';

/** How a base is held in codes, and where its file goes. */
export interface QuantizedBaseOptions {
  /** Type that the base is held in. */
  readonly dtype: QuantizedDType;
  /** Hold the scales of nf4 in 8 bits as well: 4.13 bits a weight in place of 4.5. Default false. */
  readonly doubleQuantization?: boolean;
  /**
   * Where the quantised matrices are, or go. Default: a file of this base in `$XDG_CACHE_HOME/alpacare/quantized`,
   * which can be deleted at any time.
   */
  readonly file?: string;
  /** Stops between two matrices. */
  readonly signal?: AbortSignal;
}

export interface KeptQuantizedBase extends QuantizedBase {
  /** Where the quantised matrices lie. */
  readonly file: string;
  /** Whether the file was made now. */
  readonly made: boolean;
}

/** Places of each tensor that are read to tell one base from another, and bytes at each. */
const SAMPLES = 8;
const SAMPLE_BYTES = 64;

/** SHA-256 of what the matrices are called, their shapes, and bytes from all over each: the same base, wherever it lies. */
export async function weightsFingerprint(weights: ReadonlyMap<string, WeightRef>): Promise<string> {
  const hash = createHash('sha256');
  const matrices = [...weights].filter(([, { shape }]) => shape.length === 2).sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [name, { file, dtype, shape, byteOffset, byteLength }] of matrices) {
    hash.update(JSON.stringify([name, dtype, shape]));
    const handle = await open(file);
    try {
      const bytes = new Uint8Array(Math.min(SAMPLE_BYTES, byteLength));
      for (let i = 0; i < SAMPLES; i++) {
        const at = Math.floor(((byteLength - bytes.length) * i) / (SAMPLES - 1));
        await handle.read(bytes, 0, bytes.length, byteOffset + at);
        hash.update(bytes);
      }
    } finally {
      await handle.close();
    }
  }
  return hash.digest('hex');
}

const cacheFolder = (): string =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'alpacare', 'quantized');

const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );

/**
 * Opens the quantised matrices of a base, or makes them first; two processes that need them make them once.
 * @throws {QuantizedFileError} for a file that was made from another base, or in another type
 * @throws {InvalidOptionError} for double quantisation of another type than nf4
 * @throws {WriteError} when the file cannot be written
 */
export async function openQuantizedBase(
  opened: OpenedModel,
  { dtype, doubleQuantization = false, file, signal }: QuantizedBaseOptions,
): Promise<KeptQuantizedBase> {
  const source = await weightsFingerprint(opened.weights);
  const kind = doubleQuantization ? `${dtype}-double` : dtype;
  const name = `${basename(opened.folder.path)}-${source.slice(0, 12)}-${kind}.safetensors`;
  const path = resolve(file ?? join(cacheFolder(), name));
  const check = (base: QuantizedBase): QuantizedBase => {
    const { report } = base;
    const [found, wanted] = [heldAs(report), heldAs({ dtype, doubleQuantization })];
    if (found !== wanted) throw new QuantizedFileError(path, `holds ${found}, expected ${wanted}`);
    if (report.source !== undefined && report.source !== source) {
      throw new QuantizedFileError(path, `was made from another base than ${opened.folder.path}`);
    }
    return base;
  };
  if (await exists(path)) return { ...check(await openQuantized(opened, path)), file: path, made: false };
  await mkdir(dirname(path), { recursive: true });
  const make = async (): Promise<KeptQuantizedBase> => {
    if (await exists(path)) return { ...check(await openQuantized(opened, path)), file: path, made: false };
    const base = await quantizeModel(opened, {
      dtype,
      doubleQuantization,
      file: path,
      source,
      ...(signal && { signal }),
    });
    return { ...base, file: path, made: true };
  };
  return withLock(`${path}.lock`, make, { signal });
}
