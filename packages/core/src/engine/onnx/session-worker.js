/**
 * The thread in which ONNX Runtime runs. `InferenceSession.run` blocks its thread for the length of a step, so it must
 * not be the one a user's event loop lives in. Plain JavaScript, because Node starts it by file name from source and
 * from `dist` alike. Requests are carried out one after the other.
 *
 * @typedef {{ dtype: 'f32' | 'i32', shape: readonly number[], data: Float32Array | Int32Array }} HostTensor
 * @typedef {{ slot: number } | { tensor: HostTensor }} Feed
 * Outputs by the input that they make longer, and the mask that tells how long it is: [B, 1, T, S].
 * @typedef {{ outputs: Record<string, string>, mask: string }} Caches
 * @typedef {(
 *   | { type: 'create', session: number, model: Uint8Array, profile: string | undefined, caches: Caches | undefined, options: import('onnxruntime-node').InferenceSession.SessionOptions }
 *   | { type: 'run', session: number, feeds: [string, Feed][], fetch: string[], store: [string, number][] }
 *   | { type: 'placement', session: number }
 *   | { type: 'release', session: number }
 *   | { type: 'write', slot: number, tensor: HostTensor }
 *   | { type: 'read', slot: number }
 *   | { type: 'free', slot: number }
 *   | { type: 'memory' }
 * )} Request
 */
import { parentPort, workerData } from 'node:worker_threads';
import * as ort from 'onnxruntime-node';
import { CacheRows, roomFor } from './cache-rows.js';
import { takePlacement } from './placement.js';

/** @type {Map<number, ort.InferenceSession>} */
const sessions = new Map();
/** Prefix of a profile that is being written. @type {Map<number, string>} */
const profiles = new Map();
/** @type {Map<number, import('./placement.js').Placement>} */
const placements = new Map();
/** @type {Map<number, Caches>} */
const cachesOf = new Map();
/** @type {Map<number, ort.Tensor | CacheRows>} */
const slots = new Map();

const ortType = /** @type {const} */ ({ f32: 'float32', i32: 'int32' });

/** @param {HostTensor} tensor */
const toOrt = ({ dtype, shape, data }) => new ort.Tensor(ortType[dtype], /** @type {never} */ (data), shape);

/** @param {ort.Tensor} tensor @returns {HostTensor} */
const toHost = (tensor) => ({
  dtype: tensor.type === 'int32' ? 'i32' : 'f32',
  shape: tensor.dims,
  data: /** @type {Float32Array | Int32Array} */ (tensor.data),
});

/** @param {number} slot */
const tensorIn = (slot) => {
  const value = take(slots, slot);
  return value instanceof CacheRows ? value.toTensor() : value;
};

/**
 * The caches of a run, each with the same room.
 * @param {Caches} caches @param {[string, Feed][]} feeds
 * @returns {Map<string, CacheRows>}
 */
function cachesIn({ outputs, mask }, feeds) {
  const found = new Map();
  for (const [name, feed] of feeds) {
    if (!(name in outputs)) continue;
    const value = 'slot' in feed ? take(slots, feed.slot) : toOrt(feed.tensor);
    found.set(name, value instanceof CacheRows ? value : new CacheRows(value, /** @type {number} */ (value.dims[2])));
  }
  const given = feeds.find(([name]) => name === mask)?.[1];
  const [, , count, keys] = given && 'tensor' in given ? given.tensor.shape : tensorIn(given?.slot ?? -1).dims;
  const held = /** @type {number} */ (keys) - /** @type {number} */ (count);
  for (const [name, { length }] of found) {
    if (length !== held) throw new Error(`"${name}" holds ${length} positions, the mask tells of ${held}`);
  }
  const room = Math.max(...[...found.values()].map((rows) => rows.room));
  const least = room === 0 ? roomFor(0) : room;
  for (const [name, rows] of found) if (rows.room !== least) found.set(name, rows.withRoom(least));
  return found;
}

/**
 * What a cache becomes with the rows of a run. Its buffer is written to only where nothing else needs it as it was.
 * @param {CacheRows} rows @param {ort.Tensor} fresh @param {boolean} isOwn
 */
