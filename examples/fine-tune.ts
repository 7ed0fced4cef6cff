// Fine-tunes a model folder on records and saves a LoRA adapter as PEFT does.
// npx tsx examples/fine-tune.ts [MODEL [OUTPUT [RECORDS…]]]
import { fineTune, OnnxEngine } from '@alpacare/core';
import { DISCLAIMER, SYSTEM_PREFIX } from '@alpacare/safety';

const [model = 'packages/cli/assets/base-model', output = 'runs/example', ...given] = process.argv.slice(2);
const engine = new OnnxEngine();
const options = {
  model,
  records: given.length > 0 ? given : ['data/records/w1.jsonl', 'data/records/w2.jsonl'],
  output,
  split: { fractions: { train: 0.8, validation: 0.1, test: 0.1 } },
  safetyPrefix: SYSTEM_PREFIX,
  disclaimer: DISCLAIMER,
};
for await (const event of fineTune(engine, { ...options, train: { steps: 40, batchSize: 8, learningRate: 3e-3 } })) {
  if (event.type === 'baseline-end' || event.type === 'evaluation-end')
    console.log(event.type, event.perplexity.toFixed(1));
}
await engine.dispose();
