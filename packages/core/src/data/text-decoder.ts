/** Token ids to text, one id at a time. */
import type { Tokenizer } from './tokenizer.ts';

/** Turns tokens into text as they come, holding back characters that are not complete. */
export interface TextDecoder {
  /** Text that is final with this id: '' while a character is still incomplete. */
  push(id: number): string;
  /** The rest, when no more ids come. The decoder is then as new. */
  flush(): string;
}

/**
 * The pieces joined equal `tokenizer.decode` of all ids at once.
 *
 * Only a window of ids is decoded again for each push: it starts with the last id whose text was complete, so that the
 * tokenizer treats what follows as the middle of a text and keeps the leading space that SentencePiece strips
 * at the start. Held back are a trailing U+FFFD (the first bytes of a character), and a run of byte-fallback tokens until
 * it ends, because one bad byte turns the whole run into U+FFFD.
 */
export function createTextDecoder(
  tokenizer: Tokenizer,
  options: { readonly skipSpecialTokens?: boolean } = {},
): TextDecoder {
  const skipSpecialTokens = options.skipSpecialTokens ?? true;
  const skipped = new Set(skipSpecialTokens ? tokenizer.specialTokens.values() : []);
  const decode = (ids: readonly number[]): string => tokenizer.decode(ids, { skipSpecialTokens });
  let window: number[] = [];
  let given = 0; // characters of decode(window) that were returned before

  return {
    push(id) {
      if (skipped.has(id)) return '';
      window.push(id);
      if (tokenizer.needsNeighbours(id)) return '';
      const text = decode(window);
      const complete = !text.endsWith('\uFFFD');
      const piece = text.slice(given, complete ? text.length : -1);
      if (complete && piece !== '') {
        window = [id];
        given = decode(window).length;
      } else {
        given += piece.length;
      }
      return piece;
    },
    flush() {
      const piece = decode(window).slice(given);
      window = [];
      given = 0;
      return piece;
    },
  };
}
