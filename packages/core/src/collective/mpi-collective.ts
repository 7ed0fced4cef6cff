/** Ranks under `mpirun` or `srun`: MPI in one thread, the watch over the others in a second. */
import { randomUUID } from 'node:crypto';
import { hostname, networkInterfaces } from 'node:os';
import { Worker } from 'node:worker_threads';
import { CollectiveError, MpiUnavailableError } from '../errors.ts';
import { type Collective, rankName, type SumArray, type Summed, type Traffic } from './collective.ts';
import type { Launch } from './launcher.ts';
import { LIBRARY_VARIABLE, libraryCandidates } from './mpi-library.ts';
import { tameUcx } from './tame-ucx.ts';

/** How long a rank may be silent or late before the others give it up. */
export interface MpiOptions {
  /** A rank that has given no sign of life for so long is lost. Default 8. */
  readonly silenceSeconds?: number;
  /**
   * A rank that lives but does not come to where the others wait, nor says that it advances, for so long hangs. It must
   * be longer than anything one rank does in silence: reading its model, writing a checkpoint. Default 600.
   */
  readonly stallSeconds?: number;
}

const ENDING = ['SIGTERM', 'SIGINT'] as const;

/** Hydra tells ranks by it that one is lost. Unheard, Node opens its debugger; the watch knows by itself. */
const LOSS_SIGNAL = 'SIGUSR1';
const ignore = (): void => {};

/** How long MPI_Finalize may take once all ranks have agreed to leave. */
const LEAVE_MS = 5000;

interface Started {
  readonly rank: number;
  readonly size: number;
  readonly version: string;
  readonly path: string;
}

interface Reply {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
  readonly traffic: Traffic;
}

/** Requests to the MPI thread, answered in order. */
class MpiThread {
  readonly #worker: Worker;
  readonly #pending = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  #next = 0;
  #ended: Error | undefined;
  traffic: Traffic = { waitSeconds: 0, transferSeconds: 0, sentBytes: 0 };

  constructor(progress: Int32Array) {
    this.#worker = new Worker(new URL('./mpi-worker.js', import.meta.url), { execArgv: [], workerData: progress });
    this.#worker.on('message', ({ id, result, error, traffic }: Reply) => {
      this.traffic = traffic;
      const pending = this.#pending.get(id);
      this.#pending.delete(id);
      if (error === undefined) pending?.resolve(result);
      else pending?.reject(new CollectiveError(error));
    });
    this.#worker.on('error', (error) => this.#end(error));
    this.#worker.on('exit', () => this.#end(new Error('the MPI thread has ended')));
  }

  request(request: Readonly<Record<string, unknown>>, transfer: readonly ArrayBuffer[] = []): Promise<unknown> {
    if (this.#ended) return Promise.reject(this.#ended);
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#worker.postMessage({ id, request }, transfer);
    });
  }

  unref(): void {
    this.#worker.unref();
  }

  #end(cause: Error): void {
    this.#ended ??= new CollectiveError(cause.message, { cause });
    for (const { reject } of this.#pending.values()) reject(this.#ended);
    this.#pending.clear();
  }
}

/** Commands to the watch that are answered. */
function ask(watch: Worker, command: Readonly<Record<string, unknown>>): Promise<{ port?: number }> {
  return new Promise((resolve, reject) => {
    watch.once('message', (reply: { error?: string; port?: number }) => {
      if (reply.error === undefined) resolve(reply);
      else reject(new CollectiveError(reply.error));
    });
    watch.postMessage(command);
  });
}

/** Addresses under which other machines may reach this one. */
const ownAddresses = (): string[] =>
  Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ address, internal }) => !internal && !address.startsWith('fe80:'))
    .map(({ address }) => address);

export class MpiCollective implements Collective {
  readonly #thread: MpiThread;
  readonly #watch: Worker;
  readonly #onExit: () => void;
  readonly #onSignal: NodeJS.SignalsListener;
  readonly #exitNow: (code: number) => void;

