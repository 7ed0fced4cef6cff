/**
 * Synchronous data parallelism. All ranks hold the same parameters and know the same windows; each computes the
 * gradients of its share of a window's batches, the gradients are summed, and every rank makes the same update. A batch
 * keeps its place in the window, and with it its dropout, whoever computes it: so N ranks do what one process does.
 */
import { createHash } from 'node:crypto';
import { allGatherNumbers, type Collective, rankName } from '../collective/collective.ts';
import type { EncodedExample } from '../data/encode-example.ts';
import { f32Tensor, type Variable } from '../engine/engine.ts';
import { CollectiveError, InvalidOptionError } from '../errors.ts';
import type { ParameterValues } from '../lora/adapter.ts';

/** Gradients are moved in pieces of about this many bytes, so that one is read while another travels. */
const BUCKET_BYTES = 32 * 2 ** 20;
/** Updates between comparisons of the parameters of all ranks. */
const COMPARE_EVERY = 50;

export interface PlannedBatch {
  /** Place in the window, from 0. */
  readonly position: number;
  readonly examples: readonly EncodedExample[];
}

/** The batches of one update, and which of them are this rank's. */
export interface Window {
  readonly batches: readonly PlannedBatch[];
  readonly mine: readonly PlannedBatch[];
  /** Of the whole window. */
  readonly supervisedTokens: number;
  /** Of the whole window, without padding. */
  readonly tokens: number;
  /** Rank that computes each batch. */
  readonly ranks: readonly number[];
}

/** Positions of an example that count in the loss: those whose next token is supervised. */
const supervisedTokens = ({ supervised: { from, to } }: EncodedExample): number => Math.max(0, to - Math.max(from, 1));

const total = (numbers: readonly number[]): number => numbers.reduce((sum, n) => sum + n, 0);

/**
 * Deals batches out: the costliest first, each to the rank that has least to do.
 * @returns the rank of each batch
 */
export function dealOut(costs: readonly number[], ranks: number): number[] {
  const loads = new Array<number>(ranks).fill(0);
  const result = new Array<number>(costs.length).fill(0);
  const order = costs.map((_, i) => i).sort((a, b) => costs[b]! - costs[a]! || a - b);
  for (const batch of order) {
    const rank = loads.indexOf(Math.min(...loads));
    result[batch] = rank;
    loads[rank]! += costs[batch]!;
  }
  return result;
}

export function planWindow(batches: readonly (readonly EncodedExample[])[], { rank, size }: Collective): Window {
  const lengths = batches.map((examples) => examples.map(({ inputIds }) => inputIds.length));
  const ranks = dealOut(
    lengths.map((of) => of.length * Math.max(...of)),
    size,
  );
  const planned = batches.map((examples, position) => ({ position, examples }));
  return {
    batches: planned,
    mine: planned.filter(({ position }) => ranks[position] === rank),
    supervisedTokens: total(batches.flatMap((examples) => examples.map(supervisedTokens))),
    tokens: total(lengths.flat()),
    ranks,
  };
}

/** @throws {InvalidOptionError} when an update has too few batches for all ranks */
export function checkRanks({ accumulation }: { readonly accumulation: number }, { size }: Collective): void {
  if (accumulation >= size) return;
  throw new InvalidOptionError(
    'accumulation',
    `must be at least the number of ranks, which share the batches of an update: found ${accumulation} for ${size} ranks`,
  );
}

/** What ranks tell each other after each window. */
export interface Report {
  /** Sum over this rank's supervised positions, in nats. */
  readonly loss: number;
  readonly gradientNorm: number;
  readonly wantsToStop: boolean;
}

export interface Agreement {
  /** Sum over all ranks' supervised positions. */
  readonly loss: number;
  /** Rank 0's, which all use: it is the same gradient, but processors may differ in how they add it up. */
  readonly gradientNorm: number;
  /** A rank was asked to stop, so all do. */
  readonly stops: boolean;
  /** First rank whose loss or gradient is no number. */
  readonly culprit: { readonly rank: number; readonly loss: number } | null;
}

/** What an update spent on the other ranks. */
export interface Exchange {
  /** Bringing gradients to the other ranks and their sum back, waiting not counted. */
  readonly seconds: number;
  /** Waiting for the slowest rank. */
  readonly waitSeconds: number;
  /** Sent by this rank. */
  readonly sentBytes: number;
}

type Sums = ReadonlyMap<string, { readonly shape: readonly number[]; readonly sum: Variable }>;

/** One run's dealings with the other ranks. With one rank it moves nothing. */
export class DataParallel {
  #nonFiniteRank: number | null = null;
  /** Memory of each bucket, which lives on from update to update. */
  readonly #memory: Float32Array[] = [];
  #stops = false;

  constructor(readonly collective: Collective) {}

  get isAlone(): boolean {
    return this.collective.size === 1;
  }

