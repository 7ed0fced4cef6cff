/**
 * Trains the models of `src/learned` on the corpus and writes their weights. The same corpus gives the same bytes.
 * `pnpm --filter @alpacare/safety train-readings [--write] [--across]`; --across first measures each writer's texts by a
 * model that saw none of them, with the rules beside it, for several thresholds.
 */

import { writeFileSync } from 'node:fs';
import { check, type Policy, profile, structureRules } from '../src/index.ts';
import { READ_CATEGORIES, UNSUSPICIOUS } from '../src/learned/answer-reading.ts';
import type { PackedFactors } from '../src/learned/factorization-machine.ts';
import { type Before, NOTHING_BEFORE, readFeatures, sequenceOf, writePlaces } from '../src/learned/features.ts';
import { FEATURES_PER_TEXT, FEATURES_PER_WORD, OWN_PLACES, PLACES, WORDS_READ } from '../src/learned/layout.ts';
import { foldPlaces, SMALL_BITS } from '../src/learned/places.ts';
import { packWeights, type SparseWeights } from '../src/learned/sparse-weights.ts';
import { LARGEST } from '../src/learned/symbols.ts';
import { WordList } from '../src/learned/word-list.ts';
import { CONTEXT_SEGMENTS } from '../src/stream/reader.ts';
import { Segmenter } from '../src/stream/segmenter.ts';
import { joinSpacedLetters } from '../src/text/disguise.ts';
import { fold } from '../src/text/fold.ts';
import { hiddenReadings } from '../src/text/hidden.ts';
import { type Case, readBundledTexts, readCorpus } from './corpus.ts';
import { Factors } from './factors.ts';
import { fingerprintOfFeatures } from './fingerprint.ts';
import { randomFrom, shuffle } from './random.ts';

const EPOCHS = 16;
/** Share of its features that a text is taught without, each time others. */
const DROPOUT = 0.3;
/** Weights smaller than this say next to nothing, and are left out of the file. */
const SMALLEST = 0.06;
const RATE = 0.15;
const SEEDS = [3, 4, 5];
/** Numbers of each vector of a word, for each fit. */
const DIMENSIONS = 4;
/** A feature of fewer texts than this says nothing about other texts. */
const LEAST_TEXTS = 3;

/** One sentence, or one reading of it: the places of its features, and its words in order. */
interface Sentence {
  readonly places: Uint32Array;
  readonly words: Uint32Array;
}

interface Example {
  readonly own: Case;
  readonly sentences: readonly Sentence[];
}

const list = new WordList();
const buffer = new Int32Array(WORDS_READ * FEATURES_PER_WORD + FEATURES_PER_TEXT);
const places = new Int32Array(buffer.length + WORDS_READ * OWN_PLACES);

function featuresOf(text: string, before: Before): Sentence {
  list.read(joinSpacedLetters(fold(text)).text);
  const count = readFeatures(list, before, buffer);
  return {
    places: Uint32Array.from(places.subarray(0, writePlaces(list, buffer, count, places))),
    words: sequenceOf(list),
  };
}

function segmentsOf(text: string): string[] {
  const segmenter = new Segmenter();
  return [...segmenter.push(text), ...segmenter.end()];
}

/** Every sentence of an answer as the reader of the package sees it, and every reading of it that a code hides. */
function readAnswer(text: string): Sentence[] {
  const sentences: Sentence[] = [];
  const context: Before[] = [];
  for (const segment of segmentsOf(text)) {
    const before = context.slice(-CONTEXT_SEGMENTS);
    sentences.push(
      featuresOf(segment, {
        senses: before.reduce((bits, one) => bits | one.senses, 0),
        roles: before.reduce((bits, one) => bits | one.roles, 0),
        tail: (before.at(-1) ?? NOTHING_BEFORE).tail,
      }),
    );
    const { senses, roles } = list;
    const tail = list.tail();
    const codes = list.codes();
    for (const hidden of hiddenReadings(segment, codes))
      for (const part of segmentsOf(hidden)) sentences.push(featuresOf(part, NOTHING_BEFORE));
    context.push({ senses, roles, tail });
  }
  return sentences;
}

