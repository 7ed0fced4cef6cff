import { ADJOINING_PER_WORD, APART_PER_WORD, KIND_COUNT, OWN_PLACES } from './layout.ts';
import { makeWeightMemory, type WeightMemory } from './memory.ts';
import { type SparseWeights, unpackWeights } from './sparse-weights.ts';
import { table, type WordList } from './word-list.ts';

/** A stretch of words, half-open. */
export interface WordRange {
  readonly from: number;
  readonly to: number;
}

/** A logistic regression over the features of a text. What a word has by itself is added up once, when the word is first met. */
export class LinearModel {
  /** Log odds, in nats, that one step of a weight stands for, and those of a text without features. */
  readonly scale: number;
  readonly bias: number;
  readonly #weights: Int8Array;
  /** Of each word of the table: the sum of the weights of its own places. */
  readonly #sums: Int32Array;
  #summed = 0;
  #generation = -1;

  /** @param memory where it keeps its arrays */
  constructor(packed: SparseWeights, { weights, sums }: WeightMemory = makeWeightMemory()) {
    weights.set(unpackWeights(packed));
    this.#weights = weights;
    this.#sums = sums;
    this.scale = packed.scale;
    this.bias = packed.bias;
  }

  /** Log odds, in nats, of a text with these words and features, as places. */
  score(list: WordList, features: Int32Array, count: number): number {
    this.sumUp();
    const weights = this.#weights;
    const sums = this.#sums;
    const { words, first } = list;
    let sum = 0;
    for (let i = 0; i < count; i++) sum += weights[features[i] as number] as number;
    for (let i = 0; i < list.count; i++) sum += (first[i] as number) * (sums[words[i] as number] as number);
    return sum * this.scale + this.bias;
  }

  /** What features add to a score, as places. */
  sumOf(features: Int32Array, from: number, to: number): number {
    const weights = this.#weights;
    let sum = 0;
    for (let i = from; i < to; i++) sum += weights[features[i] as number] as number;
    return sum * this.scale;
  }

  /** Log odds, in nats, of a text that has these places alone, as `distinctPlaces` gives them. */
  scorePlaces(places: Int32Array, count: number): number {
    return this.sumOf(places, 0, count) + this.bias;
  }

  /** The words that speak most for it: the stretch whose features, all of `readFeatures`, added up, are largest. */
  strongest(list: WordList, features: Int32Array, count: number): WordRange {
    this.sumUp();
    const words = list.count;
    const apart = count - words * APART_PER_WORD;
    const weightAt = (i: number): number => this.#weights[features[i] as number] as number;
    let best = { from: 0, to: Math.max(1, words) };
    let most = Number.NEGATIVE_INFINITY;
    let from = 0;
    let sum = 0;
    for (let word = 0; word < words; word++) {
      let own = this.#sums[list.words[word] as number] as number;
      for (let k = 0; k < ADJOINING_PER_WORD; k++) own += weightAt(word * ADJOINING_PER_WORD + k);
      for (let k = 0; k < APART_PER_WORD; k++) own += weightAt(apart + word * APART_PER_WORD + k);
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

  /** Gives every word of the table that is new its sum: before a score in WebAssembly, else by itself. */
  sumUp(): void {
    const { count, generation, places } = table;
    if (generation !== this.#generation) {
      this.#generation = generation;
      this.#summed = KIND_COUNT;
    }
    if (this.#summed === count) return;
    for (let word = this.#summed; word < count; word++) {
      let sum = 0;
      for (let k = 0; k < OWN_PLACES; k++) sum += this.#weights[places[word * OWN_PLACES + k] as number] as number;
      this.#sums[word] = sum;
    }
    this.#summed = count;
  }
}
