import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type {
  AdditiveStatistic,
  BleuSmoothing,
  BleuTokenizer,
  PairedComparison,
  RougeVariant,
  Score,
} from '@alpacare/eval';
import { Command, Option } from 'commander';
import { z } from 'zod';
import { anyNumber, wholeNumber } from '../../config/options.ts';
import { optionFacts, tellScores } from '../../reports/tell-scores.ts';
import { digits, scoreLines } from '../../ui/score-lines.ts';
import { resamplingOf, type ScoreFlags, withPageFlag, withScoreFlags } from './resampling.ts';

interface TextFlags extends ScoreFlags {
  readonly lowercase: boolean;
  readonly baseline?: string;
}
interface BleuFlags extends TextFlags {
  readonly tokenize: BleuTokenizer;
  readonly smooth: BleuSmoothing;
  readonly smoothValue?: number;
}
interface ChrfFlags extends TextFlags {
  readonly wordOrder: number;
}
interface RougeFlags extends Omit<TextFlags, 'lowercase'> {
  readonly stem: boolean;
  readonly variants: RougeVariant[];
}

const text = (name: string, description: string): Command =>
  withPageFlag(
    withScoreFlags(
      new Command(name)
        .description(description)
        .argument('<outputs>', 'JSON lines {"hypothesis","references"}, or plain lines where reference files follow')
        .argument('[references...]', 'plain lines, one file a set of references')
        .option('--baseline <file>', 'outputs of another system, in the same layout, to test against'),
    ),
  );

export function bleuCommand(): Command {
  return text('bleu', 'Corpus BLEU, equal to sacrebleu')
    .addOption(new Option('--tokenize <name>', 'tokenizer').choices(['13a', 'intl', 'char', 'none']).default('13a'))
    .addOption(new Option('--smooth <method>', 'smoothing').choices(['exp', 'floor', 'add-k', 'none']).default('exp'))
    .option('--smooth-value <x>', 'value of floor or add-k', anyNumber)
    .option('--lowercase', 'compare without case', false)
    .action(async (outputs: string, references: string[], flags: BleuFlags) => {
      const { bleuStatistic, corpusBleu } = await import('@alpacare/eval');
      const options = {
        tokenizer: flags.tokenize,
        smoothing: flags.smooth,
        lowercase: flags.lowercase,
        ...(flags.smoothValue === undefined ? {} : { smoothingValue: flags.smoothValue }),
      };
      await score('BLEU', outputs, references, flags, {
        scores: (h, r) => [corpusBleu(h, r, { ...options, interval: resamplingOf(flags) })],
        statistics: (h, r) => [bleuStatistic(h, r, options)],
      });
    });
}

export function chrfCommand(): Command {
  return text('chrf', 'chrF and chrF++, equal to sacrebleu')
    .option('--word-order <n>', '2 gives chrF++', wholeNumber, 0)
    .option('--lowercase', 'compare without case', false)
    .action(async (outputs: string, references: string[], flags: ChrfFlags) => {
      const { chrf, chrfStatistic } = await import('@alpacare/eval');
      const options = { wordOrder: flags.wordOrder, lowercase: flags.lowercase };
      await score(flags.wordOrder > 0 ? 'chrF++' : 'chrF', outputs, references, flags, {
        scores: (h, r) => [chrf(h, r, { ...options, interval: resamplingOf(flags) })],
        statistics: (h, r) => [chrfStatistic(h, r, options)],
      });
    });
}

export function rougeCommand(): Command {
  return text('rouge', "ROUGE as Google's rouge_score defines it")
    .option('--stem', 'Porter stemming', false)
    .option('--variants <names...>', 'rouge1 rouge2 rougeL rougeLsum', ['rouge1', 'rouge2', 'rougeL', 'rougeLsum'])
    .action(async (outputs: string, references: string[], flags: RougeFlags) => {
      const { rouge, rougeStatistic } = await import('@alpacare/eval');
      const options = { stemmer: flags.stem };
      await score('ROUGE', outputs, references, flags, {
        scores: (h, r) =>
          Object.values(rouge(h, r, { ...options, variants: flags.variants, interval: resamplingOf(flags) })),
        statistics: (h, r) => flags.variants.map((variant) => rougeStatistic(variant, h, r, options)),
      });
    });
}

interface Metric {
  scores(hypotheses: readonly string[], references: readonly (readonly string[])[]): Score[];
  statistics(hypotheses: readonly string[], references: readonly (readonly string[])[]): AdditiveStatistic[];
}

