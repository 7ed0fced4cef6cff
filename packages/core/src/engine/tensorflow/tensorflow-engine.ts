/**
 * Runs graphs on raw TensorFlow ops through the native binding of `@tensorflow/tfjs-node-gpu` (CUDA) or
 * `@tensorflow/tfjs-node` (CPU), an optional peer. Only the binding is loaded, in a worker thread; of the package's
 * JavaScript nothing is, so its faults on Node 23 and later do not matter here.
 */
import { EngineError, EngineUnavailableError } from '../../errors.ts';
import type { StorageDType } from '../../tensor/dtype.ts';
import { type Graph, isKind } from '../../tensor/graph.ts';
import { resolveDim, resolveShape } from '../../tensor/shape.ts';
import { bindSymbols, type GraphLeaf, graphLeaves } from '../check-feeds.ts';
import { multipliesBf16 } from '../device/cpu-flags.ts';
import { missingForCuda, tensorflowRequirement } from '../device/cuda-requirements.ts';
import type { CompileOptions, ComputeDType, Engine, HostTensor, Program, RunRequest, Variable } from '../engine.ts';
import { EngineThread } from '../engine-thread.ts';
import { findBinding } from './find-binding.ts';
import { lowerGraph } from './lower.ts';
import type { Plan } from './plan.ts';
import { type Bf16Probe, probeBf16 } from './probe-bf16.ts';

/** Binding, device and precision of a {@link TensorflowEngine}. */
export interface TensorflowEngineOptions {
  /** Path of a `tfjs_binding.node`. Default: ALPACARE_TENSORFLOW_BINDING, then the installed npm package. */
  readonly binding?: string;
  /** `gpu` throws where TensorFlow finds none; default: a GPU where there is one. */
  readonly device?: 'gpu' | 'any';
  /**
   * In what products with a frozen weight are computed. `f32` uses TF32 on NVIDIA Ampere and later, unless
   * NVIDIA_TF32_OVERRIDE=0 is set. `f16` and `bf16` accumulate as the device does; `bf16` is probed first.
   */
  readonly compute?: ComputeDType;
  /** How frozen matrices are held on the device; default: as they are stored. Quantised ones always are. */
  readonly weights?: 'stored' | StorageDType;
}

/** What TensorFlow says about itself. */
export interface TensorflowInfo {
  /** Of libtensorflow. */
  readonly version: string;
  /** Whether it computes on a GPU. */
  readonly isUsingGpu: boolean;
  /** Which package or file the binding came from. */
  readonly origin: string;
  /** Present where `compute: 'bf16'` was asked for. */
  readonly bf16?: Bf16Probe;
}

/** Set before TensorFlow loads, unless the user has set them: else it takes nearly all GPU memory, and talks. */
const ENVIRONMENT = {
  TF_FORCE_GPU_ALLOW_GROWTH: 'true',
  TF_CPP_MIN_LOG_LEVEL: '2',
  // Without AVX-512 VNNI TensorFlow leaves oneDNN off, and its own products are 1.7 times slower.
  TF_ENABLE_ONEDNN_OPTS: '1',
};

class TensorflowVariable implements Variable {
  constructor(
    readonly thread: EngineThread,
    readonly slot: number,
    public dtype: HostTensor['dtype'],
    public shape: readonly number[],
  ) {}

  async read(): Promise<HostTensor> {
    return (await this.thread.request({ type: 'read', slot: this.slot }, 'variable')) as HostTensor;
  }
  async write(value: HostTensor): Promise<void> {
    this.dtype = value.dtype;
    this.shape = value.shape;
    await this.thread.request({ type: 'write', slot: this.slot, tensor: value }, 'variable');
  }
  async dispose(): Promise<void> {
    await this.thread.request({ type: 'free', slot: this.slot }, 'variable');
  }
}

class TensorflowProgram implements Program {
  readonly #leaves: readonly GraphLeaf[];
  readonly #outputs: ReadonlyMap<string, number>;

  constructor(
    readonly thread: EngineThread,
    readonly program: number,
    readonly graph: Graph,
    readonly plan: Pick<Plan, 'feeds' | 'shapes' | 'outputs'>,
    readonly label: string,
  ) {
    this.#leaves = graphLeaves(graph);
    this.#outputs = new Map(plan.outputs.map(({ name, register }) => [name, register]));
  }

  async run({ feeds, fetch = [], store = {} }: RunRequest): Promise<Record<string, HostTensor>> {
    const bindings = bindSymbols(
      this.label,
      this.#leaves,
      new Map(Object.entries(feeds as Record<string, HostTensor>)),
    );
    this.#bindJoined(bindings);
    const output = (name: string) => {
      const register = this.#outputs.get(name);
      if (register === undefined) throw new EngineError(`${this.label}: no output is named "${name}"`);
      const { dtype, shape } = this.graph.outputs.get(name)!;
      return { register, dtype, shape: resolveShape(shape, bindings) };
    };
    const fetched = fetch.map(output);
    const stored = Object.entries(store).map(([name, variable]) => ({
      ...output(name),
      variable: variable as TensorflowVariable,
    }));
    const answer = this.thread.request(
      {
        type: 'run',
        program: this.program,
        shapes: this.plan.shapes.map(({ dims }) => resolveShape(dims, bindings)),
        feeds: this.plan.feeds.map(({ name }) => {
          const feed = feeds[name]!;
          return feed instanceof TensorflowVariable ? { slot: feed.slot } : { tensor: feed as HostTensor };
        }),
        fetch: fetched,
        store: stored.map(({ variable, ...rest }) => ({ ...rest, slot: variable.slot })),
      },
      this.label,
    );
    // Requests are carried out in order, so what is asked for from here on sees the new shapes.
    for (const { variable, dtype, shape } of stored) Object.assign(variable, { dtype, shape });
    const values = (await answer) as HostTensor[];
    return Object.fromEntries(fetch.map((name, i) => [name, values[i]!]));
  }

