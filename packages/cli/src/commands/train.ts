/** `alpacare train`: records in, a PEFT adapter out. */
import type { EngineRequest, FineTuneOptions } from '@alpacare/core';
import { DISCLAIMER, SYSTEM_PREFIX, SYSTEM_PREFIX_VERSION } from '@alpacare/safety';
import { Command, Option } from 'commander';
import { type DataFlags, withDataFlags } from '../config/data-options.ts';
import { flagsOf } from '../config/load-run-config.ts';
import {
  doubleQuantizationOption,
  engineOption,
  int8Option,
  type QuantizeFlags,
  quantizedBaseOf,
  quantizeOption,
} from '../config/open-engine.ts';
import { anyNumber, positiveNumber, share, targetModules, wholeNumber } from '../config/options.ts';
import type { RunConfig } from '../config/run-config-schema.ts';
import { runFineTune, withReportFlags } from '../config/run-fine-tune.ts';
import { type FlagValues, withConfig } from '../config/with-config.ts';
import { createHubView } from '../ui/hub-view.ts';

export function trainCommand(): Command {
  const command = new Command('train')
    .description('Train a LoRA adapter on instruction records')
    .option('-c, --config <file>', 'configuration, as alpacare init writes it; flags count before it')
    .option('-m, --model <folder>', 'Hugging Face model folder, or organisation/name[@revision] of the hub')
    .option('-d, --data <files...>', 'records: JSONL, JSON, CSV or parquet files, or a data set of the hub')
    .option('-o, --out <folder>', 'where the adapter and the manifest go')
    .option('--targets <names>', 'linears that get an adapter, comma-separated, or all-linear', targetModules, [
      'q_proj',
      'v_proj',
    ])
    .option('--rank <r>', 'inner size of the adapter', wholeNumber, 8)
    .option('--alpha <a>', 'scale: the update counts alpha / rank', positiveNumber, 16)
    .option('--dropout <p>', "share of the adapter's input dropped in training", share, 0)
    .addOption(quantizeOption())
    .addOption(doubleQuantizationOption())
    .addOption(int8Option())
    .option('--full', 'train every weight in place of an adapter; writes a whole model', false)
    .option('--packing <tokens>', 'lay the examples of a batch into rows of at most so many tokens', wholeNumber)
    .option(
      '--gradient-checkpointing',
      'less memory, a third more time: layers are computed again on the way back',
      false,
    )
    .addOption(
      new Option('--optimizer <name>', 'adamw8bit holds its moments in 8 bits; for --full and large adapters')
        .choices(['adamw', 'adamw8bit'])
        .default('adamw'),
    )
    .option('--rslora', 'scale by alpha / sqrt(rank)', false)
    .option('--epochs <n>', 'passes over the data', positiveNumber, 3)
    .option('--steps <n>', 'updates to make, in place of epochs', wholeNumber)
    .option('--batch-size <n>', 'examples in a batch', wholeNumber, 4)
    .option('--accumulation <n>', 'batches of one update, shared by the ranks; default: 1, or one a rank', wholeNumber)
    .option('--learning-rate <x>', 'peak rate', positiveNumber, 2e-4)
    .addOption(
      new Option('--schedule <kind>', 'how the rate falls').choices(['constant', 'linear', 'cosine']).default('cosine'),
    )
    .option('--warmup <steps>', 'updates over which the rate rises', wholeNumber, 0)
    .option('--warmup-share <x>', 'the same as a share of all updates', share)
    .option('--weight-decay <x>', 'decay of AdamW', anyNumber)
    .option('--clip <norm>', 'gradients are scaled down to this norm', positiveNumber)
    .option('--evaluate-every <steps>', 'updates between validations', wholeNumber)
    .option('--checkpoint-every <steps>', 'updates between checkpoints', wholeNumber)
    .option('--resume', 'go on from the latest checkpoint in the output folder', false)
    .addOption(engineOption())
    .option('--json', 'one JSON event a line', false)
    .addHelpText(
      'after',
      '\nExample:\n  alpacare train --config alpacare.jsonc --rank 16\n  alpacare train --model ./TinyLlama-1.1B --data medinstruct.jsonl --out ./adapter --targets q_proj,v_proj',
    )
    .action((flags: TrainFlags, command: Command) => train(flags, command));
  return withReportFlags(withDataFlags(command, 'of the split, the order and dropout'));
}

