import type { ResamplingOptions } from '@alpacare/eval';
import type { Command } from 'commander';
import { wholeNumber } from '../../config/options.ts';
import type { TellFlags } from '../../reports/tell-scores.ts';

/** Options every scored command shares. */
export interface ScoreFlags extends TellFlags {
  readonly resamples: number;
  readonly seed: number;
}

export const withScoreFlags = (command: Command): Command =>
  command
    .option('--resamples <n>', 'bootstrap resamples of the interval', wholeNumber, 1000)
    .option('--seed <n>', 'seed of the resampling', wholeNumber, 12345)
    .option('--json', 'write JSON', false);

/** Of commands that score files: `eval run` writes its page anyway. */
export const withPageFlag = (command: Command): Command =>
  command.option('--html <file>', 'also write a page: scores, intervals, signatures and what they do not support');

export const resamplingOf = ({ resamples, seed }: ScoreFlags): ResamplingOptions => ({ resamples, seed });
