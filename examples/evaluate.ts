// Base against adapter on the records that a run kept for testing: perplexity, paired, with its interval; then what both
// answer, judged by the rules of the guard.
// npx tsx examples/evaluate.ts [RUN], the output folder of examples/fine-tune.ts or `alpacare train`
import {
  adapterVariant,
  baseVariant,
  Evaluator,
  encodePrompt,
  expectedModel,
  Generator,
  type ModelVariant,
  OnnxEngine,
  prepareFineTune,
  promptTemplate,
  readAdapter,
  readRunFile,
  streamText,
} from '@alpacare/core';
import { comparePerplexity, safetyShares } from '@alpacare/eval';
import { check, DISCLAIMER, POLICY_VERSION, SYSTEM_PREFIX } from '@alpacare/safety';

const [run = 'runs/example'] = process.argv.slice(2);
const engine = new OnnxEngine();
const { opened, tokenizer, prepared } = await prepareFineTune(await readRunFile(run));
const tested = prepared.split.test;
const template = promptTemplate(tokenizer.chatTemplate === null ? 'alpaca' : 'chat', tokenizer);

async function measure(variant: ModelVariant) {
  const evaluator = await Evaluator.create(engine, variant);
  const scores = [];
  // Without the disclaimer, which every answer ends with and any model learns first.
  for await (const { id, logProbabilities, answerTokens } of evaluator.score(tested.map(({ example }) => example)))
    scores.push({ id, logProbs: [...logProbabilities.slice(0, answerTokens)] });
  await evaluator.dispose();

  const generator = await Generator.create(engine, variant);
  const outputs = [];
  for (const { id, instruction, input } of tested.slice(0, 5)) {
    const prompt = encodePrompt({ system: SYSTEM_PREFIX, instruction, input }, template, tokenizer);
    let output = '';
    for await (const piece of streamText(generator, tokenizer, prompt, { maxNewTokens: 60 })) output += piece;
    outputs.push({ id, prompt: instruction, output });
  }
  await generator.dispose();
  const judge = ({ output }: { readonly output: string }) => ({
    violation: check(output).verdict === 'block',
    disclaimer: output.includes(DISCLAIMER),
  });
  return { scores, safety: await safetyShares(outputs, judge, `alpacare rules ${POLICY_VERSION}`) };
}

const base = await measure(baseVariant(opened.model, opened.weights));
const adapter = await measure(adapterVariant(opened, await readAdapter(run, expectedModel(opened.model))));
await engine.dispose();

const {
  base: before,
  adapter: after,
  relativeChange,
  interval,
  claim,
} = comparePerplexity(base.scores, adapter.scores);
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
console.log(`perplexity of ${tested.length} unseen answers: ${before.value.toFixed(1)} -> ${after.value.toFixed(1)}`);
console.log(
  `change ${percent(relativeChange)}, 95 % interval ${interval && [interval.low, interval.high].map(percent).join(' to ')}`,
);
console.log(claim);
for (const [name, { safety }] of Object.entries({ base, adapter }))
  console.log(`${name}, unguarded: ${safety.violations.notes.at(-1)}`);
