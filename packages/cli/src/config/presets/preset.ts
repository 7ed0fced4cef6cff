import type { RunConfig } from '../run-config-schema.ts';

/** A published recipe as a configuration to start from. */
export interface Preset {
  readonly title: string;
  readonly config: Omit<RunConfig, '$schema' | 'preset' | 'data' | 'out'>;
  /** What of the recipe this version does otherwise, in words for whoever uses it. */
  readonly differs: readonly string[];
}

const SUPERVISED = 'The recipe trained on the whole text, prompt included; here only the answer counts in the loss.';
const LLAMA = 'The weights of LLaMA-7B come under a licence of their own; name the folder you have them in.';

/** Recipes by name. A field that a report does not state is left out, so it takes the default of `alpacare train`. */
export const presets = {
  'tinyllama-lora-r8': {
    title: 'TinyLlama-1.1B, LoRA r=8 on q and v, batch 4, rate 2e-4',
    config: {
      model: 'TinyLlama/TinyLlama-1.1B-Chat-v1.0',
      quantize: 'int8',
      lora: { rank: 8, targets: ['q_proj', 'v_proj'] },
      training: { batchSize: 4, learningRate: 2e-4 },
    },
    differs: [],
  },
  'gpt-neo-2.7b-lora-r8': {
    title: 'GPT-Neo-2.7B, LoRA r=8, alpha 32, gradients of 8 batches added up',
    config: {
      model: 'EleutherAI/gpt-neo-2.7B',
      template: 'alpaca',
      lora: { rank: 8, alpha: 32, targets: ['q_proj', 'v_proj'] },
      training: { accumulation: 8 },
    },
    differs: ['The recipe states no target modules; q and v are taken, as PEFT does for this architecture.'],
  },
  'tinyllama-nf4-r16': {
    title: 'TinyLlama-1.1B, LoRA r=16 on q, k, v and o, cosine, warm-up 0.03, gradients clipped at 0.3',
    config: {
      model: 'TinyLlama/TinyLlama-1.1B-Chat-v1.0',
      quantize: 'nf4',
      lora: { rank: 16, alpha: 32, dropout: 0.05, targets: ['q_proj', 'k_proj', 'v_proj', 'o_proj'] },
      training: { schedule: 'cosine', warmupShare: 0.03, maxGradientNorm: 0.3 },
      runs: [
        { name: 'rank-8', lora: { rank: 8 } },
        { name: 'targets-qv', lora: { targets: ['q_proj', 'v_proj'] } },
        { name: 'schedule-constant', training: { schedule: 'constant' } },
        { name: 'rate-1e-4', training: { learningRate: 1e-4 } },
      ],
    },
    differs: [
      'Alpha 32 and dropout 0.05 are those of a published adapter of this shape, not of the recipe.',
      'Its report made five runs with one variable changed at a time, and does not say to which values: those in "runs" are ours.',
    ],
  },
  'alpacare-7b-full': {
    title: 'AlpaCare-7B: every weight of LLaMA-7B, 3 epochs, 128 records an update, rate 2e-5',
    // Source: github.com/XZhang97666/AlpaCare, training/training-7b.sh: 4 GPUs x batch 4 x accumulation 8.
    config: {
      model: './llama-7b',
      template: 'alpaca',
      method: 'full',
      records: { maxTokens: 1024, overLimit: 'truncate-answer' },
      training: {
        epochs: 3,
        batchSize: 4,
        accumulation: 32,
        learningRate: 2e-5,
        schedule: 'cosine',
        warmupShare: 0.03,
        weightDecay: 0,
        maxGradientNorm: 1,
      },
    },
    differs: [
      LLAMA,
      'The recipe spreads the model over 4 GPUs; here one device holds it, and adds up 32 batches instead of 8.',
    ],
  },
  'medalpaca-7b-lora': {
    title: 'MedAlpaca-7B: LoRA r=8 on q and v of LLaMA-7B, 128 records an update, rate 2e-5',
    // Source: github.com/kbressem/medAlpaca, medalpaca/train.py, its defaults.
    config: {
      model: './llama-7b',
      template: 'medalpaca',
      quantize: 'int8',
      lora: { rank: 8, alpha: 16, dropout: 0.1, targets: ['q_proj', 'v_proj'] },
      records: { maxTokens: 256, overLimit: 'truncate-answer', split: '90/10/0' },
      training: {
        epochs: 3,
        batchSize: 2,
        accumulation: 64,
        learningRate: 2e-5,
        schedule: 'cosine',
        warmupSteps: 100,
        evaluateEvery: 200,
        checkpointEvery: 200,
        weightDecay: 0,
        maxGradientNorm: 1,
      },
    },
    differs: [SUPERVISED, LLAMA],
  },
} as const satisfies Record<string, Preset>;

export type PresetName = keyof typeof presets;
export const presetNames = Object.keys(presets) as [PresetName, ...PresetName[]];
