/**
 * `npm run bench`: everything in sections.ts, ours and the peers', alternated; prints the README's tables.
 *
 * Each figure is kept in results.json as soon as it is there, and what is there is not measured again: a run that was stopped goes
 * on where it stopped, in rounds of its own. The machine should have nothing else to do.
 *
 * Of core it is the built package that is measured (`npm run build` first): a loader of sources would count in its memory.
 *
 *   --only REGEX           sections by id: train, train-60, train-packed, train-22, decode, error, quality
 *   --rounds 3 --steps 3   rounds of a section, and steps of a round
 *   --limit 600            seconds an entry may take; a slower one is left out of its round
 *   --fresh                forget what was measured of these sections
 *   --write                put the tables into README.md; with nothing left to measure, nothing else is done
 *   --peer-python PATH     a Python with torch, transformers and peft; without it these peers are left out
 *   --llama FOLDER --gguf FILE   a folder with node-llama-cpp in its node_modules, and a Q4_0 model of TinyLlama's shape
 *   --transformers-js FOLDER --onnx FOLDER   one with @huggingface/transformers in its node_modules, and what
 *                          scripts/reference/export_onnx.py makes of tinyllama-22-layers-bf16 in --folder
 *   --material FOLDER      has models/tinystories-656k and text/tinystories-valid.txt; without it no `quality`
 *   --folder /tmp          where models of random weights are made: about 7 GB
 *   --results FILE         default: benchmarks/results.json
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { OnnxEngine } from '@alpacare/core';
import { buildSync } from 'esbuild';
import { type Figures, type Results, render, withTables } from './render.ts';
import { type Entry, type Section, sections } from './sections.ts';

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    rounds: { type: 'string', default: '3' },
    steps: { type: 'string', default: '3' },
    threads: { type: 'string', default: '2' },
    limit: { type: 'string', default: '600' },
    fresh: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    'peer-python': { type: 'string' },
    llama: { type: 'string' },
    gguf: { type: 'string' },
    'transformers-js': { type: 'string' },
    onnx: { type: 'string' },
    material: { type: 'string', default: process.env.ALPACARE_MATERIAL ?? '' },
    folder: { type: 'string', default: '/tmp' },
    results: { type: 'string', default: here('results.json') },
  },
});

const chosen = sections.filter(({ id }) => new RegExp(`^(${values.only || '.*'})$`).test(id));
if (chosen.length === 0)
  throw new Error(`--only: no section fits; there are ${sections.map(({ id }) => id).join(', ')}`);

async function describeMachine(): Promise<string> {
  const engine = new OnnxEngine();
  const { reason } = engine.int8;
  await engine.dispose();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  return `${cpus().length} x ${cpus()[0]?.model} (${reason.split(':')[0]}), ${memory}, Node ${process.version}`;
}

function describePeers(): string {
  const { 'peer-python': python, llama, 'transformers-js': transformersJs } = values;
  const list: string[] = [];
  if (python) {
    const code =
      'import torch, transformers, peft; print(torch.__version__, transformers.__version__, peft.__version__)';
    const [torch, transformers, peft] = execFileSync(python, ['-c', code], { encoding: 'utf8' }).trim().split(' ');
    list.push(`PyTorch ${torch}`, `PEFT ${peft}`, `transformers ${transformers} with sdpa attention`);
  }
  const versionOf = (folder: string, name: string): string =>
    JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')).version;
  if (llama) list.push(`node-llama-cpp ${versionOf(llama, 'node-llama-cpp')}`);
  if (transformersJs) list.push(`transformers.js ${versionOf(transformersJs, '@huggingface/transformers')}`);
  return list.length === 0 ? '' : `Peers: ${list.join(', ')}.`;
}

/** Options without which an entry cannot run. */
const needs: Partial<Record<Entry['script'], readonly (keyof typeof values)[]>> = {
  peft_train: ['peer-python'],
  transformers_generate: ['peer-python'],
  'llama-cpp': ['llama', 'gguf'],
  'transformers-js': ['transformers-js', 'onnx'],
  quality: ['material'],
};

