/** Every example runs as its first comment says, and does what it is there to show. */
import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const base = 'packages/cli/assets/base-model';
const argumentsOf = (name: string, args: readonly string[]) => [
  '--conditions=alpacare-source',
  '--import',
  'tsx',
  join('examples', name),
  ...args,
];

async function example(name: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, argumentsOf(name, args), { cwd: root });
  return stdout;
}

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alpacare-examples-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('examples', { timeout: 180_000 }, () => {
  it('fine-tune.ts lowers the perplexity and writes an adapter; evaluate.ts says so of unseen answers', async () => {
    const run = join(folder, 'run');
    const [before, after] = [...(await example('fine-tune.ts', base, run)).matchAll(/[\d.]+$/gm)].map(Number);
    expect(after).toBeLessThan(before!);
    expect(await readdir(run)).toEqual(
      expect.arrayContaining(['adapter_config.json', 'adapter_model.safetensors', 'manifest.json']),
    );
    const { samples } = JSON.parse(await readFile(join(run, 'manifest.json'), 'utf8'));
    const card = await readFile(join(run, 'README.md'), 'utf8');
    expect(card).toContain('base_model: "base-model"');
    expect(card).toContain(`${samples.train.length} records of w1.jsonl`);
    expect(
      /disclaimer not counted \| ([\d.]+) \(base: ([\d.]+)\)/
        .exec(card)!
        .slice(1)
        .map((n) => Number(n).toFixed(1)),
    ).toEqual([after!.toFixed(1), before!.toFixed(1)]);
    expect(card).toMatch(/must not diagnose[\s\S]*## Limits[\s\S]*## Guard[\s\S]*## Licence\nNot stated/);
    expect(card).not.toContain(root);

    const report = await example('evaluate.ts', run);
    const [, texts, low, high] = /of (\d+) unseen.*\n.*interval (-[\d.]+) % to (-[\d.]+) %/.exec(report)!.map(Number);
    expect(texts).toBeGreaterThanOrEqual(30);
    expect(low).toBeLessThan(high!);
    expect(report).toContain('The adapter');
    expect(report.match(/unguarded: \d violations? in 5 outputs/g)).toHaveLength(2);
  });

  it('guard-any-stream.ts stops before the dose', async () => {
    const stdout = await example('guard-any-stream.ts');
    expect(stdout).toContain('A fever is a body temperature');
    expect(stdout).not.toMatch(/500|tablets/);
    expect(stdout.match(/This is educational only/g)).toHaveLength(1);
  });

  it('custom-rules.ts applies the rules of the file, of the code and of the standard', async () => {
    const stdout = await example('custom-rules.ts');
    expect(stdout).toContain('replaced: clinic/no-promises, dosage, clinic/invented-numbers');
    expect(stdout).not.toMatch(/guaranteed|400|555/);
    expect(stdout).toContain('Rest and fluids help.');
  });

  it('ai-sdk.ts answers through the SDK, and the guard answers in place of a dose', async () => {
    const stdout = await example('ai-sdk.ts');
    const [streamed, , refused] = stdout.split(/\n\n\[(.*?)\] /);
    expect(streamed!.length).toBeGreaterThan(80);
    expect(stdout).toContain('[content-filter] I can');
    expect(refused).not.toMatch(/\d/);
    expect(stdout.match(/This is educational only/g)).toHaveLength(2);
  });

  it('http-app.ts streams guarded answers, and audits without the text', async () => {
    const child = spawn(process.execPath, argumentsOf('http-app.ts', []), {
      cwd: root,
      env: { ...process.env, PORT: '0' },
    });
    let audit = '';
    child.stderr.on('data', (chunk) => {
      audit += chunk;
    });
    try {
      const [url = ''] = await new Promise<string[]>((resolve, reject) => {
        createInterface(child.stdout).once('line', (line) => resolve([line]));
        child.once('exit', () => reject(new Error(audit)));
      });
      const ask = (body: unknown) =>
        fetch(url, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify(body),
        });
      expect(await (await ask({ question: 'What is a fever?' })).text()).toContain('This is educational only');
      expect(await (await ask({ question: 'How many mg of ibuprofen should I take?' })).text()).not.toMatch(/\d/);
      expect((await ask({ query: 1 })).status).toBe(400);
      expect(audit).toContain('"decision":"fallback"');
      expect(audit).not.toMatch(/fever|ibuprofen/);
    } finally {
      child.kill();
    }
  });

  it('review-study.ts goes from plan to gate, and its report needs nothing beside it', async () => {
    const stdout = await example('review-study.ts', folder);
    expect(stdout).toMatch(/adapter: undecided[\s\S]*base: fail/);
    const report = await readFile(join(folder, 'report.html'), 'utf8');
    expect(report).toContain('Pilot review');
    expect(report).not.toMatch(/src="https?:|\bann\b|\bbob\b/);
  });

  it('sweep.ts compares five runs that differ in one option each, and makes none twice', async () => {
    const output = join(folder, 'sweep');
    const table = (await example('sweep.ts', output)).split('\n').filter((line) => /^\| [a-z]/.test(line));
    const [, ...rows] = table.map((line) => line.split('|').map((cell) => cell.trim()));
    expect(rows.map(([, name, changed]) => [name, changed])).toEqual([
      ['recipe', '–'],
      ['rank-8', 'adapter.rank'],
      ['targets-qv', 'adapter.targetModules'],
      ['no-dropout', 'adapter.dropout'],
      ['half-rate', 'train.learningRate'],
    ]);
    for (const [, , , , updates, , before, after] of rows) {
      expect(updates).toBe('2');
      expect(Number(after!.replaceAll('*', ''))).toBeLessThan(Number(before));
    }
    const again = await example('sweep.ts', output);
    expect(again.match(/there already/g)).toHaveLength(5);
    expect(again).toContain(table.at(-1));
  });

  it('medinstruct-52k.ts makes its first steps in a dry run', async () => {
    const stdout = await example('medinstruct-52k.ts', '--dry-run');
    const losses = [...stdout.matchAll(/loss ([\d.]+)/g)].map(([, loss]) => Number(loss));
    expect(losses).toHaveLength(4);
    expect(losses[3]).toBeLessThan(losses[0]!);
    expect(stdout).toContain('saved to runs');
  });
});

describe('cluster', { timeout: 180_000 }, () => {
  /** A shell in which `alpacare` and `npx alpacare` are the command's sources. */
  async function shell(arguments_: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
    const bin = join(folder, 'bin');
    await mkdir(bin, { recursive: true });
    const node = `exec ${process.execPath} --conditions=alpacare-source --import tsx packages/cli/src/main.ts "$@"`;
    await writeFile(join(bin, 'alpacare'), `#!/bin/sh\n${node}\n`, { mode: 0o755 });
    await writeFile(join(bin, 'npx'), `#!/bin/sh\nshift\n${node}\n`, { mode: 0o755 });
    const PATH = `${bin}:${process.env.PATH}`;
    const [command, ...rest] = arguments_;
    return (await promisify(execFile)(command!, rest, { cwd: root, env: { ...process.env, PATH, ...env } })).stdout;
  }
  /** Prompts with an adapter, and what one process answers. */
  async function prompts(): Promise<{ env: Record<string, string>; expected: string }> {
    const run = join(folder, 'run');
    await readFile(join(run, 'adapter_config.json')).catch(() => example('fine-tune.ts', base, run));
    const file = join(folder, 'prompts.jsonl');
    const rows = ['What is a fever?', 'What is a vein?', 'Why rest?'].map((prompt, id) =>
      JSON.stringify({ id, prompt }),
    );
    await writeFile(file, rows.join('\n'));
    const env = { PROMPTS: file, MODEL: base, ADAPTER: run, SLURM_CPUS_PER_TASK: '1' };
    return { env, expected: await shell(['alpacare', 'answer', file, '--model', base, '--adapter', run], {}) };
  }

  it('answer.slurm answers a share a task, and its last comment gathers them', async () => {
    const { env, expected } = await prompts();
    const OUT = join(folder, 'slurm');
    for (const id of ['0', '1']) {
      const task = { SLURM_ARRAY_TASK_ID: id, SLURM_ARRAY_TASK_COUNT: '2' };
      await shell(['bash', 'examples/cluster/answer.slurm'], { ...env, ...task, OUT });
    }
    const script = await readFile(join(root, 'examples/cluster/answer.slurm'), 'utf8');
    const [, gather] = /--wrap '(.*)'/.exec(script)!;
    await shell(['sh', '-c', gather!], { OUT });
    expect(await readFile(join(OUT, 'answers.jsonl'), 'utf8')).toBe(expected);
  });

  it('answer-job.yaml answers a share a pod, and its first comment gathers them', async () => {
    const { env, expected } = await prompts();
    const manifest = await readFile(join(root, 'examples/cluster/answer-job.yaml'), 'utf8');
    const data = join(folder, 'data');
    const here = (text: string) =>
      text
        .replace('/data/model', env.MODEL!)
        .replace('--adapter /data/out', `--adapter ${env.ADAPTER}`)
        .replace('/data/prompts.jsonl', env.PROMPTS!)
        .replaceAll(/(?<=[ "])\/data/g, data)
        .replace('INDEX/32', 'INDEX/2');
    const [, folded] = /- >-\n([\s\S]*?)\n +resources:/.exec(manifest)!;
    for (const JOB_COMPLETION_INDEX of ['1', '0'])
      await shell(['/bin/sh', '-c', here(folded!.replaceAll(/\s*\n\s*/g, ' '))], { JOB_COMPLETION_INDEX });
    const [, gather] = /^# +(alpacare gather .*)$/m.exec(manifest)!;
    await shell(['sh', '-c', here(gather!)], {});
    expect(await readFile(join(data, 'answers.jsonl'), 'utf8')).toBe(expected);
  });
});
