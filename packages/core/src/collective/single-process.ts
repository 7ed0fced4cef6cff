/** A job of one rank: every operation is what it would be with nobody else there. */
import { hostname } from 'node:os';
import { CollectiveError } from '../errors.ts';
import type { Collective, SumArray, Summed } from './collective.ts';

function firstNonFinite(values: SumArray): 0 | null {
  if (values instanceof Int32Array || values instanceof Uint8Array) return null;
  return values.every((value) => Number.isFinite(value)) ? null : 0;
}

/** Needs no MPI and never loads its library. */
export const singleProcess: Collective = {
  rank: 0,
  size: 1,
  hosts: [hostname()],
  traffic: { waitSeconds: 0, transferSeconds: 0, sentBytes: 0 },
  allReduceSum: async <T extends SumArray>(values: T): Promise<Summed<T>> => ({
    values,
    nonFiniteRank: firstNonFinite(values),
  }),
  broadcast: async (bytes) => {
    if (!bytes) throw new CollectiveError('broadcast: rank 0 gave no bytes');
    return bytes;
  },
  allGather: async (bytes) => [bytes],
  gather: async (bytes) => [bytes],
  advance: () => {},
  barrier: async () => {},
  abort: (message) => Promise.reject(new CollectiveError(message)),
  dispose: async () => {},
};
