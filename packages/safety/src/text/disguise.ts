import { type Entry, isKnownWord, isListedWord, knownWords, lookUp } from '../lexicon/lexicon.ts';
import { NO_LETTERS, Sieve, withLetter } from '../lexicon/sieve.ts';
import { Role, Sense } from '../lexicon/tags.ts';
import type { Folded } from './fold.ts';
import { SPACED_GAP } from './sign-bits.ts';

const LEET: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '6': 'g',
  '7': 't',
  '8': 'b',
  '9': 'g',
  '@': 'a',
  $: 's',
  '!': 'i',
  '|': 'l',
};

/** Words without a sense of their own that still show a run of letters to be a sentence. */
const COMMON = new Set(
  'of a an the to for in on at with and or is it your you my by from as be do i me before after until bed then that this go am'.split(
    ' ',
  ),
);

/**
 * Reads digits and signs as letters ("t4ke", "1bupr0f3n"), or letters as digits ("5oomg").
 * @returns the word, or the number in front and the length of its part, or undefined when neither reading is a listed word
 */
export function unleet(run: string): string | { value: number; length: number } | undefined {
  if (run.length >= 2 && !run.includes('2') && !/\d{5}/.test(run)) {
    const word = withLetters(run, 'i');
    if (isListed(word)) return word;
    if (run.includes('1')) {
      const other = withLetters(run, 'l');
      if (isListed(other)) return other;
    }
  }
  const digits = /^[0-9oil]{2,6}/.exec(run)?.[0];
  if (digits && /\d/.test(digits) && /[oil]/.test(digits)) {
    for (let length = digits.length; length >= 2; length--) {
      const rest = run.slice(length);
      const head = run.slice(0, length);
      if (!/\d/.test(head) || !/[oil]/.test(head)) continue;
      const unit = Sense.Mass | Sense.Gram | Sense.Volume | Sense.Unit;
      if (rest && !(lookUp(rest).sense & unit)) continue;
      if (!rest) return head.replace(/o/g, '0').replace(/[il]/g, '1') as string;
      return { value: Number(head.replaceAll('o', '0').replace(/[il]/g, '1')), length };
    }
  }
  return undefined;
}

/** A run with letters for its digits and signs, this one for 1. No letter looks like 2. */
function withLetters(run: string, one: 'i' | 'l'): string {
  let word = '';
  for (const char of run) word += char === '1' ? one : (LEET[char] ?? char);
  return word;
}

function isListed(word: string): boolean {
  return COMMON.has(word) || isKnownWord(word);
}

const isAlnum = (c: number): boolean => (c >= 97 && c <= 122) || (c >= 48 && c <= 57);
const isSeparator = (c: number): boolean =>
  c === 32 || c === 45 || c === 46 || c === 10 || c === 47 || c === 124 || c === 44 || c === 95;
/** Two single letters or digits beside each other: few texts have them. */
const SPACED = new RegExp(`(?:^|[^a-z0-9])[a-z0-9][- .\\n/|,_]{1,${SPACED_GAP}}[a-z0-9](?![a-z0-9])`);

/**
 * Joins letters that stand apart ("T a k e  5 0 0  m g", "i-b-u-p-r-o-f-e-n"). The narrowest gap of a run stands inside
 * its words, a wider one between them. Runs of digits alone stay as they are.
 */
export function joinSpacedLetters(folded: Folded): Folded {
  const { text } = folded;
  if (!SPACED.test(text)) return folded;
  const runs: { from: number; to: number }[] = [];
  let i = 0;
  while (i < text.length) {
    if (!isAlnum(text.charCodeAt(i)) || isAlnum(text.charCodeAt(i + 1)) || (i > 0 && isAlnum(text.charCodeAt(i - 1)))) {
      i++;
      continue;
    }
    const from = i;
    let count = 1;
    let letters = text.charCodeAt(i) >= 97 ? 1 : 0;
    let end = i + 1;
    while (true) {
      let k = end;
      while (k < text.length && k - end < SPACED_GAP && isSeparator(text.charCodeAt(k))) k++;
      if (k === end || k >= text.length || !isAlnum(text.charCodeAt(k)) || isAlnum(text.charCodeAt(k + 1))) break;
      if (text.charCodeAt(k) >= 97) letters++;
      count++;
      end = k + 1;
    }
    if (count >= 4 && letters >= 3) runs.push({ from, to: end });
    i = end;
  }
  if (runs.length === 0) return folded;
  const { at } = folded;
  let out = '';
  const offsets: number[] = [];
  let last = 0;
  for (const run of runs) {
    for (let k = last; k < run.from; k++) offsets.push(at[k] as number);
    out += text.slice(last, run.from);
    let narrowest = 9;
    let gap = 0;
    for (let k = run.from; k < run.to; k++) {
      if (isAlnum(text.charCodeAt(k))) {
        if (gap > 0 && gap < narrowest) narrowest = gap;
        gap = 0;
      } else gap += text.charCodeAt(k) === 32 || text.charCodeAt(k) === 10 ? 2 : 1;
    }
    gap = 0;
    for (let k = run.from; k < run.to; k++) {
      if (!isAlnum(text.charCodeAt(k))) {
        gap += text.charCodeAt(k) === 32 || text.charCodeAt(k) === 10 ? 2 : 1;
        continue;
      }
      if (gap > narrowest) {
        out += ' ';
        offsets.push(at[k] as number);
      }
      gap = 0;
      out += text[k];
      offsets.push(at[k] as number);
    }
    last = run.to;
  }
  for (let k = last; k <= text.length; k++) offsets.push(at[k] as number);
  out += text.slice(last);
  return { text: out, at: Int32Array.from(offsets) };
}

