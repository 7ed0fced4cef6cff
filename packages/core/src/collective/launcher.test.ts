import { describe, expect, it } from 'vitest';
import { detectLaunch, unconnectedTasks } from './launcher.ts';
import { libraryCandidates } from './mpi-library.ts';

describe('detectLaunch', () => {
  it.each([
    ['nothing', {}],
    ['one rank of Open MPI', { OMPI_COMM_WORLD_SIZE: '1', OMPI_COMM_WORLD_RANK: '0' }],
    ['a batch script before srun', { SLURM_NTASKS: '4', SLURM_PROCID: '0', SLURM_JOB_ID: '7' }],
    ['numbers that are none', { PMI_SIZE: 'four', PMI_RANK: '0' }],
  ])('is null for %s', (_, environment) => {
    expect(detectLaunch(environment)).toBeNull();
  });

  it.each([
    [
      { OMPI_COMM_WORLD_SIZE: '4', OMPI_COMM_WORLD_RANK: '3', OMPI_COMM_WORLD_LOCAL_SIZE: '2', PMIX_RANK: '3' },
      { launcher: "Open MPI's mpirun", rank: 3, size: 4, localSize: 2, families: ['openmpi'] },
    ],
    [
      { PMI_SIZE: '2', PMI_RANK: '1', MPI_LOCALNRANKS: '2' },
      { launcher: "MPICH's mpirun", rank: 1, size: 2, localSize: 2, families: ['mpich', 'openmpi'] },
    ],
    [
      { SLURM_STEP_ID: '0', SLURM_STEP_NUM_TASKS: '6', SLURM_STEP_TASKS_PER_NODE: '2(x3)', PMIX_RANK: '5' },
      { launcher: 'srun with PMIx', rank: 5, size: 6, localSize: 2, families: ['openmpi', 'mpich'] },
    ],
    [
      { SLURM_STEP_ID: '0', SLURM_STEP_NUM_TASKS: '3', SLURM_STEP_TASKS_PER_NODE: '2,1', PMI_RANK: '0', PMI_SIZE: '3' },
      { launcher: 'srun with PMI', rank: 0, size: 3, localSize: null, families: ['mpich', 'openmpi'] },
    ],
  ])('reads %o', (environment, expected) => {
    expect(detectLaunch(environment)).toEqual(expected);
    expect(unconnectedTasks(environment)).toBeNull();
  });

  it('sees the tasks of an srun that connects nobody', () => {
    expect(unconnectedTasks({ SLURM_STEP_ID: '0', SLURM_STEP_NUM_TASKS: '4' })).toBe(4);
    expect(unconnectedTasks({ SLURM_STEP_ID: '0', SLURM_STEP_NUM_TASKS: '1' })).toBeNull();
    expect(unconnectedTasks({ SLURM_NTASKS: '4' })).toBeNull();
    // mpirun inside an allocation: its one process per node is a step of its own.
    const inMpirun = { SLURM_STEP_ID: '0', SLURM_STEP_NUM_TASKS: '2', OMPI_COMM_WORLD_SIZE: '2' };
    expect(unconnectedTasks(inMpirun)).toBeNull();
  });
});

describe('libraryCandidates', () => {
  it('takes the library that was named, and no other', () => {
    expect(libraryCandidates(['mpich'], { ALPACARE_MPI_LIBRARY: '/opt/libmpi.so' })).toEqual(['/opt/libmpi.so']);
  });
  it("puts the launcher's family first", () => {
    expect(libraryCandidates(['openmpi', 'mpich'], {}, 'linux')[0]).toBe('libmpi.so.40');
    expect(libraryCandidates(['mpich', 'openmpi'], {}, 'linux')[0]).toBe('libmpich.so.12');
    expect(libraryCandidates(['openmpi'], {}, 'darwin')[0]).toBe('libmpi.40.dylib');
  });
});
