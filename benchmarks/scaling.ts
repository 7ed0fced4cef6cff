/**
 * `node --conditions=alpacare-source --import tsx benchmarks/scaling.ts`: how training would scale on a network that is not here.
 * Computing is measured on this machine, communication is modelled after what the collective does, and the model is held against
 * two real ranks over loopback TCP, from whose latency and bandwidth it predicts what they should take. Needs Open MPI and koffi.
 *   --tokens 4096   tokens that a rank computes an update
 *   --only check    the check of the model alone; lora or full: the check and one of the tables
 *   --folder /tmp   where models of TinyLlama's shape lie or go
 */
import { spawn } from 'node:child_process';
import { cpus, loadavg } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { sumInOrder } from '../packages/core/src/collective/fixed-order-sum.js';

const { values } = parseArgs({
  options: {
    tokens: { type: 'string', default: '4096' },
    only: { type: 'string' },
    folder: { type: 'string', default: '/tmp' },
    mpirun: { type: 'string', default: 'mpirun' },
  },
});
const MIB = 2 ** 20;

/** Trained parameters: LoRA r=8 on q and v of 22 layers; every weight of TinyLlama. */
const PARAMETERS = { lora: 22 * 8 * (2048 + 2048 + 2048 + 256), full: 1_100_048_384 } as const;
const size = (bytes: number) => (bytes < MIB ? `${bytes / 1024} KiB` : `${bytes / MIB} MiB`);
const ms = (seconds: number) => (1000 * seconds).toPrecision(3);

/** What a message costs, and what this machine takes for what is done to the bytes. */
interface Costs {
  /** Seconds from the call of an operation to its end with ranks that are there already: the header and the thread's part. */
  readonly call: number;
  /** Seconds from one rank to another, before bytes count. */
  readonly latency: number;
  readonly bytesPerSecond: number;
  /** Seconds to add up one byte of one rank's values. */
  readonly sumByte: number;
}

/** As in mpi-worker.js: below it everybody gets everything. */
const SMALL_BYTES = 32 * 2 ** 10;
/** As in data-parallel.ts: bytes of gradients an operation. */
const BUCKET_BYTES = 32 * MIB;

/**
 * Seconds of one sum of `bytes` over `ranks`: the header, then each rank's share of all values to it (n - 1 messages of 1/n, one
 * after the other), the sum of n such shares, and the sums to everybody (n - 1 steps of a ring). In all
 * 2 (n - 1) latencies, 2 (n - 1)/n of the bytes through each rank's link, and as many bytes added as there are.
 */
function sumSeconds(ranks: number, bytes: number, { call, latency, bytesPerSecond, sumByte }: Costs): number {
  const header = call + Math.ceil(Math.log2(ranks / 2)) * latency;
  if (bytes * ranks <= SMALL_BYTES) {
    return (
      header + Math.ceil(Math.log2(ranks)) * latency + (ranks - 1) * (bytes / bytesPerSecond) + ranks * bytes * sumByte
    );
  }
  return header + 2 * (ranks - 1) * latency + ((2 * (ranks - 1)) / ranks) * (bytes / bytesPerSecond) + bytes * sumByte;
}

/** Seconds to exchange all gradients: buckets one after the other, and out of the engine and back, with no overlap counted. */
function exchangeSeconds(ranks: number, bytes: number, costs: Costs, copySeconds: number): number {
  const buckets = Math.max(1, Math.round(bytes / BUCKET_BYTES));
  return buckets * sumSeconds(ranks, bytes / buckets, costs) + copySeconds;
}

const source = ['--conditions=alpacare-source', '--import', 'tsx'];
const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Lines that a program prints; `lines` of them are waited for, and its input is closed after each but the last is asked for. */
async function output(command: readonly string[], lines: number): Promise<string[]> {
  const [program, ...args] = command;
  const child = spawn(program!, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, OMPI_ALLOW_RUN_AS_ROOT: '1', OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1' },
  });
  const read: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    read.push(line);
    if (read.length < lines) child.stdin.write('go\n');
    else child.stdin.end();
  }
  if (read.length < lines) throw new Error(`${command.join(' ')} printed ${read.length} of ${lines} lines`);
  return read;
}

