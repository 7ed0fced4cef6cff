/**
 * A test's program in plain JavaScript, the workers that it may start beside it. Translating the sources anew in each process, and in each
 * thread of it, takes longer than most of these programs run.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll } from 'vitest';

const core = fileURLToPath(new URL('../..', import.meta.url));
const sources = readdirSync(join(core, 'src'), { recursive: true, encoding: 'utf8' });
const workers = sources.filter((name) => /-worker\.[jt]s$/.test(name)).map((name) => join(core, 'src', name));
/** package.json is two folders up from its files, and what the package depends on is found from there. */
const folder = mkdtempSync(join(core, 'node_modules/.programs-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The file to start Node with. It is removed when the tests of a file have ended. */
export async function bundled(script: URL): Promise<string> {
  const source = fileURLToPath(script);
  await build({
    entryPoints: [source, ...workers],
    outdir: folder,
    entryNames: '[name]',
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20',
  });
  return join(folder, basename(source).replace(/\.ts$/, '.js'));
}
