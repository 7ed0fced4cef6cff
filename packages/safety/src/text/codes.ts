import { Hint } from '../lexicon/lexicon.ts';
import { type Token, WORD } from './token.ts';

/** How many words of a text show signs of a code, and how many words there are. */
export interface Codes {
  readonly words: number;
  readonly reversed: number;
  readonly reversedNames: number;
  readonly rot13: number;
  readonly pigLatin: number;
}

export const NO_CODES: Codes = { words: 0, reversed: 0, reversedNames: 0, rot13: 0, pigLatin: 0 };

/** Counts the words of tokens and those that show signs of a code. */
export function countCodes(tokens: readonly Pick<Token, 'kind' | 'hint'>[]): Codes {
  let words = 0;
  let reversed = 0;
  let reversedNames = 0;
  let rot13 = 0;
  let pigLatin = 0;
  for (const { kind, hint } of tokens) {
    if (kind === WORD) words++;
    if (hint === 0) continue;
    if (hint & Hint.Reversed) reversed++;
    if (hint & Hint.ReversedName) reversedNames++;
    if (hint & Hint.Rot13) rot13++;
    if (hint & Hint.PigLatin) pigLatin++;
  }
  return { words, reversed, reversedNames, rot13, pigLatin };
}
