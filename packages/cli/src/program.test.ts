/**
 * Every command, used wrongly. The table is made from the commands themselves, so a new one is tested on arrival.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command, Option } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProgram, runCommandLine } from './program.ts';

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

let folder = '';
const home = process.cwd();
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alpacare-abuse-'));
  await writeFile(join(folder, 'broken.jsonc'), '{ "model": "m",\n  broken }');
  await writeFile(join(folder, 'unknown.jsonc'), '{ "modell": "m" }');
  process.chdir(folder);
  Object.assign(process.env, { HF_ENDPOINT: 'http://127.0.0.1:9', HF_TOKEN: 'hf_none' }); // nobody answers there
});
afterAll(async () => {
  process.chdir(home);
  await rm(folder, { recursive: true, force: true });
});

async function run(...args: string[]): Promise<Outcome> {
  const written = { stdout: '', stderr: '' };
  const real = { stdout: process.stdout.write, stderr: process.stderr.write };
  const before = process.exitCode;
  process.exitCode = undefined;
  for (const name of ['stdout', 'stderr'] as const) {
    process[name].write = ((chunk: string | Uint8Array, ...rest: unknown[]) => {
      written[name] += String(chunk);
      const done = rest.find((one) => typeof one === 'function') as (() => void) | undefined;
      done?.();
      return true;
    }) as typeof process.stdout.write;
  }
  try {
    await runCommandLine(args);
    return { code: Number(process.exitCode ?? 0), ...written };
  } finally {
    Object.assign(process.stdout, { write: real.stdout });
    Object.assign(process.stderr, { write: real.stderr });
    process.exitCode = before;
  }
}

interface Leaf {
  readonly words: string;
  readonly command: Command;
}
const leaves = (command: Command, words: readonly string[]): Leaf[] =>
  command.commands.length === 0
    ? [{ words: words.join(' '), command }]
    : command.commands.flatMap((child) => leaves(child, [...words, child.name()]));
const all = leaves(createProgram(), []);
const words = (leaf: Leaf): string[] => leaf.words.split(' ');

/** A value that an option takes: a choice, a number where it reads one, a file that is not there. */
function sampleValue(option: Option): string {
  if (option.argChoices) return option.argChoices[0]!;
  if (!option.parseArg) return MISSING;
  for (const text of ['1', '1/1', '0/1', '90/5/5', 'id=id']) {
    try {
      option.parseArg(text, undefined as never);
      return text;
    } catch {
      // not of this kind
    }
  }
  throw new Error(`no value for ${option.flags}: add one to the list`);
}
const MISSING = './not-there';
/** What a command needs before it does anything, and which files those are that it reads. */
const READ = ['model', 'data', 'adapter'];
function filled({ command }: Leaf): string[] {
  const needed = command.options.filter(
    (o) => o.mandatory || READ.includes(o.attributeName()) || o.attributeName() === 'out',
  );
  const flags = needed
    .filter((option) => !option.negate)
    .flatMap((option) => [option.long!, option.attributeName() === 'out' ? './out' : sampleValue(option)]);
  const args = command.registeredArguments
    .filter(({ required }, i) => i === 0 || required)
    .map((argument) => (argument.name() === 'repository' ? 'somebody/something' : MISSING));
  return [...args, ...flags];
}
/** Commands that read no file of the user's. */
const NO_FILE = new Set(['demo', 'init', 'doctor']);

/** Commands that speak to people only: what they do is in the files they write, or is JSON anyway. */
const NO_JSON = new Set(['demo', 'init', 'check', 'answer']);

/** One message, no stack, no finger pointed at ourselves. */
function expectClear({ stderr }: Outcome, what: string): void {
  expect(stderr, what).not.toMatch(/^\s+at .+:\d+/m);
  expect(stderr, what).not.toMatch(/fault of alpacare itself|undefined|\[object|ZodError/);
  expect(stderr.match(/error:/g)?.length ?? (/^alpacare check: /.test(stderr) ? 1 : 0), `${what}: ${stderr}`).toBe(1);
}

it('knows all commands', () => {
  expect(all.length).toBeGreaterThan(25);
});

describe.each(all)('alpacare $words', (leaf) => {
  it('answers --help with its use, its exit codes and what each option means', async () => {
    const { code, stdout, stderr } = await run(...words(leaf), '--help');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(new RegExp(`Usage: alpacare ${leaf.words} `));
    expect(stdout).toContain('Exit codes:');
    for (const option of leaf.command.options) {
      expect(stdout).toContain(option.long);
      expect(option.description, option.flags).not.toBe('');
    }
  });

  it('speaks JSON to machines', () => {
    const flag = leaf.command.options.find(({ long }) => long === '--json');
    expect(flag !== undefined, leaf.words).toBe(!NO_JSON.has(leaf.words));
  });

  it('calls a wrong flag a usage error', async () => {
    const outcome = await run(...words(leaf), ...filled(leaf), '--no-such-flag');
    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toContain("unknown option '--no-such-flag'");
    expectClear(outcome, 'a wrong flag');
  });

  it('calls a value that an option cannot take a usage error that names it', async () => {
    for (const option of leaf.command.options) {
      if (option.negate || (!option.argChoices && !option.parseArg)) continue;
      const outcome = await run(...words(leaf), ...filled(leaf), option.long!, 'no such value');
      expect(outcome.code, option.flags).toBe(2);
      expect(outcome.stderr).toContain(option.long);
      expectClear(outcome, option.flags);
    }
  });

  it('says which file is missing, and makes none', async () => {
    if (NO_FILE.has(leaf.words)) return;
    const outcome = await run(...words(leaf), ...filled(leaf));
    expect(outcome.code, outcome.stderr).toBe(leaf.words === 'check' ? 2 : 1);
    expect(outcome.stderr).toContain('not-there');
    expectClear(outcome, 'a missing file');
  });

  it('says what is wrong with a configuration', async () => {
    const option = leaf.command.options.find(
      ({ long, description }) => long === '--config' && /alpacare init/.test(description),
    );
    if (!option) return;
    for (const [file, says] of [
      ['broken.jsonc', /broken\.jsonc: is no JSON at line 2/],
      ['unknown.jsonc', /unknown\.jsonc: there is no "modell"/],
      ['not-there.jsonc', /not-there\.jsonc: does not exist/],
    ] as const) {
      const outcome = await run(...words(leaf), ...filled(leaf), '--config', file);
      expect([outcome.code, outcome.stderr]).toEqual([1, expect.stringMatching(says)]);
      expectClear(outcome, file);
    }
  });
});

it('calls a question that is not there a usage error', async () => {
  const outcome = await run('generate', ' ', '--model', MISSING);
  expect(outcome.code).toBe(2);
  expect(outcome.stderr).toMatch(/no question: give it as an argument/);
  expectClear(outcome, 'no question');
});

it('shows the stack where --debug asks for it, and nowhere else', async () => {
  const before = process.env.ALPACARE_DEBUG;
  try {
    const { stderr } = await run('verify', MISSING, '--debug');
    expect(stderr).toMatch(/^\s+at .+:\d+/m);
  } finally {
    if (before === undefined) delete process.env.ALPACARE_DEBUG;
    else process.env.ALPACARE_DEBUG = before;
  }
});
