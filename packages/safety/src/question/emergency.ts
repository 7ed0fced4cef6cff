import { Sense } from '../lexicon/tags.ts';
import { findCry } from './crisis.ts';
import { type Shown, signsIn } from './danger.ts';
import { type Frame, isOver, isToldOf, readFrame } from './frame.ts';
import type { QuestionText } from './question-text.ts';
import type { SentenceReading } from './sentence-reading.ts';

/** Danger to life now or imminent, for anyone; `crisis` when the danger is suicide, self-harm or violence. */
export type Emergency = 'medical' | 'crisis';

/** The danger a question tells of, or undefined. */
export function readEmergency({ sentences }: QuestionText): Emergency | undefined {
  const aside =
    sentences.some((sentence) => sentence.has('study') || sentence.has('fiction')) &&
    !sentences.some((sentence) => sentence.has('real'));
  const frames = sentences.map(readFrame);
  let state = 0;
  let cues = 0;
  let told = false;
  for (let i = 0; i < sentences.length; i++) {
    const sentence = sentences[i] as SentenceReading;
    const frame = frames[i] as Frame;
    const cry = findCry(sentence);
    if (cry && (cry.bare ? !isAskedAbout(sentence, cry.place) : isMeant(sentence, frame, cry.place, aside, true)))
      return 'crisis';
    const shown = signsIn(sentence);
    if (hasTakenTooMuch(sentence)) {
      shown.state = 3;
      shown.statePlace = sentence.at('ingest')[0] ?? 0;
    }
    if (shown.state >= 2 && isMeant(sentence, frame, shown.statePlace, aside, false))
      state = Math.max(state, shown.state);
    else if (shown.named >= 2 && isHappening(sentence, frame, shown, aside)) state = 3;
    if (!isOver(frame, 0) && !aside) cues += shown.cues;
    if (state >= 3 || (state === 2 && cues >= 1)) return 'medical';
    told ||= frame.persons.length > 0 && !isOver(frame, 0) && !frame.supposed;
  }
  // Nothing certain, but much at once, told of a person by someone who asks for help.
  return told && cues >= 4 && !aside ? 'medical' : undefined;
}

/** What kind of danger a question that is known to tell of one tells of, by its words alone. */
export function likeliestEmergency({ sentences }: QuestionText): Emergency {
  return sentences.some((sentence) => sentence.hasAny(CRISIS_WORDS)) ? 'crisis' : 'medical';
}

const CRISIS_WORDS = [
  'suicidal',
  'suicide',
  'my_life',
  'hopeless',
  'goodbye',
  'cut_deep',
  'end_now',
  'better_off',
] as const;

/** Whether what stands at `place` is said of a person or a moment at hand. */
function isMeant(sentence: SentenceReading, frame: Frame, place: number, aside: boolean, crisis: boolean): boolean {
  if (isOver(frame, place)) return false;
  const told = crisis ? frame.persons.length > 0 : isToldOf(frame, place);
  if (aside && !tellsOfSelf(sentence, place)) return false;
  if (frame.supposed && !frame.now && !(crisis && sentence.has('i'))) return false;
  if (frame.general) return told && (!isAskedAbout(sentence, place) || crisis);
  if (told || frame.now) return true;
  // A fragment, "crushing chest pain": meant, unless it speaks of people at large.
  return crisis || !(sentence.has('generic') || sentence.has('topic'));
}

/** "the symptoms of", "how do I recognise": the sign is the subject of the sentence. */
function isAskedAbout(sentence: SentenceReading, place: number): boolean {
  return sentence.at('topic').some((at) => at <= place && place - at <= 6) && !sentence.has('now');
}

/** The name of a condition is an emergency where somebody is having it. */
function isHappening(sentence: SentenceReading, frame: Frame, shown: Shown, aside: boolean): boolean {
  if (isOver(frame, shown.namedPlace)) return false;
  if (aside && !tellsOfSelf(sentence, shown.namedPlace)) return false;
  if (frame.supposed && !frame.now) return false;
  const told = isToldOf(frame, shown.namedPlace);
  const happening = sentence.has('having') || sentence.has('believe') || frame.now || sentence.has('urgent');
  if (shown.named >= 3) return told || (!frame.general && !sentence.has('generic'));
  if (told && happening) return true;
  if (shown.cues >= 1 || shown.state >= 2) return told || !frame.general;
  return happening && !frame.general && frame.persons.length > 0;
}

/** "I have", "my chest", "(me)": in a story or an exercise, the speaker's own state is no part of it. */
function tellsOfSelf(sentence: SentenceReading, place: number): boolean {
  return sentence.at('i').some((at) => {
    const word = sentence.words[at];
    if (word === 'me') return Math.abs(place - at) <= 14 && sentence.words[at - 1] !== 'tell';
    if (word === 'my') return place >= at && place - at <= 3;
    return (
      place >= at && place - at <= 6 && STATES.some((state) => sentence.at(state).some((b) => b > at && b - at <= 2))
    );
  });
}

const STATES = ['being', 'cannot', 'ingest', 'feel', 'want', 'kill', 'harm'] as const;

/** "took 30 Tylenol", "swallowed twenty pills": a number past any dose. */
function hasTakenTooMuch(sentence: SentenceReading): boolean {
  if (!sentence.has('ingest')) return false;
  const pill = Sense.Form | Sense.Drug | Sense.Medicine | Sense.Rx | Sense.Otc;
  const { wordSenses, numbers } = sentence;
  const named = (from: number, to: number): boolean => {
    for (let i = Math.max(0, from); i < Math.min(wordSenses.length, to); i++) {
      if ((wordSenses[i] as number) & (Sense.Mass | Sense.Gram | Sense.Volume | Sense.Time)) return false;
      if ((wordSenses[i] as number) & pill) return true;
    }
    return false;
  };
  for (const { place, value } of numbers) if (value >= 8 && value < 1000 && named(place + 1, place + 6)) return true;
  // Somebody got hold of another's medicine.
  for (const at of sentence.at('swallowed'))
    if (named(at + 1, at + 5) && sentence.hasAny(['she_he', 'kin'])) return true;
  // A medicine by name, in a child or in a quantity.
  for (const at of sentence.at('ingest'))
    if (named(at + 1, at + 9) && (sentence.near([['child', 'baby']], 1) || sentence.has('too_many')))
      if (!/^(?:take|eat|drink|gave|given|had_taken|taken)$/.test(sentence.words[at] as string)) return true;
  return false;
}
