/** Runs a command as one rank of the job that mpirun or srun started, or alone. */
import { hostname } from 'node:os';
import type { Collective } from '@alpacare/core';
import { messageOf } from '../ui/report-error.ts';

/** Errors that every rank finds at the same place, so that one speaks for all. */
const common = new Set(['NON_FINITE_LOSS', 'COLLECTIVE']);

/**
 * Alone, an error is thrown as it is. Of several ranks, the first that fails ends all of them, with one message that
 * names it.
 */
export async function onRanks<T>(work: (collective: Collective) => Promise<T>): Promise<T> {
  const { detectLaunch, openCollective } = await import('@alpacare/core');
  const collective = await openCollective().catch((error: Error) => {
    const launch = detectLaunch();
    if (launch) error.message = `rank ${launch.rank} on ${hostname()}: ${error.message}`;
    throw error;
  });
  if (collective.size === 1) return work(collective);
  try {
    const result = await work(collective);
    await collective.dispose();
    return result;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return collective.abort(messageOf(error), common.has(code ?? '') ? 'common' : 'own');
  }
}