function readQuestion(text: string): Sentence[] {
  const read = (text: string): Sentence => {
    const { places, words } = featuresOf(text, NOTHING_BEFORE);
    return { places: Uint32Array.from(new Set(places)), words };
  };
  const sentences = [read(text.slice(0, 2_000))];
  const codes = list.codes();
  for (const hidden of hiddenReadings(text, codes)) sentences.push(read(hidden));
  return sentences;
}

/** Which places enough texts have. */
function commonPlaces(examples: readonly Example[]): Uint8Array {
  const texts = new Uint16Array(PLACES);
  for (const { sentences } of examples) {
    const own = new Set<number>();
    for (const { places } of sentences) for (const place of places) own.add(place);
    for (const place of own) texts[place] = Math.min(65_535, (texts[place] as number) + 1);
  }
  return Uint8Array.from(texts, (n) => (n >= LEAST_TEXTS ? 1 : 0));
}

interface Fit {
  readonly weights: Float32Array;
  readonly bias: number;
  readonly factors: readonly Factors[];
}

/** What a sentence is while a model is taught: places that are common enough, and numbers in its factors. */
interface Lesson {
  readonly places: Uint32Array;
  readonly numbers: Int32Array;
}

function sumOver(weights: Float32Array, places: Uint32Array): number {
  let sum = 0;
  for (const place of places) sum += weights[place] as number;
  return sum;
}

function scoreOf({ weights, bias, factors }: Fit, { places, words }: Sentence): number {
  const pairs = factors.reduce((sum, own) => sum + own.score(own.numbersOf(words)), 0);
  return sumOver(weights, places) + bias + (factors.length > 0 ? pairs / factors.length : 0);
}

function scoreOfText(fit: Fit, sentences: readonly Sentence[]): number {
  return Math.max(...sentences.map((sentence) => scoreOf(fit, sentence)));
}

/**
 * Logistic regression by AdaGrad, with a factorization machine where `dimensions` are asked for. Of a text with several sentences it is
 * known only whether one of them is a violation: the one that looks most like it is taught as such, and of a harmless text all are.
 */
function fitAnswersOnce(
  examples: readonly Example[],
  isViolation: (one: Case) => boolean,
  seed: number,
  dimensions: number,
): Fit {
  const common = commonPlaces(examples);
  const weights = new Float32Array(PLACES);
  const squares = new Float32Array(PLACES);
  let bias = 0;
  const random = randomFrom(seed);
  const texts = dimensions === 0 ? [] : examples.map(({ sentences }) => sentences.map(({ words }) => words));
  const factors = new Factors(dimensions, texts, random);
  const order = examples.map(({ own, sentences }) => ({
    target: isViolation(own) ? 1 : 0,
    lessons: sentences.map(({ places, words }) => ({
      places: places.filter((place) => common[place]),
      numbers: factors.numbersOf(words),
    })),
  }));
  const mostLike = (lessons: readonly Lesson[]): Lesson => {
    const scores = lessons.map(({ places, numbers }) => sumOver(weights, places) + factors.score(numbers));
    return lessons[scores.indexOf(Math.max(...scores))] as Lesson;
  };
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    const share = 1 - (0.7 * epoch) / EPOCHS;
    const rate = RATE * share;
    shuffle(order, random);
    for (const { target, lessons } of order) {
      const taught = target === 0 || lessons.length === 1 ? lessons : [mostLike(lessons)];
      for (const { places: all, numbers } of taught) {
        const places = all.filter(() => random() >= DROPOUT);
        const score = sumOver(weights, places) / (1 - DROPOUT) + factors.score(numbers, true) + bias;
        const gradient = 1 / (1 + Math.exp(-score)) - target;
        if (Math.abs(gradient) < 0.003) continue;
        for (const place of places) {
          const square = (squares[place] as number) + gradient * gradient;
          squares[place] = square;
          weights[place] = (weights[place] as number) - (rate * gradient) / Math.sqrt(square + 1);
        }
        bias -= 0.1 * rate * gradient;
        factors.teach(gradient, share);
      }
    }
  }
  return { weights, bias, factors: dimensions === 0 ? [] : [factors] };
}

