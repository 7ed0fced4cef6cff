/** What growing needs from a language model: one question, one answer. An endpoint or a local model gives it. */
import type { ChatMessage } from '../data/prompt-template.ts';

/** A conversation to be answered, with its sampling. */
export interface ChatRequest {
  /** The conversation, the question last. */
  readonly messages: readonly ChatMessage[];
  /** Longest answer. */
  readonly maxTokens: number;
  /** 0 takes the likeliest token. */
  readonly temperature: number;
  /** Stops the request. */
  readonly signal?: AbortSignal | undefined;
}

/** What a model answered, and the tokens it took. */
export interface ChatAnswer {
  /** What the model said. */
  readonly text: string;
  /** `length`: it was cut at `maxTokens`. */
  readonly finish: 'stop' | 'length' | 'other';
  /** Tokens, where the model says them. */
  readonly usage: { readonly inputTokens: number; readonly outputTokens: number } | null;
}

/** A model that answers conversations: local, or behind an endpoint. */
export interface ChatModel {
  /** Written to the journal, so that a run is not gone on with by another model unnoticed. */
  readonly name: string;
  /** Asks for one answer. @throws {ChatEndpointError} where a service gives none */
  complete(request: ChatRequest): Promise<ChatAnswer>;
}

/**
 * A model of this process as a {@link ChatModel}: anything that streams text for messages.
 * @param countTokens of a text; without it no usage is known
 */
export function localChatModel(
  name: string,
  stream: (messages: readonly ChatMessage[], options: Omit<ChatRequest, 'messages'>) => AsyncIterable<string>,
  countTokens?: (text: string) => number,
): ChatModel {
  // One engine computes one answer at a time.
  let queue: Promise<unknown> = Promise.resolve();
  const answer = async ({ messages, ...options }: ChatRequest): Promise<ChatAnswer> => {
    options.signal?.throwIfAborted();
    let text = '';
    for await (const piece of stream(messages, options)) text += piece;
    options.signal?.throwIfAborted();
    if (countTokens === undefined) return { text, finish: 'stop', usage: null };
    const outputTokens = countTokens(text);
    const inputTokens = messages.reduce((sum, { content }) => sum + countTokens(content), 0);
    return {
      text,
      finish: outputTokens >= options.maxTokens ? 'length' : 'stop',
      usage: { inputTokens, outputTokens },
    };
  };
  return {
    name,
    complete(request) {
      const result = queue.then(() => answer(request));
      queue = result.catch(() => {});
      return result;
    },
  };
}
