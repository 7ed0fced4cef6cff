/** Writes a Llama folder of TinyLlama's shape with random weights, without holding it in memory. Benchmarks only. */
import { existsSync } from 'node:fs';
import { mkdir, open, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const elementBytes = { f32: 4, bf16: 2 } as const;

export interface ShapeOptions {
  readonly layers: number;
  readonly dtype: keyof typeof elementBytes;
}

/** @returns the folder; an existing one is used again */
export async function randomTinyLlama(parent: string, { layers, dtype }: ShapeOptions): Promise<string> {
  const folder = join(parent, `tinyllama-${layers}-layers-${dtype}`);
  if (existsSync(join(folder, 'model.safetensors'))) return folder;
  await mkdir(folder, { recursive: true });
  const [H, I, V, kv] = [2048, 5632, 32000, 256];
  await writeFile(
    join(folder, 'config.json'),
    JSON.stringify({
      model_type: 'llama',
      hidden_size: H,
      intermediate_size: I,
      num_hidden_layers: layers,
      num_attention_heads: 32,
      num_key_value_heads: 4,
      vocab_size: V,
      max_position_embeddings: 2048,
      rms_norm_eps: 1e-5,
      tie_word_embeddings: false,
    }),
  );
  const tensors: [string, number[]][] = [['model.embed_tokens.weight', [V, H]]];
  for (let layer = 0; layer < layers; layer++) {
    const at = `model.layers.${layer}`;
    tensors.push(
      [`${at}.self_attn.q_proj.weight`, [H, H]],
      [`${at}.self_attn.k_proj.weight`, [kv, H]],
      [`${at}.self_attn.v_proj.weight`, [kv, H]],
      [`${at}.self_attn.o_proj.weight`, [H, H]],
      [`${at}.mlp.gate_proj.weight`, [I, H]],
      [`${at}.mlp.up_proj.weight`, [I, H]],
      [`${at}.mlp.down_proj.weight`, [H, I]],
      [`${at}.input_layernorm.weight`, [H]],
      [`${at}.post_attention_layernorm.weight`, [H]],
    );
  }
  tensors.push(['model.norm.weight', [H]], ['lm_head.weight', [V, H]]);
  let offset = 0;
  const header: Record<string, unknown> = {};
  for (const [name, shape] of tensors) {
    const bytes = shape.reduce((a, b) => a * b, elementBytes[dtype]);
    header[name] = { dtype: dtype.toUpperCase(), shape, data_offsets: [offset, offset + bytes] };
    offset += bytes;
  }
  const text = JSON.stringify(header).padEnd(Math.ceil(JSON.stringify(header).length / 8) * 8);
  const file = join(folder, 'model.safetensors.part');
  const handle = await open(file, 'w');
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  await handle.write(length);
  await handle.write(text);
  let state = 12345;
  for (const [, shape] of tensors) {
    const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
    if (shape.length === 1) values.fill(1);
    else {
      for (let i = 0; i < values.length; i++) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        values[i] = (state / 2 ** 32 - 0.5) * 0.07; // deviation 0.02
      }
    }
    if (dtype === 'f32') await handle.write(new Uint8Array(values.buffer));
    else {
      const bits = new Uint32Array(values.buffer);
      const halves = new Uint16Array(bits.length);
      for (let i = 0; i < bits.length; i++) halves[i] = bits[i]! >>> 16;
      await handle.write(new Uint8Array(halves.buffer));
    }
  }
  await handle.close();
  await rename(file, join(folder, 'model.safetensors'));
  return folder;
}
