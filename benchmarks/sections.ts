/** What is measured: sections of entries, each entry one process. Entries of a section alternate, round by round. */

export interface Entry {
  readonly name: string;
  /** A worker of this folder, or a peer's script in `peers`. */
  readonly script:
    | 'train-worker'
    | 'decode-worker'
    | 'int8-error'
    | 'quality'
    | 'peft_train'
    | 'transformers_generate'
    | 'llama-cpp'
    | 'transformers-js';
  readonly options: string;
}

export interface Column {
  readonly heading: string;
  /** Of the JSON line that an entry prints. */
  readonly figure: string;
  /** Decimals; ratios and errors have significant digits. */
  readonly digits?: number;
}

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly entries: readonly Entry[];
  readonly columns: readonly Column[];
  /** Entries that others are set in relation to, in the figure of the first column. */
  readonly peers: readonly string[];
  /** Measured once: no speed is in it. */
  readonly once?: boolean;
}

const speed: readonly Column[] = [
  { heading: 'tokens/s', figure: 'tps_total', digits: 0 },
  { heading: 'peak MiB', figure: 'peak_rss_mib', digits: 0 },
  { heading: 'estimated MiB', figure: 'estimated_mib', digits: 0 },
];

const ours = (name: string, options: string): Entry => ({ name: `alpacare ${name}`, script: 'train-worker', options });
const peft = (name: string, options: string): Entry => ({ name: `PEFT ${name}`, script: 'peft_train', options });

const decoder = (name: string, options: string): Entry => ({
  name: `alpacare ${name}`,
  script: 'decode-worker',
  options: `--gen 16 --reps 2 ${options}`,
});

const LOGNORMAL = '--batch 4 --lognormal';

export const sections: readonly Section[] = [
  {
    id: 'train',
    title: 'LoRA training, 4 layers, 1 x 512 tokens, every position supervised',
    columns: speed,
    peers: ['PEFT f32', 'PEFT bf16'],
    entries: [
      peft('f32', '--dtype f32'),
      ours('f32', ''),
      ours('f32, packed weights', '--prepack true'),
      peft('bf16', '--dtype bf16'),
      ours('int8 accurate', '--quantize int8 --int8 accurate'),
      ours('int8 fast', '--quantize int8 --int8 fast'),
      ours('nf4', '--quantize nf4'),
      ours('nf4, checkpointing', '--quantize nf4 --checkpointing'),
    ],
  },
  {
    id: 'train-60',
    title: 'The same with 60 % of the positions supervised',
    columns: speed,
    peers: ['PEFT f32'],
    entries: [
      peft('f32', '--dtype f32 --supervised 0.6'),
      ours('f32', '--supervised 0.6'),
      ours('f32, packed weights', '--supervised 0.6 --prepack true'),
      ours('int8 fast', '--quantize int8 --int8 fast --supervised 0.6'),
    ],
  },
  {
    id: 'train-packed',
    title: 'Lengths of instruction records (lognormal, median 200), batch 4; real tokens',
    columns: speed,
    peers: ['PEFT f32, padded', 'alpacare f32, padded'],
    entries: [
      peft('f32, padded', `--dtype f32 ${LOGNORMAL}`),
      ours('f32, padded', LOGNORMAL),
      ours('f32, packed', `${LOGNORMAL} --packing 512`),
      ours('f32, packed into one row', `${LOGNORMAL} --packing 2048`),
      ours('int8 fast, packed into one row', `${LOGNORMAL} --packing 2048 --quantize int8 --int8 fast`),
    ],
  },
  {
    id: 'train-22',
    title: 'LoRA training, 22 layers, 1 x 512 tokens',
    columns: speed,
    peers: ['PEFT bf16'],
    entries: [
      peft('bf16', '--dtype bf16 --layers 22 --steps 1'),
      ours('int8 fast', '--layers 22 --dtype bf16 --quantize int8 --int8 fast --steps 1'),
      ours(
        'int8 fast, checkpointing',
        '--layers 22 --dtype bf16 --quantize int8 --int8 fast --checkpointing --steps 1',
      ),
    ],
  },
  {
    id: 'decode',
    title: 'Generation, 22 layers, 512 tokens of context',
    columns: [
      { heading: 'tokens/s', figure: 'decode_tps_median', digits: 1 },
      { heading: 'prompt tokens/s', figure: 'prompt_tps_median', digits: 0 },
      { heading: 'first token, s', figure: 'first_token_s_median', digits: 2 },
      { heading: 'peak MiB', figure: 'peak_rss_mib', digits: 0 },
    ],
    peers: ['llama.cpp Q4_0', 'transformers.js q4', 'transformers bf16'],
    entries: [
      { name: 'llama.cpp Q4_0', script: 'llama-cpp', options: '--gen 16 --reps 2' },
      decoder('int4, head in int8', '--quantize int4'),
      decoder('int4, head too', '--quantize int4 --head int4'),
      decoder('int8', '--quantize int8'),
      decoder('int8 fast', '--quantize int8 --int8 fast'),
      decoder('int8, 480 of the tokens kept', '--quantize int8 --prefix 480'),
      { name: 'transformers.js q4', script: 'transformers-js', options: '--gen 16 --reps 2' },
      { name: 'transformers bf16', script: 'transformers_generate', options: '--dtype bf16 --gen 8 --reps 1' },
    ],
  },
  {
    id: 'error',
    title:
      'Worst error of a LoRA gradient on an int8 base, 4 layers, 1 x 512 tokens, against f32 products on the same base',
    columns: [
      { heading: 'fast', figure: 'fast' },
      { heading: 'accurate', figure: 'accurate' },
    ],
    peers: [],
    once: true,
    entries: [
      { name: 'random weights', script: 'int8-error', options: '' },
      { name: '20 input channels scaled by 20', script: 'int8-error', options: '--outliers 20' },
    ],
  },
  {
    id: 'quality',
    title:
      'A real model (tinystories-656k): perplexity of the base, and the loss after 300 steps of LoRA or full fine-tuning',
    columns: [
      { heading: 'perplexity', figure: 'perplexity', digits: 2 },
      { heading: 'loss, nats', figure: 'loss', digits: 4 },
      { heading: 'loss against f32', figure: 'loss_ratio', digits: 4 },
      { heading: 'optimizer MiB', figure: 'optimizer_mib', digits: 2 },
    ],
    peers: [],
    once: true,
    entries: [
      { name: 'f32', script: 'quality', options: '' },
      { name: 'int8 accurate', script: 'quality', options: '--quantize int8 --int8 accurate' },
      { name: 'int8 fast', script: 'quality', options: '--quantize int8 --int8 fast' },
      { name: 'int4', script: 'quality', options: '--quantize int4' },
      { name: 'nf4', script: 'quality', options: '--quantize nf4' },
      { name: 'f32, every weight', script: 'quality', options: '--full' },
      { name: 'f32, every weight, 8-bit AdamW', script: 'quality', options: '--full --state-bits 8' },
    ],
  },
];
