/**
 * The op vocabulary: every op with its attributes, and nothing else. Four tables have a row for each of them
 * (shape rules, gradient rules, and one lowering an engine); a missing row does not compile.
 *
 * Letters: B batch, T positions, H hidden, N rows, V vocabulary, d head size, P past positions, S = P + T.
 */
import type { DType, QuantizedDType, StorageDType } from './dtype.ts';
import type { Dim, Shape } from './shape.ts';

/** Bytes `[byteOffset, byteOffset + byteLength)` of a file. */
export interface ByteRange {
  /** Path of the file. */
  readonly file: string;
  /** First byte. */
  readonly byteOffset: number;
  /** Number of bytes. */
  readonly byteLength: number;
}

/** A byte range of a safetensors file that holds one frozen weight, row-major, little-endian. */
export interface PlainWeightRef extends ByteRange {
  /** Name in the checkpoint. */
  readonly name: string;
  /** Type it is stored in. */
  readonly dtype: StorageDType;
  /** Extent of each dimension. */
  readonly shape: readonly number[];
}

/** A frozen matrix [O, I] in codes (the range itself) and scales, as `quantization.ts` lays them out. */
export interface QuantizedWeightRef extends ByteRange {
  /** Name in the checkpoint. */
  readonly name: string;
  /** Type its codes stand for. */
  readonly dtype: QuantizedDType;
  /** [out, in] of the matrix itself. */
  readonly shape: readonly [number, number];
  /** f32: [O] for int8, else one for each block of inputs of each output: `blockOf` in `quantization.ts`. */
  readonly scales: ByteRange;
  /** Where the scales are codes, int8 [G, 256], as `double-quantization.ts` has them: what they stand for. With nf4. */
  readonly nested?: {
    /** f32 [G] */
    readonly steps: ByteRange;
    /** f32 [1] */
    readonly mean: ByteRange;
  };
  /** f32 [I]: sum of squares over the outputs; which inputs matter most. With int8. */
  readonly inputEnergy?: ByteRange;
  /** int8 codes once more as [I, O], for engines whose integer products want the inner axis first. */
  readonly transposed?: ByteRange;
}

/** Where a frozen weight lies, plain or in codes. */
export type WeightRef = PlainWeightRef | QuantizedWeightRef;

export const isQuantized = (ref: WeightRef): ref is QuantizedWeightRef => 'scales' in ref;

// biome-ignore lint/complexity/noBannedTypes: an op without attributes
type None = {};

/** Every op with its attributes. Letters: B batch, T positions, H hidden, N rows, V vocabulary, d head size. */
export interface OpAttributes {
  // Leaves
  /** Fed on every run. */
  input: { readonly name: string; readonly dtype: DType; readonly shape: Shape };
  /** Fed like an input, and the backward walk may ask for its gradient. */
  parameter: { readonly name: string; readonly shape: readonly number[] };
  /** Frozen; lives in its file, never in JavaScript. Read as f32. */
  weight: { readonly ref: WeightRef };
  /** A scalar. */
  constant: { readonly value: number };

  // Elementwise, with NumPy broadcasting
  /** a + b, broadcast. */
  add: None;
  /** a - b, broadcast. */
  sub: None;
  /** a · b by element, broadcast. */
  mul: None;
  /** a / b, broadcast. */
  div: None;
  /** The smaller of a and b, broadcast. */
  minimum: None;
  /** -x. */
  neg: None;
  /** e to the x. */
  exp: None;
  /** Natural logarithm. */
  log: None;
  /** Square root. */
  sqrt: None;
  /** Hyperbolic tangent. */
  tanh: None;
  /** 1 / (1 + e to the -x). */
  sigmoid: None;
  /** x * sigmoid(x) */
  silu: None;
  /** x * (1 + tanh(sqrt(2/pi) * (x + 0.044715 x^3))) / 2, "gelu_new" of GPT-2 and GPT-Neo. */
  geluTanh: None;

  // Matrices
  /** alpha * a·b over the last two axes; leading axes are equal, or b is a matrix. */
  matmul: { readonly transposeA: boolean; readonly transposeB: boolean; readonly alpha: number };
  /** Sum over axes. */
  reduceSum: { readonly axes: readonly number[]; readonly keepDims: boolean };
  /** Over the last axis. */
  softmax: None;
  /**
   * softmax(scores [..., T, S])·values [..., S, d]: attention's weighted sum, one op so that its gradient can use the output.
   * `causal: T` says that the T rows of scores, again and again for each head of a group, are positions S - T to S - 1, and that
   * no row gives probability to a key behind its own, nor to one that lies before all that an earlier row sees: an engine may
   * leave such scores out.
   */
  attend: { readonly causal?: Dim };

  // Layout
  /** The same elements in another shape. */
  reshape: { readonly shape: Shape };
  /** Dimension i of the output is `permutation[i]` of the input. */
  transpose: { readonly permutation: readonly number[] };
  /** Repeats along dimensions of extent 1. */
  broadcastTo: { readonly shape: Shape };
  /** `dim` names the joined dimension, which may be a symbol. */
  concat: { readonly axis: number; readonly dim: Dim };
  /** Half-open range [from, to) of one axis. */
  slice: { readonly axis: number; readonly from: number; readonly to: number };
  /** Zeros before and after along one axis; the gradient of `slice`. */
  pad: { readonly axis: number; readonly before: number; readonly after: number };

  // Rows
  /** Rows of table [R, ...] at indices [N]: [N, ...]. */
  gather: None;
  /** Zeros [rows, ...] with values [N, ...] added at indices [N]; the gradient of `gather`. */
  scatterAdd: { readonly rows: Dim };

  // Layers
  /** x / sqrt(mean(x^2) + epsilon) * weight over the last axis. Zhang and Sennrich 2019, arXiv:1910.07467. */
  rmsNorm: { readonly epsilon: number };
  /** 1 / sqrt(mean(x^2) + epsilon), last axis kept with size 1. */
  inverseRms: { readonly epsilon: number };
  /** (x - mean) / sqrt(variance + epsilon) * weight + bias over the last axis. Ba et al. 2016, arXiv:1607.06450. */
  layerNorm: { readonly epsilon: number };
  /** Rotary positions, halves rotated against each other: x [B, heads, T, d], cos and sin [B, T, d/2]. Su et al. 2021, arXiv:2104.09864. */
  rope: None;
  /**
   * Inverted dropout: x * mask / (1 - rate). The mask is a pure function of (seed, stream, element index), so the
   * backward pass draws the same one and every engine draws the same bits. See `dropout-bits.ts`.
   */
  dropout: { readonly rate: number; readonly stream: number };
  /**
   * x, as a value that cannot exist before `gate` [shape of x] does. What is computed from it again is no equal
   * expression to what was computed from x, and no engine may take it for one: gradient checkpointing rests on that.
   */
  after: None;
  /** -log softmax(logits [N, V])[labels [N]], in nats: [N]. */
  crossEntropy: None;
  /** (softmax(logits) - oneHot(labels)) * dy[:, None]; the gradient of `crossEntropy`. */
  crossEntropyGrad: None;
  /**
   * Cross-entropy of x·weightᵀ, chunk by chunk: x [C, R, H], frozen weight [V, H], labels [C, R], in nats: [C, R]. No
   * engine needs to hold more than one chunk's logits [R, V].
   */
  linearCrossEntropy: None;
  /** Its gradient for x where every row's dy is 1: (softmax(x·weightᵀ) - oneHot(labels))·weight, [C, R, H]. */
  linearCrossEntropyGrad: None;
}

/** The name of an op. */
export type OpKind = keyof OpAttributes;
