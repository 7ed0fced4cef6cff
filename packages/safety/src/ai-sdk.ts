import type { LanguageModelMiddleware } from 'ai';
import { type AuditEvent, auditEvent } from './audit.ts';
import { askClassifier } from './classifier.ts';
import { chooseMessage, defaultMessages, type Messages } from './fallback/messages.ts';
import { type GuardOptions, withPrefix } from './guard.ts';
import { type Policy, profile } from './policy.ts';
import { type QuestionVerdict, screenQuestion } from './question/screen.ts';
import type { Finding } from './rules/rule.ts';
import { AnswerFilter } from './stream/answer-filter.ts';
import { DISCLAIMER } from './system-prefix.ts';

type Middleware = Required<Pick<LanguageModelMiddleware, 'transformParams' | 'wrapGenerate' | 'wrapStream'>> & {
  specificationVersion: 'v3';
};
type Params = Parameters<Middleware['wrapGenerate']>[0]['params'];
type GenerateResult = Awaited<ReturnType<Middleware['wrapGenerate']>>;
type StreamResult = Awaited<ReturnType<Middleware['wrapStream']>>;
type StreamPart = StreamResult['stream'] extends ReadableStream<infer Part> ? Part : never;

const NO_USAGE: GenerateResult['usage'] = {
  inputTokens: { total: 0, noCache: 0, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 0, text: 0, reasoning: 0 },
};
const FILTERED: GenerateResult['finishReason'] = { unified: 'content-filter', raw: undefined };
const STOPPED: GenerateResult['finishReason'] = { unified: 'stop', raw: undefined };

/**
 * The guard as a middleware of the Vercel AI SDK 6: `wrapLanguageModel({ model, middleware: guardMiddleware() })`.
 * Text is filtered, reasoning is left out (it is the model's own draft and nobody judged it), tool calls pass.
 */
