/** The default engine: ONNX Runtime in a worker thread, from the library inside the npm package `onnxruntime-node`. */
import { randomUUID } from 'node:crypto';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { EngineError, EngineUnavailableError, InvalidOptionError } from '../../errors.ts';
import { type Graph, isKind, leafName } from '../../tensor/graph.ts';
import { isQuantized, type WeightRef } from '../../tensor/op.ts';
import { bindSymbols, type GraphLeaf, graphLeaves } from '../check-feeds.ts';
import type {
  CompileOptions,
  ComputeDType,
  Engine,
  HostTensor,
  Int8Products,
  Program,
  RunRequest,
  Variable,
} from '../engine.ts';
import { EngineThread } from '../engine-thread.ts';
import { type CachedAttention, findCachedAttention } from './cached-attention.ts';
import { chooseInt8Products, type Int8Choice } from './integer-unit.ts';
import { findRowLookups, type RowLookup, readRows } from './looked-up-rows.ts';
import { feedName, lowerGraph, outputName, rowsName, weightsOfGradients } from './lower.ts';
import { isDeviceProblem, missingForOnnxCuda, missingForWebgpu, type OnnxDevice } from './onnx-device.ts';
import type { Placement } from './placement.js';

/** Threads, device and precision of an {@link OnnxEngine}. */
export interface OnnxEngineOptions {
  /** Default: cpu. */
  readonly device?: OnnxDevice;
  /** Threads of one op. Default: all that the process may use. */
  readonly threads?: number;
  /**
   * Keep a packed copy of each frozen matrix: about 10 % faster, and about twice the memory of the weights.
   * Default: where the frozen weights are small (64 MB), where they are quantised and no gradient is computed, and where
   * all are multiplied as int8 in `accurate` or `fast`, which takes no memory more.
   */
  readonly prepack?: boolean;
  /**
   * How products with int8 weights are computed. Default: `accurate` on a CPU that has instructions for it, and for
   * graphs without gradients; else `widened`. {@link OnnxEngine.int8} says which and why.
   */
  readonly int8?: Int8Products;
  /**
   * In what products with frozen matrices are computed. Default: f32. ONNX Runtime has no bf16 products on the CPU, and
   * computes f16 ones in f32 there: on the CPU f16 shows how far off a GPU would be, and is slower.
   */
  readonly compute?: ComputeDType;
}

const SMALL_WEIGHTS_BYTES = 64 * 2 ** 20;

class OnnxVariable implements Variable {
  constructor(
    readonly engine: OnnxEngine,
    readonly slot: number,
    public dtype: HostTensor['dtype'],
    /** `undefined` when a run stored an output in it: its shape is known to the worker alone. */
    public shape: readonly number[] | undefined,
  ) {}

  async read(): Promise<HostTensor> {
    return (await this.engine.request({ type: 'read', slot: this.slot })) as HostTensor;
  }
  async write(value: HostTensor): Promise<void> {
    this.dtype = value.dtype;
    this.shape = value.shape;
    await this.engine.request({ type: 'write', slot: this.slot, tensor: value });
  }
  async dispose(): Promise<void> {
    await this.engine.request({ type: 'free', slot: this.slot });
  }
}

/** A graph compiled to an ONNX model, its session in the worker. */
export class OnnxProgram implements Program {
  readonly #leaves: readonly GraphLeaf[];
  constructor(
    /** The engine it was compiled by. */
    readonly engine: OnnxEngine,
    /** Names the session in the engine. */
    readonly session: number,
    /** What it computes. */
    readonly graph: Graph,
    /** Names it in errors. */
    readonly label: string,
    private readonly lookups: readonly RowLookup[] = [],
  ) {
    this.#leaves = graphLeaves(graph);
  }

