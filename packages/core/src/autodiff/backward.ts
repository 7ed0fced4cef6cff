/** The walk that applies gradient rules. It knows no op by name. */
import { GraphError } from '../errors.ts';
import type { GraphBuilder, Node } from '../tensor/graph.ts';
import type { OpKind } from '../tensor/op.ts';
import { add, after, broadcastTo, constant } from '../tensor/ops.ts';
import { formatShape } from '../tensor/shape.ts';
import { type GradientRule, gradientRules } from './gradient-rules.ts';

/** What {@link backward} differentiates, and how. */
export interface BackwardOptions {
  /**
   * Nodes whose values are kept from the forward pass, in order and of one shape. What lies between two of them is
   * computed again when the walk comes to it. Chen et al. 2016, arXiv:1604.06174.
   */
  readonly checkpoints?: readonly Node[];
}

/**
 * Adds the nodes of dLoss/dTarget to the graph.
 *
 * The walk visits only nodes on a path from a target to the loss: a branch without a trainable leaf is skipped.
 *
 * @param loss     a scalar, shape []
 * @param targets  parameters or any other nodes
 * @returns        one gradient a target, in their order and of their shapes
 * @throws {GraphError} when the loss is no scalar, does not depend on a target, or an op on the way has no gradient
 */
export function backward(loss: Node, targets: readonly Node[], { checkpoints = [] }: BackwardOptions = {}): Node[] {
  if (loss.shape.length !== 0) throw new GraphError(`the loss must be a scalar, found ${formatShape(loss.shape)}`);
  const graph: GraphBuilder = loss.graph;
  const order = graph.finish({ loss }).nodes;
  const wanted = new Set(targets);
  const onPath = new Set<Node>();
  for (const node of order) {
    if (wanted.has(node) || node.inputs.some((input) => onPath.has(input))) onPath.add(node);
  }
  const gradients = new Map<Node, Node>([[loss, constant(graph, 1)]]);
  const replay = new Replay(order, checkpoints, gradients, onPath);
  for (const node of [...order].reverse()) {
    const dy = gradients.get(node);
    if (!dy || !onPath.has(node) || !node.inputs.some((input) => onPath.has(input))) continue;
    const rule = gradientRules[node.kind] as GradientRule<OpKind>;
    let parts: ReturnType<GradientRule<OpKind>>;
    try {
      parts = rule({ dy, ...replay.valuesFor(node), attributes: node.attributes });
    } catch (error) {
      throw new GraphError(`gradient of ${node.kind} (node ${node.id}): ${(error as Error).message}`, { cause: error });
    }
    for (const [i, part] of parts.entries()) {
      const source = node.inputs[i]!;
      if (!part || !onPath.has(source)) continue;
      const known = gradients.get(source);
      const sum = known ? add(known, part) : part;
      gradients.set(source, sum);
      replay.reached(sum);
    }
  }
  return targets.map((target, i) => {
    const gradient = gradients.get(target);
    if (!gradient) throw new GraphError(`the loss does not depend on target ${i} (${target.kind}, node ${target.id})`);
    return broadcastTo(gradient, target.shape);
  });
}

/**
 * Kinds of which the gradient rule needs the inputs, so that these are kept in any case, and whose output costs next to nothing
 * beside the products around it: it is computed again rather than kept.
 */
const CHEAP: ReadonlySet<OpKind> = new Set(['silu', 'rmsNorm']);

/** The forward pass once more, segment by segment: segment k holds what follows from checkpoint k, but not from k + 1. */
class Replay {
  readonly #checkpoints: ReadonlyMap<Node, number>;
  readonly #list: readonly Node[];
  readonly #segments = new Map<Node, number>();
  readonly #copies = new Map<Node, Node>();
  /** Of each shape, the gradient that was made last. */
  readonly #latest = new Map<string, Node>();

  constructor(
    order: readonly Node[],
    checkpoints: readonly Node[],
    private readonly gradients: ReadonlyMap<Node, Node>,
    private readonly onPath: ReadonlySet<Node>,
  ) {
    this.#list = checkpoints;
    this.#checkpoints = new Map(checkpoints.map((node, i) => [node, i]));
    for (const node of order) {
      const from = node.inputs.map((input) => this.#checkpoints.get(input) ?? this.#segments.get(input) ?? -1);
      this.#segments.set(node, Math.max(-1, ...from));
    }
  }

  /** Inputs and output of a node as its gradient rule is to use them. */
  valuesFor(node: Node): { readonly inputs: readonly Node[]; readonly output: Node } {
    const segment = this.#segments.get(node)!;
    // Nothing has to be computed again for what lies before the first checkpoint, or behind the last.
    if (segment < 0 || segment + 1 >= this.#list.length) {
      return { inputs: node.inputs.map((input) => this.#cheaply(input)), output: this.#cheaply(node) };
    }
    const inputs = node.inputs.map((input) => this.#again(input, segment));
    return { inputs, output: this.#checkpoints.has(node) ? node : this.#again(node, segment) };
  }

  /** The walk has come to a gradient: what is computed again from here on waits for it. */
  reached(gradient: Node): void {
    this.#latest.set(formatShape(gradient.shape), gradient);
  }

  /** A node, or a copy of it that is not computed before the walk has come here. */
  #cheaply(node: Node): Node {
    if (!CHEAP.has(node.kind) || !this.onPath.has(node.inputs[0]!)) return node;
    const known = this.#copies.get(node);
    if (known) return known;
    const [x, ...others] = node.inputs as [Node, ...Node[]];
    const gate = this.#latest.get(formatShape(x.shape));
    if (!gate) return node;
    const copy = node.graph.emit(node.kind, [after(x, gate), ...others], node.attributes);
    this.#copies.set(node, copy);
    return copy;
  }

  #again(node: Node, segment: number): Node {
    const isStart = node === this.#list[segment];
    if (!isStart && (this.#checkpoints.has(node) || this.#segments.get(node) !== segment)) return node;
    const key = isStart ? this.#list[segment]! : node;
    const known = this.#copies.get(key);
    if (known) return known;
    const copy = isStart ? this.#restart(segment) : this.#copyOf(node, segment);
    this.#copies.set(key, copy);
    return copy;
  }

  #copyOf(node: Node, segment: number): Node {
    return node.graph.emit(
      node.kind,
      node.inputs.map((input) => this.#again(input, segment)),
      node.attributes,
    );
  }

  /** The checkpoint, once the gradient of the next one is there: not sooner, or nothing would be saved. */
  #restart(segment: number): Node {
    const gate = this.gradients.get(this.#list[segment + 1]!);
    if (!gate)
      throw new GraphError(`checkpoint ${segment + 1} is not on the way from checkpoint ${segment} to the loss`);
    return after(this.#list[segment]!, gate);
  }
}