export function guardMiddleware(options: GuardOptions = {}): Middleware {
  const policy = options.policy ?? profile();
  const messages: Messages = { ...defaultMessages, ...options.messages };
  const tell = (event: () => AuditEvent): void => {
    if (options.onAudit) options.onAudit(event());
  };
  const keep = { keepText: options.auditText === true };

  /** The message for a question that the model must not see, or undefined. */
  const screened = (params: Params): string | undefined => {
    const question = lastQuestion(params);
    const verdict = screenQuestion(question);
    const reinforced = isReinforced(policy, verdict);
    const decision = verdict.verdict === 'fallback' && reinforced ? 'reinforce' : verdict.verdict;
    tell(() =>
      auditEvent(
        'question-screened',
        decision,
        question,
        policy,
        verdict.verdict === 'allow'
          ? []
          : [{ id: `question/${verdict.emergency ?? verdict.request}`, category: verdict.verdict }],
        keep,
      ),
    );
    return verdict.verdict === 'allow' || reinforced
      ? undefined
      : `${chooseMessage(messages, verdict) ?? messages.fallback}\n\n${DISCLAIMER}`;
  };
  const checked = (raw: string, findings: readonly Finding[], blocked: boolean): void => {
    tell(() =>
      auditEvent(
        'answer-checked',
        findings.length === 0 ? 'allow' : blocked ? 'replace-answer' : 'replace-sentence',
        raw,
        policy,
        findings.map((f) => ({ id: f.rule, category: f.category })),
        keep,
      ),
    );
  };
  const newFilter = (): AnswerFilter =>
    new AnswerFilter({
      rules: policy.rules,
      onViolation: policy.onViolation,
      sentence: messages.sentence,
      dropDisclaimer: true,
    });

  return {
    specificationVersion: 'v3',

    async transformParams({ params }) {
      const system = params.prompt.flatMap((m) =>
        m.role === 'system' ? [{ role: 'system' as const, content: m.content }] : [],
      );
      const verdict = screenQuestion(lastQuestion(params));
      const [prefix] = withPrefix(system, isReinforced(policy, verdict) ? messages.reinforcement : undefined);
      return {
        ...params,
        prompt: [
          { role: 'system', content: prefix?.content ?? '' },
          ...params.prompt.filter((m) => m.role !== 'system'),
        ],
      };
    },

    async wrapGenerate({ doGenerate, params }) {
      const instead = screened(params);
      if (instead !== undefined)
        return { content: [{ type: 'text', text: instead }], finishReason: FILTERED, usage: NO_USAGE, warnings: [] };
      const result = await doGenerate();
      const raw = result.content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
      const filter = newFilter();
      let text = filter.push(raw) + filter.end();
      let findings = filter.findings;
      let blocked = filter.blocked;
      if (policy.classifier && !blocked) {
        const asked = await askClassifier(policy.classifier, raw, findings);
        findings = [...findings, ...asked.findings];
        blocked = asked.findings.length > 0;
      }
      checked(raw, findings, blocked);
      const others = result.content.filter((part) => part.type !== 'text' && part.type !== 'reasoning');
      if (blocked) text = messages.fallback;
      // A step that only calls tools says nothing to the reader and gets no disclaimer.
      if (text.trim() === '' && others.length > 0) return { ...result, content: others };
      const content = [
        ...others,
        { type: 'text' as const, text: text.trim() === '' ? DISCLAIMER : `${text.trim()}\n\n${DISCLAIMER}` },
      ];
      return { ...result, content, ...(blocked ? { finishReason: FILTERED } : {}) };
    },

    async wrapStream({ doStream, params }) {
      const instead = screened(params);
      if (instead !== undefined) return { stream: streamOf(instead) };
      const result = await doStream();
      const filter = newFilter();
      const id = 'guarded';
      let open = false;
      let shown = '';
      let waiting = '';
      let raw = '';
      let called = false;
      const say = (controller: TransformStreamDefaultController<StreamPart>, text: string): void => {
        const all = shown === '' ? (waiting + text).trimStart() : waiting + text;
        const kept = all.trimEnd();
        waiting = all.slice(kept.length);
        if (kept === '') return;
        if (!open) controller.enqueue({ type: 'text-start', id });
        open = true;
        shown += kept;
        controller.enqueue({ type: 'text-delta', id, delta: kept });
      };
      let held = '';
      const filtered = new TransformStream<StreamPart, StreamPart>({
        async transform(part, controller) {
          switch (part.type) {
            case 'text-start':
            case 'text-end':
            case 'reasoning-start':
            case 'reasoning-delta':
            case 'reasoning-end':
            case 'raw':
              return;
            case 'text-delta': {
              raw += options.onAudit || policy.classifier ? part.delta : '';
              const text = filter.push(part.delta);
              if (policy.classifier) held += text;
              else if (text) say(controller, text);
              return;
            }
            case 'finish': {
              let findings = filter.findings;
              const rest = filter.end();
              let blocked = filter.blocked;
              if (policy.classifier) {
                held += rest;
                if (!blocked) {
                  const asked = await askClassifier(policy.classifier, raw, findings);
                  findings = [...findings, ...asked.findings];
                  blocked = asked.findings.length > 0;
                }
                if (blocked && filter.blocked === false) held = '';
                if (held) say(controller, held);
              } else if (rest) say(controller, rest);
              findings = policy.classifier ? findings : filter.findings;
              checked(raw, findings, blocked);
              if (blocked || shown || !called) {
                waiting = '';
                const gap = shown ? '\n\n' : '';
                if (!open) controller.enqueue({ type: 'text-start', id });
                controller.enqueue({
                  type: 'text-delta',
                  id,
                  delta: blocked ? `${gap}${messages.fallback}\n\n${DISCLAIMER}` : `${gap}${DISCLAIMER}`,
                });
                controller.enqueue({ type: 'text-end', id });
              }
              controller.enqueue(blocked ? { ...part, finishReason: FILTERED } : part);
              return;
            }
            case 'error':
              // Whoever read the beginning reads the disclaimer too; what was held back stays unread.
              if (open) {
                controller.enqueue({ type: 'text-delta', id, delta: `\n\n${DISCLAIMER}` });
                controller.enqueue({ type: 'text-end', id });
                open = false;
              }
              controller.enqueue(part);
              return;
            default:
              if (part.type === 'tool-call') called = true;
              controller.enqueue(part);
          }
        },
      });
      return { ...result, stream: result.stream.pipeThrough(filtered) };
    },
  };
}

function isReinforced(policy: Policy, verdict: QuestionVerdict): boolean {
  return verdict.verdict === 'fallback' && policy.onRequest === 'reinforce';
}

function lastQuestion(params: Params): string {
  for (let i = params.prompt.length - 1; i >= 0; i--) {
    const message = params.prompt[i];
    if (message?.role === 'user')
      return message.content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
  }
  return '';
}

function streamOf(text: string): StreamResult['stream'] {
  return new ReadableStream<StreamPart>({
    start(controller) {
      controller.enqueue({ type: 'stream-start', warnings: [] });
      controller.enqueue({ type: 'text-start', id: 'guarded' });
      controller.enqueue({ type: 'text-delta', id: 'guarded', delta: text });
      controller.enqueue({ type: 'text-end', id: 'guarded' });
      controller.enqueue({ type: 'finish', usage: NO_USAGE, finishReason: STOPPED });
      controller.close();
    },
  });
}
