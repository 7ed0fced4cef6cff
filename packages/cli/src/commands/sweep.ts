/** `alpacare sweep`: several runs that differ in one field each, and a table that compares them. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineRequest, EventLog, FineTuneOptions, SweepEvent, SweepResult, SweepRun } from '@alpacare/core';
import { Command } from 'commander';
import { flagsOf, loadRunConfig, overlay, RunConfigError } from '../config/load-run-config.ts';
import { engineOption, openEngine } from '../config/open-engine.ts';
import { tokenCacheOf, wholeNumber } from '../config/options.ts';
import { exitCode } from '../ui/exit-code.ts';
import { onInterrupt } from '../ui/interrupt.ts';
import { createTrainingView, type TrainingView } from '../ui/training-view.ts';
import { fineTuneOptions, type TrainFlags, trainCommand } from './train.ts';

interface SweepFlags {
  readonly out?: string;
  readonly fresh: boolean;
  readonly threads?: number;
  readonly engine?: EngineRequest;
  readonly json: boolean;
  readonly report: boolean;
}

export function sweepCommand(): Command {
  return new Command('sweep')
    .description('Train the run of a configuration and its "runs", one field changed in each, and compare them')
    .argument('<file>', 'configuration with "runs", as alpacare init --preset tinyllama-nf4-r16 writes it')
    .option('-o, --out <folder>', 'where the runs go, a folder each; default: "out" of the file')
    .option('--fresh', 'begin again, in place of going on with what is there', false)
    .option('--threads <n>', 'processor threads', wholeNumber)
    .addOption(engineOption().default(undefined))
    .option('--json', 'one JSON event a line', false)
    .option('--no-report', 'write no sweep.html')
    .addHelpText(
      'after',
      '\nExample:\n  alpacare init sweep.jsonc --preset tinyllama-nf4-r16\n  alpacare sweep sweep.jsonc',
    )
    .action(runSweep);
}

async function runSweep(file: string, given: SweepFlags): Promise<void> {
  const { base, runs, flags } = await planOf(file, given);
  const core = await import('@alpacare/core');
  core.planSweep(base, runs); // a fault in the last run is found before the first begins
  const shown = new RunViews(base.output, given.json);
  const interrupt = onInterrupt(() => shown.say('\nstopping after this step and saving; Ctrl-C again ends at once'));
  const { engine, choice } = await openEngine(flags.engine, flags);
  if (given.json) process.stdout.write(`${JSON.stringify(choice)}\n`);
  else process.stdout.write(`engine: ${choice.engine} on ${choice.device}: ${choice.reason}\n`);
  try {
    const results = await shown.all(core.sweep(engine, { ...base, signal: interrupt.signal }, runs));
    const table = `${core.sweepTable(results)}\n`;
    await writeFile(join(base.output, 'sweep.md'), table);
    if (!given.json) process.stdout.write(`\n${table}`);
    if (given.report) {
      const { writeSweepReport } = await import('../reports/write-sweep-report.ts');
      const page = await writeSweepReport(base, results, choice);
      process.stdout.write(
        given.json ? `${JSON.stringify({ type: 'report-end', file: page })}\n` : `report: ${page}\n`,
      );
    }
    if (interrupt.signal.aborted) {
      process.exitCode = exitCode.interrupted;
      process.stderr.write(`stopped; the same command goes on\n`);
    }
  } finally {
    await shown.close();
    interrupt.release();
    await engine.dispose();
  }
}

interface Plan {
  readonly base: FineTuneOptions;
  readonly runs: readonly SweepRun[];
  readonly flags: TrainFlags;
}

/** The configuration's own run comes first, as the one the others are compared with. */
async function planOf(file: string, given: SweepFlags): Promise<Plan> {
  const { runs, ...config } = await loadRunConfig(file);
  if (runs === undefined) throw new RunConfigError(file, ['has no "runs"; add them, or use alpacare train --config']);
  const typed = { ...given, resume: !given.fresh };
  const known = Object.fromEntries(Object.entries(typed).filter(([, value]) => value !== undefined));
  const complete = (own: typeof config): TrainFlags =>
    ({ ...trainCommand().opts(), ...flagsOf(own), ...known }) as TrainFlags;
  const flags = complete(config);
  for (const name of ['model', 'data', 'out'] as const) {
    if (flags[name] === undefined) throw new RunConfigError(file, [`field "${name}" is missing`]);
  }
  const base = { ...(await fineTuneOptions(flags)), ...tokenCacheOf(flags.tokenCache, flags.out) };
  const located = { model: base.model, data: [...base.records] };
  const changes: SweepRun[] = [{ name: 'base', change: {} }];
  for (const { name, ...fields } of runs) {
    const { output: _, ...own } = await fineTuneOptions({ ...complete(overlay(config, fields)), ...located });
    changes.push({ name, change: { ...own, ...(base.read && { read: base.read }) } });
  }
  return { base, runs: changes, flags };
}

/** Shows each run as `alpacare train` does, and keeps its logs in its folder. */
class RunViews {
  #run: { readonly name: string; readonly view: TrainingView; readonly logs: readonly EventLog[] } | undefined;

  constructor(
    readonly out: string,
    readonly json: boolean,
  ) {}

  async all(events: AsyncIterable<SweepEvent>): Promise<readonly SweepResult[]> {
    let results: readonly SweepResult[] = [];
    for await (const event of events) {
      if (this.json) process.stdout.write(`${JSON.stringify(event)}\n`);
      if (event.type === 'sweep-run-event') await this.#show(event);
      else if (event.type === 'sweep-end') results = event.results;
      else if (!this.json) process.stdout.write(`${event.result.name}: there already, not made again\n`);
    }
    return results;
  }

  async #show({ run, event }: SweepEvent & { type: 'sweep-run-event' }): Promise<void> {
    if (this.#run?.name !== run) {
      await this.close();
      const core = await import('@alpacare/core');
      const folder = join(this.out, run);
      await mkdir(folder, { recursive: true });
      if (!this.json) process.stdout.write(`\n${run}\n`);
      this.#run = {
        name: run,
        view: createTrainingView(process.stdout, false),
        logs: [
          await core.openJsonLog(join(folder, 'events.jsonl')),
          await core.openTensorBoardLog(join(folder, 'tensorboard')),
        ],
      };
    }
    for (const log of this.#run?.logs ?? []) await log.write(event);
    if (!this.json) this.#run?.view.show(event);
  }

  /** A line for the person, above the bar where there is one. */
  say(text: string): void {
    if (this.#run) this.#run.view.say(text);
    else process.stderr.write(`${text}\n`);
  }

  async close(): Promise<void> {
    this.#run?.view.close();
    for (const log of this.#run?.logs ?? []) await log.close();
    this.#run = undefined;
  }
}
