import { splitWords } from './whitespace.ts';

/** The tokenizers of sacrebleu 2.6 that need no model. */
export const bleuTokenizers = {
  /** mteval-v13a, the default of WMT. */
  '13a': tokenize13a,
  /** mteval-v14 with Unicode classes: splits punctuation and symbols, except punctuation between digits. */
  intl: tokenizeInternational,
  /** One token a character. */
  char: (line: string): string[] => splitWords(Array.from(line).join(' ')),
  /** Words as they stand, for text that is already tokenized. */
  none: splitWords,
} satisfies Record<string, (line: string) => string[]>;

/** Tokenizers of sacrebleu that are built in. */
export type BleuTokenizer = keyof typeof bleuTokenizers;

// Ranges, as in mteval-v13a: { to ~, [ to `, space to &, ( to +, : to @, and the slash.
const PUNCTUATION = /[{-~[-` -&(-+:-@/]/g;
const STOP_AFTER_NON_DIGIT = /([^0-9])([.,])/g;
const STOP_BEFORE_NON_DIGIT = /([.,])([^0-9])/g;
const DASH_AFTER_DIGIT = /([0-9])(-)/g;

function tokenize13a(line: string): string[] {
  let text = line.replaceAll('<skipped>', '').replaceAll('-\n', '').replaceAll('\n', ' ');
  if (text.includes('&')) {
    text = text.replaceAll('&quot;', '"').replaceAll('&amp;', '&').replaceAll('&lt;', '<').replaceAll('&gt;', '>');
  }
  text = ` ${text} `
    .replace(PUNCTUATION, ' $& ')
    .replace(STOP_AFTER_NON_DIGIT, '$1 $2 ')
    .replace(STOP_BEFORE_NON_DIGIT, ' $1 $2')
    .replace(DASH_AFTER_DIGIT, '$1 $2 ');
  return splitWords(text);
}

const PUNCTUATION_AFTER_NON_NUMBER = /(\P{N})(\p{P})/gu;
const PUNCTUATION_BEFORE_NON_NUMBER = /(\p{P})(\P{N})/gu;
const SYMBOL = /\p{S}/gu;

function tokenizeInternational(line: string): string[] {
  return splitWords(
    line
      .replace(PUNCTUATION_AFTER_NON_NUMBER, '$1 $2 ')
      .replace(PUNCTUATION_BEFORE_NON_NUMBER, ' $1 $2')
      .replace(SYMBOL, ' $& '),
  );
}
