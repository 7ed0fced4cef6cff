import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidOptionError } from '../errors.ts';
import { cleanRecords, normaliseWhitespace, stripControlCharacters } from './clean.ts';
import type { InstructionRecord } from './record.ts';

const LONG = 'An answer that is long enough.';
const record = (id: string, instruction: string, output: string, input = ''): InstructionRecord => ({
  id,
  instruction,
  input,
  output,
  source: { file: 'f.jsonl', line: Number(id) },
});

describe('cleanRecords', () => {
  it('names every dropped record, its place and why', () => {
    const { records, report } = cleanRecords([
      record('1', 'Q', LONG),
      record('2', ' \n', LONG),
      record('3', 'Q', '\u0000 \u00a0'),
      record('4', 'Q', 'Short.'),
      record('5', ' Q ', `${LONG}  `),
      record('6', 'Q', LONG, 'with input'),
    ]);
    const source = (line: number) => ({ file: 'f.jsonl', line });
    expect(records.map((r) => r.id)).toEqual(['1', '6']);
    expect(report).toEqual({
      read: 6,
      kept: 2,
      dropped: [
        { id: '2', source: source(2), reason: 'empty-instruction' },
        { id: '3', source: source(3), reason: 'empty-output' },
        { id: '4', source: source(4), reason: 'answer-too-short' },
        { id: '5', source: source(5), reason: 'duplicate', duplicateOf: { id: '1', source: source(1) } },
      ],
      changed: [],
    });
  });

  it('reports what it changed in records that stay', () => {
    const { records, report } = cleanRecords([
      record('1', 'Q\u0007', LONG),
      record('2', 'What  is\r\nit?', LONG),
      record('3', '\ufeffa\tb', `${LONG}\n\n\n\nMore. \n`),
    ]);
    expect(records.map((r) => r.instruction)).toEqual(['Q', 'What is\nit?', 'a b']);
    expect(records[2]?.output).toBe(`${LONG}\n\nMore.`);
    expect(report.changed.map(({ id, changes }) => [id, changes])).toEqual([
      ['1', ['control-characters']],
      ['2', ['whitespace']],
      ['3', ['control-characters', 'whitespace']],
    ]);
  });

  it('cleans what is clean no further, and loses no visible character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const once = normaliseWhitespace(stripControlCharacters(text));
        expect(normaliseWhitespace(stripControlCharacters(once))).toBe(once);
        const visible = (s: string): string => stripControlCharacters(s).replace(/[\s\u0085]/g, '');
        expect(visible(once)).toBe(visible(text));
      }),
      { numRuns: 1000 },
    );
  });

  it('takes no shortcut that shows', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ' ',
        '  ',
        '\t',
        '\n',
        '\r',
        '\r\n',
        '\n\n\n',
        '\u00a0',
        '\u2028',
        '\u0085',
        'a',
        '- b',
        '🫀',
        '\ufeff',
      ),
      fc.string({ unit: 'binary', maxLength: 3 }),
    );
    const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(text, (one) => {
        // What is added has to go, and makes sure that the text is looked at in full.
        expect(normaliseWhitespace(`${one}\n\n\n\n`)).toBe(normaliseWhitespace(one));
        expect(stripControlCharacters(`\u0000${one}`)).toBe(stripControlCharacters(one));
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps indentation and emoji joined by zero-width joiners', () => {
    const list = 'A list:\n- one\n  - two 👩‍⚕️';
    expect(normaliseWhitespace(stripControlCharacters(list))).toBe(list);
  });

  it('keeps read = kept + dropped for any records', () => {
    const texts = fc.constantFrom('', ' ', 'a', LONG, `${LONG}\u0000`);
    fc.assert(
      fc.property(fc.array(fc.tuple(texts, texts)), (pairs) => {
        const { records, report } = cleanRecords(pairs.map(([q, a], i) => record(String(i), q, a)));
        expect(report.kept).toBe(records.length);
        expect(report.read).toBe(report.kept + report.dropped.length);
        const twice = cleanRecords(records).report;
        expect([twice.dropped, twice.changed]).toEqual([[], []]);
      }),
    );
  });

  it('refuses a minimum below 1', () => {
    expect(() => cleanRecords([], { minAnswerCharacters: 0 })).toThrow(InvalidOptionError);
  });
});
