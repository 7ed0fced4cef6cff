import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinSpacedLetters } from '../text/disguise.ts';
import { fold } from '../text/fold.ts';
import { locateViolation, readAnswer } from './answer-reading.ts';
import { decayOf, FactorizationMachine, packFactors } from './factorization-machine.ts';
import { distinctPlaces, NOTHING_BEFORE, readFeatures, writePlaces } from './features.ts';
import { FEATURES_PER_TEXT, FEATURES_PER_WORD, KIND_COUNT, OWN_PLACES, PLACES, WORDS_READ } from './layout.ts';
import { LinearModel } from './linear-model.ts';
import { foldPlaces, SMALL_BITS } from './places.ts';
import { readQuestion } from './question-reading.ts';
import { hashOf } from './run-table.ts';
import { SmallModels } from './small-model.ts';
import { packWeights, type SparseWeights, unpackWeights } from './sparse-weights.ts';
import { LARGEST, SYMBOLS, SymbolReader, symbolOf, symbolsOfDistance } from './symbols.ts';
import { table, WordList } from './word-list.ts';

const folded = (text: string) => joinSpacedLetters(fold(text));
const suspicion = (text: string): number => readAnswer(text, NOTHING_BEFORE).suspicion;
const anyText = fc.oneof(fc.string({ unit: 'binary', maxLength: 600 }), fc.string({ maxLength: 600 }));

describe('symbols', () => {
  it('are printable, need no escape in a quoted string, and are told apart', () => {
    const all = Array.from({ length: SYMBOLS }, (_, i) => symbolOf(i)).join('');
    expect(new Set(all).size).toBe(SYMBOLS);
    expect(all).toMatch(/^[(-[\]-~]+$/);
  });

  it('give distances of any size back', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 2_000 })), (distances) => {
        const reader = new SymbolReader(distances.map(symbolsOfDistance).join(''));
        expect(distances.map(() => reader.distance())).toEqual(distances);
        expect(reader.done).toBe(true);
      }),
    );
  });
});

describe('packed weights', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: 2 ** 12 - 1 }), fc.integer({ min: -LARGEST, max: LARGEST }))),
        (entries) => {
          const weights = new Int8Array(2 ** 12);
          for (const [place, weight] of entries) weights[place] = weight;
          expect(unpackWeights({ length: 2 ** 12, scale: 1, bias: 0, packed: packWeights(weights) })).toEqual(weights);
        },
      ),
    );
  });
});

const FEATURES = WORDS_READ * FEATURES_PER_WORD + FEATURES_PER_TEXT;

/** All places of a text, as numbers. */
function placesOf(list: WordList, features: Int32Array, count: number): number[] {
  const places = new Int32Array(FEATURES + WORDS_READ * OWN_PLACES);
  return [...places.subarray(0, writePlaces(list, features, count, places))];
}

/** A model that knows some places. */
function modelOf(entries: Iterable<readonly [place: number, weight: number]>, scale = 1, bias = 0): LinearModel {
  const weights = new Int8Array(PLACES);
  for (const [place, weight] of entries) weights[place] = weight;
  return new LinearModel({ length: PLACES, scale, bias, packed: packWeights(weights) });
}

describe('a linear model', () => {
  const list = new WordList();
  const features = new Int32Array(FEATURES);
  const read = (text: string): number => readFeatures(list.read(text), NOTHING_BEFORE, features);

  it('adds up the places that a text has, those of a word once', () => {
    const count = read('walk on, walk on');
    const places = placesOf(list, features, count);
    const own = table.places[(list.words[0] as number) * OWN_PLACES] as number;
    expect(places.filter((place) => place === own)).toHaveLength(1);
    const model = modelOf(
      [
        [own, 10],
        [places.at(-1) as number, -4],
      ],
      0.5,
      -1,
    );
    expect(model.score(list, features, count)).toBe(10 * 0.5 - 4 * 0.5 - 1);
  });

  it('scores any text as the sum over its places', () => {
    const weightOf = (place: number): number => (place === 0 ? 0 : ((place * 7919) % 85) - 42);
    const model = modelOf(Array.from({ length: PLACES }, (_, place) => [place, weightOf(place)] as const));
    fc.assert(
      fc.property(anyText, (text) => {
        const count = read(folded(text).text);
        const sum = placesOf(list, features, count).reduce((sum, place) => sum + weightOf(place), 0);
        expect(model.score(list, features, count)).toBe(sum + 0);
        expect(model.score(list, features, count)).toBe(sum + 0);
      }),
    );
  });

  it('scores a text alike when the table grows while it is read', () => {
    const model = modelOf(Array.from({ length: PLACES }, (_, place) => [place, (place % 85) - 42] as const));
    // The room for words doubles from 8,192 on, within one of these texts.
    for (let i = 0; i < 90; i++) {
      const letters = (n: number): string =>
        [n % 26, Math.floor(n / 26) % 26, Math.floor(n / 676)].map((k) => 'abcdefghijklmnopqrstuvwxyz'[k]).join('');
      const fresh = Array.from({ length: 100 }, (_, k) => `grow${letters(i * 100 + k)}n`);
      const text = ['fever', ...fresh, 'fever', 'fever'].join(' ');
      const once = model.score(list, features, read(text));
      expect(model.score(list, features, read(text))).toBe(once);
    }
  });

  it('finds the words that speak most for it', () => {
    const count = read('a walk gladdens us');
    const own = (i: number): number => table.places[(list.words[i] as number) * OWN_PLACES] as number;
    const model = modelOf([
      [own(0), -5],
      [own(1), 20],
      [own(2), 10],
      [own(3), -5],
    ]);
    expect(model.strongest(list, features, count)).toEqual({ from: 1, to: 3 });
    expect(model.score(list, features, count)).toBe(20);
  });
});

