import { Sense } from '../../lexicon/tags.ts';
import { type Sentence, words } from '../sentence.ts';
import type { Span } from '../span.ts';

export const OBJECT_ENDS = words(
  'by asking what how why if when while because before after than about risk who which that without unless until help whether despite although though between during',
);

export const RX = Sense.Rx;

export function span(first: number, last: number, reason: string): Span {
  return { first: Math.min(first, last), last: Math.max(first, last), reason };
}

const COMPOUNDS = words(
  'resistance resistant allergy allergic allergies level levels sensitivity test receptor receptors deficiency label labels list abuse use users stewardship plastic pen pens pump pumps spacer diary class family diagram diagrams card cards slide slides chapter lecture quiz flashcard flashcards exam notes homework question questions case cap mouthpiece packaging bottle box drawer needle needles cartridge cartridges site sites technique works work molecule molecules',
);

/** "insulin resistance", "antibiotic stewardship": the medicine only describes another thing. */
export function isCompound(s: Sentence, r: number): boolean {
  return s.isWord(r + 1, COMPOUNDS);
}
