import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { OnnxEngine } from '@alpacare/core';
import { DISCLAIMER, SYSTEM_PREFIX } from '@alpacare/safety';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Assistant, openAssistant } from '../config/open-assistant.ts';
import { tinyModel } from '../testing/tiny-model.ts';
import { terminalChat } from './terminal-chat.ts';
import type { AnswerEvent } from './voice.ts';

const engine = new OnnxEngine({ threads: 1 });
let folder = '';
let assistant: Assistant;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alpacare-chat-'));
  await tinyModel(folder);
  assistant = await openAssistant(engine, { model: folder });
});
afterAll(async () => {
  await assistant?.dispose();
  await engine.dispose();
  await rm(folder, { recursive: true, force: true });
});

/** A conversation typed ahead; `onText` sees all that was written so far. */
async function chat(
  typed: readonly string[],
  {
    maxNewTokens = 6,
    json = false,
    onText,
  }: { maxNewTokens?: number; json?: boolean; onText?: (text: string, interrupt: () => void) => void } = {},
): Promise<string> {
  const input = new PassThrough();
  const output = new PassThrough();
  let text = '';
  let interrupt = () => {};
  output.on('data', (chunk) => {
    text += chunk;
    onText?.(text, interrupt);
  });
  input.end(`${typed.join('\n')}\n`);
  await terminalChat(
    assistant,
    { input, output, terminal: false },
    { json, sampling: { maxNewTokens, temperature: 0 }, onInterrupt: (handler) => (interrupt = handler) },
  );
  return text;
}

describe('a conversation in the terminal', () => {
  it('answers behind the guard, each answer with its disclaimer', async () => {
    const text = await chat(['What is a fever?', 'How many mg of ibuprofen should I take?']);
    expect(text.split(DISCLAIMER)).toHaveLength(3);
    expect(text).toContain("I can't give a diagnosis");
    expect(text).not.toMatch(/\d/);
  });

  it('gives the model what was said before, the safety prefix first, and forgets on /reset', async () => {
    const asked = vi.spyOn(assistant, 'answer');
    await chat(['What is sleep?', '/system Use short words.', 'And rest?', '/reset', 'And water?']);
    const [first, second, third] = asked.mock.calls.map(([messages]) => messages);
    asked.mockRestore();
    expect(first!.map(({ role }) => role)).toEqual(['user']);
    expect(second!.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user']);
    const [system] = assistant.guard.prepare(second!);
    expect(system!.content).toBe(`${SYSTEM_PREFIX}\n\nUse short words.`);
    expect(third!.map(({ role }) => role)).toEqual(['system', 'user']);
  });

  it('stops an answer at the first Ctrl-C, and ends at the next', async () => {
    let interrupts = 0;
    const text = await chat(['Tell me about walking.', 'What is water?', 'What is food?'], {
      maxNewTokens: 300,
      onText: (text, interrupt) => {
        // Once in the first answer; then at once again, while none is in progress to be stopped.
        if (interrupts === 0 && text.length > 150) {
          interrupts++;
          interrupt();
          interrupt();
        }
      },
    });
    expect(interrupts).toBe(1);
    expect(text.match(/\[stopped\]/g)).toHaveLength(1);
    expect(text.trimEnd().endsWith(`${DISCLAIMER}\n[stopped]`)).toBe(true);
    expect(text.split(DISCLAIMER).length - 1).toBe(1);
  });

  it('saves as Markdown and as JSON, and overwrites nothing', async () => {
    const [md, json] = [join(folder, 'talk.md'), join(folder, 'talk.json')];
    const text = await chat(['What is a fever?', `/save ${md}`, `/save ${json}`, `/save ${md}`, '/exit', 'Not read']);
    const { messages } = JSON.parse(await readFile(json, 'utf8'));
    expect(messages.map((m: { role: string }) => m.role)).toEqual(['user', 'assistant']);
    expect(await readFile(md, 'utf8')).toContain(`## Answer\n\n${messages[1].content}`);
    expect(text).toMatch(/error: .*talk\.md/);
    expect(text).not.toContain('Not read');
  });

  it('names its commands, and says when there is no such one', async () => {
    const text = await chat(['/help', '/fly', '/save', '/system']);
    for (const name of ['/reset', '/system', '/save', '/exit']) expect(text).toContain(name);
    expect(text).toContain('there is no /fly');
  });

  it('says when the question is too long, and goes on', async () => {
    const text = await chat(['How does sleep help the brain? '.repeat(200), 'What is sleep?']);
    expect(text).toMatch(/error: the prompt has \d+ tokens/);
    expect(text.trimEnd().endsWith(DISCLAIMER)).toBe(true);
  });

  it('speaks JSON to machines: pieces, then the answer with what the guard decided', async () => {
    const lines = [
      'What is\\na fever?',
      '{"question":"How many mg\\nof ibuprofen should I take?"}',
      '/fly',
      `${'a '.repeat(900)}`,
    ];
    const events = (await chat(lines, { json: true }))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as AnswerEvent);
    const ends = events.filter((event) => event.type === 'answer-end');
    expect(ends).toMatchObject([
      { decision: 'answered', findings: [], completionTokens: 6, cutShort: true, promptTokens: expect.any(Number) },
      { decision: 'fallback', completionTokens: 0, promptTokens: 0, cutShort: false },
    ]);
    for (const { text } of ends) expect(text.endsWith(DISCLAIMER)).toBe(true);
    const deltas = events.flatMap((event) => (event.type === 'text-delta' ? [event.text] : []));
    expect(deltas.join('')).toBe(ends.map(({ text }) => text).join(''));
    expect(events.slice(-3)).toEqual([
      { type: 'note', message: 'there is no /fly; /help lists what there is' },
      { type: 'note', message: '(the oldest turns no longer fit and are left out)' },
      { type: 'error', message: expect.stringMatching(/the prompt has \d+ tokens/) },
    ]);
  });
});
