import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { PerplexityComparison, PerplexityDenominator, TokenLogProbs } from '@alpacare/eval';
import { Command, Option } from 'commander';
import { optionFacts, tellScores } from '../../reports/tell-scores.ts';
import { scoreLines } from '../../ui/score-lines.ts';
import { resamplingOf, type ScoreFlags, withPageFlag, withScoreFlags } from './resampling.ts';

interface Flags extends ScoreFlags {
  readonly per: PerplexityDenominator;
  readonly base?: string;
}

export function perplexityCommand(): Command {
  const command = new Command('perplexity')
    .description('Perplexity from token log-probabilities, and base against adapter')
    .argument('<file>', 'JSON lines {"id","logProbs":[...],"tokens"?,"words"?,"bytes"?}; natural logarithms')
    .addOption(
      new Option('--per <unit>', 'what the loss is divided by').choices(['token', 'word', 'byte']).default('token'),
    )
    .option('--base <file>', 'the base model on the same texts; the first file is then the adapter');
  return withPageFlag(withScoreFlags(command)).action(run);
}

async function run(file: string, flags: Flags): Promise<void> {
  const { comparePerplexity, perplexity, readLogProbs } = await import('@alpacare/eval');
  const texts = readLogProbs(await readFile(file, 'utf8'), file);
  const options = { per: flags.per, interval: resamplingOf(flags) };
  if (flags.base === undefined) {
    const score = perplexity(texts, options);
    const lead = `How surprised a model is by ${texts.length} texts, by its own log-probabilities.`;
    return tellScores(flags, {
      value: score,
      text: scoreLines(score),
      title: `Perplexity on ${basename(file)}`,
      lead,
      scores: [{ label: '', score }],
      settings: [['file', file], ...optionFacts(flags)],
    });
  }
  const base = readLogProbs(await readFile(flags.base, 'utf8'), flags.base);
  const result = comparePerplexity(base, texts, options);
  const nats = new Map(base.map((text) => [text.id, natsOf(text)]));
  return tellScores(flags, {
    value: result,
    text: perplexityLines(result),
    title: `Perplexity: ${basename(file)} against ${basename(flags.base)}`,
    lead: `Base and adapter on the same ${texts.length} texts, paired.`,
    perplexity: {
      comparison: result,
      texts: texts.map((text) => ({ baseNats: nats.get(text.id)!, tunedNats: natsOf(text) })),
    },
    scores: [],
    settings: [['adapter', file], ...optionFacts(flags)],
  });
}

/** Mean loss of a text, nats a token. */
const natsOf = ({ logProbs }: TokenLogProbs): number => -logProbs.reduce((a, b) => a + b, 0) / logProbs.length;

/** Base, adapter, and what their difference allows to say. */
export function perplexityLines(result: PerplexityComparison): string {
  const percent = (share: number): string => `${share < 0 ? '' : '+'}${(100 * share).toFixed(2)} %`;
  const range =
    result.interval === null
      ? ''
      : ` (95 % interval ${percent(result.interval.low)} to ${percent(result.interval.high)})`;
  return (
    `base:\n${scoreLines(result.base)}adapter:\n${scoreLines(result.adapter)}` +
    `change ${percent(result.relativeChange)}${range}, p = ${result.pValue.toFixed(4)}\n${result.claim}\n`
  );
}
