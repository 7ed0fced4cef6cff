import { formatCsv } from '../inputs/csv.ts';
import { escapeHtml } from '../report/escape-html.ts';
import { header, notes as noteList, renderPage } from '../report/page.ts';
import type { ComparedCell, RunComparison } from './compare-runs.ts';
import { RUN_METRICS, type RunMetric } from './run-record.ts';

/** A table for the terminal; the change stands beside each figure, marked + for better and ! for worse. */
export function comparisonText(comparison: RunComparison): string {
  const header = ['run', ...comparison.settings, ...comparison.metrics.map(titleOf)];
  const rows = comparison.runs.map((run) => [
    run.isBaseline ? `${run.name} *` : run.name,
    ...comparison.settings.map((key) => run.settings[key]!),
    ...comparison.metrics.map((metric) => textCell(metric, run.cells[metric]!, run.isBaseline)),
  ]);
  const numbersFrom = 1 + comparison.settings.length;
  const widths = header.map((title, c) =>
    Math.max(...[title, ...rows.map((row) => row[c]!)].map((cell) => cell.length)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, c) => (c < numbersFrom ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!)))
      .join('  ')
      .trimEnd();
  return [
    line(header),
    widths.map((width) => '-'.repeat(width)).join('  '),
    ...rows.map(line),
    '',
    `* baseline; changes against it, + better, ! worse`,
    ...comparison.notes,
    '',
  ].join('\n');
}

/** The same as CSV: full precision, with a column for each change. */
export function comparisonCsv(comparison: RunComparison): string {
  const header = [
    'run',
    'baseline',
    ...comparison.settings,
    ...comparison.metrics.flatMap((key) => [key, `${key}_change`, `${key}_relative_change`]),
  ];
  const rows = comparison.runs.map((run) => [
    run.name,
    run.isBaseline ? 'yes' : 'no',
    ...comparison.settings.map((key) => run.settings[key]!),
    ...comparison.metrics.flatMap((key) => {
      const { value, change, relativeChange } = run.cells[key]!;
      return [value ?? '', change ?? '', relativeChange ?? ''];
    }),
  ]);
  return formatCsv([header, ...rows]);
}

/** The same as a self-contained page. */
export function comparisonHtml(comparison: RunComparison, title = 'Comparison of runs'): string {
  const head = ['Run', ...comparison.settings, ...comparison.metrics.map(titleOf)];
  const rows = comparison.runs.map((run) => {
    const cells = comparison.metrics.map((metric) => {
      const cell = run.cells[metric]!;
      const change = run.isBaseline ? '' : changeText(metric, cell);
      const mark =
        cell.direction === 'better' || cell.direction === 'worse'
          ? ` <span class="${cell.direction}">${change} ${cell.direction}</span>`
          : change === ''
            ? ''
            : ` <span class="soft">${change}</span>`;
      return `<td>${valueText(metric, cell)}${mark}</td>`;
    });
    const settings = comparison.settings.map((key) => `<td>${escapeHtml(run.settings[key]!)}</td>`);
    const name = `${escapeHtml(run.name)}${run.isBaseline ? ' <span class="soft">baseline</span>' : ''}`;
    return `<tr><th scope="row">${name}</th>${[...settings, ...cells].join('')}</tr>`;
  });
  return renderPage(title, [
    header(
      title,
      `Changes against ${comparison.baseline}. A change is a difference of two figures and no claim; for claims use a paired test.`,
    ),
    `<section><div class="scroll" tabindex="0" role="region" aria-label="Runs"><table class="runs"><caption>Runs</caption><thead><tr>${head.map((cell) => `<th scope="col">${escapeHtml(cell)}</th>`).join('')}</tr></thead>` +
      `<tbody>${rows.join('')}</tbody></table></div>${noteList(comparison.notes)}</section>`,
  ]);
}

const titleOf = (metric: RunMetric): string => {
  const { title, unit } = RUN_METRICS[metric];
  return unit === '' ? title : `${title} (${unit})`;
};

function textCell(metric: RunMetric, cell: ComparedCell, isBaseline: boolean): string {
  if (cell.value === null) return '-';
  const mark = cell.direction === 'better' ? '+' : cell.direction === 'worse' ? '!' : ' ';
  return isBaseline
    ? valueText(metric, cell)
    : `${valueText(metric, cell)} ${changeText(metric, cell)} ${mark}`.trimEnd();
}

const scaled = (metric: RunMetric, value: number): number => (metric === 'peakMemoryBytes' ? value / 2 ** 20 : value);

const valueText = (metric: RunMetric, { value }: ComparedCell): string =>
  value === null ? '–' : scaled(metric, value).toFixed(RUN_METRICS[metric].digits);

function changeText(metric: RunMetric, { change, relativeChange }: ComparedCell): string {
  if (change === null) return '';
  const sign = change < 0 ? '-' : '+';
  const amount = Math.abs(scaled(metric, change)).toFixed(RUN_METRICS[metric].digits);
  const relative = relativeChange === null ? '' : `, ${sign}${Math.abs(100 * relativeChange).toFixed(1)} %`;
  return `(${sign}${amount}${relative})`;
}
