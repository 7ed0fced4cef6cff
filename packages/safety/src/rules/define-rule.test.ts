import { describe, expect, it } from 'vitest';
import { check } from '../check.ts';
import { BadPolicyError, BadRuleError, UnsafePatternError } from '../errors.ts';
import { changePolicy, profile } from '../policy.ts';
import { parsePolicy } from '../policy-schema.ts';
import { defineRule } from './define-rule.ts';
import type { Rule } from './rule.ts';
import { testRule } from './test-rule.ts';

describe('defineRule', () => {
  const hotline = defineRule({
    id: 'house/hotline',
    category: 'custom',
    pattern: /call\s+our hotline/gi,
    allow: /never/,
  });

  it('matches every time, whatever flags the pattern carries', () => {
    const policy = changePolicy(profile(), { add: [hotline] });
    for (let i = 0; i < 5; i++)
      expect(check('Please call our hotline today.', policy).findings).toMatchObject([
        { rule: 'house/hotline', from: 7, to: 23 },
      ]);
    const sticky = defineRule({ id: 'sticky', category: 'custom', pattern: /hotline/y });
    expect(testRule(sticky, [{ text: 'our hotline', expect: 'hotline' }]).failures).toEqual([]);
  });

  it('drops what is allowed', () => {
    expect(
      testRule(hotline, [
        { text: 'Call our hotline.', expect: true },
        { text: 'Never call our hotline.'.toLowerCase(), expect: false },
      ]).failures,
    ).toEqual([]);
  });

  it.each(['(a+)+\\1', '(?=a)b', 'a(?!b)', '(?<!x)y'])('refuses %s, which no linear-time engine runs', (pattern) => {
    expect(() => defineRule({ id: 'bad', category: 'custom', pattern })).toThrow(UnsafePatternError);
  });

  it('runs a pattern that would explode in a backtracking engine', () => {
    const rule = defineRule({ id: 'nested', category: 'custom', pattern: /(a+)+$/ });
    const start = performance.now();
    check(`${'a'.repeat(20_000)}!`, changePolicy(profile(), { add: [rule] }));
    expect(performance.now() - start).toBeLessThan(20_000);
  });

  it('refuses what could never work', () => {
    expect(() => defineRule({ id: 'Bad Id', category: 'custom', pattern: 'x' })).toThrow(BadRuleError);
    expect(() => defineRule({ id: 'empty', category: 'custom', pattern: 'x*' })).toThrow(BadRuleError);
    expect(() => defineRule({ id: 'none', category: 'custom' })).toThrow(BadRuleError);
    expect(() => defineRule({ id: 'wide', category: 'custom', pattern: 'x', maxSpan: 10_000 })).toThrow(BadRuleError);
  });

  it('gives a detector the sentence and what came before it', () => {
    const seen: string[] = [];
    const rule = defineRule({
      id: 'seen',
      category: 'custom',
      detect: (window) => {
        seen.push(`${window.text.slice(0, window.start)}|${window.text.slice(window.start)}`);
        return [];
      },
    });
    check('One here. Two here. Three here.', changePolicy(profile(), { add: [rule] }));
    expect(seen).toEqual(['|One here. ', 'One here. |Two here. ', 'One here. Two here. |Three here.']);
  });

  it('is refused with a leastSuspicion that is no number', () => {
    for (const leastSuspicion of [Number.NaN, '3' as unknown as number])
      expect(() => defineRule({ id: 'odd', category: 'custom', pattern: 'x', leastSuspicion })).toThrow(
        /odd.*leastSuspicion must be a number of nats, got (?:NaN|3)/s,
      );
  });

  it('hides nothing from other rules, whatever a rule made by hand says', () => {
    const byHand: Rule = {
      id: 'by-hand',
      category: 'custom',
      severity: 'high',
      reason: 'mentions the liver',
      maxSpan: 10,
      leastSuspicion: Number.NaN,
      find: () => [],
    };
    const dose = 'Take 400 mg of ibuprofen twice a day.';
    expect(check(dose, changePolicy(profile(), { add: [byHand] })).verdict).toBe('block');
    // It is shown no less suspicious sentence than it asks for, also beside a rule that looks at all.
    const bile: Rule = { ...byHand, leastSuspicion: 0, find: () => [{ from: 0, to: 3 }] };
    const all = defineRule({ id: 'all', category: 'custom', pattern: 'nothing of this kind' });
    for (const rules of [[bile], [bile, all]])
      expect(check('The liver makes bile.', { ...profile(), rules }).verdict).toBe('allow');
  });

  it('shows a detector no sentence that is less suspicious than it asks for', () => {
    const shown: string[] = [];
    const watching = (id: string, leastSuspicion?: number) =>
      defineRule({
        id,
        category: 'custom',
        ...(leastSuspicion === undefined ? {} : { leastSuspicion }),
        detect: (window) => {
          shown.push(`${id} ${window.text.slice(window.start).trim()}`);
          return [];
        },
      });
    const text = 'The liver makes bile. Take 400 mg of ibuprofen twice a day.';
    const read = (...rules: readonly ReturnType<typeof defineRule>[]): readonly string[] => {
      shown.length = 0;
      check(text, { ...profile(), rules });
      return [...shown];
    };
    expect(read(watching('some', 0))).toEqual(['some Take 400 mg of ibuprofen twice a day.']);
    // Another rule that looks at all does not change what it is shown.
    expect(read(watching('some', 0), watching('all'))).toEqual([
      'all The liver makes bile.',
      'some Take 400 mg of ibuprofen twice a day.',
      'all Take 400 mg of ibuprofen twice a day.',
    ]);
  });

  it('reports failures of a rule test in words', () => {
    const { passed, failures } = testRule(hotline, [
      { text: 'nothing', expect: true },
      { text: 'call our hotline', expect: 'hotline' },
    ]);
    expect(passed).toBe(0);
    expect(failures.map((f) => f.problem)).toEqual(['found nothing', 'expected "hotline", found ["call our hotline"]']);
  });
});

