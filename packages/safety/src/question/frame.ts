import type { SentenceReading } from './sentence-reading.ts';

/** How a sentence speaks of what it names. */
export interface Frame {
  /** It asks or tells about a subject in general. */
  readonly general: boolean;
  /** Places of words for what is over: "years ago", "survived". */
  readonly past: readonly number[];
  /** It asks what to do in a case that has not come. */
  readonly supposed: boolean;
  readonly now: boolean;
  /** Places of words for a certain person: "I", "my mother", "he". */
  readonly persons: readonly number[];
}

export function readFrame(sentence: SentenceReading): Frame {
  const articles = sentence.at('article');
  const general = isGeneral(sentence);
  const persons = [
    ...sentence.at('i'),
    ...sentence.at('she_he'),
    ...sentence.at('kin').filter((place) => !articles.includes(place - 1) && !articles.includes(place - 2)),
    // "Why can't we breathe under water?" is about everyone.
    ...(general ? [] : sentence.at('we')),
  ];
  return {
    general,
    past: [...sentence.at('ago'), ...pastYears(sentence)],
    supposed: sentence.has('if_'),
    now: sentence.has('now'),
    persons,
  };
}

/** Whether the sentence opens as a question about a subject, or names what people study about one. */
function isGeneral(sentence: SentenceReading): boolean {
  if (sentence.has('topic') || sentence.has('ask_me')) return true;
  const urgent = sentence.at('urgent');
  const opens = (place: number): boolean => !urgent.includes(place) && isOpening(sentence, place);
  // "Can not breathe" is no question, "can not people ..." is.
  const inverts = (place: number): boolean =>
    !sentence.breaks.includes(place) &&
    (sentence.words[place + 1] !== 'not' || sentence.at('generic').includes(place + 2)) &&
    opens(place);
  return sentence.at('opener').some(opens) || sentence.at('yes_no').some(inverts);
}

/** Whether only greetings stand before the place, or a comma soon after the start. */
function isOpening(sentence: SentenceReading, place: number): boolean {
  if (place > 8) return false;
  if (place === 0 || sentence.breaks.includes(place)) return true;
  const greetings = sentence.at('greeting');
  for (let i = 0; i < place; i++) if (!greetings.includes(i)) return false;
  return true;
}

/** "in 1998". */
function pastYears(sentence: SentenceReading): number[] {
  return sentence.numbers
    .filter(
      ({ value, place }) =>
        value >= 1400 &&
        value <= 2100 &&
        /^(?:in|en|em|im|nel|since|seit|depuis)$/.test(sentence.words[place - 1] ?? ''),
    )
    .map(({ place }) => place);
}

/** Whether what stands at the place is said to be over. */
export function isOver(frame: Frame, place: number): boolean {
  return !frame.now && !frame.supposed && frame.past.some((at) => Math.abs(at - place) <= 9);
}

/** Whether a certain person stands close before the place, or right after it. */
export function isToldOf(frame: Frame, place: number): boolean {
  return frame.persons.some((at) => place - at <= 9 && at - place <= 5);
}
