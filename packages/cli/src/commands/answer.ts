/** `alpacare answer`: answers every prompt of a file behind the guard; for exams, red teams and judges. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine, ShardedWork, WorkPart } from '@alpacare/core';
import { Command } from 'commander';
import { z } from 'zod';
import { type AssistantFlags, assistantOptions, withAssistantFlags } from '../config/assistant-flags.ts';
import type { Assistant } from '../config/open-assistant.ts';
import { openEngine, tellEngine } from '../config/open-engine.ts';
import { type SamplingFlags, samplingOf, withSamplingFlags } from '../config/sampling-flags.ts';
import { checkShardFlags, runSharded, type ShardFlags, withShardFlags } from '../config/sharding.ts';
import { withConfig } from '../config/with-config.ts';
import { onInterrupt } from '../ui/interrupt.ts';
import { type GatherFlags, writeRows } from '../ui/write-rows.ts';
import { flagsFrom } from './generate.ts';

interface AnswerFlags extends AssistantFlags, SamplingFlags, ShardFlags {
  readonly out?: string;
  readonly answerField: string;
  readonly unguarded: boolean;
}

export function answerCommand(): Command {
  const command = new Command('answer')
    .description('Answer every prompt of a file, as JSON lines {"id","prompt","answer","decision"}')
    .argument('<prompts>', 'JSON lines {"id","prompt","input"?}, as alpacare eval exam --prompts writes them')
    .option('-o, --out <file>', 'where the answers go; default: standard output')
    .option(
      '--answer-field <name>',
      'what the answer is called: "answer" for eval exam, "output" for eval safety, "text" for check',
      'answer',
    )
    .option('--unguarded', 'what the model says without the guard; for developers', false)
    .addHelpText(
      'after',
      '\nExample:\n  alpacare answer prompts.jsonl --model ./base --adapter ./adapter --out answers.jsonl',
    )
    .action(answer);
  return withShardFlags(withAssistantFlags(withSamplingFlags(command)));
}

const promptSchema = z.object({
  id: z.union([z.string(), z.number()]).transform(String),
  prompt: z.string().min(1),
  input: z.string().default(''),
});
type Prompt = z.output<typeof promptSchema>;

async function answer(file: string, given: AnswerFlags, command: Command): Promise<void> {
  checkShardFlags(given, command);
  const flags = await withConfig(given, command, { flagsOf: flagsFrom, required: ['model'] });
  const interrupt = onInterrupt(() => process.stderr.write('\nstopping; nothing is written\n'));
  const opened: { engine?: Engine; assistant?: Assistant } = {};
  try {
    await runSharded(
      flags,
      async (collective) => {
        const core = await import('@alpacare/core');
        const { parseJsonLines } = await import('@alpacare/eval');
        const { openAssistant } = await import('../config/open-assistant.ts');
        const schema = promptSchema as unknown as z.ZodType<Prompt>;
        const prompts = parseJsonLines(await readFile(file, 'utf8'), schema, file);
        const threads = flags.threads ?? (await core.threadsOfRank(collective));
        const { engine, choice } = await openEngine(flags.engine, { ...flags, threads });
        opened.engine = engine;
        if (collective.rank === 0) {
          tellEngine(choice);
          if (flags.unguarded)
            process.stderr.write(
              'warning: unguarded. Nothing keeps a made-up dose or diagnosis out of these answers\n',
            );
        }
        const options = await assistantOptions(flags);
        const assistant = await openAssistant(engine, options);
        opened.assistant = assistant;
        const { weights } = await core.openModel(options.model);
        return workOf(prompts, assistant, flags, interrupt.signal, await core.fileDigest(file), {
          engine: choice.engine,
          base: await core.weightsFingerprint(weights),
          adapter: options.adapter ? await core.fileDigest(join(options.adapter, 'adapter_model.safetensors')) : null,
          quantize: flags.quantize ?? null,
          ...(flags.doubleQuantization && { doubleQuantization: true }),
          template: assistant.template.hash,
          unguarded: flags.unguarded,
          answerField: flags.answerField,
          ...samplingOf(flags),
        });
      },
      (part) => finishAnswer(part, flags),
    );
  } finally {
    interrupt.release();
    await opened.assistant?.dispose();
    await opened.engine?.dispose();
  }
}

function workOf(
  prompts: readonly Prompt[],
  assistant: Assistant,
  flags: AnswerFlags,
  signal: AbortSignal,
  input: string,
  configuration: ShardedWork['configuration'],
): ShardedWork {
  const { answerField, unguarded } = flags;
  const sampling = samplingOf(flags);
  return {
    work: 'answer',
    input,
    configuration,
    lists: {
      prompts: {
        items: prompts.length,
        compute: async ({ from, to }, advance) => {
          const rows: object[] = [];
          for (let i = from; i < to; i++) {
            const { id, prompt, input: context } = prompts[i]!;
            // Each prompt has a seed of its own, whoever answers it.
            const options = { ...sampling, seed: sampling.seed + i, input: context, signal, onToken: advance };
            const conversation = [{ role: 'user', content: prompt }] as const;
            const row = unguarded
              ? { text: await joined(assistant.unguarded(assistant.guard.prepare(conversation), options)) }
              : await assistant.answerWhole(conversation, options);
            const { decision, findings } = { decision: undefined, findings: undefined, ...row };
            rows.push({
              id,
              prompt,
              [answerField]: row.text,
              ...(decision !== undefined && { decision }),
              ...(findings !== undefined && { categories: findings.map(({ category }) => category) }),
            });
            advance();
          }
          return rows;
        },
      },
    },
  };
}

async function joined(pieces: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}

/** Answers as lines. @internal for gather */
export const finishAnswer = (part: WorkPart, flags: GatherFlags = {}): Promise<void> =>
  writeRows(part.rows.prompts!, flags);