describe('small models', () => {
  it('fold places to fewer and count each once, each model by its own weights', () => {
    const places = Int32Array.of(77, 77, 78);
    expect(foldPlaces(places, 3)).toBe(2);
    const models = [3, -4, LARGEST, -LARGEST].map((weight, k) => {
      const weights = new Int8Array(2 ** SMALL_BITS);
      for (const place of places.subarray(0, 2)) weights[place] = weight;
      return { length: weights.length, scale: k + 2, bias: k, packed: packWeights(weights) };
    });
    const [a, b, c, d] = models as [SparseWeights, SparseWeights, SparseWeights, SparseWeights];
    expect(new SmallModels([a, b, c, d]).score(places, 2)).toEqual([
      2 * 3 * 2,
      2 * -4 * 3 + 1,
      2 * LARGEST * 4 + 2,
      2 * -LARGEST * 5 + 3,
    ]);
  });

  it('fold the places of each of many texts alike', () => {
    const first = Int32Array.of(1, 2, 3, 1);
    foldPlaces(first, 4);
    for (let text = 0; text < 600; text++) {
      const again = Int32Array.of(1, 2, 3, 1);
      expect(foldPlaces(again, 4)).toBe(3);
      expect([...again.subarray(0, 3)]).toEqual([...first.subarray(0, 3)]);
    }
  });
});

describe('a factorization machine', () => {
  const list = new WordList();
  const keyOf = (word: string): number =>
    (table.places[(list.read(word).words[0] as number) * OWN_PLACES] as number) + KIND_COUNT;
  /** First vectors, then second ones, of 4 dimensions, of each key. */
  const machineOf = (entries: readonly (readonly [key: number, steps: readonly number[]])[]) => {
    const sorted = [...entries].sort(([a], [b]) => a - b);
    const packed = packFactors(
      sorted.map(([key]) => key),
      sorted.flatMap(([, steps]) => steps),
    );
    return new FactorizationMachine({ dimensions: 4, scales: [0.5, 0.25], packed });
  };

  it('adds up pairs in their order, each word as itself and its kind, fading with distance', () => {
    const machine = machineOf([
      [keyOf('walk'), [4, 0, 8, 0, 0, 0, 0, 0]],
      [keyOf('stone'), [0, 0, 0, 0, 12, 0, 4, 0]],
    ]);
    const near = 4 * 0.5 * (12 * 0.25) + 8 * 0.5 * (4 * 0.25);
    const far = 4 * 0.5 * decayOf(0) * (12 * 0.25) + 8 * 0.5 * decayOf(2) * (4 * 0.25);
    expect(machine.score(list.read('walk stone'))).toBeCloseTo(near, 6);
    expect(machine.score(list.read('walk, stone'))).toBeCloseTo(far, 6);
    expect(machine.score(list.read('stone walk'))).toBe(0);
    expect(machine.score(list.read(''))).toBe(0);
  });

  it('gives a score to any text, the same each time, also when words were forgotten in between', () => {
    const machine = machineOf(
      Array.from({ length: KIND_COUNT }, (_, kind) => [kind, [1, -2, 3, kind % 7, 2, kind % 5, -1, 1]] as const),
    );
    fc.assert(
      fc.property(anyText, (text) => {
        const { text: whole } = folded(text);
        const score = machine.score(list.read(whole));
        expect(Number.isFinite(score)).toBe(true);
        expect(machine.score(list.read(whole))).toBe(score);
      }),
    );
    const before = machine.score(list.read('take two tablets'));
    for (let i = 0; i < 60; i++)
      machine.score(list.read(Array.from({ length: 600 }, (_, k) => `w${(i * 600 + k).toString(36)}x`).join(' ')));
    expect(machine.score(list.read('take two tablets'))).toBe(before);
  });
});

