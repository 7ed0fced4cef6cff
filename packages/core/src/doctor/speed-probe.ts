/** How fast an engine multiplies matrices, measured for about a second. */
import type { Engine } from '../engine/engine.ts';
import { f32Tensor } from '../engine/engine.ts';
import { GraphBuilder } from '../tensor/graph.ts';
import { input, matmul, sumAll } from '../tensor/ops.ts';

/** How fast an engine multiplied matrices. */
export interface SpeedProbe {
  /** 10^9 multiplications and additions a second, in f32. */
  readonly gflops: number;
  /** Products that were timed. */
  readonly runs: number;
  /** Time they took together. */
  readonly seconds: number;
}

const SIZE = 512;
const PRODUCTS = 8;

/** @param forMs  the probe ends with the run in which this is reached */
export async function probeSpeed(engine: Engine, forMs = 1000): Promise<SpeedProbe> {
  const graph = new GraphBuilder();
  const w = input(graph, 'w', 'f32', [SIZE, SIZE]);
  let y = input(graph, 'x', 'f32', [SIZE, SIZE]);
  for (let i = 0; i < PRODUCTS; i++) y = matmul(y, w);
  const program = await engine.compile(graph.finish({ sum: sumAll(y) }), { label: 'speed probe' });
  const identity = new Float32Array(SIZE * SIZE);
  for (let i = 0; i < SIZE; i++) identity[i * SIZE + i] = 1;
  // On the engine's side, so that what is timed is not the way there.
  const feeds = {
    x: await engine.createVariable(f32Tensor([SIZE, SIZE], identity)),
    w: await engine.createVariable(f32Tensor([SIZE, SIZE], identity)),
  };
  try {
    await program.run({ feeds, fetch: ['sum'] });
    const from = performance.now();
    let runs = 0;
    let ms = 0;
    do {
      await program.run({ feeds, fetch: ['sum'] });
      runs++;
      ms = performance.now() - from;
    } while (ms < forMs);
    return { gflops: (2 * SIZE ** 3 * PRODUCTS * runs) / ms / 1e6, runs, seconds: ms / 1000 };
  } finally {
    for (const variable of Object.values(feeds)) await variable.dispose();
    await program.dispose();
  }
}
