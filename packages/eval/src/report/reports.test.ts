/** Nothing that a record, a model or a file name says becomes markup, and nothing in a page asks anybody for anything. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTrainingLog, renderEvaluationReport, renderSweepReport, renderTrainingReport, rouge } from '../index.ts';

const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '</title></style></pre><svg onload=alert(1)>',
    '{{body}}{{style}}',
    '$& $1 $`',
    '<!-- -->',
    'fill="#1d2624"',
  ),
);
const answer = fc.record({
  text: hostile,
  decision: fc.constantFrom('answered', 'replaced', 'fallback', 'emergency'),
  categories: fc.array(hostile, { maxLength: 2 }),
});
const pair = fc.record({ question: hostile, context: hostile, before: answer, after: answer });
const rows = fc.array(fc.tuple(hostile, hostile), { maxLength: 3 });

/** The names of all elements, and of their attributes, as a reader of tags sees them outside of text. */
const shape = (html: string): string[] =>
  [...html.replace(/<style>[\s\S]*?<\/style>/g, '').matchAll(/<(\/?[a-zA-Z!][^\s>/]*)((?:"[^"]*"|[^">])*)>/g)].map(
    ([, name, rest]) => `${name} ${[...rest!.matchAll(/([\w-]+)="/g)].map(([, key]) => key).join(' ')}`,
  );
const log = readTrainingLog('');

describe('a report', () => {
  it('has the same elements and attributes whatever its texts are', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, pair, rows, async (text, one, table) => {
        const make = (title: string, p: typeof one, facts: typeof table) =>
          renderTrainingReport({
            title,
            log,
            answers: [p],
            answersNote: title,
            settings: facts,
            environment: facts,
            manifest: { [title]: title },
          });
        const plain = {
          ...one,
          question: 'q',
          context: one.context === '' ? '' : 'c',
          before: { ...one.before, text: 't', categories: one.before.categories.map(() => 'k') },
          after: { ...one.after, text: 't', categories: one.after.categories.map(() => 'k') },
        };
        const found = await make(text, one, table);
        expect(shape(found)).toEqual(
          shape(
            await make(
              'title',
              plain,
              table.map(() => ['a', 'b']),
            ),
          ),
        );
        expect(found).not.toMatch(/<script|\son\w+="/i);
      }),
      { numRuns: 60 },
    );
  });

  it('escapes the names and notes of scores', async () => {
    const [score] = Object.values(rouge(['a b'], ['a b'], { variants: ['rouge1'], interval: false }));
    const named = { ...score!, name: '<b>', unit: '<i>', sample: '<u>', signature: '<s>', notes: ['<a>'] };
    const html = await renderEvaluationReport({ title: '<t>', lead: '<l>', scores: [{ label: '<k>', score: named }] });
    expect(html).not.toMatch(/<[biusatlk]>/);
    for (const name of 'biustlka') expect(html).toContain(`&lt;${name}&gt;`);
  });

  it('escapes the names of runs and what they change, and every cell of a table', async () => {
    const run = { basePerplexity: 9, perplexity: 3, steps: 1, seconds: 1, trainableParameters: 1 };
    const step = {
      type: 'step-end',
      step: 1,
      steps: 1,
      lossNats: 1,
      learningRate: 1,
      gradientNorm: 1,
      tokens: 8,
      seconds: 1,
    };
    const html =
      (await renderSweepReport({
        title: '<t>',
        runs: [{ ...run, name: '<b>', changed: ['<i>'], log: readTrainingLog(JSON.stringify(step)) }],
        settings: [['<u>', '<s>']],
      })) +
      (await renderEvaluationReport({
        title: 'x',
        lead: 'x',
        scores: [],
        tables: [{ title: '<a>', head: ['<l>'], rows: [['<k>']] }],
      }));
    expect(html).not.toMatch(/<[biustalk]>/);
    for (const name of 'biustalk') expect(html).toContain(`&lt;${name}&gt;`);
  });

  it('draws no more runs of a sweep than there are colours, the first and the best of them', async () => {
    const log = (loss: number) =>
      readTrainingLog(
        JSON.stringify({
          type: 'step-end',
          step: 1,
          steps: 1,
          lossNats: loss,
          learningRate: 1,
          gradientNorm: 1,
          tokens: 8,
          seconds: 1,
        }),
      );
    const runs = Array.from({ length: 9 }, (_, i) => ({
      name: `run-${i}`,
      changed: i === 0 ? [] : ['x'],
      basePerplexity: 9,
      perplexity: i === 8 ? null : 20 - i,
      steps: 1,
      seconds: 1,
      trainableParameters: 1,
      log: log(i),
    }));
    const html = await renderSweepReport({ title: 'x', runs });
    expect(html).toContain('lowest validation perplexity: 13.00, of &quot;run-7&quot;');
    const [, drawn] = /At the end: ([^<]*)\./.exec(html)!;
    expect(drawn!.match(/run-\d/g)).toEqual(['run-0', 'run-7', 'run-6', 'run-5', 'run-4', 'run-3']);
    expect(html).toContain('3 runs not drawn');
    expect(html.match(/<strong>/g)).toHaveLength(1);
    expect(html).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('says what did not happen in place of drawing it', async () => {
    const html = await renderTrainingReport({ title: 'x', log, answers: [], settings: [], environment: [] });
    expect(html).toContain('no step was made');
    expect(html).not.toContain('<svg');
    expect(html).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('draws a run that went wrong', async () => {
    const step = { type: 'step-end', steps: 3, learningRate: 1, gradientNorm: null, tokens: 8, seconds: 1 };
    const events = [1, 2, 3].map((n) => JSON.stringify({ ...step, step: n, lossNats: n < 3 ? n : null }));
    const run = { title: 'x', log: readTrainingLog(events.join('\n')), answers: [], settings: [], environment: [] };
    const html = await renderTrainingReport(run);
    expect(html).toContain('to no number at step 3');
    expect(html).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('says what ranks spent on each other', async () => {
    const step = { type: 'step-end', steps: 2, lossNats: 1, learningRate: 1, gradientNorm: 1, tokens: 8, seconds: 2 };
    const exchange = { seconds: 0.05, waitSeconds: 0.2, sentBytes: 8 };
    const events = [1, 2].map((n) => JSON.stringify({ ...step, step: n, exchange }));
    const run = { title: 'x', log: readTrainingLog(events.join('\n')), answers: [], settings: [], environment: [] };
    expect(await renderTrainingReport(run)).toContain(
      'Communication between ranks took 2.5 % of it, waiting for slower ranks 10.0 %.',
    );
  });
});
