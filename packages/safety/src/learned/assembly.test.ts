import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { readCorpus } from '../../scripts/corpus.ts';
import { Segmenter } from '../stream/segmenter.ts';
import type { Before } from './features.ts';
import { WORDS } from './layout.ts';
import type { WordList } from './word-list.ts';

const { Memory, Module, Instance } = (globalThis as { readonly WebAssembly?: Readonly<Record<string, unknown>> })
  .WebAssembly as Readonly<Record<string, unknown>>;

type Readers = Pick<typeof import('./answer-reading.ts'), 'readAnswer' | 'foldSentence' | 'locateViolation'> &
  Pick<typeof import('./memory.ts'), 'features' | 'listMemory'> &
  Pick<typeof import('./word-list.ts'), 'WordList' | 'table'>;

/** The readers as they are in a realm that has these globals in place of its own. */
async function readersWith(globals: Readonly<Record<string, unknown>>, assembled: boolean): Promise<Readers> {
  vi.resetModules();
  for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value);
  const { assembly, WordList, table } = await import('./word-list.ts');
  expect(assembly !== undefined).toBe(assembled);
  const { readAnswer, foldSentence, locateViolation } = await import('./answer-reading.ts');
  const { features, listMemory } = await import('./memory.ts');
  vi.unstubAllGlobals();
  return { readAnswer, foldSentence, locateViolation, features, listMemory, WordList, table };
}

const assembled = await readersWith({}, true);
const inScript = await readersWith({ WebAssembly: undefined }, false);
const assembledList = new assembled.WordList(assembled.listMemory);
const listInScript = new inScript.WordList();

const sentences = (text: string): string[] => {
  const segmenter = new Segmenter();
  return [...segmenter.push(text), ...segmenter.end()];
};

/** Expects both readers to say the same of a text, to the last bit, and gives what they said. */
function expectTheSame(text: string, before: Before): Before {
  const read = (readers: Readers) => {
    const reading = readers.readAnswer(text, before);
    const folded = readers.foldSentence(text, reading.plain);
    const likely = readers.locateViolation(folded, before, reading);
    // Also where nothing is left of the reading.
    expect(readers.locateViolation(folded, before)).toEqual(likely);
    return { ...reading, likely };
  };
  const reading = read(assembled);
  const other = read(inScript);
  expect(other).toEqual(reading);
  expect(Object.is(other.suspicion, reading.suspicion)).toBe(true);
  expect(wordsOf(assembledList, text)).toEqual(wordsOf(listInScript, text));
  return reading;
}

/** All that a list has of a text. */
function wordsOf(list: WordList, text: string): unknown {
  const { count, kinds, hashes, from, to, first, senses, roles, signs } = list.read(text);
  const arrays = [kinds, hashes, from, to, first].map((array) => [...array.subarray(0, count)]);
  return { arrays, senses, roles, signs, codes: list.codes() };
}

const NOTHING: Before = { senses: 0, roles: 0, tail: { words: [], kinds: [] } };
const words = [
  ...'take two 500mg tablets daily you have diabetes if BP >140/90 b.i.d. a-b 8-12 0x41 i$e x@y'.split(' '),
  ...'1,000 1,0000 12,345.67 2.5 1.000 3,14 999 1000 9 10 99 100 nirips noitcefni sdnah ekat igpay atinlay ordsway'.split(
    ' ',
  ),
  ...'gnxr gnoyrgf abcdefg=hijklm aBcdefghijklm Abcdefghijklm abcdefghijkl+ VGFrZSA1MDAgbWc= 54616b65 .- -... .-.'.split(
    ' ',
  ),
  // The first hash of these two is the same.
  ...'costarring liquid'.split(' '),
  "don't",
];

describe('readers in WebAssembly', () => {
  it('say of sentences one after another what those in TypeScript do', () => {
    let before = NOTHING;
    for (const { text } of readCorpus('validation'))
      for (const sentence of sentences(text)) before = expectTheSame(sentence, before);
    // Both left the same features behind.
    expect(assembled.features).toEqual(inScript.features);
  });

  it('say the same of any text', () => {
    const ascii = fc.string({
      unit: fc.integer({ min: 0, max: 127 }).map((c) => String.fromCharCode(c)),
      maxLength: 200,
    });
    const few = fc.string({ unit: fc.constantFrom(..."aabZT19 ..--,/(:=\n'@+$\u00e9\u4e00"), maxLength: 80 });
    const prose = fc.array(fc.constantFrom(...words), { maxLength: 60 }).map((all) => all.join(' '));
    fc.assert(
      fc.property(fc.array(fc.oneof(ascii, few, prose), { minLength: 1, maxLength: 4 }), (texts) => {
        texts.reduce<Before>((before, text) => expectTheSame(text, before), NOTHING);
      }),
      { numRuns: 3_000 },
    );
  });

  it('say the same of texts as long as they read, and longer', () => {
    const long = (count: number) => Array.from({ length: count }, (_, i) => `w${i}x`).join(' ');
    for (const text of [
      long(600),
      long(800),
      long(2_000),
      'a'.repeat(4_096),
      'a'.repeat(5_000),
      'é'.repeat(4_096),
      `${'é'.repeat(2_047)}${'a'.repeat(2_049)}`,
      '1.'.repeat(2_048),
      '. '.repeat(2_048),
    ])
      for (const cut of [text, text.slice(0, 4_096), text.slice(0, 4_095), text.slice(0, 4_097)])
        expectTheSame(cut, NOTHING);
  });

  it('say the same after more words than they remember, and forget before there is no room', () => {
    // A run of two words that is met once fills the table of words first, one of one word that of runs.
    for (const suffix of ['', 'mg']) {
      const generation = assembled.table.generation;
      for (let i = 0; assembled.table.generation < generation + 2 && i < 200; i++) {
        const runs = Array.from(
          { length: 500 },
          (_, k) => `${suffix && '1'}${(i * 500 + k + 17_000).toString(20)}${suffix}`,
        );
        expectTheSame(runs.join(' '), NOTHING);
        expect(assembled.table.count).toBeLessThanOrEqual(WORDS);
      }
      expect(assembled.table.generation).toBe(generation + 2);
    }
    expectTheSame('Take two tablets of ibuprofen twice a day.', NOTHING);
  });

  it('are done without where there is no part of them, no room for their memory, or no right to make code', async () => {
    class Refused {
      constructor() {
        throw new RangeError('WebAssembly.Memory(): could not allocate memory');
      }
    }
    const text = 'Take two tablets of ibuprofen twice a day.';
    for (const globals of [
      { WebAssembly: { Memory, Instance, Module: Refused } },
      { WebAssembly: { Memory: Refused, Instance, Module } },
      { TextEncoder: undefined },
      { atob: undefined },
    ]) {
      const { readAnswer } = await readersWith(globals, false);
      expect(readAnswer(text, NOTHING)).toEqual(assembled.readAnswer(text, NOTHING));
    }
  });
});
