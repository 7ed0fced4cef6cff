/** A worker thread that carries out an engine's requests one after the other, and how it ends. */
import { SHARE_ENV, Worker } from 'node:worker_threads';
import { EngineError } from '../errors.ts';

/**
 * Shared with the thread: [0] is 1 while it works, [1] is 1 once it must not begin anything.
 * Ending a thread in the middle of a native call brings the whole process down, so whoever ends it waits for [0].
 */
type ThreadState = Int32Array;
const BUSY = 0;
const CLOSING = 1;

/** Threads that a process must wait for when it ends. */
const running = new Set<ThreadState>();
process.on('exit', () => {
  for (const state of running) Atomics.store(state, CLOSING, 1);
  for (const state of running) Atomics.wait(state, BUSY, 1);
});

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

export interface EngineThreadOptions {
  /** Stands in error messages where a request has no label of its own. */
  readonly name: string;
  /** The environment of the thread is the process's own, so that a native library sees what the thread sets. */
  readonly shareEnvironment?: boolean;
}

/**
 * Native runtimes block their thread for the length of a run, so they must not live in the one of a user's event loop.
 * The script gets {@link ThreadState} as `workerData`, answers `{ id, request }` with `{ id, result }` or `{ id, error }`,
 * and closes its port on `null` or once [1] is set.
 */
export class EngineThread {
  readonly #script: URL;
  readonly #options: EngineThreadOptions;
  readonly #pending = new Map<number, Pending>();
  readonly #state: ThreadState = new Int32Array(new SharedArrayBuffer(8));
  #worker: Worker | undefined;
  #next = 0;
  /** Why no request is taken any more. */
  #ended: Error | undefined;

  constructor(script: URL, options: EngineThreadOptions) {
    this.#script = script;
    this.#options = options;
  }

  /** A number that no other program or variable of this thread has. */
  newId(): number {
    return this.#next++;
  }

  /**
   * @param given  buffers of the request that the thread gets as they are; the caller has them no longer. All else is copied.
   * @throws {EngineError} with the label, when the request fails or the thread has ended
   */
  request(
    request: Readonly<Record<string, unknown>>,
    label = `${this.#options.name} engine`,
    given: readonly ArrayBuffer[] = [],
  ): Promise<unknown> {
    const failure = (error: Error) => new EngineError(`${label}: ${error.message}`, { cause: error });
    if (this.#ended) return Promise.reject(failure(this.#ended));
    const worker = this.#start();
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      try {
        worker.postMessage({ id, request }, given);
      } catch (error) {
        reject(failure(error as Error)); // a value that cannot be sent to another thread
        return;
      }
      this.#pending.set(id, { resolve, reject: (error) => reject(failure(error)) });
      worker.ref();
    });
  }

  #start(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(this.#script, {
      execArgv: [],
      workerData: this.#state,
      ...(this.#options.shareEnvironment && { env: SHARE_ENV }),
    });
    running.add(this.#state);
    worker.on('message', ({ id, result, error }: { id: number; result: unknown; error?: string }) => {
      const pending = this.#pending.get(id);
      this.#pending.delete(id);
      // An idle engine does not keep a process alive.
      if (this.#pending.size === 0) worker.unref();
      if (error === undefined) pending?.resolve(result);
      else pending?.reject(new Error(error));
    });
    worker.on('error', (error) => this.#end(error));
    worker.on('exit', (code) => {
      running.delete(this.#state);
      this.#worker = undefined;
      this.#end(new Error(`the engine's thread ended with code ${code}`));
    });
    this.#worker = worker;
    return worker;
  }

  #end(reason: Error): void {
    this.#ended ??= reason;
    for (const pending of this.#pending.values()) pending.reject(this.#ended);
    this.#pending.clear();
  }

  /** Rejects what is pending; a native call in progress is waited for. */
  async dispose(): Promise<void> {
    this.#end(new Error('the engine was disposed of'));
    const worker = this.#worker;
    if (!worker) return;
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    Atomics.store(this.#state, CLOSING, 1);
    worker.ref();
    worker.postMessage(null); // wakes it, and it goes
    await ended;
  }
}
