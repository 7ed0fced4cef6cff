/**
 * Every example runs as its first comment says, and does what it is there to show; with npm it does so where a newcomer runs it: in an
 * empty folder into which npm has installed the tarballs that would be published. `npm test` builds and packs first (scripts/pack.mjs).
 */
import { execFile, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const base = 'packages/cli/assets/base-model';
const OFFLINE = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH/;

let folder = '';
/** Why nothing was installed; the examples run in the repository then, on its built packages. */
let hindrance: string | null = null;
/** Where the examples and the command run. */
const place = () => (hindrance === null ? folder : root);

async function runIn(cwd: string, command: string, ...args: string[]): Promise<string> {
  // onnxruntime-node's script would fetch CUDA files from another host than the registry.
  const env = { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' };
  const { stdout } = await promisify(execFile)(command, args, { cwd, env, maxBuffer: 2 ** 26 });
  return stdout;
}

const argumentsOf = (name: string, args: readonly string[]) => ['--import', 'tsx', join('examples', name), ...args];
const example = (name: string, ...args: string[]) => runIn(place(), process.execPath, ...argumentsOf(name, args));

/** Fills the newcomer's folder, and says why if it cannot. */
async function install(): Promise<string | null> {
  const packages = await readFile(join(root, 'packed/packages.json'), 'utf8').catch(() => null);
  if (packages === null) return 'nothing is packed: node scripts/pack.mjs';
  const tarballs = (JSON.parse(packages) as { file: string }[]).map(({ file }) => file);
  const versionOf = async (name: string) => {
    const { version } = JSON.parse(await readFile(join(root, 'node_modules', name, 'package.json'), 'utf8'));
    return `${name}@${version}`;
  };
  const tools = await Promise.all(['tsx', 'typescript', '@types/node'].map(versionOf));
  const { dependencies } = JSON.parse(await readFile(join(root, 'examples/package.json'), 'utf8'));
  const others = Object.entries(dependencies as Record<string, string>)
    .filter(([name]) => !name.startsWith('@alpacare/'))
    .map(([name, range]) => `${name}@${range}`);
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'newcomer', private: true, type: 'module' }));
  const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
  try {
    await runIn(folder, 'npm', 'install', ...quiet, ...tarballs, ...tools, ...others);
  } catch (error) {
    if (OFFLINE.test(String(error))) return 'the npm registry cannot be reached';
    throw error;
  }
  // Every example; what is not of this workspace's packages comes along by name.
  const own = (name: string) => !/node_modules|package\.json|\.test\.ts$/.test(name);
  await cp(join(root, 'examples'), join(folder, 'examples'), { recursive: true, filter: own });
  // Without arguments the examples look for model and records where they lie in the repository.
  const command = join(folder, 'node_modules/@alpacare/cli');
  await cp(join(command, 'assets/base-model'), join(folder, base), { recursive: true });
  await cp(join(command, 'dist/records'), join(folder, 'data/records'), { recursive: true });
  return null;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alpacare-examples-'));
  hindrance = await install();
}, 300_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('examples', { timeout: 180_000 }, () => {
  it('fine-tune.ts lowers the perplexity and writes an adapter; evaluate.ts says so of unseen answers; the command answers with it', async () => {
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
    expect(card).not.toContain(place());

    const report = await example('evaluate.ts', run);
    const [, texts, low, high] = /of (\d+) unseen.*\n.*interval (-[\d.]+) % to (-[\d.]+) %/.exec(report)!.map(Number);
    expect(texts).toBeGreaterThanOrEqual(30);
    expect(low).toBeLessThan(high!);
    expect(report).toContain('The adapter');
    expect(report.match(/unguarded: \d violations? in 5 outputs/g)).toHaveLength(2);

    const ask = ['generate', 'What is a fever?', '-m', base, '-a', run, '--max-new-tokens', '20'];
    const answer = await runIn(place(), 'npx', '--no-install', 'alpacare', ...ask);
    expect(answer).toContain('This is educational only');
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
      cwd: place(),
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
    expect(await readFile(join(folder, 'mean-ratings.svg'), 'utf8')).toContain('<svg');
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

  it('run in a clone, too', async () => {
    const inClone = (name: string) => runIn(root, process.execPath, ...argumentsOf(name, []));
    expect(await inClone('custom-rules.ts')).toContain('Rest and fluids help.');
    expect(await inClone('ai-sdk.ts')).toContain('[content-filter] I can');
  });
});

it('give types that hold in a strict project', { timeout: 180_000 }, async (context) => {
  if (hindrance !== null) return context.skip(hindrance);
  const options = {
    target: 'ES2023',
    module: 'nodenext',
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noEmit: true,
    types: ['node'],
  };
  // The types of the AI SDK itself do not hold under exactOptionalPropertyTypes.
  const names = ['fine-tune.ts', 'evaluate.ts', 'custom-rules.ts', 'review-study.ts'];
  const files = names.map((name) => join('examples', name));
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files }));
  await runIn(folder, 'npx', '--no-install', 'tsc', '-p', '.').catch((error) => {
    throw new Error(error.stdout, { cause: error });
  });
});

describe('cluster', { timeout: 180_000 }, () => {
  /** A shell in which `alpacare` and `npx alpacare` are the command. */
  async function shell(arguments_: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
    const bin = join(folder, 'bin');
    await mkdir(bin, { recursive: true });
    const file = join(hindrance === null ? 'node_modules/@alpacare/cli' : 'packages/cli', 'bin/alpacare.js');
    const node = `exec ${process.execPath} ${file} "$@"`;
    await writeFile(join(bin, 'alpacare'), `#!/bin/sh\n${node}\n`, { mode: 0o755 });
    await writeFile(join(bin, 'npx'), `#!/bin/sh\nshift\n${node}\n`, { mode: 0o755 });
    const PATH = `${bin}:${process.env.PATH}`;
    const [command, ...rest] = arguments_;
    const options = { cwd: place(), env: { ...process.env, PATH, ...env } };
    return (await promisify(execFile)(command!, rest, options)).stdout;
  }
  /** Prompts with an adapter, and what one process answers. */
  let prompts: { readonly env: Record<string, string>; readonly expected: string };
  beforeAll(async () => {
    const run = join(folder, 'run');
    await readFile(join(run, 'adapter_config.json')).catch(() => example('fine-tune.ts', base, run));
    const file = join(folder, 'prompts.jsonl');
    const rows = ['What is a fever?', 'What is a vein?', 'Why rest?'].map((prompt, id) =>
      JSON.stringify({ id, prompt }),
    );
    await writeFile(file, rows.join('\n'));
    const env = { PROMPTS: file, MODEL: base, ADAPTER: run, SLURM_CPUS_PER_TASK: '1' };
    const expected = await shell(['alpacare', 'answer', file, '--model', base, '--adapter', run], {});
    prompts = { env, expected };
  }, 180_000);

  it('answer.slurm answers a share a task, and its last comment gathers them', async () => {
    const { env, expected } = prompts;
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
    const { env, expected } = prompts;
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
