/** What one look at the characters of a text may find: a set of bits. A sign that is missing is sure, one that is there asks for a closer look. */
export const Sign = {
  /** A character that does not fold to itself in lower case: markup, an escape, anything beyond ASCII. */
  Unplain: 1,
  /** Two single letters or digits beside each other: letters may be spaced. */
  Spaced: 2,
  /** A long run of mixed characters, many digits, or many dots and dashes: the text may be base64, hex, binary or Morse. */
  Coded: 4,
} as const;

/** Fewest characters of a run, fewest digits, and fewest dots and dashes that are looked at as a code. */
export const CODED_RUN = 12;
export const CODED_DIGITS = 12;
export const CODED_MARKS = 8;

/** Most separators between two spaced letters. */
export const SPACED_GAP = 4;

// Kinds of characters: a set of bits.
const LOWER = 1;
const UPPER = 2;
const DIGIT = 4;
/** What base64 has beside letters and digits. */
const IN_RUN = 8;
const SEPARATOR = 16;
const DOT_OR_DASH = 32;
const UNPLAIN = 64;

const KINDS = Uint8Array.from({ length: 0x80 }, (_, c) => {
  const char = String.fromCharCode(c);
  if (/[a-z]/.test(char)) return LOWER;
  if (/[A-Z]/.test(char)) return UPPER;
  if (/[0-9]/.test(char)) return DIGIT;
  return (
    ('+/='.includes(char) ? IN_RUN : 0) |
    ('-. \n/|,_'.includes(char) ? SEPARATOR : 0) |
    ('.-'.includes(char) ? DOT_OR_DASH : 0) |
    (' .,;:\'"()!?/-+=|[]\n#@'.includes(char) ? 0 : UNPLAIN)
  );
});

function kindOf(c: number): number {
  if (c < 0x80) return KINDS[c] as number;
  return c === 0xb7 || c === 0x2013 || c === 0x2212 ? UNPLAIN | DOT_OR_DASH : UNPLAIN;
}

/** The signs of a text, in one pass. */
export function signsOf(text: string): number {
  const { length } = text;
  let signs = 0;
  let digits = 0;
  let marks = 0;
  /** Where the letters and digits before `i` begin, and the run of base64 that they stand in. */
  let word = 0;
  let run = 0;
  let mixed = 0;
  /** Where the last single character ends, while nothing but separators follows it; else far away. */
  let single = -SPACED_GAP - 2;
  for (let i = 0; i <= length; i++) {
    const kind = i < length ? kindOf(text.charCodeAt(i)) : SEPARATOR;
    if (kind === LOWER) continue;
    if ((kind & (UPPER | DIGIT)) !== 0) {
      if (kind === DIGIT) digits++;
      if (kind === DIGIT || i > run) mixed = 1;
      continue;
    }
    if (word < i) {
      if (word < i - 1) single = -SPACED_GAP - 2;
      else {
        if (word - single <= SPACED_GAP) signs |= Sign.Spaced;
        single = i;
      }
    }
    word = i + 1;
    if ((kind & SEPARATOR) === 0) single = -SPACED_GAP - 2;
    if ((kind & IN_RUN) !== 0) mixed = 1;
    else {
      if (mixed !== 0 && i - run >= CODED_RUN) signs |= Sign.Coded;
      mixed = 0;
      run = i + 1;
    }
    if ((kind & DOT_OR_DASH) !== 0) marks++;
    if ((kind & UNPLAIN) !== 0) signs |= Sign.Unplain;
  }
  return digits >= CODED_DIGITS || marks >= CODED_MARKS ? signs | Sign.Coded : signs;
}
