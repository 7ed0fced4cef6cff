/** Longest segment, in UTF-16 units: a text without a full stop is judged in pieces of this size. */
export const MAX_SEGMENT = 480;
/** Letters a line needs before its end may end a segment; shorter lines go on ("500\nmg"). */
const LINE_LETTERS = 25;

const ABBREVIATIONS = new Set(
  'mr mrs ms dr prof st vs etc eg ie approx no nr fig al tab tabs cap caps mg mcg ml hr hrs min max tsp tbsp oz lb wt inj susp sig bid tid qid po prn esp incl ca dept est jr sr bzw ca z d h u a p m b i o c g q s t'.split(
    ' ',
  ),
);

const LONGEST_ABBREVIATION = Math.max(...[...ABBREVIATIONS].map((word) => word.length));

/**
 * Cuts text into sentences, or into pieces of {@link MAX_SEGMENT} where there are none. Where it cuts depends on the text
 * alone and never on how it arrived: a cut that needs the next character waits for it. The segments joined are the text.
 */
export class Segmenter {
  #held = '';
  /** Where the scan of the held segment goes on. */
  #at = 0;
  /** Letters of the segment in its first so many characters; counted no further than anybody asks. */
  #letters = 0;
  #counted = 0;
  /** The first stop from where the scan goes on, when it was looked for. */
  #stop = -1;

  /** Number of characters held back. */
  get held(): number {
    return this.#held.length;
  }

  push(piece: string): string[] {
    const { length } = this.#held;
    const held = length === 0 ? piece : this.#held + piece;
    this.#held = held;
    // Most pieces of a stream end nothing, and all before them was looked at.
    if (this.#at === length && held.length <= MAX_SEGMENT && nextStop(piece, 0) === piece.length) {
      this.#at = held.length;
      return [];
    }
    return this.#take(false);
  }

  /** The text is over: what is held is the last segment. */
  end(): string[] {
    const out = this.#take(true);
    if (this.#held) out.push(this.#held);
    this.#held = '';
    this.#begin();
    return out;
  }

  #take(final: boolean): string[] {
    const out: string[] = [];
    const text = this.#held;
    let start = 0;
    this.#stop = -1;
    while (start < text.length) {
      const cut = this.#next(text, start, final);
      if (cut < 0) break;
      out.push(text.slice(start, cut));
      start = cut;
      this.#begin();
    }
    this.#held = start === 0 ? text : text.slice(start);
    return out;
  }

