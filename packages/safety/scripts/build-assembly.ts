/** Compiles `assembly/reader.ts` and writes `src/learned/reader-wasm.ts`. Run it after a change of the first, of `layout.ts` or of `sign-bits.ts`. */
import { writeFileSync } from 'node:fs';
import { compileReader, moduleOf } from './compile-assembly.ts';

const code = await compileReader();
writeFileSync(new URL('../src/learned/reader-wasm.ts', import.meta.url), moduleOf(code));
console.log(`src/learned/reader-wasm.ts: ${code.length} bytes of WebAssembly`);
