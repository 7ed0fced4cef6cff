/**
 * Where a model's tensors come from. The architecture asks for tensors by their checkpoint name and never knows
 * whether it gets a frozen weight, a trainable parameter, or a linear with an adapter on it.
 */
import { MissingWeightError } from '../errors.ts';
import type { GraphBuilder, Node } from '../tensor/graph.ts';
import type { WeightRef } from '../tensor/op.ts';
import { add, dropout, matmul, parameter, weight } from '../tensor/ops.ts';
import { formatShape, sameShape } from '../tensor/shape.ts';

/** A linear layer of a model, stored as [outFeatures, inFeatures]. */
export interface LinearSpec {
  /** Module path in the checkpoint, such as `model.layers.0.self_attn.q_proj`. */
  readonly path: string;
  /** Columns of the weight. */
  readonly inFeatures: number;
  /** Rows of the weight. */
  readonly outFeatures: number;
  /** Whether a bias is added. */
  readonly bias: boolean;
  /** Module whose weight this one uses where it has none of its own: a tied head. */
  readonly tiedTo?: string;
}

/** Where the tensors of a model come from: frozen, trained or adapted. */
export interface WeightSource {
  /** Where the nodes go. */
  readonly graph: GraphBuilder;
  /** @throws {MissingWeightError} when the checkpoint has no such tensor or one of another shape */
  tensor(name: string, shape: readonly number[]): Node;
  /** @param x [rows, inFeatures]; returns [rows, outFeatures] */
  /** x · Wᵀ, with bias and update where there are any. @param x  [.., inFeatures] @returns [.., outFeatures] */
  linear(x: Node, spec: LinearSpec): Node;
}

abstract class BaseSource implements WeightSource {
  constructor(readonly graph: GraphBuilder) {}
  abstract tensor(name: string, shape: readonly number[]): Node;
  linear(x: Node, { path, inFeatures, outFeatures, bias, tiedTo }: LinearSpec): Node {
    const y = matmul(x, this.tensor(`${tiedTo ?? path}.weight`, [outFeatures, inFeatures]), { transposeB: true });
    return bias ? add(y, this.tensor(`${path}.bias`, [outFeatures])) : y;
  }
}

/** Every tensor stays in its file. */
export class FrozenSource extends BaseSource {
  constructor(
    graph: GraphBuilder,
    readonly weights: ReadonlyMap<string, WeightRef>,
  ) {
    super(graph);
  }

  tensor(name: string, shape: readonly number[]): Node {
    const ref = this.weights.get(name);
    if (!ref)
      throw new MissingWeightError(name, `expected ${formatShape(shape)}, but the checkpoint has no such tensor`);
    if (!sameShape(ref.shape, shape)) {
      throw new MissingWeightError(
        name,
        `expected ${formatShape(shape)}, found ${formatShape(ref.shape)} in ${ref.file}`,
      );
    }
    return weight(this.graph, ref);
  }
}

/** Every tensor is a parameter, for full fine-tuning and for training from nothing. */
export class TrainableSource extends BaseSource {
  readonly parameters = new Map<string, Node>();
  #linears = 0;

  /**
   * @param rate  share of each linear's input that is dropped, each linear from a stream of its own
   * @param seed  i32 scalar; dropout is off without it
   */
  constructor(
    graph: GraphBuilder,
    readonly rate = 0,
    readonly seed?: Node,
  ) {
    super(graph);
  }

  override linear(x: Node, spec: LinearSpec): Node {
    return super.linear(this.seed ? dropout(x, this.seed, this.rate, this.#linears++) : x, spec);
  }

  tensor(name: string, shape: readonly number[]): Node {
    const known = this.parameters.get(name);
    if (known) return known;
    const node = parameter(this.graph, name, shape);
    this.parameters.set(name, node);
    return node;
  }
}
