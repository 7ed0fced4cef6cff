import { Role, Sense } from '../lexicon/tags.ts';
import { WORD_CLASSES } from './word-classes.ts';

/**
 * What a word is taken for when it can be several things: the first row that fits. A row is the one bit it asks for in
 * `sense`, or the one in `role`.
 */
export const KINDS: readonly (readonly [sense: number, role: number])[] = [
  [Sense.Insulin, 0],
  [Sense.Oxygen, 0],
  [Sense.Fluid, 0],
  [Sense.Mass, 0],
  [Sense.Gram, 0],
  [Sense.Volume, 0],
  [Sense.Unit, 0],
  [Sense.Form, 0],
  [Sense.Spoon, 0],
  [Sense.Percent, 0],
  [Sense.Frequency, 0],
  [Sense.Time, 0],
  [Sense.Route, 0],
  [Sense.DrugClass, 0],
  [Sense.Drug, 0],
  [Sense.Supplement, 0],
  [Sense.Rx, 0],
  [Sense.Otc, 0],
  [Sense.Vaccine, 0],
  [Sense.Medicine, 0],
  [Sense.Dose, 0],
  [0, Role.Condition],
  [0, Role.ConditionHead],
  [0, Role.Finding],
  [0, Role.Score],
  [Sense.Lab, 0],
  [Sense.Nutrition, 0],
  [Sense.Water, 0],
  [Sense.Exercise, 0],
  [Sense.History, 0],
  [Sense.Study, 0],
  [Sense.Alcohol, 0],
  [Sense.Radiation, 0],
  [Sense.Care, 0],
  [0, Role.Clinician],
  [0, Role.Manage],
  [0, Role.Stop],
  [0, Role.Act],
  [Sense.Take, 0],
  [0, Role.Refer],
  [0, Role.You],
  [0, Role.Your],
  [0, Role.Kin],
  [0, Role.Third],
  [0, Role.We],
  [0, Role.Not],
  [0, Role.If],
  [0, Role.Hedge],
  [0, Role.Likely],
  [0, Role.Certain],
  [0, Role.Compare],
  [0, Role.Means],
  [0, Role.Said],
  [0, Role.Whether],
  [0, Role.General],
  [0, Role.Modal],
  [0, Role.Have],
  [0, Role.Be],
  [0, Role.This],
  [0, Role.ConditionAdjective],
  [0, Role.Conjunction],
  [0, Role.Adverb],
];

/** Kind of a word that no row knows. */
export const PLAIN = KINDS.length;
/** Kind of one character of a script without spaces. */
export const CHARACTER = PLAIN + 1;
/** Kind of what stands outside the text. */
export const EDGE = PLAIN + 2;
/** First kind of the numbers, which are told apart by size. */
const NUMBERS = PLAIN + 3;
/** First kind of the marks. */
const MARKS = NUMBERS + 10;

/** First kind of the words that only {@link WORD_CLASSES} knows. */
const CLASSES = MARKS + 32;

const classes = new Map<string, number>();
WORD_CLASSES.forEach(([, words], i) => {
  for (const word of words.split(' ')) classes.set(word, CLASSES + i);
});

/** Kind of each bit of `sense`, from the highest on, then of each of `role`: the row that asks for it, or {@link PLAIN}. */
const BIT_KINDS = new Uint8Array(64).fill(PLAIN);
KINDS.forEach(([sense, role], kind) => {
  BIT_KINDS[sense === 0 ? 32 + Math.clz32(role) : Math.clz32(sense)] = kind;
});

/** Kind of a word with these bits of the lexicon. */
export function kindOfWord(word: string, sense: number, role: number): number {
  let kind = PLAIN;
  for (let bits = sense; bits !== 0; bits &= ~highestOf(bits))
    kind = Math.min(kind, BIT_KINDS[Math.clz32(bits)] as number);
  for (let bits = role; bits !== 0; bits &= ~highestOf(bits))
    kind = Math.min(kind, BIT_KINDS[32 + Math.clz32(bits)] as number);
  return kind < PLAIN ? kind : (classes.get(word) ?? PLAIN);
}

/** The highest of bits of which one at least is set. */
function highestOf(bits: number): number {
  return 0x80000000 >>> Math.clz32(bits);
}

/** Kind of a number: 0 to 4 apart, then one digit, two, three, more; last what is no whole number. */
export function kindOfNumber(value: number): number {
  if (!Number.isInteger(value)) return NUMBERS + 9;
  return NUMBERS + (value <= 4 ? Math.max(0, value) : value < 10 ? 5 : value < 100 ? 6 : value < 1000 ? 7 : 8);
}

/** Kind of a mark of ASCII. */
export function kindOfMark(code: number): number {
  return MARKS + (code & 31);
}

/** Kinds stand for their words where the very name must not count: one medicine or condition is judged like another. */
export function isNamed(sense: number, role: number): boolean {
  return (sense & (Sense.Drug | Sense.Supplement)) !== 0 || (role & Role.Condition) !== 0;
}

/** A kind as 32 bits that look like chance, beside those of words. */
export function hashOfKind(kind: number): number {
  let hash = Math.imul(kind + 1, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
