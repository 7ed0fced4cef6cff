/**
 * The thread in which MPI lives: its calls block, and it wants one thread for all of them. Plain JavaScript, because
 * Node starts it by file name from source and from `dist` alike. Requests are carried out one after the other.
 *
 * Every operation begins with a header that all ranks gather: it is where the slowest is waited for, where ranks that
 * ask for different things find out before memory is overwritten, and how lengths (and up to 64 bytes) travel.
 *
 * @typedef {import('./collective.ts').SumArray} SumArray
 * @typedef {(
 *   | { type: 'start', candidates: string[], expectedSize: number, launcher: string }
 *   | { type: 'sum', values: SumArray }
 *   | { type: 'broadcast', bytes: Uint8Array | null, root: number }
 *   | { type: 'all-gather', bytes: Uint8Array }
 *   | { type: 'gather', bytes: Uint8Array, root: number }
 *   | { type: 'barrier' }
 *   | { type: 'leave' }
 * )} Request
 */
import { parentPort, workerData } from 'node:worker_threads';
import { sumInOrder } from './fixed-order-sum.js';
import { loadLibrary, MpiCallError, startMpi } from './mpi-binding.js';

/** [0]: operations begun, for the watch; [1] is the rank's own. @type {Int32Array} */
const progress = workerData;

const INLINE = 64;
const HEADER = 4 * 8 + INLINE;
const SEGMENT_BYTES = 64 * 2 ** 20;
/** Below this, everybody gets everything and adds it up alone: one exchange instead of two. */
const SMALL_BYTES = 32 * 2 ** 10;
const WATCH_SPEAKS_MS = 3000;
const MOST_BYTES = 2 ** 31 - 1;

const operations = /** @type {const} */ (['start', 'sum', 'broadcast', 'all-gather', 'gather', 'barrier', 'leave']);
const kinds = [Float32Array, Float64Array, Int32Array, Uint8Array];

/** @type {ReturnType<typeof startMpi>} */
let mpi;
let rank = 0;
let size = 1;
let sequence = 0;
const traffic = { waitSeconds: 0, transferSeconds: 0, sentBytes: 0 };

/** @param {Extract<Request, { type: 'start' }>} request */
async function start({ candidates, expectedSize, launcher }) {
  /** @type {string[]} */
  const tried = [];
  let library;
  for (const candidate of candidates) {
    try {
      library = loadLibrary(candidate, { global: true });
      break;
    } catch (error) {
      tried.push(`${candidate}: ${/** @type {Error} */ (error).message}`);
    }
  }
  if (!library) throw new Error(`no MPI library could be loaded. Tried ${tried.join('; ')}`);
  mpi = startMpi(library);
  rank = mpi.rank();
  size = mpi.size();
  if (size !== expectedSize) {
    throw new Error(
      `${launcher} started ${expectedSize} ranks, but ${library.version} (${library.path}) sees ${size}: ` +
        'it belongs to another MPI than the launcher',
    );
  }
  const { handle: _, ...about } = library;
  return { rank, size, ...about };
}

/**
 * @param {Request['type']} operation @param {number} kind  what all must agree in: type or root
 * @param {number} length  of this rank's values
 * @param {Uint8Array} [payload]  at most 64 bytes
 */
function meet(operation, kind, length, payload) {
  const from = performance.now();
  const own = new Uint8Array(HEADER);
  sequence++;
  Atomics.store(progress, 0, sequence);
  new Float64Array(own.buffer, 0, 4).set([sequence, operations.indexOf(operation), kind, length]);
  if (payload) own.set(payload, 32);
  const all = new Uint8Array(HEADER * size);
  mpi.gatherPatiently(own, all);
  traffic.waitSeconds += (performance.now() - from) / 1000;
  traffic.sentBytes += HEADER * (size - 1);
  const headers = Array.from({ length: size }, (_, r) => new Float64Array(all.buffer, r * HEADER, 4));
  for (const [r, [theirSequence, code, theirKind, theirLength]] of headers.entries()) {
    const agree =
      theirSequence === sequence &&
      code === operations.indexOf(operation) &&
      theirKind === kind &&
      (operation !== 'sum' || theirLength === length);
    if (agree) continue;
    const theirs = `${operations[/** @type {number} */ (code)]} of ${theirLength} (call ${theirSequence})`;
    throw new Error(
      `ranks do not agree: rank ${rank} asks for ${operation} of ${length} (call ${sequence}), rank ${r} for ${theirs}`,
    );
  }
  return {
    lengths: headers.map((header) => /** @type {number} */ (header[3])),
    payload: (/** @type {number} */ r, /** @type {number} */ bytes) =>
      all.slice(r * HEADER + 32, r * HEADER + 32 + bytes),
  };
}

/** @template T @param {() => T} work */
function transfer(work) {
  const from = performance.now();
  const result = work();
  traffic.transferSeconds += (performance.now() - from) / 1000;
  return result;
}

/** Where each rank's share begins, shares lying one behind the other. @param {Int32Array} counts */
function placesOf(counts) {
  const places = new Int32Array(counts.length);
  for (let i = 1; i < counts.length; i++)
    places[i] = /** @type {number} */ (places[i - 1]) + /** @type {number} */ (counts[i - 1]);
  return places;
}

/** @param {SumArray} values */
function sum(values) {
  const kind = kinds.findIndex((type) => values instanceof type);
  meet('sum', kind, values.length);
  return transfer(() => {
    /** @type {number | null} */
    let nonFiniteRank = null;
    const step = Math.max(size, Math.floor(SEGMENT_BYTES / values.BYTES_PER_ELEMENT));
    for (let from = 0; from < values.length; from += step) {
      const part = /** @type {SumArray} */ (values.subarray(from, from + step));
      const culprit = part.byteLength * size <= SMALL_BYTES ? sumSmall(part) : sumSegment(part);
      if (culprit !== null && (nonFiniteRank === null || culprit < nonFiniteRank)) nonFiniteRank = culprit;
    }
    return { values, nonFiniteRank };
  });
}

