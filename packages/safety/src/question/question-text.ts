import { type QuestionReading, readQuestion } from '../learned/question-reading.ts';
import { Role, Sense } from '../lexicon/tags.ts';
import { countCodes } from '../text/codes.ts';
import { joinSpacedLetters } from '../text/disguise.ts';
import { fold } from '../text/fold.ts';
import { hiddenReadings } from '../text/hidden.ts';
import { IDEOGRAPH, NUMBER, type Token } from '../text/token.ts';
import { tokenizeJoined } from '../text/tokenize.ts';
import { ideographsAt, idOf, meaningOf, type Phrase } from './concepts.ts';
import { SentenceReading } from './sentence-reading.ts';

/** A question as the screens see it: words with one space between, contractions written out, common misspellings mended. */
export interface QuestionText {
  /** Words only, with a space at both ends, so that " word " finds a whole word. */
  readonly words: string;
  readonly tokens: readonly Token[];
  readonly senses: number;
  readonly roles: number;
  readonly sentences: readonly SentenceReading[];
  /** How it looks as a whole. */
  readonly reading: QuestionReading;
}

const CHUNK = 2_000;
const OVERLAP = 300;

const MENDED: Readonly<Record<string, string>> = {
  pian: 'pain',
  pains: 'pain',
  paine: 'pain',
  brethe: 'breathe',
  breth: 'breathe',
  breath: 'breath',
  breate: 'breathe',
  breathin: 'breathing',
  brething: 'breathing',
  hart: 'heart',
  attak: 'attack',
  siezure: 'seizure',
  seizur: 'seizure',
  siezing: 'seizing',
  unconcious: 'unconscious',
  unconsious: 'unconscious',
  unconscous: 'unconscious',
  overdoze: 'overdose',
  overdosed: 'overdosed',
  sucide: 'suicide',
  suiside: 'suicide',
  suicidle: 'suicidal',
  sucidal: 'suicidal',
  chocking: 'choking',
  chokeing: 'choking',
  stoke: 'stroke',
  storke: 'stroke',
  chset: 'chest',
  cheast: 'chest',
  swolen: 'swollen',
  sweling: 'swelling',
  alergic: 'allergic',
  bleding: 'bleeding',
  blud: 'blood',
  colapsed: 'collapsed',
  colapse: 'collapse',
  diabetis: 'diabetes',
  dosege: 'dosage',
  doasge: 'dosage',
  perscription: 'prescription',
  presciption: 'prescription',
  perscribe: 'prescribe',
  prescibe: 'prescribe',
  antibotics: 'antibiotics',
  antibiotcs: 'antibiotics',
  diagnoze: 'diagnose',
  medecine: 'medicine',
  medicin: 'medicine',
  r: 'are',
  u: 'you',
  ur: 'your',
  wut: 'what',
  wat: 'what',
  plz: 'please',
  pls: 'please',
  babys: 'baby is',
  moms: 'mom is',
  dads: 'dad is',
  gonna: 'going to',
  wanna: 'want to',
  shud: 'should',
  shld: 'should',
  mum: 'mom',
  sumthing: 'something',
  cud: 'could',
  wont: 'will not',
  numbb: 'numb',
  twinnies: 'twins',
  tonite: 'tonight',
  kil: 'kill',
  dyin: 'dying',
  ignor: 'ignore',
  hav: 'have',
  thier: 'their',
  isnot: 'is not',
  diagnos: 'diagnose',
  waht: 'what',
  teh: 'the',
  mcuh: 'much',
  wen: 'when',
};

/** The question in overlapping stretches of bounded length, so that any screen over them is linear. */
export function* questionTexts(text: string): Generator<QuestionText> {
  for (let from = 0; from < text.length || from === 0; ) {
    const piece = text.slice(from, from + CHUNK);
    const joined = joinSpacedLetters(fold(piece));
    const tokens = tokenizeJoined(piece, joined, 0);
    yield read(tokens, readQuestion(joined));
    // Many short readings are read as one text, each a sentence of its own.
    const hidden = hiddenReadings(piece, countCodes(tokens));
    if (hidden.length > 0) yield readPlain(hidden.join(' . ').slice(0, 2 * CHUNK));
    const plain = unleeted(piece);
    if (plain) yield readPlain(plain);
    if (from + CHUNK >= text.length) break;
    from += CHUNK - OVERLAP;
  }
}

function readPlain(text: string): QuestionText {
  const joined = joinSpacedLetters(fold(text));
  return read(tokenizeJoined(text, joined, 0), readQuestion(joined));
}

/** The piece with digits read as letters, when several of its words mix both as no amount does. */
function unleeted(piece: string): string | undefined {
  const mixed = piece.match(/[a-z][0134578$@]+[a-z]|\b[0134578$@]+[a-z]{3}/gi);
  if (!mixed || mixed.length < 3) return undefined;
  return fold(piece).text.replace(/[a-z0134578$@]*[a-z][a-z0134578$@]*/g, (word) =>
    word.replace(/[0134578$@]/g, (sign) => LETTER_OF[sign] as string),
  );
}

