/** What each packed package promises: nothing native in safety and eval, licence files, size budgets, no test inside. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { packedPackages } from './pack.mjs';
import { root } from './workspace.mjs';

const KIB = 1024;
/** Largest tarball. Eval carries the charts it draws with (decision 3), the CLI the base model and the records. */
const tarballBudgets = { core: 700 * KIB, safety: 1000 * KIB, eval: 1300 * KIB, cli: 10 * KIB * KIB };
/**
 * Most that `import` of a package costs a bundled program, all dependencies with it, minified and gzipped: what is loaded
 * at once, and what comes when it is first needed. Half of safety are the weights of its models, a third its lexicon in
 * eight languages; eval's charts load with the first chart.
 */
const importBudgets = {
  safety: { atOnce: 1_000 * KIB, later: 0 },
  eval: { atOnce: 160 * KIB, later: 200 * KIB },
};
const allowedDependencies = { '@alpacare/core': ['cli'], '@alpacare/safety': ['cli'], '@alpacare/eval': ['cli'] };

let problems = 0;
/** @param {string} name @param {string} problem */
const complain = (name, problem) => {
  problems++;
  console.log(`@alpacare/${name}: ${problem}`);
};
/** @param {string} name @param {string} what @param {number} size @param {number} budget */
const within = (name, what, size, budget) => {
  console.log(`@alpacare/${name}: ${what} ${Math.round(size / KIB)} KiB of ${budget / KIB}`);
  if (size > budget) complain(name, `${what} is ${Math.round(size / KIB)} KiB, at most ${budget / KIB} are allowed`);
};

for (const { name: full, bytes, paths } of packedPackages()) {
  const name = full.replace('@alpacare/', '');
  const manifest = JSON.parse(readFileSync(path.join(root, 'packages', name, 'package.json'), 'utf8'));
  if (manifest.license !== 'Apache-2.0') complain(name, `licence is ${manifest.license}, expected Apache-2.0`);
  for (const field of ['description', 'keywords'])
    if (manifest[field] === undefined) complain(name, `package.json has no "${field}", which npm shows`);
  if (manifest.publishConfig?.access !== 'public') complain(name, 'publishConfig.access must be "public"');
  for (const dependency of Object.keys(manifest.dependencies ?? {})) {
    const users = allowedDependencies[/** @type {keyof typeof allowedDependencies} */ (dependency)];
    if (users && !users.includes(name)) complain(name, `imports its sibling ${dependency}; only cli may`);
    if (name !== 'core' && /onnx|tfjs|native/.test(dependency))
      complain(name, `depends on ${dependency}, which is native`);
  }
  for (const script of ['preinstall', 'install', 'postinstall']) {
    if (manifest.scripts?.[script]) complain(name, `has an install script (${script})`);
  }
  for (const file of ['LICENSE', 'NOTICE', 'README.md'])
    if (!paths.includes(file)) complain(name, `the tarball has no ${file}`);
  const tests = paths.filter((file) => /\.test\.|golden/.test(file));
  if (tests.length > 0) complain(name, `the tarball holds tests: ${tests.slice(0, 3).join(', ')}`);
  within(name, 'tarball', bytes, tarballBudgets[/** @type {keyof typeof tarballBudgets} */ (name)]);
}

for (const [name, budget] of Object.entries(importBudgets)) {
  const { outputFiles } = await build({
    entryPoints: [path.join(root, 'packages', name, 'dist/index.js')],
    bundle: true,
    minify: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    outdir: path.join(root, 'packed/bundle'),
    write: false,
    logLevel: 'error',
  });
  const sizes = outputFiles.map((file) => ({
    entry: /[\\/]index\.js$/.test(file.path),
    size: gzipSync(file.contents).length,
  }));
  /** @param {boolean} entry */
  const sum = (entry) => sizes.filter((file) => file.entry === entry).reduce((total, { size }) => total + size, 0);
  within(name, 'import, minified and gzipped,', sum(true), budget.atOnce);
  within(name, 'loaded later', sum(false), budget.later);
}
process.exit(problems === 0 ? 0 : 1);
