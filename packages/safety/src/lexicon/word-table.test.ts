import { describe, expect, it } from 'vitest';
import { lookUp, lookUpIn } from './lexicon.ts';
import { WordTable } from './word-table.ts';

describe('WordTable', () => {
  const words = Array.from({ length: 9_000 }, (_, i) => `w${(i * 7_919).toString(36)}`);
  const table = new WordTable<{ readonly word: string }>();
  for (const word of words) table.add({ word });

  it('finds each of its words where it stands in a text', () => {
    expect(table.size).toBe(words.length);
    for (const word of words) expect(table.find(`x${word}y`, 1, 1 + word.length)?.word).toBe(word);
  });

  it('finds no other, be it longer, shorter or empty', () => {
    for (const word of words.slice(0, 500)) {
      expect(table.find(`${word}-`, 0, word.length + 1)).toBeUndefined();
      expect(table.find(`v${word}`, 0, word.length + 1)).toBeUndefined();
    }
    expect(table.find('w', 0, 0)).toBeUndefined();
  });
});

describe('lookUpIn', () => {
  it('gives the one entry of a word, listed or not, wherever it stands', () => {
    const text = 'take ibuprofen or zzyzxol';
    for (const word of text.split(' ')) {
      const from = text.indexOf(word);
      expect(lookUpIn(text, from, from + word.length)).toBe(lookUp(word));
      expect(lookUp(word).word).toBe(word);
    }
  });
});
