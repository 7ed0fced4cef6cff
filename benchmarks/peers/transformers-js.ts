/**
 * Greedy generation by transformers.js: one configuration, one JSON line. The peer of decode-worker.ts.
 *   transformers-js.ts --folder FOLDER --onnx EXPORT --prompt 512 --gen 16 --reps 2 --threads 2
 * FOLDER has @huggingface/transformers in its node_modules (`npm install @huggingface/transformers --ignore-scripts`); EXPORT is made by
 * scripts/reference/export_onnx.py. All else is as transformers.js sets it.
 */
import { writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { nextToken, report } from './decode-peer.ts';

const { values } = parseArgs({
  options: {
    folder: { type: 'string', default: '.' },
    onnx: { type: 'string', default: '' },
    prompt: { type: 'string', default: '512' },
    gen: { type: 'string', default: '16' },
    reps: { type: 'string', default: '2' },
    threads: { type: 'string', default: '2' },
  },
});
const number = (name: 'prompt' | 'gen' | 'reps' | 'threads') => Number(values[name]);
const [prompt, gen, reps, threads] = [number('prompt'), number('gen'), number('reps'), number('threads')];
const library = join(resolve(values.folder), 'node_modules/@huggingface/transformers/dist/transformers.node.mjs');
const { AutoModelForCausalLM, BaseStreamer, env, Tensor } = await import(pathToFileURL(library).href);
const path = resolve(values.onnx);
env.allowRemoteModels = false;
env.localModelPath = dirname(path);
const model = await AutoModelForCausalLM.from_pretrained(basename(path), {
  dtype: 'q4',
  device: 'cpu',
  session_options: { intraOpNumThreads: threads },
});

/** Keeps the time of each token; the first call is the prompt. */
class Clock extends BaseStreamer {
  readonly at: number[] = [];
  put() {
    this.at.push(performance.now());
  }
  end() {}
}

writeFileSync('/proc/self/clear_refs', '5');
const first: number[] = [];
const decode: number[] = [];
for (let rep = 0; rep <= reps; rep++) {
  const count = rep > 0 ? gen : 2;
  const ids = new Tensor(
    'int64',
    BigInt64Array.from({ length: prompt }, () => BigInt(nextToken())),
    [1, prompt],
  );
  const mask = new Tensor('int64', new BigInt64Array(prompt).fill(1n), [1, prompt]);
  const streamer = new Clock();
  const started = performance.now();
  await model.generate({ inputs: ids, attention_mask: mask, max_new_tokens: count, do_sample: false, streamer });
  const at = streamer.at.slice(1);
  if (at.length !== count)
    throw new Error(`expected ${count} tokens, found ${at.length}: did the model end its answer?`);
  if (rep === 0) continue;
  first.push((at[0]! - started) / 1000);
  decode.push(((count - 1) * 1000) / (at.at(-1)! - at[0]!));
}
report(first, decode, prompt);
await model.dispose();
