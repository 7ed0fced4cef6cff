/** `alpacare doctor`: what this machine has and lacks for training. Exit 0, whatever is absent. */
import type { DoctorReport, EngineReport, FolderReport } from '@alpacare/core';
import { Command } from 'commander';
import { wholeNumber } from '../config/options.ts';
import { pc } from '../ui/colors.ts';

interface DoctorFlags {
  readonly json?: boolean;
  readonly probeMs: number;
}

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('Say what this machine has and lacks for training, and which engine `auto` would take')
    .option('--probe-ms <n>', 'length of the speed probe of each engine; 0 leaves it out', wholeNumber, 1000)
    .option('--json', 'the whole report as JSON')
    .action(async ({ json, probeMs }: DoctorFlags) => {
      const { runDoctor } = await import('@alpacare/core');
      const report = await runDoctor({ probeMs });
      process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : describe(report));
    });
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
const listed = (items: readonly string[], none: string): string => (items.length > 0 ? items.join(', ') : none);

const marks: Readonly<Record<EngineReport['outcome'], string>> = {
  works: pc.green('works'),
  unavailable: pc.yellow('unavailable'),
  failed: pc.red('failed'),
  'not-tried': 'not tried',
};

function describeEngine({ engine, device, outcome, reason, version, speed, isInAuto }: EngineReport): string {
  const name = `${engine} on ${device}${isInAuto ? '' : ' (not part of auto)'}`;
  const facts = [version, speed && `${speed.gflops.toFixed(0)} GFLOP/s in f32`].filter((fact) => fact);
  return `  ${name}: ${marks[outcome]}${facts.length > 0 ? `, ${facts.join(', ')}` : ''}\n    ${reason.replaceAll('\n', '\n    ')}\n`;
}

const describeFolder = ({ folder, exists, isWritable }: FolderReport): string =>
  `${folder} (${exists ? 'there' : 'not there yet'}, ${isWritable ? 'may be written' : pc.red('may not be written')})`;

function describeMpi({ hasKoffi, libraries }: DoctorReport['mpi']): string {
  if (!hasKoffi) return 'not looked for: the package koffi is not installed (several machines only)';
  const found = libraries.map(({ version, path }) => `${version} (${path})`);
  return listed(found, 'none found (several machines only)');
}

/** @internal for tests */
export function describe({ node, cpu, memory, gpu, engines, auto, mpi, hubCache, workFolder }: DoctorReport): string {
  const libraries = Object.entries(gpu.libraries).map(([name, versions]) => `${name} ${listed(versions, 'missing')}`);
  const rows: readonly (readonly [string, string])[] = [
    [
      'Node',
      `${node.version} on ${node.platform}${node.isSupported ? '' : pc.red(': too old, 20.19 or later is needed')}`,
    ],
    [
      'Processor',
      `${cpu.model}, ${cpu.threads} threads, ${cpu.features ? listed(cpu.features, 'no AVX2') : 'features unknown'}`,
    ],
    ['Memory', `${gigabytes(memory.availableBytes)} of ${gigabytes(memory.totalBytes)} available`],
    [
      'GPUs',
      listed(
        gpu.gpus.map(({ vendor, id, isDiscrete }) => `${vendor} ${id}${isDiscrete ? '' : ' (integrated)'}`),
        'none',
      ),
    ],
    ['NVIDIA driver', gpu.nvidiaDriver ?? 'none'],
    ['Libraries', libraries.join('; ')],
    ['Vulkan drivers', listed(gpu.vulkanDrivers, 'none')],
    ['MPI', describeMpi(mpi)],
    ['Hub cache', describeFolder(hubCache)],
    ['This folder', describeFolder(workFolder)],
  ];
  const table = rows.map(([name, value]) => `${pc.bold(name.padEnd(15))} ${value}\n`).join('');
  const choice = auto ? `${auto.engine} on ${auto.device}` : pc.red('nothing works here');
  return `${table}\n${pc.bold('Engines')}\n${engines.map(describeEngine).join('')}\n${pc.bold('auto')} would take: ${choice}\n`;
}
