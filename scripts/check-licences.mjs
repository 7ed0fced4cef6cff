/** Everything that comes along with a package when it is installed must be under a licence that this project can pass on. */
import { capture, pinned } from './workspace.mjs';

const allowed = new Set(['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'CC0-1.0', 'ISC', 'MIT', 'Unlicense']);

/** SPDX expressions of one level, such as "(MIT OR CC0-1.0)"; anything else is refused. @param {string} licence */
const mayPassOn = (licence) =>
  licence
    .replace(/^\((.*)\)$/, '$1')
    .split(' AND ')
    .every((part) => part.split(' OR ').some((choice) => allowed.has(choice)));

const { ok, output, stdout } = await capture('npx', [
  '--yes',
  pinned,
  '--filter',
  '@alpacare/*',
  'licenses',
  'list',
  '--prod',
  '--json',
]);
if (!ok) {
  console.log(output);
  process.exit(1);
}
/** @type {Record<string, { name: string, versions: string[] }[]>} */
const byLicence = JSON.parse(stdout);
let refused = 0;
for (const [licence, packages] of Object.entries(byLicence)) {
  const good = mayPassOn(licence);
  console.log(`${licence}: ${packages.length} packages${good ? '' : ', NOT ALLOWED'}`);
  if (good) continue;
  refused += packages.length;
  for (const { name, versions } of packages) console.log(`  ${name} ${versions.join(', ')}`);
}
process.exit(refused === 0 && Object.keys(byLicence).length > 0 ? 0 : 1);
