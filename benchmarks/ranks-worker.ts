/**
 * One rank, or one process alone, of the training that `ranks.ts` measures. For each line on the standard input of rank 0 it
 * makes `--steps` updates and prints what they took, as one JSON line.
 *   --method lora --layers 4 --seq 512 --window 2 --threads 1 --steps 3 --folder /tmp
 */
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import {
  createRandom,
  defaultAdapterSpec,
  fullMethod,
  loraMethod,
  OnnxEngine,
  openCollective,
  openModel,
  type StepEndEvent,
  Trainer,
} from '@alpacare/core';
import { randomTinyLlama } from './random-llama.ts';

const { values } = parseArgs({
  options: {
    method: { type: 'string', default: 'lora' },
    layers: { type: 'string', default: '4' },
    seq: { type: 'string', default: '512' },
    window: { type: 'string', default: '2' },
    threads: { type: 'string', default: '1' },
    steps: { type: 'string', default: '3' },
    folder: { type: 'string', default: '/tmp' },
  },
});
const number = (name: Exclude<keyof typeof values, 'method' | 'folder'>) => Number(values[name]);

const collective = await openCollective();
const { model, weights } = await openModel(
  await randomTinyLlama(values.folder, { layers: number('layers'), dtype: 'f32' }),
);
const engine = new OnnxEngine({ threads: number('threads') });
const method =
  values.method === 'full'
    ? await fullMethod(model, weights)
    : loraMethod(model, weights, defaultAdapterSpec, createRandom(1));
const options = { steps: 1_000_000, batchSize: 1, accumulation: number('window'), order: 'as-given' } as const;
const trainer = await Trainer.create(engine, method, options, collective);
const random = createRandom(2);
const examples = Array.from({ length: 8 * number('window') }, (_, i) => {
  const inputIds = Int32Array.from({ length: number('seq') }, () => 3 + random.nextInt(31_997));
  const span = { from: 1, to: inputIds.length };
  return { id: `${i}`, inputIds, supervised: span, answerSpanWithoutDisclaimer: span, truncated: false };
});

const events = trainer.run(examples);
async function nextStep(): Promise<StepEndEvent> {
  for (;;) {
    const { value } = await events.next();
    if (value?.type === 'step-end') return value;
  }
}
const bytes = (go: boolean) => new Uint8Array([Number(go)]);
async function group(): Promise<void> {
  await collective.barrier();
  const from = performance.now();
  const before = process.cpuUsage();
  let [engineSeconds, exchange, wait, sent, tokens] = [0, 0, 0, 0, 0];
  for (let i = 0; i < number('steps'); i++) {
    const event = await nextStep();
    engineSeconds += event.engineSeconds;
    exchange += event.exchange?.seconds ?? 0;
    wait += event.exchange?.waitSeconds ?? 0;
    sent += event.exchange?.sentBytes ?? 0;
    tokens += event.tokens;
  }
  const seconds = (performance.now() - from) / 1000;
  const { user, system } = process.cpuUsage(before);
  const all = await collective.allGather(new Uint8Array(Float64Array.of((user + system) / 1e6).buffer));
  const cpuSeconds = all.reduce((sum, one) => sum + new Float64Array(one.slice().buffer)[0]!, 0);
  if (collective.rank === 0)
    console.log(JSON.stringify({ seconds, engineSeconds, cpuSeconds, tokens, exchange, wait, sent }));
}

await group(); // compiles and fills caches; the first line printed says that all is ready
if (collective.rank === 0) {
  for await (const _ of createInterface({ input: process.stdin })) {
    await collective.broadcast(bytes(true));
    await group();
  }
  await collective.broadcast(bytes(false));
} else {
  while ((await collective.broadcast(null))[0] === 1) await group();
}
await trainer.dispose();
await engine.dispose();
await collective.dispose();
