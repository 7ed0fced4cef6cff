import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { bundled } from '../../test/support/bundled.ts';
import { CoreError } from '../errors.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { readParquetRows } from './parquet.ts';
import { readRecords } from './read-records.ts';

const golden = fileURLToPath(new URL('../../test/golden/parquet/', import.meta.url));
const expectedRows = JSON.parse(readFileSync(join(golden, 'rows.json'), 'utf8')) as Record<string, unknown>[];
const all = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const result: T[] = [];
  for await (const item of items) result.push(item);
  return result;
};

describe('files that pyarrow wrote', () => {
  const files = readdirSync(golden).filter((file) => /-page\d\.parquet$/.test(file));
  it('are all there', () => expect(files).toHaveLength(12));
  it.each(files)('%s is read, every value the same', async (file) => {
    const rows = await all(readParquetRows(join(golden, file)));
    expect(rows.map(({ row }) => row)).toEqual(expectedRows.map((_, index) => index + 1));
    expect(
      rows.map(({ values }) => ({ ...values, id: String(values.id), difficulty: Number(values.difficulty) })),
    ).toEqual(expectedRows);
  });

  it('become records: 64-bit ids whole, nulls and <noinput> empty', async () => {
    const records = await all(readRecords(join(golden, 'zstd-page2.parquet')));
    expect(records).toHaveLength(57);
    expect(records.slice(0, 3).map(({ id, input }) => [id, input])).toEqual([
      ['9007199254740993', ''],
      ['9007199254740994', ''],
      ['9007199254740995', expectedRows[2]!.input],
    ]);
    expect(records[56]!.source).toEqual({ file: join(golden, 'zstd-page2.parquet'), line: 57 });
  });

  it('with nested messages become records', async () => {
    const records = await all(readRecords(join(golden, 'messages.parquet'), { layout: 'auto' }));
    expect(records.map(({ instruction }) => instruction)).toEqual(
      [0, 1, 2, 3, 4].map((i) => `What does a calorie measure? (${i})`),
    );
    expect(records[0]!.output).toMatch(/^Energy/);
  });
});

it('reads the columns asked for, and leaves out those that are not there', async () => {
  const [first] = await all(readParquetRows(join(golden, 'snappy-page1.parquet'), ['output', 'nothing']));
  expect(Object.keys(first!.values)).toEqual(['output']);
});

it('takes a field map', async () => {
  const records = await all(
    readRecords(join(golden, 'none-page1.parquet'), { fields: { instruction: 'output', output: 'instruction' } }),
  );
  expect(records[0]!.output).toMatch(/^Explain habit/);
});

describe('52,000 records of 900 characters', () => {
  const readIn = async (megabytes: number, ...args: string[]) => {
    const script = await bundled(new URL('../../test/support/read-records-in-heap.ts', import.meta.url));
    return promisify(execFile)(process.execPath, [`--max-old-space-size=${megabytes}`, script, ...args]);
  };

  it('are read in a heap of 48 MB, in which they do not fit', async () => {
    const file = join(await temporaryFolder(), 'large.parquet');
    const words = 'the heart pumps blood through the body '.repeat(22);
    const column = (text: (i: number) => string) => Array.from({ length: 52_000 }, (_, i) => text(i));
    const bytes = parquetWriteBuffer({
      columnData: [
        { name: 'instruction', data: column((i) => `Question ${i}`), type: 'STRING' },
        { name: 'output', data: column((i) => `${i} ${words}`), type: 'STRING' },
      ],
      rowGroupSize: 1000, // as the hub's own writer cuts them
    });
    await writeFile(file, new Uint8Array(bytes));
    expect((await readIn(48, file)).stdout).toBe('52000');
    await expect(readIn(48, file, 'hold')).rejects.toThrow();
  });
});

describe('a broken file', () => {
  const whole = readFileSync(join(golden, 'snappy-page1.parquet'));
  const errorOf = async (bytes: Uint8Array): Promise<unknown> => {
    const file = join(await temporaryFolder(), 'broken.parquet');
    await writeFile(file, bytes);
    return all(readParquetRows(file)).then(
      () => null,
      (error: unknown) => error,
    );
  };

  it.each([
    ['empty', new Uint8Array(0), /does not end as a parquet file does/],
    ['of another kind', Buffer.from('instruction,output\n'), /does not end as a parquet file does/],
    ['cut off', whole.subarray(0, whole.length - 20), /does not end as a parquet file does/],
    ['encrypted', Buffer.concat([whole.subarray(0, -4), Buffer.from('PARE')]), /is encrypted/],
    [
      'with a footer longer than itself',
      Buffer.concat([whole.subarray(0, -8), Buffer.from([255, 255, 255, 127]), Buffer.from('PAR1')]),
      /footer longer/,
    ],
  ])('%s', async (_, bytes, message) => {
    const error = await errorOf(bytes);
    expect(error).toMatchObject({ code: 'DATA_FILE', message: expect.stringMatching(message) });
  });

  it('gives a typed error, or the rows of a file that still can be read', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, by) => {
        const bytes = Buffer.from(whole);
        bytes[at] = (bytes[at]! + by) % 256;
        const error = await errorOf(bytes);
        if (error !== null) expect(error).toBeInstanceOf(CoreError);
      }),
      { numRuns: 150 },
    );
  });

  it('rejects where it is read and nowhere else, although bytes are fetched before they are asked for', async () => {
    const unhandled: unknown[] = [];
    const listen = (error: unknown) => unhandled.push(error);
    process.on('unhandledRejection', listen);
    try {
      // In the footer, the place of a column: beyond the end of the file.
      for (const at of [4375, 4486, 4661]) {
        const bytes = Buffer.from(whole);
        bytes[at] = (bytes[at]! + 128) % 256;
        expect(await errorOf(bytes)).toBeInstanceOf(CoreError);
        await new Promise((resolve) => setImmediate(resolve));
      }
    } finally {
      process.off('unhandledRejection', listen);
    }
    expect(unhandled).toEqual([]);
  });

  it('that is missing says so', async () => {
    await expect(all(readParquetRows('/nowhere/x.parquet'))).rejects.toMatchObject({ code: 'DATA_FILE' });
  });
});
