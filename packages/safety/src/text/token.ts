import type { Phrase } from '../lexicon/lexicon.ts';

/** A word, number or mark as the rules see it, with its place in the original text. */
export interface Token {
  /** Lower case, folded, disguises undone. */
  w: string;
  /** What it means: a set of senses. */
  sense: number;
  /** What it does in a sentence: a set of roles. */
  role: number;
  /** NaN for what is no number. */
  value: number;
  /** Half-open range in the original text. */
  from: number;
  /** See `from`. */
  to: number;
  /** 0 glued to the token before, 1 a space, 2 a line break. */
  gap: number;
  /** Word, number, mark or ideograph. */
  kind: TokenKind;
  /** Phrases that may begin here. */
  phrases: readonly Phrase[] | undefined;
  /** Signs of a disguise, a set of `Hint`. */
  hint: number;
}

/** 0 a word, 1 a number, 2 a mark, 3 one character of a script without spaces. */
export type TokenKind = 0 | 1 | 2 | 3;
export const WORD: TokenKind = 0;
export const NUMBER: TokenKind = 1;
export const MARK: TokenKind = 2;
/** One character of a script without spaces. */
export const IDEOGRAPH: TokenKind = 3;
