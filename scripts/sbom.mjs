/**
 * Writes packed/sbom.cdx.json: everything that `npm install @alpacare/cli` brings, as CycloneDX, from the tarballs that
 * scripts/pack.mjs made. npm resolves and writes it; nothing is installed.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { packed, packedPackages } from './pack.mjs';
import { capture } from './workspace.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'alpacare-sbom-'));
const dependencies = Object.fromEntries(packedPackages().map(({ name, file }) => [name, `file:${file}`]));
writeFileSync(
  path.join(folder, 'package.json'),
  JSON.stringify({ name: 'alpacare-installed', version: packedPackages()[0]?.version, dependencies }),
);
const inFolder = ['--prefix', folder, '--package-lock-only', '--no-audit', '--no-fund', '--prefer-offline'];
const installed = await capture('npm', ['install', ...inFolder]);
const written = await capture(
  'npm',
  ['sbom', ...inFolder, '--sbom-format=cyclonedx', '--sbom-type=application'],
  folder,
);
rmSync(folder, { recursive: true, force: true });
if (!installed.ok || !written.ok) {
  console.log(installed.output, written.output);
  process.exit(1);
}
const sbom = JSON.parse(written.stdout);
writeFileSync(path.join(packed, 'sbom.cdx.json'), `${JSON.stringify(sbom, null, 2)}\n`);
console.log(`packed/sbom.cdx.json: CycloneDX ${sbom.specVersion}, ${sbom.components.length} components`);
