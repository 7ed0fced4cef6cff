// Five runs, one variable changed at a time, and a table that compares them. The recipe is the published one for TinyLlama (LoRA r=16 on
// q, k, v and o, cosine, warm-up 0.03, gradients clipped at 0.3); the values it is varied to are ours. Run it again to go on where it stopped.
// npx tsx examples/sweep.ts [OUTPUT [MODEL [RECORDS…]]]     without a model: the bundled one, a few updates a run
import { type FineTuneOptions, OnnxEngine, type SweepRun, sweep, sweepTable } from '@alpacare/core';
import { DISCLAIMER, SYSTEM_PREFIX } from '@alpacare/safety';

const [output = 'runs/sweep', model, ...records] = process.argv.slice(2);
const base: FineTuneOptions = {
  model: model ?? 'packages/cli/assets/base-model',
  records: records.length > 0 ? records : ['data/records/w1.jsonl'],
  output,
  tokenCache: `${output}/tokens`,
  ...(!model && { split: { counts: { train: 8, validation: 4, test: 0 } } }),
  safetyPrefix: SYSTEM_PREFIX,
  disclaimer: DISCLAIMER,
  adapter: { rank: 16, alpha: 32, dropout: 0.05, targetModules: ['q_proj', 'k_proj', 'v_proj', 'o_proj'] },
  train: {
    learningRate: model ? 2e-4 : 6e-3, // the bundled model is tiny, and wants a larger rate
    batchSize: 4,
    schedule: { kind: 'cosine', warmupSteps: 0, warmupShare: 0.03 },
    maxGradientNorm: 0.3,
    ...(!model && { steps: 2 }),
  },
  resume: true,
};
const runs: SweepRun[] = [
  { name: 'recipe', change: {} },
  { name: 'rank-8', change: { adapter: { rank: 8 } } },
  { name: 'targets-qv', change: { adapter: { targetModules: ['q_proj', 'v_proj'] } } },
  { name: 'no-dropout', change: { adapter: { dropout: 0 } } },
  { name: 'half-rate', change: { train: { learningRate: (base.train?.learningRate ?? 2e-4) / 2 } } },
];

const engine = new OnnxEngine();
for await (const event of sweep(engine, base, runs)) {
  if (event.type === 'sweep-run-event' && event.event.type === 'run-end') console.log(`${event.run}: done`);
  if (event.type === 'sweep-run-reused') console.log(`${event.result.name}: there already`);
  if (event.type === 'sweep-end') console.log(`\n${sweepTable(event.results)}`);
}
await engine.dispose();
