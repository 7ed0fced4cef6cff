import { defineConfig } from 'tsup';

export default defineConfig({
  entry: { index: 'src/index.ts', 'ai-sdk': 'src/ai-sdk.ts' },
  format: 'esm',
  platform: 'node',
  target: 'node20',
  dts: true,
  // Constants of `layout.ts` and its like are written where they are used; names stay.
  esbuildOptions: (options) => {
    options.minifySyntax = true;
  },
  clean: true,
  // A map would carry the weights of the models a second time.
  sourcemap: false,
  external: ['ai'],
});
