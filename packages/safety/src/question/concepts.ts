import { lookUp } from '../lexicon/lexicon.ts';
import { BODY } from './vocabulary/body.ts';
import { CRISIS } from './vocabulary/crisis.ts';
import { DANGER } from './vocabulary/danger.ts';
import { REQUEST } from './vocabulary/request.ts';
import { SETTING } from './vocabulary/setting.ts';

const VOCABULARY = { ...BODY, ...DANGER, ...CRISIS, ...SETTING, ...REQUEST } as const;

/** A meaning that words of any language can carry. */
export type Concept = keyof typeof VOCABULARY;

export const CONCEPTS = Object.keys(VOCABULARY) as Concept[];
const ids = new Map(CONCEPTS.map((concept, id) => [concept, id]));

export const idOf = (concept: Concept): number => ids.get(concept) as number;

/** What one word, or the phrases that begin with it, can mean. */
interface Entry {
  /** Concept ids of the word alone. */
  readonly own: number[];
  /** Phrases by their second word: the words after it, and their concept ids. */
  readonly phrases: Map<string, Phrase[]> | undefined;
}

export interface Phrase {
  readonly rest: readonly string[];
  readonly ids: number[];
}

interface Draft {
  readonly own: number[];
  phrases: Map<string, Phrase[]> | undefined;
}

const entries = new Map<string, Draft>();
const prefixes = new Map<string, number[]>();
/** Ideographs are met by the longest term: first character -> terms. */
const ideographs = new Map<string, { readonly term: string; readonly ids: number[] }[]>();

function entryOf(word: string): Draft {
  let entry = entries.get(word);
  if (!entry) {
    entry = { own: [], phrases: undefined };
    entries.set(word, entry);
  }
  return entry;
}

function add(list: number[], id: number): void {
  if (!list.includes(id)) list.push(id);
}

for (const [concept, words] of Object.entries(VOCABULARY)) {
  const id = idOf(concept as Concept);
  for (const word of words.split(/\s+/)) {
    if (!word) continue;
    if (word.charCodeAt(0) >= 0x3040) {
      const first = word[0] as string;
      const terms = ideographs.get(first) ?? [];
      ideographs.set(first, terms);
      const known = terms.find(({ term }) => term === word);
      if (known) add(known.ids, id);
      else terms.push({ term: word, ids: [id] });
    } else if (word.endsWith('*')) {
      const stem = word.slice(0, -1);
      const list = prefixes.get(stem) ?? [];
      prefixes.set(stem, list);
      add(list, id);
    } else if (word.includes('_')) {
      const [first, second, ...rest] = word.split('_') as [string, string, ...string[]];
      const entry = entryOf(first);
      entry.phrases ??= new Map();
      const phrases = entry.phrases.get(second) ?? [];
      entry.phrases.set(second, phrases);
      const known = phrases.find((phrase) => phrase.rest.join('_') === rest.join('_'));
      if (known) add(known.ids, id);
      else phrases.push({ rest, ids: [id] });
    } else add(entryOf(word).own, id);
  }
}
for (const terms of ideographs.values()) terms.sort((a, b) => b.term.length - a.term.length);

const MISSPELLED_FROM = 6;
/** Each word with one letter left out, for words long enough to be told apart: how misspellings are found. */
const shortened = new Map<string, string>();
for (const word of entries.keys()) {
  if (word.length < MISSPELLED_FROM) continue;
  for (let i = 1; i < word.length; i++) {
    const key = word.slice(0, i) + word.slice(i + 1);
    if (!shortened.has(key)) shortened.set(key, word);
  }
}

const NO_IDS: number[] = [];
const NOTHING: Entry = { own: NO_IDS, phrases: undefined };
let seen = new Map<string, Entry>();
const SEEN_LIMIT = 20_000;

/** What a folded word means. A word that the lexicon knows is no misspelling of another. */
export function meaningOf(word: string): Entry {
  const cached = seen.get(word);
  if (cached) return cached;
  const entry = read(word);
  if (seen.size >= SEEN_LIMIT) seen = new Map();
  seen.set(word, entry);
  return entry;
}

function read(word: string): Entry {
  const listed = entries.get(word);
  let stem: number[] | undefined;
  for (let length = Math.min(word.length, 14); length >= 3 && !stem; length--)
    stem = prefixes.get(word.slice(0, length));
  if (stem) {
    const own = [...(listed?.own ?? NO_IDS)];
    for (const id of stem) add(own, id);
    return { own, phrases: listed?.phrases };
  }
  if (listed) return listed;
  const spelled = lookUp(word).known || !/^[a-z]+$/.test(word) ? undefined : misspelled(word);
  return (spelled ? entries.get(spelled) : undefined) ?? NOTHING;
}

/** The listed word that this is one slip away from: a letter left out, doubled, added or two letters swapped. */
function misspelled(word: string): string | undefined {
  if (word.length < MISSPELLED_FROM - 1 || word.length > 20) return undefined;
  // Left out: the word is a listed one less a letter.
  const left = shortened.get(word);
  if (left && word.length >= MISSPELLED_FROM) return left;
  if (word.length < MISSPELLED_FROM) return undefined;
  for (let i = 1; i < word.length; i++) {
    const less = word.slice(0, i) + word.slice(i + 1);
    // Added or doubled; a plural is another word.
    if (!(i === word.length - 1 && word.endsWith('s')) && less.length >= MISSPELLED_FROM && entries.has(less))
      return less;
    // Swapped, or one vowel for another.
    const other = shortened.get(less);
    if (other?.length === word.length && isSlip(word, other)) return other;
  }
  return undefined;
}

function isSlip(word: string, other: string): boolean {
  let i = 0;
  while (word[i] === other[i]) i++;
  if (word[i] === other[i + 1] && word[i + 1] === other[i]) return word.slice(i + 2) === other.slice(i + 2);
  const vowels = 'aeiouy';
  return (
    vowels.includes(word[i] as string) &&
    vowels.includes(other[i] as string) &&
    word.slice(i + 1) === other.slice(i + 1)
  );
}

/** The longest ideographic term that begins at `from` of a run, or undefined. */
export function ideographsAt(run: string, from: number): { readonly term: string; readonly ids: number[] } | undefined {
  const terms = ideographs.get(run[from] as string);
  return terms?.find(({ term }) => run.startsWith(term, from));
}