function lengthen(rows, fresh, isOwn) {
  const length = rows.length + /** @type {number} */ (fresh.dims[2]);
  const longer = isOwn && length <= rows.room ? rows : rows.withRoom(Math.max(rows.room, roomFor(length)));
  longer.append(fresh);
  return longer;
}

/** @template T @param {Map<number, T>} map @param {number} id @returns {T} */
function take(map, id) {
  const value = map.get(id);
  if (value === undefined) throw new Error(`${map === sessions ? 'program' : 'variable'} ${id} was disposed of`);
  return value;
}

/** A profile covers one run. @param {number} id @param {ort.InferenceSession} session */
function endProfile(id, session) {
  const prefix = profiles.get(id);
  if (prefix === undefined) return;
  profiles.delete(id);
  session.endProfiling();
  placements.set(id, takePlacement(prefix));
}

/** @param {Request} request @returns {Promise<unknown>} */
async function handle(request) {
  switch (request.type) {
    case 'create':
      sessions.set(request.session, await ort.InferenceSession.create(request.model, request.options));
      if (request.profile) profiles.set(request.session, request.profile);
      if (request.caches) cachesOf.set(request.session, request.caches);
      return undefined;
    case 'run': {
      const session = take(sessions, request.session);
      const known = cachesOf.get(request.session);
      const caches = known ? cachesIn(known, request.feeds) : new Map();
      const feeds = Object.fromEntries(
        request.feeds.map(([name, feed]) => [
          name,
          caches.get(name)?.tensor ?? ('slot' in feed ? tensorIn(feed.slot) : toOrt(feed.tensor)),
        ]),
      );
      const wanted = [...new Set([...request.fetch, ...request.store.map(([name]) => name)])];
      const outputs = await session.run(feeds, wanted);
      endProfile(request.session, session);
      const fedFrom = new Map(request.feeds.map(([name, feed]) => [name, 'slot' in feed ? feed.slot : undefined]));
      /** Of an output that a cache becomes, its input. */
      const inputOf = new Map(Object.entries(known?.outputs ?? {}).map(([input, output]) => [output, input]));
      /** @param {string} name @param {number} [slot] */
      const result = (name, slot) => {
        const output = /** @type {ort.Tensor} */ (outputs[name]);
        const input = inputOf.get(name);
        if (input === undefined) return output;
        const uses =
          request.store.filter(([stored]) => stored === name).length + request.fetch.filter((f) => f === name).length;
        return lengthen(caches.get(input), output, uses === 1 && slot !== undefined && fedFrom.get(input) === slot);
      };
      for (const [name, slot] of request.store) slots.set(slot, result(name, slot));
      return request.fetch.map((name) => {
        const value = result(name);
        return toHost(value instanceof CacheRows ? value.toTensor() : value);
      });
    }
    case 'placement':
      take(sessions, request.session);
      return placements.get(request.session);
    case 'release': {
      const session = take(sessions, request.session);
      endProfile(request.session, session);
      await session.release();
      sessions.delete(request.session);
      placements.delete(request.session);
      cachesOf.delete(request.session);
      return undefined;
    }
    case 'write':
      slots.set(request.slot, toOrt(request.tensor));
      return undefined;
    case 'read':
      return toHost(tensorIn(request.slot));
    case 'free':
      slots.delete(request.slot);
      return undefined;
    case 'memory':
      return { sessions: sessions.size, variables: slots.size };
  }
}

/** See `ThreadState` in onnx-engine.ts. @type {Int32Array} */
const state = workerData;
const BUSY = 0;
const CLOSING = 1;

/** @param {{ id: number, request: Request } | null} message  null: nothing more will come */
async function serve(message) {
  Atomics.store(state, BUSY, 1);
  try {
    if (Atomics.load(state, CLOSING)) parentPort?.close();
    else if (message) parentPort?.postMessage({ id: message.id, ...(await answer(message.request)) });
  } finally {
    Atomics.store(state, BUSY, 0);
    Atomics.notify(state, BUSY);
  }
}

/** @param {Request} request */
const answer = (request) =>
  handle(request).then(
    (result) => ({ result }),
    (error) => ({ error: String(error?.message ?? error) }),
  );

let queue = Promise.resolve();
parentPort?.on('message', (message) => {
  queue = queue.then(() => serve(message));
});