function fitAnswers(examples: readonly Example[], isViolation: (one: Case) => boolean, dimensions = DIMENSIONS): Fit {
  return meanOf(SEEDS.map((seed) => fitAnswersOnce(examples, isViolation, seed, dimensions)));
}

/** The mean of fits in other orders: what one of them makes of chance counts for a third. */
function meanOf(fits: readonly Fit[]): Fit {
  const mean = (of: (fit: Fit) => number): number => fits.reduce((sum, fit) => sum + of(fit), 0) / fits.length;
  const weights = new Float32Array(PLACES);
  for (let i = 0; i < weights.length; i++) weights[i] = mean((fit) => fit.weights[i] as number);
  return { weights, bias: mean((fit) => fit.bias), factors: fits.flatMap((fit) => fit.factors) };
}

interface QuestionFit {
  readonly request: Fit;
  readonly emergency: Fit;
}

const QUESTION_LABELS = ['ok', 'fallback', 'emergency'];

function fitQuestions(examples: readonly Example[]): QuestionFit {
  const fits = SEEDS.map((seed) => fitQuestionsOnce(examples, seed));
  return { request: meanOf(fits.map((fit) => fit.request)), emergency: meanOf(fits.map((fit) => fit.emergency)) };
}

/** Softmax regression over the three labels, kept as differences from `ok`. */
function fitQuestionsOnce(examples: readonly Example[], seed: number): QuestionFit {
  const common = commonPlaces(examples);
  const request = new Float32Array(PLACES);
  const emergency = new Float32Array(PLACES);
  const squares = new Float32Array(PLACES);
  const bias = [0, 0];
  const random = randomFrom(seed);
  const order = examples.map(({ own, sentences }) => ({
    label: QUESTION_LABELS.indexOf(own.label),
    sentence: (sentences[0] as Sentence).places.filter((place) => common[place]),
  }));
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    const rate = RATE * (1 - (0.7 * epoch) / EPOCHS);
    shuffle(order, random);
    for (const { label, sentence: whole } of order) {
      const sentence = whole.filter(() => random() >= DROPOUT);
      let a = 0;
      let b = 0;
      for (const place of sentence) {
        a += request[place] as number;
        b += emergency[place] as number;
      }
      a = a / (1 - DROPOUT) + (bias[0] as number);
      b = b / (1 - DROPOUT) + (bias[1] as number);
      const top = Math.max(0, a, b);
      const total = Math.exp(-top) + Math.exp(a - top) + Math.exp(b - top);
      const gradients = [0, a, b].map((z, i) => Math.exp(z - top) / total - (i === label ? 1 : 0));
      const [g0, g1, g2] = gradients as [number, number, number];
      const square = g0 * g0 + g1 * g1 + g2 * g2;
      if (square < 1e-5) continue;
      for (const place of sentence) {
        const sum = (squares[place] as number) + square;
        squares[place] = sum;
        const step = rate / Math.sqrt(sum + 1);
        request[place] = (request[place] as number) - step * (g1 - g0);
        emergency[place] = (emergency[place] as number) - step * (g2 - g0);
      }
      bias[0] = (bias[0] as number) - 0.1 * rate * (g1 - g0);
      bias[1] = (bias[1] as number) - 0.1 * rate * (g2 - g0);
    }
  }
  return {
    request: { weights: request, bias: bias[0] as number, factors: [] },
    emergency: { weights: emergency, bias: bias[1] as number, factors: [] },
  };
}

