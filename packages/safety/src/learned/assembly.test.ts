import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { readCorpus } from '../../scripts/corpus.ts';
import { Segmenter } from '../stream/segmenter.ts';
import type { Before } from './features.ts';

type Reading = typeof import('./answer-reading.ts');
type Memory = typeof import('./memory.ts');

/** The readers as they are where `WebAssembly` is this. */
async function readersWith(webAssembly: unknown): Promise<Reading & { readonly features: Memory['features'] }> {
  vi.resetModules();
  vi.stubGlobal('WebAssembly', webAssembly);
  const { assembly } = await import('./word-list.ts');
  expect(assembly === undefined).toBe(webAssembly !== globalWebAssembly);
  return { ...(await import('./answer-reading.ts')), features: (await import('./memory.ts')).features };
}

const { WebAssembly: globalWebAssembly } = globalThis as { readonly WebAssembly?: Readonly<Record<string, unknown>> };
const { Memory, Module, Instance } = globalWebAssembly ?? {};
const classes = { Memory, Module, Instance };
const { readAnswer: readAssembled, features } = await readersWith(globalWebAssembly);
const { readAnswer: readInScript, features: featuresInScript } = await readersWith(undefined);
afterEach(() => {
  vi.unstubAllGlobals();
});

const sentences = (text: string): string[] => {
  const segmenter = new Segmenter();
  return [...segmenter.push(text), ...segmenter.end()];
};

/** Expects both readers to say the same of a text, to the last bit, and gives what they said. */
function expectTheSame(text: string, before: Before): Before {
  const reading = readAssembled(text, before);
  const other = readInScript(text, before);
  expect(other).toEqual(reading);
  expect(Object.is(other.suspicion, reading.suspicion)).toBe(true);
  return reading;
}

const NOTHING: Before = { senses: 0, roles: 0, tail: { words: [], kinds: [] } };
const words =
  "take two 500mg tablets daily you have diabetes if BP >140/90 b.i.d. 1,000 2.5 a-b 8-12 0x41 don't i$e x@y".split(
    ' ',
  );

describe('readers in WebAssembly', () => {
  it('say of sentences one after another what those in TypeScript do', () => {
    let before = NOTHING;
    for (const { text } of readCorpus('validation'))
      for (const sentence of sentences(text)) before = expectTheSame(sentence, before);
    // Both left the same features behind.
    expect(features).toEqual(featuresInScript);
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

  it('say the same after more words than they remember', () => {
    for (let i = 0; i < 60; i++)
      expectTheSame(
        Array.from({ length: 1_000 }, (_, k) => `q${(i * 1_000 + k).toString(36)}`)
          .join(' ')
          .slice(0, 4_096),
        NOTHING,
      );
    expectTheSame('Take two tablets of ibuprofen twice a day.', NOTHING);
  });

  it('are done without where code may not be made, or there is no room for its memory', async () => {
    class Refused {
      constructor() {
        throw new RangeError('WebAssembly.Memory(): could not allocate memory');
      }
    }
    const text = 'Take two tablets of ibuprofen twice a day.';
    for (const part of ['Module', 'Memory']) {
      const { readAnswer } = await readersWith({ ...classes, [part]: Refused });
      expect(readAnswer(text, NOTHING)).toEqual(readAssembled(text, NOTHING));
    }
  });
});
