/** The version of this package. */
import { readFileSync } from 'node:fs';

/** This package's version, as its package.json says. Sources and bundle both lie one folder or two below it. */
export function coreVersion(): string {
  for (const place of ['../package.json', '../../package.json']) {
    try {
      const manifest = JSON.parse(readFileSync(new URL(place, import.meta.url), 'utf8')) as {
        name?: string;
        version?: string;
      };
      if (manifest.name === '@alpacare/core' && manifest.version) return manifest.version;
    } catch {
      // not there: try the next place
    }
  }
  return 'unknown';
}
