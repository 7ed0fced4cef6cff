/** What `npm run demo` and `npm test` share: a pinned pnpm fetched through npx, and one way to run a command. */
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** "pnpm@10.x.y", as package.json pins it. */
export const pinned = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).packageManager;

/**
 * Runs a command in the root. Nothing but Node and npm is needed on the machine.
 * @param {string} command @param {string[]} args @param {import('node:child_process').SpawnSyncOptions} [options]
 * @returns {number} exit code
 */
export function run(command, args, options = {}) {
  const windows = process.platform === 'win32';
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', shell: windows, ...options });
  if (error) throw error;
  return status ?? 1;
}

/**
 * Runs a command without showing what it prints.
 * @param {string} command @param {string[]} args @param {string} [cwd]
 * @returns {Promise<{ ok: boolean, output: string, stdout: string }>}
 */
export function capture(command, args, cwd = root) {
  const child = spawn(command, args, { cwd, shell: process.platform === 'win32', stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ ok: code === 0, output: stdout + stderr, stdout }));
  });
}

/** @param {string[]} args */
export const pnpm = (...args) => run('npx', ['--yes', pinned, ...args]);

/** Installs exactly what the lockfile says. */
export const install = () =>
  pnpm('install', '--frozen-lockfile', '--prefer-offline', '--reporter=append-only', '--loglevel=warn');
