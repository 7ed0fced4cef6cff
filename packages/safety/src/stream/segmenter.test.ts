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
