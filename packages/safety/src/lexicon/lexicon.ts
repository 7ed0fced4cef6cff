import {
  CONDITION_ADJECTIVES,
  CONDITION_HEADS,
  CONDITION_PHRASES,
  CONDITIONS,
  looksLikeCondition,
} from './conditions.ts';
import { drugKey, hashOfKey, looksLikeDrugName } from './drug-morphology.ts';
import {
  MEDICINE_WORDS,
  OTC_CLASSES,
  OTC_DRUGS,
  PRESCRIPTION_CLASSES,
  PRESCRIPTION_DRUGS,
  PRESCRIPTION_PHRASES,
  SUPPLEMENTS,
} from './drug-names.ts';
import { AMBIGUOUS_NUMBERS, NUMBER_WORDS } from './numbers.ts';
import { NO_LETTERS, Sieve, withLetter } from './sieve.ts';
import { Role, Sense } from './tags.ts';
import { WordTable } from './word-table.ts';
import { EXPANSIONS, PHRASES, WORDS } from './words.ts';

/** What is known about one word. `value` is NaN for a word that is no number. */
export interface Entry {
  /** The word itself: one string for all of its tokens, so that sets find it fast. */
  readonly word: string;
  readonly sense: number;
  readonly role: number;
  readonly value: number;
  /** A number word only beside a unit or a form ("un", "half"). */
  readonly weakNumber: boolean;
  /** Phrases that begin with this word: the rest of their words, and what all of them then are. */
  readonly phrases: readonly Phrase[] | undefined;
  /** Listed by name, not guessed from its shape. */
  readonly known: boolean;
  /** Signs that the word is written in a disguise: a set of {@link Hint}. */
  readonly hint: number;
  /** The words it stands for: "gonna", "wouldnt". */
  readonly expanded: readonly string[] | undefined;
  /** The words it is made of when it was written without spaces; null when it is not, undefined when nobody looked. */
  split: readonly string[] | null | undefined;
}

/** Signs of a disguised text in a single word; `Capital` marks a word nobody listed that may be a name. */
export const Hint = { Reversed: 1, ReversedName: 2, Rot13: 4, PigLatin: 8, Capital: 16 } as const;

/** The words that follow a first one in a known phrase, and what the phrase means. */
export interface Phrase {
  /** Its words after the first. */
  readonly rest: readonly string[];
  /** What the whole phrase means: a set of senses. */
  readonly sense: number;
  /** What it does in a sentence: a set of roles. */
  readonly role: number;
}

/** Phrases that begin with one word, the longest first, and every word that any of them goes on with. */
interface PhraseList extends Array<Phrase> {
  readonly next: Set<string>;
}

interface Draft {
  word: string;
  sense: number;
  role: number;
  value: number;
  weakNumber: boolean;
  phrases: PhraseList | undefined;
  known: boolean;
  hint: number;
  expanded: readonly string[] | undefined;
  split: readonly string[] | null | undefined;
}

const EXPANDED = new Map(Object.entries(EXPANSIONS));

/** One shape for all entries, which keeps reading them fast. */
function entryOf(word: string, sense: number, role: number, hint: number, split: null | undefined): Draft {
  return {
    word,
    sense,
    role,
    value: Number.NaN,
    weakNumber: false,
    phrases: undefined,
    known: false,
    hint,
    expanded: EXPANDED.get(word),
    split,
  };
}

function copyAs(word: string, entry: Draft): Draft {
  const copy = entryOf(word, entry.sense, entry.role, 0, null);
  copy.value = entry.value;
  copy.weakNumber = entry.weakNumber;
  copy.known = true;
  return copy;
}

const table = new Map<string, Draft>();
/** Medicines by {@link drugKey}, and what is asked before the key of a word is made. */
const keys = new Map<string, Draft>();
const sieveOfKeys = new Sieve(16);

