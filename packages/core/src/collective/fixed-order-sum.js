/**
 * The sum behind `allReduceSum`: plain JavaScript, because the MPI thread is started by file name from source and from
 * `dist` alike.
 *
 * @typedef {import('./collective.ts').SumArray} SumArray
 */

const BLOCK = 4096;
const accumulator = new Float64Array(BLOCK);

/**
 * Adds the parts of all ranks up in float64, from rank 0 on, and rounds once.
 * @param {SumArray} parts  [ranks · length], one rank after the other
 * @param {number} ranks
 * @param {SumArray} out  [length], same type
 * @returns {number | null} lowest rank whose part holds a NaN or an infinity
 * @throws {RangeError} when a sum of integers does not fit the type
 */
export function sumInOrder(parts, ranks, out) {
  const length = out.length;
  const isInteger = out instanceof Int32Array || out instanceof Uint8Array;
  /** @type {number | null} */
  let culprit = null;
  for (let base = 0; base < length; base += BLOCK) {
    const count = Math.min(BLOCK, length - base);
    for (let i = 0; i < count; i++) accumulator[i] = /** @type {number} */ (parts[base + i]);
    for (let rank = 1; rank < ranks; rank++) {
      const from = rank * length + base;
      for (let i = 0; i < count; i++) {
        accumulator[i] = /** @type {number} */ (accumulator[i]) + /** @type {number} */ (parts[from + i]);
      }
    }
    let suspicious = 0;
    for (let i = 0; i < count; i++) {
      const sum = /** @type {number} */ (accumulator[i]);
      out[base + i] = sum;
      // 0 for every finite number that was kept as it is; NaN for what is none.
      suspicious += isInteger ? Number(out[base + i] !== sum) : sum - sum;
    }
    if (suspicious === 0) continue;
    if (isInteger) throw new RangeError('a sum of integers does not fit the type of the values');
    const found = nonFiniteRank(parts, ranks, length, base, count);
    if (found !== null && (culprit === null || found < culprit)) culprit = found;
  }
  return culprit;
}

/** @param {SumArray} parts @param {number} ranks @param {number} length @param {number} base @param {number} count */
function nonFiniteRank(parts, ranks, length, base, count) {
  for (let rank = 0; rank < ranks; rank++) {
    const from = rank * length + base;
    for (let i = from; i < from + count; i++) if (!Number.isFinite(parts[i])) return rank;
  }
  return null;
}
