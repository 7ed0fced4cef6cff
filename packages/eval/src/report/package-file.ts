import { existsSync, readFileSync } from 'node:fs';

/** A file of this package by its path from the package root; the same from `src/` and from the built `dist/`. */
export function readPackageFile(path: string): string {
  let folder = new URL('.', import.meta.url);
  while (!existsSync(new URL('package.json', folder))) folder = new URL('..', folder);
  return readFileSync(new URL(path, folder), 'utf8');
}
