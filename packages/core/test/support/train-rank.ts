/**
 * One rank of a training job that `ranks.test.ts` starts, or the whole of it when started alone. The job is JSON in
 * argv: options of `fineTune`, and what is to go wrong. Rank 0 prints its events as JSON lines.
 */

import { fineTune, OnnxEngine, openCollective } from '../../src/index.ts';
import { mapValues, type Sabotage } from './sabotage.ts';

const { options, sabotage = {} } = JSON.parse(process.argv[2]!) as { options: never; sabotage?: Sabotage };
const collective = await openCollective();
const engine = mapValues(new OnnxEngine({ threads: 1 }), collective.rank, sabotage);
process.stdout.write(`pid ${collective.rank} ${process.pid}\n`);
try {
  for await (const event of fineTune(engine, options, undefined, collective)) {
    if (collective.rank === 0) process.stdout.write(`${JSON.stringify(event)}\n`);
    if (event.type === 'step-end' && event.step === sabotage.dieAt && collective.rank === sabotage.rank) {
      process.kill(process.pid, 'SIGKILL');
    }
  }
} catch (error) {
  await collective.abort((error as Error).message, 'common');
}
await engine.dispose();
await collective.dispose();
