import { expect, it } from 'vitest';
import { chooseInt8Products } from './integer-unit.ts';

const linux = (line: string) => ({ platform: 'linux', arch: 'x64', cpuInfo: `processor\t: 0\n${line}\nbugs\t:\n` });

it.each([
  [linux('flags\t\t: fpu avx512f avx512_vnni amx_tile amx_int8'), 'accurate', 'AMX'],
  [linux('flags\t\t: fpu avx2 avx_vnni'), 'accurate', 'AVX-VNNI'],
  [linux('Features\t: fp asimd asimddp'), 'accurate', 'Arm dot product'],
  [linux('flags\t\t: fpu avx2 avx512f'), 'widened', 'none of'],
  [{ platform: 'win32', arch: 'x64', cpuInfo: undefined }, 'widened', 'cannot be read on win32'],
  [{ platform: 'darwin', arch: 'arm64', cpuInfo: undefined }, 'accurate', 'Apple'],
])('%o: %s', (machine, products, reason) => {
  const choice = chooseInt8Products(machine);
  expect(choice.products).toBe(products);
  // Signed weights saturate without the instructions.
  expect(choice.unsignedWeights).toBe(products === 'widened');
  expect(choice.reason).toContain(reason);
});
