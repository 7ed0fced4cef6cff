/**
 * The user's MPI library through koffi. Data moves as bytes and is added up by us, so all that differs between the
 * families is what a handle is: in Open MPI the address of an exported symbol, in MPICH and its kin an integer that
 * their common ABI fixes (mpi.h of MPICH 3.1 and later).
 *
 * @typedef {import('./launcher.ts').MpiFamily} MpiFamily
 * @typedef {import('koffi').LibraryHandle} LibraryHandle
 * @typedef {Float32Array | Float64Array | Int32Array | Uint8Array | BigInt64Array} Memory
 *
 * @typedef {'int' | 'pointer' | 'handle'} Kind
 *
 * @typedef {object} MpiLibrary
 * @property {LibraryHandle} handle
 * @property {string} path  as it was loaded
 * @property {MpiFamily} family
 * @property {string} version  first line of MPI_Get_library_version
 */
import koffi from 'koffi';

const MPICH = { world: 0x44000000, byte: 0x4c00010d, errorsReturn: 0x54000001 };
const VERSION_BYTES = 8192; // MPI_MAX_LIBRARY_VERSION_STRING is 256 in Open MPI, 8192 in MPICH
const ERROR_BYTES = 1024;
const THREAD_FUNNELED = 1;

/** MPI itself failed, as it may when a peer is lost. */
export class MpiCallError extends Error {}

/**
 * Loads a library and asks what it is, without starting MPI.
 * @param {string} path  a file, or a name for the linker
 * @param {{ global?: boolean }} [options]  global: Open MPI's plugins find its symbols however they were linked
 * @returns {MpiLibrary}
 */
export function loadLibrary(path, { global = false } = {}) {
  const handle = koffi.load(path, { global });
  const text = new Uint8Array(VERSION_BYTES);
  const length = new Int32Array(1);
  handle.func('MPI_Get_library_version', 'int', ['void *', 'void *'])(text, length);
  const version = new TextDecoder().decode(text.subarray(0, length[0])).split(/[\n\0,]/)[0] ?? '';
  return {
    handle,
    path,
    family: symbolOf(handle, 'ompi_mpi_comm_world') ? 'openmpi' : 'mpich',
    version: tidy(version),
  };
}

/** @param {string} version */
const tidy = (version) =>
  version
    .replace(/\s+/g, ' ')
    .replace(/ Version:/i, '')
    .trim();

/** @param {LibraryHandle} handle @param {string} name */
function symbolOf(handle, name) {
  try {
    return handle.symbol(name);
  } catch {
    return null;
  }
}

/**
 * Starts MPI in this thread, which alone may use what is returned.
 * @param {MpiLibrary} library
 */
