import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { MEMORY_BYTES } from '../src/learned/layout.ts';

const PAGE = 1 << 16;
const OUT = 'reader.wasm';

/** The readers in AssemblyScript, compiled. It throws what the compiler says where they are not right. The same sources give the same bytes. */
export async function compileReader(): Promise<Uint8Array> {
  const baseDir = fileURLToPath(new URL('..', import.meta.url));
  let code: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [
      'assembly/reader.ts',
      ...['--outFile', OUT],
      ...['--optimizeLevel', '3', '--converge'],
      // No objects are made, so there is nothing to be collected and nothing that may end in an exception.
      ...['--runtime', 'stub', '--use', 'abort='],
      ...['--importMemory', '--initialMemory', String(Math.ceil(MEMORY_BYTES / PAGE))],
    ],
    {
      readFile: (name: string) => readFile(`${baseDir}/${name}`, 'utf8').catch(() => null),
      writeFile: (name: string, contents: Uint8Array | string) => {
        if (name === OUT) code = contents as Uint8Array;
      },
    },
  );
  if (error || !code) throw new Error(`assembly/reader.ts: ${stderr.toString() || error?.message}`);
  return code;
}

/** The module of TypeScript that carries it. */
export function moduleOf(code: Uint8Array): string {
  return `/** \`assembly/reader.ts\`, compiled by \`scripts/build-assembly.ts\`: a module of WebAssembly in base64. */
export const READER_WASM =
  '${Buffer.from(code).toString('base64')}';
`;
}