/** Seconds to add up one byte of one rank's values, by ranks; fastest of several, as everything that is measured for the model. */
function sumByteOf(ranks: number): number {
  const length = Math.floor((4 * MIB) / ranks);
  const parts = new Float32Array(length * ranks).fill(1);
  const out = new Float32Array(length);
  const seconds = Array.from({ length: 25 }, () => {
    const from = performance.now();
    sumInOrder(parts, ranks, out);
    return (performance.now() - from) / 1000;
  });
  return Math.min(...seconds) / parts.byteLength;
}

interface Measured {
  readonly barrier: number;
  readonly sums: readonly { readonly bytes: number; readonly seconds: number }[];
  readonly exchanges: readonly {
    tensors: number;
    readonly bytes: number;
    readonly seconds: number;
    readonly alone: number;
  }[];
}

console.log(
  `${cpus()[0]?.model.trim()}, ${cpus().length} processors, load ${loadavg()[0]!.toFixed(1)}, Node ${process.version}`,
);
const sumByte = new Map([2, 16, 128, 1024].map((ranks) => [ranks, sumByteOf(ranks)]));
const addTime = [...sumByte].map(([ranks, seconds]) => `${(1e-9 / seconds).toFixed(2)} (${ranks} ranks)`).join(', ');
console.log(`adding up, GB of values a second: ${addTime}`);

const tcp = ['--bind-to', 'none', '--oversubscribe', '--mca', 'btl', 'tcp,self'];
const [line] = await output(
  [values.mpirun, ...tcp, '-n', '2', process.execPath, ...source, path('./collective-worker.ts')],
  1,
);
const measured = JSON.parse(line!) as Measured;
const [small] = measured.sums as [Measured['sums'][number]];
const middle = measured.sums.find(({ bytes }) => bytes === 4 * MIB)!;
const latency = Math.max(0, small.seconds - measured.barrier);
const here: Costs = {
  call: measured.barrier,
  latency,
  bytesPerSecond: middle.bytes / (middle.seconds - measured.barrier - 2 * latency - middle.bytes * sumByte.get(2)!),
  sumByte: sumByte.get(2)!,
};
const [adapter, ...pieces] = measured.exchanges as [Measured['exchanges'][number], ...Measured['exchanges']];
const copyByte = pieces.at(-1)!.alone / pieces.at(-1)!.bytes;
/** Seconds out of the engine and back: of an adapter's many small tensors as measured, else by the byte. */
const copySeconds = { lora: adapter.alone, full: copyByte * 4 * PARAMETERS.full } as const;
console.log(
  `two ranks over loopback TCP: ${(1e6 * here.call).toFixed(0)} us a barrier and ${(1e6 * here.latency).toFixed(0)} us a message (from the ` +
    `barrier and the smallest sum), ${(here.bytesPerSecond / 1e9).toFixed(2)} GB/s (from the sum of 4 MiB); out of the engine and back ` +
    `${(1e-9 / copyByte).toFixed(2)} GB/s, ${ms(copySeconds.lora)} ms for the ${adapter.tensors} tensors of an adapter\n`,
);
console.log('| two ranks | predicted, ms | measured, ms | measured / predicted |\n| --- | --- | --- | --- |');
const compare = (name: string, predicted: number, seconds: number) =>
  console.log(`| ${name} | ${ms(predicted)} | ${ms(seconds)} | ${(seconds / predicted).toFixed(2)} |`);
for (const { bytes, seconds } of measured.sums.filter((one) => one !== small && one !== middle))
  compare(`sum of ${size(bytes)}`, sumSeconds(2, bytes, here), seconds);
for (const { tensors, bytes, seconds, alone } of measured.exchanges)
  compare(
    `${tensors} tensors, ${(bytes / MIB).toFixed(1)} MiB, engine to engine`,
    exchangeSeconds(2, bytes, here, alone),
    seconds,
  );
