/** What the rest of core needs from a tokenizer; `io/tokenizer-json.ts` implements it. */
import { TokenizerMismatchError } from '../errors.ts';

/** Text to token ids and back, with the special tokens of a model. */
export interface Tokenizer {
  /** Highest id + 1, added tokens included: the least number of embeddings that a model must have. */
  readonly vocabSize: number;
  /** Token before a text; null where there is none. */
  readonly bosId: number | null;
  /** Token that ends an answer; null where there is none. */
  readonly eosId: number | null;
  /** Token that fills rows up; null where there is none. */
  readonly padId: number | null;
  /** Token for what the vocabulary lacks; null where there is none. */
  readonly unkId: number | null;
  /** @param options.addSpecialTokens what the tokenizer's own post-processor adds, such as a leading `<s>`. Default true. */
  /** Text -> ids. Special tokens are added unless told otherwise. */
  encode(text: string, options?: { readonly addSpecialTokens?: boolean }): number[];
  /** Ids that are in no vocabulary are left out. @param options.skipSpecialTokens default false */
  decode(ids: readonly number[], options?: { readonly skipSpecialTokens?: boolean }): string;
  /** Jinja source, or null where the tokenizer has none. */
  readonly chatTemplate: string | null;
  /** Text -> id of every token that is markup and not text. */
  readonly specialTokens: ReadonlyMap<string, number>;
  /** Named tokens as a chat template refers to them: bos_token, eos_token, ... */
  readonly namedTokens: Readonly<Record<string, string>>;
  /**
   * Whether this id can be read only together with the ids beside it: the `<0xNN>` tokens of SentencePiece byte fallback,
   * and ids in no vocabulary, across which a run of such tokens goes on.
   */
  needsNeighbours(id: number): boolean;
  /** SHA-256 (hex) of tokenizer.json. */
  readonly fingerprint: string;
}

/**
 * @param modelVocabSize rows of the model's embedding; it may be larger (padded) but not smaller
 * @throws {TokenizerMismatchError}
 */
export function assertTokenizerFits(tokenizer: Pick<Tokenizer, 'vocabSize'>, modelVocabSize: number): void {
  if (tokenizer.vocabSize > modelVocabSize) {
    throw new TokenizerMismatchError(tokenizer.vocabSize, modelVocabSize);
  }
}

/**
 * Takes the texts of special tokens out of text that people wrote: otherwise `</s>` or `<|assistant|>` inside a record or
 * a question would become the control token itself. Repeats until none is left, as removing one can form another.
 */
export function withoutSpecialTokens(text: string, tokenizer: Pick<Tokenizer, 'specialTokens'>): string {
  let result = text;
  for (let again = true; again; ) {
    again = false;
    for (const token of tokenizer.specialTokens.keys()) {
      if (token !== '' && result.includes(token)) {
        result = result.replaceAll(token, '');
        again = true;
      }
    }
  }
  return result;
}
