import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_CODES } from '../text/codes.ts';
import { joinSpacedLetters } from '../text/disguise.ts';
import { fold } from '../text/fold.ts';
import { hiddenReadings } from '../text/hidden.ts';
import { Sign } from '../text/signs.ts';
import { WordList } from './word-list.ts';

const list = new WordList();
const has = (text: string, sign: number): boolean => (list.read(text).signs & sign) !== 0;
/** Texts of few characters, so that runs and gaps of every length come up. */
const texts = fc.string({ unit: fc.constantFrom(..."aaabZ19 ..--,_/(:=\n%\u00e9\u00b7'@+$"), maxLength: 40 });
const plainTexts = fc.string({ unit: fc.constantFrom(..."aabZT19 ..--,/(:=\n'@+"), maxLength: 40 });
const runs = { numRuns: 3_000 };

describe('a list of words', () => {
  it('is the same of a plain text as it was written and folded', () => {
    const read = (text: string) => {
      const { count, words, from, to, senses, roles } = list.read(text);
      return { words: words.slice(0, count), from: from.slice(0, count), to: to.slice(0, count), senses, roles };
    };
    fc.assert(
      fc.property(plainTexts, (text) => {
        expect(read(text)).toEqual(read(fold(text).text));
      }),
      runs,
    );
    expect(read('Take 500MG of ADVIL, b.I.d.')).toEqual(read('take 500mg of advil, b.i.d.'));
  });

  it('tells of what does not fold to itself', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(has(text, Sign.Unplain)).toBe(/[^a-zA-Z0-9 .,;:'"()!?/\-+=|[\]\n#@]/.test(text));
      }),
      runs,
    );
  });

  it('tells of letters that stand apart', () => {
    fc.assert(
      fc.property(plainTexts, (text) => {
        const folded = fold(text);
        if (joinSpacedLetters(folded) !== folded) expect(has(text, Sign.Spaced)).toBe(true);
        // Whatever stands between them; but nothing else than that.
        else if (has(text, Sign.Spaced)) expect(text).toMatch(/[a-z0-9][^a-z0-9]{1,4}[a-z0-9](?![a-z0-9])/i);
      }),
      runs,
    );
    for (const spaced of ['T a k e', 'I-b-u-p', 'x 2 y 3 z', "don't a k e it", 'dose 5.0 m g'])
      expect(has(spaced, Sign.Spaced), spaced).toBe(true);
    for (const prose of ["A patient's risk is a matter of age.", 'Vitamin B 12', 'I have it, said a nurse'])
      expect(has(prose, Sign.Spaced), prose).toBe(false);
  });

  it('tells of the shape of every code, and of none in prose', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'aZ19.-/ =+'), maxLength: 60 }), (text) => {
        if (hiddenReadings(text, NO_CODES).length > 0) expect(has(text, Sign.Coded)).toBe(true);
      }),
      { numRuns: 10_000 },
    );
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), fc.constantFrom('base64', 'hex'), (inner, code) => {
        const text = `See ${Buffer.from(inner).toString(code as 'hex')} there`;
        if (hiddenReadings(text, NO_CODES).length > 0) expect(has(text, Sign.Coded)).toBe(true);
      }),
      runs,
    );
    for (const coded of [
      'VGFrZSA1MDAgbWc',
      'Try dGFrZSA1MDAgbWc=, they say',
      '54 61 6b 65 20 35 30 30 20 6d 67',
      'f54 e61 d6b c65 b20 a35 f30 a30 b20 c6d d67',
      '01010100 01100001 01101011 01100101',
      '84 97 107 101 32 53 48 48 32 109 103',
      '- .- -.- . / ..... ----- ----- / -- --.',
      '... .... . / .. ... / .... . .-. .',
    ])
      expect(has(coded, Sign.Coded), coded).toBe(true);
    for (const prose of ['Hypercholesterolemia and Hypertension: 120/80 on 3 visits.', 'see A.1, B.2 and C.3'])
      expect(has(prose, Sign.Coded), prose).toBe(false);
  });

  it('has every sign of a text that is too long to be read to its end', () => {
    const long = Array.from({ length: 1_500 }, (_, i) => `w${i % 400}x`).join(' ');
    expect(has(`${long} T a k e`, Sign.Spaced)).toBe(true);
  });
});
