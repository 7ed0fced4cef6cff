import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { singleProcess } from '../collective/single-process.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { mergeParts } from './merge-parts.ts';
import { decodePart, encodePart, readPart, type WorkPart, writePart } from './part.ts';
import { formatShard, rangeOf, type Shard, WHOLE } from './shard.ts';
import { computeOverRanks, computePart, type ShardedWork } from './sharded-work.ts';

/** Squares and cubes of numbers, with a count of what was asked. */
function numbers(squares: number, cubes: number, unit: number, configuration = {}): ShardedWork {
  let asked = 0;
  const powers =
    (exponent: number) =>
    async ({ from, to }: { from: number; to: number }) => {
      asked += to - from;
      return Array.from({ length: to - from }, (_, i) => ({
        text: `é "${from + i}"\u2028`,
        power: (from + i) ** exponent,
      }));
    };
  return {
    work: 'powers',
    input: 'abc',
    configuration,
    lists: {
      squares: { items: squares, unit, compute: powers(2) },
      cubes: { items: cubes, compute: powers(3) },
    },
    tally: () => ({ asked }),
  };
}

const shardsOf = (count: number): Shard[] => Array.from({ length: count }, (_, index) => ({ index, count }));
const named = (parts: readonly WorkPart[]) => parts.map((part, i) => ({ name: `file ${i}`, part }));
const partsOf = (work: ShardedWork, count: number) =>
  Promise.all(shardsOf(count).map((shard) => computePart(work, shard)));

const sizes = fc.record({
  squares: fc.nat(60),
  cubes: fc.nat(60),
  unit: fc.integer({ min: 1, max: 9 }),
  count: fc.integer({ min: 1, max: 17 }),
});

describe('shards', () => {
  it('cover every list in order, without gaps, at borders of units, with lengths that differ by one unit at most', () => {
    fc.assert(
      fc.property(fc.nat(5000), sizes, (total, { unit, count }) => {
        const ranges = shardsOf(count).map((shard) => rangeOf(shard, total, unit));
        expect(ranges[0]!.from).toBe(0);
        expect(ranges.at(-1)!.to).toBe(total);
        for (const [i, { from }] of ranges.entries()) {
          if (i > 0) expect(from).toBe(ranges[i - 1]!.to);
          expect(from % unit === 0 || from === total).toBe(true);
        }
        const units = ranges.map(({ from, to }) => Math.ceil((to - from) / unit));
        expect(Math.max(...units) - Math.min(...units)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('are written i/n', () => {
    expect(formatShard({ index: 7, count: 8 })).toBe('7/8');
  });
});

describe('parts', () => {
  it('in any order make what was computed whole', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, fc.infiniteStream(fc.nat()), async ({ squares, cubes, unit, count }, random) => {
        const whole = await computePart(numbers(squares, cubes, unit), WHOLE);
        const parts = await partsOf(numbers(squares, cubes, unit), count);
        const read = parts.map((part, i) => ({ name: `${i}`, part: decodePart(encodePart(part), `${i}`) }));
        const shuffled = read.map((part) => [random.next().value, part] as const).sort(([a], [b]) => a - b);
        const merged = mergeParts(shuffled.map(([, part]) => part));
        // Shards share one counter here, so that of the last to finish counts.
        expect({ ...merged, tally: {} }).toEqual({ ...whole, tally: {} });
      }),
      { numRuns: 60 },
    );
  });

  it('that lack any, or have any twice, are refused by name', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, fc.nat(), async ({ squares, cubes, unit, count }, pick) => {
        const parts = named(await partsOf(numbers(squares, cubes, unit), count));
        const chosen = parts[pick % count]!;
        const gap = parts.filter((part) => part !== chosen);
        const shard = formatShard(chosen.part.shard);
        expect(() => mergeParts(gap)).toThrow(
          count === 1 ? 'no part' : `shard ${shard} is missing: found ${count - 1} of ${count}`,
        );
        const twice = [...parts, { ...chosen, name: 'again' }];
        expect(() => mergeParts(twice)).toThrow(`${chosen.name} and again are both shard ${shard}`);
      }),
      { numRuns: 40 },
    );
  });

  it('of different jobs are refused, saying in what they differ', async () => {
    const [first] = await partsOf(numbers(10, 4, 1, { model: { rank: 8 }, seed: 1 }), 2);
    const [, second] = await partsOf(numbers(10, 4, 1, { model: { rank: 8 }, seed: 1 }), 2);
    const merge = (other: Partial<WorkPart>) => () => mergeParts(named([first!, { ...second!, ...other }]));
    expect(merge({})).not.toThrow();
    expect(merge({ work: 'roots' })).toThrow('one is of "powers", the other of "roots"');
    expect(merge({ input: 'abd' })).toThrow(
      'file 0 and file 1 do not belong together: they were made from different inputs',
    );
    expect(merge({ configuration: { model: { rank: 4 }, seed: 2 } })).toThrow(
      'configurations differ in model.rank, seed',
    );
    expect(merge({ shard: { index: 1, count: 3 } })).toThrow('one is of 2 shards, the other of 3');
    expect(merge({ lists: [{ name: 'squares', of: 11, unit: 1 }] })).toThrow('lists of different lengths');
    expect(merge({ about: { machine: 'another' } })).not.toThrow();
  });

  it('add up what was counted', async () => {
    const parts = await Promise.all(shardsOf(3).map((shard) => computePart(numbers(7, 5, 1), shard)));
    expect(mergeParts(named(parts)).tally).toEqual({ asked: 12 });
  });

  it('must hold one row an item', async () => {
    const lazy: ShardedWork = { ...numbers(4, 0, 1), lists: { squares: { items: 4, compute: async () => [1] } } };
    const part = await computePart(lazy, WHOLE);
    expect(() => encodePart(part)).toThrow('expected 4 rows of squares, found 1');
  });
});

