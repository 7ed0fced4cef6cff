/** How many threads a rank may use beside the others on its machine. */
import { readFileSync } from 'node:fs';
import { availableParallelism, hostname } from 'node:os';
import type { Collective } from './collective.ts';

/** Processors this process is bound to, as the kernel lists them; the whole machine where it does not say. */
function boundTo(): string {
  try {
    return /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 'all';
  } catch {
    return 'all';
  }
}

/**
 * This rank's part of the processors it may use: ranks that are bound to the same ones share them. All ranks call it.
 * @returns `undefined` for a process alone, which may use all
 */
export async function threadsOfRank(collective: Collective): Promise<number | undefined> {
  if (collective.size === 1) return undefined;
  const own = `${hostname()} ${boundTo()}`;
  const all = await collective.allGather(new TextEncoder().encode(own));
  const sharing = all.filter((bytes) => new TextDecoder().decode(bytes) === own).length;
  return Math.max(1, Math.floor(availableParallelism() / sharing));
}
