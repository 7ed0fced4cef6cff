import { FEATURES_PER_WORD } from './features.ts';
import { type SparseWeights, unpackWeights } from './sparse-weights.ts';

/** A stretch of words, half-open. */
export interface WordRange {
  readonly from: number;
  readonly to: number;
}

/** A logistic regression over hashed features. Each feature counts once, however often it is met. */
export class LinearModel {
  readonly #weights: Int8Array;
  readonly #scale: number;
  readonly #bias: number;
  readonly #mask: number;
  /** When a place was last counted, so that it is counted once a text. */
  readonly #met: Uint8Array;
  #turn = 0;

  constructor(weights: SparseWeights) {
    this.#weights = unpackWeights(weights);
    this.#scale = weights.scale;
    this.#bias = weights.bias;
    this.#mask = this.#weights.length - 1;
    this.#met = new Uint8Array(this.#weights.length);
  }

  /** Log odds, in nats, of a text with these features, as places. */
  score(features: Int32Array, count: number): number {
    const weights = this.#weights;
    const met = this.#met;
    const mask = this.#mask;
    if (this.#turn === 255) {
      met.fill(0);
      this.#turn = 0;
    }
    const turn = ++this.#turn;
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const place = (features[i] as number) & mask;
      const weight = weights[place] as number;
      if (weight === 0 || met[place] === turn) continue;
      met[place] = turn;
      sum += weight;
    }
    return sum * this.#scale + this.#bias;
  }

  /** The words that speak most for it: the stretch whose features, added up, are largest. */
  strongest(features: Int32Array, words: number): WordRange {
    let best = { from: 0, to: Math.max(1, words) };
    let most = Number.NEGATIVE_INFINITY;
    let from = 0;
    let sum = 0;
    for (let word = 0; word < words; word++) {
      let own = 0;
      for (let k = 0; k < FEATURES_PER_WORD; k++)
        own += this.#weights[(features[word * FEATURES_PER_WORD + k] as number) & this.#mask] as number;
      if (sum <= 0) {
        from = word;
        sum = 0;
      }
      sum += own;
      if (sum > most) {
        most = sum;
        best = { from, to: word + 1 };
      }
    }
    return best;
  }
}
