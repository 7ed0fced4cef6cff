/** Snippets in Markdown are files that run: a fence marked `ts file=PATH` must equal that file. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { withTables } from '../benchmarks/render.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

async function markdownFiles(): Promise<string[]> {
  const files = (await readdir(root)).filter((f) => f.endsWith('.md'));
  for (const folder of ['docs', 'packages']) {
    const found = await readdir(join(root, folder), { recursive: true });
    files.push(
      ...found
        .map((f) => join(folder, f))
        // What is made from the sources, API documentation included, is not what people write.
        .filter((f) => f.endsWith('.md') && !/node_modules|dist|^docs.api\b/.test(f)),
    );
  }
  return files;
}

describe('documentation', async () => {
  for (const file of await markdownFiles()) {
    const text = await readFile(join(root, file), 'utf8');
    for (const [, path, code] of text.matchAll(/```\w+ file=(\S+)\n([\s\S]*?)```/g)) {
      it(`${file} quotes ${path} as it is`, async () => {
        // Packages quote files of their own by the path from their folder.
        const own = join(root, dirname(file), path!);
        expect(code).toBe(await readFile(existsSync(own) ? own : join(root, path!), 'utf8'));
      });
    }
    for (const [, target] of text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)) {
      it(`${file} links to ${target}, which exists`, async () => {
        await expect(
          readFile(join(root, file, '..', target!)).catch((e) => (e.code === 'EISDIR' ? '' : Promise.reject(e))),
        ).resolves.toBeDefined();
      });
    }
  }

  it('shows the benchmark tables as they were measured', async () => {
    const readme = await readFile(join(root, 'README.md'), 'utf8');
    const results = JSON.parse(await readFile(join(root, 'benchmarks/results.json'), 'utf8'));
    expect(withTables(readme, results)).toBe(readme);
  });
});
