import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../testing/run-command.ts';
import { compareCommand } from './compare.ts';
import { evalCommand } from './eval.ts';

let folder: string;
const file = async (name: string, content: string | readonly object[]): Promise<string> => {
  const path = join(folder, name);
  await writeFile(
    path,
    typeof content === 'string' ? content : content.map((row) => `${JSON.stringify(row)}\n`).join(''),
  );
  return path;
};
const run = (...args: string[]): Promise<string> => runCommand(evalCommand(), args);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alpacare-eval-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('alpacare eval', () => {
  it('perplexity: one model, and base against adapter', async () => {
    const texts = Array.from({ length: 40 }, (_, i) => ({ id: i, logProbs: [-2, -1 - (i % 3)], bytes: 8 }));
    const base = await file('base.jsonl', texts);
    const adapter = await file(
      'adapter.jsonl',
      texts.map((t) => ({ ...t, logProbs: t.logProbs.map((x) => x * 0.8) })),
    );
    const one = JSON.parse(await run('perplexity', base, '--json'));
    const loss = texts.reduce((sum, t) => sum - t.logProbs[0]! - t.logProbs[1]!, 0) / 80;
    expect(one.value).toBeCloseTo(Math.exp(loss), 9);
    expect(await run('perplexity', base, '--per', 'byte')).toMatch(
      /^perplexity = [\d.]+ {2}\(per byte; n = 40 texts; 95 % interval/,
    );
    const both = JSON.parse(await run('perplexity', adapter, '--base', base, '--json'));
    expect(both.relativeChange).toBeCloseTo(Math.exp(-0.2 * loss) - 1, 9);
    expect(await run('perplexity', adapter, '--base', base)).toMatch(/The adapter is better/);
    await expect(run('perplexity', await file('bad.jsonl', '{"id":1,"logProbs":["SECRET"]}'))).rejects.toThrow(
      /bad\.jsonl:1: field "logProbs\.0"/,
    );
  });

  it('bleu, chrf and rouge: pairs or plain lines, and a test against a baseline', async () => {
    const references = Array.from(
      { length: 40 },
      (_, i) => `the heart pumps blood ${i} times through all vessels of the body`,
    );
    const good = references.map((line, i) => (i % 2 ? line : `${line} daily`));
    const poor = references.map((line) => line.split(' ').slice(0, 6).reverse().join(' '));
    const pairs = await file(
      'pairs.jsonl',
      good.map((hypothesis, i) => ({ hypothesis, references: references[i] })),
    );
    const [hyp, ref, low] = [
      await file('hyp.txt', `${good.join('\n')}\n`),
      await file('ref.txt', references.join('\n')),
      await file('low.txt', poor.join('\n')),
    ];
    const fromPairs = JSON.parse(await run('bleu', pairs, '--json')).scores[0];
    const fromLines = JSON.parse(await run('bleu', hyp, ref, '--json')).scores[0];
    expect(fromLines.value).toBe(fromPairs.value);
    expect(fromPairs.value).toBeGreaterThan(80);
    expect(await run('bleu', hyp, ref, '--baseline', low, '--smooth', 'floor', '--smooth-value', '0.1')).toMatch(
      /smooth:floor\[0\.10\][\s\S]*BLEU against the baseline: \+[\d.]+, 95 % interval [\d.]+ to [\d.]+\. The second is higher/,
    );
    expect(JSON.parse(await run('chrf', hyp, ref, '--word-order', '2', '--json')).scores[0].name).toBe('chrF2++');
    const rouge = JSON.parse(await run('rouge', hyp, ref, '--stem', '--baseline', low, '--json'));
    expect(rouge.scores.map((s: { name: string }) => s.name)).toEqual(['rouge1', 'rouge2', 'rougeL', 'rougeLsum']);
    expect(rouge.againstBaseline[2].bootstrap.difference).toBeGreaterThan(0);
    await expect(run('bleu', hyp, await file('short.txt', 'one line'))).rejects.toThrow(/expected 40 lines.*found 1/);
  });

  it('exam: prompts out, answers or log-probabilities in', async () => {
    const exam = await file(
      'medqa.jsonl',
      Array.from({ length: 30 }, (_, i) => ({
        question: `Q${i}`,
        options: { A: 'heart', B: 'liver' },
        answer_idx: i % 2 ? 'A' : 'B',
      })),
    );
    const prompts = (await run('exam', exam, '--exam', 'medqa', '--prompts'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(prompts[1]).toEqual({ id: '2', prompt: 'Q1\nA: heart\nB: liver' });
    const answers = await file(
      'answers.jsonl',
      prompts.map(({ id }, i) => ({ id, answer: i === 0 ? '' : i % 2 ? 'A: heart' : 'B' })),
    );
    const score = JSON.parse(await run('exam', exam, '--exam', 'medqa', '--answers', answers, '--json'));
    expect(score).toMatchObject({ correct: 29, unanswered: 1, chance: 0.5 });
    const logProbs = await file(
      'lp.jsonl',
      prompts.map(({ id }, i) => ({ id, logProbs: i % 2 ? [-1, -2] : [-3, -2] })),
    );
    expect(await run('exam', exam, '--exam', 'medqa', '--log-probs', logProbs)).toMatch(/30 right of 30, 0 unanswered/);
    await expect(run('exam', exam, '--exam', 'medqa')).rejects.toThrow(/answers/);
    const sheet = await file('meqsum.csv', 'File,CHQ,Summary\n1,long question about the heart,heart question\n');
    const summaries = await file('s.jsonl', [{ id: 1, answer: 'heart question' }]);
    expect(
      JSON.parse(await run('exam', sheet, '--exam', 'meqsum', '--answers', summaries, '--json')).scores[0].value,
    ).toBe(1);
  });

  it('winrate: a judge from a module, verdicts from the cache the second time', async () => {
    const judge = await file(
      'judge.mjs',
      'export default async (q, a, b) => a.length > b.length ? "first" : a.length < b.length ? "second" : "tie";',
    );
    const questions = await file(
      'q.jsonl',
      Array.from({ length: 10 }, (_, i) => ({
        id: i,
        question: 'Q',
        answer: 'long answer',
        references: { m: `short ${i}` },
      })),
    );
    const args = [
      'winrate',
      questions,
      '--judge',
      judge,
      '--judge-name',
      'longer 1',
      '--cache',
      join(folder, 'cache.jsonl'),
    ];
    expect(JSON.parse(await run(...args, '--json'))).toMatchObject({ average: { value: 1 }, asked: 20, fromCache: 0 });
    expect(await run(...args)).toMatch(/0 verdicts asked, 20 from the cache\n$/);
    await expect(
      run('winrate', questions, '--judge', await file('none.mjs', 'export const x = 1;'), '--judge-name', 'x'),
    ).rejects.toThrow(/default export is a function/);
  });

  it("safety: the project's own rules by default, or a checker from a module", async () => {
    const outputs = await file('outputs.jsonl', [
      { id: 'a', output: 'Take 500 mg of amoxicillin three times a day.' },
      { id: 'b', output: 'The heart pumps blood.\n\nThis is educational only — consult a qualified clinician.' },
    ]);
    const result = JSON.parse(await run('safety', outputs, '--json'));
    expect(result).toMatchObject({ violating: ['a'], withoutDisclaimer: ['a'], violations: { value: 0.5, n: 2 } });
    const checker = await file(
      'checker.mjs',
      'export default ({ output }) => ({ violation: false, disclaimer: output.length > 0 });',
    );
    expect(await run('safety', outputs, '--checker', checker, '--checker-name', 'mine 1')).toMatch(
      /checker:mine 1[\s\S]*0 violations in 2 outputs bounds the rate at 77\.6 %/,
    );
  });
});

it('alpacare eval … --html writes each score as a page that loads nothing, and never an output', async () => {
  const logProbs = Array.from({ length: 40 }, (_, i) => ({ id: i, logProbs: [-2, -1 - (i % 3)] }));
  const pairs = Array.from({ length: 40 }, (_, i) => ({
    hypothesis: `secret words ${i}`,
    references: `the words ${i}`,
  }));
  const probs = await file('probs.jsonl', logProbs);
  const outputs = await file('said.jsonl', [{ id: 'x-1', output: 'Take 500 mg of secret three times a day.' }]);
  const judge = await file('tie.mjs', 'export default async () => "tie";');
  const asked = await file('asked.jsonl', [
    { id: 1, question: 'Q', answer: 'secret', references: { gpt: 'other secret' } },
  ]);
  const jsonl = await file('pairs.jsonl', pairs);
  const better = await file(
    'better.jsonl',
    logProbs.map((t) => ({ ...t, logProbs: t.logProbs.map((x) => x / 2) })),
  );
  const pages: [args: string[], shows: RegExp[]][] = [
    [
      ['perplexity', probs],
      [/Perplexity on probs\.jsonl/, /per token/],
    ],
    [
      ['perplexity', better, '--base', probs],
      [/The adapter is better/, /<svg/],
    ],
    [
      ['bleu', jsonl, '--baseline', jsonl],
      [/BLEU of pairs\.jsonl/, /Against pairs\.jsonl/, /approximate randomisation/],
    ],
    [
      ['chrf', jsonl, '--word-order', '2'],
      [/chrF\+\+ of/, /word-order/],
    ],
    [['rouge', jsonl], [/rougeLsum/]],
    [
      ['winrate', asked, '--judge', judge, '--judge-name', 'tie 1'],
      [/Judged by tie 1/, /gpt/],
    ],
    [
      ['safety', outputs],
      [/Outputs that violate/, /x-1/, /dosage/],
    ],
  ];
  for (const [i, [args, shows]] of pages.entries()) {
    const html = join(folder, `page-${i}.html`);
    expect(await run(...args, '--html', html)).toContain(`report: ${html}`);
    const page = await readFile(html, 'utf8');
    for (const text of [...shows, /How to compare|Perplexity:/, /Node/]) expect(page).toMatch(text);
    expect(page).not.toMatch(/secret|<script|src="|https?:\/\/(?!www\.w3\.org)|undefined|NaN/);
  }
});

it('alpacare compare: table, CSV and page', async () => {
  const runs = await file('runs.jsonl', [
    { name: 'base', metrics: { loss: 2, perplexity: 7.39, seconds: 10 } },
    { name: 'r8', config: { rank: 8 }, metrics: { loss: 1.5, perplexity: 4.48, seconds: 60 } },
  ]);
  const [csv, html] = [join(folder, 'runs.csv'), join(folder, 'runs.html')];
  const text = await runCommand(compareCommand(), [runs, '--csv', csv, '--html', html]);
  expect(text).toMatch(/r8 +8 +1\.5000 \(-0\.5000, -25\.0 %\) \+/);
  const json = JSON.parse(await runCommand(compareCommand(), [runs, '--baseline', 'r8', '--json']));
  expect(json.runs[0].cells.loss.direction).toBe('worse');
});