/** What the lexicon knows of a word, as meanings. */
const KNOWN_SENSES: readonly (readonly [number, number])[] = [
  [Sense.Drug | Sense.Rx | Sense.Otc | Sense.Medicine, idOf('medicine_word')],
  [Sense.Drug | Sense.Rx | Sense.Otc, idOf('named_drug')],
  [Sense.Supplement, idOf('supplement')],
  [Sense.Mass, idOf('mass_unit')],
  [Sense.Mass | Sense.Unit | Sense.Form | Sense.Spoon | Sense.Volume, idOf('dosage_unit')],
  [Sense.Nutrition | Sense.Water | Sense.Exercise | Sense.Alcohol | Sense.Care | Sense.Vaccine, idOf('food')],
];
const KNOWN = KNOWN_SENSES.reduce((bits, [sense]) => bits | sense, 0);
const CONDITION = Role.Condition | Role.ConditionHead | Role.ConditionAdjective;
const NO_PHRASES: readonly Phrase[] = [];
const FIGURE = idOf('figure');
const ASK_ME = idOf('ask_me');
const SELF = idOf('i');
const CONDITION_ID = idOf('condition');

const LETTER_OF: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '8': 'b',
  $: 's',
  '@': 'a',
};

const SENTENCE_END = '.?!';
const CLAUSE_END = ',;:-';

function read(tokens: readonly Token[], reading: QuestionReading): QuestionText {
  let words = ' ';
  let senses = 0;
  let roles = 0;
  const sentences: SentenceReading[] = [];
  let sentence = new SentenceReading();
  /** Ideographs that stand together, with the token each began at. */
  let run = '';
  const endRun = (): void => {
    if (run) readIdeographs(sentence, run);
    run = '';
  };
  const endSentence = (asks: boolean): void => {
    endRun();
    if (sentence.words.length === 0) return;
    sentence.asks = asks;
    readMeanings(sentence);
    sentences.push(sentence);
    sentence = new SentenceReading();
  };
  for (const token of tokens) {
    senses |= token.sense;
    roles |= token.role;
    if (token.kind === IDEOGRAPH) {
      words += token.w;
      run += token.w;
      sentence.senses |= token.sense;
      continue;
    }
    endRun();
    if (token.role & Role.Punctuation) {
      if ('.?!,;:%'.includes(token.w)) words += `${token.w} `;
      if (CLAUSE_END.includes(token.w)) sentence.breaks.push(sentence.words.length);
      if (SENTENCE_END.includes(token.w)) endSentence(token.w === '?');
      continue;
    }
    if (token.w === '¿' || token.w === '¡') continue;
    const mended = Object.hasOwn(MENDED, token.w) ? (MENDED[token.w] as string) : token.w;
    words += `${mended} `;
    sentence.senses |= token.sense;
    sentence.roles |= token.role;
    if (mended.includes(' ')) {
      for (const word of mended.split(' ')) sentence.push(word, 0, 0, Number.NaN);
    } else sentence.push(mended, token.sense, token.role, token.kind === NUMBER ? token.value : Number.NaN);
  }
  endSentence(false);
  return { words: `${words} `, tokens, senses, roles, sentences, reading };
}

function readIdeographs(sentence: SentenceReading, run: string): void {
  for (let i = 0; i < run.length; ) {
    const term = ideographsAt(run, i);
    const place = sentence.push(term?.term ?? (run[i] as string), 0, 0, Number.NaN);
    if (term) for (const id of term.ids) sentence.note(id, place);
    i += term?.term.length ?? 1;
  }
}

/**
 * Looks up each word and phrase. A turn of speech ("dying to know") hides the meanings of its words, and the "me" of
 * "tell me" is nobody in danger.
 */
function readMeanings(sentence: SentenceReading): void {
  const { words } = sentence;
  let hidden = -1;
  let unmeant = -1;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    if (i <= hidden || word.charCodeAt(0) >= 0x3040) continue;
    const entry = meaningOf(word);
    const next = i + 1 < words.length ? entry.phrases?.get(words[i + 1] as string) : undefined;
    for (const { rest, ids } of next ?? NO_PHRASES) {
      if (!stands(words, i + 2, rest)) continue;
      if (ids.includes(FIGURE)) hidden = Math.max(hidden, i + 1 + rest.length);
      if (ids.includes(ASK_ME)) unmeant = Math.max(unmeant, i + 1 + rest.length);
      for (const id of ids) sentence.note(id, i);
    }
    if (i > hidden) for (const id of entry.own) if (i > unmeant || id !== SELF) sentence.note(id, i);
    const sense = sentence.wordSenses[i] as number;
    if (sense & KNOWN) for (const [bits, id] of KNOWN_SENSES) if (sense & bits) sentence.note(id, i);
    if ((sentence.wordRoles[i] as number) & CONDITION) sentence.note(CONDITION_ID, i);
  }
}

function stands(words: readonly string[], from: number, rest: readonly string[]): boolean {
  for (let k = 0; k < rest.length; k++) if (words[from + k] !== rest[k]) return false;
  return true;
}
