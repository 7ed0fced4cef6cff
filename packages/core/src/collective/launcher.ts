/** Who started this process, read from the environment alone: nothing of MPI is loaded to find out. */

/** The job that a launcher made this process a rank of. */
export interface Launch {
  /** Such as "Open MPI's mpirun". */
  readonly launcher: string;
  /** This process, counted from 0. */
  readonly rank: number;
  /** Processes of the job. */
  readonly size: number;
  /** Ranks on this machine, where the launcher says. */
  readonly localSize: number | null;
  /** Which family of libraries it starts, the likeliest first. */
  readonly families: readonly MpiFamily[];
}

/** `openmpi`: handles are addresses of exported symbols. `mpich`: they are integers (MPICH, Intel MPI, Cray, MVAPICH). */
export type MpiFamily = 'openmpi' | 'mpich';

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

function count(text: string | undefined): number | null {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
}

/**
 * The job this process is a rank of.
 * @returns `null` when it was started alone: by hand, by `mpirun -n 1`, or by a batch script outside `srun`
 */
export function detectLaunch(environment: Environment = process.env): Launch | null {
  const read = (name: string) => count(environment[name]);
  const localSize = read('OMPI_COMM_WORLD_LOCAL_SIZE') ?? read('MPI_LOCALNRANKS') ?? slurmTasksHere(environment);
  const found = (launcher: string, rank: number | null, size: number | null, families: readonly MpiFamily[]) =>
    rank !== null && size !== null && size > 1 ? { launcher, rank, size, localSize, families } : null;
  return (
    found("Open MPI's mpirun", read('OMPI_COMM_WORLD_RANK'), read('OMPI_COMM_WORLD_SIZE'), ['openmpi']) ??
    found(
      environment.SLURM_STEP_ID === undefined ? "MPICH's mpirun" : 'srun with PMI',
      read('PMI_RANK'),
      read('PMI_SIZE') ?? read('SLURM_STEP_NUM_TASKS'),
      ['mpich', 'openmpi'],
    ) ??
    found('srun with PMIx', read('PMIX_RANK'), read('SLURM_STEP_NUM_TASKS'), ['openmpi', 'mpich'])
  );
}

/**
 * `srun` starts as many copies as there are tasks, and without a PMI plugin they know nothing of each other: each
 * would do the whole job, into the same folder.
 * @returns how many, or `null` when that is not so
 */
export function unconnectedTasks(environment: Environment = process.env): number | null {
  if (environment.PMIX_RANK !== undefined || environment.PMI_RANK !== undefined) return null;
  if (environment.SLURM_STEP_ID === undefined || environment.OMPI_COMM_WORLD_SIZE !== undefined) return null;
  const tasks = count(environment.SLURM_STEP_NUM_TASKS);
  return tasks !== null && tasks > 1 ? tasks : null;
}

/** `SLURM_STEP_TASKS_PER_NODE` such as "2" or "2(x3)", where every node has as many. */
function slurmTasksHere({ SLURM_STEP_TASKS_PER_NODE: tasks }: Environment): number | null {
  const even = /^(\d+)(?:\(x\d+\))?$/.exec(tasks ?? '');
  return even ? Number(even[1]) : null;
}
