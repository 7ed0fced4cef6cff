import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { ShardedWork, WorkPart } from '@alpacare/core';
import type { Judge, JudgedQuestion } from '@alpacare/eval';
import { Command } from 'commander';
import { z } from 'zod';
import { wholeNumber } from '../../config/options.ts';
import { checkShardFlags, runSharded, type ShardFlags, withShardFlags } from '../../config/sharding.ts';
import { type TellFlags, tellScores } from '../../reports/tell-scores.ts';
import { onInterrupt } from '../../ui/interrupt.ts';
import { digits, scoreLines } from '../../ui/score-lines.ts';
import { loadFunction } from './load-function.ts';
import { resamplingOf, type ScoreFlags, withPageFlag, withScoreFlags } from './resampling.ts';

interface Flags extends ScoreFlags, ShardFlags {
  readonly judge: string;
  readonly judgeName: string;
  readonly cache?: string;
  readonly concurrency: number;
  readonly retries: number;
  readonly skipFailures: boolean;
}

const questionSchema = z.object({
  id: z.union([z.string(), z.number()]).transform(String),
  question: z.string().min(1),
  answer: z.string(),
  references: z.record(z.string(), z.string()),
});

export function winrateCommand(): Command {
  const command = new Command('winrate')
    .description('Win rate against reference answers by a judge, in both orders')
    .argument('<file>', 'JSON lines {"id","question","answer","references":{"model":"answer",...}}')
    .requiredOption(
      '--judge <module>',
      'JavaScript module whose default export is async (question, first, second) => "first" | "second" | "tie"',
    )
    .requiredOption('--judge-name <name>', 'names the judge and its prompt version; verdicts are cached under it')
    .option('--cache <file>', 'keeps verdicts, so that a run goes on where it stopped')
    .option('--concurrency <n>', 'questions asked at once', wholeNumber, 4)
    .option('--retries <n>', 'further attempts for a verdict', wholeNumber, 3)
    .option('--skip-failures', 'leave out pairs the judge fails on, and count them', false);
  return withShardFlags(withPageFlag(withScoreFlags(command))).action(run);
}

async function run(file: string, flags: Flags, command: Command): Promise<void> {
  checkShardFlags(flags, command);
  const interrupt = onInterrupt(() => process.stderr.write('stopping; verdicts so far are kept in the cache\n'));
  try {
    await runSharded(
      flags,
      (collective) => openQuestions(file, flags, collective.rank, interrupt.signal),
      (part) => finishWinRate(part, flags),
    );
  } finally {
    interrupt.release();
  }
}

async function openQuestions(file: string, flags: Flags, rank: number, signal: AbortSignal): Promise<ShardedWork> {
  const [{ fileDigest }, lib] = await Promise.all([import('@alpacare/core'), import('@alpacare/eval')]);
  const questions = lib.parseJsonLines(await readFile(file, 'utf8'), questionSchema, file);
  const judge = (await loadFunction(flags.judge, 'judge')) as Judge;
  const tally = { asked: 0, fromCache: 0 };
  return {
    work: 'eval winrate',
    input: await fileDigest(file),
    configuration: {
      judge: await fileDigest(flags.judge),
      judgeName: flags.judgeName,
      skipFailures: flags.skipFailures,
      ...resamplingOf(flags),
    },
    lists: {
      questions: {
        items: questions.length,
        compute: async ({ from, to }, advance) => {
          if (from === to && questions.length > 0) return [];
          // One writer a file: other ranks keep theirs beside it.
          const cache = flags.cache === undefined || rank === 0 ? flags.cache : `${flags.cache}.${rank}`;
          const { judged, asked, fromCache } = await lib.judgeQuestions(questions.slice(from, to), {
            judge,
            judgeName: flags.judgeName,
            concurrency: flags.concurrency,
            retries: flags.retries,
            onFailure: flags.skipFailures ? 'skip' : 'stop',
            interval: resamplingOf(flags),
            signal,
            onProgress: advance,
            ...(cache === undefined ? {} : { cache: await lib.openVerdictCache(cache) }),
          });
          Object.assign(tally, { asked, fromCache });
          return judged;
        },
      },
    },
    tally: () => tally,
    about: { file },
  };
}

/** Win rates of all verdicts. @internal for gather */
export async function finishWinRate(part: WorkPart, flags: Partial<TellFlags>): Promise<void> {
  const { winRateOfVerdicts } = await import('@alpacare/eval');
  const { judgeName, resamples, seed } = part.configuration as { judgeName: string; resamples: number; seed: number };
  const { asked = 0, fromCache = 0 } = part.tally;
  const judged = part.rows.questions as JudgedQuestion[];
  const result = winRateOfVerdicts({ judged, asked, fromCache }, { judgeName, interval: { resamples, seed } });
  const lines = Object.values(result.byReference).map(
    (score) =>
      scoreLines(score) +
      `  ${score.wins} wins, ${score.ties} ties, ${score.losses} losses; position bias ${digits(score.positionBias.rate)}; ` +
      `mean length ${Math.round(score.length.meanAnswer)} against ${Math.round(score.length.meanReference)} characters\n`,
  );
  const verdicts = `${result.asked} verdicts asked, ${result.fromCache} from the cache`;
  const byReference = Object.entries(result.byReference);
  const file = String(part.about.file);
  await tellScores(flags, {
    value: result,
    text: `${scoreLines(result.average)}${lines.join('')}${verdicts}\n`,
    title: `Win rate of ${basename(file)}`,
    lead: `Judged by ${judgeName}, each pair in both orders. A judge that is a model has tastes of its own.`,
    scores: [{ label: 'all', score: result.average }, ...byReference.map(([label, score]) => ({ label, score }))],
    tables: [
      {
        title: 'By reference',
        head: ['Reference', 'Wins', 'Ties', 'Losses', 'Position bias', 'Mean characters', 'of the reference'],
        rows: byReference.map(([name, { wins, ties, losses, positionBias, length }]) => {
          const lengths = [length.meanAnswer, length.meanReference].map(Math.round);
          return [name, wins, ties, losses, digits(positionBias.rate), ...lengths].map(String);
        }),
      },
    ],
    notes: [verdicts],
    settings: [
      ['file', file],
      ['judge', judgeName],
      ['resamples', String(resamples)],
      ['seed', String(seed)],
    ],
  });
}
