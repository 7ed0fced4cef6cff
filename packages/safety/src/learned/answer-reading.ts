import type { LikelyViolation } from '../rules/rule.ts';
import type { Codes } from '../text/codes.ts';
import { joinSpacedLetters } from '../text/disguise.ts';
import { type Folded, fold, foldPlain } from '../text/fold.ts';
import { Sign } from '../text/signs.ts';
import {
  ANSWER_FACTORS,
  ANSWER_WEIGHTS,
  DECISION_RULE_WEIGHTS,
  DIAGNOSIS_WEIGHTS,
  DOSAGE_WEIGHTS,
  PRESCRIPTION_WEIGHTS,
} from './answer-weights.ts';
import { FactorizationMachine } from './factorization-machine.ts';
import { type Before, nextTurn, readAdjoining, readApart, readFeatures, readOutside, writePlaces } from './features.ts';
import {
  BEFORE_COUNT,
  BEFORE_HASHES,
  BEFORE_KINDS,
  BEFORE_ROLES,
  BEFORE_SENSES,
  FEATURES,
  OWN_PLACES,
  RESULT_FEATURES,
  WORDS_READ,
} from './layout.ts';
import { LinearModel } from './linear-model.ts';
import { beforeFields, factorMemory, features, listMemory, result, weightMemory } from './memory.ts';
import { foldPlaces } from './places.ts';
import { SmallModels } from './small-model.ts';
import { assembly, table, WordList } from './word-list.ts';

/** The categories that are told apart, in the order of their models. */
export const READ_CATEGORIES = ['dosage', 'prescription', 'diagnosis', 'decision_rule'] as const;
export type ReadCategory = (typeof READ_CATEGORIES)[number];

/**
 * Below this the rules do not look: of the texts that a rule rightly blocks, one or two in a hundred score lower.
 * Chosen, as {@link VIOLATION}, on texts of writers whose others the model had not seen (`scripts/train-readings.ts --across`)
 * and by counts of the part `validation`.
 */
export const UNSUSPICIOUS = -1.5;
/**
 * From here on a sentence counts as a violation even where no rule of structure finds one. Decision rules are missed most and seldom seen in
 * harmless pages, so theirs is lower; that of the others is as low as leaves 97 in 100 harmless answers of a published set alone.
 */
export const VIOLATION: Readonly<Record<ReadCategory, number>> = {
  dosage: 0.5,
  prescription: 0.5,
  diagnosis: 0.5,
  decision_rule: -0.25,
};

/**
 * Below these odds of its category a structure is not looked for: four of five need not be read in what looks suspicious in published answers.
 * No verdict on the 82,700 answers of the corpus and on 5,900 published ones hangs on one of them. Advice on missed doses looks least like
 * the category it is of.
 */
export const UNLIKELY: Readonly<Record<ReadCategory, number>> = {
  dosage: -5,
  prescription: -4,
  diagnosis: -2,
  decision_rule: -2,
};

/**
 * Below this a sentence is harmless by its words and their pairs and threes alone: a third of the sentences of published answers, half of
 * the words. Of 45,000 suspicious sentences of the corpus and of these answers none is lost so (a part of them: `test/clear-sentences.test.ts`).
 */
const PLAINLY_CLEAR = -9;
/**
 * Below this a sentence is harmless by its words and what adjoins, and pairs that stand apart are not looked at. With {@link NEARLY_CLEAR} it
 * hides from the rules 1 of 2,800 sentences of `dev` and `validation` that they would else look at (`test/clear-sentences.test.ts`), and 16 of
 * 682 in 5,900 published answers.
 */
const CLEAR = -8;
/** Below this pairs in their order are not looked at either: with nine tenths of the words of those answers, where seven tenths are below {@link CLEAR}. */
const NEARLY_CLEAR = -5;

/** What a sentence looks like as a whole. */
export interface AnswerReading extends Before {
  /** Log odds, in nats, that it breaks the policy; of a sentence that is clearly harmless, of a part of its features. */
  readonly suspicion: number;
  /** Words that show a code, and whether characters may be one: see `hiddenReadings`. */
  readonly codes: Codes;
  readonly shaped: boolean;
  /** Whether it folds to itself but for case and has no spaced letters, for sure. */
  readonly plain: boolean;
}

