/** How answers and remarks reach whoever asked: as text for a person, or as one JSON event a line for machines. */
import type { TextEnd } from '@alpacare/core';
import type { Answered } from '../config/open-assistant.ts';
import { pc } from './colors.ts';

/** What `generate --json` and `chat --json` write, one a line. */
export type AnswerEvent =
  | { readonly type: 'text-delta'; readonly text: string }
  | ({ readonly type: 'answer-end'; readonly text: string } & AnswerFacts)
  /** Stopped on request; `text` is what was shown, disclaimer included. */
  | { readonly type: 'answer-stopped'; readonly text: string }
  | { readonly type: 'note'; readonly message: string }
  | { readonly type: 'error'; readonly message: string };

/** What an answer took. Token counts are 0 where the guard answered without the model. */
export interface AnswerFacts {
  /** What the guard decided, or that it was not asked. */
  readonly decision: Answered['decision'] | 'unguarded';
  /** Kinds of what the guard found, such as `dosage`. */
  readonly findings: readonly string[];
  /** Null where nobody counted. */
  readonly promptTokens: number | null;
  readonly completionTokens: number;
  /** The limit of tokens ended the answer, or the model's last position. */
  readonly cutShort: boolean;
}

/** One answer at a time: pieces, then one of `end` and `stopped`. */
export interface Voice {
  piece(text: string): void;
  end(text: string, answer: Answered | TextEnd): void;
  stopped(text: string): void;
  /** A remark that is no part of an answer. */
  note(message: string): void;
  error(message: string): void;
}

/** @param after  what stands between an answer and whatever follows  @param mark  what follows an answer that was stopped */
export function plainVoice(output: NodeJS.WritableStream, { after = '\n', mark = '' } = {}): Voice {
  return {
    piece: (text) => void output.write(text),
    end: () => void output.write(after),
    // The guard has ended what was shown as every answer ends.
    stopped: (text) => void output.write(`${text === '' || mark === '' ? '' : '\n'}${mark}${after}`),
    note: (message) => void output.write(`${message}\n`),
    error: (message) => void output.write(`${pc.red('error:')} ${message}\n`),
  };
}

export function jsonVoice(output: NodeJS.WritableStream): Voice {
  const write = (event: AnswerEvent): void => void output.write(`${JSON.stringify(event)}\n`);
  return {
    piece: (text) => write({ type: 'text-delta', text }),
    end: (text, answer) => write({ type: 'answer-end', text, ...factsOf(answer) }),
    stopped: (text) => write({ type: 'answer-stopped', text }),
    note: (message) => write({ type: 'note', message }),
    error: (message) => write({ type: 'error', message }),
  };
}

function factsOf(answer: Answered | TextEnd): AnswerFacts {
  if (!('decision' in answer)) {
    const { tokens, reason } = answer;
    const none = { findings: [], promptTokens: null };
    return { decision: 'unguarded', ...none, completionTokens: tokens, cutShort: reason === 'length' };
  }
  const { decision, findings, promptTokens, completionTokens, cutShort } = answer;
  const kinds = [...new Set(findings.map(({ category }) => category))];
  return { decision, findings: kinds, promptTokens, completionTokens, cutShort };
}

/** Hands an answer to a voice as it comes. @throws what the answer throws; `shown` has seen each piece by then */
export async function speak(
  pieces: AsyncGenerator<string, Answered | TextEnd, undefined>,
  voice: Voice,
  shown: (piece: string) => void,
): Promise<Answered | TextEnd> {
  while (true) {
    const { done, value } = await pieces.next();
    if (done) return value;
    shown(value);
    voice.piece(value);
  }
}