  /** Rows of large tables, under the names that the model has for them. */
  async #rows(feeds: RunRequest['feeds']): Promise<[string, { tensor: HostTensor }][]> {
    const rows: [string, { tensor: HostTensor }][] = [];
    for (const [i, { node, indices, table }] of this.lookups.entries()) {
      const fed = feeds[indices]!;
      const { data, shape } = fed instanceof OnnxVariable ? await fed.read() : (fed as HostTensor);
      const found = readRows(table, data, this.label, node.kind === 'gather' ? [data.length] : shape);
      rows.push([rowsName(i), { tensor: found }]);
    }
    return rows;
  }

  async run({ feeds, fetch = [], store = {} }: RunRequest): Promise<Record<string, HostTensor>> {
    const entries = Object.entries(feeds);
    const fed = new Map<string, { dtype: HostTensor['dtype']; shape: readonly number[] }>();
    for (const [name, feed] of entries) {
      const shape = feed instanceof OnnxVariable ? feed.shape : (feed as HostTensor).shape;
      const dtype = (feed as OnnxVariable | HostTensor).dtype;
      // A value that never left the worker is checked there, by ONNX Runtime.
      fed.set(name, { dtype, shape: shape ?? [] });
    }
    const hidden = new Set(
      entries.flatMap(([name, feed]) => (feed instanceof OnnxVariable && !feed.shape ? [name] : [])),
    );
    const visible = this.#leaves.filter((leaf) => !hidden.has(leaf.name));
    bindSymbols(this.label, visible, new Map([...fed].filter(([name]) => !hidden.has(name))));
    for (const name of hidden) {
      if (!this.#leaves.some((leaf) => leaf.name === name)) {
        throw new EngineError(`${this.label}: fed but not in the graph: ${name}`);
      }
    }
    for (const name of [...fetch, ...Object.keys(store)]) {
      if (!this.graph.outputs.has(name)) throw new EngineError(`${this.label}: no output is named "${name}"`);
    }
    const rows = await this.#rows(feeds);
    const outputs = (await this.engine.request(
      {
        type: 'run',
        session: this.session,
        feeds: [
          ...entries.map(([name, feed]) => [
            feedName(name),
            feed instanceof OnnxVariable ? { slot: feed.slot } : { tensor: feed as HostTensor },
          ]),
          ...rows,
        ],
        fetch: fetch.map(outputName),
        store: Object.entries(store).map(([name, variable]) => [outputName(name), (variable as OnnxVariable).slot]),
      },
      this.label,
      // Nobody else has them; copies would wait for the garbage collection of two threads.
      rows.map(([, { tensor }]) => tensor.data.buffer as ArrayBuffer),
    )) as HostTensor[];
    for (const [name, variable] of Object.entries(store)) {
      const { shape } = this.graph.outputs.get(name)!;
      const known = shape.every((dim) => typeof dim === 'number');
      (variable as OnnxVariable).shape = known ? (shape as number[]) : undefined;
    }
    return Object.fromEntries(fetch.map((name, i) => [name, outputs[i]!]));
  }

  /** Where the ops of the first run ran; `undefined` before it, and on the CPU, where there is nothing to fall back from. */
  async placement(): Promise<Placement | undefined> {
    return (await this.engine.request({ type: 'placement', session: this.session }, this.label)) as
      | Placement
      | undefined;
  }

  async dispose(): Promise<void> {
    await this.engine.request({ type: 'release', session: this.session });
  }
}

/** One row at a time, quantised matrices must be packed beforehand: else packing takes longer than the product. */
const decodesQuantized = (graph: Graph): boolean =>
  weightsOfGradients(graph).length === 0 &&
  graph.nodes.some((node) => isKind(node, 'weight') && isQuantized(node.attributes.ref));

/**
 * Where packing costs no memory: integer products read int8 codes in products alone, so a packed copy takes the place of
 * the mapped bytes. f32 matrices would be packed once for each direction.
 */
const isPackedUnasked = (graph: Graph, products: Int8Products): boolean =>
  decodesQuantized(graph) || (products !== 'widened' && multipliedMatrices(graph).every(isQuantized));

const multipliedMatrices = (graph: Graph): WeightRef[] =>
  graph.nodes.flatMap((node) =>
    node.kind === 'gather'
      ? []
      : node.inputs.flatMap((input) =>
          isKind(input, 'weight') && input.shape.length === 2 ? [input.attributes.ref] : [],
        ),
  );

/** What the engine's thread needs to know of caches: `Caches` of session-worker.js. */
function namesOfCaches(graph: Graph, caches: readonly CachedAttention[]) {
  const [first] = caches;
  if (!first) return undefined;
  const outputs = new Map([...graph.outputs].map(([name, node]) => [node, outputName(name)]));
  const rows = caches.flatMap(({ key, value }) => [key, value]);
  return {
    outputs: Object.fromEntries(rows.map(({ past, joined }) => [feedName(leafName(past)!), outputs.get(joined)!])),
    mask: feedName(leafName(first.attention.mask)!),
  };
}

function chooseInt8(asked: Int8Products | undefined, device: OnnxDevice): Int8Choice {
  if (device !== 'cpu') {
    return { products: 'widened', unsignedWeights: true, reason: `integer products have no kernel on ${device}` };
  }
  const choice = chooseInt8Products();
  return asked ? { ...choice, products: asked, reason: 'it was asked for' } : choice;
}

/** ONNX Runtime in a worker thread: the default, on the CPU; on a GPU through `device`. */
export class OnnxEngine implements Engine {
  readonly name = 'onnx';
  /** Where it computes. */
  readonly device: OnnxDevice;
  /** How products with int8 weights are computed, and why. */
  readonly int8: Int8Choice;
  readonly #options: OnnxEngineOptions;
  readonly #thread = new EngineThread(new URL('./session-worker.js', import.meta.url), { name: 'onnx' });

