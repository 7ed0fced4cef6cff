/** Whether this processor multiplies 8-bit integers fast enough to be worth it. */
import { arch, platform } from 'node:os';
import { parseCpuFlags, readCpuInfo } from '../device/cpu-flags.ts';
import type { Int8Products } from '../engine.ts';

/** How products of int8 weights are computed, and why. */
export interface Int8Choice {
  /** How int8 products are computed. */
  readonly products: Int8Products;
  /** Whether weights are multiplied as unsigned numbers: slower with these instructions, right without them. */
  readonly unsignedWeights: boolean;
  /** Why, in words a person can read. */
  readonly reason: string;
}

/** Instructions that multiply unsigned with signed bytes and add up in 32 bits, without saturating on the way. */
const FLAGS: Readonly<Record<string, string>> = {
  amx_int8: 'AMX',
  avx512_vnni: 'AVX-512 VNNI',
  avx_vnni: 'AVX-VNNI',
  i8mm: 'Arm I8MM',
  asimddp: 'Arm dot product',
};

export interface Machine {
  readonly platform: string;
  readonly arch: string;
  /** /proc/cpuinfo, where there is one. */
  readonly cpuInfo: string | undefined;
}

const thisMachine = (): Machine => ({ platform: platform(), arch: arch(), cpuInfo: readCpuInfo() });

/**
 * What `auto` becomes: `accurate` where the processor has the instructions, `widened` where it has none (there, two
 * terms take as long as f32 and gain nothing) and where nobody can tell.
 */
export function chooseInt8Products(machine: Machine = thisMachine()): Int8Choice {
  if (machine.platform === 'darwin' && machine.arch === 'arm64') {
    return { products: 'accurate', unsignedWeights: false, reason: 'every Apple processor has the Arm dot product' };
  }
  if (machine.cpuInfo === undefined) {
    return {
      products: 'widened',
      unsignedWeights: true,
      reason: `the processor's instructions cannot be read on ${machine.platform}`,
    };
  }
  const flags = parseCpuFlags(machine.cpuInfo);
  const found = Object.keys(FLAGS).find((flag) => flags.has(flag));
  if (found) return { products: 'accurate', unsignedWeights: false, reason: `the processor has ${FLAGS[found]}` };
  return {
    products: 'widened',
    unsignedWeights: true,
    reason: `the processor has none of ${Object.values(FLAGS).join(', ')}: integer products gain speed with 'fast' only`,
  };
}
