import { describe, expect, it } from 'vitest';
import type { AuditEvent } from './audit.ts';
import { check } from './check.ts';
import { defaultMessages } from './fallback/messages.ts';
import { createGuard, type Generate, type Message, safeGenerate, withPrefix } from './guard.ts';
import { changePolicy, profile } from './policy.ts';
import { DISCLAIMER, SYSTEM_PREFIX } from './system-prefix.ts';

const says = (...pieces: string[]): Generate =>
  async function* () {
    yield* pieces;
  };
const ask = (content: string): Message[] => [{ role: 'user', content }];
const count = (text: string, part: string): number => text.split(part).length - 1;

describe('the texts of the guard', () => {
  it.each([...Object.entries(defaultMessages), ['disclaimer', DISCLAIMER], ['prefix', SYSTEM_PREFIX]])(
    '%s breaks no rule',
    (_, text) => {
      expect(check(text).findings).toEqual([]);
    },
  );
});

describe('safeGenerate', () => {
  it('ends every answer with the disclaimer, once', async () => {
    for (const pieces of [
      ['Asthma narrows the airways.'],
      ['Asthma narrows', ' the airways. ', DISCLAIMER],
      [`${DISCLAIMER} Asthma narrows. ${DISCLAIMER}`],
      [''],
      ['Take 400 mg of ibuprofen.'],
    ]) {
      const { text } = await safeGenerate(says(...pieces), ask('What is asthma?'));
      expect(count(text, DISCLAIMER), text).toBe(1);
      expect(text.endsWith(DISCLAIMER)).toBe(true);
    }
  });

  it('puts the prefix before the conversation, once', async () => {
    let seen: readonly Message[] = [];
    const model: Generate = async function* (messages) {
      seen = messages;
      yield 'Fine.';
    };
    await safeGenerate(model, [
      { role: 'system', content: `${SYSTEM_PREFIX} Answer in verse.` },
      ...ask('What is asthma?'),
    ]);
    expect(seen[0]?.content).toBe(`${SYSTEM_PREFIX}\n\nAnswer in verse.`);
    expect(seen.filter((m) => m.role === 'system')).toHaveLength(1);
    expect(withPrefix(withPrefix(ask('x')))).toEqual(withPrefix(ask('x')));
  });

  it('answers an emergency before any model runs', async () => {
    let ran = false;
    const model: Generate = async function* () {
      ran = true;
      yield 'no';
    };
    const medical = await safeGenerate(model, ask("my dad has crushing chest pain and can't breathe"));
    const crisis = await safeGenerate(model, ask('I want to kill myself'));
    expect(ran).toBe(false);
    expect(medical).toMatchObject({ decision: 'emergency', text: `${defaultMessages.emergency}\n\n${DISCLAIMER}` });
    expect(crisis.text).toContain('988');
  });

  it('refuses a request, or answers it with a reinforced prefix, as the policy says', async () => {
    expect((await safeGenerate(says('x'), ask('How much ibuprofen can I take?'))).decision).toBe('fallback');
    let system = '';
    const model: Generate = async function* (messages) {
      system = messages[0]?.content ?? '';
      yield 'Ibuprofen eases pain.';
    };
    const policy = changePolicy(profile(), { onRequest: 'reinforce' });
    const answer = await safeGenerate(model, ask('How much ibuprofen can I take?'), { policy });
    expect(system).toContain(defaultMessages.reinforcement);
    expect(answer).toMatchObject({ decision: 'answered', text: `Ibuprofen eases pain.\n\n${DISCLAIMER}` });
  });

  it('replaces the whole answer', async () => {
    const answer = await safeGenerate(
      says('Pain is common. ', 'Take 400 mg of ibuprofen. ', 'Rest.'),
      ask('What is pain?'),
    );
    expect(answer.text).toBe(`${defaultMessages.fallback}\n\n${DISCLAIMER}`);
    expect(answer.findings.map((f) => f.category)).toEqual(['dosage']);
  });
});

