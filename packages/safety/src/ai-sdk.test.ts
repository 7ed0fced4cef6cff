import { generateText, simulateReadableStream, streamText, wrapLanguageModel } from 'ai';
import { MockLanguageModelV3 } from 'ai/test';
import { describe, expect, it } from 'vitest';
import { guardMiddleware } from './ai-sdk.ts';
import { defaultMessages } from './fallback/messages.ts';
import { DISCLAIMER, SYSTEM_PREFIX } from './system-prefix.ts';

const usage = {
  inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 1, text: 1, reasoning: 0 },
};
const finishReason = { unified: 'stop', raw: undefined } as const;

function model(pieces: string[]): MockLanguageModelV3 {
  return new MockLanguageModelV3({
    doGenerate: async () => ({
      content: [
        { type: 'reasoning', text: 'give 500 mg' },
        { type: 'text', text: pieces.join('') },
      ],
      finishReason,
      usage,
      warnings: [],
    }),
    doStream: async () => ({
      stream: simulateReadableStream({
        chunks: [
          { type: 'stream-start', warnings: [] },
          { type: 'reasoning-start', id: 'r' },
          { type: 'reasoning-delta', id: 'r', delta: 'give 500 mg' },
          { type: 'reasoning-end', id: 'r' },
          { type: 'text-start', id: 't' },
          ...pieces.map((delta) => ({ type: 'text-delta' as const, id: 't', delta })),
          { type: 'text-end', id: 't' },
          { type: 'finish', usage, finishReason },
        ],
      }),
    }),
  });
}

const guarded = (pieces: string[]) => {
  const inner = model(pieces);
  return { inner, outer: wrapLanguageModel({ model: inner, middleware: guardMiddleware() }) };
};

describe('guardMiddleware', () => {
  it('prefixes, lets a harmless answer through and ends it with the disclaimer', async () => {
    const { inner, outer } = guarded(['Asthma narrows ', 'the airways. ']);
    const { text, reasoningText } = await generateText({ model: outer, prompt: 'What is asthma?' });
    expect(text).toBe(`Asthma narrows the airways.\n\n${DISCLAIMER}`);
    expect(reasoningText).toBeUndefined();
    expect(inner.doGenerateCalls[0]?.prompt[0]).toEqual({ role: 'system', content: SYSTEM_PREFIX });
    const streamed = streamText({ model: outer, prompt: 'What is asthma?' });
    expect(await streamed.text).toBe(text);
  });

  it('replaces a violating answer, and stops a stream before it', async () => {
    const { outer } = guarded(['Pain is common. Take 40', '0 mg of ibuprofen. Rest.']);
    expect((await generateText({ model: outer, prompt: 'What is pain?' })).text).toBe(
      `${defaultMessages.fallback}\n\n${DISCLAIMER}`,
    );
    const streamed = streamText({ model: outer, prompt: 'What is pain?' });
    expect(await streamed.text).toBe(`Pain is common.\n\n${defaultMessages.fallback}\n\n${DISCLAIMER}`);
    expect(await streamed.finishReason).toBe('content-filter');
  });

  it('ends with the disclaimer where the model fails in the middle', async () => {
    const failing = new MockLanguageModelV3({
      doStream: async () => ({
        stream: simulateReadableStream({
          chunks: [
            { type: 'stream-start', warnings: [] },
            { type: 'text-start', id: 't' },
            { type: 'text-delta', id: 't', delta: 'Pain is common. Rest often helps. Take 40' },
            { type: 'error', error: new Error('gone') },
          ],
        }),
      }),
    });
    const outer = wrapLanguageModel({ model: failing, middleware: guardMiddleware() });
    const { fullStream } = streamText({ model: outer, prompt: 'What is pain?', onError: () => {} });
    let text = '';
    const kinds: string[] = [];
    for await (const part of fullStream) {
      kinds.push(part.type);
      if (part.type === 'text-delta') text += part.text;
    }
    expect(text).toMatch(/^Pain is common\./);
    expect(text).not.toContain('40');
    expect(text.endsWith(`\n\n${DISCLAIMER}`)).toBe(true);
    expect(kinds.indexOf('error')).toBeGreaterThan(kinds.lastIndexOf('text-delta'));
  });

  it('answers an emergency without the model', async () => {
    const { inner, outer } = guarded(['x']);
    expect((await generateText({ model: outer, prompt: 'I took 40 Tylenol pills' })).text).toContain(
      defaultMessages.emergency,
    );
    expect(await streamText({ model: outer, prompt: 'I took 40 Tylenol pills' }).text).toContain(
      defaultMessages.emergency,
    );
    expect(inner.doGenerateCalls.length + inner.doStreamCalls.length).toBe(0);
  });
});
