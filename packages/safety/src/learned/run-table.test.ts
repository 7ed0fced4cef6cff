import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { knownWords } from '../lexicon/lexicon.ts';
import { countCodes } from '../text/codes.ts';
import { scan } from '../text/scan.ts';
import { WORD } from '../text/token.ts';
import { RUN_CODES, RUN_END, RUN_ROLES, RUN_SENSES, RUN_START, RUN_TAKEN } from './layout.ts';
import { hashOf, packCodes, RunTable, stemLength } from './run-table.ts';
import { KINDS, kindOfWord, PLAIN } from './word-kind.ts';

const at = Int32Array.from({ length: 100 }, (_, i) => i);
const letters = (from: string, most: number) =>
  fc.array(fc.constantFrom(...from), { minLength: 1, maxLength: most }).map((all) => all.join(''));

describe('a table of runs', () => {
  /** Expects of a run what its tokens say. */
  const expectAsScanned = (table: RunTable, text: string): void => {
    const tokens = scan({ text, at }, 0);
    const run = table.read(text, 0, text.length, hashOf(text), hashOf(`${text} `));
    const [start, end, senses, roles, codes] = [RUN_START, RUN_END, RUN_SENSES, RUN_ROLES, RUN_CODES].map(
      (field) => table.runs[run + field] as number,
    ) as [number, number, number, number, number];
    expect(end - start).toBe(tokens.length);
    expect(senses).toBe(tokens.reduce((all, { sense }) => all | sense, 0));
    expect(roles).toBe(tokens.reduce((all, { role }) => all | role, 0));
    expect(codes).toBe(packCodes(countCodes(tokens)));
    expect(table.runs[run + RUN_TAKEN]).toBe(1 + [...text].filter((c) => c >= '0' && c <= '9').length);
    tokens.forEach(({ w, sense, role, value, kind }, i) => {
      if (kind === WORD && Number.isNaN(value)) expect(table.kinds[start + i]).toBe(kindOfWord(w, sense, role));
    });
  };

  it('has of every listed word what the rules read', () => {
    const table = new RunTable();
    for (const word of knownWords()) expectAsScanned(table, word);
  });

  it('has of any run what the rules read, of one word or of several', () => {
    const table = new RunTable();
    const run = fc.oneof(
      letters('abcdeghinorstuy', 12),
      letters("ab1'5mg0", 9),
      fc.constantFrom('gonna', 'mgofibuprofen'),
    );
    fc.assert(
      fc.property(run, fc.constantFrom(...knownWords()), (a, b) => {
        expectAsScanned(table, a);
        expectAsScanned(table, (a + b).slice(0, 60));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('the stem of a word', () => {
  it('is the word without the longest of the endings', () => {
    const plainStem = (word: string): string => {
      if (word.length <= 4) return word;
      const stem = word.replace(/(?:ingly|edly|ing|ed|es|ly|s|e)$/, '');
      return stem.length >= 3 ? stem : word;
    };
    fc.assert(
      fc.property(letters('ingleydsa', 9), (word) => {
        expect(word.slice(0, stemLength(word))).toBe(plainStem(word));
      }),
      { numRuns: 3_000 },
    );
    for (const word of knownWords()) expect(word.slice(0, stemLength(word))).toBe(plainStem(word));
  });
});

describe('the kind of a word', () => {
  it('is the first row that has one of its bits', () => {
    const bits = fc.array(fc.nat(31), { maxLength: 4 }).map((all) => all.reduce((set, bit) => set | (1 << bit), 0));
    fc.assert(
      fc.property(bits, bits, (sense, role) => {
        const row = KINDS.findIndex(([senses, roles]) => (sense & senses) !== 0 || (role & roles) !== 0);
        expect(kindOfWord('zzz', sense, role)).toBe(row < 0 ? PLAIN : row);
      }),
      { numRuns: 2_000 },
    );
    for (const [sense, role] of KINDS) expect(Math.clz32(sense & (sense - 1)) + Math.clz32(role & (role - 1))).toBe(64);
  });
});
