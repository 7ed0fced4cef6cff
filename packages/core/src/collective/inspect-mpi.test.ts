import { afterEach, describe, expect, it, vi } from 'vitest';
import { inspectMpi } from './inspect-mpi.ts';

afterEach(() => vi.unstubAllEnvs());

describe('looking for MPI', () => {
  it('keeps UCX, which may come with a library, out of the memory functions and signals of this process', async (ctx) => {
    vi.stubEnv('UCX_MEM_MMAP_HOOK_MODE', undefined);
    vi.stubEnv('UCX_ERROR_SIGNALS', undefined);
    const { hasKoffi } = await inspectMpi();
    if (!hasKoffi) return ctx.skip('koffi is not installed');
    expect(process.env.UCX_MEM_MMAP_HOOK_MODE).toBe('none');
    expect(process.env.UCX_ERROR_SIGNALS).toBe('');
  });

  it('leaves what the user has set', async () => {
    vi.stubEnv('UCX_MEM_MMAP_HOOK_MODE', 'reloc');
    await inspectMpi();
    expect(process.env.UCX_MEM_MMAP_HOOK_MODE).toBe('reloc');
  });
});
