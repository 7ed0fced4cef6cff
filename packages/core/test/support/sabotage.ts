/** Ways for one rank to fail in the middle of a run. */
import type { Engine, Program } from '../../src/engine/engine.ts';

export interface Sabotage {
  readonly rank?: number;
  /** After this step the rank is killed. */
  readonly dieAt?: number;
  /** In this step the rank's loss is NaN. */
  readonly lossIsNanAt?: number;
  /** In this step one of the rank's values is changed a little, so that ranks drift apart. */
  readonly driftAt?: number;
}

/** An engine that does what it is told, except where sabotaged. */
export function mapValues(engine: Engine, rank: number, sabotage: Sabotage): Engine {
  if (rank !== sabotage.rank) return engine;
  let updates = 0;
  return {
    name: engine.name,
    createVariable: (value) => engine.createVariable(value),
    dispose: () => engine.dispose(),
    compile: async (graph, options): Promise<Program> => {
      const program = await engine.compile(graph, options);
      return {
        dispose: () => program.dispose(),
        run: async (request) => {
          const result = await program.run(request);
          if (options?.label === 'AdamW' && ++updates === sabotage.driftAt) {
            const variable = Object.values(request.store ?? {})[0]!;
            const value = await variable.read();
            value.data[0]! += 1e-3;
            await variable.write(value);
          }
          const isLoss = options?.label === 'training step' && updates + 1 === sabotage.lossIsNanAt;
          if (isLoss) result.loss!.data[0] = Number.NaN;
          return result;
        },
      };
    },
  };
}
