/** What can be known of the Dockerfile without a daemon: it copies what is there, installs from all manifests, and serves. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Instructions in order, continued lines joined. */
async function instructions(): Promise<[name: string, rest: string][]> {
  const text = (await readFile(join(root, 'Dockerfile'), 'utf8')).replaceAll(/\\\n/g, ' ');
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  return lines.map((line) => {
    const [, name, rest] = /^([A-Z]+)\s+(.+)$/.exec(line.trim()) ?? [];
    if (name === undefined || rest === undefined) throw new Error(`no instruction: ${line}`);
    return [name, rest];
  });
}

/** Sources of COPY that come from the folder, not from another stage. */
const copied = (rest: string): string[] => (rest.includes('--from=') ? [] : rest.split(/\s+/).slice(0, -1));

/** Whether the daemon is sent anything of a path: the last line of .dockerignore that speaks of it decides. */
async function isSent(path: string): Promise<boolean> {
  const lines = (await readFile(join(root, '.dockerignore'), 'utf8'))
    .split('\n')
    .filter((l) => l && !l.startsWith('#'));
  let sent = true;
  for (const line of lines) {
    const pattern = line.replace(/^!/, '');
    const holds = pattern === '*' || path === pattern || path.startsWith(`${pattern}/`);
    if (line.startsWith('!') && (holds || pattern.startsWith(`${path}/`))) sent = true;
    if (!line.startsWith('!') && holds) sent = false;
  }
  return sent;
}

it('copies what is there and what the daemon is sent', async () => {
  const sources = (await instructions()).flatMap(([name, rest]) => (name === 'COPY' ? copied(rest) : []));
  expect(sources.length).toBeGreaterThan(8);
  for (const source of sources) {
    expect(existsSync(join(root, source)), source).toBe(true);
    expect(await isSent(source), `${source} is kept from the daemon by .dockerignore`).toBe(true);
  }
});

it('installs with the manifest of every member of the workspace', async () => {
  const all = await instructions();
  const install = all.findIndex(([name, rest]) => name === 'RUN' && rest.includes('install --frozen-lockfile'));
  const before = all.slice(0, install).flatMap(([name, rest]) => (name === 'COPY' ? copied(rest) : []));
  const members = (await readdir(join(root, 'packages'))).map((name) => `packages/${name}/package.json`);
  expect(install).toBeGreaterThan(0);
  expect(before).toEqual(expect.arrayContaining(['pnpm-lock.yaml', 'examples/package.json', ...members]));
});

it('serves with flags that the command knows', async () => {
  const [, entry] = (await instructions()).find(([name]) => name === 'ENTRYPOINT')!;
  const words = JSON.parse(entry) as string[];
  expect(words.slice(0, 3)).toEqual(['node', '/app/bin/alpacare.js', 'serve']);
  const bin = join(root, 'packages/cli/bin/alpacare.js');
  const { stdout: help } = await promisify(execFile)(process.execPath, [bin, 'serve', '--help']);
  for (const flag of words.filter((word) => word.startsWith('--'))) expect(help).toMatch(new RegExp(`${flag}\\b`));
});
