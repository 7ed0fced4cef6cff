import { Sense } from '../../lexicon/tags.ts';
import { words } from '../sentence.ts';
import type { Span } from '../span.ts';

export const OBJECT_ENDS = words(
  'if when while because before after than about risk who which that without unless until help whether despite although though between during',
);

export const RX = Sense.Rx;

export function span(first: number, last: number, reason: string): Span {
  return { first: Math.min(first, last), last: Math.max(first, last), reason };
}