  /** Whether all ranks have agreed to stop. */
  get stops(): boolean {
    return this.#stops;
  }

  /**
   * Replaces each rank's gradients by their sum over all ranks.
   * @param isEmpty  this rank had no batch, so its variables hold what they held before
   */
  async sumGradients(sums: Sums, isEmpty: boolean): Promise<void> {
    this.#nonFiniteRank = null;
    if (this.isAlone) return;
    let travelling: Promise<void> = Promise.resolve();
    for (const [index, bucket] of bucketsOf(sums).entries()) {
      const lengths = bucket.map(({ shape }) => shape.reduce((a, b) => a * b, 1));
      const joined = this.#memory[index] ?? new Float32Array(total(lengths));
      if (isEmpty) joined.fill(0);
      else {
        const parts = await Promise.all(bucket.map(({ sum }) => sum.read()));
        let at = 0;
        for (const { data } of parts) {
          joined.set(data, at);
          at += data.length;
        }
      }
      await travelling;
      travelling = this.#sumBucket(index, bucket, lengths, joined);
      travelling.catch(() => {}); // awaited above or below
    }
    await travelling;
  }

  async #sumBucket(
    index: number,
    bucket: readonly { readonly shape: readonly number[]; readonly sum: Variable }[],
    lengths: readonly number[],
    joined: Float32Array,
  ): Promise<void> {
    const { values, nonFiniteRank } = await this.collective.allReduceSum(joined);
    if (nonFiniteRank !== null) this.#nonFiniteRank = Math.min(nonFiniteRank, this.#nonFiniteRank ?? nonFiniteRank);
    let at = 0;
    const writes = bucket.map(({ shape, sum }, i) => {
      const from = at;
      at += lengths[i]!;
      return sum.write(f32Tensor(shape, values.slice(from, at)));
    });
    this.#memory[index] = values;
    await Promise.all(writes);
  }

  /** One round trip: everything small that ranks must agree on. */
  async agree({ loss, gradientNorm, wantsToStop }: Report): Promise<Agreement> {
    if (this.isAlone) {
      const isNumber = Number.isFinite(loss) && Number.isFinite(gradientNorm);
      return { loss, gradientNorm, stops: wantsToStop, culprit: isNumber ? null : { rank: 0, loss } };
    }
    const all = await allGatherNumbers(this.collective, [
      loss,
      gradientNorm,
      Number(wantsToStop),
      this.#nonFiniteRank ?? -1,
    ]);
    this.#stops = all.some(([, , stops]) => stops === 1);
    const named = all.flatMap(([, , , rank]) => (rank! >= 0 ? [rank!] : []));
    const lost = all.findIndex(([theirs]) => !Number.isFinite(theirs));
    const first = Math.min(...named, ...(lost >= 0 ? [lost] : []));
    const norm = all[0]![1]!;
    // A norm can overflow though no rank's part does: then it is nobody's fault, and rank 0 stands for all.
    const culprit = Number.isFinite(first) ? first : Number.isFinite(norm) ? null : 0;
    return {
      loss: total(all.map(([theirs]) => theirs!)),
      gradientNorm: norm,
      stops: this.#stops,
      culprit: culprit === null ? null : { rank: culprit, loss: all[culprit]![0]! },
    };
  }

  /**
   * Makes sure that all ranks hold the same bytes: before the first step, every so many, and after the last.
   * @throws {CollectiveError} naming the ranks that differ from rank 0
   */
  async compare(step: number, isDue: boolean, parameters: () => Promise<ParameterValues>): Promise<void> {
    if (this.isAlone || !(isDue || step % COMPARE_EVERY === 0)) return;
    const hash = createHash('sha256');
    for (const [name, { data }] of await parameters()) {
      hash.update(name).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    }
    const all = await this.collective.allGather(hash.digest());
    const [first] = all;
    const different = all.flatMap((bytes, rank) => (Buffer.compare(bytes, first!) === 0 ? [] : [rank]));
    if (different.length === 0) return;
    const names = different.slice(0, 4).map((rank) => rankName(this.collective, rank));
    throw new CollectiveError(
      `step ${step}: the parameters of ${names.join(', ')} differ from those of rank 0. All ranks need the same model ` +
        'files, the same versions of Node and AlpaCare, and the same engine; go on from the last checkpoint',
    );
  }
}

function bucketsOf(sums: Sums): { readonly shape: readonly number[]; readonly sum: Variable }[][] {
  const buckets: { readonly shape: readonly number[]; readonly sum: Variable }[][] = [];
  let room = 0;
  for (const { shape, sum } of sums.values()) {
    const bytes = 4 * shape.reduce((a, b) => a * b, 1);
    if (bytes > room || buckets.length === 0) {
      buckets.push([]);
      room = BUCKET_BYTES;
    }
    buckets.at(-1)!.push({ shape, sum });
    room -= bytes;
  }
  return buckets;
}
