/** A Llama small enough for tests, written as a Hugging Face folder. Random weights: it knows nothing. */
import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRandom } from '../data/random.ts';
import { writeSafetensors } from '../io/safetensors.ts';
import { parseModelConfig } from '../model/config-schema.ts';
import { createModel } from '../model/create-model.ts';
import { initialiseModel } from '../train/method.ts';

/** What {@link writeTinyModel} writes. */
export interface TinyModelOptions {
  /** Folder whose files (tokenizer.json, …) are copied beside the weights. */
  readonly tokenizer?: string;
  /** Rows of the embedding table. Default 320. */
  readonly vocabSize?: number;
  /** Number of layers. Default 2. */
  readonly layers?: number;
  /** Of the random weights. Default 1. */
  readonly seed?: number;
  /** Fields of config.json that differ from the small Llama. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** Writes config.json and model.safetensors (f32) into a folder; an existing one is filled. */
export async function writeTinyModel(folder: string, options: TinyModelOptions = {}): Promise<void> {
  const { tokenizer, vocabSize = 320, layers = 2, seed = 1 } = options;
  await mkdir(folder, { recursive: true });
  const config = {
    architectures: ['LlamaForCausalLM'],
    model_type: 'llama',
    hidden_size: 32,
    intermediate_size: 64,
    num_hidden_layers: layers,
    num_attention_heads: 4,
    num_key_value_heads: 2,
    max_position_embeddings: 256,
    rms_norm_eps: 1e-5,
    vocab_size: vocabSize,
    tie_word_embeddings: true,
    ...options.config,
  };
  const file = join(folder, 'config.json');
  await writeFile(file, JSON.stringify(config, null, 2));
  const model = createModel(parseModelConfig(config, file));
  const values = initialiseModel(model, createRandom(seed), 0.1);
  await writeSafetensors(
    join(folder, 'model.safetensors'),
    [...values].map(([name, { shape, data }]) => ({ name, dtype: 'f32', shape, data })),
  );
  if (tokenizer === undefined) return;
  for (const name of await readdir(tokenizer)) {
    if (/\.(json|jinja)$/.test(name)) await copyFile(join(tokenizer, name), join(folder, name));
  }
}
