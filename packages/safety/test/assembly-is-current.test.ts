import { expect, it } from 'vitest';
import { compileReader } from '../scripts/compile-assembly.ts';
import * as layout from '../src/learned/layout.ts';
import { READER_WASM } from '../src/learned/reader-wasm.ts';

it('carries the WebAssembly that its sources give: else run `pnpm --filter @alpacare/safety build:assembly`', async () => {
  expect(Buffer.from(await compileReader()).toString('base64') === READER_WASM).toBe(true);
}, 60_000);

it('lays every array where its numbers may begin', () => {
  const places = Object.entries(layout).filter(([name]) => name.endsWith('_AT'));
  expect(places.length).toBeGreaterThan(20);
  for (const [name, at] of places) expect(at % 8, name).toBe(0);
});
