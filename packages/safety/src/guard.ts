import { type AuditEvent, auditEvent } from './audit.ts';
import { check, type Verdict } from './check.ts';
import { askClassifier } from './classifier.ts';
import { chooseMessage, defaultMessages, type Messages } from './fallback/messages.ts';
import { type Policy, profile } from './policy.ts';
import { type QuestionVerdict, screenQuestion } from './question/screen.ts';
import type { Finding } from './rules/rule.ts';
import { AnswerFilter } from './stream/answer-filter.ts';
import { DISCLAIMER, SYSTEM_PREFIX } from './system-prefix.ts';

/** One turn of a conversation. */
export interface Message {
  /** Who says it. */
  readonly role: 'system' | 'user' | 'assistant';
  /** What is said, as plain text. */
  readonly content: string;
}

/** Anything that yields text for a conversation: a model of `@alpacare/core`, an HTTP client, a script. */
export type Generate = (
  messages: readonly Message[],
  options: { readonly signal?: AbortSignal },
) => AsyncIterable<string>;

/** Policy, texts and audit of a guard. */
export interface GuardOptions {
  /** Rules, and what happens where one is broken. Default: the `standard` profile. */
  readonly policy?: Policy;
  /** Texts of your own in place of the guard's. */
  readonly messages?: Partial<Messages>;
  /** Told of every decision. Never given the text unless `auditText` is set. */
  readonly onAudit?: (event: AuditEvent) => void;
  /** Put texts into audit events. Default false: their hash only. */
  readonly auditText?: boolean;
}

/** A guarded answer and what was decided. */
export interface SafeAnswer {
  /** What was shown, disclaimer included. */
  readonly text: string;
  /** `answered`: as the model said it; `replaced`: something was taken out; the others: said by the guard. */
  readonly decision: 'answered' | 'replaced' | 'fallback' | 'emergency';
  /** How the question was read. */
  readonly question: QuestionVerdict;
  /** What rules found in the model's answer. */
  readonly findings: readonly Finding[];
  /** Most characters held back at once while the answer was read. */
  readonly longestHeld: number;
}

/** Prefix, screening, filter, fallback and disclaimer in one; made by {@link createGuard}. */
export interface Guard {
  /** Rules, and what happens where one is broken. */
  readonly policy: Policy;
  /** Judges a text as an answer. */
  check(text: string): Verdict;
  /** Judges a question before a model sees it. */
  screen(question: string): QuestionVerdict;
  /** The conversation with the versioned system prefix before it. */
  prepare(messages: readonly Message[], reinforced?: boolean): Message[];
  /**
   * The guarded answer, piece by piece; what is yielded, joined, is `generate`'s text. Where the model fails or is stopped
   * after something was read, the disclaimer still follows, and then its error is thrown; what was held back stays unread.
   */
  stream(
    generate: Generate,
    messages: readonly Message[],
    options?: { readonly signal?: AbortSignal },
  ): AsyncGenerator<string, SafeAnswer, undefined>;
  /** The guarded answer. */
  generate(
    generate: Generate,
    messages: readonly Message[],
    options?: { readonly signal?: AbortSignal },
  ): Promise<SafeAnswer>;
}

/**
 * One composition of everything here: prefix, screen, filter, fallback, disclaimer. The disclaimer ends every answer once,
 * whatever the model wrote.
 */
