/** How answers are drawn: flags of the commands that write text without a conversation. */
import type { Command } from 'commander';
import { anyNumber, positiveNumber, wholeNumber } from './options.ts';

export interface SamplingFlags {
  readonly maxNewTokens: number;
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
  readonly repetitionPenalty: number;
  readonly seed: number;
  readonly stop: string[];
}

export const withSamplingFlags = (command: Command): Command =>
  command
    .option('--max-new-tokens <n>', 'longest answer', wholeNumber, 256)
    .option('--temperature <t>', '0 takes the likeliest token', anyNumber, 0)
    .option('--top-k <k>', 'draw from the k likeliest tokens; 0 from all', wholeNumber, 0)
    .option('--top-p <p>', 'draw from the likeliest tokens that make up this share', positiveNumber, 1)
    .option('--repetition-penalty <x>', 'above 1 makes repeats less likely', positiveNumber, 1)
    .option('--seed <n>', 'of the draw', wholeNumber, 42)
    .option('--stop <texts...>', 'texts that end the answer', []);

export const samplingOf = (flags: SamplingFlags): SamplingFlags => {
  const { maxNewTokens, temperature, topK, topP, repetitionPenalty, seed, stop } = flags;
  return { maxNewTokens, temperature, topK, topP, repetitionPenalty, seed, stop };
};
