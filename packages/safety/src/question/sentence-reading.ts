import { CONCEPTS, type Concept, idOf } from './concepts.ts';

const NONE: readonly number[] = [];

/** One sentence of a question: its words, and where each meaning stands in it. */
export class SentenceReading {
  readonly words: string[] = [];
  /** What the lexicon knows of each word: its `Sense` bits. */
  readonly wordSenses: number[] = [];
  readonly wordRoles: number[] = [];
  /** Numbers, with the place each stands at. */
  readonly numbers: { readonly place: number; readonly value: number }[] = [];
  /** Places of the words that follow a comma, colon or semicolon. */
  readonly breaks: number[] = [];
  /** Bits of the lexicon (`Sense`) over the sentence. */
  senses = 0;
  /** Bits of the lexicon (`Role`) over the sentence. */
  roles = 0;
  /** Whether it ends in a question mark. */
  asks = false;
  private readonly places: (number[] | undefined)[] = new Array(CONCEPTS.length);
  private readonly met: number[] = [];

  /** Adds a word and returns its place. */
  push(word: string, sense: number, role: number, value: number): number {
    const place = this.words.length;
    this.words.push(word);
    this.wordSenses.push(sense);
    this.wordRoles.push(role);
    if (!Number.isNaN(value)) this.numbers.push({ place, value });
    return place;
  }

  /** Notes that the word at `place` carries a meaning. Places come in rising order for one meaning, or nearly so. */
  note(id: number, place: number): void {
    const list = this.places[id];
    if (!list) {
      this.places[id] = [place];
      this.met.push(id);
    } else if (list[list.length - 1] !== place) list.push(place);
  }

  /** Ids of all meanings in the sentence. */
  get present(): readonly number[] {
    return this.met;
  }

  has(concept: Concept): boolean {
    return this.places[idOf(concept)] !== undefined;
  }

  hasAny(concepts: readonly Concept[]): boolean {
    return concepts.some((concept) => this.has(concept));
  }

  /** Where a meaning stands: indices into `words`. */
  at(concept: Concept): readonly number[] {
    return this.places[idOf(concept)] ?? NONE;
  }

  placesOf(id: number): readonly number[] {
    return this.places[id] ?? NONE;
  }

  /** Whether words of all parts stand within a stretch of `within` words, in any order unless `ordered`. */
  near(parts: readonly (readonly Concept[])[], within: number, ordered = false): boolean {
    for (const part of parts) if (!this.hasAny(part)) return false;
    return (
      this.find(
        parts.map((part) => part.map(idOf)),
        within,
        ordered,
      ) >= 0
    );
  }

  /** Place of the first part's word where the parts meet, or -1. */
  find(parts: readonly (readonly number[])[], within: number, ordered: boolean): number {
    for (let part = 1; part < parts.length; part++)
      if (!(parts[part] as readonly number[]).some((id) => this.places[id])) return -1;
    for (const id of parts[0] as readonly number[])
      for (const place of this.places[id] ?? NONE)
        if (this.meets(parts, 1, place, place, place, within, ordered)) return place;
    return -1;
  }

  private meets(
    parts: readonly (readonly number[])[],
    part: number,
    last: number,
    from: number,
    to: number,
    within: number,
    ordered: boolean,
  ): boolean {
    if (part === parts.length) return true;
    for (const id of parts[part] as readonly number[]) {
      const places = this.places[id];
      if (!places) continue;
      // The first place that is not too far to the left.
      let i = lowerBound(places, ordered ? last + 1 : to - within);
      for (; i < places.length; i++) {
        const place = places[i] as number;
        if (place - from > within) break;
        if (place === last) continue;
        if (this.meets(parts, part + 1, place, Math.min(from, place), Math.max(to, place), within, ordered))
          return true;
      }
    }
    return false;
  }
}

function lowerBound(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
