/** Features are hashed to this many bits; {@link place}. */
export const FEATURE_BITS = 19;

/** Kinds of words are fewer than this, so a pair of them is 16 bits and needs no hash. */
export const KIND_COUNT = 256;

/** Where the places of adjoining kinds begin, of kinds that stand apart, and of kinds alone. */
export const ADJOINING = 2 ** FEATURE_BITS;
export const APART = ADJOINING + KIND_COUNT ** 2;
export const ALONE = APART + KIND_COUNT ** 2;

/** Number of places. Place 0 stands for no feature: nothing is learned there. */
export const PLACES = ALONE + KIND_COUNT;

/** Odd numbers that spread the bits of a product. Source: Steele and Vigna 2021, arXiv:2001.05304 (multipliers of LCGs). */
export const FIRST = 0x915f77f5;
export const SECOND = 0x93d765dd;

/** Place of a feature from the sum of its parts. */
export function place(sum: number): number {
  return Math.imul(sum ^ (sum >>> 15), 0x2c1b3c6d) >>> (32 - FEATURE_BITS);
}

/** What tells a template of features apart from the others, so that theirs do not meet. */
export function saltOf(template: number): number {
  return Math.imul(template + 1, 0x9e3779b1);
}

/** Places of a small model are this many bits. */
export const SMALL_BITS = 13;

/** In which text a folded place was last met. */
const met = new Uint8Array(1 << SMALL_BITS);
let turn = 0;

/**
 * Folds the first `count` places to 2^SMALL_BITS, each once, and writes them in their place.
 * @returns how many are left
 */
export function foldPlaces(places: Int32Array | Uint32Array, count: number): number {
  if (turn === 255) {
    met.fill(0);
    turn = 0;
  }
  turn++;
  const now = turn | 0;
  const last = met;
  let n = 0;
  for (let i = 0; i < count; i++) {
    const folded = Math.imul(places[i] as number, 0x9e3779b1) >>> (32 - SMALL_BITS);
    places[n] = folded;
    // Nobody can predict which are met for the first time, so there is no branch.
    n += (((last[folded] as number) ^ now) + 0xff) >> 8;
    last[folded] = now;
  }
  return n;
}
