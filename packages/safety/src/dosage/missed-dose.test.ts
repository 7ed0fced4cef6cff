import { describe, expect, it } from 'vitest';
import { check } from '../check.ts';
import { profile, structureRules } from '../index.ts';

const structures = { ...profile(), rules: structureRules };

describe('a missed dose', () => {
  it.each([
    'Take the missed dose as soon as you remember it.',
    'However, if it is almost time for the next dose, skip the missed dose and continue the regular dosing schedule.',
    'If you forget your tablet, take it as soon as you remember.',
  ])('is a dose where the reader is told when to take it: %s', (text) => {
    const reasons = check(text, structures).findings.map(({ reason }) => reason);
    expect(reasons).toContain('when to take a missed dose');
    expect(check(text).verdict).toBe('block');
  });

  it.each([
    'Ask your pharmacist whether to take a missed dose.',
    'The leaflet says when to take a missed tablet.',
    "Don't double up after a missed dose.",
    'If you miss a dose, ask your pharmacist.',
  ])('is none where it is left to others: %s', (text) => expect(check(text).verdict).toBe('allow'));
});
