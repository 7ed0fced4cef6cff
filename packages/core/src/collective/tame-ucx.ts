/**
 * Settings of UCX, which an MPI may lie on, for a process that is not made for it. It rewrites the C library's functions for
 * memory while threads of ours are in them, and takes the signals of faults, which V8 has a use for: neither. MPICH
 * lets it move large messages by reading a peer's memory, where it aborts when the peer is gone, before anybody can say so;
 * its other ways through shared memory wait instead. To be called before MPI is loaded, and in the main thread, whose
 * environment libraries see. What the user has set stays.
 */
export function tameUcx(isMpich: boolean): void {
  process.env.UCX_MEM_MMAP_HOOK_MODE ??= 'none';
  process.env.UCX_ERROR_SIGNALS ??= '';
  if (isMpich) process.env.UCX_TLS ??= '^cma';
}