describe('a part file', () => {
  it('comes back as it was, and is refused after any damage', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'part.jsonl');
    const [, part] = await partsOf(numbers(20, 3, 2, { a: 1 }), 3);
    await writePart(file, part!);
    expect(await readPart(file)).toEqual(part);
    const whole = await readFile(file);
    const head = whole.indexOf(0x0a) + 1;
    const damage = fc.oneof(
      fc.integer({ min: head, max: whole.length - 1 }).map((length) => whole.subarray(0, length)),
      fc.tuple(fc.integer({ min: head, max: whole.length - 1 }), fc.integer({ min: 1, max: 255 })).map(([at, by]) => {
        const bytes = Buffer.from(whole);
        bytes[at]! ^= by;
        return bytes;
      }),
    );
    fc.assert(
      fc.property(damage, (bytes) => {
        expect(() => decodePart(bytes, 'x')).toThrow(/^x: is not whole .* run shard 1\/3 again$/);
      }),
    );
  });

  it('is not any other file', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'other.jsonl');
    for (const text of ['', 'SECRET\n', '{"SECRET":1}\n', '[]', '{"part":"other"}\n']) {
      await writeFile(file, text);
      const error = await readPart(file).catch((caught: Error) => caught.message);
      expect(error).toMatch(/other\.jsonl: expected a part that a command wrote with --shard/);
      expect(error).not.toContain('SECRET');
    }
    await writeFile(file, '{"part":"alpacare","version":2}\n');
    await expect(readPart(file)).rejects.toThrow('field "version"');
    await expect(readPart(join(folder, 'none'))).rejects.toThrow('none: does not exist');
  });
});

it('one process computes the whole', async () => {
  const part = await computeOverRanks(numbers(5, 2, 1), singleProcess);
  expect(part?.rows.squares).toHaveLength(5);
  expect(part?.shard).toEqual(WHOLE);
});
