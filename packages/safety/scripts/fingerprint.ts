import { createHash } from 'node:crypto';
import { NOTHING_BEFORE, readFeatures, writePlaces } from '../src/learned/features.ts';
import { FEATURES_PER_TEXT, FEATURES_PER_WORD, OWN_PLACES, WORDS_READ } from '../src/learned/layout.ts';
import { WordList } from '../src/learned/word-list.ts';
import { joinSpacedLetters } from '../src/text/disguise.ts';
import { fold } from '../src/text/fold.ts';
import { readCorpus } from './corpus.ts';

/**
 * SHA-256 over the features of the texts of `dev`. Weights fit the features that they were trained on: a change of folding,
 * lexicon or word classes that moves any of them is seen by another fingerprint.
 */
export function fingerprintOfFeatures(): string {
  const hash = createHash('sha256');
  const list = new WordList();
  const features = new Int32Array(WORDS_READ * FEATURES_PER_WORD + FEATURES_PER_TEXT);
  const places = new Int32Array(features.length + WORDS_READ * OWN_PLACES);
  for (const { text } of readCorpus('dev')) {
    list.read(joinSpacedLetters(fold(text.slice(0, 480))).text);
    const count = readFeatures(list, NOTHING_BEFORE, features);
    hash.update(places.slice(0, writePlaces(list, features, count, places)));
  }
  return hash.digest('hex');
}
