/** An ending of at least three letters, and the length of the shortest word that may carry it. */
export type Ending = readonly [ending: string, least: number];

/** Endings by their last three letters: most words end in three that no ending has. */
export class Endings {
  readonly #byLetters = new Map<number, Ending[]>();

  constructor(endings: readonly Ending[]) {
    for (const ending of endings) {
      const letters = lastLetters(ending[0]);
      const alike = this.#byLetters.get(letters);
      if (alike) alike.push(ending);
      else this.#byLetters.set(letters, [ending]);
    }
  }

  /** Whether a word carries one of them. */
  areOf(word: string): boolean {
    const endings = this.#byLetters.get(lastLetters(word));
    if (endings === undefined) return false;
    for (const [ending, least] of endings) if (word.length >= least && word.endsWith(ending)) return true;
    return false;
  }
}

/** The last three letters as one number; others than those of ASCII share theirs. */
function lastLetters(word: string): number {
  const { length } = word;
  return (
    ((word.charCodeAt(length - 3) & 31) << 10) |
    ((word.charCodeAt(length - 2) & 31) << 5) |
    (word.charCodeAt(length - 1) & 31)
  );
}
