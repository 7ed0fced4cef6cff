import { decayOf, type PackedFactors, packFactors } from '../src/learned/factorization-machine.ts';
import { KIND_COUNT } from '../src/learned/layout.ts';
import { LARGEST } from '../src/learned/symbols.ts';

/** A word of fewer texts than this has no vectors beside those of its kind. */
const LEAST_TEXTS = 10;
const RATE = 0.1;
/** Vectors begin within half of this around 0. */
const SPREAD = 0.1;
/** Share of its words that a text is taught without, each time others. */
const DROPOUT = 0.2;

/** Key of a word of a sequence, and of its kind, as in {@link PackedFactors}. */
const keyOf = (word: number): number => Math.floor(word / KIND_COUNT) + KIND_COUNT;
const kindOf = (word: number): number => word % KIND_COUNT;

/** A factorization machine while it is taught, in f32: see `src/learned/factorization-machine.ts`. */
export class Factors {
  /** Number of each key, from 1 on; 0 stands for a word or kind without vectors. */
  readonly #numbers = new Map<number, number>();
  readonly #vectors: Float32Array;
  readonly #squares: Float32Array;
  // Of the text that was scored last: its pairs of numbers, sums of their vectors, and the states before each word.
  readonly #last: number[] = [];
  #first = new Float32Array(0);
  #second = new Float32Array(0);
  #states = new Float32Array(0);

  /** @param texts the sequences of each text, which say what words are common enough */
  constructor(
    readonly dimensions: number,
    texts: Iterable<readonly Uint32Array[]>,
    readonly random: () => number,
  ) {
    const seen = new Map<number, number>();
    for (const sequences of texts) {
      const own = new Set(
        sequences.flatMap((sequence) => Array.from(sequence, (word) => [keyOf(word), kindOf(word)]).flat()),
      );
      for (const key of own) seen.set(key, (seen.get(key) ?? 0) + 1);
    }
    const common = [...seen].filter(([key, texts]) => key !== KIND_COUNT && texts >= LEAST_TEXTS).map(([key]) => key);
    for (const key of common.sort((a, b) => a - b)) this.#numbers.set(key, this.#numbers.size + 1);
    const size = (this.#numbers.size + 1) * 2 * dimensions;
    this.#squares = new Float32Array(size);
    this.#vectors = new Float32Array(size);
    for (let i = 2 * dimensions; i < size; i++) this.#vectors[i] = (random() - 0.5) * SPREAD;
  }

  /** Of each word of a sequence its own number and that of its kind. */
  numbersOf(sequence: Uint32Array): Int32Array {
    const numbers = new Int32Array(2 * sequence.length);
    sequence.forEach((word, i) => {
      numbers[2 * i] = this.#numbers.get(keyOf(word)) ?? 0;
      numbers[2 * i + 1] = this.#numbers.get(kindOf(word)) ?? 0;
    });
    return numbers;
  }

  /**
   * @param numbers as {@link numbersOf} gives them
   * @param teaching whether words are left out by chance
   */
  score(numbers: Int32Array, teaching = false): number {
    const { dimensions: size } = this;
    const last = this.#last;
    last.length = 0;
    for (let i = 0; i < numbers.length; i += 2)
      if (!teaching || this.random() >= DROPOUT) last.push(numbers[i] as number, numbers[i + 1] as number);
    const count = last.length / 2;
    if (this.#first.length < count * size) {
      this.#first = new Float32Array(2 * count * size);
      this.#second = new Float32Array(2 * count * size);
      this.#states = new Float32Array(2 * count * size);
    }
    for (let j = 0; j < count; j++) {
      const [word, kind] = [last[2 * j] as number, last[2 * j + 1] as number];
      for (let d = 0; d < size; d++) {
        this.#first[j * size + d] = this.#at(word, d) + this.#at(kind, d);
        this.#second[j * size + d] = this.#at(word, size + d) + this.#at(kind, size + d);
      }
    }
    let sum = 0;
    for (let d = 0; d < size; d++) {
      let state = 0;
      for (let j = d; j < count * size; j += size) {
        this.#states[j] = state;
        sum += state * (this.#second[j] as number);
        state = decayOf(d) * state + (this.#first[j] as number);
      }
    }
    return sum;
  }

  /**
   * A step of AdaGrad for the text that was scored last.
   * @param gradient of the loss in the score
   * @param share of the full rate
   */
  teach(gradient: number, share: number): void {
    const { dimensions: size } = this;
    const rate = RATE * share;
    for (let d = 0; d < size; d++) {
      let state = 0;
      for (let j = this.#last.length / 2 - 1; j >= 0; j--) {
        const at = j * size + d;
        for (let k = 2 * j; k < 2 * j + 2; k++) {
          const number = this.#last[k] as number;
          if (number === 0) continue;
          this.#step(number * 2 * size + d, gradient * state, rate);
          this.#step(number * 2 * size + size + d, gradient * (this.#states[at] as number), rate);
        }
        state = decayOf(d) * state + (this.#second[at] as number);
      }
    }
  }

  #at(number: number, d: number): number {
    return this.#vectors[number * 2 * this.dimensions + d] as number;
  }

  #step(at: number, gradient: number, rate: number): void {
    const square = (this.#squares[at] as number) + gradient * gradient;
    this.#squares[at] = square;
    this.#vectors[at] = (this.#vectors[at] as number) - (rate * gradient) / Math.sqrt(square + 1);
  }

  /** Several machines as one that gives the mean of their scores, a symbol a number. They have the same words. */
  static pack(machines: readonly Factors[]): PackedFactors {
    const [some] = machines as [Factors];
    const dimensions = machines.reduce((sum, machine) => sum + machine.dimensions, 0);
    const keys = [...some.#numbers.keys()];
    const both = [0, 1].map((half) =>
      keys.flatMap((key) =>
        machines.flatMap((machine) => {
          const at = ((machine.#numbers.get(key) as number) * 2 + half) * machine.dimensions;
          return [...machine.#vectors.subarray(at, at + machine.dimensions)];
        }),
      ),
    );
    const scales = both.map((numbers) => Number(scaleOf(numbers).toPrecision(6))) as [number, number];
    const steps = new Array<number>(keys.length * 2 * dimensions);
    keys.forEach((_, i) => {
      for (let d = 0; d < 2 * dimensions; d++) {
        const half = d < dimensions ? 0 : 1;
        const value = (both[half] as number[])[i * dimensions + (d % dimensions)] as number;
        steps[i * 2 * dimensions + d] = Math.max(-LARGEST, Math.min(LARGEST, Math.round(value / scales[half])));
      }
    });
    return {
      dimensions,
      scales: [Number((scales[0] / machines.length).toPrecision(6)), scales[1]],
      packed: packFactors(keys, steps),
    };
  }
}

/** A step of which all but the largest one in a thousand are LARGEST at most. */
function scaleOf(numbers: readonly number[]): number {
  const sizes = Float32Array.from(numbers, Math.abs).sort();
  return (sizes[Math.floor(sizes.length * 0.999)] ?? 1) / LARGEST;
}
