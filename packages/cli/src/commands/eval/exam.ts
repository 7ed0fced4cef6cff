import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { ExamItem, ExamName, ExamScore } from '@alpacare/eval';
import { Command, Option } from 'commander';
import { z } from 'zod';
import { optionFacts, tellScores } from '../../reports/tell-scores.ts';
import { scoreLines } from '../../ui/score-lines.ts';
import { resamplingOf, type ScoreFlags, withPageFlag, withScoreFlags } from './resampling.ts';

interface Flags extends ScoreFlags {
  readonly exam: ExamName | 'meqsum';
  readonly answers?: string;
  readonly logProbs?: string;
  readonly normalise: 'none' | 'length';
  readonly key?: string;
  readonly copBase?: string;
  readonly prompts: boolean;
}

const EXAMS = [
  'usmle',
  'medqa',
  'headqa',
  'pubmedqa',
  'medmcqa',
  'mmlu',
  'bbh',
  'truthfulqa-mc1',
  'truthfulqa-mc2',
  'meqsum',
];

export function examCommand(): Command {
  const command = new Command('exam')
    .description('Accuracy on published exams, by generated answers or by the log-likelihood of the options')
    .argument('<file>', 'the exam in the layout it is published in')
    .addOption(new Option('--exam <name>', 'which exam').choices(EXAMS).makeOptionMandatory())
    .option('--answers <file>', 'JSON lines {"id","answer"}, answers in the form "A: Penicillin"')
    .option('--log-probs <file>', 'JSON lines {"id","logProbs":[...],"lengths"?:[...]}, one entry an option')
    .addOption(new Option('--normalise <how>', 'of log-likelihoods').choices(['none', 'length']).default('none'))
    .option('--key <file>', 'answers published apart: USMLE solutions, PubMedQA test_ground_truth.json')
    .addOption(new Option('--cop-base <n>', 'MedMCQA: whether "cop" counts from 0 or 1').choices(['0', '1']))
    .option('--prompts', 'write the questions as JSON lines {"id","prompt"} to be answered, and score nothing', false);
  return withPageFlag(withScoreFlags(command)).action(run);
}

const answerSchema = z.object({ id: z.union([z.string(), z.number()]).transform(String), answer: z.string() });
const optionsSchema = z.object({
  id: z.union([z.string(), z.number()]).transform(String),
  logProbs: z.array(z.number()),
  lengths: z.array(z.number()).optional(),
});

async function run(file: string, flags: Flags): Promise<void> {
  const lib = await import('@alpacare/eval');
  const content = await readFile(file, 'utf8');
  if (flags.exam === 'meqsum') return summaries(content, file, flags);
  const key = flags.key === undefined ? undefined : await readFile(flags.key, 'utf8');
  const items: ExamItem[] =
    flags.exam === 'medmcqa' && flags.copBase !== undefined
      ? lib.readMedMcqa(content, file, Number(flags.copBase) as 0 | 1)
      : (lib.examReaders[flags.exam] as (content: string, source: string, extra?: string) => ExamItem[])(
          content,
          file,
          key,
        );
  if (flags.prompts) {
    for (const item of items)
      process.stdout.write(`${JSON.stringify({ id: item.id, prompt: lib.formatExamPrompt(item) })}\n`);
    return;
  }
  if (flags.logProbs !== undefined) {
    const source = flags.logProbs;
    const rows = lib
      .parseJsonLines(await readFile(source, 'utf8'), optionsSchema, source)
      .map(({ id, logProbs, lengths }) => ({
        id,
        logProbs,
        ...(lengths === undefined ? {} : { lengths }),
      }));
    if (flags.exam === 'truthfulqa-mc2') {
      const score = lib.truthfulMc2(items, rows, resamplingOf(flags));
      return tellScores(flags, {
        ...page(file, flags),
        scores: [{ label: '', score }],
        value: score,
        text: scoreLines(score),
      });
    }
    return tellExam(file, flags, lib.examAccuracyByLikelihood(items, rows, flags.normalise));
  }
  return tellExam(file, flags, lib.examAccuracyOfAnswers(items, await readAnswers(flags)));
}

const page = (file: string, flags: Flags) => ({
  title: `${flags.exam} on ${basename(file)}`,
  lead: 'What a model knows of an exam. It says nothing about whether its answers are safe to show.',
  settings: [['file', file] as const, ...optionFacts(flags)],
});

function tellExam(file: string, flags: Flags, score: ExamScore): Promise<void> {
  const bySubject = Object.entries(score.bySubject);
  const rows = bySubject.map(([name, { correct, n }]) => [name, String(correct), String(n)]);
  return tellScores(flags, {
    ...page(file, flags),
    value: score,
    text: examLines(score),
    scores: [{ label: '', score }],
    tables: rows.length > 1 ? [{ title: 'By subject', head: ['Subject', 'Right', 'Questions'], rows }] : [],
    notes: [resultOf(score)],
  });
}

function resultOf({ correct, n, unanswered, accuracyOfAnswered, chance }: ExamScore): string {
  const share =
    accuracyOfAnswered === null ? 'none answered' : `${(100 * accuracyOfAnswered).toFixed(1)} % of the answered`;
  return `${correct} right of ${n}, ${unanswered} unanswered (${share}); chance ${(100 * chance).toFixed(1)} %`;
}

/** MeQSum has no options: its answers are summaries, scored by ROUGE. */
async function summaries(content: string, file: string, flags: Flags): Promise<void> {
  const { readMeqSum, rouge, SampleMismatchError } = await import('@alpacare/eval');
  const items = readMeqSum(content, file);
  if (flags.prompts) {
    for (const item of items) process.stdout.write(`${JSON.stringify({ id: item.id, prompt: item.text })}\n`);
    return;
  }
  const answers = await readAnswers(flags);
  const hypotheses = items.map(({ id }) => {
    const answer = answers.get(id);
    if (answer === undefined) throw new SampleMismatchError(`MeQSum item "${id}": expected a summary, found none.`);
    return answer;
  });
  const scores = Object.values(
    rouge(
      hypotheses,
      items.map((item) => item.reference),
      { stemmer: true, interval: resamplingOf(flags) },
    ),
  );
  return tellScores(flags, {
    ...page(file, flags),
    value: { scores },
    text: scores.map(scoreLines).join(''),
    scores: scores.map((score) => ({ label: '', score })),
  });
}

async function readAnswers(flags: Flags): Promise<Map<string, string>> {
  const { BadOptionError, parseJsonLines } = await import('@alpacare/eval');
  if (flags.answers === undefined) throw new BadOptionError('answers', 'a file of answers (or --log-probs)', 'nothing');
  const rows = parseJsonLines(await readFile(flags.answers, 'utf8'), answerSchema, flags.answers);
  return new Map(rows.map((row) => [row.id, row.answer]));
}

function examLines(score: ExamScore): string {
  const subjects = Object.entries(score.bySubject).map(([name, { correct, n }]) => `  ${name}: ${correct} of ${n}\n`);
  return `${scoreLines(score)}  ${resultOf(score)}\n${subjects.length > 1 ? subjects.join('') : ''}`;
}
