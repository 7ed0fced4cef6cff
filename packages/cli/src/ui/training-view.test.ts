/** The bar on a terminal, lines elsewhere. */
import { PassThrough } from 'node:stream';
import type { StepEndEvent } from '@alpacare/core';
import { describe, expect, it } from 'vitest';
import { createTrainingView } from './training-view.ts';

const step = (n: number): StepEndEvent => ({
  type: 'step-end',
  step: n,
  steps: 40,
  epoch: 1,
  lossNats: 2,
  learningRate: 1,
  gradientNorm: 1,
  tokens: 100,
  supervisedTokens: 50,
  seconds: 2,
  engineSeconds: 1,
  residentBytes: 2 ** 28,
});

function stream(isTTY: boolean): { out: NodeJS.WriteStream; text: () => string } {
  const chunks: string[] = [];
  const through = new PassThrough();
  through.on('data', (chunk) => chunks.push(String(chunk)));
  return {
    out: Object.assign(through, { isTTY, columns: 100, rows: 24 }) as unknown as NodeJS.WriteStream,
    text: () => chunks.join(''),
  };
}

describe('a training view', () => {
  it('draws the bar again below a line that came between', () => {
    const { out, text } = stream(true);
    const view = createTrainingView(out, false);
    view.show({
      type: 'run-start',
      method: 'lora',
      engine: 'onnx',
      steps: 40,
      trainableParameters: 1,
      optimizerBytes: 1,
      trainingExamples: 1,
    });
    view.show(step(1));
    view.show({ type: 'evaluation-end', step: 1, lossNats: 2, perplexity: 7.39, tokens: 9 });
    const before = text().length;
    view.show(step(2));
    const after = text().slice(before);
    view.close();
    expect(text()).toContain('step 1: validation perplexity 7.39\n');
    expect(after).toContain('2/40 steps');
    expect(after).toContain('256 MiB');
  });

  it('writes at most twenty plain lines of steps where nobody watches, without colour or cursor', () => {
    const { out, text } = stream(false);
    const view = createTrainingView(out, false);
    for (let n = 1; n <= 40; n++) view.show(step(n));
    const lines = text().trim().split('\n');
    expect(lines).toHaveLength(20);
    expect(lines.at(-1)).toBe('  step 40/40: loss 2.000, 50 tokens/s, 256 MiB, 0 s left');
    expect(text()).not.toContain('\x1b');
  });

  it('says what ranks spend on each other', () => {
    const { out, text } = stream(false);
    const view = createTrainingView(out, false);
    view.show({ ...step(40), exchange: { seconds: 0.05, waitSeconds: 0.1, sentBytes: 9 } });
    expect(text()).toBe('  step 40/40: loss 2.000, 50 tokens/s, 256 MiB, 0 s left, communication 2.5 %\n');
  });

  it('counts the time left by its own steps, not by those of the process before it', () => {
    const { out, text } = stream(false);
    createTrainingView(out, false).show(step(30));
    expect(text()).toContain('20 s left');
  });
});