export function createGuard(options: GuardOptions = {}): Guard {
  const policy = options.policy ?? profile();
  const messages: Messages = { ...defaultMessages, ...options.messages };
  const tell = (event: () => AuditEvent): void => {
    if (options.onAudit) options.onAudit(event());
  };
  const keep = { keepText: options.auditText === true };

  async function* stream(
    generate: Generate,
    conversation: readonly Message[],
    { signal }: { readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<string, SafeAnswer, undefined> {
    const question = lastQuestion(conversation);
    const screened = screenQuestion(question);
    const reinforced = screened.verdict === 'fallback' && policy.onRequest === 'reinforce';
    const decision =
      screened.verdict === 'allow'
        ? 'allow'
        : screened.verdict === 'emergency'
          ? 'emergency'
          : reinforced
            ? 'reinforce'
            : 'fallback';
    tell(() =>
      auditEvent(
        'question-screened',
        decision,
        question,
        policy,
        screened.verdict === 'allow'
          ? []
          : [{ id: `question/${screened.emergency ?? screened.request}`, category: screened.verdict }],
        keep,
      ),
    );
    if (screened.verdict !== 'allow' && !reinforced) {
      const text = withDisclaimer(chooseMessage(messages, screened) ?? messages.fallback);
      yield text;
      return {
        text,
        decision: screened.verdict === 'emergency' ? 'emergency' : 'fallback',
        question: screened,
        findings: [],
        longestHeld: 0,
      };
    }
    const filter = new AnswerFilter({
      rules: policy.rules,
      onViolation: policy.onViolation,
      sentence: messages.sentence,
      dropDisclaimer: true,
    });
    let raw = '';
    let shown = '';
    let waiting = '';
    // White space at the end waits for more text, so that the disclaimer can follow cleanly and a stream equals its text.
    const emit = (text: string): string => {
      const all = shown === '' ? (waiting + text).trimStart() : waiting + text;
      const kept = all.trimEnd();
      waiting = all.slice(kept.length);
      shown += kept;
      return kept;
    };
    const whole = policy.classifier !== undefined;
    const pending: string[] = [];
    try {
      for await (const piece of generate(prepare(conversation, reinforced), signal ? { signal } : {})) {
        raw += options.onAudit || whole ? piece : '';
        const text = filter.push(piece);
        if (text) {
          const out = emit(text);
          if (out) {
            if (whole) pending.push(out);
            else yield out;
          }
        }
        if (filter.blocked) break;
      }
    } catch (error) {
      if (shown !== '' && !whole) yield `\n\n${DISCLAIMER}`;
      throw error;
    }
    const rest = emit(filter.end());
    if (rest) {
      if (whole) pending.push(rest);
      else yield rest;
    }
    let findings = filter.findings;
    let blocked = filter.blocked;
    let classifierError: string | undefined;
    if (policy.classifier && !blocked) {
      const asked = await askClassifier(policy.classifier, raw, findings);
      classifierError = asked.error?.message;
      if (asked.findings.length > 0) {
        findings = [...findings, ...asked.findings];
        blocked = true;
        shown = '';
        pending.length = 0;
      }
    }
    for (const out of pending) yield out;
    const end = blocked
      ? `${shown ? '\n\n' : ''}${messages.fallback}\n\n${DISCLAIMER}`
      : `${shown ? '\n\n' : ''}${DISCLAIMER}`;
    yield end;
    const replaced = findings.length > 0;
    tell(() =>
      auditEvent(
        'answer-checked',
        replaced ? (blocked ? 'replace-answer' : 'replace-sentence') : 'allow',
        raw,
        policy,
        findings.map((f) => ({ id: f.rule, category: f.category })),
        { ...keep, ...(classifierError ? { classifierError } : {}) },
      ),
    );
    return {
      text: shown + end,
      decision: replaced ? 'replaced' : 'answered',
      question: screened,
      findings,
      longestHeld: filter.delay.longestHeld,
    };
  }

  function prepare(conversation: readonly Message[], reinforced = false): Message[] {
    return withPrefix(conversation, reinforced ? messages.reinforcement : undefined);
  }

  return {
    policy,
    check: (text) => check(text, policy),
    screen: screenQuestion,
    prepare,
    stream,
    async generate(generate, conversation, streamOptions) {
      const pieces = stream(generate, conversation, streamOptions);
      while (true) {
        const step = await pieces.next();
        if (!step.done) continue;
        const answer = step.value;
        // Nothing was shown yet, so a violating answer is replaced as a whole.
        if (answer.decision === 'replaced' && policy.onViolation === 'replace-answer')
          return { ...answer, text: withDisclaimer(messages.fallback) };
        return answer;
      }
    },
  };
}

/** Screens, generates through the filter and ends with the disclaimer: the guard in one call. */
export function safeGenerate(
  generate: Generate,
  messages: readonly Message[],
  options: GuardOptions & { readonly signal?: AbortSignal } = {},
): Promise<SafeAnswer> {
  return createGuard(options).generate(generate, messages, options.signal ? { signal: options.signal } : {});
}

/** The system prefix first, once; a system message of your own follows it in the same message. */
export function withPrefix(messages: readonly Message[], extra?: string): Message[] {
  const own = messages
    .filter((m) => m.role === 'system')
    .map((m) => m.content.replace(SYSTEM_PREFIX, '').trim())
    .filter(Boolean);
  const content = [SYSTEM_PREFIX, ...(extra ? [extra] : []), ...own].join('\n\n');
  return [{ role: 'system', content }, ...messages.filter((m) => m.role !== 'system')];
}

function lastQuestion(messages: readonly Message[]): string {
  for (let i = messages.length - 1; i >= 0; i--) if (messages[i]?.role === 'user') return messages[i]?.content ?? '';
  return '';
}

function withDisclaimer(text: string): string {
  return `${text}\n\n${DISCLAIMER}`;
}