  private constructor(
    readonly rank: number,
    readonly size: number,
    readonly hosts: readonly string[],
    /** Such as "Open MPI v4.1.4". */
    readonly library: string,
    thread: MpiThread,
    watch: Worker,
    /** [0]: operations begun; [1]: advances of work of its own. */
    private readonly progress: Int32Array,
    exitNow: (code: number) => void,
  ) {
    this.#exitNow = exitNow;
    this.#thread = thread;
    this.#watch = watch;
    // Node would wait for a thread that hangs in a collective; a process that ends early ends the job.
    this.#onExit = () => exitNow(Number(process.exitCode ?? 0) || 1);
    // A launcher that lost a rank ends the others by a signal: the watch is to say first which one was lost.
    this.#onSignal = (signal) => watch.postMessage({ type: 'told-to-end', exits: process.listenerCount(signal) === 1 });
    process.on('exit', this.#onExit);
    for (const signal of ENDING) process.on(signal, this.#onSignal);
    process.on(LOSS_SIGNAL, ignore);
  }

  /**
   * Starts MPI and the watch; all ranks call it.
   * @throws {MpiUnavailableError} koffi or the library is missing, or the library is not the launcher's
   * @throws {CollectiveError} a rank cannot reach rank 0
   */
  static async start(launch: Launch, options: MpiOptions = {}): Promise<MpiCollective> {
    const { silenceSeconds = 8, stallSeconds = 600 } = options;
    const binding = await importBinding();
    tameUcx(launch.families[0] === 'mpich');
    const progress = new Int32Array(new SharedArrayBuffer(8));
    const thread = new MpiThread(progress);
    const candidates = libraryCandidates(launch.families);
    const start = { type: 'start', candidates, expectedSize: launch.size, launcher: launch.launcher };
    const { rank, size, version } = (await thread.request(start).catch((cause: Error) => {
      throw new MpiUnavailableError(`${cause.message}. Set ${LIBRARY_VARIABLE} to the library of ${launch.launcher}`, {
        cause,
      });
    })) as Started;
    const text = new TextEncoder();
    const named = (await thread.request({ type: 'all-gather', bytes: text.encode(hostname()) })) as Uint8Array[];
    const hosts = named.map((bytes) => new TextDecoder().decode(bytes));
    const invitation = rank === 0 ? { token: randomUUID(), addresses: ownAddresses() } : null;
    const openWatch = (token: string) =>
      new Worker(new URL('./watch-worker.js', import.meta.url), {
        execArgv: [],
        workerData: { rank, hosts, token, progress, silenceSeconds, stallSeconds },
      });
    let watch: Worker;
    const broadcast = async (value: unknown) =>
      (await thread.request({
        type: 'broadcast',
        bytes: value === null ? null : text.encode(JSON.stringify(value)),
        root: 0,
      })) as Uint8Array;
    if (invitation) {
      watch = openWatch(invitation.token);
      const { port } = await ask(watch, { type: 'listen' });
      await broadcast({ ...invitation, port });
    } else {
      const received = JSON.parse(new TextDecoder().decode(await broadcast(null)));
      watch = openWatch(received.token);
      // The loopback serves ranks of one machine, whatever its firewall says of its other addresses.
      const addresses = hosts[0] === hosts[rank] ? [...received.addresses, '127.0.0.1'] : received.addresses;
      await ask(watch, { type: 'connect', addresses, port: received.port });
    }
    const collective = new MpiCollective(rank, size, hosts, version, thread, watch, progress, binding.exitNow);
    await collective.barrier();
    return collective;
  }

  get traffic(): Traffic {
    return this.#thread.traffic;
  }

  async allReduceSum<T extends SumArray>(values: T): Promise<Summed<T>> {
    const whole = values.byteLength === values.buffer.byteLength ? values : (values.slice() as T);
    return (await this.#thread.request({ type: 'sum', values: whole }, [whole.buffer as ArrayBuffer])) as Summed<T>;
  }

  async broadcast(bytes: Uint8Array | null, root = 0): Promise<Uint8Array> {
    const isRoot = this.rank === root;
    if (isRoot && !bytes) throw new CollectiveError(`broadcast: ${rankName(this, root)} gave no bytes`);
    const sent = isRoot ? bytes!.slice() : null;
    return (await this.#thread.request(
      { type: 'broadcast', bytes: sent, root },
      sent ? [sent.buffer] : [],
    )) as Uint8Array;
  }

  async allGather(bytes: Uint8Array): Promise<Uint8Array[]> {
    return (await this.#thread.request({ type: 'all-gather', bytes: bytes.slice() })) as Uint8Array[];
  }

  async gather(bytes: Uint8Array, root = 0): Promise<Uint8Array[] | null> {
    return (await this.#thread.request({ type: 'gather', bytes: bytes.slice(), root })) as Uint8Array[] | null;
  }

  advance(): void {
    Atomics.add(this.progress, 1, 1);
  }

  async barrier(): Promise<void> {
    await this.#thread.request({ type: 'barrier' });
  }

  abort(message: string, trouble: 'own' | 'common' = 'own'): Promise<never> {
    this.#watch.postMessage({ type: 'fail', message, isCommon: trouble === 'common' });
    return new Promise(() => {}); // the watch ends the process
  }

  async dispose(): Promise<void> {
    await this.barrier();
    await ask(this.#watch, { type: 'leave' });
    // Rank 0 hears everybody's farewell before it closes the connections.
    await this.barrier();
    const left = this.#thread.request({ type: 'leave' }).then(() => true);
    const late = new Promise<false>((resolve) => setTimeout(resolve, LEAVE_MS, false).unref());
    await this.#watch.terminate();
    process.off('exit', this.#onExit);
    for (const signal of ENDING) process.off(signal, this.#onSignal);
    process.off(LOSS_SIGNAL, ignore);
    // MPICH over UCX's TCP may never come back from MPI_Finalize. Nothing is left to do in it; only its thread must
    // not be waited for.
    if (!(await Promise.race([left, late]))) {
      process.on('exit', () => this.#exitNow(Number(process.exitCode ?? 0)));
      this.#thread.unref();
    }
  }
}

async function importBinding(): Promise<typeof import('./mpi-binding.js')> {
  try {
    return await import('./mpi-binding.js');
  } catch (cause) {
    throw new MpiUnavailableError(
      'the package koffi, through which an MPI library is called, is not installed. Install it beside @alpacare/core: ' +
        'npm install koffi',
      { cause },
    );
  }
}
