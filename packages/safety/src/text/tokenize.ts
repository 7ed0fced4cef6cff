import { Hint, mayGoOn, type Phrase } from '../lexicon/lexicon.ts';
import { Sense } from '../lexicon/tags.ts';
import type { Folded } from './fold.ts';
import { scan } from './scan.ts';
import { type Token, WORD } from './token.ts';

/** Splits, undoes disguises and tags one piece of text that is folded and whose spaced letters are joined. Offsets are those of `original` plus `base`. */
export function tokenizeJoined(original: string, joined: Folded, base: number): Token[] {
  const tokens = scan(joined, base);
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] as Token;
    if (token.phrases) tagPhrase(tokens, i, token.phrases);
    if (token.kind !== WORD || (token.sense | token.role) !== 0) continue;
    const c = original.charCodeAt(token.from - base);
    if (c >= 65 && c <= 90) token.hint |= Hint.Capital;
  }
  return tokens;
}

/** Marks the words of the listed phrase that begins at `i`, if one does. Only a hyphen may stand between them. */
function tagPhrase(tokens: Token[], i: number, phrases: readonly Phrase[]): void {
  const next = tokens[i + 1];
  if (!next || !mayGoOn(phrases, next.w)) return;
  for (const phrase of phrases) {
    if (!matchesPhrase(tokens, i, phrase.rest)) continue;
    // A phrase about when or how says so for all of its words: the "food" of "with food" is no food.
    const replaces = (phrase.sense & (Sense.Frequency | Sense.Route | Sense.Care)) !== 0;
    for (let k = i; k <= i + phrase.rest.length; k++) {
      const part = tokens[k] as Token;
      part.sense = (replaces ? part.sense & Sense.Number : part.sense) | phrase.sense;
      part.role |= phrase.role;
    }
    return;
  }
}

function matchesPhrase(tokens: Token[], i: number, rest: readonly string[]): boolean {
  for (let k = 0; k < rest.length; k++) if (tokens[i + 1 + k]?.w !== rest[k]) return false;
  return true;
}
