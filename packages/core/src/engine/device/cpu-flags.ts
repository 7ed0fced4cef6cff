/** What Linux says the processor can do. */
import { readFileSync } from 'node:fs';

/** Flags (x86) or features (Arm) of the first processor in the text of /proc/cpuinfo. */
export const parseCpuFlags = (cpuinfo: string): ReadonlySet<string> =>
  new Set(/^(?:flags|Features)\s*:(.*)$/m.exec(cpuinfo)?.[1]?.trim().split(/\s+/));

/** Text of /proc/cpuinfo; `undefined` where the system has none. */
export function readCpuInfo(file = '/proc/cpuinfo'): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

const BF16_FLAGS = ['avx512_bf16', 'amx_bf16', 'bf16', 'svebf16'];

/** Whether the processor has instructions for products of bf16; `false` where nobody can tell. */
export function multipliesBf16(cpuinfo = readCpuInfo()): boolean {
  const flags = parseCpuFlags(cpuinfo ?? '');
  return BF16_FLAGS.some((flag) => flags.has(flag));
}
