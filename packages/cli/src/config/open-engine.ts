/** The engine a command runs on, as asked for with --engine. */
import type { Engine, EngineChoice, EngineRequest, SelectEngineOptions } from '@alpacare/core';
import { Option } from 'commander';
import { pc } from '../ui/colors.ts';

export const engineOption = (): Option =>
  new Option('--engine <name>', 'where to compute; auto takes the best that really works here')
    .choices(['auto', 'cpu', 'cuda', 'webgpu', 'tensorflow'])
    .default('auto');

/** Flags of commands whose base may be held in fewer bits than its files hold it in. */
export const quantizeOption = (): Option =>
  new Option('--quantize <type>', 'hold the base in 8 or 4 bits; made on first use and kept').choices([
    'int8',
    'int4',
    'nf4',
  ]);

export const int8Option = (): Option =>
  new Option(
    '--int8 <how>',
    "how products with an int8 base are computed; default: by the processor's instructions",
  ).choices(['fast', 'accurate']);

/** @throws {EngineUnavailableError} saying what is missing; a GPU asked for is never replaced by the CPU in silence */
export async function openEngine(
  request: EngineRequest,
  { threads, int8 }: { readonly threads?: number | undefined; readonly int8?: SelectEngineOptions['int8'] | undefined },
): Promise<{ readonly engine: Engine; readonly choice: EngineChoice }> {
  const { selectEngine } = await import('@alpacare/core');
  return selectEngine(request, { ...(threads && { threads }), ...(int8 && { int8 }) });
}

/** Says what computes, beside the answer and not in it; the CPU is what anybody expects. */
export function tellEngine({ engine, device }: EngineChoice): void {
  if (device !== 'cpu') process.stderr.write(pc.dim(`engine: ${engine} on ${device}\n`));
}
