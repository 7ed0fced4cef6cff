/** Every `alpacare` command line in the documentation is one that the command understands. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { createProgram } from '../packages/cli/src/program.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const program = createProgram();

/** Usage and options of a command, or null where there is none. */
function helpOf(words: readonly string[]): string | null {
  let command: typeof program | undefined = program;
  for (const word of words) command = command?.commands.find((one) => one.name() === word);
  return command?.helpInformation() ?? null;
}

async function pages(): Promise<string[]> {
  const top = (await readdir(root)).filter((name) => name.endsWith('.md'));
  const guides = (await readdir(join(root, 'docs/guides'))).map((name) => join('docs/guides', name));
  return [...top, 'docs/engines.md', 'docs/limits.md', 'packages/cli/README.md', 'packages/eval/README.md', ...guides];
}

/** The words of each `alpacare …` line in shell fences, comments left out. */
function commandsIn(text: string): string[][] {
  const fences = [...text.matchAll(/```(?:sh|text)\n([\s\S]*?)```/g)].map(([, body]) => body!.replaceAll('\\\n', ' '));
  const lines = fences.flatMap((body) => body.split('\n'));
  return lines.flatMap((line) => {
    const found = /^(?:\w+=\S+ )*(?:npx )?alpacare (.*?)(?:\s+#.*|\s{3,}.*)?$/.exec(line.trim());
    return found ? [found[1]!.match(/"[^"]*"|\S+/g)!] : [];
  });
}

it('commands and flags in the documentation exist', async () => {
  const problems: string[] = [];
  let checked = 0;
  for (const page of await pages()) {
    for (const words of commandsIn(await readFile(join(root, page), 'utf8'))) {
      const grouped = ['eval', 'study'].includes(words[0]!);
      const command = words.slice(0, grouped ? 2 : 1).filter((word) => /^[a-z-]+$/.test(word) && !word.startsWith('-'));
      const help = helpOf(command);
      checked++;
      if (help === null || !help.includes(`alpacare ${command.join(' ')}`)) {
        problems.push(`${page}: no command "${command.join(' ')}"`);
        continue;
      }
      for (const flag of words.filter((word) => /^--?[a-z]/.test(word))) {
        const known = new RegExp(`(^|[\\s,])${flag}(?![\\w-])`).test(help) || ['--help', '--version'].includes(flag);
        if (!known) problems.push(`${page}: "${command.join(' ')}" has no ${flag}`);
      }
    }
  }
  expect(problems).toEqual([]);
  expect(checked).toBeGreaterThan(30);
});
