/** The same questions to a base model and to what was trained on it, both behind the guard. */
import { join } from 'node:path';
import type { Engine, InstructionRecord, RunOptions } from '@alpacare/core';
import type { AnswerPair, JudgedAnswer } from '@alpacare/eval';
import { type Answered, type AssistantOptions, openAssistant } from '../config/open-assistant.ts';

export interface AskOptions {
  readonly maxNewTokens: number;
  readonly signal?: AbortSignal;
  /** Told after each answer. */
  readonly onAnswer?: () => void;
}

/** Where the trained model of a run lies: an adapter beside its base, or a model of its own. */
export function trainedModel({ model, output, full, template, quantize }: RunOptions): {
  readonly base: AssistantOptions;
  readonly tuned: AssistantOptions;
} {
  const base = { model, ...(template && { template }), ...(quantize && { quantize }) };
  return { base, tuned: full ? { ...base, model: join(output, 'model') } : { ...base, adapter: output } };
}

/** @throws the signal's reason when aborted */
export async function askBeforeAndAfter(
  engine: Engine,
  run: RunOptions,
  records: readonly InstructionRecord[],
  options: AskOptions,
): Promise<AnswerPair[]> {
  const { base, tuned } = trainedModel(run);
  const before = await ask(engine, base, records, options);
  const after = await ask(engine, tuned, records, options);
  return records.map(({ instruction, input }, i) => ({
    question: instruction,
    context: input,
    before: before[i]!,
    after: after[i]!,
  }));
}

async function ask(
  engine: Engine,
  model: AssistantOptions,
  records: readonly InstructionRecord[],
  { maxNewTokens, signal, onAnswer }: AskOptions,
): Promise<JudgedAnswer[]> {
  if (records.length === 0) return [];
  const assistant = await openAssistant(engine, model);
  try {
    const answers: JudgedAnswer[] = [];
    for (const { instruction, input } of records) {
      signal?.throwIfAborted();
      const sampling = { maxNewTokens, temperature: 0, input, ...(signal && { signal }) };
      answers.push(judged(await assistant.answerWhole([{ role: 'user', content: instruction }], sampling)));
      onAnswer?.();
    }
    return answers;
  } finally {
    await assistant.dispose();
  }
}

const judged = ({ text, decision, findings }: Answered): JudgedAnswer => ({
  text,
  decision,
  categories: findings.map(({ category }) => category),
});
