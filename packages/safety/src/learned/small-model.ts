import { SMALL_BITS } from './places.ts';
import { type SparseWeights, unpackWeights } from './sparse-weights.ts';

/** How many models are asked at once. */
const MODELS = 4;

/**
 * Logistic regressions whose places are folded to fewer: for what is asked seldom and needs no fine answer. Their weights of a place lie
 * side by side, one byte each, so that each place of a text is looked at once for all of them.
 */
export class SmallModels {
  readonly #weights = new Int32Array(1 << SMALL_BITS);
  readonly #models: readonly SparseWeights[];

  constructor(models: readonly [SparseWeights, SparseWeights, SparseWeights, SparseWeights]) {
    this.#models = models;
    const bytes = new Int8Array(this.#weights.buffer);
    models.forEach((model, k) => {
      unpackWeights(model).forEach((weight, place) => {
        bytes[place * MODELS + k] = weight;
      });
    });
  }

  /** Log odds by each model, in nats, of a text with these places, as `foldPlaces` gives them. */
  score(places: Int32Array, count: number): number[] {
    const weights = this.#weights;
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let i = 0; i < count; i++) {
      const four = weights[places[i] as number] as number;
      a = (a + ((four << 24) >> 24)) | 0;
      b = (b + ((four << 16) >> 24)) | 0;
      c = (c + ((four << 8) >> 24)) | 0;
      d = (d + (four >> 24)) | 0;
    }
    return [a, b, c, d].map((sum, k) => {
      const { scale, bias } = this.#models[k] as SparseWeights;
      return sum * scale + bias;
    });
  }
}
