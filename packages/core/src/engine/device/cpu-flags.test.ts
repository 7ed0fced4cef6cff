import { expect, it } from 'vitest';
import { multipliesBf16, parseCpuFlags } from './cpu-flags.ts';

it.each([
  ['flags\t\t: fpu avx512f avx512_bf16 sse', true],
  ['Features\t: fp asimd bf16', true],
  ['flags\t\t: fpu avx2', false],
  ['nothing of the kind', false],
])('%j: bf16 products %s', (text, has) => {
  expect(multipliesBf16(text)).toBe(has);
});

it('reads the first processor only', () => {
  expect([...parseCpuFlags('flags : a b\nflags : c\n')]).toEqual(['a', 'b']);
});
