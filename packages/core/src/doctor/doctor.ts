/** What this machine has and lacks for training. Nothing here throws because something is absent. */
import { accessSync, constants, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { totalmem } from 'node:os';
import path from 'node:path';
import { inspectMpi, type MpiReport } from '../collective/inspect-mpi.ts';
import { type CudaMachine, inspectCuda, missingForCuda, onnxRequirement } from '../engine/device/cuda-requirements.ts';
import type { Gpu } from '../engine/device/find-gpus.ts';
import { presentVersions } from '../engine/device/find-libraries.ts';
import { vulkanDrivers } from '../engine/onnx/onnx-device.ts';
import { type EngineAttempt, type EngineCandidate, engineCandidates, tryCandidate } from '../engine/select-engine.ts';
import { findBinding } from '../engine/tensorflow/find-binding.ts';
import { TensorflowEngine } from '../engine/tensorflow/tensorflow-engine.ts';
import type { MissingPart } from '../errors.ts';
import { DEFAULT_ENDPOINT, hubSettings } from '../hub/hub-settings.ts';
import { type CpuReport, inspectCpu } from './cpu-features.ts';
import { probeSpeed, type SpeedProbe } from './speed-probe.ts';

const OLDEST_NODE = [20, 19] as const;

/** This Node.js, and whether it is recent enough. */
export interface NodeReport {
  /** Of Node.js, such as `v20.20.2`. */
  readonly version: string;
  /** Such as `linux x64`. */
  readonly platform: string;
  /** Whether the packages run on this version. */
  readonly isSupported: boolean;
}

/** Memory of the machine, in bytes. */
export interface MemoryReport {
  /** Memory of the machine. */
  readonly totalBytes: number;
  /** What is left for this process, a container's limit counted. */
  readonly availableBytes: number;
}

/** A folder that is written to, and the room left in it. */
export interface FolderReport {
  /** Absolute path. */
  readonly folder: string;
  /** Whether it is there. */
  readonly exists: boolean;
  /** Whether it, or the nearest folder above it that exists, may be written. */
  readonly isWritable: boolean;
}

/** Whether an engine works here, and how fast. */
export interface EngineReport extends EngineAttempt {
  /** What loaded: "onnxruntime-node 1.30.0", "TensorFlow 2.9.1 from @tensorflow/tfjs-node-gpu 4.22.0". */
  readonly version: string | null;
  /** How fast it multiplies, where it works and was measured. */
  readonly speed?: SpeedProbe;
  /** Whether `auto` tries it at all. */
  readonly isInAuto: boolean;
}

/** Graphics processors that were found. */
export interface GpuReport {
  /** Graphics processors the system lists. */
  readonly gpus: readonly Gpu[];
  /** Version of the NVIDIA driver; null where there is none. */
  readonly nvidiaDriver: string | null;
  /** CUDA, cuDNN and Vulkan libraries, with the versions the linker finds. */
  readonly libraries: Readonly<Record<string, readonly string[]>>;
  /** Drivers that WebGPU could use, by name. */
  readonly vulkanDrivers: readonly string[];
  /** What ONNX Runtime's CUDA provider lacks. */
  readonly missingForCuda: readonly MissingPart[];
}

/** What this machine has and lacks for training. */
export interface DoctorReport {
  /** Node.js, and whether it is supported. */
  readonly node: NodeReport;
  /** Processor and its instructions. */
  readonly cpu: CpuReport;
  /** Memory of the machine and what is free of it. */
  readonly memory: MemoryReport;
  /** Graphics processors, drivers and libraries. */
  readonly gpu: GpuReport;
  /** Each engine: whether it works, and if not what is missing. */
  readonly engines: readonly EngineReport[];
  /** What `auto` would take; `null` where nothing works. */
  readonly auto: { readonly engine: string; readonly device: string; readonly reason: string } | null;
  /** MPI libraries, for jobs of several processes. */
  readonly mpi: MpiReport;
  /** Where models of the hub are kept. */
  readonly hubCache: FolderReport;
  /** The current folder. */
  readonly workFolder: FolderReport;
}

/** What {@link runDoctor} looks at. */
export interface DoctorOptions {
  /** Length of the speed probe of each engine; 0 leaves it out. Default: 1000. */
  readonly probeMs?: number;
  /** Where adapters would be written. Default: the current folder. */
  readonly folder?: string;
  /** @internal for tests */
  readonly candidates?: readonly EngineCandidate[];
}

const libraryNames = ['libcuda', 'libcudart', 'libcublas', 'libcublasLt', 'libcufft', 'libcudnn', 'libvulkan'];

export function inspectNode(version = process.versions.node): NodeReport {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isSupported = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  return { version, platform: `${process.platform} ${process.arch}`, isSupported };
}

export function inspectFolder(folder: string): FolderReport {
  const exists = existsSync(folder);
  let nearest = path.resolve(folder);
  while (!existsSync(nearest) && path.dirname(nearest) !== nearest) nearest = path.dirname(nearest);
  let isWritable = true;
  try {
    accessSync(nearest, constants.W_OK);
  } catch {
    isWritable = false;
  }
  return { folder: path.resolve(folder), exists, isWritable };
}

function inspectGpu(machine: CudaMachine): GpuReport {
  return {
    gpus: machine.gpus,
    nvidiaDriver: machine.driver ?? null,
    libraries: Object.fromEntries(libraryNames.map((name) => [name, presentVersions(machine.libraries, name)])),
    vulkanDrivers: vulkanDrivers(),
    missingForCuda: missingForCuda(onnxRequirement, machine),
  };
}

function onnxVersion(): string {
  const manifest = createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string };
  return `onnxruntime-node ${manifest.version}`;
}

