/** `alpacare eval run`: a trained model against its base on records it has not seen, as text, JSON and a page. */
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type {
  Engine,
  EngineChoice,
  EngineRequest,
  ExampleScore,
  ModelVariant,
  RunOptions,
  ShardedWork,
  WorkPart,
} from '@alpacare/core';
import type { AnswerPair, LabelledScore, TokenLogProbs } from '@alpacare/eval';
import { DISCLAIMER } from '@alpacare/safety';
import { Command, Option } from 'commander';
import { engineOption, openEngine, tellEngine } from '../../config/open-engine.ts';
import { wholeNumber } from '../../config/options.ts';
import { checkShardFlags, runSharded, type ShardFlags, withShardFlags } from '../../config/sharding.ts';
import { exitCode } from '../../ui/exit-code.ts';
import { onInterrupt } from '../../ui/interrupt.ts';
import { print, scoreLines } from '../../ui/score-lines.ts';
import type { GatherFlags } from '../../ui/write-rows.ts';
import { perplexityLines } from './perplexity.ts';
import { resamplingOf, type ScoreFlags, withScoreFlags } from './resampling.ts';

interface Flags extends ScoreFlags, ShardFlags {
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
  return withShardFlags(withScoreFlags(command)).action(evaluateRun);
}

async function evaluateRun(folder: string, flags: Flags, command: Command): Promise<void> {
  checkShardFlags(flags, command);
  const interrupt = onInterrupt(() => process.stderr.write('\nstopping; nothing is written\n'));
  let engine: Engine | undefined;
  try {
    await runSharded(
      flags,
      async (collective) => {
        const { readRunFile, threadsOfRank } = await import('@alpacare/core');
        const options = await readRunFile(folder);
        const threads = flags.threads ?? (await threadsOfRank(collective));
        const selected = await openEngine(flags.engine, { threads, int8: options.train?.int8 });
        engine = selected.engine;
        const tell = (text: string): void => void (collective.rank === 0 && process.stderr.write(`${text}\n`));
        if (collective.rank === 0) tellEngine(selected.choice);
        return openMeasurement(folder, options, flags, { ...selected, tell, signal: interrupt.signal });
      },
      (part) => finishRun(part, flags),
    );
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
    process.exitCode = exitCode.interrupted;
  } finally {
    interrupt.release();
    await engine?.dispose();
  }
}

/** Examples that are scored together; the figures depend on it in their last digits. */
const SCORE_BATCH = 8;

/** Log-probabilities of one record's answer. */
interface ScoredRecord {
  readonly base: TokenLogProbs;
  readonly tuned: TokenLogProbs;
}

interface AnsweredQuestion {
  readonly pair: AnswerPair;
  /** The record's own answer, without the disclaimer. */
  readonly reference: string;
}

interface Measuring {
  readonly engine: Engine;
  readonly choice: EngineChoice;
  readonly tell: (text: string) => void;
  readonly signal: AbortSignal;
}

