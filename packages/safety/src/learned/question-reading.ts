import type { Folded } from '../text/fold.ts';
import { distinctPlaces, NOTHING_BEFORE, readFeatures } from './features.ts';
import { FEATURES_PER_TEXT, FEATURES_PER_WORD, OWN_PLACES, WORDS_READ } from './layout.ts';
import { LinearModel } from './linear-model.ts';
import { EMERGENCY_WEIGHTS, REQUEST_WEIGHTS } from './question-weights.ts';
import { WordList } from './word-list.ts';

/** What a question looks like as a whole: log odds, in nats, against an ordinary question about health. */
export interface QuestionReading {
  /** That it asks for what the assistant does not give. */
  readonly request: number;
  /** That somebody is in danger. */
  readonly danger: number;
  /** The same against whatever of the other two is likelier. */
  readonly emergency: number;
}

const list = new WordList();
const features = new Int32Array(WORDS_READ * FEATURES_PER_WORD + FEATURES_PER_TEXT);
const places = new Int32Array(features.length + WORDS_READ * OWN_PLACES);
/** Made for the first question: who has answers checked alone needs none. */
let requests: LinearModel | undefined;
let emergencies: LinearModel | undefined;

/** Reads a folded question by a model that was trained on the labelled corpus of this package. */
export function readQuestion(folded: Folded): QuestionReading {
  requests ??= new LinearModel(REQUEST_WEIGHTS);
  emergencies ??= new LinearModel(EMERGENCY_WEIGHTS);
  list.read(folded.text);
  // A question is read as a whole, however long: what is said again counts once.
  const count = distinctPlaces(list, features, readFeatures(list, NOTHING_BEFORE, features), places);
  const request = requests.scorePlaces(places, count);
  const danger = emergencies.scorePlaces(places, count);
  return { request, danger, emergency: danger - Math.max(0, request) };
}
