/** Longest segment, in UTF-16 units: a text without a full stop is judged in pieces of this size. */
export const MAX_SEGMENT = 480;
/** Letters a line needs before its end may end a segment; shorter lines go on ("500\nmg"). */
const LINE_LETTERS = 25;

const ABBREVIATIONS = new Set(
  'mr mrs ms dr prof st vs etc eg ie approx no nr fig al tab tabs cap caps mg mcg ml hr hrs min max tsp tbsp oz lb wt inj susp sig bid tid qid po prn esp incl ca dept est jr sr bzw ca z d h u a p m b i o c g q s t'.split(
    ' ',
  ),
);

/**
 * Cuts text into sentences, or into pieces of {@link MAX_SEGMENT} where there are none. Where it cuts depends on the text
 * alone and never on how it arrived: a cut that needs the next character waits for it. The segments joined are the text.
 */
export class Segmenter {
  #held = '';
  /** Where the scan of the held segment goes on. */
  #at = 0;
  #letters = 0;

  /** Number of characters held back. */
  get held(): number {
    return this.#held.length;
  }

  push(piece: string): string[] {
    this.#held = this.#held === '' ? piece : this.#held + piece;
    return this.#take(false);
  }

  /** The text is over: what is held is the last segment. */
  end(): string[] {
    const out = this.#take(true);
    if (this.#held) out.push(this.#held);
    this.#held = '';
    this.#at = 0;
    this.#letters = 0;
    return out;
  }

  #take(final: boolean): string[] {
    const out: string[] = [];
    const text = this.#held;
    let start = 0;
    while (start < text.length) {
      const cut = this.#next(text, start, final);
      if (cut < 0) break;
      out.push(text.slice(start, cut));
      start = cut;
      this.#at = 0;
      this.#letters = 0;
    }
    this.#held = start === 0 ? text : text.slice(start);
    return out;
  }

  /** End of the segment that begins at `start`, or -1 when more text is needed. */
  #next(text: string, start: number, final: boolean): number {
    const { length } = text;
    const limit = start + MAX_SEGMENT;
    const stop = Math.min(length, limit);
    let letters = this.#letters;
    let i = start + this.#at;
    for (; i < stop; i++) {
      const c = text.charCodeAt(i);
      if (c >= 97 && c <= 122) letters++;
      else if (c === 32) continue;
      else if (c === 10) {
        const j = skipSpace(text, i + 1, limit);
        if (j >= length && !final) break;
        if (j >= limit) continue;
        const next = text.charCodeAt(j);
        if (
          (letters > 0 && hasNewLine(text, i + 1, j)) ||
          (letters >= LINE_LETTERS && !isLower(next) && !isDigit(next))
        )
          return Math.max(j, i + 1);
      } else if (c === 46 || c === 33 || c === 63 || c === 0x2026) {
        let k = i + 1;
        while (k < limit && isCloser(text.charCodeAt(k))) k++;
        if (k >= length) {
          if (!final) break;
          continue;
        }
        if (k >= limit || !isSpace(text.charCodeAt(k))) continue;
        const j = skipSpace(text, k, limit);
        if (j >= length && !final) break;
        if (j >= limit) continue;
        if (c === 46) {
          const next = text.charCodeAt(j);
          if (isLower(next) || isDigit(next) || endsWithAbbreviation(text, start, i)) continue;
        }
        if (letters > 0) return j;
      } else if (c === 0x3002 || c === 0xff01 || c === 0xff1f) {
        let k = i + 1;
        while (k < limit && isCloser(text.charCodeAt(k))) k++;
        if (k >= length && !final) break;
        if (k < limit && letters > 0) return k;
      } else if (isLetterLike(c)) letters++;
    }
    if (i === limit && i < length) return hardCut(text, start, limit);
    // What comes next decides: the scan goes on here.
    this.#at = i - start;
    this.#letters = letters;
    return -1;
  }
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
  while (k > start && dot - k < 8 && isLetter(text.charCodeAt(k - 1))) k--;
  if (k === dot) return false;
  return ABBREVIATIONS.has(text.slice(k, dot).toLowerCase());
}

function isSpace(c: number): boolean {
  return c === 32 || (c >= 9 && c <= 13) || c === 0xa0 || c === 0x3000;
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
  return isLetter(c) || c > 0x7f || isDigit(c);
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