/**
 * Memory that lives on from sum to sum, since fresh memory costs the kernel more than the sum itself. @type {Record<string, ArrayBuffer>}
 */
const kept = {};

/** @param {string} use  one at a time @param {SumArray} values @param {number} length  what it holds is left over */
function scratch(use, values, length) {
  const bytes = length * values.BYTES_PER_ELEMENT;
  let memory = kept[use];
  if (!memory || memory.byteLength < bytes) {
    memory = new ArrayBuffer(bytes);
    kept[use] = memory;
  }
  const type = /** @type {new (memory: ArrayBuffer, from: number, length: number) => SumArray} */ (values.constructor);
  return new type(memory, 0, length);
}

/** @param {SumArray} values */
function sumSmall(values) {
  const all = scratch('received', values, values.length * size);
  const counts = new Int32Array(size).fill(values.byteLength);
  mpi.allGather(values, all, counts, placesOf(counts));
  traffic.sentBytes += values.byteLength * (size - 1);
  return sumInOrder(all, size, values);
}

/** Each rank adds one share of the values up and gives the sum to all: every byte travels twice. @param {SumArray} values */
function sumSegment(values) {
  const bytes = values.BYTES_PER_ELEMENT;
  const share = Math.ceil(values.length / size);
  const lengthOf = (/** @type {number} */ r) => Math.max(0, Math.min(share, values.length - r * share));
  const counts = Int32Array.from({ length: size }, (_, r) => lengthOf(r) * bytes);
  const places = placesOf(counts);
  const mine = lengthOf(rank);
  const received = scratch('received', values, mine * size);
  const receivedCounts = new Int32Array(size).fill(mine * bytes);
  mpi.exchange(values, counts, places, received, receivedCounts, placesOf(receivedCounts));
  const total = scratch('total', values, mine);
  const culprit = sumInOrder(received, size, total);
  mpi.allGather(total, values, counts, places);
  traffic.sentBytes += values.byteLength - mine * bytes + mine * bytes * (size - 1);
  return culprit;
}

/** @param {Uint8Array | null} bytes @param {number} root */
function broadcast(bytes, root) {
  const { lengths } = meet('broadcast', root, bytes?.length ?? 0);
  const length = /** @type {number} */ (lengths[root]);
  const whole = rank === root ? /** @type {Uint8Array} */ (bytes) : new Uint8Array(length);
  transfer(() => {
    for (let from = 0; from < length; from += SEGMENT_BYTES) {
      mpi.broadcast(whole.subarray(from, Math.min(length, from + SEGMENT_BYTES)), root);
    }
  });
  if (rank === root) traffic.sentBytes += length;
  return whole;
}

/** @param {Uint8Array} bytes @param {number | null} root  null: everybody gets all */
function gather(bytes, root) {
  const payload = bytes.length <= INLINE ? bytes : undefined;
  const met = meet(root === null ? 'all-gather' : 'gather', root ?? -1, bytes.length, payload);
  const wants = root === null || root === rank;
  if (met.lengths.every((length) => length <= INLINE)) {
    return wants ? met.lengths.map((length, r) => met.payload(r, length)) : null;
  }
  const total = met.lengths.reduce((a, b) => a + b, 0);
  if (total > MOST_BYTES) throw new Error(`${total} bytes are to be gathered, MPI moves at most ${MOST_BYTES} at once`);
  const counts = Int32Array.from(met.lengths);
  const places = placesOf(counts);
  const all = new Uint8Array(wants ? total : 0);
  transfer(() =>
    root === null ? mpi.allGather(bytes, all, counts, places) : mpi.gather(bytes, all, counts, places, root),
  );
  traffic.sentBytes += bytes.length * (root === null ? size - 1 : 1);
  if (!wants) return null;
  return met.lengths.map((length, r) => all.slice(places[r], /** @type {number} */ (places[r]) + length));
}

/** @param {Request} request @returns {Promise<unknown>} */
async function handle(request) {
  switch (request.type) {
    case 'start':
      return start(request);
    case 'sum':
      return sum(request.values);
    case 'broadcast':
      return broadcast(request.bytes, request.root);
    case 'all-gather':
      return gather(request.bytes, null);
    case 'gather':
      return gather(request.bytes, request.root);
    case 'barrier':
      meet('barrier', 0, 0);
      return undefined;
    case 'leave':
      mpi.finalize();
      return undefined;
  }
}

/** Arrays go back without being copied. @param {unknown} result @returns {ArrayBuffer[]} */
function buffersOf(result) {
  const parts = Array.isArray(result) ? result : [/** @type {any} */ (result)?.values ?? result];
  return parts.flatMap((part) => (ArrayBuffer.isView(part) ? [/** @type {ArrayBuffer} */ (part.buffer)] : []));
}

let queue = Promise.resolve();
parentPort?.on('message', (/** @type {{ id: number, request: Request }} */ { id, request }) => {
  queue = queue.then(async () => {
    try {
      const result = await handle(request);
      parentPort?.postMessage({ id, result, traffic }, buffersOf(result));
    } catch (error) {
      // Most likely a peer is lost: the watch, which knows which one, ends the process meanwhile.
      if (error instanceof MpiCallError) await new Promise((resolve) => setTimeout(resolve, WATCH_SPEAKS_MS));
      parentPort?.postMessage({ id, error: String(/** @type {Error} */ (error)?.message ?? error), traffic });
    }
    if (request.type === 'leave') parentPort?.close();
  });
});
