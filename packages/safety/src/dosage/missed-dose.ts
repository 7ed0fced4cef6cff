import { Sense } from '../lexicon/tags.ts';
import { type Sentence, words } from '../rules/sentence.ts';
import type { Span } from '../rules/span.ts';
import { stanceOf } from '../rules/stance.ts';

const ACTS = words('take swallow use give inject apply insert inhale skip omit');
const MISSED = words('missed forgotten late skipped');
const ITS = words('the your this that any a');

/** What to do with a forgotten dose: "take the missed tablet now", "skip the missed dose", "take it as soon as you remember". */
export function missedDose(s: Sentence): Span | undefined {
  for (let i = s.start; i < s.end; i++) {
    if (!s.isWord(i, ACTS)) continue;
    const last = lastOfMissed(s, i + 1);
    if (last < 0) continue;
    const stance = stanceOf(s, i);
    if (stance !== 'directive' && stance !== 'permission') continue;
    return { first: i, last, reason: 'when to take a missed dose' };
  }
  return undefined;
}

/** Last token of the missed dose that begins at `from`, or -1. */
function lastOfMissed(s: Sentence, from: number): number {
  const i = s.isWord(from, ITS) ? from + 1 : from;
  if (s.isWord(i, MISSED) && s.has(i + 1, Sense.Dose | Sense.Form | Sense.Medicine)) return i + 1;
  if (s.reads(from, 'it', 'as', 'soon', 'as') && s.w(from + 5) === 'remember') return from + 5;
  return -1;
}
