/** A training run on one page: what it learned, how fast, on what, and how its answers changed. */
import { type Curve, type CurveChart, curveChart, type Point } from '../charts/line-chart.ts';
import type { LoggedQuantization, LoggedStep, TrainingLog } from '../inputs/training-log.ts';
import { type AnswerPair, answerPairs } from './answer-pairs.ts';
import { escapeHtml } from './escape-html.ts';
import {
  facts,
  figure,
  foldedJson,
  type Html,
  header,
  notes,
  percent,
  plural,
  renderPage,
  section,
  table,
} from './page.ts';
import { thinned } from './thinned.ts';

/** What the page of a training run shows. */
export interface TrainingReport {
  /** Plain text. */
  readonly title: string;
  /** What the run's events.jsonl says. */
  readonly log: TrainingLog;
  /** Guarded answers; see {@link AnswerPair}. */
  readonly answers: readonly AnswerPair[];
  /** In place of answers, or beside them: why there are none, where the questions come from. */
  readonly answersNote?: string | undefined;
  /** Name and value, such as the base model or the rank. */
  readonly settings: readonly (readonly [name: string, value: string])[];
  /** The machine and the versions. */
  readonly environment: readonly (readonly [name: string, value: string])[];
  /** What makes the run repeatable, without its samples; shown as it is. */
  readonly manifest?: unknown;
}

/** Points a curve has at most; a longer run shows means of neighbouring steps. */
const MOST_POINTS = 480;

/** Renders a run as a self-contained page: charts as SVG inside, nothing to load, nothing that runs. */
export async function renderTrainingReport(report: TrainingReport): Promise<string> {
  const { title, log, answers, answersNote, settings, environment, manifest } = report;
  return renderPage(title, [
    header(title, lead(log)),
    keyFigures(log),
    section('Learning', await learning(log)),
    section('Speed and memory', await speed(log)),
    section('Answers before and after', answerPairs(answers) + notes(answersNote === undefined ? [] : [answersNote])),
    section('What was trained', facts('Settings', settings) + records(log)),
    log.quantization === undefined ? '' : section('Quantisation', quantizationTable(log.quantization)),
    section('Where it ran', facts('Environment', environment)),
    manifest === undefined
      ? ''
      : section('Manifest', foldedJson('manifest.json, without the list of samples', manifest)),
  ]);
}

function lead({ steps, ended, method }: TrainingLog): string {
  const last = steps.at(-1);
  const what = method === 'full' ? 'Full fine-tuning' : 'LoRA fine-tuning';
  if (last === undefined) return `${what}; no step was made.`;
  const of = last.step === last.steps ? plural(last.steps, 'step') : `${last.step} of ${plural(last.steps, 'step')}`;
  const end = { completed: 'done', aborted: 'stopped on request', none: 'broke off' }[ended ?? 'none'];
  return `${what}, ${end} after ${of}.`;
}

function keyFigures(log: TrainingLog): Html {
  const { steps, evaluations } = log;
  const base = evaluations.find(({ step }) => step === 0);
  const tuned = evaluations.findLast(({ step }) => step > 0);
  const seconds = sum(steps, (step) => step.seconds);
  const peak = Math.max(0, ...steps.map((step) => step.residentBytes ?? 0));
  const figures: [name: string, value: string, more: string][] = [];
  if (base) figures.push(['Perplexity before', base.perplexity.toFixed(2), `${base.tokens} validation tokens`]);
  if (tuned) {
    const change = base === undefined ? '' : changeText(base.perplexity, tuned.perplexity);
    figures.push(['Perplexity after', tuned.perplexity.toFixed(2), change]);
  }
  if (steps.length > 0) {
    figures.push(['Time in steps', duration(seconds), plural(steps.length, 'step')]);
    figures.push([
      'Speed',
      `${Math.round(sum(steps, ({ tokens }) => tokens) / seconds).toLocaleString('en-US')}`,
      'tokens a second',
    ]);
  }
  if (peak > 0) figures.push(['Most memory', bytes(peak), 'resident in the process']);
  if (figures.length === 0) return '';
  const items = figures.map(
    ([name, value, more]) =>
      `<div><dt>${name}</dt><dd>${escapeHtml(value)}<small>${escapeHtml(more)}</small></dd></div>`,
  );
  return `<dl class="key">${items.join('')}</dl>`;
}

