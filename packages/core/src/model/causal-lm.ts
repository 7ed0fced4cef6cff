/** What training and generation need from any model. */
import type { HostTensor } from '../engine/engine.ts';
import type { DType } from '../tensor/dtype.ts';
import type { Node } from '../tensor/graph.ts';
import type { Dim, Shape } from '../tensor/shape.ts';
import type { LinearSpec, WeightSource } from './weight-source.ts';

/** Keys and values of one layer, [B, kvHeads, positions, headDim]. */
export interface KeyValue {
  /** Keys, after their positions are turned in. */
  readonly key: Node;
  /** Values. */
  readonly value: Node;
}

/** Something a forward pass is fed on every run. */
export interface FedInput {
  /** Name among the feeds. */
  readonly name: string;
  /** Element type. */
  readonly dtype: DType;
  /** In the symbols of {@link ForwardInputs}. */
  readonly shape: Shape;
}

/** `count` new positions behind `past` earlier ones in each of `batch` rows. */
export interface PositionRange {
  /** B, rows. */
  readonly batch: number;
  /** Positions that are in the cache. */
  readonly past: number;
  /** New positions. */
  readonly count: number;
  /**
   * Lengths of independent sequences that share a row, from left to right; what is left of the row is padding. Each
   * counts from 0 and sees itself alone. Not together with a past.
   */
  readonly segments?: readonly (readonly number[])[];
  /**
   * Padding on the left of each row, counted from its first earlier position: nobody looks at it, and the token after it
   * stands at position 0. Not together with segments.
   */
  readonly leading?: readonly number[];
}

/** Letters: B rows of the batch, T new positions, P earlier ones, S = P + T. */
export interface ForwardInputs {
  /** Token ids, i32 [B, T]. */
  readonly ids: Node;
  /** Where the tokens stand and what they may look at: what {@link CausalLm.positionInputs} declares, by name. */
  readonly positions: Readonly<Record<string, Node>>;
  /** What earlier positions left, one a layer, P positions each. */
  readonly past?: readonly KeyValue[];
  /** The name of S, `'T'` when there is no past. */
  readonly keyLength: Dim;
}

/** What a forward pass gives. */
export interface ForwardOutputs {
  /** After the last norm, [B*T, hidden]. */
  readonly hidden: Node;
  /**
   * What each layer takes, and what the last one gives: between two of them, everything follows from the first.
   * Gradient checkpointing keeps these and computes the rest again.
   */
  readonly residuals: readonly Node[];
  /** Keys and values of all S positions. */
  readonly present: readonly KeyValue[];
}

/** A tensor of the checkpoint, in the order in which a fresh model is written. */
export interface TensorSpec {
  /** Name in the checkpoint. */
  readonly name: string;
  /** Extent of each dimension. */
  readonly shape: readonly number[];
  /** How a fresh model starts: normal with the config's deviation, ones (norms) or zeros (biases). */
  readonly init: 'normal' | 'ones' | 'zeros';
  /** Another name some checkpoints use: a tied head is stored once, under either name. */
  readonly alias?: string;
}

/** What training and generation need from any architecture. */
export interface CausalLm {
  /** The `model_type` of its config.json. */
  readonly architecture: string;
  /** Tokens, rows of the embedding table. */
  readonly vocabSize: number;
  /** H, width between the layers. */
  readonly hiddenSize: number;
  /** Number of layers. */
  readonly layers: number;
  /** Heads of keys and values. */
  readonly kvHeads: number;
  /** Width of a head. */
  readonly headDim: number;
  /** Most positions, prompt and answer together. */
  readonly maxPositions: number;
  /** What a forward pass takes beside token ids and cache. `keyLength` is the name of S. */
  positionInputs(keyLength: Dim): readonly FedInput[];
  /** The values of those inputs. */
  positionFeeds(range: PositionRange): Readonly<Record<string, HostTensor>>;
  /** Builds the graph of one forward pass. @param source  decides which weights are frozen, trained or adapted */
  forward(source: WeightSource, inputs: ForwardInputs): ForwardOutputs;
  /** Hidden rows [N, hidden] to logits [N, V]. */
  head(source: WeightSource, hidden: Node): Node;
  /** Linears that may carry an adapter, in order. */
  readonly linears: readonly LinearSpec[];
  /** Tensors of the checkpoint. */
  readonly tensors: readonly TensorSpec[];
}
