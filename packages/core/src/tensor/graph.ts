/**
 * Nodes and the one place that makes them. A node never changes. Equal expressions are one node (hash-consing), so
 * what the backward pass recomputes on paper costs nothing where the forward pass already has it.
 */
import { GraphError, ShapeMismatchError } from '../errors.ts';
import type { DType } from './dtype.ts';
import type { OpAttributes, OpKind } from './op.ts';
import { formatShape, type Shape } from './shape.ts';
import { shapeRules } from './shape-rules.ts';

/** One value of a graph. */
export interface Node<K extends OpKind = OpKind> {
  /** Its place in the graph. */
  readonly id: number;
  /** Which op. */
  readonly kind: K;
  /** What the op needs beside its inputs. */
  readonly attributes: OpAttributes[K];
  /** What it computes on. */
  readonly inputs: readonly Node[];
  /** Of its output; numbers or symbols. */
  readonly shape: Shape;
  /** Of its output. */
  readonly dtype: DType;
  /** The graph it belongs to. */
  readonly graph: GraphBuilder;
}

/** Narrows a node by kind: `if (isKind(node, 'parameter')) node.attributes.name`. */
export const isKind = <K extends OpKind>(node: Node, kind: K): node is Node<K> => node.kind === kind;

/** A finished graph: named outputs and all nodes they need, inputs before users. */
export interface Graph {
  /** In an order in which each comes after its inputs. */
  readonly nodes: readonly Node[];
  /** Name -> node. */
  readonly outputs: ReadonlyMap<string, Node>;
}

/** Collects nodes into a {@link Graph}; shapes are checked as they come. */
export class GraphBuilder {
  readonly #nodes: Node[] = [];
  readonly #byKey = new Map<string, Node>();
  readonly #leafNames = new Map<string, Node>();

  /** Adds a node; {@link ops} has a function for each op. @throws {ShapeMismatchError} where the inputs do not go together */
  emit<K extends OpKind>(kind: K, inputs: readonly Node[], attributes: OpAttributes[K]): Node<K> {
    for (const [i, input] of inputs.entries()) {
      if (input.graph !== this) throw new GraphError(`${kind}: input ${i} belongs to another graph`);
    }
    const key = `${kind}(${inputs.map((n) => n.id).join(',')})${JSON.stringify(attributes)}`;
    const known = this.#byKey.get(key);
    if (known) return known as Node<K>;
    const rule = shapeRules[kind];
    const result = rule({ inputs, attributes });
    if (typeof result === 'string') {
      throw new ShapeMismatchError(`${kind}(${inputs.map((n) => formatShape(n.shape)).join(', ')}): ${result}`);
    }
    const node: Node<K> = {
      id: this.#nodes.length,
      kind,
      attributes,
      inputs,
      shape: result.shape,
      dtype: result.dtype,
      graph: this,
    };
    const name = leafName(node);
    if (name !== undefined) {
      if (this.#leafNames.has(name)) throw new GraphError(`two inputs or parameters are named "${name}"`);
      this.#leafNames.set(name, node);
    }
    this.#nodes.push(node);
    this.#byKey.set(key, node);
    return node;
  }

  /** Cuts the graph down to what the outputs need. */
  finish(outputs: Readonly<Record<string, Node>>): Graph {
    const named = new Map(Object.entries(outputs));
    const needed = new Set<Node>();
    const pending = [...named.values()];
    for (let node = pending.pop(); node; node = pending.pop()) {
      if (node.graph !== this) throw new GraphError('an output belongs to another graph');
      if (needed.has(node)) continue;
      needed.add(node);
      pending.push(...node.inputs);
    }
    return { nodes: this.#nodes.filter((node) => needed.has(node)), outputs: named };
  }
}

/** Name by which a leaf is fed, `undefined` for any other node. */
export function leafName(node: Node): string | undefined {
  if (isKind(node, 'input') || isKind(node, 'parameter')) return node.attributes.name;
  return undefined;
}
