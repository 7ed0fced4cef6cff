import { FALLBACK } from '../fallback/messages.ts';
import { type Policy, profile } from '../policy.ts';
import type { Finding } from '../rules/rule.ts';
import { AnswerFilter } from './answer-filter.ts';

/** Policy and texts of {@link filterStream}. */
export interface FilterStreamOptions {
  /** Rules, and what happens where one is broken. Default: the `standard` profile. */
  readonly policy?: Policy;
  /** Given in place of the violating sentence and all that follows it. Empty for nothing. */
  readonly fallback?: string;
  /** Told once, when the text is over or stopped. */
  readonly onEnd?: (result: {
    readonly blocked: boolean;
    readonly findings: readonly Finding[];
    readonly longestHeld: number;
  }) => void;
}

function makeFilter(policy: Policy): AnswerFilter {
  return new AnswerFilter({ rules: policy.rules, onViolation: policy.onViolation });
}

/**
 * Lets a stream of text through, sentence by sentence, and stops before the first violating one. The source is closed then.
 * What comes out, joined, does not depend on how the text was cut.
 */
export async function* filterStream(
  source: AsyncIterable<string> | Iterable<string>,
  options: FilterStreamOptions = {},
): AsyncGenerator<string, void, undefined> {
  const filter = makeFilter(options.policy ?? profile());
  try {
    for await (const piece of source) {
      const text = filter.push(piece);
      if (text) yield text;
      if (filter.blocked) break;
    }
    const rest = filter.end();
    if (rest) yield rest;
    const fallback = options.fallback ?? FALLBACK;
    if (filter.blocked && fallback) yield fallback;
  } finally {
    options.onEnd?.({ blocked: filter.blocked, findings: filter.findings, longestHeld: filter.delay.longestHeld });
  }
}

/** The same as a web stream: `response.pipeThrough(filterTransform())`. */
export function filterTransform(options: FilterStreamOptions = {}): TransformStream<string, string> {
  const filter = makeFilter(options.policy ?? profile());
  const fallback = options.fallback ?? FALLBACK;
  let closed = false;
  const finish = (controller: TransformStreamDefaultController<string>): void => {
    if (closed) return;
    closed = true;
    const rest = filter.end();
    if (rest) controller.enqueue(rest);
    if (filter.blocked && fallback) controller.enqueue(fallback);
    options.onEnd?.({ blocked: filter.blocked, findings: filter.findings, longestHeld: filter.delay.longestHeld });
  };
  return new TransformStream<string, string>({
    transform(piece, controller) {
      const text = filter.push(piece);
      if (text) controller.enqueue(text);
      if (filter.blocked) {
        finish(controller);
        controller.terminate();
      }
    },
    flush: finish,
  });
}
