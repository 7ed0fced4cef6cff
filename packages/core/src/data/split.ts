/** Seeded split into training, validation and test records. */
import { InvalidOptionError } from '../errors.ts';
import { createRandom, shuffled } from './random.ts';
import { type InstructionRecord, recordHash } from './record.ts';

/** Seed of a split where none is given. */
export const DEFAULT_SEED = 42;

/** The parts of a split. */
export type Part = 'train' | 'validation' | 'test';
export const PARTS: readonly Part[] = ['train', 'validation', 'test'];

/** Shares that add up to 1, or numbers of records (those left over are not used). */
export type SplitSize =
  | { readonly fractions: Readonly<Record<Part, number>> }
  | { readonly counts: Readonly<Record<Part, number>> };

/** Shares of a split where none are given: 90 % to train on, 5 % to validate, 5 % kept for testing. */
export const DEFAULT_SPLIT: SplitSize = { fractions: { train: 0.9, validation: 0.05, test: 0.05 } };

/** Records by part, each in the order of the seeded shuffle. */
export interface Split<T> {
  /** Learned from. */
  readonly train: T[];
  /** Measured on while training goes on. */
  readonly validation: T[];
  /** Kept apart to the end. */
  readonly test: T[];
  /** Records that counts left over. */
  readonly unused: T[];
}

/**
 * The same records give the same split in whatever order they come: they are put in the order of their content hashes, then
 * shuffled with the seed, then cut: test first, then validation, then training.
 * @param hashOf for callers that know the content hashes already
 * @throws {InvalidOptionError} sizes that are negative, that do not add up, or that need more records than there are
 */
export function splitRecords<T extends InstructionRecord>(
  records: readonly T[],
  size: SplitSize = DEFAULT_SPLIT,
  seed: number = DEFAULT_SEED,
  hashOf: (record: T) => string = recordHash,
): Split<T> {
  const counts = partCounts(size, records.length);
  const sorted = records
    .map((record) => ({ record, key: `${hashOf(record)} ${record.id}` }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ record }) => record);
  const mixed = shuffled(sorted, createRandom(seed));
  const validationFrom = counts.test;
  const trainFrom = validationFrom + counts.validation;
  return {
    test: mixed.slice(0, validationFrom),
    validation: mixed.slice(validationFrom, trainFrom),
    train: mixed.slice(trainFrom, trainFrom + counts.train),
    unused: mixed.slice(trainFrom + counts.train),
  };
}

/** Records in each part of `total`. A share above 0 gets at least one record where there are enough. */
export function partCounts(size: SplitSize, total: number): Record<Part, number> {
  if ('counts' in size) {
    const { counts } = size;
    for (const part of PARTS) {
      if (!Number.isInteger(counts[part]) || counts[part] < 0) {
        throw new InvalidOptionError('counts', `${part} must be a whole number from 0, found ${counts[part]}`);
      }
    }
    const needed = PARTS.reduce((sum, part) => sum + counts[part], 0);
    if (needed > total) {
      throw new InvalidOptionError('counts', `add up to ${needed} but there are ${total} records after cleaning`);
    }
    return { ...counts };
  }
  const { fractions } = size;
  for (const part of PARTS) {
    if (!(fractions[part] >= 0 && fractions[part] <= 1)) {
      throw new InvalidOptionError('fractions', `${part} must be from 0 to 1, found ${fractions[part]}`);
    }
  }
  const sum = PARTS.reduce((total, part) => total + fractions[part], 0);
  if (Math.abs(sum - 1) > 1e-6) throw new InvalidOptionError('fractions', `must add up to 1, found ${sum}`);
  const wanted = PARTS.filter((part) => fractions[part] > 0).length;
  if (total < wanted) {
    throw new InvalidOptionError('fractions', `ask for ${wanted} parts but there are ${total} records after cleaning`);
  }
  const rounded = (part: Part): number =>
    fractions[part] === 0 ? 0 : Math.max(1, Math.round(total * fractions[part]));
  const result = { train: 0, validation: rounded('validation'), test: rounded('test') };
  if (fractions.train === 0) {
    // Rounding must not leave a record over or take one too many.
    const larger = fractions.test > fractions.validation ? 'test' : 'validation';
    result[larger] += total - result.validation - result.test;
    return result;
  }
  while (result.validation + result.test >= total) {
    result[result.test > result.validation ? 'test' : 'validation'] -= 1;
  }
  result.train = total - result.validation - result.test;
  return result;
}
