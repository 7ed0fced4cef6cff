// The whole of AlpaCare-MedInstruct-52k on a GPU: TinyLlama-1.1B with LoRA, three epochs, checkpoints it goes on from.
// The data set is CC BY-NC 4.0. Model and records are fetched from the Hugging Face hub.
// npx tsx examples/medinstruct-52k.ts             needs an NVIDIA GPU; see docs/guides/train-on-a-gpu.md
// npx tsx examples/medinstruct-52k.ts --dry-run   the same recipe, 4 steps on the bundled model and records, on the CPU
import { type FineTuneOptions, fineTune, locateData, locateModel, selectEngine } from '@alpacare/core';
import { DISCLAIMER, SYSTEM_PREFIX, SYSTEM_PREFIX_VERSION } from '@alpacare/safety';

const dryRun = process.argv.includes('--dry-run');

async function materials(): Promise<Pick<FineTuneOptions, 'model' | 'records' | 'read'>> {
  if (dryRun) return { model: 'packages/cli/assets/base-model', records: ['data/records/w1.jsonl'] };
  const { folder } = await locateModel('TinyLlama/TinyLlama-1.1B-Chat-v1.0');
  const { files, layout } = await locateData('lavita/AlpaCare-MedInstruct-52k');
  return { model: folder, records: files, ...(layout && { read: { layout } }) };
}

const { engine, choice } = await selectEngine(dryRun ? 'cpu' : 'cuda');
console.log(`${choice.engine} on ${choice.device}: ${choice.reason}`);

const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
const events = fineTune(engine, {
  ...(await materials()),
  output: dryRun ? 'runs/medinstruct-dry-run' : 'runs/medinstruct-52k',
  safetyPrefix: SYSTEM_PREFIX,
  disclaimer: DISCLAIMER,
  versions: { 'safety-prefix': SYSTEM_PREFIX_VERSION },
  maxTokens: 512,
  adapter: { rank: 16, alpha: 32, dropout: 0.05, targetModules: 'all-linear' },
  train: {
    epochs: 3,
    batchSize: 16,
    learningRate: 2e-4,
    schedule: { kind: 'cosine', warmupSteps: 0, warmupShare: 0.03 },
    maxGradientNorm: 1,
    evaluateEvery: 500,
    ...(dryRun && { steps: 4 }),
  },
  checkpointEvery: 500,
  resume: !dryRun, // run it again to go on from the last checkpoint
  signal: stop.signal,
});
for await (const event of events) {
  if (event.type === 'prepare-end')
    console.log(`${event.examples.train} records, ${event.trainable.trainable} parameters`);
  if (event.type === 'step-end' && (event.step % 50 === 0 || dryRun))
    console.log(`step ${event.step}/${event.steps}: loss ${event.lossNats.toFixed(3)}`);
  if (event.type === 'baseline-end' || event.type === 'evaluation-end')
    console.log(`validation perplexity ${event.perplexity.toFixed(2)}`);
  if (event.type === 'save-end') console.log(`saved to ${event.folder}`);
}
await engine.dispose();
