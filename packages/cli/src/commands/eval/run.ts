/** `alpacare eval run`: a trained model against its base on records it has not seen, as text, JSON and a page. */
import { writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { EngineRequest, ExampleScore, ModelVariant } from '@alpacare/core';
import type { LabelledScore, TokenLogProbs } from '@alpacare/eval';
import { DISCLAIMER } from '@alpacare/safety';
import { Command, Option } from 'commander';
import { engineOption, openEngine, tellEngine } from '../../config/open-engine.ts';
import { wholeNumber } from '../../config/options.ts';
import { exitCode } from '../../ui/exit-code.ts';
import { onInterrupt } from '../../ui/interrupt.ts';
import { print, scoreLines } from '../../ui/score-lines.ts';
import { perplexityLines } from './perplexity.ts';
import { resamplingOf, type ScoreFlags, withScoreFlags } from './resampling.ts';

interface Flags extends ScoreFlags {
  readonly part: 'test' | 'validation';
  readonly questions: number;
  readonly maxNewTokens: number;
  readonly out?: string;
  readonly threads?: number;
  readonly engine: EngineRequest;
}

export function runCommand(): Command {
  const command = new Command('run')
    .description(
      'Measure a training run: perplexity and answers of the base and of what was trained, on records kept apart',
    )
    .argument('<run>', 'output folder of alpacare train')
    .addOption(new Option('--part <name>', 'records to measure on').choices(['test', 'validation']).default('test'))
    .option('--questions <n>', 'questions answered before and after; 0 for none', wholeNumber, 5)
    .option('--max-new-tokens <n>', 'longest answer', wholeNumber, 160)
    .option('-o, --out <file>', 'where the page goes; default: evaluation.html in the run')
    .option('--threads <n>', 'processor threads', wholeNumber)
    .addOption(engineOption())
    .addHelpText('after', '\nExample:\n  alpacare eval run ./runs/first --questions 20');
  return withScoreFlags(command).action(evaluateRun);
}

async function evaluateRun(folder: string, flags: Flags): Promise<void> {
  const [core, lib] = await Promise.all([import('@alpacare/core'), import('@alpacare/eval')]);
  const { askBeforeAndAfter } = await import('../../reports/ask-before-and-after.ts');
  const { machineFacts, settingFacts } = await import('../../reports/run-facts.ts');
  const options = await core.readRunFile(folder);
  const interrupt = onInterrupt(() => process.stderr.write('\nstopping; nothing is written\n'));
  const { signal } = interrupt;
  const { engine, choice } = await openEngine(flags.engine, { threads: flags.threads, int8: options.train?.int8 });
  tellEngine(choice);
  const tell = (text: string): void => void process.stderr.write(`${text}\n`);
  try {
    const { opened, prepared } = await core.prepareFineTune(options);
    const held = options.quantize ? await core.openQuantizedBase(opened, options.quantize) : opened;
    const differences = core.verifyManifest(await core.readManifest(join(folder, 'manifest.json')), prepared.manifest);
    const warnings =
      differences.length === 0
        ? []
        : [
            `The records, or how they are prepared, differ from the run's in ${differences.length} places (alpacare verify): some may have been trained on.`,
          ];
    for (const warning of warnings) tell(`warning: ${warning}`);
    const records = prepared.split[flags.part];
    if (records.length === 0) throw new lib.EmptySampleError(folder, `records in the ${flags.part} part`);
    const examples = records.map(({ example }) => example);
    const score = async (variant: ModelVariant): Promise<TokenLogProbs[]> => {
      const evaluator = await core.Evaluator.create(engine, variant);
      const scores: TokenLogProbs[] = [];
      for await (const one of evaluator.score(examples, undefined, { signal })) scores.push(answerOf(one));
      await evaluator.dispose();
      return scores;
    };
    tell(`scoring ${records.length} records with the base`);
    const base = await score(core.baseVariant(held.model, held.weights));
    tell('scoring them with what was trained');
    const own = options.full ? await core.openModel(join(folder, 'model')) : undefined;
    const tuned = await score(
      own
        ? core.baseVariant(own.model, own.weights)
        : core.adapterVariant(held, await core.readAdapter(folder, core.expectedModel(opened.model))),
    );
    const comparison = lib.comparePerplexity(base, tuned, { interval: resamplingOf(flags) });
    const asked = records.slice(0, flags.questions);
    if (asked.length > 0) tell(`asking ${asked.length} questions before and after`);
    const answers = await askBeforeAndAfter(engine, options, asked, { maxNewTokens: flags.maxNewTokens, signal });
    const references = asked.map(({ output }) => core.withoutDisclaimer(output, DISCLAIMER));
    const scores: LabelledScore[] = (['before', 'after'] as const).flatMap((label) => {
      if (answers.length === 0) return [];
      const texts = answers.map((pair) => core.withoutDisclaimer(pair[label]!.text, DISCLAIMER));
      const rouge = lib.rouge(texts, references, { variants: ['rouge1', 'rougeL'], interval: resamplingOf(flags) });
      return Object.values(rouge).map((score) => ({ label, score }));
    });
    const steppedIn = (label: 'before' | 'after') => answers.filter((a) => a[label]!.decision !== 'answered').length;
    const guard =
      answers.length === 0
        ? []
        : [
            `The guard stepped in on ${steppedIn('before')} of ${answers.length} answers before training and on ${steppedIn('after')} after. ROUGE compares what it let through with the answers of the records.`,
          ];
    const nats = ({ logProbs }: TokenLogProbs): number => -logProbs.reduce((a, b) => a + b, 0) / logProbs.length;
    const page = await lib.renderEvaluationReport({
      title: `Evaluation of ${basename(resolve(folder))}`,
      lead: `Base and trained model on ${records.length} ${flags.part} records that were kept apart; only the answers count, without the disclaimer.`,
      perplexity: { comparison, texts: base.map((text, i) => ({ baseNats: nats(text), tunedNats: nats(tuned[i]!) })) },
      scores,
      answers,
      notes: [...guard, ...warnings],
      settings: settingFacts(options, prepared.manifest),
      environment: machineFacts(choice, prepared.manifest.versions),
    });
    const file = flags.out ?? join(folder, 'evaluation.html');
    await writeFile(file, page);
    print(
      flags.json,
      {
        part: flags.part,
        perplexity: comparison,
        scores,
        guardSteppedIn: { before: steppedIn('before'), after: steppedIn('after'), of: answers.length },
        warnings,
        report: file,
      },
      `${perplexityLines(comparison)}${scores.map(({ label, score }) => `${label} training:\n${scoreLines(score)}`).join('')}${guard.map((line) => `${line}\n`).join('')}report: ${file}\n`,
    );
  } catch (error) {
    if (!signal.aborted) throw error;
    process.exitCode = exitCode.interrupted;
  } finally {
    interrupt.release();
    await engine.dispose();
  }
}

/** The answer's tokens: the disclaimer is soon learned by heart and would make any model look better. */
const answerOf = ({ id, logProbabilities, answerTokens }: ExampleScore): TokenLogProbs => ({
  id,
  logProbs: Array.from(logProbabilities.subarray(0, answerTokens)),
});
