/** How the thread ends in which TensorFlow runs. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeEach, expect, it } from 'vitest';
import { bundled } from '../../../test/support/bundled.ts';
import { EngineError } from '../../errors.ts';
import { GraphBuilder } from '../../tensor/graph.ts';
import { input, matmul } from '../../tensor/ops.ts';
import { f32Tensor, scalar } from '../engine.ts';
import { tensorflowAbsence } from './tensorflow-absence.ts';
import { TensorflowEngine } from './tensorflow-engine.ts';

const absence = tensorflowAbsence();
beforeEach((context) => {
  if (absence) context.skip(absence);
});

const script = await bundled(new URL('../../../test/support/tensorflow-exit.ts', import.meta.url));

it.each([
  ['exit', 3],
  ['throw', 1],
  ['idle', 3],
])('a process that ends by %s ends with its own code %i', async (how, code) => {
  const ended = promisify(execFile)(process.execPath, [script, how], { timeout: 30_000 });
  await expect(ended).rejects.toMatchObject({ code, signal: null });
});

it('disposing in the middle of a step rejects it, twenty times over', async () => {
  const graph = new GraphBuilder();
  let y = input(graph, 'x', 'f32', ['N', 'N']);
  for (let i = 0; i < 200; i++) y = matmul(y, y);
  const finished = graph.finish({ y });
  for (let round = 0; round < 20; round++) {
    const engine = await TensorflowEngine.open();
    const program = await engine.compile(finished, { label: 'slow' });
    const pending = program
      .run({ feeds: { x: f32Tensor([400, 400], new Float32Array(160_000)) }, fetch: ['y'] })
      .catch((error: unknown) => error);
    await new Promise((resolve) => setTimeout(resolve, round));
    await engine.dispose();
    expect(await pending).toBeInstanceOf(EngineError);
    await expect(engine.createVariable(scalar(1))).rejects.toThrow(EngineError);
    await engine.dispose();
  }
});
