/** Which keys a query may look at, as a mask that is added to the attention scores. */
import { f32Tensor, type HostTensor } from '../../engine/engine.ts';
import type { Dim } from '../../tensor/shape.ts';
import type { FedInput, PositionRange } from '../causal-lm.ts';

/** How many positions a layer's queries look back on, their own included; `null` is all of them. */
export type AttentionWindow = number | null;

/** What a mask holds where a query must not look. Finite, so that a row without any key stays finite. */
export const MASKED = -1e30;

export const maskName = (window: AttentionWindow): string => (window === null ? 'mask' : `mask:${window}`);

/** One mask for each kind of layer. */
export function maskInputs(windows: readonly AttentionWindow[], keyLength: Dim): FedInput[] {
  return [...new Set(windows)].map((window) => ({
    name: maskName(window),
    dtype: 'f32',
    shape: ['B', 1, 'T', keyLength],
  }));
}

export function maskFeeds(windows: readonly AttentionWindow[], range: PositionRange): Record<string, HostTensor> {
  return Object.fromEntries([...new Set(windows)].map((window) => [maskName(window), windowMask(window, range)]));
}

/**
 * Each of `count` queries behind `past` earlier positions sees itself and what came before, as far as its segment and
 * the window go: query p sees keys (p - window, p]. [batch, 1, count, past + count]
 */
function windowMask(window: AttentionWindow, { batch, past, count, segments, leading }: PositionRange): HostTensor {
  const keys = past + count;
  const mask = new Float32Array(batch * count * keys);
  const fillRow = (b: number, t: number, start: number) => {
    const row = mask.subarray((b * count + t) * keys, (b * count + t + 1) * keys);
    const position = past + t;
    row.fill(MASKED, position + 1);
    const first = window === null ? start : Math.max(start, position - window + 1);
    row.fill(MASKED, 0, first);
  };
  for (let b = 0; b < batch; b++) {
    const starts = segments && segmentStarts(segments[b]!, count);
    if (!starts && !leading && b > 0) mask.copyWithin(b * count * keys, 0, count * keys);
    else for (let t = 0; t < count; t++) fillRow(b, t, starts ? starts[t]! : (leading?.[b] ?? 0));
  }
  return f32Tensor([batch, 1, count, keys], mask);
}

/** Where the segment of each position begins. */
function segmentStarts(lengths: readonly number[], count: number): Int32Array {
  const starts = new Int32Array(count);
  let from = 0;
  for (const length of [...lengths, count]) {
    starts.fill(from, from, Math.min(from + length, count));
    from = Math.min(from + length, count);
  }
  return starts;
}

/** The position of each token within its sequence, [batch, count] flat. */
export function positionIds({ batch, past, count, segments, leading }: PositionRange): Int32Array {
  const ids = new Int32Array(batch * count);
  for (let b = 0; b < batch; b++) {
    const starts = segments && segmentStarts(segments[b]!, count);
    for (let t = 0; t < count; t++) {
      const start = starts ? starts[t]! : (leading?.[b] ?? 0);
      ids[b * count + t] = Math.max(past + t - start, 0);
    }
  }
  return ids;
}
