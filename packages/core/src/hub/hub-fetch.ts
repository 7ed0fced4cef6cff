/**
 * The `fetch` that every request to the hub goes through, those of `@huggingface/hub` included: it adds the token (only for the endpoint's
 * own origin), repeats what may pass the next time, and turns refusals into typed errors.
 */
import { HubAccessError, HubNotFoundError, HubRequestError } from '../errors.ts';
import { askedDelayMs, backoffMs, LONGEST_WAIT_MS, mayPass, networkProblem, wait } from '../http/retry-delay.ts';
import type { HubSettings } from './hub-settings.ts';

/** A request that failed and is made again after a pause. */
export interface RetryEvent {
  /** Names the event. */
  readonly type: 'retry';
  /** Without its query, which may hold a signature. */
  readonly url: string;
  /** The attempt that failed, counted from 1. */
  readonly attempt: number;
  /** Wait before the next attempt. */
  readonly delayMs: number;
  /** What went wrong, in words. */
  readonly reason: string;
}

export interface HubFetchOptions {
  /** Shown in errors. */
  readonly repository: string;
  readonly settings: Pick<HubSettings, 'endpoint' | 'token'>;
  /** Requests in all. Default 6. */
  readonly attempts?: number | undefined;
  /** First wait, doubled each time, where the server asks for none. Default 500 ms. */
  readonly firstDelayMs?: number | undefined;
  /** Longest wait for the head of an answer. Default 30 s. */
  readonly timeoutMs?: number | undefined;
  /** The server has answered before: then a refused connection is tried again, where otherwise it is taken for a sign of being offline. */
  readonly answered?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onRetry?: ((event: RetryEvent) => void) | undefined;
}

/** No connection came about. Codes of Node's dns and net, and of undici. */
const NO_CONNECTION = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ENETUNREACH',
  'ENETDOWN',
  'EHOSTUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/**
 * The returned function resolves for statuses 200 to 299 (and 416, which a download answers itself).
 * @throws {HubNotFoundError} 404, and 401 where the hub says that it hides whether there is such a repository
 * @throws {HubAccessError} 401 and 403
 * @throws {HubRequestError} other statuses, and no answer
 */
export function createHubFetch(options: HubFetchOptions): typeof fetch {
  const { attempts = 6, firstDelayMs = 500, timeoutMs = 30_000, settings, signal } = options;
  const origin = new URL(settings.endpoint).origin;
  let answered = options.answered ?? false;

  return async (input, init = {}) => {
    const request = { url: new URL(input instanceof Request ? input.url : input), method: init.method ?? 'GET' };
    const address = request.url.origin + request.url.pathname;
    const headers = new Headers(init.headers);
    headers.delete('authorization');
    if (request.url.origin === origin && settings.token !== null)
      headers.set('authorization', `Bearer ${settings.token}`);
    headers.set('user-agent', 'alpacare');

    for (let attempt = 1; ; attempt++) {
      signal?.throwIfAborted();
      const timeout = new AbortController();
      const timer = setTimeout(() => timeout.abort(new DOMException('no answer in time', 'TimeoutError')), timeoutMs);
      const signals = [timeout.signal, signal, init.signal].filter((one) => one != null);
      let problem: string;
      let asked: number | null = null;
      let status: number | null = null;
      let cause: unknown;
      let offline = false;
      try {
        const response = await fetch(request.url, { ...init, headers, signal: AbortSignal.any(signals) });
        answered = true;
        if (response.ok || response.status === 416) return response;
        status = response.status;
        asked = askedDelayMs(response.headers);
        problem = await refusal(response, options.repository, settings.token !== null);
      } catch (error) {
        if (error instanceof HubNotFoundError || error instanceof HubAccessError) throw error;
        signal?.throwIfAborted();
        init.signal?.throwIfAborted();
        cause = error;
        offline = !answered && NO_CONNECTION.has(networkProblem(error));
        problem = timeout.signal.aborted
          ? `no answer from ${request.url.host} within ${timeoutMs / 1000} s`
          : `${request.url.host} could not be reached (${networkProblem(error)})`;
      } finally {
        clearTimeout(timer);
      }
      // A commit that got no answer may have been made: it is not sent a second time.
      const safe = status === null ? request.method !== 'POST' && !offline : mayPass(status);
      const delayMs = asked ?? backoffMs(attempt, firstDelayMs);
      if (!safe || attempt >= attempts || delayMs > LONGEST_WAIT_MS) {
        const tried = attempt > 1 ? ` after ${attempt} attempts` : '';
        const later =
          safe && delayMs > LONGEST_WAIT_MS ? `; it asks to come back in ${Math.ceil(delayMs / 1000)} s` : '';
        throw new HubRequestError(options.repository, status, problem + tried + later, { cause });
      }
      options.onRetry?.({ type: 'retry', url: address, attempt, delayMs, reason: problem });
      await wait(delayMs, signal);
    }
  };
}

/** Throws where another attempt is pointless and the reason is known; otherwise says what the server answered. */
async function refusal(response: Response, repository: string, hasToken: boolean): Promise<string> {
  const code = response.headers.get('x-error-code') ?? '';
  const said = oneLine(response.headers.get('x-error-message') ?? '');
  await response.body?.cancel().catch(() => {});
  const note = said === '' ? '' : ` (the hub says: ${said})`;
  const noToken = hasToken ? '' : ', or it is private and needs a token: set HF_TOKEN';
  if (code === 'GatedRepo') {
    const how = hasToken
      ? 'accept its conditions on its page with the account of your token'
      : 'accept its conditions on its page, then set HF_TOKEN to a token of that account';
    throw new HubAccessError(repository, `is gated: ${how}${note}`);
  }
  if (code === 'RevisionNotFound') throw new HubNotFoundError(repository, `has no such revision${note}`);
  if (code === 'EntryNotFound') throw new HubNotFoundError(repository, `has no such file${note}`);
  if (code === 'RepoNotFound') throw new HubNotFoundError(repository, `does not exist${noToken}${note}`);
  if (code === 'DisabledRepo') throw new HubAccessError(repository, `was disabled by the hub${note}`);
  if (response.status === 401) {
    // The hub answers 401, not 404, to strangers who ask for what does not exist.
    const why = hasToken ? 'the token is not valid, or it does not exist' : 'it does not exist, or it needs a token';
    throw new HubAccessError(repository, `access refused (401): ${why}${hasToken ? '' : ' (HF_TOKEN)'}${note}`);
  }
  if (response.status === 403)
    throw new HubAccessError(repository, `access refused (403): the token may not do this${note}`);
  if (response.status === 404) throw new HubNotFoundError(repository, `not found (404)${noToken}${note}`);
  return `the hub answered ${response.status}${note}`;
}

const oneLine = (text: string): string => text.replace(/[^\x20-\x7e]+/g, ' ').slice(0, 200);
