import { describe, expect, it } from 'vitest';
import { MAX_SEGMENT, Segmenter } from './segmenter.ts';

function segmentsOf(text: string): string[] {
  const segmenter = new Segmenter();
  return [...segmenter.push(text), ...segmenter.end()];
}

describe('a text longer than a segment', () => {
  it('is cut at the ends of sentences again behind a cut between words', () => {
    const text = `${'word '.repeat(95)}last. Then a new sentence starts here. And another one.`;
    const segments = segmentsOf(text);
    expect(segments.join('')).toBe(text);
    expect(segments[0]?.length).toBeLessThanOrEqual(MAX_SEGMENT);
    expect(segments.slice(1)).toEqual(['last. ', 'Then a new sentence starts here. ', 'And another one.']);
  });
});

describe('a segment', () => {
  it('has a letter, which no full stop of any script is', () => {
    expect(segmentsOf('。 Then. So')).toEqual(['。 Then. ', 'So']);
    expect(segmentsOf('! … Now. So')).toEqual(['! … Now. ', 'So']);
    expect(segmentsOf('1. Then. So')).toEqual(['1. ', 'Then. ', 'So']);
  });

  it('ends at a line of 25 letters, however it arrived', () => {
    for (const [letters, count] of [
      [24, 1],
      [25, 2],
    ] as const) {
      const text = `${'abcde '.repeat(6).replace(/ /g, '').slice(0, letters)}\nNext`;
      const segmenter = new Segmenter();
      const segments = [...text].flatMap((c) => segmenter.push(c));
      expect([...segments, ...segmenter.end()].length).toBe(count);
    }
  });
});
