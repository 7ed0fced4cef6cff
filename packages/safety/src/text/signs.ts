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

// What a character is: a set of bits.
const ALNUM = 1;
/** Belongs to a run of base64. */
const IN_RUN = 2;
/** A run that has one of these inside is no ordinary word. */
const MIXES = 4;
const UNPLAIN = 8;
const DIGIT = 16;
const DOT_OR_DASH = 32;

const OF_ASCII = Uint8Array.from({ length: 0x80 }, (_, c) => {
  const char = String.fromCharCode(c);
  if (/[a-z]/.test(char)) return ALNUM | IN_RUN;
  if (/[A-Z]/.test(char)) return ALNUM | IN_RUN | MIXES;
  if (/[0-9]/.test(char)) return ALNUM | IN_RUN | MIXES | DIGIT;
  if (/[+/=]/.test(char)) return IN_RUN | MIXES;
  if (/[.-]/.test(char)) return DOT_OR_DASH;
  return / |[\n,;:'"()!?|[\]#@]/.test(char) ? 0 : UNPLAIN;
});

function kindOf(c: number): number {
  if (c < 0x80) return OF_ASCII[c] as number;
  return c === 0xb7 || c === 0x2013 || c === 0x2212 ? UNPLAIN | DOT_OR_DASH : UNPLAIN;
}

/** Whether a character folds to itself but for case: letters, digits, spaces and ordinary marks of ASCII. */
export function isPlain(c: number): boolean {
  return (kindOf(c) & UNPLAIN) === 0;
}

/**
 * The signs of a text, in one pass that does the same for every character, since where words end nobody can predict.
 * Each set of bits tells of the last 32 characters, the newest in bit 0.
 */
export function signsOf(text: string): number {
  let seen = 0;
  let digits = 0;
  let marks = 0;
  let alnum = 0;
  let inRun = 0;
  let mixes = 0;
  let signs = 0;
  for (let i = 0; i < text.length; i++) {
    const kind = kindOf(text.charCodeAt(i));
    seen |= kind;
    digits += kind & DIGIT;
    marks += kind & DOT_OR_DASH;
    alnum = (alnum << 1) | (kind & ALNUM);
    inRun = (inRun << 1) | ((kind & IN_RUN) >> 1);
    mixes = (mixes << 1) | ((kind & MIXES) >> 2);
    if ((alnum & 7) === 2 && followsSingle(alnum)) signs |= Sign.Spaced;
    if ((inRun & RUN) === RUN && (mixes & (RUN >> 1)) !== 0) signs |= Sign.Coded;
  }
  if ((alnum & 3) === 1 && followsSingle(alnum << 1)) signs |= Sign.Spaced;
  if ((seen & UNPLAIN) !== 0) signs |= Sign.Unplain;
  if (digits >= CODED_DIGITS * DIGIT || marks >= CODED_MARKS * DOT_OR_DASH) signs |= Sign.Coded;
  return signs;
}

const RUN = (1 << CODED_RUN) - 1;

/** Whether another single character stands shortly before the one that has just ended. */
function followsSingle(alnum: number): boolean {
  const before = alnum >>> 2;
  const gap = 31 - Math.clz32(before & -before);
  return gap >= 1 && gap <= SPACED_GAP && ((before >>> (gap + 1)) & 1) === 0;
}
