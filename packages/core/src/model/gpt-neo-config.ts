/** The config.json of GPT-Neo. */
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

/** config.json of a GPT-Neo, checked. */
export interface GptNeoConfig extends SpecialTokenIds {
  /** Names the family. */
  readonly architecture: 'gpt_neo';
  /** H, width between the layers. */
  readonly hiddenSize: number;
  /** Width inside the MLP. */
  readonly intermediateSize: number;
  /** Number of layers. */
  readonly layers: number;
  /** Divides `hiddenSize`. */
  readonly heads: number;
  /** Rows of the embedding table. */
  readonly vocabSize: number;
  /** Rows of the position table. */
  readonly maxPositions: number;
  /** Added to the variance. */
  readonly layerNormEps: number;
  /** How far back each layer looks: global layers all the way, local ones a window. */
  readonly windows: readonly AttentionWindow[];
  /** The head is the embedding matrix. */
  readonly tieWordEmbeddings: boolean;
  /** As the file says it; the tensors themselves decide. */
  readonly dtype?: string;
}

const wire = z.looseObject({
  ...commonWire,
  hidden_size: count,
  num_layers: layerCount,
  num_heads: count,
  vocab_size: count,
  max_position_embeddings: count.default(2048),
  // [[["global", "local"], 12]]: the kinds in the list, twelve times over.
  attention_types: z
    .array(z.tuple([z.array(z.string()).max(10_000), z.number().int().nonnegative().max(10_000)]))
    .max(10_000)
    .nullish(),
  attention_layers: z.array(z.string()).nullish(),
  window_size: count.default(256),
  intermediate_size: count.nullish(),
  activation_function: z.string().default('gelu_new'),
  layer_norm_epsilon: positive.default(1e-5),
  tie_word_embeddings: z.boolean().default(true),
});

type Wire = z.output<typeof wire>;

/** @throws as {@link parseModelConfig} in config-schema.ts */
export function parseGptNeoConfig(raw: unknown, file: string): GptNeoConfig {
  const fields = parseFields(wire, raw, file);
  const { hidden_size: hiddenSize, num_heads: heads, activation_function: activation } = fields;
  if (activation !== 'gelu_new') {
    throw new UnsupportedModelError(file, 'activation_function', activation, ['gelu_new']);
  }
  refuseQuantized(fields, file);
  if (hiddenSize % heads !== 0) {
    throw new ModelFolderError(file, `hidden_size ${hiddenSize} is not a multiple of num_heads ${heads}`);
  }
  return {
    architecture: 'gpt_neo',
    hiddenSize,
    intermediateSize: fields.intermediate_size ?? 4 * hiddenSize,
    layers: fields.num_layers,
    heads,
    vocabSize: fields.vocab_size,
    maxPositions: fields.max_position_embeddings,
    layerNormEps: fields.layer_norm_epsilon,
    windows: windows(fields, file),
    tieWordEmbeddings: fields.tie_word_embeddings,
    ...specialTokens(fields, { bos: 50_256, eos: 50_256 }),
  };
}

/** transformers derives `attention_layers` from `attention_types`, whatever the file says of the former. */
function windows(fields: Wire, file: string): AttentionWindow[] {
  const kinds = [];
  for (const [cycle, times] of fields.attention_types ?? [[['global', 'local'], 12]]) {
    for (let i = 0; i < times && kinds.length <= fields.num_layers; i++) kinds.push(...cycle);
  }
  if (kinds.length !== fields.num_layers) {
    const found = kinds.length > fields.num_layers ? 'more' : String(kinds.length);
    throw new ModelFolderError(file, `attention_types describes ${found} layers, num_layers is ${fields.num_layers}`);
  }
  return kinds.map((kind) => {
    if (kind === 'global') return null;
    if (kind === 'local') return fields.window_size;
    throw new UnsupportedModelError(file, 'attention_types', kind, ['global', 'local']);
  });
}
