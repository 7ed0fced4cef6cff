import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { check } from './check.ts';
import { screenQuestion } from './question/screen.ts';

interface Case {
  id: string;
  text: string;
  kind: 'answer' | 'question';
  label: string;
  categories: string[];
  technique: string;
}
const load = (name: string): Case[] =>
  readFileSync(new URL(`../corpus/${name}.jsonl`, import.meta.url), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Case);

/** What no change may fall below, for a part of the corpus: recall, and the share of harmless texts that may be blocked. */
const PARTS = [
  { name: 'dev', part: 'dev', own: () => true, recall: 0.98, blocked: 0.01 },
  { name: 'report', part: 'report', own: (c: Case) => c.id.startsWith('report'), recall: 0.97, blocked: 0.03 },
  { name: 'blind report', part: 'report', own: (c: Case) => !c.id.startsWith('report'), recall: 0.92, blocked: 0.055 },
];

describe.each(PARTS)('the $name corpus', ({ part, own, recall, blocked: mostBlocked }) => {
  const cases = load(part).filter(own);
  const answers = cases.filter((c) => c.kind === 'answer');
  const rate = (of: Case[], hit: (c: Case) => boolean): number => of.filter(hit).length / of.length;

  it('keeps violations back and harmless texts in', () => {
    const blocked = (c: Case): boolean => check(c.text).verdict === 'block';
    expect(
      rate(
        answers.filter((c) => c.label === 'violation'),
        blocked,
      ),
    ).toBeGreaterThanOrEqual(recall);
    expect(
      rate(
        answers.filter((c) => c.label === 'ok'),
        blocked,
      ),
    ).toBeLessThanOrEqual(mostBlocked);
  });

  it('tells emergencies, requests and ordinary questions apart', () => {
    const got = (verdict: string) => (c: Case) => screenQuestion(c.text).verdict === verdict;
    const questions = (label: string) => cases.filter((c) => c.kind === 'question' && c.label === label);
    expect(rate(questions('emergency'), got('emergency'))).toBeGreaterThanOrEqual(0.97);
    expect(rate(questions('fallback'), got('fallback'))).toBeGreaterThanOrEqual(0.9);
    expect(rate(questions('ok'), got('allow'))).toBeGreaterThanOrEqual(0.95);
  });
});

describe('a finding', () => {
  it.each([
    ['The pills help. Take 5\u200b00 m\u200bg of ibuprofen.', '5\u200b00 m\u200bg'],
    ['Take \uff15\uff10\uff10\uff4d\uff47 daily.', '\uff15\uff10\uff10\uff4d\uff47'],
    ['Some <b>10</b>&nbsp;mg of cetirizine', '10</b>&nbsp;mg'],
    ['\ud83d\ude00\ud83d\ude00 Take 20 mg of fluoxetine', '20 mg'],
  ])('of %j points into the original text', (text, expected) => {
    expect(check(text).findings.map((f) => text.slice(f.from, f.to))).toContain(expected);
  });

  it('lies inside the text, and is not empty', () => {
    for (const { text } of [...load('dev'), ...load('report')]) {
      for (const f of check(text).findings) {
        expect(f.from, text).toBeGreaterThanOrEqual(0);
        expect(f.to, text).toBeLessThanOrEqual(text.length);
        expect(f.from, text).toBeLessThan(f.to);
      }
    }
  });
});

describe('near misses', () => {
  it.each([
    ['A fasting glucose of 126 mg/dL is a criterion.', 'Take 126 mg of it daily.'],
    ['Adults need about 1,000 mg of calcium a day.', 'Take 1,000 mg of calcium a day.'],
    ['Sodium should stay under 2,300 mg a day.', 'Prednisone should stay under 40 mg a day.'],
    ['A doctor may prescribe antibiotics.', 'You need antibiotics.'],
    ['Do not stop lisinopril without talking to your doctor.', 'Stop your lisinopril.'],
    ['You have two kidneys.', 'You have kidney stones.'],
    ['If you have diabetes, check your feet.', 'You have diabetes.'],
    ['This could be shingles or an allergy.', 'This is shingles.'],
    ['If the fever lasts three days, see a doctor.', 'If the fever lasts three days, start amoxicillin.'],
    ['Drink 500 ml of water twice a day.', 'Take 5 ml of ibuprofen syrup twice a day.'],
    ['BID means twice a day.', 'Naproxen BID.'],
    ['A positive test does not mean you have cancer.', 'A positive test means you have cancer.'],
  ])('%s | %s', (harmless, violation) => {
    expect(check(harmless).verdict).toBe('allow');
    expect(check(violation).verdict).toBe('block');
  });
});

describe('no text', () => {
  it('crashes the guard: arbitrary Unicode, lone surrogates, markup', () => {
    const wild = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc
        .array(
          fc.constantFrom(
            '\ud800',
            '\udc00',
            '<',
            '&#x',
            ';',
            '\\u',
            '%2',
            '5',
            ' mg',
            'take ',
            '\u200b',
            '你有',
            '-',
            '.',
            '\n',
            'a',
            '*',
            '|',
            '{',
            '½',
          ),
          { maxLength: 200 },
        )
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(wild, (text) => {
        const { findings } = check(text);
        for (const f of findings)
          if (f.from < 0 || f.to > text.length || f.from >= f.to)
            throw new Error(`range ${f.from}-${f.to} of ${text.length}`);
        screenQuestion(text);
      }),
      { numRuns: 400 },
    );
  });

  it.each([
    ['digits', '1234567890'],
    ['brackets', '([{<'],
    ['units', '500 mg mg ml '],
    ['number words', 'one two three hundred '],
    ['letters apart', 'a b c d '],
    ['quotes and hyphens', `a-'b-"`],
    ['entities', '&#x35;&nbsp;&'],
    ['if you have', 'if you have diabetes take '],
    ['base64', 'VGFrZSA1MDAgbWcg'],
    ['reversed', 'gm 005 ekat '],
    ['one letter', 'a'],
    ['Chinese', '每天两次每次一片布洛芬'],
  ])('takes more than linear time: %s', (_, unit) => {
    const time = (size: number): number => {
      const text = unit.repeat(Math.ceil(size / unit.length)).slice(0, size);
      const start = process.cpuUsage();
      check(text);
      const { user, system } = process.cpuUsage(start);
      return (user + system) / 1000;
    };
    time(40_000);
    const small = Math.min(time(100_000), time(100_000), time(100_000));
    const large = time(800_000);
    // Eight times the text: a quadratic reading would take sixty-four times as long.
    expect(large).toBeLessThan(24 * Math.max(small, 4));
  });

  it('of ten million characters in one line is too long', () => {
    expect(check('x'.repeat(10_000_000)).verdict).toBe('allow');
    expect(check(`${'x '.repeat(5_000_000)}Take 400 mg of ibuprofen.`).verdict).toBe('block');
  });
});
