/**
 * Seeded random numbers that give the same sequence on every machine and can be stored in a checkpoint.
 *
 * Generator: xoshiro128** 1.1 (Blackman & Vigna 2018, https://prng.di.unimi.it/xoshiro128starstar.c, public domain):
 * four 32-bit words of state, period 2^128 - 1. The seed is spread over the state with splitmix32, so that close
 * seeds give unrelated sequences. Not for secrets.
 */
import { InvalidOptionError } from '../errors.ts';

/** The four words of a generator, each an unsigned 32-bit integer; plain JSON. */
export type RandomState = readonly [number, number, number, number];

/** A seeded stream of random numbers, the same on every machine. */
export interface Random {
  /** Uniform integer in [0, 2^32). */
  nextUint32(): number;
  /** Uniform number in [0, 1) with 53 random bits (two draws). */
  nextFloat(): number;
  /** Uniform integer in [0, bound) without bias. @throws {InvalidOptionError} unless 1 <= bound <= 2^32 */
  nextInt(bound: number): number;
  /** Standard normal number (Box-Muller, the cosine half only, so that the state stays four words). */
  nextNormal(): number;
  /** Everything needed to go on from here with {@link randomFromState}. */
  state(): RandomState;
}

const TWO_32 = 2 ** 32;
const rotateLeft = (x: number, k: number): number => (x << k) | (x >>> (32 - k));

class Xoshiro128 implements Random {
  readonly #s: Uint32Array;

  constructor(state: RandomState) {
    this.#s = Uint32Array.from(state);
  }

  nextUint32(): number {
    const s = this.#s;
    const [s0, s1, s2, s3] = s as unknown as [number, number, number, number];
    const result = Math.imul(rotateLeft(Math.imul(s1, 5), 7), 9) >>> 0;
    const c = s2 ^ s0;
    const d = s3 ^ s1;
    s[1] = s1 ^ c;
    s[0] = s0 ^ d;
    s[2] = c ^ (s1 << 9);
    s[3] = rotateLeft(d, 11);
    return result;
  }

  nextFloat(): number {
    const high = this.nextUint32() >>> 5; // 27 bits
    const low = this.nextUint32() >>> 6; // 26 bits
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  nextInt(bound: number): number {
    if (!Number.isInteger(bound) || bound < 1 || bound > TWO_32) {
      throw new InvalidOptionError('bound', `must be an integer from 1 to 2^32, found ${bound}`);
    }
    const limit = TWO_32 - (TWO_32 % bound); // values from here on would favour small results
    let value = this.nextUint32();
    while (value >= limit) value = this.nextUint32();
    return value % bound;
  }

  nextNormal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.nextFloat())); // 1 - u is never 0
    return radius * Math.cos(2 * Math.PI * this.nextFloat());
  }

  state(): RandomState {
    const [a, b, c, d] = this.#s as unknown as [number, number, number, number];
    return [a, b, c, d];
  }
}

/** One step of splitmix32 (https://github.com/bryc/code, public domain): the next word and the next counter. */
function splitmix32(counter: number): { word: number; counter: number } {
  const next = (counter + 0x9e3779b9) >>> 0;
  let z = next ^ (next >>> 16);
  z = Math.imul(z, 0x21f0aaad);
  z ^= z >>> 15;
  z = Math.imul(z, 0x735a2d97);
  return { word: (z ^ (z >>> 15)) >>> 0, counter: next };
}

/**
 * @param seed integer from 0 to 2^53 - 1; both halves count
 * @throws {InvalidOptionError} for any other number
 */
export function createRandom(seed: number): Random {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new InvalidOptionError('seed', `must be an integer from 0 to 2^53 - 1, found ${seed}`);
  }
  let counter = (seed ^ Math.imul(Math.floor(seed / TWO_32), 0x85ebca6b)) >>> 0;
  const words: number[] = [];
  for (let i = 0; i < 4; i++) {
    const step = splitmix32(counter);
    words.push(step.word);
    counter = step.counter;
  }
  return randomFromState(words as unknown as RandomState);
}

/**
 * Goes on where {@link Random.state} was taken.
 * @throws {InvalidOptionError} unless the state is four unsigned 32-bit integers, not all zero
 */
export function randomFromState(state: RandomState): Random {
  const legal =
    Array.isArray(state) &&
    state.length === 4 &&
    state.every((w) => Number.isInteger(w) && w >= 0 && w < TWO_32) &&
    state.some((w) => w !== 0);
  if (!legal) throw new InvalidOptionError('state', 'must be four unsigned 32-bit integers, not all zero');
  return new Xoshiro128(state);
}

/** A shuffled copy (Fisher-Yates, from the end). */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = random.nextInt(i + 1);
    const swap = result[i] as T;
    result[i] = result[j] as T;
    result[j] = swap;
  }
  return result;
}
