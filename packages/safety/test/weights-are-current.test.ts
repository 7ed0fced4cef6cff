import { expect, it } from 'vitest';
import { fingerprintOfFeatures } from '../scripts/fingerprint.ts';
import { FEATURES_TRAINED_ON } from '../src/learned/question-weights.ts';

it('the weights were trained on the features of this lexicon; where this fails, run `pnpm --filter @alpacare/safety train-readings --write`', () => {
  expect(FEATURES_TRAINED_ON).toBe(fingerprintOfFeatures());
});