/** A symbol a weight; the few that are larger than the scale allows stand at its end. */
function pack({ weights, bias }: Fit): SparseWeights {
  const sizes = weights
    .map(Math.abs)
    .filter((size) => size > 0)
    .sort();
  const scale = (sizes[Math.floor(sizes.length * 0.9995)] ?? 1) / LARGEST;
  const steps = Int8Array.from(weights, (weight) =>
    Math.abs(weight) < SMALLEST ? 0 : Math.max(-LARGEST, Math.min(LARGEST, Math.round(weight / scale))),
  );
  return {
    length: weights.length,
    scale: Number(scale.toPrecision(6)),
    bias: Number(bias.toPrecision(6)),
    packed: packWeights(steps),
  };
}

function literal(name: string, weights: SparseWeights): string {
  const { length, scale, bias, packed } = weights;
  return `export const ${name}: SparseWeights = {\n  length: ${length},\n  scale: ${scale},\n  bias: ${bias},\n  packed:\n    '${packed}',\n};\n`;
}

function literalOfFactors(name: string, { dimensions, scales, packed }: PackedFactors): string {
  return `export const ${name}: PackedFactors = {\n  dimensions: ${dimensions},\n  scales: [${scales.join(', ')}],\n  packed:\n    '${packed}',\n};\n`;
}

const HEAD = '// Written by scripts/train-readings.ts from corpus/: do not edit.\n';
const IMPORTS = `import type { SparseWeights } from './sparse-weights.ts';\n\n`;

function write(file: string, body: string): void {
  writeFileSync(new URL(`../src/learned/${file}`, import.meta.url), HEAD + body);
  console.log(`${file}: ${Math.round((HEAD.length + body.length) / 1024)} KiB`);
}

/** As {@link fitAnswers} for one category, with the places folded to fewer. */
function fitCategory(examples: readonly Example[], category: string): Fit {
  const folded = examples
    .filter(({ own }) => own.label === 'violation')
    .map(({ own, sentences }) => ({
      own,
      sentences: sentences.map(({ places, words }) => {
        const folds = places.slice();
        return { places: folds.subarray(0, foldPlaces(folds, folds.length)), words };
      }),
    }));
  const { weights, bias } = fitAnswers(folded, (one) => one.categories.includes(category), 0);
  return { weights: weights.slice(0, 2 ** SMALL_BITS), bias, factors: [] };
}

