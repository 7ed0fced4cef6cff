/**
 * One rank of a job that `collective.test.ts` starts under mpirun. It does what its argument says and prints one JSON
 * line, which rank 0 makes of what all ranks saw.
 */
import { createHash } from 'node:crypto';
import { openCollective } from '../../src/collective/open-collective.ts';
import { createRandom } from '../../src/data/random.ts';

const collective = await openCollective();
const { rank, size } = collective;
const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex').slice(0, 16);

/** Values of a rank that every rank can make again. */
function values(of: number, length: number): Float32Array {
  const random = createRandom(1000 + of);
  return Float32Array.from({ length }, () => 10 ** (6 * random.nextFloat() - 3) * random.nextNormal());
}

async function operations(): Promise<unknown> {
  const sums: Record<string, unknown> = {};
  // Lengths around the borders: nothing, fewer than ranks, the small path, several shares.
  for (const length of [0, 1, 2, 3, 5, 4097, 300_001]) {
    const { values: sum, nonFiniteRank } = await collective.allReduceSum(values(rank, length));
    const parts = Array.from({ length: size }, (_, r) => values(r, length));
    const expected = Float32Array.from({ length }, (_, i) => parts.reduce((total, part) => total + part[i]!, 0));
    sums[length] = sha(new Uint8Array(sum.buffer)) === sha(new Uint8Array(expected.buffer)) && nonFiniteRank === null;
  }
  const whole = await collective.allReduceSum(Int32Array.of(rank, 2 ** 20));
  const bytes = await collective.allReduceSum(Uint8Array.of(1, rank));
  const doubles = await collective.allReduceSum(Float64Array.of(0.1, 1e300));
  const bad = await collective.allReduceSum(Float32Array.of(rank === size - 1 ? Number.NaN : 1));
  const overflow = await collective.allReduceSum(Uint8Array.of(200)).catch((error: Error) => error.message);
  const long = 'x'.repeat(100 + rank);
  const result = {
    rank,
    sums,
    whole: [...whole.values],
    bytes: [...bytes.values],
    doubles: [...doubles.values],
    bad: [String(bad.values[0]), bad.nonFiniteRank],
    overflow,
    broadcast: decode(await collective.broadcast(rank === size - 1 ? encode('from the last') : null, size - 1)),
    short: (await collective.allGather(encode(`r${rank}`))).map(decode),
    long: (await collective.allGather(encode(long))).map((one) => one.length),
    gathered: (await collective.gather(encode(long), size - 1))?.map((one) => one.length) ?? null,
    hosts: collective.hosts.length,
  };
  const all = await collective.gather(encode(JSON.stringify(result)));
  return all?.map((one) => JSON.parse(decode(one)));
}

async function disagree(): Promise<unknown> {
  const error = await (rank === 0 ? collective.barrier() : collective.allReduceSum(new Float32Array(3))).catch(
    (caught: Error) => caught.message,
  );
  return { error };
}

/** One rank comes late, and says meanwhile that it gets on. */
async function late(): Promise<unknown> {
  const from = performance.now();
  while (rank === 1 && performance.now() - from < 4000) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    collective.advance();
  }
  await collective.barrier();
  return { waited: performance.now() - from > 3900 };
}

/** Goes on until the test does something to a rank. */
async function forever(): Promise<never> {
  process.stdout.write(`pid ${rank} ${process.pid}\n`);
  for (;;) {
    await collective.allReduceSum(new Float32Array(process.argv[3] === 'large' ? 8e6 : 1000));
    // As in training, most of the time passes between exchanges; of large ones, most of it in them.
    if (process.argv[3] !== 'large') await new Promise((resolve) => setTimeout(resolve, 50));
    if (rank === 1 && process.argv[3] === 'stall') await new Promise((resolve) => setTimeout(resolve, 60_000));
    if (rank === size - 1 && process.argv[3] === 'abort') await collective.abort('its records are not those of rank 0');
    if (rank === size - 1 && process.argv[3] === 'exit') process.exit(0);
  }
}

const work = { operations, disagree, late, forever }[process.argv[2] as 'operations'];
const outcome = await work();
if (rank === 0) process.stdout.write(`result ${JSON.stringify(outcome)}\n`);
await collective.dispose();
