/** `alpacare serve`: a guarded model over HTTP, for OpenAI's clients and for people. There is no way around the guard. */
import { access } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { EngineChoice } from '@alpacare/core';
import { Command } from 'commander';
import {
  type AssistantFlags,
  assistantFlagsOf,
  assistantOptions,
  withAssistantFlags,
} from '../config/assistant-flags.ts';
import { openEngine } from '../config/open-engine.ts';
import { portNumber, wholeNumber } from '../config/options.ts';
import type { RunConfig } from '../config/run-config-schema.ts';
import { type FlagValues, withConfig } from '../config/with-config.ts';
import { messageOf } from '../ui/report-error.ts';

interface ServeFlags extends AssistantFlags {
  readonly name?: string;
  readonly host: string;
  readonly port: number;
  readonly apiKey?: string;
  readonly corsOrigin: string[];
  readonly queue: number;
  readonly maxTokens: number;
  readonly maxBody: number;
  readonly preload: boolean;
  readonly json: boolean;
}

/** What `--json` writes, one a line. */
type ServeEvent =
  | {
      readonly type: 'server-start';
      readonly url: string;
      readonly model: string;
      readonly engine: string;
      readonly device: string;
    }
  | { readonly type: 'fault'; readonly message: string }
  | { readonly type: 'server-end' };

const KIB = 1024;
const DEFAULT_ANSWER_TOKENS = 256;

export function serveCommand(): Command {
  const command = new Command('serve')
    .description(
      'Serve a guarded model: OpenAI-compatible API and a chat page; on this machine only unless told otherwise',
    )
    .option('--name <name>', 'what clients call the model; default: the folder of the adapter, or of the model')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <n>', 'port to listen on; 0 takes a free one', portNumber, 8080)
    .option('--api-key <key>', 'ask clients for this key; or set ALPACARE_API_KEY, which no process list shows')
    .option('--cors-origin <origins...>', 'web pages of these origins may call the server; none by default', [])
    .option('--queue <n>', 'requests that may wait; more are told to try later', wholeNumber, 16)
    .option('--max-tokens <n>', 'longest answer that can be asked for', wholeNumber, 1024)
    .option('--max-body <kib>', 'largest request, in KiB', wholeNumber, 256)
    .option('--preload', 'load the model now, not with the first question', false)
    .option('--json', 'one JSON event a line: server-start, fault, server-end', false)
    .addHelpText(
      'after',
      '\nExample:\n  alpacare serve --model ./base --adapter ./runs/first\n  then open http://127.0.0.1:8080 or point an OpenAI client to http://127.0.0.1:8080/v1',
    )
    .action(serve);
  return withAssistantFlags(command);
}

/** @internal for tests */
export async function flagsFrom(config: RunConfig, typed: FlagValues): Promise<FlagValues> {
  const { corsOrigins, maxBodyKiB, ...server } = config.server ?? {};
  return { ...(await assistantFlagsOf(config, typed)), ...server, corsOrigin: corsOrigins, maxBody: maxBodyKiB };
}

async function serve(given: ServeFlags, command: Command): Promise<void> {
  const flags = await withConfig(given, command, { flagsOf: flagsFrom, required: ['model'] });
  const { openModelFolder } = await import('@alpacare/core');
  const { openAssistant } = await import('../config/open-assistant.ts');
  const { isLoopback, startServer } = await import('../server/start-server.ts');
  // A folder that holds no model or adapter is better known now than with the first question.
  const assistant = await assistantOptions(flags);
  await openModelFolder(assistant.model);
  if (flags.adapter) await access(join(flags.adapter, 'adapter_config.json'));
  const apiKey = flags.apiKey ?? process.env.ALPACARE_API_KEY;
  const { engine, choice } = await openEngine(flags.engine, flags);
  const tell = (line: string): void => void process.stderr.write(`${line}\n`);
  const write = (event: ServeEvent): void => void process.stdout.write(`${JSON.stringify(event)}\n`);
  try {
    const server = await startServer({
      host: flags.host,
      port: flags.port,
      modelId: flags.name ?? basename(resolve(flags.adapter || flags.model)),
      open: (onStage) => openAssistant(engine, { ...assistant, onStage }),
      waiting: flags.queue,
      limits: {
        maxTokens: flags.maxTokens,
        defaultTokens: Math.min(DEFAULT_ANSWER_TOKENS, flags.maxTokens),
        bodyBytes: flags.maxBody * KIB,
      },
      preload: flags.preload,
      corsOrigins: flags.corsOrigin,
      ...(apiKey && { apiKey }),
      onFault: (error) => {
        if (flags.json) write({ type: 'fault', message: messageOf(error) });
        else tell(`error: ${messageOf(error)}`);
      },
    });
    const { url, modelId } = server;
    if (flags.json) write({ type: 'server-start', url, model: modelId, engine: choice.engine, device: choice.device });
    else process.stdout.write(addresses(url, choice));
    if (!isLoopback(flags.host) && !apiKey)
      tell('warning: others can reach this server and no key is asked for; set --api-key or ALPACARE_API_KEY');
    await stopped(() => tell('\nstopping: the answer in progress may end; Ctrl-C again ends at once'));
    await server.close();
    if (flags.json) write({ type: 'server-end' });
  } finally {
    await engine.dispose();
  }
}

const addresses = (url: string, { engine, device }: EngineChoice): string =>
  `chat page  ${url}\nAPI        ${url}/v1/chat/completions\nhealth     ${url}/health\nmetrics    ${url}/metrics\n` +
  `engine     ${engine} on ${device}\nCtrl-C stops\n`;

/** Resolves at the first SIGINT or SIGTERM; a second one ends the process at once. */
function stopped(tell: () => void): Promise<void> {
  return new Promise((resolveStopped) => {
    let asked = false;
    const handler = (): void => {
      if (asked) process.exit(130);
      asked = true;
      tell();
      resolveStopped();
    };
    process.on('SIGINT', handler);
    process.on('SIGTERM', handler);
  });
}
