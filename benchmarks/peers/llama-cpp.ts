/**
 * Greedy generation by llama.cpp through node-llama-cpp: one configuration, one JSON line. The peer of decode-worker.ts.
 *   llama-cpp.ts --folder FOLDER --gguf FILE --prompt 512 --gen 16 --reps 2 --threads 2
 * FOLDER has node-llama-cpp in its node_modules (`npm install node-llama-cpp --ignore-scripts`).
 */
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { nextToken, report } from './decode-peer.ts';

const { values } = parseArgs({
  options: {
    folder: { type: 'string', default: '.' },
    gguf: { type: 'string', default: '' },
    prompt: { type: 'string', default: '512' },
    gen: { type: 'string', default: '16' },
    reps: { type: 'string', default: '2' },
    threads: { type: 'string', default: '2' },
  },
});
const number = (name: 'prompt' | 'gen' | 'reps' | 'threads') => Number(values[name]);
const [prompt, gen, reps, threads] = [number('prompt'), number('gen'), number('reps'), number('threads')];
const library = join(resolve(values.folder), 'node_modules/node-llama-cpp/dist/index.js');
const { getLlama } = await import(pathToFileURL(library).href);
const llama = await getLlama({ gpu: false, build: 'never', skipDownload: true, maxThreads: threads });
const model = await llama.loadModel({ modelPath: values.gguf });
const context = await model.createContext({
  contextSize: prompt + gen + 64,
  batchSize: prompt,
  threads: { ideal: threads, min: threads },
});
const sequence = context.getSequence();
const first: number[] = [];
const decode: number[] = [];
for (let rep = 0; rep <= reps; rep++) {
  await sequence.clearHistory();
  const ids = Array.from({ length: prompt }, nextToken);
  const started = performance.now();
  const at: number[] = [];
  for await (const _ of sequence.evaluate(ids, { temperature: 0, yieldEogToken: true })) {
    at.push(performance.now());
    if (at.length >= (rep > 0 ? gen : 2)) break;
  }
  if (rep === 0) continue;
  first.push((at[0]! - started) / 1000);
  decode.push(((at.length - 1) * 1000) / (at.at(-1)! - at[0]!));
}
report(first, decode, prompt);
await llama.dispose();
process.exit(0);
