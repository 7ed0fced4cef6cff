import { FEATURES_PER_WORD } from './features.ts';
import { KIND_COUNT } from './places.ts';
import { OWN_PLACES } from './run-table.ts';
import { type SparseWeights, unpackWeights } from './sparse-weights.ts';
import { table, type WordList } from './word-list.ts';

/** A stretch of words, half-open. */
export interface WordRange {
  readonly from: number;
  readonly to: number;
}

/** A logistic regression over the features of a text. What a word has by itself is added up once, when the word is first met. */
export class LinearModel {
  readonly #weights: Int8Array;
  readonly #scale: number;
  readonly #bias: number;
  /** Of each word of the table: the sum of the weights of its own places. */
  #sums = new Int32Array(1 << 13);
  #summed = 0;
  #generation = -1;
  /** In which text each word was last met: it counts once. */
  #met = new Int32Array(1 << 13);
  #turn = 0;

  constructor(weights: SparseWeights) {
    this.#weights = unpackWeights(weights);
    this.#scale = weights.scale;
    this.#bias = weights.bias;
  }

  /** Log odds, in nats, of a text with these words and features, as places. */
  score(list: WordList, features: Int32Array, count: number): number {
    this.#sumUp();
    const weights = this.#weights;
    const sums = this.#sums;
    const met = this.#met;
    const { words } = list;
    if (this.#turn === 0x7fffffff) {
      met.fill(0);
      this.#turn = 0;
    }
    const turn = ++this.#turn;
    let sum = 0;
    for (let i = 0; i < count; i++) sum += weights[features[i] as number] as number;
    for (let i = 0; i < list.count; i++) {
      const word = words[i] as number;
      if (met[word] === turn) continue;
      met[word] = turn;
      sum += sums[word] as number;
    }
    return sum * this.#scale + this.#bias;
  }

  /** The same of places alone, as `distinctPlaces` gives them. */
  scorePlaces(places: Int32Array, count: number): number {
    const weights = this.#weights;
    let sum = 0;
    for (let i = 0; i < count; i++) sum += weights[places[i] as number] as number;
    return sum * this.#scale + this.#bias;
  }

  /** The words that speak most for it: the stretch whose features, added up, are largest. */
  strongest(list: WordList, features: Int32Array): WordRange {
    this.#sumUp();
    const words = list.count;
    let best = { from: 0, to: Math.max(1, words) };
    let most = Number.NEGATIVE_INFINITY;
    let from = 0;
    let sum = 0;
    for (let word = 0; word < words; word++) {
      let own = this.#sums[list.words[word] as number] as number;
      for (let k = 0; k < FEATURES_PER_WORD; k++)
        own += this.#weights[features[word * FEATURES_PER_WORD + k] as number] as number;
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

  /** Gives every word of the table that is new its sum. */
  #sumUp(): void {
    const { count, generation, places } = table;
    if (generation !== this.#generation) {
      this.#generation = generation;
      this.#summed = KIND_COUNT;
    }
    if (this.#summed === count) return;
    if (this.#sums.length < count) {
      const larger = new Int32Array(2 * count);
      larger.set(this.#sums);
      this.#sums = larger;
      this.#met = new Int32Array(2 * count);
    }
    for (let word = this.#summed; word < count; word++) {
      let sum = 0;
      for (let k = 0; k < OWN_PLACES; k++) sum += this.#weights[places[word * OWN_PLACES + k] as number] as number;
      this.#sums[word] = sum;
    }
    this.#summed = count;
  }
}
