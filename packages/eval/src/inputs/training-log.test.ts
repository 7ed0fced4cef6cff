import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTrainingLog } from './training-log.ts';

const prepare = {
  type: 'prepare-end',
  report: { read: 10, dropped: [{ id: 'x' }] },
  examples: { train: 7, validation: 1, test: 1 },
  trainable: { trainable: 5, total: 50, share: 0.1, modules: 2 },
};
const step = (n: number, lossNats: number | null = n) => ({
  type: 'step-end',
  step: n,
  steps: 9,
  lossNats,
  learningRate: 1,
  gradientNorm: 1,
  tokens: 8,
  seconds: 1,
});
const lines = (...events: object[]) => events.map((event) => JSON.stringify(event)).join('\n');

describe('readTrainingLog', () => {
  it('takes steps made twice as made the second time, where a run went on from a checkpoint', () => {
    const text = lines(
      prepare,
      { type: 'baseline-end', lossNats: 3, perplexity: 20, tokens: 5 },
      step(1),
      step(2),
      step(3),
      { type: 'evaluation-end', step: 3, lossNats: 2, perplexity: 7, tokens: 5 },
      prepare,
      { type: 'resume', step: 2 },
      step(3, 0.5),
      { type: 'run-end', reason: 'completed' },
    );
    const log = readTrainingLog(text);
    expect(log.steps.map(({ step, lossNats }) => [step, lossNats])).toEqual([
      [1, 1],
      [2, 2],
      [3, 0.5],
    ]);
    expect(log.evaluations.map((e) => e.step)).toEqual([0]);
    expect(log).toMatchObject({ resumes: 1, ended: 'completed', records: { read: 10, dropped: 1 } });
  });

  it('forgets a run that another began anew in the same folder', () => {
    const baseline = { type: 'baseline-end', lossNats: 3, perplexity: 20, tokens: 5 };
    const log = readTrainingLog(lines(prepare, baseline, step(1), step(2), prepare, baseline, step(1, 7)));
    expect(log.steps.map(({ lossNats }) => lossNats)).toEqual([7]);
    expect(log).toMatchObject({ resumes: 0, ended: undefined });
  });

  it('counts a line that broke off, passes over what it does not know, and reads no number as none', () => {
    const log = readTrainingLog(`${lines(prepare, step(1, null), { type: 'new-thing' })}\n{"type":"step-end","st\n`);
    expect(log.brokenLines).toBe(1);
    expect(log.steps[0]!.lossNats).toBeNaN();
  });

  it('tells how the base was held', () => {
    const quantized = {
      type: 'quantize-end',
      dtype: 'nf4',
      relativeError: 0.07,
      bytesBefore: 100,
      bytes: 20,
      matrices: 3,
    };
    const { quantization } = readTrainingLog(lines(quantized, prepare, step(1)));
    expect(quantization).toMatchObject({ dtype: 'nf4', matrices: 3 });
    expect(quantization).not.toHaveProperty('heldAs');
    const worded = { ...quantized, heldAs: 'nf4 with scales in 8 bits' };
    expect(readTrainingLog(lines(worded, prepare)).quantization).toMatchObject({ heldAs: 'nf4 with scales in 8 bits' });
  });

  it('reads anything without failing', () => {
    const value = fc.oneof(
      fc.string(),
      fc.json(),
      fc.constantFrom('{"type":"resume","step":1}', JSON.stringify(step(1))),
    );
    fc.assert(fc.property(fc.array(value), (text) => void readTrainingLog(text.join('\n'))));
  });
});