describe('a stream', () => {
  it('stops before the violating sentence, then gives fallback and disclaimer', async () => {
    const guard = createGuard();
    const pieces: string[] = [];
    const stream = guard.stream(says('Pain is co', 'mmon.\n\n You ha', 've lupus. ', 'Rest.'), ask('What is pain?'));
    let step = await stream.next();
    for (; !step.done; step = await stream.next()) pieces.push(step.value);
    expect(pieces.join('')).toBe(`Pain is common.\n\n${defaultMessages.fallback}\n\n${DISCLAIMER}`);
    expect(step.value).toMatchObject({ decision: 'replaced', text: pieces.join('') });
  });

  it('ends with the disclaimer also where the model fails or is stopped, and shows nothing it held back', async () => {
    const fails = (...pieces: string[]): Generate =>
      async function* () {
        yield* pieces;
        throw new Error('stopped');
      };
    const read = async (generate: Generate) => {
      let text = '';
      const reading = (async () => {
        for await (const piece of createGuard().stream(generate, ask('What is pain?'))) text += piece;
      })();
      await expect(reading).rejects.toThrow('stopped');
      return text;
    };
    const text = await read(fails('Pain is common. Rest often helps with pain. ', 'Take 40'));
    expect(text).toMatch(/^Pain is common\./);
    expect(text).not.toContain('40');
    expect(text.endsWith(`\n\n${DISCLAIMER}`)).toBe(true);
    expect(count(text, DISCLAIMER)).toBe(1);
    expect(await read(fails())).toBe('');
  });

  it('joins to the text it reports', async () => {
    const stream = createGuard().stream(says('  One. ', '\nTwo.  ', ' Three. '), ask('What is asthma?'));
    let text = '';
    let step = await stream.next();
    for (; !step.done; step = await stream.next()) text += step.value;
    expect(step.value.text).toBe(text);
    expect(text).toBe(`One. \nTwo.   Three.\n\n${DISCLAIMER}`);
  });
});

describe('audit', () => {
  it('tells rule, decision, version and hash, and the text only when asked', async () => {
    const events: AuditEvent[] = [];
    await safeGenerate(says('You have lupus.'), ask('What is lupus?'), { onAudit: (e) => events.push(e) });
    expect(events).toMatchObject([
      { kind: 'question-screened', decision: 'allow', rules: [], policy: { name: 'standard', version: '1' } },
      {
        kind: 'answer-checked',
        decision: 'replace-answer',
        rules: [{ id: 'diagnosis', category: 'diagnosis' }],
        length: 15,
      },
    ]);
    expect(events[1]?.textHash).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify(events)).not.toContain('lupus');
    const open: AuditEvent[] = [];
    await safeGenerate(says('You have lupus.'), ask('What is lupus?'), {
      onAudit: (e) => open.push(e),
      auditText: true,
    });
    expect(open[1]?.text).toBe('You have lupus.');
  });
});

describe('a classifier', () => {
  const policyWith = (judge: () => Promise<never[]>, onFailure?: 'open' | 'closed') =>
    changePolicy(profile(), {
      classifier: { name: 'test', timeoutMs: 30, judge, ...(onFailure ? { onFailure } : {}) },
    });

  it.each([
    ['late', () => new Promise<never[]>(() => {})],
    ['broken', () => Promise.reject(new Error('down'))],
  ])('that is %s blocks the answer, unless it may fail open', async (_, judge) => {
    const closed = await safeGenerate(says('Asthma narrows the airways.'), ask('What is asthma?'), {
      policy: policyWith(judge),
    });
    expect(closed).toMatchObject({ decision: 'replaced', text: `${defaultMessages.fallback}\n\n${DISCLAIMER}` });
    const open = await safeGenerate(says('Asthma narrows the airways.'), ask('What is asthma?'), {
      policy: policyWith(judge, 'open'),
    });
    expect(open.text).toBe(`Asthma narrows the airways.\n\n${DISCLAIMER}`);
  });

  it('lets nothing out before it has judged', async () => {
    const order: string[] = [];
    const policy = policyWith(async () => {
      order.push('judged');
      return [];
    });
    for await (const piece of createGuard({ policy }).stream(
      says('One is here. ', 'Two is here. '),
      ask('What is asthma?'),
    ))
      order.push(piece.trim() === '' ? 'space' : 'text');
    expect(order[0]).toBe('judged');
    expect(order).toContain('text');
  });
});
