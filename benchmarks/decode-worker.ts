/**
 * One configuration of generation; prints one JSON line.
 *   --layers 22 --prompt 512 --gen 32 --quantize int4|int8|none --head int8|int4 --threads 2 --prefix 0 --folder DIR
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  baseVariant,
  createRandom,
  Generator,
  OnnxEngine,
  openModel,
  openQuantized,
  quantizeModel,
} from '@alpacare/core';
import { randomTinyLlama } from './random-llama.ts';

const { values } = parseArgs({
  options: {
    layers: { type: 'string', default: '22' },
    prompt: { type: 'string', default: '512' },
    gen: { type: 'string', default: '32' },
    reps: { type: 'string', default: '3' },
    quantize: { type: 'string', default: 'int4' },
    int8: { type: 'string' },
    head: { type: 'string', default: 'int8' },
    threads: { type: 'string', default: '2' },
    prefix: { type: 'string', default: '0' },
    folder: { type: 'string', default: '/tmp' },
  },
});
const path = await randomTinyLlama(values.folder, { layers: Number(values.layers), dtype: 'bf16' });
const opened = await openModel(path);
const head = values.head as 'int8' | 'int4';
const file = join(path, `${values.quantize}${head === 'int8' ? '' : `-head-${head}`}.safetensors`);
const dtype = values.quantize as 'int8' | 'int4' | 'nf4' | 'none';
// Made once, by a process of its own, so that its memory does not count here.
if (dtype !== 'none' && !existsSync(file)) {
  await quantizeModel(opened, { dtype, head, file });
  const again = spawnSync(process.execPath, [...process.execArgv, ...process.argv.slice(1)], { stdio: 'inherit' });
  process.exit(again.status ?? 1);
}
const { model, weights } = dtype === 'none' ? opened : await openQuantized(opened, file);
const loadStart = performance.now();
const engine = new OnnxEngine({ threads: Number(values.threads), ...(values.int8 && { int8: values.int8 as 'fast' }) });
const generator = await Generator.create(engine, baseVariant(model, weights));
const loadSeconds = (performance.now() - loadStart) / 1000;
const random = createRandom(3);
const tokens = (count: number) => Array.from({ length: count }, () => 3 + random.nextInt(31_000));
const prefix = tokens(Number(values.prefix));
if (prefix.length > 0) await generator.keepPrefix(prefix);
writeFileSync('/proc/self/clear_refs', '5');
const first: number[] = [];
const decode: number[] = [];
const count = Number(values.gen);
for (let r = -1; r < Number(values.reps); r++) {
  const prompt = [...prefix, ...tokens(Number(values.prompt) - prefix.length)];
  const started = performance.now();
  const at: number[] = [];
  for await (const _ of generator.generate(prompt, { maxNewTokens: r < 0 ? 2 : count, temperature: 0 }))
    at.push(performance.now());
  if (r < 0) continue;
  first.push((at[0]! - started) / 1000);
  decode.push(((at.length - 1) * 1000) / (at.at(-1)! - at[0]!));
}
const sorted = (list: number[]) => [...list].sort((a, b) => a - b);
const median = (list: number[]) => sorted(list)[Math.floor(list.length / 2)]!;
console.log(
  JSON.stringify({
    bench: 'alpacare-decode',
    ...values,
    first_token_s_median: median(first),
    first_token_s_min: Math.min(...first),
    prompt_tps_median: (Number(values.prompt) - prefix.length) / median(first),
    decode_tps_median: median(decode),
    decode_tps_best: Math.max(...decode),
    load_s: loadSeconds,
    peak_rss_mib: Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))![1]) / 1024),
  }),
);
await engine.dispose();
