/** What the processor can do that makes training faster. */
import { availableParallelism, cpus } from 'node:os';
import { parseCpuFlags, readCpuInfo } from '../engine/device/cpu-flags.ts';

/** Linux's names of instruction sets that ONNX Runtime or TensorFlow have kernels for. */
const features = {
  avx2: 'AVX2',
  avx512f: 'AVX512',
  avx512_vnni: 'AVX512 VNNI (int8)',
  avx_vnni: 'AVX VNNI (int8)',
  avx512_bf16: 'AVX512 BF16',
  amx_int8: 'AMX int8',
  amx_bf16: 'AMX bf16',
  asimddp: 'dot product (int8)',
  i8mm: 'I8MM (int8)',
  sve: 'SVE',
} as const;

/** The processor, and the vector and matrix units that make a difference. */
export interface CpuReport {
  /** As the system names the processor. */
  readonly model: string;
  /** Such as `x64` or `arm64`. */
  readonly architecture: string;
  /** Threads this process may use. */
  readonly threads: number;
  /** Names of instruction sets found; `null` where the system does not tell. */
  readonly features: readonly string[] | null;
}

/** @param file  Linux's list of processors */
export function inspectCpu(file?: string): CpuReport {
  const cpuinfo = readCpuInfo(file);
  return {
    model: cpus()[0]?.model.trim() ?? 'unknown',
    architecture: process.arch,
    threads: availableParallelism(),
    features: cpuinfo === undefined ? null : readFeatures(cpuinfo),
  };
}

/** The first processor's flags (x86) or features (ARM) that we know of. */
export function readFeatures(cpuinfo: string): string[] {
  const flags = parseCpuFlags(cpuinfo);
  return Object.entries(features).flatMap(([flag, name]) => (flags.has(flag) ? [name] : []));
}
