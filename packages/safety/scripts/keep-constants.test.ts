import { describe, expect, it } from 'vitest';
import { keepConstants } from './keep-constants.ts';

describe('keepConstants', () => {
  it('writes what is never assigned again as a constant, each declaration for itself', () => {
    expect(
      keepConstants('var a = 1, b, C = class {}, d = 2;\nb = 3;\nfunction f() { d++; return a; }\nexport { f };'),
    ).toBe(
      'const a = 1;\nvar b;\nconst C = class {};\nvar d = 2;\nb = 3;\nfunction f() { d++; return a; }\nexport { f };',
    );
  });

  it.each([
    ['a pattern', '[a, { b: [a] }] = [1, 2];'],
    ['a loop over values', 'for (a of [1]);'],
    ['a loop over keys', 'for (a in {}) ;'],
    ['an operator', 'a ??= 1;'],
    ['a function', 'const set = (value) => { a = value; };'],
  ])('leaves what %s assigns', (_, rest) => {
    expect(keepConstants(`var a = 0; ${rest}`)).toBe(`var a = 0; ${rest}`);
  });

  it('makes a constant of what only has members assigned', () => {
    expect(keepConstants('var a = []; a[0] = 1; a.length++;')).toBe('const a = []; a[0] = 1; a.length++;');
  });

  it('leaves what is declared in a function, a block or a loop', () => {
    const code = 'for (var i = 0; i < 2; ) { var x = 1; break; }\nfunction f() { var y = 1; return y; }';
    expect(keepConstants(code)).toBe(code);
  });
});
