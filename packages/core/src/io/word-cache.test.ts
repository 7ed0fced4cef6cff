import { expect, it } from 'vitest';
import { WordCache } from './word-cache.ts';

it('keeps what is looked up and forgets what is not', () => {
  const cache = new WordCache<string[]>(3);
  cache.put('often', ['of', 'ten']);
  for (let i = 0; i < 20; i++) {
    cache.put(`once ${i}`, ['once']);
    expect(cache.get('often')).toEqual(['of', 'ten']);
  }
  expect(cache.get('once 0')).toBeUndefined();
  expect(cache.get('once 19')).toEqual(['once']);
});

it('holds at most two generations', () => {
  const cache = new WordCache<string[]>(10);
  const words = Array.from({ length: 1000 }, (_, i) => `w${i}`);
  for (const word of words) cache.put(word, [word]);
  expect(words.filter((word) => cache.get(word) !== undefined).length).toBeLessThanOrEqual(20);
});
