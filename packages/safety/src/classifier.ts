import { ClassifierError } from './errors.ts';
import type { Finding } from './rules/rule.ts';

/** A stronger judge than rules: a model, a service. It is given the whole text and what the rules found. */
export interface Classifier {
  /** Goes into errors and audit events. */
  readonly name: string;
  /** What it finds in a whole text; an empty list lets it pass. */
  readonly judge: (
    text: string,
    context: { readonly findings: readonly Finding[]; readonly signal: AbortSignal },
  ) => Promise<readonly Finding[]>;
  /** A later answer counts as none. */
  readonly timeoutMs: number;
  /** What a failure or a late answer means. Closed, the default: the text is blocked. Open: the rules alone decide. */
  readonly onFailure?: 'closed' | 'open';
}

/**
 * Asks the classifier, within its time.
 * @returns its findings; none after a failure when it fails open; one finding over the whole text when it fails closed
 */
export async function askClassifier(
  classifier: Classifier,
  text: string,
  findings: readonly Finding[],
): Promise<{ findings: readonly Finding[]; error?: ClassifierError }> {
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new ClassifierError(classifier.name, `gave no answer within ${classifier.timeoutMs} ms`));
        controller.abort();
      }, classifier.timeoutMs);
    });
    const found = await Promise.race([
      Promise.resolve().then(() => classifier.judge(text, { findings, signal: controller.signal })),
      late,
    ]);
    return { findings: found };
  } catch (cause) {
    const error = cause instanceof ClassifierError ? cause : new ClassifierError(classifier.name, 'failed', { cause });
    if (classifier.onFailure === 'open') return { findings: [], error };
    return {
      findings: [
        {
          rule: `classifier/${classifier.name}`,
          category: 'custom',
          severity: 'high',
          from: 0,
          to: text.length,
          reason: 'the classifier gave no verdict, and it fails closed',
        },
      ],
      error,
    };
  } finally {
    clearTimeout(timer);
  }
}
