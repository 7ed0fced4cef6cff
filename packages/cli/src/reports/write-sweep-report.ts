/** Writes sweep.html beside the runs of a sweep: what each came to, and their losses in one chart. */
import { readFile, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { EngineChoice, FineTuneOptions, SweepResult } from '@alpacare/core';
import type { SweptRun } from '@alpacare/eval';
import { machineFacts, settingFacts } from './run-facts.ts';

/** @param base  options of the run that the others are compared with  @returns the file */
export async function writeSweepReport(
  base: FineTuneOptions,
  results: readonly SweepResult[],
  choice: EngineChoice,
): Promise<string> {
  const { readManifest } = await import('@alpacare/core');
  const { readTrainingLog, renderSweepReport } = await import('@alpacare/eval');
  const runs: SweptRun[] = [];
  for (const result of results) {
    const events = await readFile(join(base.output, result.name, 'events.jsonl'), 'utf8').catch(() => undefined);
    runs.push({ ...result, ...(events !== undefined && { log: readTrainingLog(events) }) });
  }
  // A first run that was stopped early has none yet.
  const manifest = await readManifest(join(base.output, results[0]?.name ?? '', 'manifest.json')).catch(
    () => undefined,
  );
  const file = join(base.output, 'sweep.html');
  const page = await renderSweepReport({
    title: `Sweep of ${basename(resolve(base.output))}`,
    runs,
    settings: manifest === undefined ? [] : settingFacts(base, manifest),
    environment: machineFacts(choice, manifest?.versions),
  });
  await writeFile(file, page);
  return file;
}
