/**
 * The config.json of the Llama family. Both layouts are read: transformers 4 (`rope_theta` and `rope_scaling` at the
 * top level) and transformers 5 (`rope_parameters`).
 */
import { z } from 'zod';
import { ModelFolderError, UnsupportedModelError } from '../errors.ts';
import {
  commonWire,
  count,
  layerCount,
  parseFields,
  positive,
  refuseQuantized,
  type SpecialTokenIds,
  specialTokens,
} from './config-fields.ts';
import type { AttentionWindow } from './layers/attention-window.ts';

/** How rotary positions are stretched. */
export type RopeScaling =
  | { readonly type: 'linear'; readonly factor: number }
  | {
      readonly type: 'llama3';
      readonly factor: number;
      readonly lowFrequencyFactor: number;
      readonly highFrequencyFactor: number;
      readonly originalMaxPositions: number;
    };

/** Model types that are built as a Llama. */
export type LlamaArchitecture = 'llama' | 'mistral' | 'qwen2';

/**
 * A Llama decoder: RMS norms, rotary positions, grouped-query attention, SwiGLU. Mistral adds a sliding window
 * (Jiang et al. 2023, arXiv:2310.06825), Qwen2 biases on q, k and v (Yang et al. 2024, arXiv:2407.10671).
 */
export interface LlamaConfig extends SpecialTokenIds {
  /** Names the family. */
  readonly architecture: LlamaArchitecture;
  /** H, width between the layers. */
  readonly hiddenSize: number;
  /** Width inside the MLP. */
  readonly intermediateSize: number;
  /** Number of layers. */
  readonly layers: number;
  /** Heads of queries. */
  readonly heads: number;
  /** Divides `heads`. */
  readonly kvHeads: number;
  /** Even. `heads * headDim` need not equal `hiddenSize`. */
  readonly headDim: number;
  /** Rows of the embedding table. */
  readonly vocabSize: number;
  /** Most positions, prompt and answer together. */
  readonly maxPositions: number;
  /** Added to the mean square. */
  readonly rmsNormEps: number;
  /** Base of the rotary frequencies. */
  readonly ropeTheta: number;
  /** How frequencies are stretched for long texts; null: not at all. */
  readonly ropeScaling: RopeScaling | null;
  /** How far back each layer looks. */
  readonly windows: readonly AttentionWindow[];
  /** The head is the embedding matrix. */
  readonly tieWordEmbeddings: boolean;
  /** Biases on q, k and v. */
  readonly queryKeyValueBias: boolean;
  /** Bias on o. */
  readonly attentionOutputBias: boolean;
  /** Biases on gate, up and down. */
  readonly mlpBias: boolean;
  /** As the file says it, for example "bfloat16"; the tensors themselves decide. */
  readonly dtype?: string;
}

const ropeWire = z.looseObject({
  rope_type: z.string().optional(),
  type: z.string().optional(),
  rope_theta: positive.nullish(),
  factor: positive.nullish(),
  low_freq_factor: positive.nullish(),
  high_freq_factor: positive.nullish(),
  original_max_position_embeddings: count.nullish(),
  partial_rotary_factor: z.number().nullish(),
});

const llamaWire = z.looseObject({
  ...commonWire,
  hidden_size: count,
  intermediate_size: count,
  num_hidden_layers: layerCount,
  num_attention_heads: count,
  num_key_value_heads: count.nullish(),
  head_dim: count.nullish(),
  vocab_size: count,
  max_position_embeddings: count.optional(),
  original_max_position_embeddings: count.nullish(),
  rms_norm_eps: positive.default(1e-6),
  rope_theta: positive.nullish(),
  rope_scaling: ropeWire.nullish(),
  rope_parameters: ropeWire.nullish(),
  partial_rotary_factor: z.number().nullish(),
  hidden_act: z.string().default('silu'),
  tie_word_embeddings: z.boolean().default(false),
  // Llama
  attention_bias: z.boolean().default(false),
  mlp_bias: z.boolean().default(false),
  // Mistral and Qwen2
  sliding_window: count.nullish(),
  use_sliding_window: z.boolean().default(false),
  max_window_layers: z.number().int().nonnegative().default(28),
  layer_types: z.array(z.string()).nullish(),
});

type LlamaWire = z.output<typeof llamaWire>;

interface Family {
  readonly maxPositions: number;
  /** Where the field is absent; a `null` in the file means one a head. */
  readonly kvHeads: number | null;
  readonly bos: number | null;
  readonly eos: number | null;
  biases(wire: LlamaWire): Pick<LlamaConfig, 'queryKeyValueBias' | 'attentionOutputBias' | 'mlpBias'>;
  windows(wire: LlamaWire, file: string): readonly AttentionWindow[];
}

const everyLayer = (wire: LlamaWire, window: AttentionWindow): AttentionWindow[] =>
  Array.from({ length: wire.num_hidden_layers }, () => window);

/** What differs between the architectures, defaults included (transformers 5.18). */
const families: Readonly<Record<LlamaArchitecture, Family>> = {
  llama: {
    maxPositions: 2048,
    kvHeads: null,
    bos: 1,
    eos: 2,
    biases: ({ attention_bias: attention, mlp_bias: mlpBias }) => ({
      queryKeyValueBias: attention,
      attentionOutputBias: attention,
      mlpBias,
    }),
    windows: (wire) => everyLayer(wire, null),
  },
  mistral: {
    maxPositions: 131_072,
    kvHeads: 8,
    bos: 1,
    eos: 2,
    biases: () => ({ queryKeyValueBias: false, attentionOutputBias: false, mlpBias: false }),
    // Later releases say null: no window.
    windows: (wire) => everyLayer(wire, wire.sliding_window === undefined ? 4096 : wire.sliding_window),
  },
  qwen2: {
    maxPositions: 32_768,
    kvHeads: 32,
    bos: null,
    eos: null,
    biases: () => ({ queryKeyValueBias: true, attentionOutputBias: false, mlpBias: false }),
    windows: qwen2Windows,
  },
};

