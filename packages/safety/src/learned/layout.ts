/**
 * Numbers that the readers of words are built around, in TypeScript and in AssemblyScript (`assembly/reader.ts`). This module has nothing but
 * numbers and no imports: from such a one a bundler writes each number where it is used, and else makes a variable of it that is read a
 * hundred million times a second.
 */

/** Most words of one text that are read. A run that has more words than characters would lose some at the end of a text. */
export const WORDS_READ = 1_200;
/** Longest run that is looked at as a word. */
export const RUN_LIMIT = 60;
/** Runs remembered, a power of two; half of them in use at most. */
export const SLOTS = 1 << 16;
/** Words remembered. */
export const WORDS = 1 << 16;

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
/** Most features of a text. */
export const FEATURES = WORDS_READ * FEATURES_PER_WORD + FEATURES_PER_TEXT;

/** Features are hashed to this many bits. */
export const FEATURE_BITS = 19;
/** Kinds of words are fewer than this, so a pair of them is 16 bits and needs no hash. */
export const KIND_COUNT = 256;
/** Where the places of adjoining kinds begin, of kinds that stand apart, and of kinds alone. */
export const ADJOINING = 1 << FEATURE_BITS;
export const APART = ADJOINING + KIND_COUNT * KIND_COUNT;
export const ALONE = APART + KIND_COUNT * KIND_COUNT;
/** Number of places. Place 0 stands for no feature: nothing is learned there. */
export const PLACES = ALONE + KIND_COUNT;

/** Odd numbers that spread the bits of a product. Source: Steele and Vigna 2021, arXiv:2001.05304 (multipliers of LCGs). */
export const FIRST = 0x915f77f5;
export const SECOND = 0x93d765dd;
/** The same for places and for salts. */
export const SPREAD = 0x2c1b3c6d;
export const GOLDEN = 0x9e3779b1;
/** What the two hashes of a run begin with and are multiplied by (FNV-1a, and that of Java's strings). */
export const RUN_BASIS = 0x811c9dc5;
export const RUN_PRIME = 0x01000193;
export const RUN_SECOND_PRIME = 31;

/** Templates of features beside those of a word alone, which are 0 to OWN_PLACES - 1: what their salts are made of. */
export const WORDS_2 = OWN_PLACES;
export const WORD_KIND = OWN_PLACES + 1;
export const KIND_WORD = OWN_PLACES + 2;
export const KINDS_3 = OWN_PLACES + 3;
export const LENGTH = OWN_PLACES + 4;
export const SENSE = OWN_PLACES + 5;
export const ROLE = OWN_PLACES + 6;
export const KINDS_ACROSS = OWN_PLACES + 7;
export const KIND_ACROSS = OWN_PLACES + 8;
export const WORD_ACROSS = OWN_PLACES + 9;
/** Four for each word from either end. */
export const ENDS = 32;

/** Numbers of each of the two vectors of a word, in the model of pairs of answers. */
export const DIMENSIONS = 12;

/** Longest sentence that is read in WebAssembly, in characters. */
export const TEXT_BYTES = 4_096;
/** Room on either side of a text. What is before it is 0, and so are as many bytes behind it as are looked at. */
const MARGIN = 64;
export const LOOKED_AHEAD = 4;

// Where everything lies in the memory of `memory.ts`, in bytes, each a multiple of eight.
export const TEXT_AT = MARGIN;
/** Of each character of ASCII: itself in lower case where a run is made of such, else 0; its kind as a mark; whether it is plain. */
export const LETTERS_AT = TEXT_AT + TEXT_BYTES + MARGIN;
export const MARKS_AT = LETTERS_AT + 128;
export const PLAIN_AT = MARKS_AT + 128;
/** A hash of each kind, and places of each bit of the senses and of the roles of what was before. */
export const KIND_HASHES_AT = PLAIN_AT + 128;
export const SENSES_AT = KIND_HASHES_AT + 4 * KIND_COUNT;
export const ROLES_AT = SENSES_AT + 4 * 32;
/** What was read of a text: {@link RESULT_COUNT} and so on. */
export const RESULT_AT = ROLES_AT + 4 * 32;
export const RESULT_FIELDS = 16;
/** What was before a text: how many words at the end of it, its senses and roles, hashes and kinds of those words. */
export const BEFORE_AT = RESULT_AT + 4 * RESULT_FIELDS;
export const BEFORE_FIELDS = 16;
/** Words of a text: numbers, kinds, hashes, where they begin and end, whether for the first time. */
export const LIST_WORDS_AT = BEFORE_AT + 4 * BEFORE_FIELDS;
export const LIST_KINDS_AT = LIST_WORDS_AT + 4 * WORDS_READ;
export const LIST_HASHES_AT = LIST_KINDS_AT + 4 * WORDS_READ;
export const LIST_FROM_AT = LIST_HASHES_AT + 4 * WORDS_READ;
export const LIST_TO_AT = LIST_FROM_AT + 4 * WORDS_READ;
export const LIST_FIRST_AT = LIST_TO_AT + 4 * WORDS_READ;
/** Its features, and a byte of each kind and pair of kinds: in which text it was last met. */
export const FEATURES_AT = LIST_FIRST_AT + WORDS_READ;
export const KINDS_MET_AT = FEATURES_AT + 4 * (FEATURES + 1);
export const KINDS_MET_BYTES = PLACES - ADJOINING;
/** Runs by hash and by number, and of each word its kind, its hash, in which text it was last met, and its weight. */
export const SLOTS_AT = KINDS_MET_AT + KINDS_MET_BYTES;
export const RUNS_AT = SLOTS_AT + 2 * SLOTS;
export const KINDS_AT = RUNS_AT + 2 * RUN_FIELDS * SLOTS;
export const HASHES_AT = KINDS_AT + 4 * WORDS;
export const MET_AT = HASHES_AT + 4 * WORDS;
export const SUMS_AT = MET_AT + 4 * WORDS;
/** Weights of places; how much of each dimension is left one word later, what is left of the words before, and both vectors of each word. */
export const WEIGHTS_AT = SUMS_AT + 4 * WORDS;
export const DECAYS_AT = WEIGHTS_AT + PLACES;
export const STATE_AT = DECAYS_AT + 8 * DIMENSIONS;
export const VECTORS_AT = STATE_AT + 8 * DIMENSIONS;
export const MEMORY_BYTES = VECTORS_AT + 8 * DIMENSIONS * WORDS;

/** Fields at {@link RESULT_AT}. */
export const RESULT_COUNT = 0;
export const RESULT_SENSES = 1;
export const RESULT_ROLES = 2;
export const RESULT_SIGNS = 3;
export const RESULT_WORDS = 4;
export const RESULT_REVERSED = 5;
export const RESULT_REVERSED_NAMES = 6;
export const RESULT_ROT13 = 7;
export const RESULT_PIG_LATIN = 8;
/** Of a score: how many features were written, 0 where not all of them were needed. */
export const RESULT_FEATURES = 9;

/** Fields at {@link BEFORE_AT}. */
export const BEFORE_COUNT = 0;
export const BEFORE_SENSES = 1;
export const BEFORE_ROLES = 2;
export const BEFORE_HASHES = 3;
export const BEFORE_KINDS = BEFORE_HASHES + TAIL;
