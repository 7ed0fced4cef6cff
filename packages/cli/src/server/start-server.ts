/** The app on a socket: limits on connections and times, and a shutdown that lets the answer in progress end. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGuard, type GuardOptions } from '@alpacare/safety';
import { createAdaptorServer } from '@hono/node-server';
import { ApiError } from './api-error.ts';
import { type AppOptions, createApp } from './app.ts';
import { ChatService } from './chat-service.ts';
import { GenerationQueue } from './generation-queue.ts';
import { LazyAssistant, type OpenAssistant } from './lazy-assistant.ts';
import { createMetrics } from './metrics.ts';

export interface ServerOptions extends Pick<AppOptions, 'limits' | 'apiKey' | 'corsOrigins' | 'onFault'> {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly modelId: string;
  /** Must give an assistant whose guard has the same options. */
  readonly open: OpenAssistant;
  readonly guard?: GuardOptions;
  /** How many may wait beside the one being answered. */
  readonly waiting: number;
  /** Load the model before the first question. */
  readonly preload?: boolean;
  /** How long a client may take to send its request. */
  readonly patience?: Patience;
}

export interface Patience {
  readonly headersMs: number;
  /** Headers and body. */
  readonly requestMs: number;
}

export interface RunningServer {
  readonly url: string;
  /** What clients call the model. */
  readonly modelId: string;
  /** The model, once loaded; rejects where it cannot be. */
  load(): Promise<unknown>;
  /** Refuses what waits, gives the answer in progress so long to end, then closes. */
  close(graceMs?: number): Promise<void>;
}

/** A client has so long to send a request whole, and a connection may be silent so long. */
const PATIENCE: Patience = { headersMs: 10_000, requestMs: 30_000 };
const SILENCE_MS = 600_000;
const KEEP_ALIVE_MS = 5_000;
const CONNECTIONS = 512;

export const isLoopback = (host: string): boolean => /^(localhost|127(\.\d{1,3}){3}|::1)$/.test(host);

export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const queue = new GenerationQueue(options.waiting);
  const model = new LazyAssistant(options.open);
  const metrics = createMetrics(queue, model);
  const guard = createGuard(options.guard);
  const service = new ChatService({ modelId: options.modelId, model, guard, queue, metrics });
  const stop = new AbortController();
  const { limits, apiKey, corsOrigins, onFault } = options;
  const app = await createApp({
    service,
    limits,
    onFault,
    signal: stop.signal,
    ...(apiKey !== undefined && { apiKey }),
    ...(corsOrigins && { corsOrigins }),
    ...(isLoopback(options.host) && { hosts: ['localhost', '127.0.0.1', '[::1]', options.host] }),
  });
  const { headersMs, requestMs } = options.patience ?? PATIENCE;
  const server = createAdaptorServer({
    fetch: app.fetch,
    // Node looks for the slow every 30 seconds only, unless told to look as often as the limits say.
    serverOptions: {
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      connectionsCheckingInterval: Math.min(headersMs, requestMs) / 2,
    },
  }) as Server;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.timeout = SILENCE_MS;
  server.maxConnections = CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { port } = server.address() as AddressInfo;
  if (options.preload) model.get().catch(onFault);

  let closing: Promise<void> | undefined;
  const shutDown = async (graceMs: number): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    queue.close(new ApiError(503, 'the server is shutting down', { code: 'shutting_down', retryAfterSeconds: 5 }));
    // A connection that is kept alive turns idle when its answer ends; then it is in the way.
    const idle = setInterval(() => server.closeIdleConnections(), 50);
    server.closeIdleConnections();
    const grace = setTimeout(() => {
      stop.abort(new DOMException('the server is shutting down', 'AbortError'));
      // What the abort has to say is written first.
      setTimeout(() => server.closeAllConnections(), 200).unref();
    }, graceMs);
    await closed;
    clearTimeout(grace);
    clearInterval(idle);
    await model.dispose();
  };
  return {
    url: `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`,
    modelId: options.modelId,
    load: () => model.get(),
    close(graceMs = 10_000) {
      closing ??= shutDown(graceMs);
      return closing;
    },
  };
}
