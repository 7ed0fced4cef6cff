import { withLetter } from './sieve.ts';

/** Things by a word each, found by the characters of a text: no string is made to look for one. Open addressing, at most half full. */
export class WordTable<Thing extends { readonly word: string }> {
  /** In each slot a hash and what has it. */
  #hashes = new Int32Array(1 << 12);
  #things: (Thing | undefined)[] = new Array(1 << 12).fill(undefined);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** What has the word that stands in `text` from `from` to `to`. */
  find(text: string, from: number, to: number): Thing | undefined {
    const hash = hashOf(text, from, to);
    const hashes = this.#hashes;
    const last = hashes.length - 1;
    for (let slot = hash & last; ; slot = (slot + 1) & last) {
      const thing = this.#things[slot];
      if (thing === undefined) return undefined;
      if (hashes[slot] === hash && thing.word.length === to - from && text.startsWith(thing.word, from)) return thing;
    }
  }

  /** Adds what has a word that nothing here has. */
  add(thing: Thing): void {
    if (++this.#size > this.#hashes.length / 2) this.#grow();
    this.#put(thing, hashOf(thing.word, 0, thing.word.length));
  }

  #put(thing: Thing, hash: number): void {
    const last = this.#hashes.length - 1;
    let slot = hash & last;
    while (this.#things[slot] !== undefined) slot = (slot + 1) & last;
    this.#hashes[slot] = hash;
    this.#things[slot] = thing;
  }

  #grow(): void {
    const things = this.#things;
    const hashes = this.#hashes;
    this.#hashes = new Int32Array(2 * things.length);
    this.#things = new Array(2 * things.length).fill(undefined);
    things.forEach((thing, slot) => {
      if (thing !== undefined) this.#put(thing, hashes[slot] as number);
    });
  }
}

/** Of this process alone, so that nobody can write words that all fall into one slot. */
const SEED = Math.floor(Math.random() * 2 ** 32);

/** 32 bits: {@link withLetter} from another start, its halves folded together. */
function hashOf(text: string, from: number, to: number): number {
  let hash = SEED;
  for (let i = from; i < to; i++) hash = withLetter(hash, text.charCodeAt(i));
  return hash ^ (hash >>> 15);
}
