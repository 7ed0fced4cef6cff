/** A {@link ChatModel} behind an OpenAI-compatible endpoint: OpenAI, vLLM, llama.cpp, Ollama, and most others. */
import { z } from 'zod';
import { ChatEndpointError, InvalidOptionError } from '../errors.ts';
import { askedDelayMs, backoffMs, LONGEST_WAIT_MS, mayPass, networkProblem, wait } from '../http/retry-delay.ts';
import type { ChatAnswer, ChatModel, ChatRequest } from './chat.ts';

/** An OpenAI-compatible endpoint and how patient to be with it. */
export interface ChatEndpointOptions {
  /** Up to and without `/chat/completions`, such as `https://api.openai.com/v1` or `http://localhost:11434/v1`. */
  readonly baseUrl: string;
  /** Name that the service knows it by. */
  readonly model: string;
  /** Sent as a bearer token. */
  readonly apiKey?: string | undefined;
  /** Requests in all for one answer. Default 6. */
  readonly attempts?: number | undefined;
  /** Wait before the second attempt, longer before each further one. Default 1 s. */
  readonly firstDelayMs?: number | undefined;
  /** Longest wait for a whole answer. Default 5 min. */
  readonly timeoutMs?: number | undefined;
  /** Name of the field that limits the answer: newer OpenAI models want `max_completion_tokens`. Default `max_tokens`. */
  readonly maxTokensField?: 'max_tokens' | 'max_completion_tokens' | undefined;
  /** Told before each wait. */
  readonly onRetry?:
    | ((event: { readonly attempt: number; readonly delayMs: number; readonly reason: string }) => void)
    | undefined;
}

const completion = z.object({
  choices: z
    .array(
      z.object({
        message: z.object({ content: z.string().nullish() }),
        finish_reason: z.string().nullish(),
      }),
    )
    .min(1),
  usage: z.object({ prompt_tokens: z.number(), completion_tokens: z.number() }).nullish(),
});

/**
 * Prompts and key go to this host alone: redirects are refused.
 * An answer that did not arrive whole is asked for again, as the service may count it twice: no client can prevent that.
 * @throws {InvalidOptionError} the address is none, or would carry a key unencrypted
 */
export function chatEndpoint(options: ChatEndpointOptions): ChatModel {
  const url = checkUrl(options);
  const { attempts = 6, firstDelayMs = 1000, timeoutMs = 300_000, model } = options;

  const once = async (request: ChatRequest): Promise<ChatAnswer> => {
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = request.signal === undefined ? timeout : AbortSignal.any([timeout, request.signal]);
    let response: Response;
    let body: string;
    try {
      response = await fetch(url, {
        method: 'POST',
        redirect: 'error',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json',
          ...(options.apiKey === undefined ? {} : { authorization: `Bearer ${options.apiKey}` }),
        },
        body: JSON.stringify({
          model,
          messages: request.messages,
          temperature: request.temperature,
          [options.maxTokensField ?? 'max_tokens']: request.maxTokens,
        }),
        signal,
      });
      body = await response.text();
    } catch (error) {
      request.signal?.throwIfAborted();
      const how = timeout.aborted
        ? `no whole answer within ${timeoutMs / 1000} s`
        : `the connection failed (${networkProblem(error)})`;
      throw new Unanswered(how, null, null, true);
    }
    if (!response.ok) {
      const { status } = response;
      throw new Unanswered(
        `the service answered ${status}${reasonOf(body)}`,
        status,
        askedDelayMs(response.headers),
        mayPass(status),
      );
    }
    const parsed = completion.safeParse(parseJson(body));
    if (!parsed.success) {
      // A cut answer and a login page look alike here; the first passes.
      const why = parsed.error.issues[0]?.path.join('.');
      throw new Unanswered(
        `the answer is no chat completion${why ? ` ("${why}")` : ' (no JSON)'}`,
        response.status,
        null,
        true,
      );
    }
    const { choices, usage } = parsed.data;
    const [choice] = choices as [(typeof choices)[number]];
    const finish = choice.finish_reason ?? 'stop';
    return {
      text: choice.message.content ?? '',
      finish: finish === 'stop' || finish === 'length' ? finish : 'other',
      usage: usage == null ? null : { inputTokens: usage.prompt_tokens, outputTokens: usage.completion_tokens },
    };
  };

  return {
    name: model,
    async complete(request) {
      for (let attempt = 1; ; attempt++) {
        request.signal?.throwIfAborted();
        try {
          return await once(request);
        } catch (error) {
          if (!(error instanceof Unanswered)) throw error;
          const delayMs = error.askedMs ?? backoffMs(attempt, firstDelayMs);
          if (!error.mayPass || attempt >= attempts || delayMs > LONGEST_WAIT_MS) {
            const tried = attempt > 1 ? ` after ${attempt} attempts` : '';
            throw new ChatEndpointError(url, error.status, error.message + tried + advice(error.status));
          }
          options.onRetry?.({ attempt, delayMs, reason: error.message });
          await wait(delayMs, request.signal);
        }
      }
    },
  };
}

class Unanswered extends Error {
  constructor(
    message: string,
    readonly status: number | null,
    readonly askedMs: number | null,
    readonly mayPass: boolean,
  ) {
    super(message);
  }
}

const advice = (status: number | null): string =>
  status === 401 || status === 403
    ? '; look at the API key'
    : status === 404
      ? '; look at the address and the name of the model'
      : '';

/** The service's own code for a refusal. Its message may quote the prompt, so it is left out. */
function reasonOf(body: string): string {
  const error = (parseJson(body) as { error?: { code?: unknown; type?: unknown } } | null)?.error;
  const reason = error?.code ?? error?.type;
  return typeof reason === 'string' && /^[\w.-]{1,60}$/.test(reason) ? ` (${reason})` : '';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function checkUrl({ baseUrl, apiKey }: ChatEndpointOptions): string {
  let url: URL | null = null;
  try {
    url = new URL(baseUrl);
  } catch {}
  if (url === null || !/^https?:$/.test(url.protocol) || url.username || url.search || url.hash) {
    throw new InvalidOptionError('baseUrl', 'must be an http or https address such as http://localhost:11434/v1');
  }
  const loopback = /^(localhost|\[::1\]|127(\.\d{1,3}){3})$/.test(url.hostname);
  if (apiKey !== undefined && url.protocol === 'http:' && !loopback) {
    throw new InvalidOptionError('baseUrl', `is ${url.origin}: a key must not travel unencrypted; use https`);
  }
  return `${url.href.replace(/\/+$/, '')}/chat/completions`;
}
