/** Several runs that differ in one field each, on one page: a table, and their losses in one chart. */
import { type Curve, curveChart, type Point } from '../charts/line-chart.ts';
import { SERIES } from '../charts/palette.ts';
import type { TrainingLog } from '../inputs/training-log.ts';
import { escapeHtml } from './escape-html.ts';
import { facts, figure, type Html, header, notes, plural, renderPage, section, table } from './page.ts';
import { thinned } from './thinned.ts';

/** One run of a sweep. */
export interface SweptRun {
  /** Names the run in table and charts. */
  readonly name: string;
  /** Dotted names of the options that differ from the first run; empty for that one. */
  readonly changed: readonly string[];
  /** Of the untrained model on the validation records; null where it was not measured. */
  readonly basePerplexity: number | null;
  /** Of the trained model on the same records; null where it was not measured. */
  readonly perplexity: number | null;
  /** Updates made. */
  readonly steps: number;
  /** Time of the updates alone. */
  readonly seconds: number;
  /** Numbers that training changes. */
  readonly trainableParameters: number;
  /** What its events.jsonl says; without it the run has no curve. */
  readonly log?: TrainingLog | undefined;
}

/** What the page of a sweep shows. */
export interface SweepReport {
  /** Plain text. */
  readonly title: string;
  /** The first is the one that the others are compared with. */
  readonly runs: readonly SweptRun[];
  /** What all runs have in common, by name. */
  readonly settings?: readonly (readonly [name: string, value: string])[];
  /** The machine and the versions, by name. */
  readonly environment?: readonly (readonly [name: string, value: string])[];
}

/** Points a curve has at most; a longer run shows means of neighbouring steps. */
const MOST_POINTS = 240;

/** Renders a sweep as a self-contained page: charts as SVG inside, nothing to load, nothing that runs. */
export async function renderSweepReport({
  title,
  runs,
  settings = [],
  environment = [],
}: SweepReport): Promise<string> {
  return renderPage(title, [
    header(title, lead(runs)),
    section('Runs', runTable(runs) + notes(cautions(runs))),
    section('Learning', await learning(runs)),
    section('What all have in common', facts('Settings', settings)),
    section('Where they ran', facts('Environment', environment)),
  ]);
}

/** The run with the lowest perplexity, of those that were measured. */
function best(runs: readonly SweptRun[]): SweptRun | undefined {
  const measured = runs.filter(({ perplexity }) => perplexity !== null && Number.isFinite(perplexity));
  return measured.reduce<SweptRun | undefined>(
    (least, run) => (least === undefined || run.perplexity! < least.perplexity! ? run : least),
    undefined,
  );
}

function lead(runs: readonly SweptRun[]): string {
  const winner = best(runs);
  const made = plural(runs.length, 'run');
  if (winner === undefined) return `${made}; no validation perplexity was measured.`;
  return `${made}; lowest validation perplexity: ${winner.perplexity!.toFixed(2)}, of "${winner.name}".`;
}

function runTable(runs: readonly SweptRun[]): Html {
  const winner = best(runs);
  const number = (value: number | null): string => (value === null || !Number.isFinite(value) ? '–' : value.toFixed(2));
  const rows = runs.map((run) => [
    escapeHtml(run.name),
    run === winner ? `<strong>${number(run.perplexity)}</strong>` : number(run.perplexity),
    number(run.basePerplexity),
    escapeHtml(run.changed.join(', ') || '–'),
    String(run.steps),
    run.seconds.toFixed(1),
    run.trainableParameters.toLocaleString('en-US'),
  ]);
  const head = ['Run', 'Perplexity', 'before', 'Changed', 'Updates', 'Seconds', 'Parameters'];
  return table('Validation perplexity, and what was trained', head, rows);
}

/** What the table does not support. */
function cautions(runs: readonly SweptRun[]): string[] {
  const tokens = Math.min(...runs.flatMap(({ log }) => log?.evaluations.map((one) => one.tokens) ?? []));
  const uneven = new Set(runs.map(({ steps }) => steps)).size > 1;
  return [
    'One run of each setting: how far two runs differ by chance alone is not known here. Repeat with other seeds before choosing.',
    ...(tokens < 1000 ? ['The validation set is small: read its perplexity as a direction, not as a figure.'] : []),
    ...(uneven ? ['The runs made different numbers of updates.'] : []),
  ];
}

async function learning(runs: readonly SweptRun[]): Promise<Html> {
  const drawn = toDraw(runs.filter(({ log }) => log !== undefined && log.steps.length > 0));
  if (drawn.length === 0) return '';
  const training = drawn.map(({ name, log }): Curve => {
    const { points } = thinned(log!.steps, MOST_POINTS, (step) => step.lossNats);
    return { name, points };
  });
  const validation = drawn.map(({ name, log }): Curve => {
    const points = log!.evaluations.map(({ step, lossNats }): Point => [step, lossNats]);
    return { name, points, kind: 'marks' };
  });
  const left = runs.length - drawn.length;
  const more = left === 0 ? '' : ` ${plural(left, 'run')} not drawn.`;
  return (
    (await chart('Training loss', training, `Mean loss of each update, nats a token.${more}`)) +
    (await chart(
      'Validation loss',
      validation.filter(({ points }) => points.length > 0),
      `Answers of the validation records, without the disclaimer; step 0 is the untrained model.${more}`,
    ))
  );
}

/** As many runs as there are colours to tell them apart: the first, and the best of the others. */
function toDraw(runs: readonly SweptRun[]): readonly SweptRun[] {
  const [first, ...others] = runs;
  if (first === undefined || runs.length <= SERIES.length) return runs;
  const rank = ({ perplexity }: SweptRun): number => perplexity ?? Number.POSITIVE_INFINITY;
  return [first, ...[...others].sort((a, b) => rank(a) - rank(b)).slice(0, SERIES.length - 1)];
}

async function chart(title: string, curves: readonly Curve[], caption: string): Promise<Html> {
  if (curves.length === 0) return '';
  const lasts = curves.flatMap(({ name, points }) => {
    const last = points.at(-1)?.[1];
    return last !== undefined && Number.isFinite(last) ? [`${name} ${last.toFixed(3)}`] : [];
  });
  const what = { title, description: `At the end: ${lasts.join(', ')}.`, xName: 'step', yName: 'loss, nats', curves };
  const [wide, narrow] = [
    await curveChart({ ...what, size: { width: 900, height: 340 } }),
    await curveChart({ ...what, size: { width: 420, height: 320 } }),
  ];
  return figure(wide, `${title}. ${caption}`, narrow);
}
