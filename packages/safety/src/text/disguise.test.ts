import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { knownWords } from '../lexicon/lexicon.ts';
import { fewestParts, isPart, splitGlued } from './disguise.ts';

/** The same by trying every stretch of the word, 20 letters at most. */
function plainParts(word: string): readonly string[] | undefined {
  const best: (readonly string[] | undefined)[] = [[]];
  for (let end = 1; end <= word.length; end++)
    for (let start = Math.max(0, end - 20); start < end; start++) {
      const before = best[start];
      if (!before || !isPart(word.slice(start, end))) continue;
      const now = best[end];
      if (!now || before.length + 1 < now.length) best[end] = [...before, word.slice(start, end)];
    }
  return best[word.length];
}

describe('splitGlued', () => {
  const words = [...knownWords()].filter((word) => /^\p{L}{2,}$/u.test(word));

  it('splits glued words, and other runs not, as trying every stretch does', () => {
    const word = fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...words) },
      { weight: 2, arbitrary: fc.constantFrom('mg', 'ml', 'of', 'a', 'in', 'ed', 'x', 'é', 'ta') },
    );
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 8 }), (parts) => {
        const run = parts.join('').slice(0, 120);
        expect(fewestParts(run)).toEqual(plainParts(run));
      }),
      { numRuns: 3_000 },
    );
  });

  it('tells no word that is listed from what it is made of', () => {
    for (const word of words) expect(fewestParts(word)).toEqual(plainParts(word));
  });

  it('splits what names a medicine, a unit or a condition, and nothing else', () => {
    expect(splitGlued('mgofibuprofentwiceaday')).toEqual(['mg', 'of', 'ibuprofen', 'twice', 'a', 'day']);
    for (const word of ['everybody', 'takeaway', 'ibuprofen', `${'take'.repeat(30)}a`])
      expect(splitGlued(word)).toBeUndefined();
  });
});