function draft(word: string): Draft {
  let entry = table.get(word);
  if (!entry) {
    entry = entryOf(word, 0, 0, 0, null);
    entry.known = true;
    table.set(word, entry);
  }
  return entry;
}

function addWords(words: string, sense: number, role: number): void {
  for (const word of words.split(/\s+/)) {
    if (!word) continue;
    if (word.includes('-')) {
      addPhrase(word.replaceAll('-', ' '), sense, role);
      continue;
    }
    const entry = draft(word);
    entry.sense |= sense;
    entry.role |= role;
    if (sense & Sense.Drug && word.length >= 6) {
      keys.set(drugKey(word), entry);
      sieveOfKeys.add(hashOfKey(word));
    }
  }
}

function addPhrase(phrase: string, sense: number, role: number): void {
  // Tokens carry no possessive "s": "crohn s disease" is met as "crohn disease".
  const [first, ...rest] = phrase.split(' ').filter((word, i) => word !== 's' || i === 0);
  if (first && rest.length === 0) {
    addWords(first, sense, role);
    return;
  }
  if (!first) return;
  const entry = draft(first);
  entry.phrases ??= Object.assign([], { next: new Set<string>() });
  entry.phrases.push({ rest, sense, role });
  entry.phrases.next.add(rest[0] as string);
}

for (const [words, sense, role] of WORDS) addWords(words, sense, role);
addWords(PRESCRIPTION_DRUGS, Sense.Drug | Sense.Rx, 0);
addWords(OTC_DRUGS, Sense.Drug | Sense.Otc, 0);
addWords(SUPPLEMENTS, Sense.Supplement, 0);
addWords(PRESCRIPTION_CLASSES, Sense.Rx | Sense.DrugClass, 0);
addWords(OTC_CLASSES, Sense.Otc | Sense.DrugClass, 0);
addWords(MEDICINE_WORDS, Sense.Medicine, 0);
addWords(CONDITIONS, 0, Role.Condition);
addWords(CONDITION_HEADS, 0, Role.ConditionHead);
addWords(CONDITION_ADJECTIVES, 0, Role.ConditionAdjective);
for (const phrase of PRESCRIPTION_PHRASES) addPhrase(phrase, Sense.Rx | Sense.DrugClass, 0);
for (const phrase of CONDITION_PHRASES) addPhrase(phrase, 0, Role.Condition);
for (const [phrases, sense, role] of PHRASES) for (const phrase of phrases.split('|')) addPhrase(phrase, sense, role);
for (const [word, value] of NUMBER_WORDS) {
  const entry = draft(word);
  entry.value = value;
  entry.weakNumber = AMBIGUOUS_NUMBERS.has(word);
}
/** What is asked before a word is looked for among the names backwards. */
const sieveOfNames = new Sieve(16);
for (const entry of table.values()) {
  // The longest phrase wins.
  entry.phrases?.sort((a, b) => b.rest.length - a.rest.length);
  if (isName(entry)) sieveOfNames.add(hashFrom(entry.word, 0, 1));
}

/** Whether it is a medicine or a condition. */
function isName({ sense, role }: Draft): boolean {
  return (sense & (Sense.Drug | Sense.Rx | Sense.Otc)) !== 0 || (role & Role.Condition) !== 0;
}

/** Hash of the letters of a word, read from one of them on, forward (1) or backward (-1). */
function hashFrom(word: string, from: number, step: 1 | -1): number {
  let hash = NO_LETTERS;
  for (let i = from; i >= 0 && i < word.length; i += step) hash = withLetter(hash, word.charCodeAt(i));
  return hash;
}

/** The medicine whose name a word spells in its own way. */
function spelledBy(word: string): Draft | undefined {
  return sieveOfKeys.marksOf(hashOfKey(word)) === 0 ? undefined : keys.get(drugKey(word));
}

function listed(): WordTable<Entry> {
  const words = new WordTable<Entry>();
  for (const entry of table.values()) words.add(entry);
  return words;
}

