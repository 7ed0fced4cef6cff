/** The engine a command runs on, as asked for with --engine. */
import type { Engine, EngineChoice, EngineRequest, FineTuneOptions, SelectEngineOptions } from '@alpacare/core';
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

export const doubleQuantizationOption = (): Option =>
  new Option(
    '--double-quantization',
    'with --quantize nf4: hold its scales in 8 bits too, 4.13 bits a weight in place of 4.5',
  );

export interface QuantizeFlags {
  readonly quantize?: 'int8' | 'int4' | 'nf4';
  readonly doubleQuantization?: boolean;
}

/**
 * What the flags ask core for; undefined for a base as it is stored.
 * @throws {InvalidOptionError} for double quantisation of a base that is not in nf4
 */
export async function quantizedBaseOf({
  quantize: dtype,
  doubleQuantization = false,
}: QuantizeFlags): Promise<FineTuneOptions['quantize']> {
  if (doubleQuantization && dtype !== 'nf4') {
    const { InvalidOptionError } = await import('@alpacare/core');
    throw new InvalidOptionError('doubleQuantization', `is for nf4; found ${dtype ?? 'a base as it is stored'}`);
  }
  return dtype && { dtype, ...(doubleQuantization && { doubleQuantization }) };
}

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
