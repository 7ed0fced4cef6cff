/** How records become examples: the options of every command that prepares them. */
import { type Command, Option } from 'commander';
import { splitSize, wholeNumber } from './options.ts';

export interface DataFlags {
  readonly template?: 'chat' | 'alpaca' | 'medalpaca';
  /** Longest example, in tokens. */
  readonly maxTokens: number;
  readonly overLimit: 'drop' | 'truncate-answer';
  readonly split?: ReturnType<typeof splitSize>;
  readonly seed: number;
  readonly threads?: number;
  /** Folder that keeps tokens for the next time; false: none. Default: `tokens` in the output folder. */
  readonly tokenCache?: string | boolean;
}

/** @param seedOf  what the seed decides */
export const withDataFlags = (command: Command, seedOf: string): Command =>
  command
    .addOption(templateOption("the model's own"))
    .option('--max-tokens <n>', 'longest example', wholeNumber, 512)
    .addOption(
      new Option('--over-limit <what>', 'what becomes of longer ones')
        .choices(['drop', 'truncate-answer'])
        .default('drop'),
    )
    .option('--split <sizes>', 'train/validation/test: shares 90/5/5 or counts 5000,250,250', splitSize)
    .option('--seed <n>', seedOf, wholeNumber, 42)
    .option('--threads <n>', 'processor threads', wholeNumber)
    .option(
      '--token-cache <folder>',
      'where texts and tokens are kept for the next time; default: tokens in the output folder',
    )
    .option('--no-token-cache', 'keep no tokens');

/** @param standard  what is taken where it is left out */
export const templateOption = (standard: string): Option =>
  new Option('--template <name>', `prompt template; default: ${standard}`).choices(['chat', 'alpaca', 'medalpaca']);