/** The program and arguments of an entry whose needs are met. */
function commandOf({ script, options }: Entry): readonly [program: string, args: readonly string[]] {
  const words = options.split(' ').filter((word) => word !== '');
  const own = words.includes('--steps') ? [] : ['--steps', values.steps];
  const threads = ['--threads', values.threads];
  const sources = ['--conditions=alpacare-source', '--import', 'tsx'];
  const node = (file: string, ...given: string[]) =>
    [process.execPath, [...sources, here(file), ...given, ...words]] as const;
  const built = [here(`dist/${script}.mjs`), ...threads, '--folder', values.folder];
  switch (script) {
    case 'peft_train':
      return [values['peer-python']!, [here(`peers/${script}.py`), ...threads, ...own, ...words]];
    case 'transformers_generate':
      return [values['peer-python']!, [here(`peers/${script}.py`), ...threads, ...words]];
    case 'llama-cpp':
      return node(`peers/${script}.ts`, ...threads, '--folder', values.llama!, '--gguf', values.gguf!);
    case 'transformers-js':
      return node(`peers/${script}.ts`, ...threads, '--folder', values['transformers-js']!, '--onnx', values.onnx!);
    case 'quality':
      return node(`${script}.ts`, ...threads, '--material', values.material);
    case 'train-worker':
      return [process.execPath, [...built, ...own, ...words]];
    case 'decode-worker':
      return [process.execPath, [...built, ...words]];
    default:
      return node(`${script}.ts`, ...threads, '--folder', values.folder);
  }
}

/** The figures of an entry, or undefined where it was left out; the reason is printed. */
function measure(entry: Entry): Figures | undefined {
  const missing = (needs[entry.script] ?? []).filter((option) => !values[option]);
  if (missing.length > 0) {
    process.stderr.write(`${entry.name}: left out, --${missing.join(' and --')} not given\n`);
    return undefined;
  }
  const [program, args] = commandOf(entry);
  let out: string;
  try {
    const timeout = 1000 * Number(values.limit);
    out = execFileSync(program, [...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], timeout });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ETIMEDOUT') throw error;
    process.stderr.write(`${entry.name}: stopped after ${values.limit} s\n`);
    return undefined;
  }
  const line = JSON.parse(out.trim().split('\n').at(-1)!) as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(line).filter((pair): pair is [string, number] => typeof pair[1] === 'number'),
  );
}

const empty: Results = { machine: '', peers: '', sections: {} };
let results: Results = existsSync(values.results) ? JSON.parse(readFileSync(values.results, 'utf8')) : empty;

function keep(next: Results): void {
  results = next;
  writeFileSync(`${values.results}.part`, `${JSON.stringify(results, null, 1)}\n`);
  renameSync(`${values.results}.part`, values.results);
}

/** Only what the tables show. */
function figuresOf({ columns }: Section, found: Figures): Figures {
  return Object.fromEntries(columns.flatMap(({ figure }) => (figure in found ? [[figure, found[figure]!]] : [])));
}

function run(section: Section): void {
  const rounds = section.once ? 1 : Number(values.rounds);
  for (let round = 0; round < rounds; round++) {
    for (const entry of section.entries) {
      const list = [...(results.sections[section.id] ?? [])];
      if (list[round]?.[entry.name]) continue;
      const found = measure(entry);
      if (!found) continue;
      const shown = figuresOf(section, found);
      list[round] = { ...list[round], [entry.name]: shown };
      const machines = { ...results.machines, [section.id]: machine };
      keep({ ...results, machines, sections: { ...results.sections, [section.id]: list } });
      const load = loadavg()[0]!.toFixed(1);
      process.stderr.write(
        `${section.id}, round ${round + 1}, ${entry.name}: ${JSON.stringify(shown)}, load ${load}\n`,
      );
    }
  }
}

buildSync({
  entryPoints: [here('train-worker.ts'), here('decode-worker.ts')],
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  outdir: here('dist'),
  outExtension: { '.js': '.mjs' },
});
if (values.fresh) {
  const rest = Object.entries(results.sections).filter(([id]) => !chosen.some((section) => section.id === id));
  keep({ ...results, sections: Object.fromEntries(rest) });
}
const machine = await describeMachine();
for (const section of chosen) run(section);
keep({ ...results, machine, peers: describePeers() || results.peers });
process.stdout.write(`${render(results)}\n`);
if (values.write) {
  const readme = here('../README.md');
  writeFileSync(readme, withTables(readFileSync(readme, 'utf8'), results));
}