if (values.only === 'check') process.exit();

/** Tokens of a batch. */
const SEQ = 256;
/** Seconds of an update of one process with all threads: the fastest of four, as everything that is measured for the model. */
async function stepSeconds(method: string, layers: number, window: number): Promise<number> {
  const flags = { method, layers, window, seq: SEQ, steps: 1, threads: cpus().length, folder: values.folder };
  const given = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, `${value}`]);
  const lines = await output([process.execPath, ...source, path('./ranks-worker.ts'), ...given], 5);
  const seconds = lines.slice(1).map((text) => JSON.parse(text).seconds as number);
  return Math.min(...seconds);
}

/** Parameters of one layer of TinyLlama, and of its head, which is as large as its embedding. */
const [LAYER, HEAD] = [44_044_288, 65_536_000];
const LAYERS = { measured: 2, whole: 22 } as const;
/** Batches of the two updates whose difference gives the cost of a batch; far apart, or noise is larger than the difference. */
const WINDOWS = { short: 1, long: 8 } as const;
/**
 * Seconds to compute a token's gradients and seconds of an update, at 22 layers, drawn out from a model of 2: products grow with
 * layers and head, the update with what is trained.
 */
async function compute(method: 'lora' | 'full'): Promise<{ token: number; update: number }> {
  const { measured: layers, whole } = LAYERS;
  const { short, long } = WINDOWS;
  const [few, many] = [await stepSeconds(method, layers, short), await stepSeconds(method, layers, long)];
  const batch = (many - few) / (long - short);
  const products = (whole * LAYER + HEAD) / (layers * LAYER + HEAD);
  const trained = (whole * LAYER + 2 * HEAD) / (layers * LAYER + 2 * HEAD);
  // An adapter's update is lost in the noise of the difference; leaving it out does not flatter the network.
  const update = method === 'lora' ? 0 : trained * Math.max(0, few - short * batch);
  return { token: (products * batch) / SEQ, update };
}

const RANKS = [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];
const tokens = Number(values.tokens);
for (const method of ['lora', 'full'] as const) {
  if (values.only !== undefined && values.only !== method) continue;
  const { token, update } = await compute(method);
  const bytes = 4 * PARAMETERS[method];
  if (token <= 0) console.log('\nwhat computing takes was lost in the noise of the machine: exchanges alone follow');
  console.log(
    `\n**${method === 'lora' ? 'LoRA r=8' : 'Every weight'}**: ${(1 / token).toFixed(1)} tokens/s and ${update.toFixed(2)} s an update ` +
      `on these ${cpus().length} processors; ${(bytes / 1e6).toFixed(1)} MB of gradients; ${tokens} tokens a rank an update\n`,
  );
  const networks = [25, 100].flatMap((gigabits) => [1, 50].map((speed) => ({ gigabits, speed })));
  const heads = networks.map(
    ({ gigabits, speed }) => `${gigabits} Gbit/s${speed === 1 ? '' : `, ranks ${speed} x as fast`}`,
  );
  console.log(`| ranks | ${heads.join(' | ')} |\n| --- |${' --- |'.repeat(heads.length)}`);
  for (const ranks of RANKS) {
    const cells = networks.map(({ gigabits, speed }) => {
      const nearest = [...sumByte.keys()].reduce((best, n) =>
        Math.abs(n - ranks) < Math.abs(best - ranks) ? n : best,
      );
      const costs = {
        call: here.call + 20e-6,
        latency: 20e-6,
        bytesPerSecond: (gigabits * 1e9) / 8,
        sumByte: sumByte.get(nearest)!,
      };
      const computing = (token * tokens + update) / speed;
      const exchange = exchangeSeconds(ranks, bytes, costs, copySeconds[method]);
      const seconds = exchange < 1 ? `${ms(exchange)} ms` : `${exchange.toFixed(1)} s`;
      return token > 0 ? `${((100 * computing) / (computing + exchange)).toFixed(1)} % (${seconds})` : seconds;
    });
    console.log(`| ${ranks} | ${cells.join(' | ')} |`);
  }
}
