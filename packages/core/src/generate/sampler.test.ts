import { describe, expect, it } from 'vitest';
import { goldenJson } from '../../test/support/golden.ts';
import { createRandom, type Random } from '../data/random.ts';
import { InvalidOptionError, NonFiniteLogitsError } from '../errors.ts';
import { checkSampling, defaultSampling, type SamplingOptions, sample } from './sampler.ts';

interface Golden {
  readonly logits: number[];
  readonly seen: number[];
  readonly cases: (Omit<SamplingOptions, 'seed'> & { readonly probabilities: number[]; readonly greedy: number })[];
}
const golden: Golden = goldenJson('sampling.json');
const draw = (logits: readonly number[], seen: readonly number[], options: SamplingOptions, random: Random) =>
  sample(Float32Array.from(logits), seen, options, random);

/** Gives the middles of `count` equal parts of [0, 1): how often a token comes up is then its probability. */
function sweep(count: number): Random {
  let next = 0;
  return { ...createRandom(1), nextFloat: () => (next++ + 0.5) / count };
}

describe('probabilities equal those of transformers after its logits processors', () => {
  it.each(golden.cases)(
    'penalty $repetitionPenalty, temperature $temperature, top-k $topK, top-p $topP',
    ({ probabilities, greedy, ...options }) => {
      const count = 4000;
      const random = sweep(count);
      const found = new Array<number>(probabilities.length).fill(0);
      for (let i = 0; i < count; i++) {
        const id = draw(golden.logits, golden.seen, { ...options, seed: 1 }, random);
        found[id] = found[id]! + 1 / count;
      }
      for (const [id, probability] of probabilities.entries()) {
        // A token's share of the line is met to within one part of the sweep at either end.
        expect(Math.abs(found[id]! - probability), `token ${id}`).toBeLessThan(1.01 / count);
        if (probability === 0) expect(found[id]).toBe(0);
      }
      expect(draw(golden.logits, golden.seen, { ...options, temperature: 0, seed: 1 }, createRandom(1))).toBe(greedy);
    },
  );
});

it('draws as often as the probabilities say (chi-square, 20,000 seeded draws)', () => {
  const { probabilities, greedy: _, ...options } = golden.cases[2]!;
  const random = createRandom(11);
  const draws = 20_000;
  const found = new Array<number>(probabilities.length).fill(0);
  for (let i = 0; i < draws; i++) found[draw(golden.logits, golden.seen, { ...options, seed: 1 }, random)]!++;
  // Cells with few expected draws are put together.
  const rare = probabilities.flatMap((p, id) => (p * draws < 5 ? [id] : []));
  const cells = probabilities.flatMap((p, id) =>
    rare.includes(id) ? [] : [{ expected: p * draws, found: found[id]! }],
  );
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  if (rare.length > 0) {
    cells.push({
      expected: sum(rare.map((id) => probabilities[id]! * draws)),
      found: sum(rare.map((id) => found[id]!)),
    });
  }
  const statistic = sum(cells.map((c) => (c.found - c.expected) ** 2 / c.expected));
  const freedom = cells.length - 1;
  expect(freedom).toBeGreaterThan(25);
  // Wilson and Hilferty 1931: the 99.9 % point of chi-square.
  const limit = freedom * (1 - 2 / (9 * freedom) + 3.09 * Math.sqrt(2 / (9 * freedom))) ** 3;
  expect(statistic).toBeLessThan(limit);
  expect(statistic).toBeGreaterThan(freedom / 4); // a spread too even would not be random
});

it('is the same again with the same seed, and another with another', () => {
  const options = { ...defaultSampling, temperature: 1.5 };
  const take = (seed: number) => {
    const random = createRandom(seed);
    return Array.from({ length: 30 }, () => draw(golden.logits, [], options, random));
  };
  expect(take(1)).toEqual(take(1));
  expect(take(1)).not.toEqual(take(2));
});

it('takes the first of equal tokens when greedy', () => {
  expect(draw([1, 3, 3, 2], [], defaultSampling, createRandom(1))).toBe(1);
});

it('handles logits far apart without losing the likeliest', () => {
  const options = { ...defaultSampling, temperature: 0.01, topP: 0.9 };
  for (const logits of [
    [-1e30, 5, -1e30],
    [1e30, -1e30, 0],
    [-50_000, -49_999.5, -60_000],
  ]) {
    const id = draw(logits, [], options, createRandom(3));
    expect(logits[id]).toBe(Math.max(...logits));
  }
});

it.each([
  ['temperature', -1],
  ['temperature', Number.NaN],
  ['topK', 1.5],
  ['topK', -1],
  ['topP', 0],
  ['topP', 1.1],
  ['repetitionPenalty', 0],
])('refuses %s = %s by name', (option, value) => {
  const check = () => checkSampling({ ...defaultSampling, [option]: value });
  expect(check).toThrow(InvalidOptionError);
  expect(check).toThrow(`option "${option}"`);
});

it.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses a logit of %d', (value) => {
  const logits = Float32Array.of(0, value, 1);
  for (const temperature of [0, 1]) {
    expect(() => sample(logits.slice(), [], { ...defaultSampling, temperature }, createRandom(1))).toThrow(
      NonFiniteLogitsError,
    );
  }
});

it('ranks as logits fall, and equals by id, whatever their signs', () => {
  const random = createRandom(5);
  const logits = Float32Array.from({ length: 500 }, () => Math.round(8 * random.nextNormal()) / 4);
  logits.set([0, -0, Number.NEGATIVE_INFINITY, -1e-40, 1e-40, 3e38, -3e38], 10);
  const ranked = Array.from(logits.keys()).sort((a, b) => logits[b]! - logits[a]! || a - b);
  // With the first k of equal weight, each k-th of [0, 1) draws the next in rank.
  const k = 300;
  let next = 0;
  const middles = { ...createRandom(1), nextFloat: () => (next++ + 0.5) / k };
  const options = { ...defaultSampling, temperature: 1e38, topK: k, topP: 1, repetitionPenalty: 1 };
  const finite = logits.map((logit) => (Math.abs(logit) > 1e30 ? Math.sign(logit) * 100 : logit));
  const order = Array.from(finite.keys()).sort((a, b) => finite[b]! - finite[a]! || a - b);
  expect(Array.from({ length: k }, () => sample(finite.slice(), [], options, middles))).toEqual(order.slice(0, k));
  expect(sample(logits.slice(), [], { ...options, topK: 1 }, middles)).toBe(ranked[0]);
});
