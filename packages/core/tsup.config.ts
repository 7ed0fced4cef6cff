import { defineConfig } from 'tsup';

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    testing: 'src/testing/index.ts',
    'ai-sdk': 'src/ai-sdk.ts',
    // The workers are started by file name, so each is an entry of its own and stays beside the chunks.
    'session-worker': 'src/engine/onnx/session-worker.js',
    'tokenize-worker': 'src/data/tokenize-worker.ts',
    'mpi-worker': 'src/collective/mpi-worker.js',
    'watch-worker': 'src/collective/watch-worker.js',
    'tensorflow-worker': 'src/engine/tensorflow/tensorflow-worker.js',
  },
  format: 'esm',
  platform: 'node',
  target: 'node20',
  dts: { entry: { index: 'src/index.ts', testing: 'src/testing/index.ts', 'ai-sdk': 'src/ai-sdk.ts' } },
  clean: true,
  sourcemap: true,
  external: ['ai', 'koffi'],
});
