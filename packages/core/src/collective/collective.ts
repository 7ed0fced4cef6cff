/**
 * What ranks do together: N processes of one job, numbered from 0, that call the same operations in the same order.
 * One process alone is a job of one rank. Nothing here knows of models or of training.
 */

/** Arrays that can be added up. Integer sums that leave the range of their type are an error. */
export type SumArray = Float32Array | Float64Array | Int32Array | Uint8Array;

/** Values added up over all ranks, and whether one of them gave no number. */
export interface Summed<T extends SumArray> {
  /** Same length as what was given. */
  readonly values: T;
  /**
   * Lowest rank that gave a NaN or an infinity, as far as this rank knows: each adds up a part of the values, so
   * another rank may know where this one has `null`.
   */
  readonly nonFiniteRank: number | null;
}

/** What a rank spent on its peers since it started. */
export interface Traffic {
  /** Waiting for the slowest rank to come to the same place. */
  readonly waitSeconds: number;
  /** Moving and adding up. */
  readonly transferSeconds: number;
  /** Sent by this rank. */
  readonly sentBytes: number;
}

/** Processes that train together, and what they exchange. */
export interface Collective {
  /** From 0. */
  readonly rank: number;
  /** Ranks of the job. */
  readonly size: number;
  /** Host name of each rank. */
  readonly hosts: readonly string[];
  /** What this rank has exchanged so far. */
  readonly traffic: Traffic;
  /**
   * Adds arrays of one type and length up, element by element. Sums are formed in float64 in the order of the ranks
   * and rounded once, so every rank gets the same bytes, on any network and with any MPI.
   * @param values  [L]; given away: not to be used afterwards
   * @throws {CollectiveError} when ranks disagree in what they ask for, or an integer sum leaves its range
   */
  allReduceSum<T extends SumArray>(values: T): Promise<Summed<T>>;
  /** The bytes of `root`, on every rank. @param bytes  looked at on `root` alone; elsewhere `null` will do */
  broadcast(bytes: Uint8Array | null, root?: number): Promise<Uint8Array>;
  /** Every rank's bytes, in the order of the ranks; lengths may differ. Up to 64 bytes a rank take one round trip. */
  allGather(bytes: Uint8Array): Promise<Uint8Array[]>;
  /** The same, brought to `root`; `null` on the other ranks. */
  gather(bytes: Uint8Array, root?: number): Promise<Uint8Array[] | null>;
  /**
   * Says that this rank gets on with work of its own, for which others may wait as long as they like: a rank that is
   * late is given up only when it says nothing either.
   */
  advance(): void;
  /** Returns when all ranks have called it. */
  barrier(): Promise<void>;
  /**
   * Ends the whole job: every rank exits with code 1, and one message is printed.
   * @param trouble  `own` (default): this rank's; the message is printed with its number and host. `common`: all ranks
   *   have found the same and call this; rank 0 prints its message as it is
   */
  abort(message: string, trouble?: 'own' | 'common'): Promise<never>;
  /** Waits for all ranks, then leaves the job in good order. */
  dispose(): Promise<void>;
}

/** Float64 numbers of every rank, `[rank][index]`. */
export async function allGatherNumbers(collective: Collective, numbers: readonly number[]): Promise<number[][]> {
  const own = Float64Array.from(numbers);
  const all = await collective.allGather(new Uint8Array(own.buffer));
  return all.map((bytes) => [...new Float64Array(bytes.slice().buffer)]);
}

/** "rank 2 on node-7" */
export const rankName = ({ hosts }: Pick<Collective, 'hosts'>, rank: number): string =>
  `rank ${rank} on ${hosts[rank] ?? 'an unknown host'}`;
