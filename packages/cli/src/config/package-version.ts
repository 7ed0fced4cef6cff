/** The version of this package. */
import { readFileSync } from 'node:fs';

/** Sources and bundle both lie in folders of different depth below package.json. */
export function packageVersion(): string {
  for (const place of ['../package.json', '../../package.json']) {
    try {
      const { name, version } = JSON.parse(readFileSync(new URL(place, import.meta.url), 'utf8')) as {
        name?: string;
        version?: string;
      };
      if (name === '@alpacare/cli' && version) return version;
    } catch {
      // not there: try the next place
    }
  }
  return 'unknown';
}
