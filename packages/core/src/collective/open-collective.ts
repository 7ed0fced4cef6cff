/** The job this process belongs to. */
import { InvalidOptionError, MpiUnavailableError } from '../errors.ts';
import type { Collective } from './collective.ts';
import { detectLaunch, unconnectedTasks } from './launcher.ts';
import type { MpiOptions } from './mpi-collective.ts';
import { singleProcess } from './single-process.ts';

/**
 * Joins the other ranks when started by `mpirun` or `srun`; alone, nothing of MPI is loaded.
 * `ALPACARE_MPI_SILENCE` and `ALPACARE_MPI_STALL`, in seconds, stand in for options that are not given.
 * @throws {MpiUnavailableError} saying what is missing, or that `srun` started processes that cannot find each other
 */
export async function openCollective(options: MpiOptions = {}): Promise<Collective> {
  const launch = detectLaunch();
  if (!launch) {
    const tasks = unconnectedTasks();
    if (tasks === null) return singleProcess;
    throw new MpiUnavailableError(
      `srun started ${tasks} tasks that know nothing of each other, and each would do the whole job; ` +
        'start them with srun --mpi=pmix (or --mpi=pmi2), or one task with --ntasks=1',
    );
  }
  const silenceSeconds = options.silenceSeconds ?? secondsFrom('ALPACARE_MPI_SILENCE');
  const stallSeconds = options.stallSeconds ?? secondsFrom('ALPACARE_MPI_STALL');
  const { MpiCollective } = await import('./mpi-collective.ts');
  return MpiCollective.start(launch, {
    ...(silenceSeconds !== undefined && { silenceSeconds }),
    ...(stallSeconds !== undefined && { stallSeconds }),
  });
}

function secondsFrom(name: string): number | undefined {
  const text = process.env[name];
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (!(value > 0)) throw new InvalidOptionError(name, `must be a number of seconds above 0, found "${text}"`);
  return value;
}
