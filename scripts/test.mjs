/**
 * `npm test`: installs, builds and runs every check, then lists what was skipped and why, and ends with the plain line
 * "N passed, N failed, N skipped". A check that is not a unit test (types, lint, build, packages) counts as one.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { packed, packedPackages } from './pack.mjs';
import { capture, install, pinned, run } from './workspace.mjs';

if (install() !== 0) {
  console.log('\n0 passed, 1 failed');
  process.exit(1);
}

let passed = 0;
let failed = 0;
/** @type {{ name: string, reason: string }[]} */
const skipped = [];
/** @type {string[]} */
const failures = [];

/**
 * One check that counts as one test. Its output is shown when it fails.
 * @param {string} name @param {string} command @param {string[]} args
 */
async function step(name, command, args) {
  const from = Date.now();
  const { ok, output } = await capture(command, args);
  if (!ok) console.log(`\n${output}`);
  console.log(`=== ${name}: ${ok ? 'ok' : 'FAILED'} (${((Date.now() - from) / 1000).toFixed(0)} s)`);
  if (ok) passed++;
  else {
    failed++;
    failures.push(name);
  }
}

async function packages() {
  await step('build', 'npx', ['--yes', pinned, '-r', 'run', 'build']);
  await step('pack', process.execPath, ['scripts/pack.mjs']);
  for (const { name, file } of existsSync(packed) ? packedPackages() : []) {
    await step(`publint ${name}`, 'npx', ['publint', 'run', file, '--strict']);
    // The command exports nothing that could be imported.
    if (name !== '@alpacare/cli') await step(`types ${name}`, 'npx', ['attw', file, '--profile', 'esm-only']);
  }
  await step('package contents and sizes', process.execPath, ['scripts/check-packages.mjs']);
}

async function sources() {
  await step('types', 'npx', ['tsc', '--noEmit']);
  await step('API documentation', process.execPath, ['scripts/check-api-docs.mjs']);
  await step('lint', 'npx', ['biome', 'check', '.', '--error-on-warnings']);
  await step('licences of dependencies', process.execPath, ['scripts/check-licences.mjs']);
}

// Neither needs what the other makes.
await Promise.all([packages(), sources()]);

// What some unit tests need may be in the making meanwhile: this file is there when it is done.
const { ALPACARE_TEST_AFTER: awaited } = process.env;
while (awaited && !existsSync(awaited)) await setTimeout(200);

console.log('\n=== unit tests');
const folder = mkdtempSync(path.join(tmpdir(), 'alpacare-test-'));
const report = path.join(folder, 'report.json');
const status = run('npx', ['vitest', 'run'], { env: { ...process.env, ALPACARE_TEST_REPORT: report } });
if (existsSync(report)) {
  const counts = JSON.parse(readFileSync(report, 'utf8'));
  passed += counts.passed;
  failed += counts.failed;
  skipped.push(...counts.skipped);
  failures.push(...counts.failures);
  if (counts.failed === 0 && status !== 0) {
    failed++;
    failures.push(`vitest ended with code ${status}`);
  }
} else {
  failed++;
  failures.push('vitest wrote no report');
}
rmSync(folder, { recursive: true, force: true });

if (failures.length > 0) console.log(`\nFailed:\n${failures.map((name) => `  ${name}`).join('\n')}`);
if (skipped.length > 0) console.log(`\nSkipped:\n${skippedLines().join('\n')}`);
console.log(`${passed} passed, ${failed} failed, ${skipped.length} skipped`);
process.exit(failed === 0 ? 0 : 1);

/** Reasons, and under each its tests; many of one file are counted. */
function skippedLines() {
  /** @type {Map<string, Map<string, string[]>>} */
  const byReason = new Map();
  for (const { name, reason } of skipped) {
    const [file = '', ...title] = name.split(' > ');
    const files = byReason.get(reason) ?? new Map();
    files.set(file, [...(files.get(file) ?? []), title.join(' > ')]);
    byReason.set(reason, files);
  }
  return [...byReason].flatMap(([reason, files]) => [
    `  ${reason}:`,
    ...[...files].flatMap(([file, titles]) =>
      titles.length > 3 ? [`    ${file}: ${titles.length} tests`] : titles.map((title) => `    ${file} > ${title}`),
    ),
  ]);
}