/** Qwen2 looks back without end unless told otherwise; then layers from `max_window_layers` on have the window. */
function qwen2Windows(wire: LlamaWire, file: string): AttentionWindow[] {
  const { num_hidden_layers: layers, layer_types: types, max_window_layers: full } = wire;
  const window = wire.use_sliding_window ? (wire.sliding_window === undefined ? 4096 : wire.sliding_window) : null;
  if (!types) return Array.from({ length: layers }, (_, layer) => (layer >= full ? window : null));
  if (types.length !== layers) {
    throw new ModelFolderError(file, `layer_types has ${types.length} entries for ${layers} layers`);
  }
  return types.map((type) => {
    if (type === 'full_attention') return null;
    if (type !== 'sliding_attention') {
      throw new UnsupportedModelError(file, 'layer_types', type, ['full_attention', 'sliding_attention']);
    }
    if (window === null) throw new ModelFolderError(file, 'layer_types has sliding layers, but there is no window');
    return window;
  });
}

/** @throws as {@link parseModelConfig} in config-schema.ts */
export function parseLlamaConfig(architecture: LlamaArchitecture, raw: unknown, file: string): LlamaConfig {
  const wire = parseFields(llamaWire, raw, file);
  const family = families[architecture];
  if (wire.hidden_act !== 'silu') throw new UnsupportedModelError(file, 'hidden_act', wire.hidden_act, ['silu']);
  refuseQuantized(wire, file);
  const heads = wire.num_attention_heads;
  const kvHeads = (wire.num_key_value_heads === undefined ? family.kvHeads : wire.num_key_value_heads) ?? heads;
  if (heads % kvHeads !== 0) {
    throw new ModelFolderError(
      file,
      `num_attention_heads ${heads} is not a multiple of num_key_value_heads ${kvHeads}`,
    );
  }
  if (wire.head_dim == null && wire.hidden_size % heads !== 0) {
    throw new ModelFolderError(
      file,
      `hidden_size ${wire.hidden_size} is not a multiple of num_attention_heads ${heads}`,
    );
  }
  const headDim = wire.head_dim ?? wire.hidden_size / heads;
  if (headDim % 2 !== 0) {
    throw new ModelFolderError(file, `head_dim ${headDim} is odd; rotary positions turn pairs of elements`);
  }
  const maxPositions = wire.max_position_embeddings ?? family.maxPositions;
  return {
    architecture,
    hiddenSize: wire.hidden_size,
    intermediateSize: wire.intermediate_size,
    layers: wire.num_hidden_layers,
    heads,
    kvHeads,
    headDim,
    vocabSize: wire.vocab_size,
    maxPositions,
    rmsNormEps: wire.rms_norm_eps,
    ...rope(wire, maxPositions, file),
    windows: family.windows(wire, file),
    tieWordEmbeddings: wire.tie_word_embeddings,
    ...family.biases(wire),
    ...specialTokens(wire, family),
  };
}

/** Which of the two layouts wins where both are present follows `convert_rope_params_to_dict` of transformers 5.18. */
function rope(wire: LlamaWire, maxPositions: number, file: string): Pick<LlamaConfig, 'ropeTheta' | 'ropeScaling'> {
  const useScaling = wire.rope_scaling && Object.keys(wire.rope_scaling).length > 0;
  const place = useScaling ? 'rope_scaling' : 'rope_parameters';
  const found = wire[place] ?? {};
  const partial = found.partial_rotary_factor ?? wire.partial_rotary_factor ?? 1;
  if (partial !== 1) throw new UnsupportedModelError(file, 'partial_rotary_factor', String(partial), ['1']);
  const ropeTheta = found.rope_theta ?? wire.rope_theta ?? 10_000;
  const need = (field: 'factor' | 'low_freq_factor' | 'high_freq_factor'): number => {
    const value = found[field];
    if (value == null) throw new ModelFolderError(file, `field "${place}.${field}" is missing for rope type ${type}`);
    return value;
  };
  const type = found.rope_type ?? found.type ?? 'default';
  switch (type) {
    case 'default':
      return { ropeTheta, ropeScaling: null };
    case 'linear':
      return { ropeTheta, ropeScaling: { type, factor: need('factor') } };
    case 'llama3': {
      const lowFrequencyFactor = need('low_freq_factor');
      const highFrequencyFactor = need('high_freq_factor');
      if (highFrequencyFactor <= lowFrequencyFactor) {
        throw new ModelFolderError(
          file,
          `field "${place}.high_freq_factor" must be over low_freq_factor ${lowFrequencyFactor}, found ${highFrequencyFactor}`,
        );
      }
      const originalMaxPositions =
        wire.original_max_position_embeddings ?? found.original_max_position_embeddings ?? maxPositions;
      return {
        ropeTheta,
        ropeScaling: { type, factor: need('factor'), lowFrequencyFactor, highFrequencyFactor, originalMaxPositions },
      };
    }
    default:
      throw new UnsupportedModelError(file, `${place} type`, type, ['default', 'linear', 'llama3']);
  }
}
