import { writeFileSync } from 'node:fs';
import { copyFile, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openTokenizer } from '../io/tokenizer-json.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { batches } from './batch.ts';
import { type PreparedData, type PrepareOptions, prepareData } from './prepare.ts';
import { promptTemplate } from './prompt-template.ts';
import type { Tokenizer } from './tokenizer.ts';

const folderOf = (name: string) => fileURLToPath(new URL(`../../test/golden/tiny-tokenizer/${name}`, import.meta.url));
const tokenizer = await openTokenizer(folderOf('byte-level'));
const llama = await openTokenizer(folderOf('llama'));
const template = promptTemplate('chat', tokenizer);
const special = [...tokenizer.specialTokens.keys()][0] as string;

/** Everything that may become of a record: kept, changed in each way, dropped for each reason. */
const rows = [
  ...Array.from({ length: 30 }, (_, i) => ({
    ...(i % 2 === 0 && { id: `r${i}` }),
    instruction: `What is number ${i}? 睡眠 🫀`,
    input: i % 3 === 0 ? 'A naïve one.' : '',
    output: `It is the number ${i}, and  nothing\u0000 else.${i % 5 === 0 ? special : ''}`,
  })),
  {
    id: 'again',
    instruction: 'What is number 3? 睡眠 🫀',
    input: 'A naïve one.',
    output: 'It is the number 3, and nothing else.',
  },
  { id: 'empty', instruction: 'Q', output: null },
  { id: 'short', instruction: 'Q', output: 'A.' },
  { id: 'long', instruction: 'Q', output: 'word '.repeat(400) },
  { id: 'odd \ud800 id', instruction: 'Is this odd?', output: 'It is an odd one.' },
];
const text = (some: readonly object[]): string => some.map((row) => JSON.stringify(row)).join('\n');

async function setUp() {
  const folder = await temporaryFolder();
  const file = join(folder, 'records.jsonl');
  await writeFile(file, text(rows));
  const tokens = join(folder, 'tokens');
  const options: PrepareOptions = { records: [file], tokenizer, template, disclaimer: 'Ask.', maxTokens: 400, seed: 3 };
  const prepare = (more: Partial<PrepareOptions> = {}) => prepareData({ ...options, tokenCache: tokens, ...more });
  return { folder, file, tokens, options, prepare, entries: () => readdir(tokens) };
}

/** Records, report, manifest and the batches of an epoch, as the bytes that are written or trained on. */
function bytesOf({ cached: _, ...data }: PreparedData): string {
  const { train } = data.split;
  const epoch = [
    ...batches(
      train.map(({ example }) => example),
      { batchSize: 4, padId: 0 },
    ),
  ];
  return JSON.stringify({ ...data, epoch }, (_, value: unknown) =>
    value instanceof Int32Array ? `i32 ${[...value].join()}` : value,
  );
}

