/** An encoded record as a JSON value, for parts of a split job. */
import type { EncodeOutcome } from './encode-record.ts';

/** `[tokens]` where it is over the limit; else supervised from, end of the answer without disclaimer, flags, and the ids. */
export type OutcomeRow = readonly [tokens: number] | readonly [number, number, flags: number, ids: readonly number[]];

const TRUNCATED = 1;
const SPECIAL_TOKENS = 2;

export function outcomeRow(outcome: EncodeOutcome): OutcomeRow {
  if (outcome.kind === 'over-limit') return [outcome.tokens];
  const { inputIds, supervised, answerSpanWithoutDisclaimer: answer, truncated } = outcome.example;
  const flags = (truncated ? TRUNCATED : 0) | (outcome.hadSpecialTokens ? SPECIAL_TOKENS : 0);
  return [supervised.from, answer.to, flags, [...inputIds]];
}

/** @param id  of the record */
export function outcomeOf(row: OutcomeRow, id: string): EncodeOutcome {
  if (row.length === 1) return { kind: 'over-limit', tokens: row[0] };
  const [from, answerTo, flags, ids] = row;
  return {
    kind: 'example',
    hadSpecialTokens: (flags & SPECIAL_TOKENS) !== 0,
    example: {
      id,
      inputIds: Int32Array.from(ids),
      supervised: { from, to: ids.length },
      answerSpanWithoutDisclaimer: { from, to: answerTo },
      truncated: (flags & TRUNCATED) !== 0,
    },
  };
}
