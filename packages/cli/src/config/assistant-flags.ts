/** What generate, chat and serve have in common: which model answers, and where it computes. */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineRequest } from '@alpacare/core';
import type { Command } from 'commander';
import { createHubView } from '../ui/hub-view.ts';
import { templateOption } from './data-options.ts';
import type { AssistantOptions } from './open-assistant.ts';
import {
  doubleQuantizationOption,
  engineOption,
  int8Option,
  type QuantizeFlags,
  quantizedBaseOf,
  quantizeOption,
} from './open-engine.ts';
import { wholeNumber } from './options.ts';
import type { RunConfig } from './run-config-schema.ts';
import type { FlagValues } from './with-config.ts';

export interface AssistantFlags extends QuantizeFlags {
  readonly config?: string;
  readonly model: string;
  /** False: the base alone. */
  readonly adapter?: string | false;
  readonly int8?: 'fast' | 'accurate';
  readonly template?: 'chat' | 'alpaca' | 'medalpaca';
  readonly threads?: number;
  readonly engine: EngineRequest;
}

export const withAssistantFlags = (command: Command): Command =>
  command
    .option('-c, --config <file>', 'configuration, as alpacare init writes it; flags count before it')
    .option('-m, --model <folder>', 'Hugging Face model folder, or organisation/name[@revision] of the hub')
    .option('-a, --adapter <folder>', 'PEFT adapter folder')
    .option('--no-adapter', 'the base alone, whatever the configuration says')
    .addOption(templateOption("that of the adapter's training, or the model's own"))
    .option('--threads <n>', 'processor threads', wholeNumber)
    .addOption(quantizeOption())
    .addOption(doubleQuantizationOption())
    .addOption(int8Option())
    .addOption(engineOption());

/** The part of a configuration that says which model answers; what was trained with it, where it is there already. */
export async function assistantFlagsOf(
  { model, out, adapter, method, quantize, doubleQuantization, int8, template, threads, engine }: RunConfig,
  typed: FlagValues,
): Promise<FlagValues> {
  const common = {
    model,
    quantize,
    doubleQuantization,
    int8,
    template,
    threads,
    engine,
    ...(adapter !== undefined && { adapter: adapter ?? false }),
  };
  if (adapter !== undefined || 'model' in typed || 'adapter' in typed || out === undefined) return common;
  const trained = method === 'full' ? join(out, 'model') : out;
  if (await isThere(join(trained, method === 'full' ? 'config.json' : 'adapter_config.json'))) {
    return method === 'full' ? { ...common, model: trained } : { ...common, adapter: trained };
  }
  process.stderr.write(`${out} holds nothing trained yet: the base alone answers\n`);
  return common;
}

/** Finds the model, in the cache or on the hub where it is named so. */
export async function assistantOptions(flags: AssistantFlags): Promise<AssistantOptions> {
  const { model, adapter, template } = flags;
  const quantize = await quantizedBaseOf(flags);
  const { locateModel } = await import('@alpacare/core');
  const { folder } = await locateModel(model, { onEvent: createHubView() });
  return {
    model: folder,
    ...(adapter && { adapter }),
    ...(quantize && { quantize }),
    ...(template && { template }),
  };
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