describe('the cache', () => {
  it('gives what is made without it, byte for byte: records, report, manifest and batches', async () => {
    const { options, prepare } = await setUp();
    const without = await prepareData(options);
    expect(new Set(without.report.dropped.map(({ reason }) => reason)).size).toBe(4);
    expect(new Set(without.report.changed.flatMap(({ changes }) => changes)).size).toBe(3);
    const [first, second] = [await prepare(), await prepare()];
    expect([without.cached, first.cached, second.cached]).toEqual([false, false, true]);
    expect(bytesOf(first)).toBe(bytesOf(without));
    expect(bytesOf(second)).toBe(bytesOf(without));
  });

  it('is by content: it holds for another path, split, seed and versions', async () => {
    const { folder, file, prepare, options } = await setUp();
    await prepare();
    const copy = join(folder, 'renamed.jsonl');
    await copyFile(file, copy);
    for (const more of [
      { records: [copy] },
      { seed: 4 },
      { split: { counts: { train: 9, validation: 3, test: 3 } } },
      { versions: { a: '1' } },
    ]) {
      const data = await prepare(more);
      expect(data.cached).toBe(true);
      expect(bytesOf(data)).toBe(bytesOf(await prepareData({ ...options, ...more })));
    }
  });

  it('misses when anything that decides the outcome is another', async () => {
    const { folder, file, prepare, options } = await setUp();
    await prepare();
    const csv = join(folder, 'records.csv');
    await copyFile(file, csv);
    const other = join(folder, 'other.jsonl');
    await writeFile(other, text([{ question: 'Why is that so?', answer: 'That is so for a reason.' }]));
    const read = { layout: 'question-answer' } as const;
    const changes: Partial<PrepareOptions>[] = [
      { template: promptTemplate('alpaca', tokenizer) },
      { safetyPrefix: 'Be careful.' },
      { disclaimer: 'Ask a clinician.' },
      { disclaimer: undefined },
      { maxTokens: 399 },
      { maxTokens: null },
      { overLimit: 'truncate-answer' },
      { minAnswerCharacters: 2 },
      { read: { layout: 'auto' } },
      { read: { fields: { output: 'instruction' } } },
      { records: [{ file: csv, read: { format: 'jsonl', longConversations: 'first-exchange' } }] },
      { records: [file, file] },
      { records: [file, { file: other, read }] },
      { records: [{ file: other, read }, file] },
      { tokenizer: llama, template: promptTemplate('alpaca', llama) },
      { tokenizer: { ...tokenizer, fingerprint: 'f'.repeat(64) } as Tokenizer },
    ];
    for (const more of changes) {
      const first = await prepare(more);
      expect(first.cached, JSON.stringify(more.read ?? Object.keys(more))).toBe(false);
      expect(bytesOf(first)).toBe(bytesOf(await prepareData({ ...options, ...more })));
      const second = await prepare(more);
      expect(second.cached).toBe(true);
      expect(bytesOf(second)).toBe(bytesOf(first));
    }
  });

  it('misses when a byte of a file is another, and hits when it is back', async () => {
    const { file, prepare, options } = await setUp();
    await prepare();
    const whole = await readFile(file);
    const digits = [...whole.keys()].filter((at) => whole[at]! >= 0x30 && whole[at]! <= 0x39);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...digits), fc.integer({ min: 1, max: 9 }), async (at, by) => {
        const bytes = Buffer.from(whole);
        bytes[at] = 0x30 + ((bytes[at]! - 0x30 + by) % 10);
        await writeFile(file, bytes);
        const edited = await prepare().catch((error: unknown) => error as Error);
        if (edited instanceof Error) return; // an escape sequence that is none any more
        expect(edited.cached).toBe(false);
        expect(bytesOf(edited)).toBe(bytesOf(await prepareData(options)));
        await writeFile(file, whole);
        expect((await prepare()).cached).toBe(true);
      }),
      { numRuns: 10 },
    );
  });

  it('that is cut off or damaged anywhere is made anew, and is never believed', async () => {
    const { tokens, prepare, entries } = await setUp();
    const expected = bytesOf(await prepare());
    const [name] = await entries();
    const entry = join(tokens, name as string);
    const whole = await readFile(entry);
    const damage = fc.oneof(
      fc.nat(whole.length - 1).map((length) => whole.subarray(0, length)),
      fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 })).map(([at, by]) => {
        const bytes = Buffer.from(whole);
        bytes[at]! ^= by;
        return bytes;
      }),
      fc.uint8Array({ maxLength: 200 }).map((more) => Buffer.concat([whole, more, Buffer.of(0)])),
    );
    await fc.assert(
      fc.asyncProperty(damage, async (bytes) => {
        await writeFile(entry, bytes);
        const data = await prepare();
        expect(data.cached).toBe(false);
        expect(bytesOf(data)).toBe(expected);
        expect((await readFile(entry)).equals(whole)).toBe(true);
      }),
      { numRuns: 25 },
    );
    expect((await prepare()).cached).toBe(true);
  });

  it('keeps nothing of a file that changed while it was read', async () => {
    const { file, prepare, tokens } = await setUp();
    let edited = false;
    const editing: Tokenizer = {
      ...tokenizer,
      encode: (...args) => {
        if (!edited) writeFileSync(file, text(rows.slice(1)));
        edited = true;
        return tokenizer.encode(...args);
      },
    };
    await prepare({ tokenizer: editing });
    expect(await readdir(tokens).catch(() => [])).toEqual([]);
    expect((await prepare()).report.read).toBe(rows.length - 1);
  });

  it('keeps nothing of records in memory, and nothing where reading fails', async () => {
    const { folder, prepare, tokens } = await setUp();
    const records = Array.from({ length: 9 }, (_, i) => ({
      id: `${i}`,
      instruction: `Question ${i}?`,
      input: '',
      output: `Answer number ${i}.`,
    }));
    expect((await prepare({ records })).cached).toBe(false);
    expect((await prepare({ records })).cached).toBe(false);
    await expect(prepare({ records: [join(folder, 'none.jsonl')] })).rejects.toThrow(/does not exist/);
    expect(await readdir(tokens).catch(() => [])).toEqual([]);
  });

  it('keeps the eight entries that were used last', async () => {
    const { prepare, tokens, entries } = await setUp();
    await prepare({ maxTokens: 300 });
    const [first] = await entries();
    for (let i = 1; i < 8; i++) await prepare({ maxTokens: 300 + i });
    for (const name of await entries()) await utimes(join(tokens, name), i(name), i(name));
    function i(name: string): number {
      return name === first ? 1 : 1000;
    }
    expect((await prepare({ maxTokens: 300 })).cached).toBe(true);
    await prepare({ maxTokens: 400 });
    expect(await entries()).toHaveLength(8);
    expect(await entries()).toContain(first);
  });

  it.skipIf(process.platform === 'win32')('is readable by its owner alone', async () => {
    const { tokens, prepare, entries } = await setUp();
    await prepare();
    const [name] = await entries();
    expect(((await stat(join(tokens, name as string))).mode & 0o777).toString(8)).toBe('600');
    expect(((await stat(tokens)).mode & 0o777).toString(8)).toBe('700');
  });
});
