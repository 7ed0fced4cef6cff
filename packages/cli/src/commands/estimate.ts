/** `alpacare estimate`: what a training run will need in memory, before anything is loaded. */
import type { RunEstimate } from '@alpacare/core';
import { Command, InvalidArgumentError, Option } from 'commander';
import { doubleQuantizationOption, int8Option, type QuantizeFlags, quantizeOption } from '../config/open-engine.ts';
import { positiveNumber, targetModules, wholeNumber } from '../config/options.ts';
import { pc } from '../ui/colors.ts';
import { createHubView } from '../ui/hub-view.ts';

interface EstimateFlags extends QuantizeFlags {
  readonly model: string;
  readonly targets: readonly string[] | 'all-linear';
  readonly rank: number;
  readonly full: boolean;
  readonly int8?: 'fast' | 'accurate';
  readonly batchSize: number;
  readonly maxTokens: number;
  readonly gradientCheckpointing: boolean;
  readonly optimizer: 'adamw' | 'adamw8bit';
  readonly memory?: number;
  readonly json: boolean;
}

const GIGABYTE = 1e9;
const gigabytes = (bytes: number): string => `${(bytes / GIGABYTE).toFixed(2)} GB`;

function atLeastOne(text: string): number {
  const value = wholeNumber(text);
  if (value < 1) throw new InvalidArgumentError('Expected a whole number from 1.');
  return value;
}

const PARTS: readonly (readonly [part: keyof RunEstimate, name: string])[] = [
  ['weightBytes', 'frozen weights'],
  ['parameterBytes', 'trained parameters'],
  ['gradientBytes', 'gradients'],
  ['optimizerBytes', 'optimizer'],
  ['activationBytes', 'activations'],
  ['engineBytes', 'engine and Node.js'],
];

export function estimateCommand(): Command {
  return new Command('estimate')
    .description('Say how much memory training will need on the CPU, part by part, and the largest batch that fits')
    .requiredOption('-m, --model <folder>', 'Hugging Face model folder, or organisation/name[@revision] of the hub')
    .option('--targets <names>', 'linears that get an adapter, comma-separated, or all-linear', targetModules, [
      'q_proj',
      'v_proj',
    ])
    .option('--rank <r>', 'inner size of the adapter', wholeNumber, 8)
    .option('--full', 'every weight is trained in place of an adapter', false)
    .addOption(quantizeOption())
    .addOption(doubleQuantizationOption())
    .addOption(int8Option())
    .option('--batch-size <n>', 'examples in a batch', atLeastOne, 4)
    .option('--max-tokens <n>', 'longest example', atLeastOne, 512)
    .option('--gradient-checkpointing', 'layers are computed again on the way back', false)
    .addOption(
      new Option('--optimizer <name>', 'adamw8bit holds its moments in 8 bits')
        .choices(['adamw', 'adamw8bit'])
        .default('adamw'),
    )
    .option('--memory <gb>', 'memory that a batch may take, in GB; default: what is free', positiveNumber)
    .option('--json', 'the estimate in bytes as JSON', false)
    .addHelpText('after', '\nExample:\n  alpacare estimate --model ./TinyLlama-1.1B --quantize int8 --batch-size 8')
    .action(estimate);
}

async function estimate(flags: EstimateFlags): Promise<void> {
  const { estimateRun, locateModel, openModel } = await import('@alpacare/core');
  const opened = await openModel((await locateModel(flags.model, { onEvent: createHubView() })).folder);
  const memoryBytes = flags.memory === undefined ? process.availableMemory() : flags.memory * GIGABYTE;
  const shape = {
    adapter: { rank: flags.rank, targetModules: flags.targets },
    full: flags.full,
    quantize: flags.quantize,
    ...(flags.doubleQuantization && { doubleQuantization: true }),
    int8: flags.int8,
    batch: flags.batchSize,
    length: flags.maxTokens,
    checkpointing: flags.gradientCheckpointing,
    ...(flags.optimizer === 'adamw8bit' && { stateBits: 8 as const }),
  };
  const found = estimateRun(opened, shape, memoryBytes);
  if (flags.json) {
    process.stdout.write(`${JSON.stringify({ ...found, memoryBytes })}\n`);
    return;
  }
  for (const [part, name] of PARTS)
    process.stdout.write(`  ${name.padEnd(20)} ${gigabytes(found[part]).padStart(9)}\n`);
  const { batchSize, maxTokens, memory } = flags;
  const room = `${gigabytes(memoryBytes)}${memory === undefined ? ' that are free' : ''}`;
  process.stdout.write(
    `  ${pc.bold('together'.padEnd(20))} ${pc.bold(gigabytes(found.totalBytes).padStart(9))}   batch ${batchSize} of ${maxTokens} tokens\n` +
      `  the largest batch within the ${room}: ${pc.bold(String(found.largestBatch))}\n`,
  );
}