async function score(
  name: string,
  outputs: string,
  references: string[],
  flags: ScoreFlags & { baseline?: string },
  metric: Metric,
): Promise<void> {
  const { approximateRandomisation, pairedBootstrap, SampleMismatchError } = await import('@alpacare/eval');
  const system = await readPairs(outputs, references);
  const scores = metric.scores(system.hypotheses, system.references);
  const text = scores.map(scoreLines).join('');
  const page = {
    title: `${name} of ${basename(outputs)}`,
    lead: `${system.hypotheses.length} outputs against ${plural(system.references[0]?.length ?? 0, 'reference')} each. These figures say how alike the words are, not whether they are true.`,
    scores: scores.map((score) => ({ label: '', score })),
    settings: [
      ['outputs', outputs] as const,
      ...references.map((file) => ['references', file] as const),
      ...optionFacts(flags),
    ],
  };
  if (flags.baseline === undefined) {
    return tellScores(flags, { ...page, value: { scores }, text });
  }
  const baseline = await readPairs(flags.baseline, references);
  if (JSON.stringify(baseline.references) !== JSON.stringify(system.references)) {
    throw new SampleMismatchError(`${flags.baseline}: expected the references of ${outputs}, found others.`);
  }
  const first = metric.statistics(baseline.hypotheses, baseline.references);
  const second = metric.statistics(system.hypotheses, system.references);
  const tests = first.map(
    (statistic, i): PairedTest => ({
      name: statistic.name,
      bootstrap: pairedBootstrap(statistic, second[i]!, resamplingOf(flags)),
      randomisation: approximateRandomisation(statistic, second[i]!, { seed: flags.seed }),
    }),
  );
  const lines = tests.map(testLine);
  return tellScores(flags, {
    ...page,
    value: { scores, againstBaseline: tests },
    text: text + lines.join(''),
    tables: [{ title: `Against ${basename(flags.baseline)}`, head: TEST_HEAD, rows: tests.map(testRow) }],
    notes: [...new Set(tests.map(({ name, bootstrap }) => `${name}: ${bootstrap.claim}`))],
  });
}

interface PairedTest {
  readonly name: string;
  readonly bootstrap: PairedComparison;
  readonly randomisation: PairedComparison;
}

const TEST_HEAD = ['Score', 'Difference', '95 % interval', 'p, paired bootstrap', 'p, approximate randomisation'];

function testRow({ name, bootstrap, randomisation }: PairedTest): string[] {
  const { difference, interval, pValue } = bootstrap;
  const range = interval === null ? '–' : `${digits(interval.low)} to ${digits(interval.high)}`;
  return [name, signed(difference), range, pValue.toFixed(4), randomisation.pValue.toFixed(4)];
}

const signed = (value: number): string => `${value < 0 ? '' : '+'}${digits(value)}`;
const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

function testLine({ name, bootstrap, randomisation }: PairedTest): string {
  const { difference, interval, claim } = bootstrap;
  const range = interval === null ? '' : `, 95 % interval ${digits(interval.low)} to ${digits(interval.high)}`;
  return (
    `${name} against the baseline: ${signed(difference)}${range}. ${claim}\n` +
    `  p = ${bootstrap.pValue.toFixed(4)} (paired bootstrap), ${randomisation.pValue.toFixed(4)} (approximate randomisation)\n`
  );
}

const pairSchema = z.object({ hypothesis: z.string(), references: z.union([z.string(), z.array(z.string()).min(1)]) });

async function readPairs(
  outputs: string,
  references: readonly string[],
): Promise<{ hypotheses: string[]; references: string[][] }> {
  const { parseJsonLines, SampleMismatchError } = await import('@alpacare/eval');
  const content = await readFile(outputs, 'utf8');
  if (references.length === 0) {
    const rows = parseJsonLines(content, pairSchema, outputs);
    return {
      hypotheses: rows.map((row) => row.hypothesis),
      references: rows.map((row) => (typeof row.references === 'string' ? [row.references] : row.references)),
    };
  }
  const hypotheses = plainLines(content);
  const sets = await Promise.all(references.map(async (file) => plainLines(await readFile(file, 'utf8'))));
  for (const [i, set] of sets.entries()) {
    if (set.length !== hypotheses.length) {
      throw new SampleMismatchError(
        `${references[i]}: expected ${hypotheses.length} lines as in ${outputs}, found ${set.length}.`,
      );
    }
  }
  return { hypotheses, references: hypotheses.map((_, i) => sets.map((set) => set[i]!)) };
}

/** Lines without the end a file closes with. */
const plainLines = (content: string): string[] => content.replace(/\r?\n$/, '').split(/\r?\n/);
