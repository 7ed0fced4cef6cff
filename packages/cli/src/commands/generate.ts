/** `alpacare generate`: one question, one streamed answer. */
import { text as readText } from 'node:stream/consumers';
import { Command } from 'commander';
import {
  type AssistantFlags,
  assistantFlagsOf,
  assistantOptions,
  withAssistantFlags,
} from '../config/assistant-flags.ts';
import { openEngine, tellEngine } from '../config/open-engine.ts';
import type { RunConfig } from '../config/run-config-schema.ts';
import { type SamplingFlags, samplingOf, withSamplingFlags } from '../config/sampling-flags.ts';
import { type FlagValues, withConfig } from '../config/with-config.ts';
import { exitCode } from '../ui/exit-code.ts';
import { onInterrupt } from '../ui/interrupt.ts';
import { jsonVoice, plainVoice, speak } from '../ui/voice.ts';

interface GenerateFlags extends AssistantFlags, SamplingFlags {
  readonly input: string;
  readonly unguarded: boolean;
  readonly json: boolean;
}

export function generateCommand(): Command {
  const command = new Command('generate')
    .description('Answer one question with a model, and an adapter if given')
    .argument('[question]', 'the question; read from standard input where it is left out')
    .option('--input <text>', 'context that belongs to the question', '')
    .option('--unguarded', 'show what the model says without the guard; for developers', false)
    .option('--json', 'one JSON event a line: text-delta, then answer-end', false)
    .addHelpText('after', '\nExample:\n  alpacare generate "What is a fever?" --model ./base --adapter ./adapter')
    .action(generate);
  return withAssistantFlags(withSamplingFlags(command));
}

/** @internal for tests */
export async function flagsFrom(config: RunConfig, typed: FlagValues): Promise<FlagValues> {
  const { system: _system, ...answers } = config.answers ?? {};
  return { ...(await assistantFlagsOf(config, typed)), ...answers };
}

async function generate(argument: string | undefined, given: GenerateFlags, command: Command): Promise<void> {
  const flags = await withConfig(given, command, { flagsOf: flagsFrom, required: ['model'] });
  const question = (argument ?? (await readText(process.stdin))).trim();
  if (question === '') {
    command.error('error: no question: give it as an argument or on standard input', { exitCode: exitCode.usage });
  }
  const { openAssistant } = await import('../config/open-assistant.ts');
  const { engine, choice } = await openEngine(flags.engine, flags);
  tellEngine(choice);
  const interrupt = onInterrupt(() => {});
  const voice = flags.json ? jsonVoice(process.stdout) : plainVoice(process.stdout);
  let shown = '';
  try {
    const assistant = await openAssistant(engine, await assistantOptions(flags));
    const options = { ...samplingOf(flags), input: flags.input, signal: interrupt.signal };
    const conversation = [{ role: 'user', content: question }] as const;
    if (flags.unguarded)
      process.stderr.write('warning: unguarded. Nothing keeps a made-up dose or diagnosis out of this text\n');
    const pieces = flags.unguarded
      ? assistant.unguarded(assistant.guard.prepare(conversation), options)
      : assistant.answer(conversation, options);
    const answer = await speak(pieces, voice, (piece) => {
      shown += piece;
    });
    voice.end(shown, answer);
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
    voice.stopped(shown);
    process.stderr.write('stopped before the end of the answer\n');
    process.exitCode = exitCode.interrupted;
  } finally {
    interrupt.release();
    await engine.dispose();
  }
}
