/**
 * The files that take longest start first: one that came last would run alone. A clean clone has no times of earlier runs to go by, so
 * they are named here, those of half a minute and more.
 */
import { BaseSequencer } from 'vitest/node';

const longest = [
  'examples/examples.test.ts',
  'packages/core/test/ranks.test.ts',
  'packages/cli/test/demo.test.ts',
  'packages/cli/test/cli.test.ts',
  'packages/core/test/webgpu-training.test.ts',
  'packages/cli/src/commands/gather.test.ts',
  'packages/core/test/material/quantized-656k.test.ts',
  'packages/safety/src/check.test.ts',
  'packages/core/test/tensorflow-training.test.ts',
  'packages/core/test/collective.test.ts',
];

/** A vitest sequencer. */
export default class LongestFirst extends BaseSequencer {
  /** @override @param {import('vitest/node').TestSpecification[]} files */
  async sort(files) {
    /** @param {import('vitest/node').TestSpecification} file */
    const place = ({ moduleId }) => {
      const found = longest.findIndex((name) => moduleId.endsWith(`/${name}`));
      return found < 0 ? longest.length : found;
    };
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}