  /** A joined axis may have a symbol of its own, which follows from its parts. */
  #bindJoined(bindings: Map<string, number>): void {
    for (const node of this.graph.nodes) {
      if (!isKind(node, 'concat')) continue;
      const { axis, dim } = node.attributes;
      if (typeof dim !== 'string' || dim.includes('*') || bindings.has(dim)) continue;
      bindings.set(
        dim,
        node.inputs.reduce((sum, part) => sum + resolveDim(part.shape[axis]!, bindings), 0),
      );
    }
  }

  async dispose(): Promise<void> {
    await this.thread.request({ type: 'release', program: this.program }, this.label);
  }
}

/** TensorFlow's own ops through the native binding of tfjs-node: the engine for CUDA. */
export class TensorflowEngine implements Engine {
  readonly name = 'tensorflow';

  private constructor(
    private readonly thread: EngineThread,
    /** The library that was found. */
    readonly info: TensorflowInfo,
    /** Element type of products. */
    readonly compute: ComputeDType,
    /** How frozen weights are held: as they are stored, or converted. */
    readonly weights: 'stored' | StorageDType,
  ) {}

  /**
   * Loads TensorFlow in a thread of its own.
   * @throws {EngineUnavailableError} when the binding is absent or does not load, when a GPU was asked for and
   * TensorFlow uses none, or when bf16 was asked for and the device has no kernel for it
   */
  static async open(options: TensorflowEngineOptions = {}): Promise<TensorflowEngine> {
    const { compute = 'f32', weights = 'stored' } = options;
    const { file, origin } = findBinding(options.binding);
    const thread = new EngineThread(new URL('./tensorflow-worker.js', import.meta.url), {
      name: 'tensorflow',
      shareEnvironment: true,
    });
    try {
      const info = { ...(await load(thread, file)), origin };
      if (options.device === 'gpu' && !info.isUsingGpu) throw noGpu(info);
      if (compute !== 'bf16') return new TensorflowEngine(thread, info, compute, weights);
      const bf16 = await probeBf16(thread, info.isUsingGpu);
      return new TensorflowEngine(thread, { ...info, bf16 }, compute, weights);
    } catch (error) {
      await thread.dispose();
      throw error;
    }
  }

  /**
   * Whether bf16 operands are multiplied in f32: without instructions for bf16 a processor is slower in it, and rounds the
   * result as well.
   */
  get widensBf16(): boolean {
    return !this.info.isUsingGpu && !multipliesBf16();
  }

  async compile(graph: Graph, { label = 'graph' }: CompileOptions = {}): Promise<Program> {
    const plan = lowerGraph(graph, this);
    const program = this.thread.newId();
    await this.thread.request({ type: 'compile', program, plan }, label);
    return new TensorflowProgram(this.thread, program, graph, plan, label);
  }

  async createVariable(value: HostTensor): Promise<Variable> {
    const variable = new TensorflowVariable(this.thread, this.thread.newId(), value.dtype, value.shape);
    await variable.write(value);
    return variable;
  }

  /** What lives in the thread, `tensors` counted by TensorFlow itself: the leak test. */
  async census(): Promise<{ readonly tensors: number; readonly programs: number; readonly variables: number }> {
    return (await this.thread.request({ type: 'census' }, 'census')) as {
      tensors: number;
      programs: number;
      variables: number;
    };
  }

  dispose(): Promise<void> {
    return this.thread.dispose();
  }
}

async function load(thread: EngineThread, file: string): Promise<{ version: string; isUsingGpu: boolean }> {
  try {
    const answer = await thread.request({ type: 'open', file, environment: ENVIRONMENT }, file);
    return answer as { version: string; isUsingGpu: boolean };
  } catch (error) {
    throw new EngineUnavailableError(
      'tensorflow',
      [
        {
          part: 'TensorFlow binding',
          needed: 'a binding that loads',
          found: (error as Error).message,
          remedy:
            "rebuild it against the TensorFlow you have: scripts/build-tensorflow-binding.mjs in AlpaCare's repository",
        },
      ],
      { cause: error },
    );
  }
}

function noGpu({ version, origin }: TensorflowInfo): EngineUnavailableError {
  const missing = missingForCuda(tensorflowRequirement(version));
  const cpuBuild = {
    part: 'TensorFlow with CUDA',
    needed: 'a build that uses the GPU',
    found: `TensorFlow ${version} from ${origin}, which uses the CPU though the libraries it needs seem present`,
    remedy:
      "install @tensorflow/tfjs-node-gpu, or build the binding against a CUDA wheel: scripts/build-tensorflow-binding.mjs in AlpaCare's repository",
  };
  return new EngineUnavailableError('tensorflow on a GPU', missing.length > 0 ? missing : [cpuBuild]);
}
