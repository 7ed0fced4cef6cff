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
export function countCodes(tokens: readonly Token[]): Codes {
  const count = (hint: number): number => tokens.filter((token) => token.hint & hint).length;
  return {
    words: tokens.filter((token) => token.kind === WORD).length,
    reversed: count(Hint.Reversed),
    reversedNames: count(Hint.ReversedName),
    rot13: count(Hint.Rot13),
    pigLatin: count(Hint.PigLatin),
  };
}
