/** Runs a graph node by node with `kernels.ts`. Slow, obvious, in this thread; the yardstick for the other engines. */
import { EngineError } from '../../errors.ts';
import { readExactWeight } from '../../io/read-weight.ts';
import { type Graph, isKind, leafName, type Node } from '../../tensor/graph.ts';
import type { OpAttributes, OpKind, WeightRef } from '../../tensor/op.ts';
import { resolveShape } from '../../tensor/shape.ts';
import { bindSymbols, graphLeaves } from '../check-feeds.ts';
import type { CompileOptions, Engine, HostTensor, Program, RunRequest, Variable } from '../engine.ts';
import { kernels, type Value } from './kernels.ts';

/** A value kept in float64 between runs. */
class ReferenceVariable implements Variable {
  constructor(public value: Value) {}
  read(): Promise<HostTensor> {
    return Promise.resolve(toHost(this.value));
  }
  write(value: HostTensor): Promise<void> {
    this.value = fromHost(value);
    return Promise.resolve();
  }
  dispose(): Promise<void> {
    return Promise.resolve();
  }
}

function fromHost({ shape, data }: HostTensor): Value {
  return { shape: [...shape], data: data instanceof Int32Array ? data.slice() : Float64Array.from(data) };
}

function toHost({ shape, data }: Value): HostTensor {
  if (data instanceof Int32Array) return { dtype: 'i32', shape, data };
  return { dtype: 'f32', shape, data: Float32Array.from(data) };
}

/** A graph that is walked node by node. */
export class ReferenceProgram implements Program {
  constructor(
    /** What it computes. */
    readonly graph: Graph,
    /** Names it in errors. */
    readonly label: string,
    /** Frozen weights, widened to float64 as they are read. */
    readonly weights: ReadonlyMap<WeightRef, Value>,
  ) {}

  /** Like `run`, with float64 in and out: what gradient checks need. */
  evaluate(feeds: ReadonlyMap<string, Value>): Map<string, Value> {
    const typed = new Map(
      [...feeds].map(([name, v]) => [
        name,
        { dtype: v.data instanceof Int32Array ? ('i32' as const) : ('f32' as const), shape: v.shape },
      ]),
    );
    const bindings = bindSymbols(this.label, graphLeaves(this.graph), typed);
    const values = new Map<Node, Value>();
    for (const node of this.graph.nodes) values.set(node, this.#evaluateNode(node, values, feeds, bindings));
    return new Map([...this.graph.outputs].map(([name, node]) => [name, values.get(node)!]));
  }

  #evaluateNode(
    node: Node,
    values: ReadonlyMap<Node, Value>,
    feeds: ReadonlyMap<string, Value>,
    bindings: Map<string, number>,
  ): Value {
    const name = leafName(node);
    if (name !== undefined) return feeds.get(name)!;
    if (isKind(node, 'weight')) return this.weights.get(node.attributes.ref)!;
    if (isKind(node, 'constant')) return { shape: [], data: Float64Array.of(node.attributes.value) };
    const inputs = node.inputs.map((input) => values.get(input)!);
    if (isKind(node, 'concat') && typeof node.attributes.dim === 'string' && !bindings.has(node.attributes.dim)) {
      const { axis, dim } = node.attributes;
      bindings.set(
        dim,
        inputs.reduce((sum, part) => sum + part.shape[axis]!, 0),
      );
    }
    const shape = resolveShape(node.shape, bindings);
    const kernel = kernels[node.kind as keyof typeof kernels] as (context: {
      inputs: readonly Value[];
      attributes: OpAttributes[OpKind];
      shape: readonly number[];
    }) => Value['data'];
    return { shape, data: kernel({ inputs, attributes: node.attributes, shape }) };
  }

  async run({ feeds, fetch = [], store = {} }: RunRequest): Promise<Record<string, HostTensor>> {
    await Promise.resolve();
    const values = new Map(
      Object.entries(feeds).map(([name, feed]) => [
        name,
        feed instanceof ReferenceVariable ? feed.value : fromHost(feed as HostTensor),
      ]),
    );
    const outputs = this.evaluate(values);
    const output = (name: string): Value => {
      const value = outputs.get(name);
      if (!value) throw new EngineError(`${this.label}: no output is named "${name}"`);
      return value;
    };
    for (const [name, variable] of Object.entries(store)) (variable as ReferenceVariable).value = output(name);
    return Object.fromEntries(fetch.map((name) => [name, toHost(output(name))]));
  }

  dispose(): Promise<void> {
    return Promise.resolve();
  }
}

/** Plain loops with float64 sums: slow, obvious, the yardstick for other engines. */
export class ReferenceEngine implements Engine {
  readonly name = 'reference';

  async compile(graph: Graph, options: CompileOptions = {}): Promise<ReferenceProgram> {
    const weights = new Map<WeightRef, Value>();
    for (const node of graph.nodes) {
      if (!isKind(node, 'weight')) continue;
      const { ref } = node.attributes;
      weights.set(ref, { shape: ref.shape, data: await readExactWeight(ref) });
    }
    return new ReferenceProgram(graph, options.label ?? 'graph', weights);
  }

  createVariable(value: HostTensor): Promise<Variable> {
    return Promise.resolve(new ReferenceVariable(fromHost(value)));
  }

  dispose(): Promise<void> {
    return Promise.resolve();
  }
}
