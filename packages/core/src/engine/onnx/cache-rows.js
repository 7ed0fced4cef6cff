/**
 * Keys or values of a conversation in a buffer with room for more: what a run adds is written behind what is there. Plain
 * JavaScript, because the engine's thread starts from source.
 */
import { Tensor } from 'onnxruntime-node';

/** Room is made for whole steps of so many positions: attention multiplies with what is empty, too. */
const STEP = 64;

export class CacheRows {
  /**
   * @param {Tensor} tensor  f32 [B, kv, C, d]
   * @param {number} length  positions that are held, the first of C
   */
  constructor(tensor, length) {
    this.tensor = tensor;
    this.length = length;
  }

  /** Positions there is room for. */
  get room() {
    return /** @type {number} */ (this.tensor.dims[2]);
  }

  /**
   * A buffer of its own with the same rows. @param {number} room @returns {CacheRows}
   */
  withRoom(room) {
    const [batch, heads, , size] = /** @type {[number, number, number, number]} */ (this.tensor.dims);
    const data = new Float32Array(batch * heads * room * size);
    copyRows(this, this.length, data, room, 0);
    return new CacheRows(new Tensor('float32', data, [batch, heads, room, size]), this.length);
  }

  /** Writes the rows of a run behind these; there must be room. @param {Tensor} rows  f32 [B, kv, T, d] */
  append(rows) {
    const count = /** @type {number} */ (rows.dims[2]);
    const data = /** @type {Float32Array} */ (this.tensor.data);
    copyRows(new CacheRows(rows, count), count, data, this.room, this.length);
    this.length += count;
  }

  /** The rows that are held and no more, [B, kv, length, d]. @returns {Tensor} */
  toTensor() {
    return this.room === this.length ? this.tensor : this.withRoom(this.length).tensor;
  }
}

/**
 * @param {CacheRows} from  @param {number} count  of its first positions
 * @param {Float32Array} target  [B, kv, room, d]  @param {number} room  @param {number} at  the first position there
 */
function copyRows(from, count, target, room, at) {
  const [batch, heads, stride, size] = /** @type {[number, number, number, number]} */ (from.tensor.dims);
  const source = /** @type {Float32Array} */ (from.tensor.data);
  for (let head = 0; head < batch * heads; head++) {
    const first = head * stride * size;
    target.set(source.subarray(first, first + count * size), (head * room + at) * size);
  }
}

/** @param {number} positions @returns {number} room for them and for an eighth more, so that growing costs little in all */
export const roomFor = (positions) => Math.ceil((positions + positions / 8 + 1) / STEP) * STEP;
