import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drugKey, hashOfKey, looksLikeDrugName } from './drug-morphology.ts';
import { type Ending, Endings } from './endings.ts';
import { Hint, isKnownWord, knownWords, lookUp } from './lexicon.ts';
import { NO_LETTERS, withLetter } from './sieve.ts';
import { Role, Sense } from './tags.ts';

const NAMES = Sense.Drug | Sense.Rx | Sense.Otc;

describe('Endings', () => {
  const list: readonly Ending[] = [
    ['oma', 6],
    ['itis', 6],
    ['ositis', 9],
    ['ite', 5],
    ['mab', 3],
  ];
  const endings = new Endings(list);
  const piece = fc.constantFrom('o', 'ma', 'itis', 'os', 'ite', 'mab', 'b', 'é', '\u{1f48a}', 's');

  it('finds in any word what a walk over the list finds', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 5 }), (pieces) => {
        const word = pieces.join('');
        expect(endings.areOf(word)).toBe(list.some(([ending, least]) => word.length >= least && word.endsWith(ending)));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('drugKey', () => {
  const plainKey = (word: string): string =>
    word
      .replace(/ph|th|c(?=k)|y/g, (found) => ({ ph: 'f', th: 't', y: 'i' })[found] ?? '')
      .replace(/(.)\1+/gs, '$1')
      .replace(/[aeo]s?$/, '');
  const hashOf = (text: string): number => {
    let hash = NO_LETTERS;
    for (let i = 0; i < text.length; i++) hash = withLetter(hash, text.charCodeAt(i));
    return hash;
  };

  it('is one for the spellings of a name', () => {
    expect(new Set(['amoxycillin', 'amoxicilina', 'amoxicilline'].map(drugKey))).toEqual(new Set(['amoxicilin']));
  });

  it('is what its rules make of any word, and hashed without a string', () => {
    const letters = fc
      .array(fc.constantFrom(...'phtckyaeosinné\u{1f48a}'), { maxLength: 90 })
      .map((all) => all.join(''));
    fc.assert(
      fc.property(letters, (word) => {
        expect(drugKey(word)).toBe(plainKey(word));
        expect(hashOfKey(word)).toBe(hashOf(drugKey(word)));
      }),
      { numRuns: 2_000 },
    );
    for (const word of knownWords()) {
      expect(drugKey(word)).toBe(plainKey(word));
      expect(hashOfKey(word)).toBe(hashOf(drugKey(word)));
    }
  });
});

describe('a word that nobody listed', () => {
  it('is a medicine by its ending, its beginning or another spelling of a listed one', () => {
    for (const word of ['zzavastatin', 'cefzzolin', 'ibuprophene']) expect(lookUp(word).sense).not.toBe(0);
    for (const word of ['magazine', 'harlequins', 'cephalopod']) expect(looksLikeDrugName(word)).toBe(false);
    expect(isKnownWord('ibuprophene')).toBe(true);
    expect(isKnownWord('zzavastatin')).toBe(false);
  });

  it('shows that it is a listed name backwards', () => {
    for (const word of knownWords()) {
      const { sense, role } = lookUp(word);
      const backwards = [...word].reverse().join('');
      if (word.length < 6 || lookUp(backwards).known || lookUp(backwards).hint === Hint.Reversed) continue;
      const named = (sense & NAMES) !== 0 || (role & Role.Condition) !== 0;
      expect([backwards, (lookUp(backwards).hint & Hint.ReversedName) !== 0]).toEqual([backwards, named]);
    }
  });
});
