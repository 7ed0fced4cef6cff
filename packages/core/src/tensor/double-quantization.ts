/**
 * Block scales that are codes themselves: the double quantisation of QLoRA (Dettmers et al. 2023, arXiv:2305.14314, section 3).
 * All scales of a matrix less their mean are held in 8 bits, 256 of them with an f32 scale: scale = mean + step[g] · code.
 * 32 bits for 64 weights become 8.13, so that 4.5 bits a weight become 4.13.
 *
 * The codes are an even grid, where bitsandbytes takes steps that lie dense near zero: scales of normal weights are 0.0014
 * off in place of 0.0020, with outlier channels 0.0070 in place of 0.0110, and widening is one op of every engine.
 */

/** Scales that share a step. */
export const SCALE_BLOCK = 256;

/** Largest code; the grid is symmetric. */
const MOST = 127;

export interface NestedScales {
  /** [G, 256], filled up with zeros behind the last scale */
  readonly codes: Int8Array;
  /** [G] */
  readonly steps: Float32Array;
  /** Of all scales, as an f32. */
  readonly mean: number;
}

/** How many blocks so many scales make. */
export const scaleBlocks = (count: number): number => Math.ceil(count / SCALE_BLOCK);

/** Bytes of so many scales, mean included. */
export const nestedBytes = (count: number): number => scaleBlocks(count) * (SCALE_BLOCK + 4) + 4;

/** @param scales  all of a matrix, finite */
export function nestScales(scales: Float32Array): NestedScales {
  const mean = Math.fround(scales.reduce((sum, scale) => sum + scale, 0) / Math.max(scales.length, 1));
  const codes = new Int8Array(scaleBlocks(scales.length) * SCALE_BLOCK);
  const steps = new Float32Array(scaleBlocks(scales.length));
  for (const g of steps.keys()) {
    const block = scales.subarray(g * SCALE_BLOCK, (g + 1) * SCALE_BLOCK);
    const step = Math.fround(block.reduce((most, scale) => Math.max(most, Math.abs(scale - mean)), 0) / MOST);
    steps[g] = step;
    for (const [i, scale] of block.entries())
      codes[g * SCALE_BLOCK + i] = step === 0 ? 0 : Math.max(-MOST, Math.min(MOST, Math.round((scale - mean) / step)));
  }
  return { codes, steps, mean };
}

/** What the codes stand for, into `out`, which is as long as there were scales. */
export function widenScales<T extends Float32Array | Float64Array>({ codes, steps, mean }: NestedScales, out: T): T {
  for (let i = 0; i < out.length; i++) out[i] = mean + steps[Math.floor(i / SCALE_BLOCK)]! * codes[i]!;
  return out;
}
