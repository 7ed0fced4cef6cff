import pRetry, { AbortError } from 'p-retry';
import { JudgeFailedError } from '../errors.ts';

/** Which of two answers is better. */
export type Verdict = 'first' | 'second' | 'tie';

/**
 * Compares two answers to a question. It may be a model behind an interface, a rule or a person; it is told nothing about
 * which system wrote which answer.
 */
export type Judge = (
  question: string,
  first: string,
  second: string,
  context: { readonly signal: AbortSignal },
) => Promise<Verdict>;

/** How often, and after what pause, a judge that fails is asked again. */
export interface RetryOptions {
  /** Further attempts after the first; 3 by default. */
  readonly retries?: number;
  /** Wait before the second attempt, doubled each time; 1000 ms by default. */
  readonly retryDelayMs?: number;
}

/** Thrown by a judge that knows another attempt would fail the same way (a refused key, an answer too long). */
export class FinalJudgeError extends AbortError {}

const VERDICTS: readonly string[] = ['first', 'second', 'tie'] satisfies Verdict[];

/**
 * Asks until the judge gives a verdict, with exponential waits.
 * @param mayRetry  asked before each further attempt
 * @throws {JudgeFailedError} with the last fault as its cause; the message does not quote question or answers
 */
export async function askJudge(
  judge: Judge,
  question: string,
  first: string,
  second: string,
  place: string,
  signal: AbortSignal,
  options: RetryOptions = {},
  mayRetry: () => boolean = () => true,
): Promise<Verdict> {
  const { retries = 3, retryDelayMs = 1000 } = options;
  let attempts = 0;
  try {
    return await pRetry(
      async () => {
        attempts++;
        const verdict: unknown = await judge(question, first, second, { signal });
        if (!VERDICTS.includes(verdict as string)) {
          throw new Error(`expected "first", "second" or "tie", found ${typeof verdict}`);
        }
        return verdict as Verdict;
      },
      { retries, minTimeout: retryDelayMs, factor: 2, signal, shouldRetry: mayRetry },
    );
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    throw new JudgeFailedError(
      `${place}: the judge gave no verdict in ${attempts} attempt${attempts === 1 ? '' : 's'}. Verdicts so far are kept where a ` +
        'cache is set; run again to go on from here.',
      { cause },
    );
  }
}