describe('a word list', () => {
  const list = new WordList();
  const hashesOf = (text: string): number[] =>
    [...list.read(text).words.subarray(0, list.count)].map((word) => table.hashes[word] as number);

  it('tells words by kind, and medicines by kind alone', () => {
    const read = hashesOf;
    expect(read('take ibuprofen')).toEqual(read('take naproxen'));
    expect(read('walks')).toEqual(read('walking'));
    expect(read('500 mg')).toEqual(read('500mg'));
    expect(read('walk')).toEqual([hashOf('walk')]);
  });

  it('looks at pieces of a word, but not of the name of a medicine', () => {
    const ownOf = (word: string): number[] => {
      const from = (list.read(word).words[0] as number) * OWN_PLACES;
      return [...table.places.subarray(from, from + OWN_PLACES)].filter((place) => place !== 0);
    };
    const shared = (a: string, b: string): number => {
      const [own, other] = [ownOf(a), new Set(ownOf(b))];
      return own.filter((place) => other.has(place)).length;
    };
    expect(shared('unwinding', 'rewinding')).toBeGreaterThan(2);
    expect(ownOf('ibuprofen')).toHaveLength(0);
  });

  it('tells by its features what the sentence before it ended with', () => {
    const featuresAfter = (before: string): number[] => {
      const tail = list.read(before).tail();
      const out = new Int32Array(FEATURES);
      const count = readFeatures(list.read('it is love'), { ...NOTHING_BEFORE, tail }, out);
      return [...out.subarray(0, count)];
    };
    expect(featuresAfter('could it be croup')).not.toEqual(featuresAfter('could it be true'));
    expect(featuresAfter('a long way off could it be true')).toEqual(featuresAfter('could it be true'));
  });

  it('reads any text within its bounds, with ranges that rise', () => {
    const out = new Int32Array(FEATURES);
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
          expect(out[i]).toBeLessThan(PLACES);
        }
      }),
    );
  });

  it('reads what is said again and again a few times only', () => {
    const { count } = list.read(`${'word '.repeat(100)}and something else`);
    expect(count).toBeLessThan(10);
    expect(list.to[count - 1]).toBe(518);
    const features = new Int32Array(FEATURES);
    const few = placesOf(list, features, readFeatures(list, NOTHING_BEFORE, features)).length;
    list.read(`${'word '.repeat(50)}and something else`);
    expect(placesOf(list, features, readFeatures(list, NOTHING_BEFORE, features))).toHaveLength(few);
  });

  it('gives the places of any text once', () => {
    const features = new Int32Array(FEATURES);
    const out = new Int32Array(FEATURES + WORDS_READ * OWN_PLACES);
    fc.assert(
      fc.property(anyText, (text) => {
        const count = readFeatures(list.read(folded(text).text), NOTHING_BEFORE, features);
        const places = [...out.subarray(0, distinctPlaces(list, features, count, out))];
        expect(new Set(places)).toEqual(new Set(placesOf(list, features, count)));
        expect(new Set(places).size).toBe(places.length);
      }),
    );
  });

  it('forgets and goes on when it has met too many words', () => {
    const before = hashesOf('take two tablets');
    for (let i = 0; i < 60; i++)
      list.read(Array.from({ length: 600 }, (_, k) => `w${(i * 600 + k).toString(36)}x`).join(' '));
    expect(hashesOf('take two tablets')).toEqual(before);
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

  it('has the same place and category, whether its sentence was read last or not', () => {
    fc.assert(
      fc.property(anyText, anyText, (text, other) => {
        const one = folded(text);
        const reading = readAnswer(text, NOTHING_BEFORE);
        const right = locateViolation(one, NOTHING_BEFORE, reading);
        readAnswer(other, NOTHING_BEFORE);
        expect(locateViolation(one, NOTHING_BEFORE, reading)).toEqual(right);
        expect(locateViolation(one, NOTHING_BEFORE)).toEqual(right);
      }),
    );
  });

  it('is a number, and its place lies in the text, whatever the text is', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const one = folded(text);
        expect(Number.isFinite(readAnswer(text, NOTHING_BEFORE).suspicion)).toBe(true);
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