async function learning(log: TrainingLog): Promise<Html> {
  const { steps, evaluations, brokenLines, resumes } = log;
  const training = thinned(steps, MOST_POINTS, (step) => step.lossNats);
  const curves: Curve[] = [];
  if (training.points.length > 0) curves.push({ name: 'training', points: training.points });
  if (evaluations.length > 0) {
    const points = evaluations.map(({ step, lossNats }): Point => [step, lossNats]);
    curves.push({ name: 'validation', points, kind: 'marks' });
  }
  if (curves.length === 0) return '<p>No step was made and nothing was measured.</p>';
  const first = steps[0];
  const last = steps.at(-1);
  const loss = {
    title: 'Loss',
    description: [
      first && last
        ? `Training loss from ${fixed(first.lossNats)} at step ${first.step} to ${fixed(last.lossNats)} at step ${last.step}.`
        : '',
      ...evaluations.map(({ step, lossNats }) => `Validation loss ${fixed(lossNats)} at step ${step}.`),
    ].join(' '),
    xName: 'step',
    yName: 'loss, nats a token',
    curves,
  };
  const [wide, narrow] = [
    await curveChart({ ...loss, size: { width: 900, height: 340 } }),
    await curveChart({ ...loss, size: { width: 420, height: 300 } }),
  ];
  const grouping = training.group > 1 ? ` Each point is the mean of ${training.group} steps.` : '';
  const small = await smallCharts(steps, [
    { title: 'Learning rate', yName: 'rate', of: (step) => step.learningRate, yFromZero: true },
    { title: 'Gradient norm', yName: 'norm before clipping', of: (step) => step.gradientNorm, yFromZero: true },
  ]);
  const rows = evaluations.map(({ step, lossNats, perplexity, tokens }) => [
    step === 0 ? 'before training' : `step ${step}`,
    fixed(lossNats),
    Number.isFinite(perplexity) ? perplexity.toFixed(2) : 'none',
    String(tokens),
  ]);
  const cautions = [
    ...(evaluations.some(({ tokens }) => tokens < 1000)
      ? ['The validation set is small: read its perplexity as a direction, not as a figure.']
      : []),
    ...(resumes > 0 ? [`The run was resumed ${resumes === 1 ? 'once' : `${resumes} times`}.`] : []),
    ...(brokenLines > 0
      ? [
          `${plural(brokenLines, 'line')} of the log could not be read and ${brokenLines === 1 ? 'is' : 'are'} left out.`,
        ]
      : []),
  ];
  return (
    figure(
      wide,
      `Training and validation loss: mean negative log-likelihood of the answers' tokens; in validation the disclaimer is not counted.${grouping}`,
      narrow,
    ) +
    small +
    (rows.length > 0 ? table('Validation', ['When', 'Loss, nats', 'Perplexity', 'Tokens'], rows) : '') +
    notes(cautions)
  );
}

