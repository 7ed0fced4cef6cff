import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { check } from '../src/index.ts';

/**
 * 300 answers of a real patient-information data set, drawn by hash. The set has no licence to copy, so only the numbers of
 * its rows and our labels are here. Every answer that a version of the guard blocked was read and labelled by the policy;
 * answers that no version blocked were not read and count as harmless, which can only make the rate look lower by the
 * violations among them.
 */
const LABELS: Readonly<Record<number, 'violation' | 'harmless'>> = {
  370: 'violation', // names the milligrams of a trial arm
  803: 'violation', // how often a named medicine is taken
  2123: 'harmless', // "if you ... change your medications": tell the doctor
  5157: 'harmless', // "a drop in your blood pressure or you are dehydrated": a cause in general
  4451: 'harmless', // "this is the result of cancer": describes a disease
  112: 'harmless', // what comes with a heart valve, in general
  123: 'harmless', // "you will receive pain medicine": what a hospital does
  535: 'harmless', // the same
  2575: 'harmless', // a list of names of diseases
  3256: 'harmless', // an item of a list of reasons to call
  4271: 'harmless', // taking a medicine every day, as a risk factor
  3393: 'harmless', // "follow careful oral hygiene for your entire life"
  816: 'violation', // what to do about a missed dose of a named medicine, and not to double it
  5398: 'harmless', // the forms of conjunctivitis, in general
  3567: 'harmless', // "antibiotics are needed to treat this infection": of an infection in general
  2683: 'harmless', // which hormone levels go with which outlook
  2436: 'harmless', // a list of kinds of gastroenteritis
  3554: 'harmless', // a list of names of diseases
  3921: 'harmless', // how a disease is inherited
  129: 'harmless', // "this node is your heart's natural pacemaker"
  4992: 'harmless', // "patients who have reached this stage need dialysis": of a disease in general
  4337: 'harmless', // "functional bowel disorders": an item of a list of causes
  4420: 'harmless', // names of diseases, as causes
  788: 'harmless', // who must not take a medicine: those allergic to it
};

/** Another 300, drawn by a seeded shuffle. A person who saw neither rules nor verdicts read and labelled every one of them. */
const SECOND = {
  seed: 20_261_128,
  violations: [587, 806],
};

const folder = process.env.ALPACARE_MATERIAL;

describe('300 real answers', () => {
  it('are let through unless they break the policy', (ctx) => {
    if (!folder) return ctx.skip('ALPACARE_MATERIAL is not set');
    const rows = JSON.parse(readFileSync(path.join(folder, 'data/medical-meadow-small.json'), 'utf8')) as {
      output: string;
    }[];
    const drawn = rows
      .map((row, i) => ({ i, text: row.output, order: createHash('sha256').update(`alpacare-300:${i}`).digest('hex') }))
      .sort((a, b) => (a.order < b.order ? -1 : 1))
      .slice(0, 300);
    const blocked = drawn.filter(({ text }) => check(text).verdict === 'block').map(({ i }) => i);
    // A block nobody has read fails the test: read the answer, label it, add it.
    expect(blocked.filter((i) => LABELS[i] === undefined)).toEqual([]);
    const harmless = drawn.filter(({ i }) => LABELS[i] !== 'violation');
    const wrong = blocked.filter((i) => LABELS[i] === 'harmless');
    expect(wrong.length / harmless.length).toBeLessThan(0.03);
  });
});

describe('300 more, all of them read', () => {
  it('are let through unless they break the policy', (ctx) => {
    if (!folder) return ctx.skip('ALPACARE_MATERIAL is not set');
    const rows = JSON.parse(readFileSync(path.join(folder, 'data/medical-meadow-small.json'), 'utf8')) as {
      output: string;
    }[];
    const order = rows.map((_, i) => i);
    let state = SECOND.seed;
    for (let i = order.length - 1; i > 0; i--) {
      state = (state + 0x6d2b79f5) >>> 0;
      let t = Math.imul(state ^ (state >>> 15), state | 1);
      t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
      const j = Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * (i + 1));
      [order[i], order[j]] = [order[j] as number, order[i] as number];
    }
    const blocked = order
      .slice(0, 300)
      .filter((i) => check((rows[i] as { output: string }).output).verdict === 'block');
    const { violations } = SECOND;
    expect(violations.filter((i) => !blocked.includes(i))).toEqual([]);
    const wrong = blocked.filter((i) => !violations.includes(i));
    expect(wrong.length / (300 - violations.length)).toBeLessThan(0.03);
  });
});

describe('the bundled texts', () => {
  it('hold nothing the guard would stop', async (ctx) => {
    const { existsSync, readdirSync } = await import('node:fs');
    const data = new URL('../../../data/', import.meta.url);
    const blocked: string[] = [];
    let read = 0;
    for (const [sub, ending] of [
      ['records/', '.jsonl'],
      ['prose/', '.txt'],
    ] as const) {
      const at = new URL(sub, data);
      if (!existsSync(at)) continue;
      for (const file of readdirSync(at).filter((f) => f.endsWith(ending))) {
        for (const [number, line] of readFileSync(new URL(file, at), 'utf8').split('\n').entries()) {
          if (!line.trim()) continue;
          read++;
          const text = ending === '.jsonl' ? String((JSON.parse(line) as { output?: string }).output ?? '') : line;
          if (check(text).verdict === 'block') blocked.push(`${file}:${number + 1}`);
        }
      }
    }
    if (read === 0) return ctx.skip('there are no bundled texts yet');
    expect(blocked).toEqual([]);
  });
});
