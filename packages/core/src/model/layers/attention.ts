/** Scaled dot-product attention with grouped heads. Ainslie et al. 2023, arXiv:2305.13245. */
import type { Node } from '../../tensor/graph.ts';
import { add, attend, concat, matmul, reshape, transpose } from '../../tensor/ops.ts';
import { type Dim, mulDims } from '../../tensor/shape.ts';
import type { KeyValue } from '../causal-lm.ts';

/** [B*T, heads*d] -> [B, heads, T, d] */
export function splitHeads(x: Node, batch: Dim, positions: Dim, heads: number, headDim: number): Node {
  return transpose(reshape(x, [batch, positions, heads, headDim]), [0, 2, 1, 3]);
}

/** [B, heads, T, d] -> [B*T, heads*d] */
export function joinHeads(x: Node): Node {
  const [batch, heads, positions, headDim] = x.shape as [Dim, Dim, Dim, Dim];
  return reshape(transpose(x, [0, 2, 1, 3]), [mulDims(batch, positions), mulDims(heads, headDim)]);
}

/** Appends keys and values of this run to what earlier runs left. */
export function appendPast(current: KeyValue, past: KeyValue | undefined, keyLength: Dim): KeyValue {
  if (!past) return current;
  return {
    key: concat([past.key, current.key], 2, keyLength),
    value: concat([past.value, current.value], 2, keyLength),
  };
}

/**
 * @param query  [B, heads, T, d]
 * @param keyValue  [B, kvHeads, S, d] each; query head h looks at kv head floor(h / (heads / kvHeads))
 * @param mask   [1 or B, 1, T, S], added to the scores; it lets no query see a key behind its own
 * @returns      [B, heads, T, d]
 */
export function attention(query: Node, { key, value }: KeyValue, mask: Node, scale: number): Node {
  const [batch, heads, positions, headDim] = query.shape as [Dim, Dim, Dim, number];
  const [, kvHeads, keyLength] = key.shape as [Dim, number, Dim];
  // Heads of one group lie side by side: they are further rows of the same product, and no key is repeated.
  const groupRows = mulDims((heads as number) / kvHeads, positions);
  const grouped = reshape(query, [batch, kvHeads, groupRows, headDim]);
  const scores = matmul(grouped, key, { transposeB: true, alpha: scale });
  const masked = add(reshape(scores, [batch, heads, positions, keyLength]), mask);
  const out = attend(reshape(masked, [batch, kvHeads, groupRows, keyLength]), value, positions);
  return reshape(out, [batch, heads, positions, headDim]);
}
