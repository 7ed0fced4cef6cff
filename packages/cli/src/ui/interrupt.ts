/**
 * Ctrl-C asks a job to stop and save; a second one ends the process at once. Schedulers send SIGTERM, or SIGUSR1 where their users say so.
 */
export interface Interrupt {
  readonly signal: AbortSignal;
  release(): void;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGUSR1'] as const;

export function onInterrupt(tell: () => void): Interrupt {
  const controller = new AbortController();
  const handler = () => {
    if (controller.signal.aborted) process.exit(130);
    tell();
    controller.abort();
  };
  for (const signal of signals) process.on(signal, handler);
  return {
    signal: controller.signal,
    release: () => {
      for (const signal of signals) process.off(signal, handler);
    },
  };
}
