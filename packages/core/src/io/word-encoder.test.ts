import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Tokenizer as Library } from '@huggingface/tokenizers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createWordEncoder } from './word-encoder.ts';

const GOLDEN = new URL('../../test/golden/tiny-tokenizer/', import.meta.url).pathname;
const material = process.env.ALPACARE_MATERIAL;

type Json = { added_tokens: Record<string, unknown>[]; model: Record<string, unknown> };
const jsonOf = (folder: string): Json => JSON.parse(readFileSync(join(folder, 'tokenizer.json'), 'utf8')) as Json;
const open = (json: object) => {
  const library = new Library(json, { clean_up_tokenization_spaces: false });
  const encode = createWordEncoder(library);
  return { encode, expected: (text: string) => library.encode(text, { add_special_tokens: false }).ids };
};

const piece = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(' ', '  ', '\n', 'the', ' blood', 'pressure', '.', "'s", '5 mg', '</s>', '<s>', '<unk>'),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 12 }) },
  { weight: 1, arbitrary: fc.constantFrom('\u2581', '日本', '🫀', 'é', '\u0000', 'x'.repeat(80)) },
);
const text = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''));

describe.each(['byte-level', 'llama', 'llama-legacy'])('%s', (name) => {
  it('gives the ids of the library, for any text', () => {
    const { encode, expected } = open(jsonOf(GOLDEN + name));
    fc.assert(
      fc.property(text, (one) => {
        expect(encode(one)).toEqual(expected(one));
      }),
      { numRuns: 500 },
    );
  });

  it('knows an added token inside a word, one that is normalized, and one that begins another', () => {
    const json = jsonOf(GOLDEN + name);
    const more = ['<a>', '<a>b', 'pres'].map((content, i) => ({
      id: 5000 + i,
      content,
      special: false,
      normalized: i === 2,
      single_word: false,
      lstrip: false,
      rstrip: false,
    }));
    const { encode, expected } = open({ ...json, added_tokens: [...json.added_tokens, ...more] });
    expect(expected('x<a>bpressure')).toEqual(expect.arrayContaining([5001, 5002]));
    const mixed = fc.array(fc.oneof(piece, fc.constantFrom('<a>', '<a>b', 'pres')), { maxLength: 12 });
    fc.assert(
      fc.property(mixed, (parts) => {
        expect(encode(parts.join(''))).toEqual(expected(parts.join('')));
      }),
    );
  });
});

it('leaves texts with unknown tokens that melt together, stripping tokens and other models to the library', () => {
  const json = jsonOf(`${GOLDEN}llama`);
  const melting = { ...json, model: { ...json.model, byte_fallback: false, fuse_unk: true, unk_token: '<unk>' } };
  const { encode, expected } = open(melting);
  expect(encode('日日 日 the')).toBeNull();
  expect(encode('the')).toEqual(expected('the'));
  const apart = open({ ...melting, model: { ...melting.model, fuse_unk: false } });
  expect(apart.encode('日日 日 the')).toEqual(apart.expected('日日 日 the'));
  const stripping = { id: 5000, content: '<m>', special: true, lstrip: true, rstrip: false };
  expect(open({ ...json, added_tokens: [...json.added_tokens, stripping] }).encode('a <m>')).toBeNull();
  const wordPiece = { type: 'WordPiece', vocab: { a: 0, '[UNK]': 1 }, unk_token: '[UNK]' };
  expect(open({ ...json, added_tokens: [], model: wordPiece }).encode('a')).toBeNull();
});

describe('outside tokenizers', () => {
  for (const name of ['tinyllama-1.1b-chat', 'gpt2'])
    it(`${name}: gives the ids of the library`, (ctx) => {
      if (material === undefined) return ctx.skip('ALPACARE_MATERIAL is not set');
      const { encode, expected } = open(jsonOf(join(material, 'tokenizers', name)));
      const lines = readFileSync(join(material, 'data/medinstruct-test.jsonl'), 'utf8').split('\n');
      for (const line of lines.slice(0, 40)) expect(encode(line)).toEqual(expected(line));
    });
});
