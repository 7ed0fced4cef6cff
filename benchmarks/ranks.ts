/**
 * `node --conditions=alpacare-source --import tsx benchmarks/ranks.ts`: two ranks of one thread each against one process of two
 * threads, on the same windows. Both are loaded first and then take turns, so that whatever else the machine does
 * concerns both; while one computes, the other waits. What other programs and other guests of the host took meanwhile is
 * measured, and rounds in which it was more than `--foreign` of the processors are shown and left out. Needs Open MPI and koffi.
 *   --rounds 12 --foreign 0.05 --ranks 2 --threads 2 --method lora --layers 4 --seq 512 --window 2 --steps 1 --folder /tmp
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '12' },
    foreign: { type: 'string', default: '0.05' },
    ranks: { type: 'string', default: '2' },
    threads: { type: 'string', default: '2' },
    method: { type: 'string', default: 'lora' },
    layers: { type: 'string', default: '4' },
    seq: { type: 'string', default: '512' },
    window: { type: 'string', default: '2' },
    steps: { type: 'string', default: '1' },
    folder: { type: 'string', default: '/tmp' },
    mpirun: { type: 'string', default: 'mpirun' },
  },
});

interface Group {
  readonly seconds: number;
  readonly engineSeconds: number;
  /** Processor time of all ranks together. */
  readonly cpuSeconds: number;
  readonly tokens: number;
  readonly exchange: number;
  readonly wait: number;
  readonly sent: number;
}

/** Processor time that this machine spent on anything, or was denied by its host, since it started; seconds of all processors. */
function busySeconds(): number {
  const [user, nice, system, , , irq, softirq, steal] = /^cpu +(.*)$/m
    .exec(readFileSync('/proc/stat', 'utf8'))![1]!
    .split(' ')
    .map(Number) as [number, number, number, number, number, number, number, number];
  return (user + nice + system + irq + softirq + steal) / 100;
}

interface Timed extends Group {
  /** What others took, as a share of all processors. */
  readonly foreign: number;
}

/** A job that makes a group of updates whenever it is told to. */
class Job {
  readonly #child;
  readonly #lines;
  constructor(command: readonly string[], threads: number) {
    const { method, layers, seq, window, steps, folder } = values;
    const given = Object.entries({ method, layers, seq, window, steps, folder, threads });
    const worker = fileURLToPath(new URL('./ranks-worker.ts', import.meta.url));
    const node = [process.execPath, '--conditions=alpacare-source', '--import', 'tsx', worker];
    const [program, ...args] = [...command, ...node, ...given.flatMap(([name, value]) => [`--${name}`, `${value}`])];
    this.#child = spawn(program!, args, {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, OMPI_ALLOW_RUN_AS_ROOT: '1', OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1' },
    });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }
  /** What the group that was begun took. */
  async result(): Promise<Group> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error('a job ended early');
    return JSON.parse(value);
  }
  async group(): Promise<Timed> {
    const [from, busy] = [performance.now(), busySeconds()];
    this.#child.stdin.write('go\n');
    const group = await this.result();
    const passed = (performance.now() - from) / 1000;
    return { ...group, foreign: Math.max(0, busySeconds() - busy - group.cpuSeconds) / (passed * cpus().length) };
  }
  end(): Promise<void> {
    this.#child.stdin.end();
    return new Promise((resolve) => this.#child.on('close', () => resolve()));
  }
}

const total = Number(values.threads);
const ranks = Number(values.ranks);
// One after the other, since the first may have to write the model.
const alone = new Job([], total);
await alone.result();
const together = new Job(
  [values.mpirun, '--bind-to', 'none', '--oversubscribe', '-n', `${ranks}`],
  Math.floor(total / ranks),
);
await together.result();

const median = (list: readonly number[]) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)]!;
const spread = (list: readonly number[], digits: number) =>
  `${median(list).toFixed(digits)} (${Math.min(...list).toFixed(digits)} to ${Math.max(...list).toFixed(digits)})`;
const percent = (list: readonly number[]) =>
  `${spread(
    list.map((x) => 100 * x),
    2,
  )} %`;

const all: { one: Timed; many: Timed }[] = [];
for (let round = 0; round < Number(values.rounds); round++) {
  // Who goes first changes, so that neither is always the one that comes after a pause.
  const first = round % 2 === 0 ? await alone.group() : await together.group();
  const second = round % 2 === 0 ? await together.group() : await alone.group();
  const [one, many] = round % 2 === 0 ? [first, second] : [second, first];
  all.push({ one, many });
  const speed = ({ tokens, seconds }: Group) => (tokens / seconds).toFixed(0);
  console.log(
    `round ${round + 1}: ${speed(one)} and ${speed(many)} tokens/s, ratio ${(one.seconds / many.seconds).toFixed(3)}; ` +
      `others took ${(100 * one.foreign).toFixed(1)} and ${(100 * many.foreign).toFixed(1)} %`,
  );
}
const limit = Number(values.foreign);
const calm = all.filter(({ one, many }) => one.foreign <= limit && many.foreign <= limit);
await alone.end();
await together.end();

if (calm.length < 3) console.log(`only ${calm.length} calm rounds; these are the medians of all`);
const rounds = calm.length < 3 ? all : calm;
const speeds = (of: 'one' | 'many') => rounds.map((round) => round[of].tokens / round[of].seconds);
console.log(`
${cpus()[0]?.model.trim()}, ${cpus().length} processors, load ${loadavg()[0]!.toFixed(1)}; ${values.method}, TinyLlama's shape with ${values.layers} layers, ${values.window} x ${values.seq} tokens an update; medians, in brackets lowest and highest of ${rounds.length} of ${all.length} rounds, in which others took at most ${100 * limit} %
one process, ${total} threads:      ${spread(speeds('one'), 0)} tokens/s
${ranks} ranks, ${Math.floor(total / ranks)} thread each:   ${spread(speeds('many'), 0)} tokens/s
ranks / one process:         ${spread(
  rounds.map(({ one, many }) => one.seconds / many.seconds),
  3,
)}
communication, rank 0:       ${percent(rounds.map(({ many }) => many.exchange / many.seconds))} of the time, ${(rounds[0]!.many.sent / 1e6 / Number(values.steps)).toFixed(2)} MB sent an update
waiting for the slower rank: ${percent(rounds.map(({ many }) => many.wait / many.seconds))}
in the engine: one process   ${percent(rounds.map(({ one }) => one.engineSeconds / one.seconds))}, rank 0 ${percent(rounds.map(({ many }) => many.engineSeconds / many.seconds))}`);
