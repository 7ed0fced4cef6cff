import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EmptySupervisedSpanError, TokenLimitError } from '../errors.ts';
import { openTokenizer } from '../io/tokenizer-json.ts';
import { type EncodeOutcome, type EncodeRules, encodeRecord } from './encode-record.ts';
import { idsOf, packOutcomes, unpackOutcome } from './packed-outcomes.ts';
import { promptTemplate, textTemplate } from './prompt-template.ts';
import { createRandom } from './random.ts';
import type { InstructionRecord } from './record.ts';
import { tokenizeRecords } from './tokenize-pool.ts';

const tokenizerFolder = fileURLToPath(new URL('../../test/golden/tiny-tokenizer/byte-level', import.meta.url));
const tokenizer = await openTokenizer(tokenizerFolder);
const template = promptTemplate('chat', tokenizer);
const special = [...tokenizer.specialTokens.keys()][0] as string;
const random = createRandom(7);
const words = 'water sleep heart walk meal rest doctor ask salt breath naïve 睡眠 🫀'.split(' ');
const sentence = (length: number): string =>
  Array.from({ length }, () => words[random.nextInt(words.length)]).join(' ');
const records: InstructionRecord[] = Array.from({ length: 3300 }, (_, i) => ({
  id: `r${i}`,
  instruction: `${i} ${sentence(3)}${i % 50 === 0 ? special : ''}?`,
  input: i % 3 === 0 ? sentence(4) : '',
  output: `${sentence(1 + (i % 40))}.`,
}));
const rules: EncodeRules = {
  safetyPrefix: 'Be kind.',
  disclaimer: 'Ask a clinician.',
  maxTokens: 140,
  overLimit: 'drop',
};
const here = (): EncodeOutcome[] => records.map((record) => encodeRecord(record, template, tokenizer, rules));

/** One line for each outcome: comparing a million numbers one by one is slow, and a difference should name its record. */
const textOf = (outcomes: readonly EncodeOutcome[]): string[] =>
  outcomes.map((one) => {
    if (one.kind === 'over-limit') return `over ${one.tokens}`;
    const { id, inputIds, supervised, answerSpanWithoutDisclaimer: answer, truncated } = one.example;
    return `${id} ${[...inputIds].join()} ${supervised.from}-${supervised.to} ${answer.from}-${answer.to} ${truncated} ${one.hadSpecialTokens}`;
  });

describe('threads', () => {
  it('give the same as one', async () => {
    const expected = here();
    expect(new Set(expected.map(({ kind }) => kind))).toEqual(new Set(['example', 'over-limit']));
    const started: unknown[] = [];
    const onWorker = (worker: unknown): void => void started.push(worker);
    process.on('worker', onWorker);
    const outcomes = await tokenizeRecords(records, {
      template,
      tokenizer,
      rules,
      parallel: { tokenizerFolder, threads: 2 },
    });
    process.off('worker', onWorker);
    expect(started).toHaveLength(2);
    expect(textOf(outcomes)).toEqual(textOf(expected));
  });

  it('are not started for a few records, nor for a template of the caller', async () => {
    const started: unknown[] = [];
    const onWorker = (worker: unknown): void => void started.push(worker);
    process.on('worker', onWorker);
    const own = textTemplate({ name: 'own', withInput: '{instruction} {input}:', withoutInput: '{instruction}:' });
    const parallel = { tokenizerFolder, threads: 2 };
    await tokenizeRecords(records.slice(0, 100), { template, tokenizer, rules, parallel });
    await tokenizeRecords(records.slice(0, 3200), { template: own, tokenizer, rules, parallel });
    process.off('worker', onWorker);
    expect(started).toHaveLength(0);
  });

  it('that would use another tokenizer or template than asked for are not believed', async () => {
    const llama = fileURLToPath(new URL('../../test/golden/tiny-tokenizer/llama', import.meta.url));
    const parallel = { tokenizerFolder: llama, threads: 2 };
    expect(textOf(await tokenizeRecords(records, { template, tokenizer, rules, parallel }))).toEqual(textOf(here()));
    const imposter = {
      ...textTemplate({ name: 'x', withInput: '{instruction} {input}:', withoutInput: '{instruction}:' }),
      name: 'alpaca',
    };
    const outcomes = await tokenizeRecords(records, {
      template: imposter,
      tokenizer,
      rules,
      parallel: { tokenizerFolder, threads: 2 },
    });
    expect(textOf(outcomes.slice(0, 5))).toEqual(
      textOf(records.slice(0, 5).map((record) => encodeRecord(record, imposter, tokenizer, rules))),
    );
  });

  it('pass errors on as they are, naming the record', async () => {
    const withFault = (fault: InstructionRecord) => records.map((record, i) => (i === 2500 ? fault : record));
    const options = { template, tokenizer, rules, parallel: { tokenizerFolder, threads: 2 } };
    const failure = (fault: InstructionRecord, changes: object = {}): Promise<unknown> =>
      tokenizeRecords(withFault(fault), { ...options, ...changes }).catch((error: unknown) => error);
    const empty = await failure({ id: 'empty one', instruction: 'q', input: '', output: ' ' });
    expect(empty).toBeInstanceOf(EmptySupervisedSpanError);
    expect((empty as Error).message).toMatch(/"empty one"/);
    const long = { id: 'long one', instruction: 'q', input: '', output: sentence(500) };
    const tooLong = await failure(long, { rules: { ...rules, maxTokens: 600, overLimit: 'error' } });
    expect(tooLong).toBeInstanceOf(TokenLimitError);
    expect(tooLong).toMatchObject({ recordId: 'long one' });
  });
});

it('packing loses nothing', () => {
  const outcome: fc.Arbitrary<EncodeOutcome> = fc.oneof(
    fc.record({ kind: fc.constant('over-limit' as const), tokens: fc.nat() }),
    fc
      .record({
        ids: fc.array(fc.nat({ max: 2 ** 24 }), { minLength: 1 }),
        cuts: fc.tuple(fc.nat(), fc.nat()),
        flags: fc.tuple(fc.boolean(), fc.boolean()),
      })
      .map(({ ids, cuts, flags }): EncodeOutcome => {
        const from = cuts[0] % ids.length;
        return {
          kind: 'example',
          hadSpecialTokens: flags[0],
          example: {
            id: 'x',
            inputIds: Int32Array.from(ids),
            supervised: { from, to: ids.length },
            answerSpanWithoutDisclaimer: { from, to: from + (cuts[1] % (ids.length - from + 1)) },
            truncated: flags[1],
          },
        };
      }),
  );
  fc.assert(
    fc.property(fc.array(outcome), (outcomes) => {
      const packed = packOutcomes(outcomes);
      let from = 0;
      const back = outcomes.map((_, index) => {
        const one = unpackOutcome(packed, index, from, 'x');
        from += idsOf(packed.heads, index);
        return one;
      });
      expect(textOf(back)).toEqual(textOf(outcomes));
    }),
  );
});
