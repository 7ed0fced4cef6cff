/** Scores on one page: each with its interval, its signature and what it does not support. */
import { curveChart, type Point } from '../charts/line-chart.ts';
import type { PerplexityComparison } from '../metrics/perplexity.ts';
import type { Score } from '../score.ts';
import { type AnswerPair, answerPairs } from './answer-pairs.ts';
import { escapeHtml } from './escape-html.ts';
import { facts, figure, type Html, header, notes, renderPage, section, table } from './page.ts';

/** A score under the name that the page gives it. */
export interface LabelledScore {
  /** Of what, such as `base` or `tuned`; empty where there is one system only. */
  readonly label: string;
  /** The figure with its interval and signature. */
  readonly score: Score;
}

/** Figures that are no score of their own, such as counts by subject. All plain text. */
export interface ReportTable {
  /** Names the table. */
  readonly title: string;
  /** Titles of the columns. */
  readonly head: readonly string[];
  /** Cells in the order of `head`; the first names its row. */
  readonly rows: readonly (readonly string[])[];
}

/** What the page of an evaluation shows. */
export interface EvaluationReport {
  /** Plain text. */
  readonly title: string;
  /** One sentence under the title. */
  readonly lead: string;
  /** Figures, in the order of the page. */
  readonly scores: readonly LabelledScore[];
  /** Under the scores. */
  readonly tables?: readonly ReportTable[];
  /** Base against adapter on the same texts, with the mean loss of each text in nats a token. */
  readonly perplexity?:
    | {
        readonly comparison: PerplexityComparison;
        readonly texts: readonly { readonly baseNats: number; readonly tunedNats: number }[];
      }
    | undefined;
  /** Guarded answers; see {@link AnswerPair}. */
  readonly answers?: readonly AnswerPair[];
  /** What the figures do not support, in words. */
  readonly notes?: readonly string[];
  /** Name and value of what was chosen. */
  readonly settings?: readonly (readonly [name: string, value: string])[];
  /** Name and value of what it ran on. */
  readonly environment?: readonly (readonly [name: string, value: string])[];
}

/** Renders scores as a self-contained page. */
export async function renderEvaluationReport(report: EvaluationReport): Promise<string> {
  const { title, lead, scores, tables = [], perplexity, answers = [], settings = [], environment = [] } = report;
  return renderPage(title, [
    header(title, lead),
    perplexity === undefined ? '' : section('Perplexity', await perplexityPart(perplexity)),
    section('Scores', scoreTable(scores) + tables.map(plainTable).join('') + notes(report.notes ?? [])),
    section('Answers', answerPairs(answers)),
    section('Settings', facts('Settings', settings)),
    section('Where it ran', facts('Environment', environment)),
    section('How to compare these figures', signatures(scores)),
  ]);
}

async function perplexityPart({ comparison, texts }: NonNullable<EvaluationReport['perplexity']>): Promise<Html> {
  const { base, adapter, relativeChange, interval: range, pValue, claim } = comparison;
  const points = texts.map(({ baseNats, tunedNats }): Point => [baseNats, tunedNats]);
  const all = points.flat();
  const ends = [Math.min(...all), Math.max(...all)] as const;
  const better = texts.filter(({ baseNats, tunedNats }) => tunedNats < baseNats).length;
  const chart = (width: number, height: number) =>
    curveChart({
      title: 'Loss of each text',
      description: `${better} of ${texts.length} texts are likelier after training.`,
      xName: 'loss before, nats a token',
      yName: 'loss after',
      curves: [
        { name: 'a text', points, kind: 'dots' },
        {
          name: 'no change',
          points: [
            [ends[0], ends[0]],
            [ends[1], ends[1]],
          ],
          kind: 'guide',
        },
      ],
      size: { width, height },
    });
  const change = (share: number): string => `${share < 0 ? '−' : '+'}${Math.abs(100 * share).toFixed(1)} %`;
  const row = (name: string, score: Score): Html[] => [
    name,
    score.value.toFixed(2),
    score.interval === null ? '–' : `${score.interval.low.toFixed(2)} to ${score.interval.high.toFixed(2)}`,
    String(score.n),
  ];
  const interval = range === null ? '' : ` (95 % interval ${change(range.low)} to ${change(range.high)})`;
  return (
    table(
      'Perplexity',
      ['Model', 'Perplexity', '95 % interval', 'Texts'],
      [row('before', base), row('after', adapter)],
    ) +
    `<p>${escapeHtml(`Change ${change(relativeChange)}${interval}, p = ${pValue.toFixed(4)}. ${claim}`)}</p>` +
    figure(
      await chart(900, 420),
      `Each point is a text; below the line it is likelier after training: ${better} of ${texts.length}.`,
      await chart(420, 360),
    ) +
    notes([...new Set([...base.notes, ...adapter.notes])])
  );
}

function scoreTable(scores: readonly LabelledScore[]): Html {
  if (scores.length === 0) return '';
  const labelled = scores.some(({ label }) => label !== '');
  const rows = scores.map(({ label, score }) => [
    escapeHtml(score.name),
    ...(labelled ? [escapeHtml(label)] : []),
    digits(score.value),
    score.interval === null ? '–' : `${digits(score.interval.low)} to ${digits(score.interval.high)}`,
    `${score.n} <span class="soft">${escapeHtml(score.sample)}</span>`,
    `<span class="soft">${escapeHtml(score.unit)}</span>`,
  ]);
  const head = ['Score', ...(labelled ? ['Of'] : []), 'Value', 'Interval', 'Sample', 'Unit'];
  const said = new Map<string, Set<string>>();
  for (const { score } of scores) {
    for (const note of score.notes) said.set(note, (said.get(note) ?? new Set()).add(score.name));
  }
  const names = new Set(scores.map(({ score }) => score.name));
  return (
    table('Scores', head, rows) +
    notes([...said].map(([note, of]) => (of.size === names.size ? note : `${[...of].join(', ')}: ${note}`)))
  );
}

const plainTable = ({ title, head, rows }: ReportTable): Html =>
  rows.length === 0
    ? ''
    : table(
        title,
        head,
        rows.map((row) => row.map(escapeHtml)),
      );

function signatures(scores: readonly LabelledScore[]): Html {
  const unique = [...new Set(scores.map(({ score }) => `${score.name}: ${score.signature}`))];
  if (unique.length === 0) return '';
  const items = unique.map((text) => `<li><code>${escapeHtml(text)}</code></li>`);
  return `<p>Two scores compare only where their signatures match.</p><ul class="notes">${items.join('')}</ul>`;
}

/** Four decimals below 1, three below 1000, else whole. */
function digits(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size < 1 ? 4 : size < 1000 ? 3 : 0);
}
