/** Where a machine keeps its MPI library. Names go to the linker, which looks where it always does. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { MpiFamily } from './launcher.ts';

/** Environment variable with the path of the library to load, before all others. */
export const LIBRARY_VARIABLE = 'ALPACARE_MPI_LIBRARY';

const names: Readonly<Record<'darwin' | 'other', Readonly<Record<MpiFamily, readonly string[]>>>> = {
  other: {
    openmpi: ['libmpi.so.40', 'libmpi.so'],
    // Debian's MPICH, MPICH as it installs itself and Intel MPI, Cray.
    mpich: ['libmpich.so.12', 'libmpi.so.12', 'libmpich.so', 'libmpi_gnu.so.12', 'libmpi.so'],
  },
  darwin: {
    openmpi: ['libmpi.40.dylib', 'libmpi.dylib', '/opt/homebrew/lib/libmpi.dylib', '/usr/local/lib/libmpi.dylib'],
    mpich: ['libmpi.12.dylib', 'libmpich.dylib', '/opt/homebrew/lib/libmpi.dylib', '/usr/local/lib/libmpi.dylib'],
  },
};

/**
 * What to try, in this order. A launcher that lies in its own folder (`/opt/mpi/bin/mpirun`) has its library beside it.
 * @param families  the likeliest first
 */
export function libraryCandidates(
  families: readonly MpiFamily[],
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): string[] {
  const chosen = environment[LIBRARY_VARIABLE];
  if (chosen) return [chosen];
  const table = names[platform === 'darwin' ? 'darwin' : 'other'];
  const plain = families.flatMap((family) => table[family]);
  // Open MPI tells its processes where it was installed; I_MPI_ROOT and MPI_HOME are set by environment modules.
  const roots = [environment.OPAL_PREFIX, environment.I_MPI_ROOT, environment.MPI_HOME, environment.MPICH_DIR];
  const inRoots = roots.flatMap((root) =>
    root ? ['lib', 'lib64', 'lib/release'].flatMap((lib) => plain.map((name) => path.join(root, lib, name))) : [],
  );
  return [...new Set([...inRoots.filter((file) => existsSync(file)), ...plain])];
}
