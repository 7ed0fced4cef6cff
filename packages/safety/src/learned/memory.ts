import {
  BEFORE_AT,
  BEFORE_FIELDS,
  DECAYS_AT,
  DIMENSIONS,
  FEATURES,
  FEATURES_AT,
  HASHES_AT,
  KIND_COUNT,
  KIND_HASHES_AT,
  KINDS_AT,
  KINDS_MET_AT,
  KINDS_MET_BYTES,
  LETTERS_AT,
  LIST_FIRST_AT,
  LIST_FROM_AT,
  LIST_HASHES_AT,
  LIST_KINDS_AT,
  LIST_TO_AT,
  LIST_WORDS_AT,
  MARKS_AT,
  MEMORY_BYTES,
  MET_AT,
  PLACES,
  PLAIN_AT,
  RESULT_AT,
  RESULT_FIELDS,
  ROLES_AT,
  RUN_FIELDS,
  RUNS_AT,
  SENSES_AT,
  SLOTS,
  SLOTS_AT,
  STATE_AT,
  SUMS_AT,
  TEXT_AT,
  TEXT_BYTES,
  VECTORS_AT,
  WEIGHTS_AT,
  WORDS,
  WORDS_READ,
} from './layout.ts';

const PAGE = 1 << 16;

/** What is used of WebAssembly, for which there are no types without those of a browser. */
interface WebAssemblyNamespace {
  readonly Memory: new (pages: {
    readonly initial: number;
    readonly maximum: number;
  }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  ) => { readonly exports: unknown };
}

export const { WebAssembly: webAssembly } = globalThis as { readonly WebAssembly?: WebAssemblyNamespace };

/** Undefined where there is no WebAssembly, or no room for its memory, of which an engine reserves gigabytes: then the readers have an ordinary buffer. */
export const memory = makeMemory(Math.ceil(MEMORY_BYTES / PAGE));

function makeMemory(pages: number): { readonly buffer: ArrayBuffer } | undefined {
  try {
    return webAssembly && new webAssembly.Memory({ initial: pages, maximum: pages });
  } catch {
    return undefined;
  }
}

/** All that the readers look up and write, since WebAssembly sees one block of memory and no other. It never grows. */
const buffer = memory?.buffer ?? new ArrayBuffer(MEMORY_BYTES);
const bytes = (at: number, length: number) => new Uint8Array(buffer, at, length);
const integers = (at: number, length: number) => new Int32Array(buffer, at, length);

/** A sentence in ASCII. */
export const textBytes = bytes(TEXT_AT, TEXT_BYTES);
export const letters = bytes(LETTERS_AT, 128);
export const marks = bytes(MARKS_AT, 128);
export const plain = bytes(PLAIN_AT, 128);
export const kindHashes = integers(KIND_HASHES_AT, KIND_COUNT);
export const sensePlaces = integers(SENSES_AT, 32);
export const rolePlaces = integers(ROLES_AT, 32);
export const result = integers(RESULT_AT, RESULT_FIELDS);
export const beforeFields = integers(BEFORE_AT, BEFORE_FIELDS);
export const kindsMet = bytes(KINDS_MET_AT, KINDS_MET_BYTES);
/** In which text each word was last met: see TURN. */
export const wordsMet = integers(MET_AT, WORDS);
/** Features of the sentence that was read last. */
export const features = integers(FEATURES_AT, FEATURES);

/** Arrays of a list of words. */
export interface ListMemory {
  readonly words: Int32Array;
  readonly kinds: Int32Array;
  readonly hashes: Int32Array;
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly first: Uint8Array;
}

export function makeListMemory(): ListMemory {
  return {
    words: new Int32Array(WORDS_READ),
    kinds: new Int32Array(WORDS_READ),
    hashes: new Int32Array(WORDS_READ),
    from: new Int32Array(WORDS_READ),
    to: new Int32Array(WORDS_READ),
    first: new Uint8Array(WORDS_READ),
  };
}

/** That of sentences of answers. */
export const listMemory: ListMemory = {
  words: integers(LIST_WORDS_AT, WORDS_READ),
  kinds: integers(LIST_KINDS_AT, WORDS_READ),
  hashes: integers(LIST_HASHES_AT, WORDS_READ),
  from: integers(LIST_FROM_AT, WORDS_READ),
  to: integers(LIST_TO_AT, WORDS_READ),
  first: bytes(LIST_FIRST_AT, WORDS_READ),
};

/** Arrays of a table of runs. */
export interface TableMemory {
  readonly slots: Uint16Array;
  readonly runs: Int32Array;
  readonly kinds: Int32Array;
  readonly hashes: Int32Array;
}

export function makeTableMemory(): TableMemory {
  return {
    slots: new Uint16Array(SLOTS),
    runs: new Int32Array((RUN_FIELDS * SLOTS) / 2),
    kinds: new Int32Array(WORDS),
    hashes: new Int32Array(WORDS),
  };
}

/** That of all lists. */
export const tableMemory: TableMemory = {
  slots: new Uint16Array(buffer, SLOTS_AT, SLOTS),
  runs: integers(RUNS_AT, (RUN_FIELDS * SLOTS) / 2),
  kinds: integers(KINDS_AT, WORDS),
  hashes: integers(HASHES_AT, WORDS),
};

/** Arrays of a linear model. */
export interface WeightMemory {
  readonly weights: Int8Array;
  readonly sums: Int32Array;
}

export function makeWeightMemory(): WeightMemory {
  return { weights: new Int8Array(PLACES), sums: new Int32Array(WORDS) };
}

/** That of the model of answers. */
export const weightMemory: WeightMemory = {
  weights: new Int8Array(buffer, WEIGHTS_AT, PLACES),
  sums: integers(SUMS_AT, WORDS),
};

/** Arrays of a factorization machine. */
export interface FactorMemory {
  readonly decays: Float64Array;
  readonly state: Float64Array;
  readonly vectors: Float32Array;
}

export function makeFactorMemory(dimensions: number): FactorMemory {
  return {
    decays: new Float64Array(dimensions),
    state: new Float64Array(dimensions),
    vectors: new Float32Array(2 * dimensions * WORDS),
  };
}

/** That of the model of pairs of answers. */
export const factorMemory: FactorMemory = {
  decays: new Float64Array(buffer, DECAYS_AT, DIMENSIONS),
  state: new Float64Array(buffer, STATE_AT, DIMENSIONS),
  vectors: new Float32Array(buffer, VECTORS_AT, 2 * DIMENSIONS * WORDS),
};