export interface TrainFlags extends DataFlags, QuantizeFlags {
  readonly config?: string;
  readonly model: string;
  readonly data: string[];
  readonly out: string;
  readonly targets: readonly string[] | 'all-linear';
  readonly rank: number;
  readonly alpha: number;
  readonly dropout: number;
  readonly rslora: boolean;
  readonly full: boolean;
  readonly int8?: 'fast' | 'accurate';
  readonly packing?: number;
  readonly gradientCheckpointing: boolean;
  readonly optimizer: 'adamw' | 'adamw8bit';
  readonly epochs: number;
  readonly steps?: number;
  readonly batchSize: number;
  readonly accumulation?: number;
  readonly learningRate: number;
  readonly schedule: 'constant' | 'linear' | 'cosine';
  readonly warmup: number;
  readonly warmupShare?: number;
  readonly weightDecay?: number;
  readonly clip?: number;
  readonly evaluateEvery?: number;
  readonly checkpointEvery?: number;
  readonly resume: boolean;
  readonly engine: EngineRequest;
  readonly json: boolean;
  readonly report: boolean;
  readonly samples: number;
}

/** A warm-up that was typed in steps takes the place of one that the file gives as a share. */
function flagsFrom(config: RunConfig, typed: FlagValues): FlagValues {
  const flags = flagsOf(config);
  if ('warmup' in typed && !('warmupShare' in typed)) delete flags.warmupShare;
  return flags;
}

async function train(given: TrainFlags, command: Command): Promise<void> {
  const flags = await withConfig(given, command, { flagsOf: flagsFrom, required: ['model', 'data', 'out'] });
  await runFineTune(await fineTuneOptions(flags), flags);
}

/** Flags, complete -> what core is asked to do. Models and data sets of the hub are fetched. */
export async function fineTuneOptions(flags: TrainFlags): Promise<FineTuneOptions> {
  const core = await import('@alpacare/core');
  const quantize = await quantizedBaseOf(flags);
  const hub = { onEvent: createHubView() };
  const { folder } = await core.locateModel(flags.model, hub);
  const located = [];
  for (const source of flags.data) located.push(await core.locateData(source, hub));
  const layout = located.find((data) => data.layout !== null)?.layout;
  for (const { licence } of located) if (licence !== null) process.stderr.write(`${licence}\n`);
  return {
    model: folder,
    records: located.flatMap(({ files }) => files),
    ...(layout && { read: { layout } }),
    output: flags.out,
    safetyPrefix: SYSTEM_PREFIX,
    disclaimer: DISCLAIMER,
    versions: { 'safety-prefix': SYSTEM_PREFIX_VERSION },
    maxTokens: flags.maxTokens,
    overLimit: flags.overLimit,
    seed: flags.seed,
    resume: flags.resume,
    adapter: {
      rank: flags.rank,
      alpha: flags.alpha,
      dropout: flags.dropout,
      rsLora: flags.rslora,
      targetModules: flags.targets,
    },
    train: {
      epochs: flags.epochs,
      ...(flags.steps && { steps: flags.steps }),
      batchSize: flags.batchSize,
      ...(flags.accumulation && { accumulation: flags.accumulation }),
      learningRate: flags.learningRate,
      schedule: {
        kind: flags.schedule,
        warmupSteps: flags.warmup,
        ...(flags.warmupShare !== undefined && { warmupShare: flags.warmupShare }),
      },
      ...(flags.clip !== undefined && { maxGradientNorm: flags.clip }),
      optimizer: {
        ...core.defaultTrainOptions.optimizer,
        ...(flags.weightDecay !== undefined && { weightDecay: flags.weightDecay }),
        ...(flags.optimizer === 'adamw8bit' && { stateBits: 8 as const }),
      },
      packing: flags.packing ?? null,
      checkpointing: flags.gradientCheckpointing,
      evaluateEvery: flags.evaluateEvery ?? null,
      ...(flags.int8 && { int8: flags.int8 }),
    },
    ...(flags.full && { full: {} }),
    ...(quantize && { quantize }),
    ...(flags.checkpointEvery && { checkpointEvery: flags.checkpointEvery }),
    ...(flags.template && { template: flags.template }),
    ...(flags.split && { split: flags.split }),
  };
}
