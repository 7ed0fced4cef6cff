/** Hash of no letters. */
export const NO_LETTERS = 0x811c9dc5;

/** Hash of letters with one more after them, 32 bits (FNV-1a). Source: Fowler, Noll and Vo, IETF draft-eastlake-fnv. */
export function withLetter(hash: number, code: number): number {
  return Math.imul(hash ^ code, 0x01000193);
}

/**
 * Marks by the hash of a word, to be asked before the word is looked for: most words are in no list, and one without a mark is surely not.
 * A mark is no proof, since two words may share it. It is a Bloom filter with one hash.
 * Source: Bloom 1970, "Space/Time Trade-offs in Hash Coding with Allowable Errors", CACM 13(7).
 */
export class Sieve {
  readonly #marks: Uint8Array;

  /** @param bits of a hash that are told apart; a byte of memory for each of their values */
  constructor(bits: number) {
    this.#marks = new Uint8Array(2 ** bits);
  }

  /** @param marks bits, added to those that are there */
  add(hash: number, marks = 1): void {
    const all = this.#marks;
    const slot = (hash ^ (hash >>> 15)) & (all.length - 1);
    all[slot] = (all[slot] as number) | marks;
  }

  /** All marks of words with this hash. */
  marksOf(hash: number): number {
    const all = this.#marks;
    return all[(hash ^ (hash >>> 15)) & (all.length - 1)] as number;
  }
}
