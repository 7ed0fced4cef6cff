/**
 * One of two ranks that `scaling.ts` starts: what an operation of the collective takes, and what it takes to bring gradients from
 * an engine to the others and their sum back. Rank 0 prints one JSON line.
 */
import { type HostTensor, OnnxEngine, openCollective, type Variable } from '@alpacare/core';
import { DataParallel } from '../packages/core/src/train/data-parallel.ts';

const KIB = 2 ** 10;
const MIB = 2 ** 20;
const collective = await openCollective();
const engine = new OnnxEngine({ threads: 1 });

type Case = () => Promise<unknown>;
/**
 * Fastest of several, in seconds: what else the machine does can only add. Cases take turns, so that a disturbance is not all of
 * one of them; all ranks begin each together.
 */
async function time(rounds: number, cases: readonly Case[], times: readonly number[]): Promise<number[]> {
  const fastest = cases.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round <= rounds; round++) {
    for (const [i, work] of cases.entries()) {
      for (let k = 0; k < times[i]!; k++) {
        await collective.barrier();
        const from = performance.now();
        await work();
        // The first round warms up.
        if (round > 0) fastest[i] = Math.min(fastest[i]!, (performance.now() - from) / 1000);
      }
    }
  }
  return fastest;
}

const sizes = [KIB, 8 * KIB, 64 * KIB, 512 * KIB, 4 * MIB, 16 * MIB, 64 * MIB];
const summing = sizes.map((bytes): Case => {
  let next = new Float32Array(bytes / 4).fill(1);
  return async () => {
    next = (await collective.allReduceSum(next)).values;
    next[0] = 1; // the others grow, slowly enough
  };
});
const [barrier, ...seconds] = await time(
  8,
  [() => collective.barrier(), ...summing],
  [20, ...sizes.map((bytes) => (bytes > 4 * MIB ? 1 : 8))],
);
const sums = sizes.map((bytes, i) => ({ bytes, seconds: seconds[i]! }));

/** Gradients as variables of the engine, exchanged as training does, and what of that does not need the others. */
async function exchange(tensors: number, bytesEach: number): Promise<[together: Case, alone: Case]> {
  const parameters = new Map<string, { shape: readonly number[]; sum: Variable }>();
  const shape = [bytesEach / 4];
  const tensor = (data: Float32Array): HostTensor => ({ dtype: 'f32', shape, data });
  for (let i = 0; i < tensors; i++) {
    parameters.set(`${i}`, { shape, sum: await engine.createVariable(tensor(new Float32Array(shape[0]!).fill(1e-9))) });
  }
  const parallel = new DataParallel(collective);
  const joined = new Float32Array(tensors * shape[0]!);
  const variables = [...parameters.values()].map(({ sum }) => sum);
  return [
    () => parallel.sumGradients(parameters, false),
    async () => {
      const read = await Promise.all(variables.map((variable) => variable.read()));
      for (const [i, { data }] of read.entries()) joined.set(data, i * shape[0]!);
      const part = (i: number) => joined.slice(i * shape[0]!, (i + 1) * shape[0]!);
      await Promise.all(variables.map((variable, i) => variable.write(tensor(part(i)))));
    },
  ];
}
const gradients = [
  // LoRA r=8 on q and v of TinyLlama: 22 layers, two adapters of two matrices each; all of one size here.
  { tensors: 88, each: 4 * 8 * 1600 },
  { tensors: 8, each: 4 * MIB },
  { tensors: 32, each: 4 * MIB },
];
const cases: Case[] = [];
for (const { tensors, each } of gradients) cases.push(...(await exchange(tensors, each)));
const took = await time(6, cases, [3, 3, 1, 1, 1, 1]);
const exchanges = gradients.map(({ tensors, each }, i) => ({
  tensors,
  bytes: tensors * each,
  seconds: took[2 * i]!,
  alone: took[2 * i + 1]!,
}));

if (collective.rank === 0) console.log(JSON.stringify({ barrier, sums, exchanges }));
await engine.dispose();
await collective.dispose();
