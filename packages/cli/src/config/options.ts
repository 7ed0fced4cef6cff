/** Parsers of command-line values. A wrong one is a usage error that says what was expected. */
import { join } from 'node:path';
import type { SplitSize } from '@alpacare/core';
import { InvalidArgumentError } from 'commander';

export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('Expected a whole number.');
  return value;
}

export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value)) throw new InvalidArgumentError('Expected a number above 0.');
  return value;
}

export function portNumber(text: string): number {
  const value = wholeNumber(text);
  if (value > 65_535) throw new InvalidArgumentError('Expected a port, 0 to 65535.');
  return value;
}

export function anyNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('Expected a number.');
  return value;
}

/** A share from 0, below 1. */
export function share(text: string): number {
  const value = anyNumber(text);
  if (!(value >= 0 && value < 1)) throw new InvalidArgumentError('Expected a number from 0, below 1.');
  return value;
}

export function targetModules(text: string): readonly string[] | 'all-linear' {
  if (text === 'all-linear') return text;
  const names = text.split(',').map((name) => name.trim());
  if (names.some((name) => !/^[\w.]+$/.test(name)))
    throw new InvalidArgumentError('Expected names such as q_proj,v_proj, or all-linear.');
  return names;
}

/** `90/5/5` are shares in percent, `5000,250,250` are records. */
export function splitSize(text: string): SplitSize {
  const byShare = text.includes('/');
  const parts = text.split(byShare ? '/' : ',').map(Number);
  const [train, validation, test] = parts;
  if (parts.length !== 3 || parts.some((part) => !(part >= 0))) {
    throw new InvalidArgumentError('Expected shares such as 90/5/5, or counts such as 5000,250,250.');
  }
  if (!byShare) return { counts: { train: train!, validation: validation!, test: test! } };
  const total = train! + validation! + test!;
  if (Math.abs(total - 100) > 1e-9) throw new InvalidArgumentError(`Shares must add up to 100, found ${total}.`);
  return { fractions: { train: train! / 100, validation: validation! / 100, test: test! / 100 } };
}

/** What `--token-cache FOLDER` and `--no-token-cache` chose; by default tokens lie in the output folder. */
export function tokenCacheOf(chosen: string | boolean | undefined, out: string): { tokenCache?: string } {
  if (chosen === false) return {};
  return { tokenCache: typeof chosen === 'string' ? chosen : join(out, 'tokens') };
}