async function openMeasurement(
  folder: string,
  options: RunOptions,
  flags: Flags,
  { engine, choice, tell, signal }: Measuring,
): Promise<ShardedWork> {
  const [core, lib] = await Promise.all([import('@alpacare/core'), import('@alpacare/eval')]);
  const { askBeforeAndAfter } = await import('../../reports/ask-before-and-after.ts');
  const { machineFacts, settingFacts } = await import('../../reports/run-facts.ts');
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
  const asked = records.slice(0, flags.questions);
  const own = options.full ? await core.openModel(join(folder, 'model')) : undefined;
  const variantOfTuned = async (): Promise<ModelVariant> =>
    own
      ? core.baseVariant(own.model, own.weights)
      : core.adapterVariant(held, await core.readAdapter(folder, core.expectedModel(opened.model)));

  return {
    work: 'eval run',
    input: createHash('sha256')
      .update(JSON.stringify({ ...prepared.manifest, versions: null }))
      .digest('hex'),
    configuration: {
      part: flags.part,
      questions: flags.questions,
      maxNewTokens: flags.maxNewTokens,
      ...resamplingOf(flags),
      engine: choice.engine,
      base: await core.weightsFingerprint(opened.weights),
      quantize: options.quantize?.dtype ?? null,
      ...(options.quantize?.doubleQuantization && { doubleQuantization: true }),
      trained: own
        ? await core.weightsFingerprint(own.weights)
        : await core.fileDigest(join(folder, 'adapter_model.safetensors')),
    },
    lists: {
      records: {
        items: records.length,
        unit: SCORE_BATCH,
        compute: async ({ from, to }, advance): Promise<ScoredRecord[]> => {
          const examples = records.slice(from, to).map(({ example }) => example);
          const score = async (variant: ModelVariant): Promise<TokenLogProbs[]> => {
            const evaluator = await core.Evaluator.create(engine, variant);
            const scores: TokenLogProbs[] = [];
            for await (const one of evaluator.score(examples, undefined, { batchSize: SCORE_BATCH, signal })) {
              scores.push(answerOf(one));
              advance();
            }
            await evaluator.dispose();
            return scores;
          };
          if (examples.length === 0) return [];
          tell(`scoring ${examples.length} records with the base`);
          const base = await score(core.baseVariant(held.model, held.weights));
          tell('scoring them with what was trained');
          const tuned = await score(await variantOfTuned());
          return base.map((one, i) => ({ base: one, tuned: tuned[i]! }));
        },
      },
      questions: {
        items: asked.length,
        compute: async ({ from, to }, advance): Promise<AnsweredQuestion[]> => {
          const mine = asked.slice(from, to);
          if (mine.length > 0) tell(`asking ${mine.length} questions before and after`);
          const asking = { maxNewTokens: flags.maxNewTokens, signal, onAnswer: advance };
          const pairs = await askBeforeAndAfter(engine, options, mine, asking);
          return pairs.map((pair, i) => ({
            pair,
            reference: core.withoutDisclaimer(mine[i]!.output, DISCLAIMER),
          }));
        },
      },
    },
    about: {
      folder,
      warnings,
      settings: settingFacts(options, prepared.manifest),
      environment: machineFacts(choice, prepared.manifest.versions),
    },
  };
}

/** Figures and page from what was measured. @internal for gather */
export async function finishRun(
  { rows, configuration, about }: WorkPart,
  { out, json = false }: GatherFlags,
): Promise<void> {
  const [core, lib] = await Promise.all([import('@alpacare/core'), import('@alpacare/eval')]);
  type Facts = readonly (readonly [string, string])[];
  const { part, resamples, seed } = configuration as { part: string; resamples: number; seed: number };
  const { folder, warnings } = about as { folder: string; warnings: readonly string[] };
  const interval = { resamples, seed };
  const records = rows.records as readonly ScoredRecord[];
  const questions = rows.questions as readonly AnsweredQuestion[];
  const [base, tuned] = [records.map((one) => one.base), records.map((one) => one.tuned)];
  const comparison = lib.comparePerplexity(base, tuned, { interval });
  const answers = questions.map(({ pair }) => pair);
  const references = questions.map(({ reference }) => reference);
  const scores: LabelledScore[] = (['before', 'after'] as const).flatMap((label) => {
    if (answers.length === 0) return [];
    const texts = answers.map((pair) => core.withoutDisclaimer(pair[label]!.text, DISCLAIMER));
    const rouge = lib.rouge(texts, references, { variants: ['rouge1', 'rougeL'], interval });
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
    lead: `Base and trained model on ${records.length} ${part} records that were kept apart; only the answers count, without the disclaimer.`,
    perplexity: { comparison, texts: base.map((text, i) => ({ baseNats: nats(text), tunedNats: nats(tuned[i]!) })) },
    scores,
    answers,
    notes: [...guard, ...warnings],
    settings: about.settings as Facts,
    environment: about.environment as Facts,
  });
  const file = out ?? join(folder, 'evaluation.html');
  await writeFile(file, page);
  print(
    json,
    {
      part,
      perplexity: comparison,
      scores,
      guardSteppedIn: { before: steppedIn('before'), after: steppedIn('after'), of: answers.length },
      warnings,
      report: file,
    },
    `${perplexityLines(comparison)}${scores.map(({ label, score }) => `${label} training:\n${scoreLines(score)}`).join('')}${guard.map((line) => `${line}\n`).join('')}report: ${file}\n`,
  );
}

/** The answer's tokens: the disclaimer is soon learned by heart and would make any model look better. */
const answerOf = ({ id, logProbabilities, answerTokens }: ExampleScore): TokenLogProbs => ({
  id,
  logProbs: Array.from(logProbabilities.subarray(0, answerTokens)),
});
