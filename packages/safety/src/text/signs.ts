import { CODED, SPACED, UNPLAIN } from './sign-bits.ts';

/** What the characters of a text may show: a set of bits. A sign that is missing is sure, one that is there asks for a closer look. */
export const Sign = {
  /** A character that does not fold to itself in lower case: markup, an escape, anything beyond ASCII. */
  Unplain: UNPLAIN,
  /** Two single letters or digits beside each other: letters may be spaced. */
  Spaced: SPACED,
  /** A long run of mixed characters, many digits, or many dots and dashes: the text may be base64, hex, binary or Morse. */
  Coded: CODED,
} as const;

const PLAIN = /[a-zA-Z0-9 .,;:'"()!?/\-+=|[\]\n#@]/;
const NOT_PLAIN = new RegExp(PLAIN.source.replace('[', '[^'));

const PLAIN_ASCII = Uint8Array.from({ length: 0x80 }, (_, c) => Number(PLAIN.test(String.fromCharCode(c))));

/** Whether a character folds to itself but for case: letters, digits, spaces and ordinary marks of ASCII. */
export function isPlain(c: number): boolean {
  return c < 0x80 && PLAIN_ASCII[c] === 1;
}

/** Whether all characters of a text do. */
export function allPlain(text: string): boolean {
  return !NOT_PLAIN.test(text);
}
