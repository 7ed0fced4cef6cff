/** Jobs of several ranks for tests: which launchers are here, and one job from start to end. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createRequire } from 'node:module';

export interface Mpi {
  readonly name: string;
  readonly command: string;
  /** Arguments before the program. */
  readonly options: readonly string[];
}

const environment = {
  ...process.env,
  OMPI_ALLOW_RUN_AS_ROOT: '1',
  OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1',
  // More ranks than cores: nobody is bound to one.
  OMPI_MCA_hwloc_base_binding_policy: 'none',
};

function versionOf(command: string): string {
  try {
    return execFileSync(command, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return '';
  }
}

const hasKoffi = (() => {
  try {
    createRequire(import.meta.url).resolve('koffi');
    return true;
  } catch {
    return false;
  }
})();

/** Why a launcher cannot be used here, or the launcher. */
export function findMpi(family: 'openmpi' | 'mpich'): Mpi | string {
  const [text, marker] = family === 'openmpi' ? ['Open MPI', 'Open MPI'] : ['MPICH', 'HYDRA'];
  if (!hasKoffi) return 'needs the package koffi';
  for (const command of [`mpirun.${family}`, 'mpirun']) {
    if (!versionOf(command).includes(marker)) continue;
    // Hydra kills the others at once; without that, they say which one was lost and end by themselves.
    return { name: text, command, options: [family === 'openmpi' ? '--oversubscribe' : '-disable-auto-cleanup'] };
  }
  return `needs ${text}'s mpirun`;
}

export interface Job {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly errors: () => string;
  /** Resolves with the exit code once the launcher has ended. */
  readonly ended: Promise<number>;
}

export function startJob(mpi: Mpi, ranks: number, program: readonly string[], env: NodeJS.ProcessEnv = {}): Job {
  let output = '';
  let errors = '';
  const child = spawn(mpi.command, [...mpi.options, '-n', String(ranks), ...program], {
    env: { ...environment, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.on('data', (text) => {
    output += text;
  });
  child.stderr.on('data', (text) => {
    errors += text;
  });
  const ended = new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? (signal ? 128 : 1)));
  });
  return { child, output: () => output, errors: () => errors, ended };
}

/** Polls until something is true. */
export async function until(condition: () => boolean, what: string, seconds = 30): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`waited ${seconds} s for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
