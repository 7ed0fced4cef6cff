/** Runs a fine-tuning job in front of a person: progress, logs in the output folder, Ctrl-C that saves. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Collective, EngineRequest, FineTuneOptions } from '@alpacare/core';
import type { Command } from 'commander';
import { exitCode } from '../ui/exit-code.ts';
import { onInterrupt } from '../ui/interrupt.ts';
import { createTrainingView, showAll } from '../ui/training-view.ts';
import { memoryWarning } from './memory-warning.ts';
import { onRanks } from './on-ranks.ts';
import { openEngine } from './open-engine.ts';
import { tokenCacheOf, wholeNumber } from './options.ts';

export interface RunFlags {
  readonly threads?: number;
  readonly engine: EngineRequest;
  readonly json: boolean;
  /** Folder that keeps tokens for the next time; false: none. Default: `tokens` in the output folder. */
  readonly tokenCache?: string | boolean;
  /** Write report.html beside what was trained. */
  readonly report: boolean;
  /** Questions the report answers before and after. */
  readonly samples: number;
}

/** Options of every command that trains. */
export const withReportFlags = (command: Command): Command =>
  command
    .option('--samples <n>', 'questions answered before and after, for the report; 0 for none', wholeNumber, 3)
    .option('--no-report', 'write no report.html');

/** Of several ranks, rank 0 writes and speaks, and the others compute. */
export async function runFineTune(given: FineTuneOptions, flags: RunFlags): Promise<void> {
  const options = { ...given, ...tokenCacheOf(flags.tokenCache, given.output) };
  const { threadsOfRank } = await import('@alpacare/core');
  await onRanks(async (collective) => {
    const threads = flags.threads ?? (await threadsOfRank(collective));
    const all = { ...flags, ...(threads && { threads }) };
    await (collective.rank === 0 ? lead(options, all, collective) : follow(options, all, collective));
  });
}

async function follow(
  options: FineTuneOptions,
  { threads, engine: request }: RunFlags,
  collective: Collective,
): Promise<void> {
  const { fineTune, prepareFineTune } = await import('@alpacare/core');
  const interrupt = onInterrupt(() => {});
  const { engine } = await openEngine(request, { threads, int8: options.train?.int8 });
  try {
    const inputs = await prepareFineTune(options);
    for await (const event of fineTune(engine, { ...options, signal: interrupt.signal }, inputs, collective)) {
      if (event.type === 'run-end' && event.reason === 'aborted') process.exitCode = exitCode.interrupted;
    }
  } finally {
    interrupt.release();
    await engine.dispose();
  }
}

async function lead(
  options: FineTuneOptions,
  { threads, json, engine: request, report, samples }: RunFlags,
  collective: Collective,
): Promise<void> {
  const core = await import('@alpacare/core');
  let stopping = 'stopping after this step and saving';
  const view = createTrainingView(process.stdout, json);
  const interrupt = onInterrupt(() => view.say(`\n${stopping}; Ctrl-C again ends at once`));
  const { engine, choice } = await openEngine(request, { threads, int8: options.train?.int8 });
  if (json) process.stdout.write(`${JSON.stringify(choice)}\n`);
  else process.stdout.write(`  engine: ${choice.engine} on ${choice.device}: ${choice.reason}\n`);
  if (!json && options.quantize?.dtype === 'int8' && !options.train?.int8 && engine instanceof core.OnnxEngine)
    process.stdout.write(`  int8 products: ${engine.int8.products}: ${engine.int8.reason}\n`);
  try {
    // Everything that can be wrong with the job is found before anything is written.
    const inputs = await core.prepareFineTune(options);
    const warning = await memoryWarning(options, inputs, choice, process.availableMemory());
    if (warning !== undefined) view.say(`warning: ${warning}`);
    await mkdir(options.output, { recursive: true });
    const logs = [
      await core.openJsonLog(join(options.output, 'events.jsonl')),
      await core.openTensorBoardLog(join(options.output, 'tensorboard')),
    ];
    const events = core.fineTune(engine, { ...options, signal: interrupt.signal }, inputs, collective);
    const seen = await showAll(core.logged(events, logs), view);
    const wasStopped = seen.some((event) => event.type === 'run-end' && event.reason === 'aborted');
    stopping = 'the model is saved; leaving the rest out of the report';
    if (report) {
      const { writeTrainingReport } = await import('../reports/write-training-report.ts');
      if (!json && samples > 0 && !wasStopped) process.stdout.write('  asking before and after, for the report\n');
      const file = await writeTrainingReport(options, { engine, choice, inputs, samples, signal: interrupt.signal });
      process.stdout.write(json ? `${JSON.stringify({ type: 'report-end', file })}\n` : `  report: ${file}\n`);
    }
    if (wasStopped) {
      process.exitCode = exitCode.interrupted;
      process.stderr.write(`stopped; go on with: alpacare resume ${options.output}\n`);
    } else if (interrupt.signal.aborted) {
      process.exitCode = exitCode.interrupted;
    }
  } finally {
    interrupt.release();
    await engine.dispose();
  }
}
