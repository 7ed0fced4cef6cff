/** A conversation in the terminal: one answer at a time behind the guard, and commands that begin with a slash. */
import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { ChatMessage } from '@alpacare/core';
import type { AnswerOptions, Assistant } from '../config/open-assistant.ts';
import { pc } from './colors.ts';
import { messageOf } from './report-error.ts';
import { jsonVoice, plainVoice, speak } from './voice.ts';

export interface ChatStreams {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  /** A prompt, line editing and Ctrl-C as a key; otherwise lines are read as they come. */
  readonly terminal: boolean;
}

export interface ChatOptions {
  readonly system?: string;
  readonly sampling: AnswerOptions;
  /** One JSON event a line; a line of input may then be `{"question": "…"}`, which can hold line breaks. */
  readonly json?: boolean;
  /** Ctrl-C from outside of the terminal's line editing. */
  readonly onInterrupt: (handler: () => void) => void;
}

interface SlashCommand {
  readonly help: string;
  /** @returns false to end the conversation */
  run(argument: string): Promise<boolean> | boolean;
}

const PROMPT = 'you> ';

/** Talks until /exit, the end of the input, or Ctrl-C at the prompt. Ctrl-C in an answer stops the answer only. */
export async function terminalChat(assistant: Assistant, streams: ChatStreams, options: ChatOptions): Promise<void> {
  const { output, terminal } = streams;
  const voice = options.json ? jsonVoice(output) : plainVoice(output, { after: '\n\n', mark: pc.dim('[stopped]') });
  const say = voice.note;
  let system = options.system ?? '';
  let turns: ChatMessage[] = [];
  let answering: AbortController | undefined;

  const commands: Readonly<Record<string, SlashCommand>> = {
    '/reset': {
      help: 'forget the conversation',
      run() {
        turns = [];
        say('forgotten; the next question starts anew');
        return true;
      },
    },
    '/system': {
      help: 'TEXT: instructions of your own, after the safety prefix; without TEXT: show them; "-": take them away',
      run(text) {
        if (text === '') say(system === '' ? 'no instructions of your own' : system);
        else {
          system = text === '-' ? '' : text;
          say(
            system === ''
              ? 'taken away; the safety prefix stays'
              : 'set; they come after the safety prefix, which stays',
          );
        }
        return true;
      },
    },
    '/save': {
      help: 'FILE: write the conversation as Markdown, or as JSON where the name ends so',
      async run(file) {
        if (file === '') say('name a file: /save conversation.md');
        else {
          const saved = file.endsWith('.json') ? asJson(system, turns) : asMarkdown(system, turns);
          await writeFile(file, saved, { flag: 'wx' });
          say(`saved to ${file}`);
        }
        return true;
      },
    },
    '/help': {
      help: 'show this',
      run() {
        for (const [name, { help }] of Object.entries(commands)) say(`  ${name.padEnd(8)} ${help}`);
        return true;
      },
    },
    '/exit': { help: 'end', run: () => false },
  };

  const answer = async (question: string): Promise<void> => {
    const stop = new AbortController();
    answering = stop;
    const conversation: ChatMessage[] = [
      ...(system === '' ? [] : [{ role: 'system', content: system } satisfies ChatMessage]),
      ...turns,
      { role: 'user', content: question },
    ];
    let shown = '';
    try {
      const fitted = assistant.fit(conversation, options.sampling.maxNewTokens ?? 0);
      if (fitted.length < conversation.length) say('(the oldest turns no longer fit and are left out)');
      const pieces = assistant.answer(fitted, { ...options.sampling, signal: stop.signal });
      const ended = await speak(pieces, voice, (piece) => {
        shown += piece;
      });
      voice.end(shown, ended);
    } catch (error) {
      if (!stop.signal.aborted) throw error;
      voice.stopped(shown); // it stays part of the conversation
    } finally {
      answering = undefined;
    }
    if (shown !== '') turns.push({ role: 'user', content: question }, { role: 'assistant', content: shown });
  };

  const names = Object.keys(commands);
  const lines = createInterface({
    input: streams.input,
    output: terminal ? output : undefined,
    terminal,
    prompt: pc.bold(PROMPT),
    completer: (line: string) => [names.filter((name) => name.startsWith(line)), line],
  });
  let ended = false;
  const interrupt = (): void => {
    if (answering && !answering.signal.aborted) answering.abort();
    else {
      ended = true;
      lines.close();
    }
  };
  lines.on('SIGINT', interrupt);
  options.onInterrupt(interrupt);
  if (!options.json) {
    const hint = '/help lists commands; Ctrl-C stops an answer, at the prompt it ends.';
    say(pc.dim(`Education only, not medical advice. ${hint}\n`));
  }
  if (terminal) lines.prompt();
  for await (const line of lines) {
    if (ended) break; // lines typed ahead
    const text = (options.json ? questionOf(line) : line).trim();
    const [name = '', ...rest] = text.split(/\s+(.*)/s);
    const command = text.startsWith('/') ? commands[name] : undefined;
    try {
      if (command) {
        if (!(await command.run((rest[0] ?? '').trim()))) break;
      } else if (text.startsWith('/')) say(`there is no ${name}; /help lists what there is`);
      else if (text !== '') await answer(text);
    } catch (error) {
      voice.error(messageOf(error));
    }
    if (terminal) lines.prompt();
  }
  lines.close();
  if (terminal) output.write('\n');
}

/** `{"question": "…"}` -> the question; any other line is one as it stands. */
function questionOf(line: string): string {
  try {
    const { question } = JSON.parse(line) as { readonly question?: unknown };
    return typeof question === 'string' ? question : line;
  } catch {
    return line;
  }
}

function asJson(system: string, turns: readonly ChatMessage[]): string {
  const messages = [...(system === '' ? [] : [{ role: 'system', content: system }]), ...turns];
  return `${JSON.stringify({ messages }, null, 2)}\n`;
}

function asMarkdown(system: string, turns: readonly ChatMessage[]): string {
  const heading = { system: 'Instructions', user: 'Question', assistant: 'Answer' };
  const parts = [...(system === '' ? [] : [{ role: 'system', content: system } as const]), ...turns];
  return `# Conversation\n\n${parts.map(({ role, content }) => `## ${heading[role]}\n\n${content}\n`).join('\n')}`;
}
