/**
 * The way of a newcomer: the tarballs that would be published, installed by npm in an empty folder, run the examples and
 * the command, and their types hold under the strictest settings. `npm test` packs first (scripts/pack.mjs).
 */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const installed = 'node_modules/@alpacare/cli';
const base = `${installed}/assets/base-model`;
const OFFLINE = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH/;

/** Every example; one that is added is copied as well. */
const programs = (await readdir(join(root, 'examples'))).filter((name) => /(?<!\.test)\.ts$/.test(name));

let folder = '';
let skipped: string | null = null;

async function run(command: string, ...args: string[]): Promise<string> {
  // onnxruntime-node's script would fetch CUDA files from another host than the registry.
  const env = { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' };
  const { stdout } = await promisify(execFile)(command, args, { cwd: folder, env, maxBuffer: 2 ** 26 });
  return stdout;
}

const example = (name: string, ...args: string[]) => run(process.execPath, '--import', 'tsx', name, ...args);

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
    await run('npm', 'install', ...quiet, ...tarballs, ...tools, ...others);
    return null;
  } catch (error) {
    if (OFFLINE.test(String(error))) return 'the npm registry cannot be reached';
    throw error;
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alpacare-packed-'));
  skipped = await install();
  for (const name of [...programs, 'clinic-rules.json']) await cp(join(root, 'examples', name), join(folder, name));
  if (skipped !== null) return;
  // Without arguments the examples look for model and records where they lie in the repository.
  await cp(join(folder, base), join(folder, 'packages/cli/assets/base-model'), { recursive: true });
  await cp(join(folder, installed, 'dist/records'), join(folder, 'data/records'), { recursive: true });
}, 300_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('packed packages, installed with npm', { timeout: 180_000 }, () => {
  it('fine-tune an adapter, and answer with it from the command', async (context) => {
    if (skipped !== null) return context.skip(skipped);
    const [before, after] = [
      ...(await example('fine-tune.ts', base, 'run', `${installed}/dist/records/w1.jsonl`)).matchAll(/[\d.]+$/gm),
    ].map(Number);
    expect(after).toBeLessThan(before!);
    expect(await example('evaluate.ts', 'run')).toMatch(/of \d+ unseen answers: [\d.]+ -> [\d.]+/);
    const ask = ['generate', 'What is a fever?', '-m', base, '-a', 'run', '--max-new-tokens', '20'];
    expect(await run('npx', '--no-install', 'alpacare', ...ask)).toContain('This is educational only');
  });

  it('guard with rules of one’s own', async (context) => {
    if (skipped !== null) return context.skip(skipped);
    expect(await example('custom-rules.ts', 'clinic-rules.json')).toContain('Rest and fluids help.');
  });

  it('answer through the AI SDK, stream behind the guard, sweep, and plan the long recipe', async (context) => {
    if (skipped !== null) return context.skip(skipped);
    expect(await example('ai-sdk.ts', base)).toContain('[content-filter]');
    expect(await example('guard-any-stream.ts')).not.toMatch(/500|tablets/);
    expect((await example('sweep.ts', 'sweep')).match(/: done$/gm)).toHaveLength(5);
    expect(await example('medinstruct-52k.ts', '--dry-run')).toContain('saved to runs');
  });

  it('run a review study and draw its report', async (context) => {
    if (skipped !== null) return context.skip(skipped);
    expect(await example('review-study.ts', 'study')).toContain('adapter: undecided');
    expect(await readFile(join(folder, 'study/mean-ratings.svg'), 'utf8')).toContain('<svg');
  });

  it('give types that hold in a strict project', async (context) => {
    if (skipped !== null) return context.skip(skipped);
    await mkdir(join(folder, 'types'), { recursive: true });
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
    const files = ['fine-tune.ts', 'evaluate.ts', 'custom-rules.ts', 'review-study.ts'];
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files }));
    await run('npx', '--no-install', 'tsc', '-p', '.').catch((error) => {
      throw new Error(error.stdout, { cause: error });
    });
  });
});
