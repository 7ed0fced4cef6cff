import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinSpacedLetters } from '../text/disguise.ts';
import { fold } from '../text/fold.ts';
import { locateViolation, readAnswer } from './answer-reading.ts';
import { FEATURES_PER_TEXT, FEATURES_PER_WORD, NOTHING_BEFORE, readFeatures } from './features.ts';
import { LinearModel } from './linear-model.ts';
import { FEATURE_BITS } from './places.ts';
import { readQuestion } from './question-reading.ts';
import { hashOf, OWN_PLACES, WORDS_READ } from './run-table.ts';
import { packWeights, unpackWeights } from './sparse-weights.ts';
import { WordList } from './word-list.ts';

const folded = (text: string) => joinSpacedLetters(fold(text));
const suspicion = (text: string): number => readAnswer(folded(text), NOTHING_BEFORE).suspicion;
const anyText = fc.oneof(fc.string({ unit: 'binary', maxLength: 600 }), fc.string({ maxLength: 600 }));

describe('packed weights', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat({ max: 2 ** 12 - 1 }), fc.integer({ min: -127, max: 127 }))), (entries) => {
        const weights = new Int8Array(2 ** 12);
        for (const [place, weight] of entries) weights[place] = weight;
        expect(unpackWeights({ bits: 12, scale: 1, bias: 0, packed: packWeights(weights) })).toEqual(weights);
      }),
    );
  });
});

describe('a linear model', () => {
  it('counts a feature once, and finds the words that speak most for it', () => {
    const weights = new Int8Array(16);
    weights[3] = 10;
    weights[5] = -4;
    const model = new LinearModel({ bits: 4, scale: 0.5, bias: -1, packed: packWeights(weights) });
    expect(model.score(Int32Array.of(3, 3, 5), 3)).toBe(10 * 0.5 - 4 * 0.5 - 1);
    const features = new Int32Array(3 * FEATURES_PER_WORD);
    features[0] = 5;
    features[FEATURES_PER_WORD] = 3;
    features[2 * FEATURES_PER_WORD] = 5;
    expect(model.strongest(features, 3)).toEqual({ from: 1, to: 2 });
  });

  it('gives the same score however often it is asked', () => {
    const model = new LinearModel({
      bits: 4,
      scale: 1,
      bias: 0,
      packed: packWeights(Int8Array.from({ length: 16 }, (_, i) => i)),
    });
    for (let i = 0; i < 600; i++) expect(model.score(Int32Array.of(7, 7), 2)).toBe(7);
  });
});

describe('a word list', () => {
  const list = new WordList();

  it('tells words by kind, and medicines by kind alone', () => {
    const read = (text: string): number[] => [...list.read(text).words.subarray(0, list.count)];
    expect(read('take ibuprofen')).toEqual(read('take naproxen'));
    expect(read('walks')).toEqual(read('walking'));
    expect(read('500 mg')).toEqual(read('500mg'));
    expect(read('walk')).toEqual([hashOf('walk')]);
  });

  it('looks at pieces of a word, but not of the name of a medicine', () => {
    const placesOf = (word: string): number[] => {
      const from = list.read(word).own[0] as number;
      return [...list.places.subarray(from, from + OWN_PLACES)].filter((place) => place !== 0);
    };
    const shared = (a: string, b: string): number => {
      const [own, other] = [placesOf(a), new Set(placesOf(b))];
      return own.filter((place) => other.has(place)).length;
    };
    expect(shared('unwinding', 'rewinding')).toBeGreaterThan(2);
    expect(placesOf('ibuprofen')).toHaveLength(1);
    expect(placesOf('one')).toEqual(placesOf('1'));
  });

  it('tells by its features what the sentence before it ended with', () => {
    const featuresAfter = (before: string): number[] => {
      const tail = list.read(before).tail();
      const out = new Int32Array(WORDS_READ * FEATURES_PER_WORD + FEATURES_PER_TEXT);
      const count = readFeatures(list.read('it is love'), { ...NOTHING_BEFORE, tail }, out);
      return [...out.subarray(0, count)];
    };
    expect(featuresAfter('could it be croup')).not.toEqual(featuresAfter('could it be true'));
    expect(featuresAfter('a long way off could it be true')).toEqual(featuresAfter('could it be true'));
  });

  it('reads any text within its bounds, with ranges that rise', () => {
    const out = new Int32Array(WORDS_READ * FEATURES_PER_WORD + FEATURES_PER_TEXT);
    fc.assert(
      fc.property(anyText, (text) => {
        const whole = folded(text).text;
        list.read(whole);
        for (let i = 0; i < list.count; i++) {
          expect(list.from[i]).toBeLessThan(list.to[i] as number);
          expect(list.to[i]).toBeLessThanOrEqual(whole.length);
          if (i > 0) expect(list.from[i]).toBeGreaterThanOrEqual(list.from[i - 1] as number);
        }
        const count = readFeatures(list, { senses: -1, roles: -1, tail: list.tail() }, out);
        expect(count).toBeLessThanOrEqual(list.count * FEATURES_PER_WORD + FEATURES_PER_TEXT);
        for (let i = 0; i < count; i++) {
          expect(out[i]).toBeGreaterThanOrEqual(0);
          expect(out[i]).toBeLessThan(2 ** FEATURE_BITS);
        }
      }),
    );
  });

  it('forgets and goes on when it has met too many words', () => {
    const before = [...list.read('take two tablets').words.subarray(0, list.count)];
    for (let i = 0; i < 60; i++)
      list.read(Array.from({ length: 600 }, (_, k) => `w${(i * 600 + k).toString(36)}x`).join(' '));
    expect([...list.read('take two tablets').words.subarray(0, list.count)]).toEqual(before);
  });
});

describe('a reading', () => {
  it.each([
    [
      'Take 400 of ibuprofen with breakfast and again at supper.',
      'Ibuprofen blocks the enzymes that make prostaglandins.',
    ],
    ['Your scan shows gallstones, that is what hurts.', 'Gallstones are pebbles of cholesterol in the gallbladder.'],
    ['You need a statin, ask for one today.', 'A doctor may suggest a statin when the risk is high.'],
    ['Potassium above 6.5: give calcium gluconate.', 'Potassium is measured in millimoles per litre.'],
  ])('finds "%s" worse than its harmless neighbour', (bad, good) => {
    expect(suspicion(bad)).toBeGreaterThan(suspicion(good) + 3);
  });

  it('of a text without words has its place at the beginning, whatever was read before', () => {
    locateViolation(folded('take two tablets'), NOTHING_BEFORE);
    expect(locateViolation(folded(''), NOTHING_BEFORE)).toMatchObject({ from: 0, to: 1 });
  });

  it('is a number, and its place lies in the text, whatever the text is', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const one = folded(text);
        expect(Number.isFinite(readAnswer(one, NOTHING_BEFORE).suspicion)).toBe(true);
        const { request, emergency } = readQuestion(one);
        expect(Number.isFinite(request) && Number.isFinite(emergency)).toBe(true);
        const { from, to } = locateViolation(one, NOTHING_BEFORE);
        expect(from).toBeGreaterThanOrEqual(0);
        expect(from).toBeLessThanOrEqual(text.length);
        expect(to).toBeGreaterThan(from);
      }),
    );
  });
});