const list = new WordList(listMemory);
const places = new Int32Array(FEATURES + WORDS_READ * OWN_PLACES);
const model = new LinearModel(ANSWER_WEIGHTS, weightMemory);
const pairs = new FactorizationMachine(ANSWER_FACTORS, factorMemory);
const categories = new SmallModels([DOSAGE_WEIGHTS, PRESCRIPTION_WEIGHTS, DIAGNOSIS_WEIGHTS, DECISION_RULE_WEIGHTS]);
/** The reading that {@link list} was read for; how many features it has, 0 where not all were read; the words that its numbers stand for. */
let lastRead: AnswerReading | undefined;
let lastCount = 0;
let lastWords = 0;

/** What the words of a sentence are read from. */
export function foldSentence(text: string, plain = false): Folded {
  return plain ? foldPlain(text) : joinSpacedLetters(fold(text));
}

/** Reads a sentence by models that were trained on the labelled corpus of this package. */
export function readAnswer(text: string, before: Before): AnswerReading {
  // Nearly every sentence is plain and need not be folded to be read.
  const { signs } = list.readUnfolded(text);
  const plain = (signs & (Sign.Unplain | Sign.Spaced)) === 0;
  if (!plain) list.read(foldSentence(text).text);
  const reading = {
    suspicion: suspicionOf(before),
    senses: list.senses,
    roles: list.roles,
    tail: list.tail(),
    codes: list.codes(),
    shaped: (signs & (Sign.Unplain | Sign.Coded)) !== 0,
    plain,
  };
  lastRead = reading;
  lastWords = table.generation;
  return reading;
}

function suspicionOf(before: Before): number {
  const linear = linearScore(before);
  // Where not all features were read, it is below CLEAR.
  if (linear < NEARLY_CLEAR) return linear;
  if (assembly === undefined) return linear + pairs.score(list);
  pairs.prepare(list);
  return linear + assembly.scoreOfPairs();
}

/** Log odds by the linear model: of all features, or of as many as show that the sentence is harmless. */
function linearScore(before: Before): number {
  if (assembly !== undefined) {
    writeBefore(before);
    model.sumUp();
    const score = assembly.score(list.count, nextTurn(), model.scale, model.bias, PLAINLY_CLEAR, CLEAR);
    lastCount = result[RESULT_FEATURES] as number;
    return score;
  }
  lastCount = 0;
  const adjoining = readAdjoining(list, features);
  const words = model.score(list, features, adjoining);
  if (words < PLAINLY_CLEAR) return words;
  const outside = readOutside(list, before, features, adjoining);
  const first = words + model.sumOf(features, adjoining, outside);
  if (first < CLEAR) return first;
  lastCount = readApart(list, features, outside);
  return first + model.sumOf(features, outside, lastCount);
}

function writeBefore({ senses, roles, tail: { words, kinds } }: Before): void {
  const { length } = words;
  beforeFields[BEFORE_COUNT] = length;
  beforeFields[BEFORE_SENSES] = senses;
  beforeFields[BEFORE_ROLES] = roles;
  for (let i = 0; i < length; i++) {
    beforeFields[BEFORE_HASHES + i] = words[i] as number;
    beforeFields[BEFORE_KINDS + i] = kinds[i] as number;
  }
}

/** The same words and features as those of a reading: they may still be there. */
function readAgain(reading: AnswerReading | undefined, folded: Folded, before: Before): number {
  if (reading !== undefined && reading === lastRead && lastCount > 0 && lastWords === table.generation)
    return lastCount;
  lastRead = undefined;
  list.read(folded.text);
  return readFeatures(list, before, features);
}

/**
 * The stretch of a sentence that speaks most for a violation, in UTF-16 units from its start, and the kind of violation it looks like.
 * @param reading what {@link readAnswer} gave for it: asked right after, nothing is read twice
 */
export function locateViolation(folded: Folded, before: Before, reading?: AnswerReading): LikelyViolation {
  const count = readAgain(reading, folded, before);
  const range = model.strongest(list, features, count);
  const folds = foldPlaces(places, writePlaces(list, features, count, places));
  const [dosage = 0, prescription = 0, diagnosis = 0, decision_rule = 0] = categories.score(places, folds);
  const odds = { dosage, prescription, diagnosis, decision_rule };
  const likeliest = READ_CATEGORIES.reduce((best, category) => (odds[category] > odds[best] ? category : best));
  const some = list.count > 0;
  const from = some ? (folded.at[list.from[range.from] as number] as number) : 0;
  const to = some ? (folded.at[list.to[range.to - 1] as number] as number) : 1;
  return { category: likeliest, odds, from, to: Math.max(to, from + 1) };
}
