/** `alpacare demo`: the main job on what comes with the package, offline. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { FineTuneEvent } from '@alpacare/core';
import { DISCLAIMER, SYSTEM_PREFIX, SYSTEM_PREFIX_VERSION } from '@alpacare/safety';
import { Command } from 'commander';
import { bundledModel, bundledRecords } from '../config/assets.ts';
import { demoAdapter, demoFullRate, demoSampling, demoTraining } from '../config/demo-recipe.ts';
import { openEngine } from '../config/open-engine.ts';
import { wholeNumber } from '../config/options.ts';
import { pc } from '../ui/colors.ts';
import { exitCode } from '../ui/exit-code.ts';
import { onInterrupt } from '../ui/interrupt.ts';
import { createTrainingView, showAll } from '../ui/training-view.ts';

export function demoCommand(): Command {
  return new Command('demo')
    .description('Tune the bundled model on the bundled records and compare it with the base; offline, about a minute')
    .option('-o, --out <folder>', 'where the adapter goes', path.join('runs', 'demo'))
    .option('--threads <n>', 'processor threads', wholeNumber)
    .action(demo);
}

const print = (text = ''): void => void process.stdout.write(`${text}\n`);
const heading = (text: string): void => print(`\n${pc.bold(pc.cyan(text))}`);
const change = (from: number, to: number): string =>
  `${to < from ? '−' : '+'}${Math.abs(100 * (1 - to / from)).toFixed(1)} %`;

function perplexityOf(events: readonly FineTuneEvent[], type: 'baseline-end' | 'evaluation-end'): number {
  const event = events.findLast((e) => e.type === type);
  if (!event || !('perplexity' in event)) throw new Error(`no ${type} event`);
  return event.perplexity;
}

async function demo({ out, threads }: { readonly out: string; readonly threads?: number }): Promise<void> {
  const core = await import('@alpacare/core');
  const { openAssistant } = await import('../config/open-assistant.ts');
  let view = createTrainingView(process.stdout, false);
  const interrupt = onInterrupt(() => view.say('\nstopping after this step; Ctrl-C again ends at once'));
  const { signal } = interrupt;
  const { engine, choice } = await openEngine('cpu', { threads });
  const started = performance.now();
  try {
    heading('1  Prepare the records and train a LoRA adapter');
    const options = {
      model: bundledModel,
      records: bundledRecords,
      output: out,
      safetyPrefix: SYSTEM_PREFIX,
      disclaimer: DISCLAIMER,
      versions: { 'safety-prefix': SYSTEM_PREFIX_VERSION },
      adapter: demoAdapter,
      train: demoTraining,
      signal,
    };
    const inputs = await core.prepareFineTune(options);
    await mkdir(out, { recursive: true });
    const log = await core.openJsonLog(path.join(out, 'events.jsonl'));
    const training = core.logged(core.fineTune(engine, options, inputs), [log]);
    const events = await showAll(training, view);
    if (signal.aborted) return print(`stopped; go on with: alpacare resume ${out}`);

    heading('2  The same length of full fine-tuning, for comparison (not saved)');
    const { opened, prepared } = inputs;
    const examples = (part: 'train' | 'validation') => prepared.split[part].map(({ example }) => example);
    const full = await core.Trainer.create(engine, await core.fullMethod(opened.model, opened.weights), {
      ...demoTraining,
      learningRate: demoFullRate,
    });
    const run = full.run(examples('train'), { validation: examples('validation'), signal });
    view = createTrainingView(process.stdout, false);
    const fullEvents = await showAll(run, view);
    await full.dispose();
    if (signal.aborted) return print(`stopped; the adapter is in ${out}`);

    heading('3  Validation perplexity, answers only, the disclaimer not counted');
    const base = perplexityOf(events, 'baseline-end');
    const lora = perplexityOf(events, 'evaluation-end');
    const everything = perplexityOf(fullEvents, 'evaluation-end');
    print(`  base                ${base.toFixed(2)}`);
    print(`  LoRA adapter        ${lora.toFixed(2)}  (${change(base, lora)})`);
    print(`  full fine-tuning    ${everything.toFixed(2)}  (${change(base, everything)})`);

    heading('4  A question neither model has seen');
    const question = prepared.split.test.find(({ input }) => input === '')!.instruction;
    print(`  ${pc.bold(question)}`);
    for (const [name, adapter] of [
      ['base', undefined],
      ['tuned', out],
    ] as const) {
      const assistant = await openAssistant(engine, { model: bundledModel, ...(adapter !== undefined && { adapter }) });
      let answer = '';
      const conversation = [{ role: 'user', content: question }] as const;
      for await (const piece of assistant.answer(conversation, { ...demoSampling, signal })) answer += piece;
      await assistant.dispose();
      print(`\n  ${pc.dim(name)}\n${indent(answer.trim())}`);
    }
    const { writeTrainingReport } = await import('../reports/write-training-report.ts');
    const report = await writeTrainingReport(options, { engine, choice, inputs, samples: 2, signal });
    print(
      `\n${pc.dim(`  ${Math.round((performance.now() - started) / 1000)} s; adapter and manifest in ${out}. Both answers passed the guard.\n  report: ${report}`)}`,
    );
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    if (signal.aborted) process.exitCode = exitCode.interrupted;
    interrupt.release();
    await engine.dispose();
  }
}

/** Wraps text to 76 columns, four in. */
function indent(text: string): string {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ')) {
      if (line.length + word.length > 75) {
        lines.push(line);
        line = '';
      }
      line = line === '' ? word : `${line} ${word}`;
    }
    lines.push(line);
  }
  return lines.map((line) => `    ${line}`.trimEnd()).join('\n');
}
