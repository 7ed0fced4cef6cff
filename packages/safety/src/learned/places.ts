import { FEATURE_BITS, GOLDEN, SPREAD } from './layout.ts';

/** Place of a feature from the sum of its parts. */
export function place(sum: number): number {
  return Math.imul(sum ^ (sum >>> 15), SPREAD) >>> (32 - FEATURE_BITS);
}

/** What tells a template of features apart from the others, so that theirs do not meet. */
export function saltOf(template: number): number {
  return Math.imul(template + 1, GOLDEN);
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
    const folded = Math.imul(places[i] as number, GOLDEN) >>> (32 - SMALL_BITS);
    places[n] = folded;
    // Nobody can predict which are met for the first time, so there is no branch.
    n += (((last[folded] as number) ^ now) + 0xff) >> 8;
    last[folded] = now;
  }
  return n;
}