const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)}`;

/** Groups of writers that are measured together, so that all are measured in a few fits. */
const FOLDS = 6;

function measureAcross(answers: readonly Example[], questions: readonly Example[]): void {
  const writers = [...new Set([...answers, ...questions].map(({ own }) => own.writer))].filter(
    (writer) => !['dev', 'bundled'].includes(writer),
  );
  const foldOf = (one: Example): number =>
    ['dev', 'bundled'].includes(one.own.writer) ? -1 : writers.indexOf(one.own.writer) % FOLDS;
  const judged: Judged[] = [];
  for (let fold = 0; fold < FOLDS; fold++) {
    const theirs = answers.filter((one) => foldOf(one) === fold);
    if (theirs.length === 0) continue;
    const rest = answers.filter((one) => foldOf(one) !== fold);
    const fit = fitAnswers(rest, (one) => one.label === 'violation');
    for (const { own, sentences } of theirs)
      judged.push({ own, score: scoreOfText(fit, sentences), rules: structuresFind(own.text) });
  }
  console.log('answers of each writer by a model that saw none of theirs; recall % / harmless blocked %');
  const row = (name: string, some: readonly Judged[]): void => {
    const bad = some.filter(({ own }) => own.label === 'violation');
    const good = some.filter(({ own }) => own.label === 'ok');
    const at = (test: (one: Judged) => boolean): string =>
      `${percent(bad.filter(test).length, bad.length)}/${percent(good.filter(test).length, good.length)}`;
    const gates = GATES.map((gate) => `gate ${gate} ${at(({ score, rules }) => rules.length > 0 && score > gate)}`);
    const lines = LINES.map(
      (line) => `${line}: ${at(({ score, rules }) => (rules.length > 0 && score > UNSUSPICIOUS) || score > line)}`,
    );
    console.log(
      `${name} (${some.length}) rules ${at(({ rules }) => rules.length > 0)} ${gates.join(' ')} | ${lines.join('  ')}`,
    );
  };
  for (const writer of writers) {
    const own = judged.filter((one) => one.own.writer === writer);
    if (own.length > 0) row(writer, own);
  }
  row('all', judged);
  for (const rule of READ_CATEGORIES) {
    const found = judged.filter(({ rules }) => rules.includes(rule));
    const steps = [-9, -6, -5, -4, -3, -2, -1, 0, 2, 20];
    console.log(
      `${rule}: right/wrong by score`,
      steps
        .slice(1)
        .map((to, i) => {
          const some = found.filter(({ score }) => score > (steps[i] as number) && score <= to);
          const right = some.filter(({ own }) => own.label === 'violation').length;
          return `..${to}: ${right}/${some.length - right}`;
        })
        .join('  '),
    );
  }
  if (process.argv.includes('--answers')) return;
  console.log('questions: allow/fallback/emergency');
  for (const writer of writers) {
    const asked = questions.filter(({ own }) => own.writer === writer);
    if (asked.length === 0) continue;
    const fit = fitQuestions(questions.filter(({ own }) => own.writer !== writer));
    const scored = asked.map(({ own, sentences }) => {
      const request = scoreOfText(fit.request, sentences);
      return { own, request, emergency: scoreOfText(fit.emergency, sentences) - Math.max(0, request) };
    });
    const table = (name: string, judge: (one: (typeof scored)[number]) => number): void =>
      console.log(
        `${writer} (${asked.length}) ${name}:`,
        QUESTION_LABELS.map((label) => {
          const own = scored.filter((one) => one.own.label === label).map(judge);
          return `${label} ${[0, 1, 2].map((i) => own.filter((got) => got === i).length).join('/')}`;
        }).join('  '),
      );
    table('model', ({ request, emergency }) => (emergency > 0 ? 2 : request > 0 ? 1 : 0));
  }
}

interface Judged {
  readonly own: Case;
  readonly score: number;
  /** Categories that the rules of structure find. */
  readonly rules: readonly string[];
}

const GATES = [-6, -4, -3, -2];
const LINES = [0, 0.5, 1, 1.5, 2, 2.5, 3];

const STRUCTURES: Policy = { ...profile(), rules: structureRules };

/** Categories that the rules of structure find, without the model. */
function structuresFind(text: string): string[] {
  return check(text, STRUCTURES).findings.map(({ category }) => category);
}

const cases = [...readCorpus('dev'), ...readCorpus('train'), ...readBundledTexts()];
const answers = cases.filter(({ kind }) => kind === 'answer').map((own) => ({ own, sentences: readAnswer(own.text) }));
const questions = cases
  .filter(({ kind }) => kind === 'question')
  .map((own) => ({ own, sentences: readQuestion(own.text) }));
console.log(`${answers.length} answers, ${questions.length} questions`);
if (process.argv.includes('--across')) measureAcross(answers, questions);
if (process.argv.includes('--write')) {
  const violation = fitAnswers(answers, (one) => one.label === 'violation');
  const kinds = READ_CATEGORIES.map((category) => fitCategory(answers, category));
  write(
    'answer-weights.ts',
    `import type { PackedFactors } from './factorization-machine.ts';\n${IMPORTS}${literal('ANSWER_WEIGHTS', pack(violation))}\n${literalOfFactors('ANSWER_FACTORS', Factors.pack(violation.factors))}\n${READ_CATEGORIES.map((category, i) => literal(`${category.toUpperCase()}_WEIGHTS`, pack(kinds[i] as Fit))).join('\n')}`,
  );
  const asked = fitQuestions(questions);
  write(
    'question-weights.ts',
    `${IMPORTS}/** Fingerprint of the features that all weights fit: scripts/fingerprint.ts. */\nexport const FEATURES_TRAINED_ON = '${fingerprintOfFeatures()}';\n\n${literal('REQUEST_WEIGHTS', pack(asked.request))}\n${literal('EMERGENCY_WEIGHTS', pack(asked.emergency))}`,
  );
}
