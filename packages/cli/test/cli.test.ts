/** The command as a user meets it, also wrongly. Runs the built command: `npm test` builds first. */
import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const bin = fileURLToPath(new URL('../bin/alpacare.js', import.meta.url));
const base = fileURLToPath(new URL('../assets/base-model', import.meta.url));
let folder = '';
let records = '';

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function alpacare(...args: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [bin, ...args],
      { cwd: folder, timeout: 60_000 },
      (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
      },
    );
    child.stdin?.end();
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alpacare-cli-'));
  records = join(folder, 'records.jsonl');
  const lines = Array.from({ length: 30 }, (_, i) => ({
    instruction: `What is habit ${i}?`,
    input: '',
    output: `Habit ${i} is a small thing that you do each day, and it helps you to feel well.`,
  }));
  await writeFile(records, lines.map((line) => JSON.stringify(line)).join('\n'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const quick = ['--steps', '3', '--batch-size', '2', '--learning-rate', '1e-3'];
/** No answers of the model, and no page that shows them. */
const bare = [...quick, '--no-report'];

describe('alpacare', () => {
  it('answers --help and --version', async () => {
    const help = await alpacare('--help');
    expect(help.code).toBe(0);
    for (const command of ['demo', 'train', 'generate', 'check']) expect(help.stdout).toContain(command);
    expect((await alpacare('--version')).stdout.trim()).toMatch(/^\d+\.\d+\.\d+/);
    expect((await alpacare('train', '--help')).stdout).toContain('Example:');
  });

  it.each([
    { name: 'an unknown command', args: ['fly'], code: 2, says: /unknown command 'fly'/ },
    {
      name: 'an unknown flag',
      args: ['train', '--model', 'm', '--data', 'd', '--out', 'o', '--fast'],
      code: 2,
      says: /unknown option '--fast'/,
    },
    { name: 'a missing flag', args: ['train', '--model', 'm'], code: 2, says: /required option '-d, --data/ },
    { name: 'a rank that is no number', args: ['train', '--rank', 'many'], code: 2, says: /rank.*many.*whole number/s },
    { name: 'a split that does not add up', args: ['train', '--split', '90/5/6'], code: 2, says: /add up to 100/ },
  ])('$name is a usage error', async ({ args, code, says }) => {
    const outcome = await alpacare(...args);
    expect(outcome.code).toBe(code);
    expect(outcome.stderr).toMatch(says);
  });

  it.each([
    { name: 'a model folder that is not there', model: 'nowhere', says: /nowhere.*does not exist/s },
    { name: 'an unknown architecture', model: 'mamba', says: /config\.json.*mamba.*llama/s },
    { name: 'a cut weight file', model: 'cut', says: /model\.safetensors/ },
    { name: 'a tokenizer that does not fit', model: 'unfit', says: /ids up to 4095.*100 ids only/ },
  ])('$name is one clear message', async ({ model, says }) => {
    const path = join(folder, model);
    const config = JSON.parse(await readFile(join(base, 'config.json'), 'utf8'));
    if (model !== 'nowhere') await mkdir(path, { recursive: true });
    const weights = await readFile(join(base, 'model.safetensors'));
    if (model === 'mamba')
      await writeFile(join(path, 'config.json'), JSON.stringify({ ...config, model_type: 'mamba' }));
    if (model === 'cut') {
      await writeFile(join(path, 'config.json'), JSON.stringify(config));
      await writeFile(join(path, 'model.safetensors'), weights.subarray(0, weights.length - 1000));
    }
    if (model === 'unfit') {
      const { writeTinyModel } = await import('@alpacare/core/testing');
      await writeTinyModel(path, { tokenizer: base, vocabSize: 100 });
      const own = JSON.parse(await readFile(join(path, 'config.json'), 'utf8'));
      await writeTinyModel(path, {
        vocabSize: 100,
        config: { ...own, vocab_size: 100, hidden_size: 32, num_hidden_layers: 1 },
      });
    }
    const outcome = await alpacare('train', '-m', path, '-d', records, '-o', join(folder, 'out'), ...quick);
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toMatch(says);
    expect(outcome.stderr).not.toMatch(/^\s+at /m);
  });

  it.each([
    { name: 'broken JSON', line: '{"instruction": "x", "out', says: /bad\.jsonl:3/ },
    {
      name: 'a wrong type',
      line: '{"instruction": 7, "output": "fine words here"}',
      says: /bad\.jsonl:3.*instruction/s,
    },
  ])('$name names file and line, never the text', async ({ line, says }) => {
    const file = join(folder, 'bad.jsonl');
    const good = '{"instruction":"What is a secret?","output":"A secret is a thing that few people know."}';
    await writeFile(file, [good, good.replaceAll('secret', 'habit'), line].join('\n'));
    const outcome = await alpacare('train', '-m', base, '-d', file, '-o', join(folder, 'out'), ...quick);
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toMatch(says);
    expect(outcome.stderr).not.toMatch(/secret|fine words/);
  });

  it('trains, saves an adapter, and answers with it behind the guard', async () => {
    const out = join(folder, 'adapter');
    const trained = await alpacare('train', '-m', base, '-d', records, '-o', out, ...quick);
    expect(trained.stderr).toBe('');
    expect(trained.code).toBe(0);
    expect(await readdir(out)).toEqual(
      expect.arrayContaining(['adapter_config.json', 'adapter_model.safetensors', 'manifest.json', 'report.html']),
    );
    const answer = await alpacare('generate', 'What is a fever?', '-m', base, '-a', out, '--max-new-tokens', '20');
    expect(answer.code).toBe(0);
    expect(answer.stdout.match(/This is educational only — consult a qualified clinician\./g)).toHaveLength(1);
    const asked = await alpacare('generate', 'How many mg of ibuprofen should I take?', '-m', base, '-a', out);
    expect(asked.stdout).not.toMatch(/\d/);
  });

  it('keeps the tokens of a run for the next one, where it is not told otherwise', async () => {
    const [first, second] = [join(folder, 'first'), join(folder, 'second')];
    await alpacare('train', '-m', base, '-d', records, '-o', first, ...bare);
    const [file] = await readdir(join(first, 'tokens'));
    const before = await readFile(join(first, 'tokens', file!));
    const shared = ['--token-cache', join(first, 'tokens')];
    expect((await alpacare('train', '-m', base, '-d', records, '-o', second, ...bare, ...shared)).code).toBe(0);
    expect(await readdir(second)).not.toContain('tokens');
    expect((await readFile(join(first, 'tokens', file!))).equals(before)).toBe(true);
    expect(await readFile(join(second, 'adapter_model.safetensors'))).toEqual(
      await readFile(join(first, 'adapter_model.safetensors')),
    );
    await alpacare('train', '-m', base, '-d', records, '-o', second, ...bare, '--no-token-cache');
    expect(await readdir(second)).not.toContain('tokens');
  });

  it('measures a run against its base, and writes it as a page whose answers have passed the guard', async () => {
    const run = join(folder, 'adapter');
    const measured = await alpacare('eval', 'run', run, '--part', 'validation', '--questions', '1', '--json');
    expect(measured.code).toBe(0);
    const { perplexity, scores, guardSteppedIn, report } = JSON.parse(measured.stdout);
    expect(perplexity.adapter.value).toBeGreaterThan(1);
    expect(perplexity.adapter.value).not.toBe(perplexity.base.value);
    expect(scores.map(({ label }: { label: string }) => label)).toEqual(['before', 'before', 'after', 'after']);
    expect(guardSteppedIn.of).toBe(1);
    for (const page of [report, join(run, 'report.html')]) {
      const html = await readFile(page, 'utf8');
      expect(html).toContain('<svg');
      const answers = [...html.matchAll(/<div class="said">.*?<p dir="auto">([\s\S]*?)<\/p>/g)];
      expect(answers.length).toBe(page === report ? 2 : 2 * Math.min(3, html.split('<article').length - 1));
      for (const [, text] of answers) {
        expect(text!.split('This is educational only — consult a qualified clinician.')).toHaveLength(2);
      }
    }
    const nowhere = await alpacare('eval', 'run', join(folder, 'nothing'));
    expect([nowhere.code, nowhere.stderr]).toEqual([
      1,
      expect.stringMatching(/run\.json.*output folder of a training run/),
    ]);
  });

  it('ends an answer that Ctrl-C stops with the disclaimer', async () => {
    const ask = ['generate', 'Tell me about sleep and rest.', '-m', base, '--max-new-tokens', '400'];
    const child = spawn(process.execPath, [bin, ...ask, '--temperature', '2', '--repetition-penalty', '1.5']);
    let [stdout, stderr] = ['', ''];
    child.stderr.on('data', (chunk) => (stderr += chunk));
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
      if (!child.killed) child.kill('SIGINT');
    });
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(130);
    expect(stdout).toMatch(/This is educational only — consult a qualified clinician\.\n$/);
    expect(stderr).toBe('stopped before the end of the answer\n');
  });

  it('merges an adapter into a model that says the same, and packs it for delivery', async () => {
    const adapter = join(folder, 'adapter');
    const merged = join(folder, 'merged');
    expect((await alpacare('merge', '-m', base, '-a', adapter, '-o', merged, '--dtype', 'f32')).code).toBe(0);
    const ask = (...where: string[]) =>
      alpacare('generate', 'What is sleep?', '--unguarded', '--max-new-tokens', '12', ...where);
    const [one, other] = [await ask('-m', base, '-a', adapter), await ask('-m', merged)];
    expect(one.code).toBe(0);
    expect(one.stderr).toContain('unguarded');
    expect(other.stdout).toBe(one.stdout);
    const zip = join(folder, 'delivery.zip');
    const packed = await alpacare('export', '-m', base, '-a', adapter, '-o', zip);
    expect(packed.stdout).toMatch(/adapter_model\.safetensors.*README\.md|README\.md.*adapter_model\.safetensors/);
    const again = await alpacare('merge', '-m', base, '-a', adapter, '-o', merged);
    expect(again.code).toBe(1);
    expect(again.stderr).toMatch(/error: .*merged/);
  });

  it('gives JSON events to machines', async () => {
    const { stdout } = await alpacare(
      'train',
      '-m',
      base,
      '-d',
      records,
      '-o',
      join(folder, 'json'),
      ...quick,
      '--json',
    );
    const types = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).type);
    expect(types).toEqual([
      'engine-chosen',
      'prepare-end',
      'baseline-end',
      'run-start',
      'step-end',
      'step-end',
      'step-end',
      'evaluation-end',
      'run-end',
      'save-end',
      'report-end',
    ]);
  });

  it('answers machines in JSON, guarded and not', async () => {
    const ask = async (...more: string[]) => {
      const args = ['-m', base, '--max-new-tokens', '8', '--json'];
      const { stdout } = await alpacare('generate', 'What is sleep?', ...args, ...more);
      return stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
    };
    const events = await ask();
    expect(events.at(-1)).toMatchObject({
      type: 'answer-end',
      decision: 'answered',
      completionTokens: 8,
      cutShort: true,
    });
    expect(events.at(-1).text).toContain('This is educational only');
    expect(
      events
        .slice(0, -1)
        .map(({ text }) => text)
        .join(''),
    ).toBe(events.at(-1).text);
    expect((await ask('--unguarded')).at(-1)).toMatchObject({ decision: 'unguarded', promptTokens: null });
  });

  it('serves with events for machines, and ends on SIGTERM', async () => {
    const child = spawn(process.execPath, [bin, 'serve', '-m', base, '--name', 'ours', '--port', '0', '--json']);
    const events: { type: string; url?: string }[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      events.push(JSON.parse(line));
      const { url } = events.at(-1)!;
      if (!url) continue;
      expect((await fetch(`${url}/health`)).status).toBe(200);
      child.kill('SIGTERM');
    }
    const url = expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(events).toEqual([
      { type: 'server-start', url, model: 'ours', engine: expect.any(String), device: expect.any(String) },
      { type: 'server-end' },
    ]);
  });

  it('trains on and saves when the reader of its output leaves', async () => {
    const out = join(folder, 'piped');
    const child = spawn(process.execPath, [bin, 'train', '-m', base, '-d', records, '-o', out, ...quick]);
    child.stdout.once('data', () => child.stdout.destroy());
    expect(await new Promise((resolve) => child.on('exit', resolve))).toBe(0);
    expect(await readdir(out)).toContain('adapter_model.safetensors');
  });

  it.each(['train', 'generate', 'chat', 'serve'])(
    '%s says what a GPU that was asked for lacks, and runs nowhere else',
    async (command) => {
      const out = join(folder, 'gpu');
      const own = {
        train: ['-d', records, '-o', out, ...quick],
        generate: ['What is sleep?'],
        chat: [],
        serve: ['--port', '0'],
      };
      const outcome = await alpacare(command, '-m', base, ...own[command as keyof typeof own], '--engine', 'cuda');
      if (outcome.code === 0) return; // a machine that has one
      expect(outcome.code).toBe(1);
      expect(outcome.stderr).toMatch(/engine "cuda" cannot be used/);
      expect(outcome.stdout).not.toMatch(/educational|http/);
      await expect(readdir(out)).rejects.toThrow();
    },
  );

  it('saves on Ctrl-C, says how to go on, and goes on', async () => {
    const out = join(folder, 'interrupted');
    const args = ['train', '-m', base, '-d', records, '-o', out, '--epochs', '200', '--json'];
    const child = spawn(process.execPath, [bin, ...args]);
    let stderr = '';
    child.stderr.on('data', (chunk) => (stderr += chunk));
    let seen = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      seen += chunk.toString().split('step-end').length - 1;
      if (seen >= 2 && !child.killed) child.kill('SIGINT');
    });
    const code = await new Promise((resolve) => child.on('exit', resolve));
    expect(code).toBe(130);
    expect(stderr).toContain(`alpacare resume ${out}`);
    expect(await readdir(out)).toEqual(expect.arrayContaining(['adapter_model.safetensors', 'checkpoints']));
    const again = spawn(process.execPath, [bin, 'resume', out, '--json']);
    let first = '';
    for await (const chunk of again.stdout) {
      first += chunk;
      if (first.includes('step-end')) again.kill('SIGKILL');
    }
    expect(first).toContain('"type":"resume"');
  });

  it('does nothing on an output folder that cannot be written, but says so', async () => {
    await writeFile(join(folder, 'file'), '');
    const outcome = await alpacare('train', '-m', base, '-d', records, '-o', join(folder, 'file', 'out'), ...quick);
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toMatch(/error: .*file/);
    expect(outcome.stderr).not.toMatch(/^\s+at /m);
  });
});
