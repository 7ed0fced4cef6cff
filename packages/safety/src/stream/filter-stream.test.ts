import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { check } from '../check.ts';
import { FALLBACK } from '../fallback/messages.ts';
import { changePolicy, profile } from '../policy.ts';
import { AnswerFilter } from './answer-filter.ts';
import { filterStream, filterTransform } from './filter-stream.ts';
import { Reader } from './reader.ts';
import { MAX_SEGMENT, Segmenter } from './segmenter.ts';

const corpus = readFileSync(new URL('../../corpus/dev.jsonl', import.meta.url), 'utf8')
  .split('\n')
  .filter(Boolean)
  .map((line) => JSON.parse(line) as { text: string; kind: string })
  .filter((c) => c.kind === 'answer')
  .map((c) => c.text);

/** Cuts a text at random places. */
const cutText = (text: fc.Arbitrary<string>) =>
  text.chain((whole) =>
    fc
      .tuple(fc.constant(whole), fc.array(fc.nat({ max: Math.max(0, whole.length) }), { maxLength: 30 }))
      .map(([t, at]) => {
        const places = [0, ...new Set(at), t.length].sort((a, b) => a - b);
        return { whole: t, pieces: places.slice(1).map((to, i) => t.slice(places[i], to)) };
      }),
  );
const answers = fc.array(fc.constantFrom(...corpus), { minLength: 1, maxLength: 6 }).map((parts) => parts.join(' '));
const paragraphs = fc
  .array(fc.constantFrom(...corpus), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join('\n\n'));
const anything = fc.oneof(answers, paragraphs, fc.string({ unit: 'binary', maxLength: 900 }));

function run(pieces: readonly string[], onViolation: 'replace-answer' | 'replace-sentence'): string {
  const filter = new AnswerFilter({ rules: profile().rules, onViolation });
  return pieces.map((p) => filter.push(p)).join('') + filter.end();
}

describe('a filtered stream', () => {
  it('does not depend on how the text was cut', () => {
    fc.assert(
      fc.property(
        cutText(anything),
        fc.constantFrom('replace-answer' as const, 'replace-sentence' as const),
        ({ whole, pieces }, mode) => {
          expect(run(pieces, mode)).toBe(run([whole], mode));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('finds what check finds, at the same places', () => {
    fc.assert(
      fc.property(cutText(answers), ({ whole, pieces }) => {
        const reader = new Reader(profile().rules);
        const found = [...pieces.flatMap((p) => reader.push(p)), ...reader.end()].flatMap((j) => j.findings);
        const key = (f: { rule: string; from: number; to: number }) => `${f.rule} ${f.from} ${f.to}`;
        expect([...new Set(found.map(key))].sort()).toEqual(check(whole).findings.map(key).sort());
      }),
      { numRuns: 60 },
    );
  });

  it('lets through only a prefix that breaks no rule by itself', () => {
    for (const text of corpus) expect(check(run([text], 'replace-answer')).verdict, text).toBe('allow');
  });

  it('gives back exactly the text of an allowed answer', () => {
    for (const text of corpus.filter((t) => check(t).verdict === 'allow'))
      expect(run([...text], 'replace-answer')).toBe(text);
  });

  it('holds back no more than a segment and its look-ahead', () => {
    const filter = new AnswerFilter({ rules: profile().rules, onViolation: 'replace-answer' });
    for (const char of 'word '.repeat(20_000)) filter.push(char);
    expect(filter.delay.longestHeld).toBeLessThanOrEqual(MAX_SEGMENT + 1);
    expect(filter.delay.released).toBeGreaterThan(90_000);
  });

  it('waits with "probably" for a referral, and not longer than two sentences', () => {
    const filter = new AnswerFilter({ rules: profile().rules, onViolation: 'replace-answer' });
    expect(filter.push('This is probably a migraine. ')).toBe('');
    expect(filter.push('Please see a doctor to confirm it. And rest. ')).toContain('probably a migraine');
    const other = new AnswerFilter({ rules: profile().rules, onViolation: 'replace-answer' });
    other.push('This is probably a migraine. Rest in a dark room. Sleep well. Bye. Go. ');
    expect(other.blocked).toBe(true);
  });
});

describe('filterStream', () => {
  it('stops before the violating sentence, closes the source and gives the fallback', async () => {
    let closed = false;
    async function* source() {
      try {
        for (const piece of [
          'Pain has many ',
          'causes. Take 400 m',
          'g of ibuprofen now. ',
          'More. '.repeat(50),
          'never read',
        ])
          yield piece;
      } finally {
        closed = true;
      }
    }
    const out: string[] = [];
    let ended: unknown;
    for await (const piece of filterStream(source(), { onEnd: (result) => (ended = result) })) out.push(piece);
    expect(out.join('')).toBe(`Pain has many causes. ${FALLBACK}`);
    expect(closed).toBe(true);
    expect(ended).toMatchObject({ blocked: true, findings: [{ rule: 'dosage' }] });
  });

  it('replaces only the sentence where the policy says so', async () => {
    const policy = changePolicy(profile(), { onViolation: 'replace-sentence' });
    const out: string[] = [];
    for await (const piece of filterStream(['Rest helps. Take 400 mg of ibuprofen. ', 'Drink water.'], { policy }))
      out.push(piece);
    expect(out.join('')).toMatch(/^Rest helps\. \[Removed: .*\] Drink water\.$/);
  });

  it('works as a web stream', async () => {
    const source = new ReadableStream<string>({
      start(controller) {
        for (const piece of ['Stay calm. You ha', 've lupus. ', 'Tail.']) controller.enqueue(piece);
        controller.close();
      },
    });
    let text = '';
    for await (const piece of source.pipeThrough(filterTransform()) as unknown as AsyncIterable<string>) text += piece;
    expect(text).toBe(`Stay calm. ${FALLBACK}`);
  });
});

describe('Segmenter', () => {
  it('loses nothing and cuts nowhere else when the text comes in pieces', () => {
    fc.assert(
      fc.property(cutText(anything), ({ whole, pieces }) => {
        const cut = (parts: readonly string[]): string[] => {
          const segmenter = new Segmenter();
          return [...parts.flatMap((p) => segmenter.push(p)), ...segmenter.end()];
        };
        const once = cut([whole]);
        expect(once.join('')).toBe(whole);
        expect(cut(pieces)).toEqual(once);
      }),
      { numRuns: 200 },
    );
  });
});

describe('what a person could recover', () => {
  it('is found by a rule once, however many readings show it', () => {
    // Backwards as a whole and word by word: both readings are doses.
    const hidden = 'ekat 005 gm fo nefoorpubi eciwt yliad';
    const reader = new Reader(profile().rules);
    const findings = [...reader.push(hidden), ...reader.end()].flatMap((judged) => judged.findings);
    const disguised = findings.filter(({ reason }) => reason.endsWith(', disguised')).map(({ rule }) => rule);
    expect(disguised).toContain('dosage');
    expect(new Set(disguised).size).toBe(disguised.length);
  });
});
