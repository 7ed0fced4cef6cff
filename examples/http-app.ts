// A Hono app whose answers stream from a local model through the guard.
// npx tsx examples/http-app.ts [MODEL [ADAPTER]]
// curl -N localhost:8787/ask -H 'Content-Type: application/json' -d '{"question":"What is a fever?"}'
import {
  adapterVariant,
  baseVariant,
  encodeConversation,
  expectedModel,
  Generator,
  OnnxEngine,
  openModel,
  openTokenizer,
  promptTemplate,
  readAdapter,
  streamText,
} from '@alpacare/core';
import { createGuard, type Generate } from '@alpacare/safety';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { stream } from 'hono/streaming';

const [folder = 'packages/cli/assets/base-model', adapter] = process.argv.slice(2);
const opened = await openModel(folder);
const tokenizer = await openTokenizer(folder);
const template = promptTemplate(tokenizer.chatTemplate === null ? 'alpaca' : 'chat', tokenizer);
const variant =
  adapter === undefined
    ? baseVariant(opened.model, opened.weights)
    : adapterVariant(opened, await readAdapter(adapter, expectedModel(opened.model)));
const generator = await Generator.create(new OnnxEngine(), variant);

const model: Generate = (messages, { signal }) => {
  const prompt = encodeConversation(messages, template, tokenizer);
  return streamText(generator, tokenizer, prompt, { maxNewTokens: 80, ...(signal && { signal }) });
};
// The audit names rules and hashes, never what was asked or answered.
const guard = createGuard({ onAudit: (event) => console.error(JSON.stringify(event)) });

const app = new Hono();
app.post('/ask', async (c) => {
  const { question } = await c.req.json<{ question?: unknown }>().catch(() => ({ question: undefined }));
  if (typeof question !== 'string') return c.json({ error: 'expected {"question": "..."}' }, 400);
  const { signal } = c.req.raw; // aborted when the client leaves, which stops the model
  return stream(c, async (out) => {
    for await (const piece of guard.stream(model, [{ role: 'user', content: question }], { signal }))
      await out.write(piece);
  });
});

const port = Number(process.env.PORT ?? 8787);
serve({ fetch: app.fetch, port, hostname: '127.0.0.1' }, (at) => console.log(`http://127.0.0.1:${at.port}/ask`));
