/**
 * Numbers that the readers of words are built around. This module has nothing but numbers and no imports: from such a one a bundler
 * writes each number where it is used, and else makes a variable of it that is read a hundred million times a second.
 */

/** Most words of one text that are read. */
export const WORDS_READ = 1_200;
/** Longest run that is looked at as a word. */
export const RUN_LIMIT = 60;
/** Runs remembered, a power of two; half of them in use at most. */
export const SLOTS = 1 << 15;

/** How often one text may say a word, and a kind alone (a mark, a number); what is repeated more often is not read again. */
export const MOST_TIMES = 4;
export const MOST_TIMES_OF_KIND = 16;
/** Of each word: in which text it was last met, times this, plus how often. */
export const TURN = 32;

/** Places of features of one word alone, beside its kind: the word, three beginnings and three endings of it. */
export const OWN_PLACES = 7;
/** A word of fewer letters has no pieces. */
export const PIECES_FROM = 5;

/** Fields of a run in `RunTable.runs`. */
export const RUN_FIELDS = 8;
export const RUN_START = 0;
export const RUN_END = 1;
export const RUN_SENSES = 2;
export const RUN_ROLES = 3;
export const RUN_CODES = 4;
export const RUN_FIRST = 5;
export const RUN_SECOND = 6;
/** One more than the digits of the run; 0 in a slot that is free. */
export const RUN_TAKEN = 7;

/** Words at the end of a text that are kept for the next one. */
export const TAIL = 4;
/** Words at either end of a text that are looked at as such. */
export const END = 3;
/** How far apart two words may stand and still be looked at as a pair of kinds. */
export const REACH = 5;
/** Features of one word beside its own: with the words next to it, and with those further off. */
export const ADJOINING_PER_WORD = 6;
export const APART_PER_WORD = 4;
export const FEATURES_PER_WORD = ADJOINING_PER_WORD + APART_PER_WORD;
/** Most features of a text that are not those of a word of it. */
export const FEATURES_PER_TEXT = 3 + 64 + 4 * END + 3 * TAIL * TAIL;
