/**
 * Packs what would be published into packed/, one tarball a package: `npm publish packed/NAME.tgz` is a release. pnpm does
 * it, since only pnpm turns "workspace:" dependencies into versions. Build first.
 */
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { capture, pinned, root } from './workspace.mjs';

export const packed = path.join(root, 'packed');

/** @typedef {{ name: string, version: string, file: string, bytes: number, paths: string[] }} PackedPackage */

/** What `node scripts/pack.mjs` packed last. @returns {PackedPackage[]} */
export const packedPackages = () => JSON.parse(readFileSync(path.join(packed, 'packages.json'), 'utf8'));

if (process.argv[1] === import.meta.filename) {
  rmSync(packed, { recursive: true, force: true });
  mkdirSync(packed);
  const only = ['--filter', '@alpacare/*', '--recursive'];
  const { ok, output, stdout } = await capture('npx', [
    '--yes',
    pinned,
    ...only,
    'pack',
    '--json',
    '--pack-destination',
    packed,
  ]);
  if (!ok) {
    console.log(output);
    process.exit(1);
  }
  /** @type {{ name: string, version: string, filename: string, files: { path: string }[] }[]} */
  const found = JSON.parse(stdout);
  const packages = found.map(({ name, version, filename, files }) => {
    const file = path.join(packed, path.basename(filename));
    return { name, version, file, bytes: statSync(file).size, paths: files.map((entry) => entry.path) };
  });
  for (const { name, version, paths } of packages) console.log(`${name} ${version}: ${paths.length} files`);
  writeFileSync(path.join(packed, 'packages.json'), JSON.stringify(packages));
}