describe('changePolicy', () => {
  it('removes, replaces and adds, and marks the version', () => {
    const policy = changePolicy(profile(), { remove: ['dosage'] });
    expect(check('Take 400 mg of ibuprofen.', policy).verdict).toBe('allow');
    expect(policy.version).toBe('1+');
    expect(() => changePolicy(profile(), { remove: ['dosages'] })).toThrow(/there are dosage, prescription/);
    expect(() => changePolicy(profile(), { add: [...profile().rules] })).toThrow(BadRuleError);
  });
});

describe('strict', () => {
  it('blocks by the word list as well', () => {
    const text = 'The reading was 126 mg/dL; I cannot prescribe.';
    expect(check(text).verdict).toBe('allow');
    expect(check(text, profile('strict')).findings.map((f) => f.rule)).toEqual([
      'strict/number-and-unit',
      'strict/prescribing-words',
    ]);
  });
});

describe('parsePolicy', () => {
  it('reads a file', () => {
    const policy = parsePolicy({
      name: 'clinic',
      profile: 'standard',
      add: [{ id: 'brand', pattern: 'acme\\s+plus' }],
      onViolation: 'replace-sentence',
    });
    expect(check('Buy ACME  plus.', policy).findings).toMatchObject([
      { rule: 'brand', category: 'custom', from: 4, to: 14 },
    ]);
  });

  it('names every field that is wrong', () => {
    expect(() => parsePolicy({ profil: 'standard', add: [{ id: 'x y', pattern: '' }] }, 'p.json')).toThrow(
      BadPolicyError,
    );
    expect(() => parsePolicy({ profil: 'standard', add: [{ id: 'x y', pattern: '' }] }, 'p.json')).toThrow(
      /p\.json: .*add\.0\.id.*add\.0\.pattern.*profil/s,
    );
    expect(() => parsePolicy({ add: [{ id: 'x', pattern: '(a)\\1' }] })).toThrow(UnsafePatternError);
  });
});
