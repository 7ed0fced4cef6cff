/** `alpacare chat`: a conversation in the terminal, behind the guard. */
import { randomInt } from 'node:crypto';
import type { EngineRequest } from '@alpacare/core';
import { Command } from 'commander';
import { engineOption, openEngine, quantizeOption, tellEngine } from '../config/open-engine.ts';
import { anyNumber, positiveNumber, wholeNumber } from '../config/options.ts';
import { createHubView } from '../ui/hub-view.ts';
import { terminalChat } from '../ui/terminal-chat.ts';

interface ChatFlags {
  readonly model: string;
  readonly adapter?: string;
  readonly quantize?: 'int8' | 'int4' | 'nf4';
  readonly system?: string;
  readonly maxNewTokens: number;
  readonly temperature: number;
  readonly topP: number;
  readonly seed?: number;
  readonly threads?: number;
  readonly engine: EngineRequest;
}

export function chatCommand(): Command {
  return new Command('chat')
    .description('Talk with a model in the terminal; every answer has passed the guard')
    .requiredOption('-m, --model <folder>', 'Hugging Face model folder, or organisation/name[@revision] of the hub')
    .option('-a, --adapter <folder>', 'PEFT adapter folder')
    .option('--system <text>', 'instructions of your own; they come after the safety prefix, which stays')
    .option('--max-new-tokens <n>', 'longest answer', wholeNumber, 256)
    .option('--temperature <t>', '0 takes the likeliest token', anyNumber, 0.6)
    .option('--top-p <p>', 'draw from the likeliest tokens that make up this share', positiveNumber, 0.9)
    .option('--seed <n>', 'of the draw; another one each time where left out', wholeNumber)
    .option('--threads <n>', 'processor threads', wholeNumber)
    .addOption(quantizeOption())
    .addOption(engineOption())
    .addHelpText('after', '\nExample:\n  alpacare chat --model ./base --adapter ./runs/first')
    .action(chat);
}

async function chat(flags: ChatFlags): Promise<void> {
  const { locateModel } = await import('@alpacare/core');
  const { openAssistant } = await import('../config/open-assistant.ts');
  const { engine, choice } = await openEngine(flags.engine, flags.threads);
  tellEngine(choice);
  try {
    const assistant = await openAssistant(engine, {
      model: (await locateModel(flags.model, { onEvent: createHubView() })).folder,
      ...(flags.adapter !== undefined && { adapter: flags.adapter }),
      ...(flags.quantize && { quantize: flags.quantize }),
    });
    const { stdin: input, stdout: output } = process;
    const terminal = input.isTTY === true && output.isTTY === true;
    await terminalChat(
      assistant,
      { input, output, terminal },
      {
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