/** Listed words, and the words read so far. Bounded, so that a hostile stream of new words cannot fill memory. */
let seen = listed();
const SEEN_LIMIT = 20_000;

/** The entry of a lower-case word, accents folded; a word nobody listed is read by its shape. */
export function lookUp(word: string): Entry {
  return lookUpIn(word, 0, word.length);
}

/** The entry of the word that stands in `text` from `from` to `to`. */
export function lookUpIn(text: string, from: number, to: number): Entry {
  const known = seen.find(text, from, to);
  if (known) return known;
  const entry = guess(text.slice(from, to));
  if (seen.size >= table.size + SEEN_LIMIT) seen = listed();
  seen.add(entry);
  return entry;
}

/** The medicine or condition that a word is a plural of, or spells in another way. */
function nameOf(word: string): Draft | undefined {
  if (word.length < 5 || word.length > 40) return undefined;
  if (word.endsWith('s')) {
    const singular = table.get(word.slice(0, -1));
    if (singular && isName(singular)) return singular;
  }
  return word.length >= 7 ? spelledBy(word) : undefined;
}

/** Whether the entry of a word has `known`. For what is hardly ever a word: no entry is made. */
export function isKnown(word: string): boolean {
  return table.has(word) || nameOf(word) !== undefined;
}

function guess(word: string): Entry {
  if (word.length < 5 || word.length > 40) return entryOf(word, 0, 0, hintOf(word), undefined);
  const named = nameOf(word);
  if (named) return copyAs(word, named);
  if (looksLikeDrugName(word) || (word.endsWith('s') && looksLikeDrugName(word.slice(0, -1)))) {
    return entryOf(word, Sense.Drug | Sense.Rx, 0, hintOf(word), undefined);
  }
  return entryOf(word, 0, looksLikeCondition(word) ? Role.Condition : 0, hintOf(word), undefined);
}

const REVERSED_WORDS = new Set(
  'ekat evig yad yliad eciwt eno owt gm lm telbat stelbat sruoh yreve thgin uoy evah pots trats ruoy pihs ecno llip sllip elusapac selusapac setebaid recnac gnikat deen esod fo eht htiw semit gninrom emitdeb'.split(
    ' ',
  ),
);
const ROT13_WORDS = new Set(
  'gnxr tvir gnoyrg gnoyrgf gjvpr qnvyl rirel ubhef zvyyvtenzf zt lbh unir fgbc fgneg lbhe qbfr bs gur qvnorgrf jvgu gvzrf qnl abj vohcebsra nzbkvpvyyva'.split(
    ' ',
  ),
);

function backwards(word: string): string {
  let out = '';
  for (let i = word.length - 1; i >= 0; i--) out += word[i];
  return out;
}

function hintOf(word: string): number {
  if (REVERSED_WORDS.has(word)) return Hint.Reversed;
  let hint = ROT13_WORDS.has(word) ? Hint.Rot13 : 0;
  if (word.length >= 5 && word.endsWith('ay')) hint |= Hint.PigLatin;
  if (word.length >= 6 && sieveOfNames.marksOf(hashFrom(word, word.length - 1, -1)) !== 0) {
    const entry = table.get(backwards(word));
    if (entry && isName(entry)) hint |= Hint.ReversedName;
  }
  return hint;
}

/** Whether any of the phrases of an entry may go on with this word. */
export function mayGoOn(phrases: readonly Phrase[], word: string): boolean {
  return (phrases as PhraseList).next.has(word);
}

/** Whether the word is listed by name: what a disguised spelling must turn into before it is believed. */
export function isKnownWord(word: string): boolean {
  return table.has(word) || (word.length >= 6 && spelledBy(word) !== undefined);
}

/** Whether this very word is listed. */
export function isListedWord(word: string): boolean {
  return table.has(word);
}

/** Every listed word, for splitting text that was written without spaces. */
export function knownWords(): IterableIterator<string> {
  return table.keys();
}
