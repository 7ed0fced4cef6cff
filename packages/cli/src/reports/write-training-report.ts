/** Writes report.html beside what was trained: the log, the manifest and sample answers on one page. */
import { readFile, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Engine, EngineChoice, FineTuneInputs, FineTuneOptions } from '@alpacare/core';
import type { AnswerPair } from '@alpacare/eval';
import { askBeforeAndAfter } from './ask-before-and-after.ts';
import { machineFacts, settingFacts } from './run-facts.ts';

export interface ReportOptions {
  readonly engine: Engine;
  readonly choice: EngineChoice;
  readonly inputs: FineTuneInputs;
  /** Questions answered before and after; none of a run that was stopped. */
  readonly samples: number;
  readonly signal: AbortSignal;
}

/** Longest sample answer. */
const MOST_TOKENS = 160;

/** @returns the file */
export async function writeTrainingReport(options: FineTuneOptions, report: ReportOptions): Promise<string> {
  const { readTrainingLog, renderTrainingReport } = await import('@alpacare/eval');
  const { engine, choice, inputs, samples, signal } = report;
  const { split, manifest } = inputs.prepared;
  const [part, records] = split.test.length > 0 ? ['testing', split.test] : ['validation', split.validation];
  let answers: AnswerPair[] = [];
  let answersNote = `The questions are the first of the records kept for ${part}; every answer has passed the guard.`;
  try {
    signal.throwIfAborted();
    answers = await askBeforeAndAfter(engine, options, records.slice(0, samples), {
      maxNewTokens: MOST_TOKENS,
      signal,
    });
    if (answers.length === 0) answersNote = 'No question was asked.';
  } catch (error) {
    if (!signal.aborted) throw error;
    answersNote = 'The run was stopped before questions were asked.';
  }
  const { samples: listed, ...header } = manifest;
  const html = await renderTrainingReport({
    title: `Training of ${basename(resolve(options.output))}`,
    log: readTrainingLog(await readFile(join(options.output, 'events.jsonl'), 'utf8')),
    answers,
    answersNote,
    settings: settingFacts(options, manifest),
    environment: machineFacts(choice, manifest.versions),
    manifest: {
      ...header,
      samples: Object.fromEntries(Object.entries(listed).map(([name, list]) => [name, list.length])),
    },
  });
  const file = join(options.output, 'report.html');
  await writeFile(file, html);
  return file;
}
