/** The reports of a run in a real browser: two widths, light and dark. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AnswerPair,
  comparePerplexity,
  readTrainingLog,
  renderEvaluationReport,
  renderTrainingReport,
  rouge,
} from '../src/index.ts';
import { chromiumPath, NO_CHROMIUM, openBrowser } from './browser.ts';

const events = [
  { type: 'baseline-end', lossNats: 5, perplexity: 148, tokens: 900 },
  ...Array.from({ length: 1500 }, (_, i) => ({
    type: 'step-end',
    step: i + 1,
    steps: 1500,
    lossNats: 5 - i / 500 + Math.sin(i) / 3,
    learningRate: 2e-4 * (1 - i / 1500),
    gradientNorm: 1 + Math.cos(i) / 2,
    tokens: 900,
    seconds: 0.5,
    residentBytes: 6e8 + 1e5 * i,
  })),
  { type: 'evaluation-end', step: 1500, lossNats: 4, perplexity: 54.6, tokens: 900 },
  { type: 'run-end', reason: 'completed' },
];
const answers: AnswerPair[] = [
  {
    question: `What is ${'very'.repeat(40)} long?`,
    before: { text: 'A thing.', decision: 'answered', categories: [] },
    after: { text: 'Another thing.', decision: 'replaced', categories: ['dosage'] },
  },
];
const facts = [['Processor', 'x'.repeat(120)]] as const;
const texts = (shift: number) =>
  Array.from({ length: 40 }, (_, i) => ({ id: `${i}`, logProbs: [-4 - (i % 7) / 5 + shift] }));
let folder = '';
const pages = ['training', 'evaluation'] as const;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alpacare-reports-'));
  const log = readTrainingLog(events.map((event) => JSON.stringify(event)).join('\n'));
  const run = { title: 'A run', log, answers, settings: facts, environment: facts, manifest: { seed: 1 } };
  await writeFile(join(folder, 'training.html'), await renderTrainingReport(run));
  const [base, tuned] = [texts(0), texts(1)];
  const page = await renderEvaluationReport({
    title: 'An evaluation',
    lead: 'Base and trained model.',
    perplexity: {
      comparison: comparePerplexity(base, tuned),
      texts: base.map((text, i) => ({ baseNats: -text.logProbs[0]!, tunedNats: -tuned[i]!.logProbs[0]! })),
    },
    scores: Object.values(rouge(['a b c'], ['a b'])).map((score) => ({ label: 'after', score })),
    answers,
  });
  await writeFile(join(folder, 'evaluation.html'), page);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(pages)('the %s report', (name) => {
  it.for([
    { width: 1280, dark: false },
    { width: 390, dark: true },
  ])('fits $width pixels, draws its charts and asks nobody', async ({ width, dark }, ctx) => {
    if (chromiumPath === undefined) return ctx.skip(NO_CHROMIUM);
    const { context, close } = await openBrowser({ width, height: 900, dark });
    try {
      const requests: string[] = [];
      const errors: string[] = [];
      context.on('request', (request) => requests.push(request.url()));
      const page = await context.newPage();
      page.on('pageerror', (error) => errors.push(error.message));
      page.on('console', (message) => errors.push(message.text()));
      const url = pathToFileURL(join(folder, `${name}.html`)).href;
      await page.goto(url);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      // Each chart shows curves or points within its frame, in a colour that its theme defines.
      const charts = (await page.evaluate(`[...document.querySelectorAll('figure')].map((figure) => {
        const shown = [...figure.querySelectorAll('svg')].filter((svg) => svg.getBoundingClientRect().width > 0);
        const marks = shown.flatMap((svg) => [...svg.querySelectorAll('path')]).filter((path) => /series/.test(path.getAttribute('stroke') + path.getAttribute('fill')));
        const box = marks.length ? marks[0].getBoundingClientRect() : { width: 0 };
        return { shown: shown.length, marks: marks.length, colour: marks.length ? getComputedStyle(marks[0]).stroke + getComputedStyle(marks[0]).fill : '', width: box.width };
      })`)) as { shown: number; marks: number; colour: string; width: number }[];
      expect(charts.length).toBe(name === 'training' ? 5 : 1);
      for (const chart of charts) {
        expect(chart).toMatchObject({ shown: 1 });
        expect(chart.marks).toBeGreaterThan(0);
        expect(chart.width).toBeGreaterThan(0);
        expect(chart.colour).toContain(dark ? 'rgb(87, 196, 180)' : 'rgb(11, 107, 97)');
      }
      const ids = (await page.evaluate(`[...document.querySelectorAll('[id]')].map(({ id }) => id)`)) as string[];
      expect(new Set(ids).size).toBe(ids.length);
      expect(await page.getByRole('img').count()).toBe(charts.length);
      expect(requests).toEqual([url]);
      expect(errors).toEqual([]);
    } finally {
      await close();
    }
  });
});
