/**
 * One configuration of LoRA training; prints one JSON line. `bench.ts` alternates it with the peers.
 *   --layers 4 --seq 512 --batch 1 --supervised 1 --dtype f32 --threads 2 --steps 5 --prepack true|false --folder DIR
 *   --quantize int8|int4|nf4 --double-quantization --int8 fast|accurate
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  createRandom,
  defaultAdapterSpec,
  estimateStepMemory,
  loraMethod,
  OnnxEngine,
  openModel,
  openQuantized,
  quantizeModel,
  Trainer,
} from '@alpacare/core';
import { randomTinyLlama } from './random-llama.ts';

const { values } = parseArgs({
  options: {
    layers: { type: 'string', default: '4' },
    seq: { type: 'string', default: '512' },
    batch: { type: 'string', default: '1' },
    supervised: { type: 'string', default: '1' },
    dtype: { type: 'string', default: 'f32' },
    threads: { type: 'string', default: '2' },
    steps: { type: 'string', default: '5' },
    prepack: { type: 'string' },
    quantize: { type: 'string', default: 'none' },
    'double-quantization': { type: 'boolean', default: false },
    int8: { type: 'string', default: 'accurate' },
    lognormal: { type: 'boolean', default: false },
    packing: { type: 'string', default: '0' },
    checkpointing: { type: 'boolean', default: false },
    folder: { type: 'string', default: '/tmp' },
  },
});
const number = (name: 'layers' | 'seq' | 'batch' | 'supervised' | 'threads' | 'steps') => Number(values[name]);
const memoryMiB = (key: string) =>
  Number(new RegExp(`${key}:\\s+(\\d+)`).exec(readFileSync('/proc/self/status', 'utf8'))![1]) / 1024;

const path = await randomTinyLlama(values.folder, { layers: number('layers'), dtype: values.dtype as 'f32' | 'bf16' });
const loadStart = performance.now();
const opened = await openModel(path);
const doubleQuantization = values['double-quantization'];
const quantized = join(path, `${values.quantize}${doubleQuantization ? '-double' : ''}.safetensors`);
const dtype = values.quantize as 'int8' | 'int4' | 'nf4' | 'none';
// Made once, by a process of its own, so that its memory does not count here.
if (dtype !== 'none' && !existsSync(quantized)) {
  await quantizeModel(opened, { dtype, doubleQuantization, file: quantized });
  const again = spawnSync(process.execPath, [...process.execArgv, ...process.argv.slice(1)], { stdio: 'inherit' });
  process.exit(again.status ?? 1);
}
const { model, weights } = dtype === 'none' ? opened : await openQuantized(opened, quantized);
const engine = new OnnxEngine({
  threads: number('threads'),
  ...(values.prepack && { prepack: values.prepack === 'true' }),
  int8: values.int8 as 'fast',
});
const method = loraMethod(model, weights, defaultAdapterSpec, createRandom(1));
const trainer = await Trainer.create(engine, method, {
  steps: number('steps') + 1,
  batchSize: number('batch'),
  learningRate: 1e-4,
  order: 'as-given',
  packing: Number(values.packing) || null,
  checkpointing: values.checkpointing,
});
const loadSeconds = (performance.now() - loadStart) / 1000;
const random = createRandom(2);
// Lengths of instruction records, as in the peer's script: lognormal, median 200, sigma 0.7.
const lengthOf = () =>
  values.lognormal
    ? Math.min(Math.max(Math.round(200 * Math.exp(0.7 * random.nextNormal())), 8), number('seq'))
    : number('seq');
const example = (id: string) => {
  const T = lengthOf();
  const inputIds = Int32Array.from({ length: T }, () => 3 + random.nextInt(31_997));
  const span = { from: Math.max(1, Math.round((1 - number('supervised')) * T)), to: T };
  return { id, inputIds, supervised: span, answerSpanWithoutDisclaimer: span, truncated: false };
};
const examples = Array.from({ length: number('batch') * (number('steps') + 1) }, (_, i) => example(`${i}`));
writeFileSync('/proc/self/clear_refs', '5');
const seconds: number[] = [];
const outside: number[] = [];
const tokens: number[] = [];
// Processor time tells two versions apart also where other work makes clocks useless.
const busy: number[] = [];
let before = process.cpuUsage();
let lossNats = 0;
for await (const event of trainer.run(examples)) {
  if (event.type !== 'step-end') continue;
  const { user, system } = process.cpuUsage(before);
  before = process.cpuUsage();
  if (event.step > 1) {
    seconds.push(event.seconds);
    tokens.push(event.tokens);
    busy.push((user + system) / 1e6);
    outside.push(1 - event.engineSeconds / event.seconds);
  }
  lossNats = event.lossNats;
}
// The largest batch of the run, every position supervised.
const longest = Math.max(...examples.map(({ inputIds }) => inputIds.length));
const estimate = estimateStepMemory(method, {
  batch: number('batch'),
  length: longest,
  supervised: Math.round(number('supervised') * number('batch') * longest),
  checkpointing: values.checkpointing,
  int8: values.int8 as 'fast',
});
const sum = (list: number[]) => list.reduce((a, b) => a + b, 0);
const median = (list: number[]) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)]!;
console.log(
  JSON.stringify({
    bench: 'alpacare',
    ...values,
    step_s_median: median(seconds),
    step_s_min: Math.min(...seconds),
    tps_median: median(tokens.map((n, i) => n / seconds[i]!)),
    tps_total: sum(tokens) / sum(seconds),
    cpu_s_min: Math.min(...busy),
    outside_engine_share: median(outside),
    load_s: loadSeconds,
    peak_rss_mib: Math.round(memoryMiB('VmHWM')),
    mapped_mib: Math.round(memoryMiB('RssFile')),
    // Packed rows have no one length to estimate from.
    ...(values.packing === '0' && !values.lognormal && { estimated_mib: Math.round(estimate.totalBytes / 2 ** 20) }),
    loss: lossNats,
  }),
);
await engine.dispose();
