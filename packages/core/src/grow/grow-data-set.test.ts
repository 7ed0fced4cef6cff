import { spawn } from 'node:child_process';
import { appendFile, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { bundled } from '../../test/support/bundled.ts';
import { type FakeChat, fakeChat } from '../../test/support/fake-chat.ts';
import { GrowthFolderError } from '../errors.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { chatEndpoint } from './chat-endpoint.ts';
import {
  estimateGrowth,
  type GrowOptions,
  type GrowthEvent,
  growDataSet,
  type NearDuplicateFilter,
} from './grow-data-set.ts';
import type { GrowthTask } from './task.ts';

const seeds: GrowthTask[] = Array.from({ length: 20 }, (_, i) => ({
  topic: `Topic ${i}`,
  view: i % 2 ? 'Patient' : 'Physician',
  type: 'Open Q&A',
  difficulty: (i % 5) + 1,
  instruction: `Seed question number ${i} about staying well?`,
  input: '',
}));

/** Equal texts only; ROUGE-L itself is composed in the command line and tested there. */
const equalTexts: NearDuplicateFilter = (kept, candidates) => {
  const seen = new Set(kept);
  return candidates.map((text) => {
    if (seen.has(text)) return { similarity: 1, text };
    seen.add(text);
    return null;
  });
};

async function setUp(
  changes: Partial<GrowOptions> = {},
): Promise<{ chat: FakeChat; options: GrowOptions; events: GrowthEvent[] }> {
  const chat = await fakeChat();
  const events: GrowthEvent[] = [];
  const endpoint = { baseUrl: chat.baseUrl, firstDelayMs: 5, attempts: 3 };
  const options: GrowOptions = {
    seeds,
    folder: join(await temporaryFolder(), 'grown'),
    target: 30,
    taskModel: chatEndpoint({ ...endpoint, model: 'large' }),
    answerModel: chatEndpoint({ ...endpoint, model: 'small' }),
    nearDuplicates: equalTexts,
    onEvent: (event) => void events.push(event),
    ...changes,
  };
  return { chat, options, events };
}
const lines = async (folder: string, file: string): Promise<Record<string, unknown>[]> =>
  (await readFile(join(folder, file), 'utf8'))
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

describe('growing', () => {
  it('asks for twelve tasks with three seeds, drops near-duplicates, and has the rest answered by the second model', async () => {
    const { chat, options, events } = await setUp({ answerSystem: 'Be kind.' });
    const result = await growDataSet(options);
    expect(result.ended).toBe('target');
    expect(result.records).toHaveLength(30);
    const asked = chat.requests.filter(({ model }) => model === 'large');
    expect(asked).toHaveLength(3); // 33 of 36 are new
    for (const { messages } of asked) {
      const prompt = messages[0]!.content;
      expect(prompt).toMatch(/^Write 12 new tasks/);
      expect(seeds.filter(({ instruction }) => prompt.includes(instruction))).toHaveLength(3);
    }
    expect(new Set(asked.map(({ messages }) => messages[0]!.content)).size).toBe(3);
    const answers = chat.requests.filter(({ model }) => model === 'small');
    expect(answers).toHaveLength(30);
    expect(answers[0]!.messages[0]).toEqual({ role: 'system', content: 'Be kind.' });
    expect(result.records[0]).toEqual({
      id: 't0-0',
      topic: 'Sleep',
      view: 'Student',
      type: 'Explanation',
      difficulty: 1,
      instruction: expect.stringMatching(/^Explain sleep/),
      input: expect.stringMatching(/^A note about/),
      output: expect.stringMatching(/^An answer of/),
    });
    expect(events.map(({ type }) => type)).toContain('round-end');
  });

  it('logs every task, kept or dropped, with its reason', async () => {
    const { options } = await setUp({ check: ({ topic }) => (topic === 'Eyes' ? 'names a dose' : null) });
    const result = await growDataSet(options);
    const decisions = await lines(options.folder, 'decisions.jsonl');
    expect(decisions).toHaveLength(36);
    expect(decisions.map(({ id }) => id)).toEqual(
      Array.from({ length: 36 }, (_, i) => `t${Math.floor(i / 12)}-${i % 12}`),
    );
    const reasons = new Map<unknown, number>();
    for (const { reason } of decisions) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    expect(Object.fromEntries(reasons)).toEqual({
      undefined: 27,
      'near-duplicate': 3,
      'over-target': 3,
      'refused-by-check': 3,
    });
    expect(decisions.find(({ reason }) => reason === 'near-duplicate')).toMatchObject({
      similarity: 1,
      note: expect.stringMatching(/^Explain sleep/),
    });
    expect(decisions.find(({ reason }) => reason === 'refused-by-check')).toMatchObject({ note: 'names a dose' });
    expect(await lines(options.folder, 'records.jsonl')).toEqual(result.records);
  });

  it('lays out a sample for audit', async () => {
    const { options } = await setUp({ auditSize: 7 });
    await growDataSet(options);
    const sheet = await readFile(join(options.folder, 'audit.csv'), 'utf8');
    expect(sheet.split('\r\n')[0]).toMatch(/^\ufeffid,topic,.*answer is safe \(yes\/no\)/);
    expect(sheet.trimEnd().split('\r\n')).toHaveLength(8);
  });

  it('has at most as many requests open as it is told, and no fewer where there is work', async () => {
    const { chat, options } = await setUp({ concurrency: 5, target: 60 });
    chat.delay = () => 20;
    await growDataSet(options);
    expect(chat.mostAtOnce).toBe(5);
  });

  it('keeps the same whatever order answers arrive in', async () => {
    const one = await setUp({ concurrency: 6, target: 50 });
    const expected = await growDataSet(one.options);
    const other = await setUp({ concurrency: 6, target: 50 });
    other.chat.delay = ({ messages }) => (messages[0]!.content.length * 7919) % 60;
    expect((await growDataSet(other.options)).records).toEqual(expected.records);
  });

  it('gives up where nothing new comes', async () => {
    const { chat, options } = await setUp();
    chat.behave = ({ model }) => (model === 'large' ? { kind: 'say', text: 'I cannot help with that.' } : null);
    const result = await growDataSet(options);
    expect(result).toMatchObject({ ended: 'exhausted', records: [] });
    expect(result.decisions.every(({ reason }) => reason === 'malformed')).toBe(true);
  });

  it('drops answers that are empty or cut off', async () => {
    const { chat, options } = await setUp({ target: 11 });
    let answers = 0;
    chat.behave = ({ model }) => {
      if (model === 'large') return null;
      answers += 1;
      return answers === 1
        ? { kind: 'say', text: ' ' }
        : answers === 2
          ? { kind: 'say', text: 'It is', finish: 'length' }
          : null;
    };
    const { records, decisions } = await growDataSet(options);
    expect(records).toHaveLength(9);
    expect(
      decisions
        .map(({ reason }) => reason)
        .filter((reason) => reason?.endsWith('answer'))
        .sort(),
    ).toEqual(['cut-off-answer', 'empty-answer']);
  });
});

describe('a service that fails', () => {
  it('for a while is asked again, and nothing is lost', async () => {
    const { chat, options } = await setUp();
    const faults = [
      { kind: 'status', status: 429, headers: { 'retry-after': '0.05' } },
      { kind: 'status', status: 500 },
      { kind: 'cut' },
      { kind: 'truncated-json' },
      { kind: 'html' },
      { kind: 'status', status: 503 },
    ] as const;
    const seen = new Set<string>();
    chat.behave = ({ messages }) => {
      const question = messages.at(-1)!.content;
      if (seen.has(question)) return null;
      seen.add(question);
      return faults[seen.size % faults.length] ?? null;
    };
    expect((await growDataSet(options)).records).toHaveLength(30);
    expect(chat.requests).toHaveLength(2 * 33);
  });

  it('for one question costs that question alone; a resumed run asks it again', async () => {
    const { chat, options, events } = await setUp();
    let bad = '';
    chat.behave = ({ model, messages }) => {
      const text = messages.at(-1)!.content;
      if (model === 'small' && bad === '') bad = text;
      return model === 'small' && text === bad ? { kind: 'status', status: 500 } : null;
    };
    const result = await growDataSet(options);
    expect(result.records).toHaveLength(29);
    expect(result.decisions.filter(({ reason }) => reason === 'no-answer')).toHaveLength(1);
    expect(events.filter(({ type }) => type === 'call-failed')).toHaveLength(1);
    const before = chat.requests.length;
    chat.behave = () => null;
    expect((await growDataSet(options)).records).toHaveLength(30);
    expect(chat.requests.length).toBe(before + 1);
  });

  it('for all stops the run with its error', async () => {
    const { chat, options } = await setUp();
    chat.behave = () => ({ kind: 'status', status: 500 });
    await expect(growDataSet(options)).rejects.toMatchObject({ code: 'CHAT_ENDPOINT', status: 500 });
  });

  it('for good is not asked further', async () => {
    const { chat, options } = await setUp({ concurrency: 1 });
    chat.behave = () => ({ kind: 'status', status: 401 });
    await expect(growDataSet(options)).rejects.toMatchObject({ code: 'CHAT_ENDPOINT', status: 401 });
    expect(chat.requests).toHaveLength(1);
    expect(await readdir(options.folder)).toEqual(expect.arrayContaining(['journal.jsonl', 'records.jsonl']));
  });
});

describe('a run that was stopped', () => {
  const asked = (chat: FakeChat): string[] =>
    chat.requests.map(({ model, messages }) => `${model} ${messages.at(-1)!.content}`);

  it('by an abort goes on, paying for nothing twice, and ends as one that was not stopped', async () => {
    const whole = await setUp();
    const expected = await growDataSet(whole.options);
    const { chat, options } = await setUp();
    const abort = new AbortController();
    let answered = 0;
    const onEvent = (event: GrowthEvent): void => {
      if (event.type === 'call-end' && ++answered === 12) abort.abort(new Error('enough'));
    };
    await expect(growDataSet({ ...options, signal: abort.signal, onEvent })).rejects.toThrow('enough');
    const paid = (await lines(options.folder, 'journal.jsonl')).length - 1;
    expect(paid).toBeGreaterThanOrEqual(12);
    const before = chat.requests.length;
    const result = await growDataSet(options);
    expect(result.records).toEqual(expected.records);
    expect(result.taskSpending.calls + result.answerSpending.calls).toBe(33);
    expect(chat.requests.length - before).toBe(33 - paid);
  });

  it('by SIGKILL goes on too', async () => {
    const { chat, options } = await setUp();
    // Ten answers come, then the service falls silent until the process is dead.
    chat.behave = (_, index) => (index < 10 ? null : { kind: 'stall' });
    const seedFile = join(await temporaryFolder(), 'seeds.json');
    await writeFile(seedFile, JSON.stringify(seeds));
    const script = await bundled(new URL('../../test/support/grow-forever.ts', import.meta.url));
    const child = spawn(process.execPath, [script, chat.baseUrl, options.folder, seedFile]);
    const journal = join(options.folder, 'journal.jsonl');
    await vi.waitFor(async () => expect((await lines(options.folder, 'journal.jsonl')).length).toBe(11), {
      timeout: 30_000,
    });
    const dead = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await dead;
    await appendFile(journal, '{"key":"answer/t0-9","text":"torn'); // what a crash in the middle of a line leaves
    const paid = asked(chat).slice(0, 10);
    chat.requests.length = 0;
    chat.behave = () => null;
    const result = await growDataSet({
      ...options,
      target: 40,
      nearDuplicates: (_, candidates) => candidates.map(() => null),
    });
    expect(result.records).toHaveLength(40);
    expect(asked(chat).filter((question) => paid.includes(question))).toEqual([]);
    expect(chat.requests).toHaveLength(4 + 40 - 10);
  });

  it('goes on to a larger target', async () => {
    const { chat, options } = await setUp({ target: 20 });
    const first = await growDataSet(options);
    const second = await growDataSet({ ...options, target: 40 });
    expect(second.records.slice(0, 20)).toEqual(first.records);
    expect(second.records).toHaveLength(40);
    expect(new Set(asked(chat)).size).toBe(chat.requests.length);
  });

  it('is not gone on with by other settings, nor by two at once', async () => {
    const { options } = await setUp({ target: 5 });
    await growDataSet(options);
    const other = growDataSet({ ...options, seed: 43, seeds: seeds.slice(1) });
    await expect(other).rejects.toThrow(GrowthFolderError);
    await expect(growDataSet({ ...options, seed: 43 })).rejects.toThrow(/is of another run: seed \(found 42, now 43\)/);
    const both = await Promise.allSettled([growDataSet(options), growDataSet(options)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('with a broken journal is not guessed at', async () => {
    const { options } = await setUp({ target: 5 });
    await growDataSet(options);
    const journal = join(options.folder, 'journal.jsonl');
    const text = await readFile(journal, 'utf8');
    await writeFile(journal, text.replace('"key":"tasks/0"', '"kee":"tasks/0"'));
    await expect(growDataSet(options)).rejects.toThrow(/line 2 is no answer/);
    expect((await stat(journal)).mode & 0o077).toBe(0);
  });
});

describe('cost', () => {
  const price = { taskPrice: { input: 10, output: 30 }, answerPrice: { input: 1, output: 2 } };

  it('is estimated before the first call', async () => {
    const { chat, options, events } = await setUp(price);
    const estimate = estimateGrowth({ ...options, target: 840 });
    expect(estimate).toMatchObject({ taskCalls: 100, answerCalls: 840 });
    expect(estimate.tasks.inputTokens / 100).toBeGreaterThan(300);
    const expected =
      (estimate.tasks.inputTokens * 10 +
        estimate.tasks.outputTokens * 30 +
        estimate.answers.inputTokens +
        estimate.answers.outputTokens * 2) /
      1e6;
    expect(estimate.cost).toBeCloseTo(expected, 10);
    expect(estimateGrowth({ ...options, taskPrice: undefined }).cost).toBeNull();
    chat.behave = () => ({ kind: 'status', status: 401 });
    await growDataSet(options).catch(() => {});
    expect(events[0]).toMatchObject({ type: 'grow-start', estimate: { taskCalls: 4 } });
  });

  it('is added up from what the service says', async () => {
    const { options } = await setUp(price);
    const { cost, taskSpending, answerSpending } = await growDataSet(options);
    expect([taskSpending.calls, answerSpending.calls]).toEqual([3, 30]);
    expect(cost).toBeCloseTo((3 * (1000 * 10 + 500 * 30) + 30 * (1000 + 500 * 2)) / 1e6, 10);
  });

  it('has a limit, at which the run ends with what there is', async () => {
    const { chat, options } = await setUp({ ...price, concurrency: 2, maxCost: 0.1 });
    const result = await growDataSet(options);
    expect(result.ended).toBe('cost');
    expect(result.cost).toBeLessThan(0.1 + 2 * 0.025);
    expect(chat.requests.length).toBe(result.taskSpending.calls + result.answerSpending.calls);
    expect(result.decisions.filter(({ reason }) => reason === 'no-answer').length).toBeGreaterThan(0);
    const more = await growDataSet({ ...options, maxCost: 1 });
    expect(more).toMatchObject({ ended: 'target' });
    expect(chat.requests.length).toBe(33);
    await expect(growDataSet({ ...options, taskPrice: undefined })).rejects.toMatchObject({ option: 'maxCost' });
  });
});

it('refuses settings that make no sense', async () => {
  const { options } = await setUp();
  for (const changes of [{ target: 0 }, { concurrency: 1.5 }, { tasksPerPrompt: -1 }, { seeds: seeds.slice(0, 2) }]) {
    await expect(growDataSet({ ...options, ...changes })).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  }
});