async function speed({ steps }: TrainingLog): Promise<Html> {
  if (steps.length === 0) return '';
  const seconds = sum(steps, (step) => step.seconds);
  const inEngine = sum(steps, (step) => step.engineSeconds ?? Number.NaN);
  const charts = await smallCharts(steps, [
    { title: 'Throughput', yName: 'tokens a second', of: (step) => step.tokens / step.seconds, yFromZero: true },
    ...(steps.some((step) => step.residentBytes !== undefined)
      ? [
          {
            title: 'Memory',
            yName: 'MiB resident',
            of: (step: LoggedStep) => (step.residentBytes ?? Number.NaN) / 2 ** 20,
            yFromZero: true,
          },
        ]
      : []),
  ]);
  const inside = Number.isFinite(inEngine) ? ` The engine worked in ${percent(inEngine / seconds)} of it.` : '';
  const exchanged = steps.flatMap(({ exchange, seconds: whole }) => (exchange ? [{ ...exchange, whole }] : []));
  const share = (of: 'seconds' | 'waitSeconds') =>
    percent(sum(exchanged, (step) => step[of]) / sum(exchanged, (step) => step.whole));
  const ranks =
    exchanged.length > 0
      ? ` Communication between ranks took ${share('seconds')} of it, waiting for slower ranks ${share('waitSeconds')}.`
      : '';
  return `${charts}<p class="soft">${escapeHtml(`${duration(seconds)} in ${plural(steps.length, 'step')}; padding is not counted as tokens.${inside}${ranks}`)}</p>`;
}

interface SmallChart extends Pick<CurveChart, 'title' | 'yName' | 'yFromZero'> {
  of(step: LoggedStep): number;
}

async function smallCharts(steps: readonly LoggedStep[], charts: readonly SmallChart[]): Promise<Html> {
  if (steps.length === 0) return '';
  const drawn: Html[] = [];
  for (const { of, ...chart } of charts) {
    const { points, group } = thinned(steps, MOST_POINTS, of);
    const values = points.map(([, y]) => y).filter(Number.isFinite);
    const description =
      values.length === 0
        ? 'No value.'
        : `From ${number(values[0]!)} to ${number(values.at(-1)!)}; least ${number(Math.min(...values))}, most ${number(Math.max(...values))}.`;
    const svg = await curveChart({
      ...chart,
      description,
      xName: 'step',
      curves: [{ name: chart.title, points }],
      size: { width: 420, height: 230 },
    });
    drawn.push(figure(svg, `${chart.title}${group > 1 ? `, means of ${group} steps` : ''}`));
  }
  return `<div class="charts">${drawn.join('')}</div>`;
}

function records({ records: r, trainable: t }: TrainingLog): Html {
  const rows: [string, string][] = [];
  if (t) {
    rows.push([
      'Trainable parameters',
      `${t.trainable.toLocaleString('en-US')} of ${t.total.toLocaleString('en-US')} (${(100 * t.share).toFixed(2)} %), on ${plural(t.modules, 'linear')}`,
    ]);
  }
  if (r) {
    rows.push(['Records read', `${r.read.toLocaleString('en-US')}, of which ${r.dropped} were dropped`]);
    rows.push(['Split', `${r.train} to train on, ${r.validation} to validate, ${r.test} kept for testing`]);
  }
  return facts('Data', rows);
}

function quantizationTable(quantization: LoggedQuantization): Html {
  const { dtype, heldAs, relativeError, bytesBefore, bytes: now, matrices } = quantization;
  return facts('The base model', [
    ['Held as', heldAs ?? dtype],
    ['Size', `${bytes(now)} in place of ${bytes(bytesBefore)}`],
    ['Relative error', `${percent(relativeError)}, all ${matrices} matrices together`],
  ]);
}

const sum = <T>(list: readonly T[], of: (item: T) => number): number =>
  list.reduce((total, item) => total + of(item), 0);
const fixed = (value: number): string => (Number.isFinite(value) ? value.toFixed(3) : 'no number');
const number = (value: number): string => String(Number(value.toPrecision(3)));
const changeText = (from: number, to: number): string =>
  `${to < from ? '−' : '+'}${Math.abs(100 * (1 - to / from)).toFixed(1)} %`;
const bytes = (value: number): string =>
  value < 1e9 ? `${Math.round(value / 1e6)} MB` : `${(value / 1e9).toFixed(2)} GB`;

function duration(seconds: number): string {
  if (seconds < 90) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  if (seconds < 5400) return `${(seconds / 60).toFixed(1)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
