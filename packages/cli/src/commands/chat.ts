/** `alpacare chat`: a conversation in the terminal, behind the guard. */
import { randomInt } from 'node:crypto';
import { Command } from 'commander';
import {
  type AssistantFlags,
  assistantFlagsOf,
  assistantOptions,
  withAssistantFlags,
} from '../config/assistant-flags.ts';
import { openEngine, tellEngine } from '../config/open-engine.ts';
import { anyNumber, positiveNumber, wholeNumber } from '../config/options.ts';
import type { RunConfig } from '../config/run-config-schema.ts';
import { type FlagValues, withConfig } from '../config/with-config.ts';
import { terminalChat } from '../ui/terminal-chat.ts';

interface ChatFlags extends AssistantFlags {
  readonly system?: string;
  readonly maxNewTokens: number;
  readonly temperature: number;
  readonly topP: number;
  readonly seed?: number;
  readonly json: boolean;
}

export function chatCommand(): Command {
  const command = new Command('chat')
    .description('Talk with a model in the terminal; every answer has passed the guard')
    .option('--system <text>', 'instructions of your own; they come after the safety prefix, which stays')
    .option('--max-new-tokens <n>', 'longest answer', wholeNumber, 256)
    .option('--temperature <t>', '0 takes the likeliest token', anyNumber, 0.6)
    .option('--top-p <p>', 'draw from the likeliest tokens that make up this share', positiveNumber, 0.9)
    .option('--seed <n>', 'of the draw; another one each time where left out', wholeNumber)
    .option('--json', 'one JSON event a line; lines in are questions, or {"question":"…"}', false)
    .addHelpText('after', '\nExample:\n  alpacare chat --model ./base --adapter ./runs/first')
    .action(chat);
  return withAssistantFlags(command);
}

/** @internal for tests */
export async function flagsFrom(config: RunConfig, typed: FlagValues): Promise<FlagValues> {
  const { system, maxNewTokens, temperature, topP, seed } = config.answers ?? {};
  return { ...(await assistantFlagsOf(config, typed)), system, maxNewTokens, temperature, topP, seed };
}

async function chat(given: ChatFlags, command: Command): Promise<void> {
  const flags = await withConfig(given, command, { flagsOf: flagsFrom, required: ['model'] });
  const { openAssistant } = await import('../config/open-assistant.ts');
  const { engine, choice } = await openEngine(flags.engine, flags);
  tellEngine(choice);
  try {
    const assistant = await openAssistant(engine, await assistantOptions(flags));
    const { stdin: input, stdout: output } = process;
    const terminal = !flags.json && input.isTTY === true && output.isTTY === true;
    await terminalChat(
      assistant,
      { input, output, terminal },
      {
        json: flags.json,
        ...(flags.system !== undefined && { system: flags.system }),
        sampling: {
          maxNewTokens: flags.maxNewTokens,
          temperature: flags.temperature,
          topP: flags.topP,
          seed: flags.seed ?? randomInt(2 ** 31),
        },
        onInterrupt: (handler) => process.on('SIGINT', handler),
      },
    );
  } finally {
    await engine.dispose();
  }
}
