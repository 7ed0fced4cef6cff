/** Which MPI this machine has, for the doctor. Libraries are loaded and asked their version; MPI is not started. */
import { detectLaunch, type Launch, type MpiFamily } from './launcher.ts';
import { libraryCandidates } from './mpi-library.ts';
import { tameUcx } from './tame-ucx.ts';

/** What training on several machines would use here. */
export interface MpiReport {
  /** Whether the optional package koffi, through which the library is called, is installed. */
  readonly hasKoffi: boolean;
  /** Every MPI library found, with its path, family and version. */
  readonly libraries: readonly { readonly path: string; readonly family: MpiFamily; readonly version: string }[];
  /** The job this very process belongs to. */
  readonly launch: Launch | null;
}

/** Never throws: what is absent is left out. */
export async function inspectMpi(): Promise<MpiReport> {
  const launch = detectLaunch();
  const binding = await import('./mpi-binding.js').catch(() => null);
  if (!binding) return { hasKoffi: false, libraries: [], launch };
  // Its hooks are set as soon as a library above it is loaded, and crashed V8 in a process that only asked.
  tameUcx(false);
  const libraries: { path: string; family: MpiFamily; version: string }[] = [];
  for (const candidate of libraryCandidates(['openmpi', 'mpich'])) {
    try {
      const { path, family, version } = binding.loadLibrary(candidate);
      if (!libraries.some((known) => known.version === version)) libraries.push({ path, family, version });
    } catch {
      // not here
    }
  }
  return { hasKoffi: true, libraries, launch };
}
