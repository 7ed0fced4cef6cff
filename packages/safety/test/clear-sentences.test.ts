/**
 * Of a sentence that looks clearly harmless not all is read (learned/answer-reading.ts): of the sentences that the rules would look at
 * if it were, one in a thousand may be lost so. And of the others not every structure is looked for, which may change no verdict.
 */

import { describe, expect, it } from 'vitest';
import { readCorpus } from '../scripts/corpus.ts';
import { check } from '../src/check.ts';
import { readAnswer, UNSUSPICIOUS } from '../src/learned/answer-reading.ts';
import { ANSWER_FACTORS, ANSWER_WEIGHTS } from '../src/learned/answer-weights.ts';
import { FactorizationMachine } from '../src/learned/factorization-machine.ts';
import { type Before, NOTHING_BEFORE, readFeatures } from '../src/learned/features.ts';
import { FEATURES_PER_TEXT, FEATURES_PER_WORD, WORDS_READ } from '../src/learned/layout.ts';
import { LinearModel } from '../src/learned/linear-model.ts';
import { WordList } from '../src/learned/word-list.ts';
import { profile } from '../src/policy.ts';
import type { LikelyViolation, Window } from '../src/rules/rule.ts';
import { standardRules } from '../src/rules/standard.ts';
import { CONTEXT_SEGMENTS } from '../src/stream/reader.ts';
import { Segmenter } from '../src/stream/segmenter.ts';
import { joinSpacedLetters } from '../src/text/disguise.ts';
import { fold } from '../src/text/fold.ts';

const list = new WordList();
const features = new Int32Array(WORDS_READ * FEATURES_PER_WORD + FEATURES_PER_TEXT);
const model = new LinearModel(ANSWER_WEIGHTS);
const pairs = new FactorizationMachine(ANSWER_FACTORS);

/** The suspicion of a folded sentence with all that is in it. */
function wholeSuspicion(text: string, before: Before): number {
  list.read(text);
  return model.score(list, features, readFeatures(list, before, features)) + pairs.score(list);
}

/** What the sentences before a sentence leave to it. */
function leftBy(context: readonly Before[]): Before {
  const last = context.slice(-CONTEXT_SEGMENTS);
  return {
    senses: last.reduce((bits, { senses }) => bits | senses, 0),
    roles: last.reduce((bits, { roles }) => bits | roles, 0),
    tail: (last.at(-1) ?? NOTHING_BEFORE).tail,
  };
}

describe('a sentence that is clearly harmless', () => {
  it('would be unsuspicious if all of it were read, but for one in a thousand that are not', () => {
    let early = 0;
    let suspicious = 0;
    let lost = 0;
    for (const { text, kind } of [...readCorpus('dev'), ...readCorpus('validation')]) {
      if (kind !== 'answer') continue;
      const segmenter = new Segmenter();
      const context: Before[] = [];
      for (const segment of [...segmenter.push(text), ...segmenter.end()]) {
        const folded = joinSpacedLetters(fold(segment));
        const before = leftBy(context);
        const reading = readAnswer(segment, before);
        context.push(reading);
        const whole = wholeSuspicion(folded.text, before);
        const isEarly = Math.abs(reading.suspicion - whole) > 1e-6;
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

describe('a structure of an unlikely category', () => {
  /** The rules of the package, where all structures are looked for: nothing is known about what a violation looks like. */
  const asking = standardRules.map((rule) => ({
    ...rule,
    find: (window: Window) =>
      rule.find(
        new Proxy(window, {
          get: (target, name) => {
            const value = Reflect.get(target, name, target);
            return name === 'violation' ? { ...(value as LikelyViolation), odds: {} } : value;
          },
        }),
      ),
  }));
  const policy = { ...profile(), rules: asking };

  it('would change no verdict, and seldom a finding', () => {
    let differ = 0;
    let blocked = 0;
    for (const { id, text, kind } of [...readCorpus('dev'), ...readCorpus('validation')]) {
      if (kind !== 'answer') continue;
      const all = check(text, policy);
      const { verdict, findings } = check(text);
      expect(verdict, id).toBe(all.verdict);
      if (verdict === 'block') blocked++;
      if (findings.length !== all.findings.length) differ++;
    }
    expect(blocked).toBeGreaterThan(2_000);
    expect(differ).toBeGreaterThan(0);
    expect(differ).toBeLessThan(blocked / 10);
  });
});
