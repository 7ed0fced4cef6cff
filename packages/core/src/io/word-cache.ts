/**
 * Remembers something about each word. Two generations: when the young one is full it becomes the old one, and the old one goes.
 * A word that is looked up again moves to the young one, so frequent words stay, and a look-up of a frequent word changes nothing.
 */
export class WordCache<T> {
  #young = new Map<string, T>();
  #old = new Map<string, T>();

  /** @param generation  words in each of the two generations */
  constructor(readonly generation: number = 32_768) {}

  get(word: string): T | undefined {
    const found = this.#young.get(word);
    if (found !== undefined) return found;
    const older = this.#old.get(word);
    if (older !== undefined) this.put(word, older);
    return older;
  }

  put(word: string, value: T): void {
    if (this.#young.size >= this.generation) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(word, value);
  }
}
