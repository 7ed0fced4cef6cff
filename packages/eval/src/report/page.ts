/** What every report is made of: one page that needs nothing beside it, with sections, figures, tables and notes. */
import { THEME } from '../charts/palette.ts';
import type { Interval } from '../score.ts';
import { escapeHtml } from './escape-html.ts';
import { readPackageFile } from './package-file.ts';

/** Markup that is safe to put into a page: made by the functions here, or escaped. */
export type Html = string;

/** The whole page. Its policy lets it load nothing and run nothing. @param title  plain text */
export function renderPage(title: string, body: readonly Html[]): string {
  const shell: Record<string, string> = {
    title: escapeHtml(title),
    style: readPackageFile('assets/report/report.css'),
    body: body.filter(Boolean).join('\n'),
  };
  return readPackageFile('assets/report/report.html').replace(/\{\{(\w+)\}\}/g, (_, name: string) => shell[name]!);
}

/** @param title  plain text  @param lead  plain text */
export const header = (title: string, lead: string): Html =>
  `<header><h1>${escapeHtml(title)}</h1><p class="lead">${escapeHtml(lead)}</p></header>`;

/** A titled part of the page; nothing where there is nothing to say. */
export const section = (title: string, content: Html): Html =>
  content === '' ? '' : `<section><h2>${escapeHtml(title)}</h2>${content}</section>`;

/** A chart with its caption. It scrolls on its own where the screen is too narrow for it, unless `narrow` takes its place. */
export function figure(svg: string, caption: string, narrow?: string): Html {
  const box = (chart: string, kind: string): Html =>
    `<div class="scroll chart ${kind}" tabindex="0" role="region" aria-label="Chart">${themed(chart)}</div>`;
  const charts = narrow === undefined ? box(svg, '') : box(svg, 'wide') + box(narrow, 'narrow');
  return `<figure>${charts}<figcaption>${escapeHtml(caption)}</figcaption></figure>`;
}

/** Lets a chart take the colours of the page, light or dark. Only attributes are touched, never text. */
function themed(svg: string): string {
  return svg.replace(/<[^>]*>/g, (tag) =>
    tag.replace(/(fill|stroke)="(#[0-9a-f]{6})"/g, (all, attribute: string, colour: string) =>
      colour in THEME ? `${attribute}="var(${THEME[colour]},${colour})"` : all,
    ),
  );
}

/** @param caption  plain text  @param head  plain text  @param rows  markup */
export function table(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly Html[])[],
  kind: '' | 'wrap' | 'facts' = '',
): Html {
  const cells = (row: readonly Html[]): Html =>
    row.map((cell, i) => (i === 0 ? `<th scope="row">${cell}</th>` : `<td>${cell}</td>`)).join('');
  const titles =
    head.length === 0
      ? ''
      : `<thead><tr>${head.map((title) => `<th scope="col">${escapeHtml(title)}</th>`).join('')}</tr></thead>`;
  return (
    `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(caption)}"><table class="${kind}"><caption>${escapeHtml(caption)}</caption>` +
    `${titles}<tbody>${rows.map((row) => `<tr>${cells(row)}</tr>`).join('')}</tbody></table></div>`
  );
}

/** Names with values, both plain text. */
export const facts = (caption: string, rows: readonly (readonly [name: string, value: string])[]): Html =>
  rows.length === 0
    ? ''
    : table(
        caption,
        [],
        rows.map(([name, value]) => [escapeHtml(name), escapeHtml(value)]),
        'facts',
      );

/** @param list  plain text */
export const notes = (list: readonly string[]): Html =>
  list.length === 0 ? '' : `<ul class="notes">${list.map((note) => `<li>${escapeHtml(note)}</li>`).join('')}</ul>`;

/** A value as JSON, folded away. @param title  plain text */
export const foldedJson = (title: string, value: unknown): Html =>
  `<details><summary>${escapeHtml(title)}</summary><pre tabindex="0">${escapeHtml(JSON.stringify(value, null, 2))}</pre></details>`;

export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
export const percentInterval = (range: Interval | null): string =>
  range === null ? '–' : `${percent(range.low)} to ${percent(range.high)}`;
export const plural = (n: number, word: string): string => `${n.toLocaleString('en-US')} ${word}${n === 1 ? '' : 's'}`;
export const interval = (range: Interval | null, digits: number): string =>
  range === null
    ? '–'
    : range.low === range.high
      ? 'no variation'
      : `${range.low.toFixed(digits)} to ${range.high.toFixed(digits)}`;