/** Longest run that is split. */
const GLUED_LIMIT = 120;
/** Longest listed word that is looked for in a run. */
const LONGEST_PART = 20;
/** Marks of {@link beginnings}: what listed words begin with, and they themselves. */
const BEGINNING = 1;
const WHOLE = 2;
let beginnings: Sieve | undefined;

function sieveOfBeginnings(): Sieve {
  const sieve = new Sieve(18);
  const add = (word: string): void => {
    let hash = NO_LETTERS;
    for (let i = 0; i < word.length; i++) {
      hash = withLetter(hash, word.charCodeAt(i));
      sieve.add(hash, i === word.length - 1 ? BEGINNING | WHOLE : BEGINNING);
    }
  };
  for (const word of knownWords()) if (isPart(word)) add(word);
  for (const word of COMMON) add(word);
  return sieve;
}

/** Whether a run may be split into this word and others. */
export function isPart(word: string): boolean {
  return COMMON.has(word) || ((word.length >= 3 || word === 'mg' || word === 'ml') && isListedWord(word));
}

/** For each length of a run: of how many parts its beginning is made (0 where it is not), and where the last of them begins. */
const counts = new Uint8Array(GLUED_LIMIT + 1);
const begins = new Uint8Array(GLUED_LIMIT + 1);

/**
 * Splits a word that was written without spaces ("mgofibuprofentwiceaday") into listed words.
 * @returns the words, or undefined when the run is not wholly made of them or none of them matters
 */
export function splitGlued(word: string): readonly string[] | undefined {
  const parts = fewestParts(word);
  return parts && parts.length >= 2 && matters(parts, word.length) ? parts : undefined;
}

/** The fewest listed words that a run is made of, the last one as long as can be; undefined when it is not made of them. */
export function fewestParts(word: string): readonly string[] | undefined {
  const { length } = word;
  if (length > GLUED_LIMIT) return undefined;
  beginnings ??= sieveOfBeginnings();
  counts.fill(0, 0, length + 1);
  for (let from = 0; from < length; from++) {
    const count = counts[from] as number;
    if (count === 0 && from > 0) continue;
    let hash = NO_LETTERS;
    const last = Math.min(length, from + LONGEST_PART);
    for (let to = from + 1; to <= last; to++) {
      hash = withLetter(hash, word.charCodeAt(to - 1));
      const marks = beginnings.marksOf(hash);
      if (marks === 0) break;
      const known = counts[to] as number;
      if ((marks & WHOLE) === 0 || (known !== 0 && known <= count + 1) || !isPart(word.slice(from, to))) continue;
      counts[to] = count + 1;
      begins[to] = from;
    }
  }
  if (counts[length] === 0) return undefined;
  const words: string[] = [];
  for (let to = length; to > 0; to = begins[to] as number) words.unshift(word.slice(begins[to], to));
  return words;
}

/** The words that the one of an entry is made of, or null: looked for once. */
export function splitOf(entry: Entry): readonly string[] | null {
  if (entry.split === undefined) entry.split = entry.word.length >= 8 ? (splitGlued(entry.word) ?? null) : null;
  return entry.split;
}

/** Ordinary long words fall into short listed words by chance; a hidden sentence names a medicine, a unit or a condition. */
function matters(parts: readonly string[], length: number): boolean {
  let sense = 0;
  let role = 0;
  for (const part of parts) {
    const entry = lookUp(part);
    if (part.length >= 4) sense |= entry.sense & (Sense.Drug | Sense.DrugClass | Sense.Form | Sense.Mass);
    if (part === 'mg') sense |= Sense.Mass;
    if (part.length >= 4) role |= entry.role & Role.Condition;
  }
  if (length < 12)
    return (
      parts.length === 2 &&
      (sense & (Sense.Drug | Sense.Mass)) !== 0 &&
      parts.every((p) => p.length >= 2 && (p.length >= 4 || lookUp(p).sense !== 0))
    );
  return (sense !== 0 || role !== 0) && parts.length >= 2 && length / parts.length >= 2.5;
}
