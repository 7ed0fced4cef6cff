/** Runs a fine-tuning job in front of a person: progress, logs in the output folder, Ctrl-C that saves. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineRequest, FineTuneOptions } from '@alpacare/core';
import { exitCode } from '../ui/exit-code.ts';
import { onInterrupt } from '../ui/interrupt.ts';
import { createTrainingView, showAll } from '../ui/training-view.ts';
import { openEngine } from './open-engine.ts';
import { tokenCacheOf } from './options.ts';

export interface RunFlags {
  readonly threads?: number;
  readonly engine: EngineRequest;
  readonly json: boolean;
  /** Folder that keeps tokens for the next time; false: none. Default: `tokens` in the output folder. */
  readonly tokenCache?: string | boolean;
}

export async function runFineTune(
  given: FineTuneOptions,
  { threads, json, engine: request, tokenCache }: RunFlags,
): Promise<void> {
  const options = { ...given, ...tokenCacheOf(tokenCache, given.output) };
  const core = await import('@alpacare/core');
  const interrupt = onInterrupt(() =>
    process.stderr.write('\nstopping after this step and saving; Ctrl-C again ends at once\n'),
  );
  const { engine, choice } = await openEngine(request, threads);
  if (json) process.stdout.write(`${JSON.stringify(choice)}\n`);
  else process.stdout.write(`  engine: ${choice.engine} on ${choice.device}: ${choice.reason}\n`);
  if (!json && options.quantize?.dtype === 'int8' && !options.train?.int8 && engine instanceof core.OnnxEngine)
    process.stdout.write(`  int8 products: ${engine.int8.products}: ${engine.int8.reason}\n`);
  try {
    // Everything that can be wrong with the job is found before anything is written.
    const inputs = await core.prepareFineTune(options);
    await mkdir(options.output, { recursive: true });
    const logs = [
      await core.openJsonLog(join(options.output, 'events.jsonl')),
      await core.openTensorBoardLog(join(options.output, 'tensorboard')),
    ];
    const events = core.fineTune(engine, { ...options, signal: interrupt.signal }, inputs);
    await showAll(core.logged(events, logs), createTrainingView(process.stdout, json));
    if (interrupt.signal.aborted) {
      process.exitCode = exitCode.interrupted;
      process.stderr.write(`stopped; go on with: alpacare resume ${options.output}\n`);
    }
  } finally {
    interrupt.release();
    await engine.dispose();
  }
}
