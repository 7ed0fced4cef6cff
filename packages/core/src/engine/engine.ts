/**
 * What an engine is: it compiles a finished graph once and runs it many times, and it holds variables, tensors that
 * stay on its side between runs (adapters, optimizer moments, the KV cache). What it is not: it knows nothing of
 * models, batches, optimizers or files other than the byte ranges of frozen weights.
 */
import type { DType } from '../tensor/dtype.ts';
import type { Graph } from '../tensor/graph.ts';

/** A tensor in JavaScript memory, row-major. */
export interface HostTensor {
  /** Element type of `data`. */
  readonly dtype: DType;
  /** Extent of each dimension; empty for a scalar. */
  readonly shape: readonly number[];
  /** Elements in row-major order. */
  readonly data: Float32Array | Int32Array;
}

/** A tensor on the engine's side. Its value is replaced by `write` or by a run that stores an output in it. */
export interface Variable {
  /** Copies the value to the host. */
  read(): Promise<HostTensor>;
  /** Replaces the value. @throws {ShapeMismatchError} where the shape is another */
  write(value: HostTensor): Promise<void>;
  /** Frees the value on the engine. */
  dispose(): Promise<void>;
}

/** One run of a program: what goes in, what comes back, what stays on the engine. */
export interface RunRequest {
  /** One value for each input and parameter, by name. */
  readonly feeds: Readonly<Record<string, HostTensor | Variable>>;
  /** Outputs to bring back to JavaScript. */
  readonly fetch?: readonly string[];
  /** Outputs that become the new value of a variable. A variable may be fed and stored in one run. */
  readonly store?: Readonly<Record<string, Variable>>;
}

/** A compiled graph. */
export interface Program {
  /**
   * Runs the graph. Runs of one engine are carried out in the order they were asked for.
   * @throws {EngineError} naming what is missing or did not fit
   */
  run(request: RunRequest): Promise<Readonly<Record<string, HostTensor>>>;
  /** Frees what was compiled. */
  dispose(): Promise<void>;
}

/** In what products with frozen matrices are computed; everything else is f32. */
export type ComputeDType = 'f32' | 'f16' | 'bf16';

/**
 * How products with int8 weights are computed. `fast`: rows in one int8 term, the columns that matter most apart in f32,
 * narrowing linears forward as in `accurate`. `accurate`: rows in two int8 terms, 16 bits. `widened`: weights are
 * widened to f32 for each product.
 */
export type Int8Products = 'fast' | 'accurate' | 'widened';

/** What {@link Engine.compile} may be told beside the graph. */
export interface CompileOptions {
  /** In place of the engine's own choice. Engines without integer products always compute `widened`. */
  readonly int8?: Int8Products | undefined;
  /** Stands in error messages. */
  readonly label?: string;
}

/** What executes graphs; see the top of this file for what it is not. */
export interface Engine {
  /** Such as `onnx`. */
  readonly name: string;
  /** Makes a graph ready to run; weights it refers to are loaded now. */
  compile(graph: Graph, options?: CompileOptions): Promise<Program>;
  /** Puts a value on the engine, where programs can read and write it between runs. */
  createVariable(value: HostTensor): Promise<Variable>;
  /** Frees programs and variables that are left. */
  dispose(): Promise<void>;
}

export const f32Tensor = (shape: readonly number[], data: Float32Array): HostTensor => ({ dtype: 'f32', shape, data });
export const i32Tensor = (shape: readonly number[], data: Int32Array): HostTensor => ({ dtype: 'i32', shape, data });
export const scalar = (value: number): HostTensor => f32Tensor([], Float32Array.of(value));
export const intScalar = (value: number): HostTensor => i32Tensor([], Int32Array.of(value));