  #begin(): void {
    this.#at = 0;
    this.#letters = 0;
    this.#counted = 0;
  }

  /** Whether there are this many letters between `start` and `to`. */
  #hasLetters(text: string, start: number, to: number, least: number): boolean {
    let letters = this.#letters;
    let i = start + this.#counted;
    for (; i < to && letters < least; i++) if (isLetterLike(text.charCodeAt(i))) letters++;
    this.#letters = letters;
    this.#counted = i - start;
    return letters >= least;
  }

  /** End of the segment that begins at `start`, or {@link WAIT}. */
  #next(text: string, start: number, final: boolean): number {
    const limit = start + MAX_SEGMENT;
    let at = start + this.#at;
    for (;;) {
      if (this.#stop < at) this.#stop = nextStop(text, at);
      const stop = Math.min(this.#stop, limit);
      at = stop;
      if (stop === text.length) break;
      if (stop === limit) {
        const cut = hardCut(text, start, limit);
        // The next segment begins before marks that this one has passed by.
        const passed = nextStop(text.slice(cut, limit), 0);
        if (passed < limit - cut) this.#stop = cut + passed;
        return cut;
      }
      const cut = this.#cutAt(text, start, stop, limit, final);
      if (cut === WAIT) break;
      if (cut >= 0) return cut;
      at = cut === ALL_SPACE ? limit : stop + 1;
    }
    this.#at = at - start;
    return WAIT;
  }

  /** Where the segment that began at `start` ends when the character at `i` ends it; else {@link WAIT}, {@link GO_ON} or {@link ALL_SPACE}. */
  #cutAt(text: string, start: number, i: number, limit: number, final: boolean): number {
    const { length } = text;
    const c = text.charCodeAt(i);
    if (c === 10) {
      const j = skipSpace(text, i + 1, limit);
      if (j >= length && !final) return WAIT;
      if (j >= limit) return ALL_SPACE;
      const next = text.charCodeAt(j);
      const ends =
        (hasNewLine(text, i + 1, j) && this.#hasLetters(text, start, i, 1)) ||
        (!isLower(next) && !isDigit(next) && this.#hasLetters(text, start, i, LINE_LETTERS));
      return ends ? Math.max(j, i + 1) : GO_ON;
    }
    let k = i + 1;
    while (k < limit && isCloser(text.charCodeAt(k))) k++;
    if (k >= length && !final) return WAIT;
    if (k >= limit) return GO_ON;
    if (isWideStop(c)) return this.#hasLetters(text, start, i, 1) ? k : GO_ON;
    if (k >= length || !isSpace(text.charCodeAt(k))) return GO_ON;
    const j = skipSpace(text, k, limit);
    if (j >= length && !final) return WAIT;
    if (j >= limit) return ALL_SPACE;
    if (c === 46) {
      const next = text.charCodeAt(j);
      if (isLower(next) || isDigit(next) || endsWithAbbreviation(text, start, i)) return GO_ON;
    }
    return this.#hasLetters(text, start, i, 1) ? j : GO_ON;
  }
}

/** More text is needed. */
const WAIT = -1;
/** Here is no cut. */
const GO_ON = -2;
/** Here is none, and nothing but space follows as far as the segment may reach. */
const ALL_SPACE = -3;

const STOPS = /[\n.!?\u2026\u3002\uff01\uff1f]/g;

/** The first place from `from` on where a segment may end, or the length of the text. */
function nextStop(text: string, from: number): number {
  STOPS.lastIndex = from;
  return STOPS.test(text) ? STOPS.lastIndex - 1 : text.length;
}

/** Cut of a segment that is too long: after the last space of its end, else at the limit, never inside a surrogate pair. */
function hardCut(text: string, start: number, limit: number): number {
  for (let k = limit - 1; k > limit - 120 && k > start; k--) if (isSpace(text.charCodeAt(k))) return k + 1;
  const last = text.charCodeAt(limit - 1);
  return last >= 0xd800 && last <= 0xdbff ? limit - 1 : limit;
}

function skipSpace(text: string, from: number, limit: number): number {
  let j = from;
  while (j < text.length && j < limit && isSpace(text.charCodeAt(j))) j++;
  return j;
}

function hasNewLine(text: string, from: number, to: number): boolean {
  for (let k = from; k < to; k++) if (text.charCodeAt(k) === 10) return true;
  return false;
}

function endsWithAbbreviation(text: string, start: number, dot: number): boolean {
  let k = dot;
  while (k > start && dot - k <= LONGEST_ABBREVIATION && isLetter(text.charCodeAt(k - 1))) k--;
  if (k === dot || dot - k > LONGEST_ABBREVIATION) return false;
  return ABBREVIATIONS.has(text.slice(k, dot).toLowerCase());
}

function isSpace(c: number): boolean {
  return c === 32 || (c >= 9 && c <= 13) || c === 0xa0 || c === 0x3000;
}

const ELLIPSIS = 0x2026;

/** A full stop, an exclamation or a question mark that needs no space after it. */
function isWideStop(c: number): boolean {
  return c === 0x3002 || c === 0xff01 || c === 0xff1f;
}

function isLower(c: number): boolean {
  return c >= 97 && c <= 122;
}

function isDigit(c: number): boolean {
  return c >= 48 && c <= 57;
}

function isLetter(c: number): boolean {
  return isLower(c) || (c >= 65 && c <= 90);
}

function isLetterLike(c: number): boolean {
  return isLetter(c) || isDigit(c) || (c > 0x7f && c !== ELLIPSIS && !isWideStop(c));
}

function isCloser(c: number): boolean {
  return (
    c === 34 ||
    c === 39 ||
    c === 41 ||
    c === 93 ||
    c === 42 ||
    c === 95 ||
    c === 96 ||
    c === 0x201d ||
    c === 0x2019 ||
    c === 0xbb ||
    c === 0x300d
  );
}
