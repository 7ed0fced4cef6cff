/** Of a sentence that looks clearly harmless not all is read (learned/answer-reading.ts): no verdict may hang on the rest. */
import { describe, expect, it } from 'vitest';
import { readCorpus } from '../scripts/corpus.ts';
import { readAnswer, UNSUSPICIOUS } from '../src/learned/answer-reading.ts';
import { ANSWER_FACTORS, ANSWER_WEIGHTS } from '../src/learned/answer-weights.ts';
import { FactorizationMachine } from '../src/learned/factorization-machine.ts';
import { FEATURES_PER_TEXT, FEATURES_PER_WORD, NOTHING_BEFORE, readFeatures } from '../src/learned/features.ts';
import { LinearModel } from '../src/learned/linear-model.ts';
import { WORDS_READ } from '../src/learned/run-table.ts';
import { WordList } from '../src/learned/word-list.ts';
import { Segmenter } from '../src/stream/segmenter.ts';
import { fold } from '../src/text/fold.ts';

const list = new WordList();
const features = new Int32Array(WORDS_READ * FEATURES_PER_WORD + FEATURES_PER_TEXT);
const model = new LinearModel(ANSWER_WEIGHTS);
const pairs = new FactorizationMachine(ANSWER_FACTORS);

/** The suspicion of a folded sentence with all that is in it. */
function wholeSuspicion(text: string): number {
  list.read(text);
  return model.score(list, features, readFeatures(list, NOTHING_BEFORE, features)) + pairs.score(list);
}

describe('a sentence that is clearly harmless', () => {
  it('would be unsuspicious if all of it were read, but for one in a thousand that are not', () => {
    let early = 0;
    let suspicious = 0;
    let lost = 0;
    for (const { text, kind } of [...readCorpus('dev'), ...readCorpus('validation')]) {
      if (kind !== 'answer') continue;
      const segmenter = new Segmenter();
      for (const segment of [...segmenter.push(text), ...segmenter.end()]) {
        const folded = fold(segment);
        const { suspicion } = readAnswer(folded, NOTHING_BEFORE);
        const whole = wholeSuspicion(folded.text);
        const isEarly = Math.abs(suspicion - whole) > 1e-6;
        if (isEarly) early++;
        if (whole > UNSUSPICIOUS) suspicious++;
        if (whole > UNSUSPICIOUS && isEarly) lost++;
      }
    }
    expect(early).toBeGreaterThan(1000);
    expect(suspicious).toBeGreaterThan(1000);
    expect(lost).toBeLessThanOrEqual(suspicious / 1000);
  });
});
