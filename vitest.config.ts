import { defineConfig } from 'vitest/config';
import LongestFirst from './scripts/longest-first.mjs';

export default defineConfig({
  resolve: { conditions: ['alpacare-source', 'node', 'module', 'default'] },
  ssr: { resolve: { conditions: ['alpacare-source', 'node', 'module', 'default'] } },
  test: {
    reporters: ['default', './scripts/vitest-reporter.mjs'],
    include: [
      'packages/*/src/**/*.test.ts',
      'packages/*/test/**/*.test.ts',
      'test/**/*.test.ts',
      'examples/**/*.test.ts',
    ],
    // A shared machine can stall any test that watches a clock or a race; a real fault fails three times.
    retry: process.env.CI ? 2 : 0,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
  },
});
