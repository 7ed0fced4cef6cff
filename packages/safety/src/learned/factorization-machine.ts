import { KIND_COUNT, OWN_PLACES, WORDS } from './layout.ts';
import { type FactorMemory, makeFactorMemory } from './memory.ts';
import { SymbolReader, signedSymbolOf, symbolsOfDistance } from './symbols.ts';
import { table, type WordList } from './word-list.ts';

/** Numbers of a {@link FactorizationMachine}. */
export interface PackedFactors {
  /** Numbers of each of the two vectors of a word. */
  readonly dimensions: number;
  /** What one step of a first and of a second vector stands for. */
  readonly scales: readonly [first: number, second: number];
  /**
   * For each word and kind that has vectors: the distance of its key from the one before, then both vectors, as `symbols.ts` writes them. A kind
   * is its own key; that of a word is its first place plus KIND_COUNT.
   */
  readonly packed: string;
}

/** How much of a dimension is left one word later: half of them reach over a sentence, the others over a clause or a phrase. */
const DECAYS = [0.97, 0.85, 0.6, 0.97];

export function decayOf(dimension: number): number {
  return DECAYS[dimension % DECAYS.length] as number;
}

/**
 * What pairs of words say by standing in this order, however far apart: each word i has vectors u_i and v_i, and the score of a
 * text is the sum of (u_i * decay^(j - i - 1)) . v_j over all i < j, computed in one pass. A word's vectors are its own, where it has them,
 * plus those of its kind. It is a factorization machine whose pairs are ordered and fade with distance.
 * Source: Rendle 2010, "Factorization Machines", ICDM.
 */
export class FactorizationMachine {
  readonly #dimensions: number;
  readonly #decays: Float64Array;
  /** Both vectors of each key, in its own units. */
  readonly #factors: Float32Array;
  /** Where the vectors of each key lie, in {@link #factors}. */
  readonly #at = new Map<number, number>();
  /** Both vectors of words of the table. */
  readonly #vectors: Float32Array;
  /** 1 for each word that has them. */
  readonly #made = new Uint8Array(WORDS);
  #generation = -1;
  readonly #state: Float64Array;

  /** @param memory where it keeps its arrays; needs `dimensions` as `factors` has them */
  constructor(factors: PackedFactors, memory: FactorMemory = makeFactorMemory(factors.dimensions)) {
    const { dimensions, scales, packed } = factors;
    this.#dimensions = dimensions;
    this.#decays = memory.decays;
    this.#state = memory.state;
    this.#vectors = memory.vectors;
    if (memory.state.length !== dimensions)
      throw new Error(
        `Factors have ${dimensions} dimensions, their memory has ${memory.state.length}: see DIMENSIONS in layout.ts`,
      );
    for (let d = 0; d < dimensions; d++) this.#decays[d] = decayOf(d);
    const size = 2 * dimensions;
    // A key is a symbol at least, each number of its vectors is one.
    this.#factors = new Float32Array(Math.floor(packed.length / (1 + size)) * size);
    const reader = new SymbolReader(packed);
    let key = -1;
    for (let at = 0; !reader.done; at += size) {
      key += reader.distance();
      this.#at.set(key, at);
      for (let d = 0; d < size; d++) this.#factors[at + d] = reader.signed() * scales[d < dimensions ? 0 : 1];
    }
  }

  /** Log odds, in nats, to be added to those of the linear model. */
  score(list: WordList): number {
    this.prepare(list);
    const { words, count } = list;
    const size = this.#dimensions;
    const state = this.#state.fill(0);
    const decays = this.#decays;
    const vectors = this.#vectors;
    let sum = 0;
    for (let i = 0; i < count; i++) {
      let at = (words[i] as number) * 2 * size;
      for (let d = 0; d < size; d++, at++) {
        const before = state[d] as number;
        sum += before * (vectors[at + size] as number);
        state[d] = before * (decays[d] as number) + (vectors[at] as number);
      }
    }
    return sum;
  }

  /** Makes the vectors of words of a list that have none yet: before a score in WebAssembly, else by itself. Most words are in none that is scored. */
  prepare({ words, count }: WordList): void {
    const { generation, kinds, places } = table;
    const made = this.#made;
    if (generation !== this.#generation) {
      this.#generation = generation;
      made.fill(0);
    }
    const size = 2 * this.#dimensions;
    for (let i = 0; i < count; i++) {
      const word = words[i] as number;
      if (made[word] === 1) continue;
      made[word] = 1;
      this.#vectors.fill(0, word * size, (word + 1) * size);
      this.#addFactors(kinds[word] as number, word * size);
      const place = word < KIND_COUNT ? 0 : (places[word * OWN_PLACES] as number);
      if (place !== 0) this.#addFactors(place + KIND_COUNT, word * size);
    }
  }

  /** Adds both vectors of a key, where it has them, to those at `to`. */
  #addFactors(key: number, to: number): void {
    const at = this.#at.get(key);
    if (at === undefined) return;
    const factors = this.#factors;
    const vectors = this.#vectors;
    const size = 2 * this.#dimensions;
    for (let d = 0; d < size; d++) vectors[to + d] = (vectors[to + d] as number) + (factors[at + d] as number);
  }
}

/** Packs vectors as {@link PackedFactors} has them, for the script that trains. Keys rise; `steps` holds both vectors of each, numbers of at most LARGEST in size. */
export function packFactors(keys: readonly number[], steps: readonly number[]): string {
  const size = steps.length / keys.length;
  let last = -1;
  return keys
    .map((key, i) => {
      const distance = symbolsOfDistance(key - last);
      last = key;
      return (
        distance +
        steps
          .slice(i * size, (i + 1) * size)
          .map(signedSymbolOf)
          .join('')
      );
    })
    .join('');
}
