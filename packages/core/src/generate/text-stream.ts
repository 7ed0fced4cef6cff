/** Token ids -> text pieces that are final: whole characters, nothing of a stop string. */
import { createTextDecoder } from '../data/text-decoder.ts';
import type { Tokenizer } from '../data/tokenizer.ts';
import type { GenerateOptions, Generator } from './generator.ts';
import { StopStrings } from './stopping.ts';

/** Longest answer where the caller sets no limit. */
const DEFAULT_MAX_NEW_TOKENS = 256;

/** {@link GenerateOptions}, and texts that end the answer. */
export interface TextOptions extends Omit<GenerateOptions, 'endIds'> {
  /** End the answer; neither they nor what follows is given out. */
  readonly stop: readonly string[];
  /** Default: the tokenizer's end token. */
  readonly endIds: readonly number[];
  /** Told of each token as it is drawn, also of those that give no text yet. */
  readonly onToken?: (id: number) => void;
}

/** Why an answer ended, and what it took. */
export interface TextEnd {
  /** Tokens drawn; the end token is not counted. */
  readonly tokens: number;
  /** An end token, a stop string, or the limit: `maxNewTokens` or the model's last position. */
  readonly reason: 'end' | 'stop' | 'length';
}

/**
 * Streams an answer as text. The pieces joined are the decoded answer; returns why it ended.
 * @throws what {@link Generator.generate} throws
 */
export async function* streamText(
  generator: Generator,
  tokenizer: Tokenizer,
  prompt: readonly number[],
  options: Partial<TextOptions> = {},
): AsyncGenerator<string, TextEnd> {
  const { stop = [], endIds = tokenizer.eosId === null ? [] : [tokenizer.eosId], onToken, ...rest } = options;
  const maxNewTokens = rest.maxNewTokens ?? DEFAULT_MAX_NEW_TOKENS;
  const decoder = createTextDecoder(tokenizer);
  const stops = new StopStrings(stop);
  let tokens = 0;
  for await (const id of generator.generate(prompt, { ...rest, maxNewTokens, endIds })) {
    tokens++;
    onToken?.(id);
    const { text, stopped } = stops.push(decoder.push(id));
    if (text) yield text;
    if (stopped) return { tokens, reason: 'stop' };
  }
  const { text, stopped } = stops.push(decoder.flush());
  const tail = stopped ? text : text + stops.end();
  if (tail) yield tail;
  if (stopped) return { tokens, reason: 'stop' };
  const full = tokens === maxNewTokens || prompt.length + tokens > generator.variant.model.maxPositions;
  return { tokens, reason: full ? 'length' : 'end' };
}