async function inspectEngine(candidate: EngineCandidate, probeMs: number, isInAuto: boolean): Promise<EngineReport> {
  let version: string | null = candidate.engine === 'onnx' ? onnxVersion() : null;
  try {
    if (candidate.engine === 'tensorflow') version = findBinding().origin;
  } catch {
    // The attempt below says what is missing.
  }
  const { attempt, engine } = await tryCandidate(candidate).catch((error: Error) => ({
    attempt: {
      engine: candidate.engine,
      device: candidate.device,
      outcome: 'failed' as const,
      reason: `${error.name}: ${error.message}`,
    },
    engine: undefined,
  }));
  if (!engine) return { ...attempt, version, isInAuto };
  try {
    if (engine instanceof TensorflowEngine) version = `TensorFlow ${engine.info.version} from ${engine.info.origin}`;
    if (probeMs === 0) return { ...attempt, version, isInAuto };
    return { ...attempt, version, isInAuto, speed: await probeSpeed(engine, probeMs) };
  } finally {
    await engine.dispose();
  }
}

/** Looks at everything, one engine after the other. Takes about two seconds for each engine that works. */
export async function runDoctor({
  probeMs = 1000,
  folder = process.cwd(),
  candidates = engineCandidates('auto'),
}: DoctorOptions = {}): Promise<DoctorReport> {
  const engines: EngineReport[] = [];
  for (const candidate of candidates) engines.push(await inspectEngine(candidate, probeMs, true));
  const chosen = engines.find(({ outcome }) => outcome === 'works');
  // A CPU build of TensorFlow is there to try things out, and `auto` leaves it alone.
  for (const candidate of engineCandidates('tensorflow')) engines.push(await inspectEngine(candidate, probeMs, false));
  const { cacheFolder } = await hubSettings({ token: null, endpoint: DEFAULT_ENDPOINT });
  return {
    node: inspectNode(),
    cpu: inspectCpu(),
    memory: { totalBytes: totalmem(), availableBytes: process.availableMemory() },
    gpu: inspectGpu(inspectCuda()),
    engines,
    auto: chosen ? { engine: chosen.engine, device: chosen.device, reason: chosen.reason } : null,
    mpi: await inspectMpi(),
    hubCache: inspectFolder(cacheFolder),
    workFolder: inspectFolder(folder),
  };
}
