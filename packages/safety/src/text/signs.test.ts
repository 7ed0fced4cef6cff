import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hiddenReadings } from './hidden.ts';
import { Sign, signsOf } from './signs.ts';

const has = (text: string, sign: number): boolean => (signsOf(text) & sign) !== 0;
/** Texts of few characters, so that runs and gaps of every length come up. */
const texts = fc.string({ unit: fc.constantFrom(...'aaabZ19 ..--,_/(:=\n%\u00e9\u00b7'), maxLength: 40 });
const NO_CODES = { words: 0, reversed: 0, reversedNames: 0, rot13: 0, pigLatin: 0 };

describe('signsOf', () => {
  it('sees what does not fold to itself', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(has(text, Sign.Unplain)).toBe(/[^a-zA-Z0-9 .,;:'"()!?/\-+=|[\]\n#@]/.test(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it('sees two single characters beside each other', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const spaced = /(?:^|[^a-z0-9])[a-z0-9][-. \n/|,_]{1,4}[a-z0-9](?![a-z0-9])/i;
        if (spaced.test(text)) expect(has(text, Sign.Spaced)).toBe(true);
        // Whatever stands between them; but nothing else than that.
        else if (has(text, Sign.Spaced)) expect(text).toMatch(/[a-z0-9][^a-z0-9]{1,4}[a-z0-9](?![a-z0-9])/i);
      }),
      { numRuns: 2_000 },
    );
    for (const prose of ["A patient's risk is a matter of age.", 'Vitamin B 12', 'I have it, said a nurse'])
      expect(has(prose, Sign.Spaced), prose).toBe(false);
  });

  it('sees the shape of every code, and none in prose', () => {
    for (const coded of [
      'VGFrZSA1MDAgbWc',
      'Try dGFrZSA1MDAgbWc=, they say',
      '54 61 6b 65 20 35 30 30 20 6d 67',
      '01010100 01100001 01101011 01100101',
      '84 97 107 101 32 53 48 48 32 109 103',
      '- .- -.- . / ..... ----- ----- / -- --.',
    ]) {
      expect(has(coded, Sign.Coded), coded).toBe(true);
      expect(hiddenReadings(coded, NO_CODES), coded).not.toHaveLength(0);
    }
    for (const prose of ['Hypercholesterolemia and Hypertension: 120/80 on 3 visits.', 'see A.1, B.2 and C.3'])
      expect(has(prose, Sign.Coded), prose).toBe(false);
  });
});
