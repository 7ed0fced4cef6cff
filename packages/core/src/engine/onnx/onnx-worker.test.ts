/** The engine's thread: how it ends, and what a caller sees when it does. */
import { execFile } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { bundled } from '../../../test/support/bundled.ts';
import { EngineError } from '../../errors.ts';
import { GraphBuilder } from '../../tensor/graph.ts';
import { add, gather, input, matmul } from '../../tensor/ops.ts';
import { f32Tensor, i32Tensor, scalar } from '../engine.ts';
import { OnnxEngine } from './onnx-engine.ts';

/** y = x · x, eight times over: a run that takes its time. */
async function slowProgram(engine: OnnxEngine) {
  const graph = new GraphBuilder();
  let y = input(graph, 'x', 'f32', ['N', 'N']);
  for (let i = 0; i < 8; i++) y = matmul(y, y);
  const program = await engine.compile(graph.finish({ y }), { label: 'slow' });
  const n = 700;
  return () => program.run({ feeds: { x: f32Tensor([n, n], new Float32Array(n * n)) }, fetch: ['y'] });
}

/** Starts an engine's thread and catches it. */
async function engineAndWorker(): Promise<{ engine: OnnxEngine; worker: Worker }> {
  const started = new Promise<Worker>((resolve) => process.once('worker', resolve));
  const engine = new OnnxEngine({ threads: 1 });
  await engine.census();
  return { engine, worker: await started };
}

it('a thread that dies rejects what is pending and what comes after', async () => {
  const { engine, worker } = await engineAndWorker();
  const run = await slowProgram(engine);
  const dead = worker.terminate();
  const pending = [run(), run(), engine.census()].map((call) => call.catch((error: unknown) => error));
  await dead;
  for (const error of await Promise.all(pending)) {
    expect(error).toBeInstanceOf(EngineError);
    expect((error as Error).message).toMatch(/thread ended with code 1/);
  }
  await expect(run()).rejects.toThrow(EngineError);
  await expect(run()).rejects.toThrow(/thread ended with code 1/);
  await engine.dispose();
});

it('disposing rejects what is pending, says so afterwards, and may be done twice', async () => {
  const engine = new OnnxEngine({ threads: 1 });
  const run = await slowProgram(engine);
  const pending = [run(), run(), run()].map((call) => call.catch((error: unknown) => error));
  // Long enough for the first to be inside ONNX Runtime: ending the thread there would end the process.
  await setTimeout(20);
  await Promise.all([engine.dispose(), engine.dispose()]);
  for (const error of await Promise.all(pending)) expect(error).toBeInstanceOf(EngineError);
  await expect(run()).rejects.toThrow(/slow: the engine was disposed of/);
  await expect(engine.createVariable(scalar(1))).rejects.toThrow(EngineError);
  await engine.dispose();
});

it('an error inside ONNX Runtime is an EngineError with the label, and the engine goes on', async () => {
  const engine = new OnnxEngine({ threads: 1 });
  const graph = new GraphBuilder();
  const table = input(graph, 'table', 'f32', [4, 2]);
  const rows = input(graph, 'rows', 'i32', ['N']);
  const program = await engine.compile(graph.finish({ y: gather(table, rows) }), { label: 'lookup' });
  const look = (row: number) =>
    program.run({
      feeds: { table: f32Tensor([4, 2], new Float32Array(8).fill(7)), rows: i32Tensor([1], Int32Array.of(row)) },
      fetch: ['y'],
    });
  await expect(look(9)).rejects.toThrow(EngineError);
  await expect(look(9)).rejects.toThrow(/^lookup: /);
  expect([...(await look(1)).y!.data]).toEqual([7, 7]);
  await engine.dispose();
});

it('what cannot be sent to the thread is an EngineError, and keeps nothing waiting', async () => {
  const engine = new OnnxEngine({ threads: 1 });
  const graph = new GraphBuilder();
  const program = await engine.compile(graph.finish({ y: add(input(graph, 'x', 'f32', []), 1) }));
  const bad = { ...scalar(1), data: (() => 1) as unknown as Float32Array };
  await expect(program.run({ feeds: { x: bad }, fetch: ['y'] })).rejects.toThrow(EngineError);
  expect((await program.run({ feeds: { x: scalar(1) }, fetch: ['y'] })).y!.data[0]).toBe(2);
  await engine.dispose();
});

it('using what was disposed of is an EngineError', async () => {
  const engine = new OnnxEngine({ threads: 1 });
  const run = await slowProgram(engine);
  const variable = await engine.createVariable(scalar(1));
  await variable.dispose();
  await expect(variable.read()).rejects.toThrow(EngineError);
  await expect(variable.read()).rejects.toThrow(/disposed of/);
  await expect(run()).resolves.toBeDefined();
  await engine.dispose();
});

const runScript = async (name: string, ...rest: string[]) => {
  const script = await bundled(new URL(`../../../test/support/${name}`, import.meta.url));
  return promisify(execFile)(process.execPath, [script, ...rest], { timeout: 30_000 });
};

it('an engine that nobody disposed of lets the process end', async () => {
  expect((await runScript('idle-engine.ts')).stdout).toBe('5');
});

it.each([
  ['exit', 3],
  ['throw', 1],
])('a process that ends by %s in the middle of a step ends with its own code %i', async (how, code) => {
  await expect(runScript('exit-while-busy.ts', how)).rejects.toMatchObject({ code, signal: null });
});