export function startMpi({ handle, family }) {
  const isOpenMpi = family === 'openmpi';
  const type = isOpenMpi ? 'void *' : 'int';
  const world = isOpenMpi ? handle.symbol('ompi_mpi_comm_world') : MPICH.world;
  const byte = isOpenMpi ? handle.symbol('ompi_mpi_byte') : MPICH.byte;
  const errorString = handle.func('MPI_Error_string', 'int', ['int', 'void *', 'void *']);

  /** @param {string} name @param {readonly Kind[]} parameters */
  const bind = (name, parameters) => {
    const types = parameters.map((kind) => (kind === 'int' ? 'int' : kind === 'pointer' ? 'void *' : type));
    const call = handle.func(name, 'int', types);
    return (/** @type {unknown[]} */ ...values) => {
      const code = call(...values);
      if (code === 0) return;
      const text = new Uint8Array(ERROR_BYTES);
      const length = new Int32Array(1);
      errorString(code, text, length);
      throw new MpiCallError(`${name}: ${new TextDecoder().decode(text.subarray(0, length[0]))}`);
    };
  };

  const provided = new Int32Array(1);
  bind('MPI_Init_thread', ['pointer', 'pointer', 'int', 'pointer'])(null, null, THREAD_FUNNELED, provided);
  // An error becomes ours to report; MPI's own way is to end the process with a page of text.
  const errorsReturn = isOpenMpi ? handle.symbol('ompi_mpi_errors_return') : MPICH.errorsReturn;
  bind('MPI_Comm_set_errhandler', ['handle', 'handle'])(world, errorsReturn);

  /** Where, how much for each rank, at which place, of what type. @type {Kind[]} */
  const block = ['pointer', 'pointer', 'pointer', 'handle'];
  const calls = {
    rank: bind('MPI_Comm_rank', ['handle', 'pointer']),
    size: bind('MPI_Comm_size', ['handle', 'pointer']),
    iallgather: bind('MPI_Iallgather', ['pointer', 'int', 'handle', 'pointer', 'int', 'handle', 'handle', 'pointer']),
    test: bind('MPI_Test', ['pointer', 'pointer', 'pointer']),
    alltoallv: bind('MPI_Alltoallv', [...block, ...block, 'handle']),
    allgatherv: bind('MPI_Allgatherv', [
      'pointer',
      'int',
      'handle',
      'pointer',
      'pointer',
      'pointer',
      'handle',
      'handle',
    ]),
    gatherv: bind('MPI_Gatherv', [
      'pointer',
      'int',
      'handle',
      'pointer',
      'pointer',
      'pointer',
      'handle',
      'int',
      'handle',
    ]),
    bcast: bind('MPI_Bcast', ['pointer', 'int', 'handle', 'int', 'handle']),
    finalize: bind('MPI_Finalize', []),
  };
  const one = new Int32Array(1);
  const ask = (/** @type {(...values: unknown[]) => void} */ call) => {
    call(world, one);
    return /** @type {number} */ (one[0]);
  };
  const request = new BigInt64Array(1); // large enough for a pointer and for an int
  const status = new Uint8Array(64); // MPI_Status has 24 bytes in Open MPI, 20 in MPICH
  const pause = new Int32Array(new SharedArrayBuffer(4));

  return {
    rank: () => ask(calls.rank),
    size: () => ask(calls.size),
    /**
     * Gathers from everybody, and waits for the slowest without occupying a core: a rank may wait for a whole step.
     * @param {Uint8Array} own @param {Uint8Array} all
     */
    gatherPatiently(own, all) {
      calls.iallgather(own, own.length, byte, all, own.length, byte, world, request);
      for (let polls = 0; ; polls++) {
        one[0] = 0;
        calls.test(request, one, status);
        if (one[0] !== 0) return;
        // Eager for what takes microseconds, then ever more patient.
        if (polls > 200) Atomics.wait(pause, 0, 0, polls < 400 ? 0.05 : 0.5);
      }
    },
    /** Counts and places in bytes. @param {Memory} from @param {Int32Array} fromCounts @param {Int32Array} fromPlaces @param {Memory} to @param {Int32Array} toCounts @param {Int32Array} toPlaces */
    exchange: (from, fromCounts, fromPlaces, to, toCounts, toPlaces) =>
      calls.alltoallv(from, fromCounts, fromPlaces, byte, to, toCounts, toPlaces, byte, world),
    /** @param {Memory} own @param {Memory} all @param {Int32Array} counts @param {Int32Array} places */
    allGather: (own, all, counts, places) =>
      calls.allgatherv(own, own.byteLength, byte, all, counts, places, byte, world),
    /** @param {Memory} own @param {Memory} all @param {Int32Array} counts @param {Int32Array} places @param {number} root */
    gather: (own, all, counts, places, root) =>
      calls.gatherv(own, own.byteLength, byte, all, counts, places, byte, root, world),
    /** @param {Memory} bytes @param {number} root */
    broadcast: (bytes, root) => calls.bcast(bytes, bytes.byteLength, byte, root, world),
    finalize: () => calls.finalize(),
  };
}

/**
 * Ends this process from any thread, at once: no handler runs, and no thread is waited for that hangs in a collective.
 * @param {number} code
 */
export function exitNow(code) {
  koffi.load(null).func('_exit', 'void', ['int'])(code);
}
