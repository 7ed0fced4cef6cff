import { type SparseWeights, unpackWeights } from './sparse-weights.ts';

/** A logistic regression whose places are folded to fewer: for what is asked seldom and needs no fine answer. */
export class SmallModel {
  readonly #weights: Int8Array;
  readonly #scale: number;
  readonly #bias: number;

  constructor(weights: SparseWeights) {
    this.#weights = unpackWeights(weights);
    this.#scale = weights.scale;
    this.#bias = weights.bias;
  }

  /** Log odds, in nats, of a text with these places, as `foldPlaces` gives them. */
  score(places: Int32Array, count: number): number {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += this.#weights[places[i] as number] as number;
    return sum * this.#scale + this.#bias;
  }
}