  /** @throws {InvalidOptionError} bf16 on the CPU */
  constructor(options: OnnxEngineOptions = {}) {
    // Read once, when the library loads in the worker: it would keep a device id and send usage data to Microsoft.
    process.env.ORT_DISABLE_TELEMETRY ??= '1';
    this.#options = options;
    this.device = options.device ?? 'cpu';
    this.int8 = chooseInt8(options.int8, this.device);
    if (this.device === 'cpu' && options.compute === 'bf16') {
      throw new InvalidOptionError('compute', 'bf16 has no kernel in ONNX Runtime on the CPU: use f32, or device cuda');
    }
  }

  /** Widening a matrix for each token takes longer than anything else, so without gradients it is not done unasked. */
  #products(graph: Graph, asked = this.#options.int8): Int8Products {
    if (this.device !== 'cpu') return 'widened';
    return asked ?? (decodesQuantized(graph) ? 'accurate' : this.int8.products);
  }

  async compile(graph: Graph, { label = 'graph', int8 }: CompileOptions = {}): Promise<OnnxProgram> {
    const refs = graph.nodes.flatMap((node) => (isKind(node, 'weight') ? [node.attributes.ref] : []));
    const roots = new Set(refs.map((ref) => path.parse(ref.file).root));
    if (roots.size > 1) throw new EngineError(`${label}: weights lie on several drives: ${[...roots].join(', ')}`);
    const bytes = refs.reduce((sum, ref) => sum + ref.byteLength, 0);
    const products = this.#products(graph, int8);
    const prepack = this.#options.prepack ?? (bytes <= SMALL_WEIGHTS_BYTES || isPackedUnasked(graph, products));
    const session = this.#thread.newId();
    const lookups = this.device === 'cpu' ? findRowLookups(graph) : [];
    const caches = this.device === 'cpu' ? findCachedAttention(graph) : [];
    // What fell back to the CPU is read from a profile of the first run.
    const profile = this.device === 'cpu' ? undefined : path.join(tmpdir(), `alpacare-${randomUUID()}`);
    await this.#create(
      {
        type: 'create',
        session,
        profile,
        caches: namesOfCaches(graph, caches),
        model: lowerGraph(graph, {
          int8: products,
          packed: prepack,
          unsignedWeights: this.int8.unsignedWeights,
          compute: this.#options.compute,
          device: this.device,
          lookups,
          caches,
        }),
        options: {
          executionProviders: [this.device],
          intraOpNumThreads: this.#options.threads ?? availableParallelism(),
          interOpNumThreads: 1,
          graphOptimizationLevel: 'all',
          // Shapes change from batch to batch; a planned pattern for each would only hold memory: 2.5 GB against 1.9 GB.
          enableMemPattern: false,
          ...(profile && { enableProfiling: true, profileFilePrefix: profile }),
          // Errors are thrown; a library does not write to the terminal as well.
          logSeverityLevel: 4,
          extra: {
            session: {
              model_external_initializers_file_folder_path: [...roots][0] ?? path.parse(process.cwd()).root,
              disable_prepacking: prepack ? '0' : '1',
              // Two live sessions would spin against each other, and beside other work spinning takes a fifth and more.
              intra_op: { allow_spinning: '0' },
            },
          },
        },
      },
      label,
    );
    return new OnnxProgram(this, session, graph, label, lookups);
  }

  /** @throws {EngineUnavailableError} listing what the device lacks */
  async #create(request: Readonly<Record<string, unknown>>, label: string): Promise<void> {
    const subject = `onnx on ${this.device}`;
    if (this.device === 'cuda') {
      const missing = missingForOnnxCuda();
      if (missing.length > 0) throw new EngineUnavailableError(subject, missing);
    }
    try {
      await this.request(request, label);
    } catch (error) {
      const { message } = error as Error;
      if (this.device === 'cpu' || !isDeviceProblem(message)) throw error;
      const missing =
        this.device === 'webgpu'
          ? missingForWebgpu(message)
          : [
              {
                part: 'CUDA device',
                needed: 'one that ONNX Runtime can use',
                found: message,
                remedy: 'run `nvidia-smi`',
              },
            ];
      throw new EngineUnavailableError(subject, missing, { cause: error });
    }
  }

  async createVariable(value: HostTensor): Promise<Variable> {
    const variable = new OnnxVariable(this, this.#thread.newId(), value.dtype, value.shape);
    await variable.write(value);
    return variable;
  }

  /** How many programs and variables live in the worker: the leak test. */
  async census(): Promise<{ readonly sessions: number; readonly variables: number }> {
    return (await this.request({ type: 'memory' })) as { sessions: number; variables: number };
  }

  /** @internal */
  request(
    request: Readonly<Record<string, unknown>>,
    label?: string,
    given?: readonly ArrayBuffer[],
  ): Promise<unknown> {
    return this.#thread.request(request, label, given);
  }

  /** Rejects what is pending; a native call in progress is waited for. */
  dispose(): Promise<void> {
    return this.#thread.dispose();
  }
}
