/**
 * Opens the tokenizer of a model folder: tokenizer.json, with tokenizer_config.json, special_tokens_map.json and
 * chat_template.jinja where they exist. tokenizer.json alone decides the ids, as in the Rust library `tokenizers`;
 * truncation and padding that were saved in it are not applied.
 *
 * The work is done by `@huggingface/tokenizers`. Where version 0.2.0 differs from the Rust library, this file puts it right:
 *  - invalid runs of byte-fallback tokens give one U+FFFD a byte, and a byte-order mark stays (see `fixByteFallback`);
 *  - decoding nothing gives '', ids without a token are left out, spaces are never "cleaned up";
 *  - white space is Unicode's in the GPT-2 pre-tokenizer: U+0085 is, U+FEFF is not, other than in JavaScript's `\s`;
 *  - lone surrogates become U+FFFD before encoding;
 *  - a whole text without pre-tokenizer is cut where no merge can reach across, for speed (see `splitAtWords`);
 *  - words that were cut before are found faster (see `word-encoder.ts`).
 * Not followed is one fault of tokenizers 0.23: it decodes special tokens saved as "normalized" with a space before them and
 * does not skip them. transformers skips them, and so do we.
 */
import { createHash } from 'node:crypto';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Tokenizer as Library } from '@huggingface/tokenizers';
import { z } from 'zod';
import type { Tokenizer } from '../data/tokenizer.ts';
import { TokenizerFileError } from '../errors.ts';
import { createWordEncoder } from './word-encoder.ts';

/** No tokenizer in use comes near this; a larger id in a file would only allocate memory. */
const MAX_TOKEN_ID = 2 ** 24;

const tokenId = z.number().int().min(0).max(MAX_TOKEN_ID);
const addedToken = z.object({
  id: tokenId,
  content: z.string().min(1),
  special: z.boolean().default(false),
  single_word: z.boolean().default(false),
});
const component = z.looseObject({ type: z.string() }).nullable().default(null);
const tokenizerSchema = z.looseObject({
  added_tokens: z.array(addedToken.loose()).default([]),
  normalizer: component,
  pre_tokenizer: component,
  post_processor: component,
  decoder: component,
  model: z.looseObject({ type: z.string().optional(), vocab: z.unknown(), merges: z.unknown().optional() }),
});
const bpeSchema = z.looseObject({
  vocab: z.record(z.string(), tokenId),
  merges: z.array(z.union([z.string(), z.tuple([z.string(), z.string()])])),
});

const namedToken = z.union([z.string(), z.looseObject({ content: z.string() }), z.null()]);
const NAMES = ['bos_token', 'eos_token', 'unk_token', 'pad_token', 'sep_token', 'cls_token', 'mask_token'] as const;
const configSchema = z.looseObject({
  ...(Object.fromEntries(NAMES.map((name) => [name, namedToken.optional()])) as Record<
    (typeof NAMES)[number],
    z.ZodOptional<typeof namedToken>
  >),
  chat_template: z
    .union([z.string(), z.array(z.object({ name: z.string(), template: z.string() })), z.null()])
    .optional(),
});

/**
 * @param folder a model folder in Hugging Face layout
 * @throws {TokenizerFileError} a file is missing, broken, or uses a part that is not supported
 */
export async function openTokenizer(folder: string): Promise<Tokenizer> {
  const file = join(folder, 'tokenizer.json');
  const text = await readOptional(file);
  if (text === null) {
    if (await exists(join(folder, 'tokenizer.model'))) {
      throw new TokenizerFileError(
        join(folder, 'tokenizer.model'),
        'only tokenizer.json is read; make it once with transformers: ' +
          'AutoTokenizer.from_pretrained(folder).save_pretrained(folder)',
      );
    }
    throw new TokenizerFileError(file, 'does not exist; expected a model folder with a tokenizer.json');
  }
  const config = await readConfig(join(folder, 'tokenizer_config.json'));
  const map = await readConfig(join(folder, 'special_tokens_map.json'));
  const jinja = await readOptional(join(folder, 'chat_template.jinja'));
  const inConfig = config.chat_template;
  const chatTemplate =
    jinja ??
    (Array.isArray(inConfig)
      ? (inConfig.find((entry) => entry.name === 'default')?.template ?? null)
      : (inConfig ?? null));

  const namedTokens: Record<string, string> = {};
  for (const name of NAMES) {
    const value = config[name] ?? map[name];
    if (value != null) namedTokens[name] = typeof value === 'string' ? value : value.content;
  }
  return createTokenizer(text, { file, namedTokens, chatTemplate });
}

/**
 * The same from a tokenizer.json in memory.
 * @param from.file shown in errors
 */
export function createTokenizer(
  json: string,
  from: { file: string; namedTokens: Readonly<Record<string, string>>; chatTemplate: string | null },
): Tokenizer {
  const { file, namedTokens } = from;
  const parsed = parseSchema(tokenizerSchema, json, file);
  if (parsed.added_tokens.some((token) => token.single_word)) {
    throw new TokenizerFileError(file, 'has an added token with "single_word", which is not supported');
  }
  if (parsed.model.type === 'BPE' || parsed.model.type === undefined) check(bpeSchema, parsed.model, file, 'model');
  let library: Library;
  try {
    library = new Library(parsed, { clean_up_tokenization_spaces: false });
  } catch (error) {
    throw new TokenizerFileError(file, 'uses a part that @huggingface/tokenizers does not support', { cause: error });
  }
  fixByteFallback(library);
  fixWhiteSpace(library);
  splitAtWords(library, parsed.model);
  const encodeWords = createWordEncoder(library);

  const tokens = (library.model as unknown as { vocab: (string | undefined)[] }).vocab;
  const special = new Map(parsed.added_tokens.filter((token) => token.special).map((t) => [t.content, t.id] as const));
  const specialIds = new Set(special.values());
  const byteFallback = usesByteFallback(library);
  const idOf = (name: string): number | null => {
    const content = namedTokens[name];
    return content === undefined ? null : (library.token_to_id(content) ?? null);
  };

  return {
    vocabSize: tokens.length,
    bosId: idOf('bos_token'),
    eosId: idOf('eos_token'),
    padId: idOf('pad_token'),
    unkId: idOf('unk_token'),
    chatTemplate: from.chatTemplate,
    specialTokens: special,
    namedTokens,
    fingerprint: createHash('sha256').update(json).digest('hex'),
    encode(text, options = {}) {
      const wellFormed = /[\ud800-\udfff]/.test(text) ? text.replace(/\p{Surrogate}/gu, '\uFFFD') : text;
      const addSpecialTokens = options.addSpecialTokens ?? true;
      const ids = addSpecialTokens ? null : encodeWords(wellFormed);
      return ids ?? library.encode(wellFormed, { add_special_tokens: addSpecialTokens }).ids;
    },
    decode(ids, options = {}) {
      const known = ids.filter((id) => tokens[id] !== undefined && !(options.skipSpecialTokens && specialIds.has(id)));
      return known.length === 0 ? '' : library.decode(known, { skip_special_tokens: false });
    },
    needsNeighbours: (id) => tokens[id] === undefined || (byteFallback && byteOf(tokens[id]) !== null),
  };
}

/** The value of a `<0xNN>` token, or null for any other token. */
function byteOf(token: string): number | null {
  return /^<0x[0-9A-Fa-f]{2}>$/.test(token) ? Number.parseInt(token.slice(3, 5), 16) : null;
}

interface LibraryDecoder {
  readonly config: { readonly type?: string };
  readonly decoders?: LibraryDecoder[];
  decode_chain(tokens: string[]): string[];
}

const byteFallbackDecoders = (library: Library): LibraryDecoder[] => {
  const found: LibraryDecoder[] = [];
  const walk = (decoder: LibraryDecoder | null): void => {
    if (decoder?.config.type === 'ByteFallback') found.push(decoder);
    for (const inner of decoder?.decoders ?? []) walk(inner);
  };
  walk(library.decoder as unknown as LibraryDecoder | null);
  return found;
};

const usesByteFallback = (library: Library): boolean => byteFallbackDecoders(library).length > 0;

/** Decodes byte tokens as the Rust decoder does: a run that is not valid UTF-8 gives one U+FFFD for each of its bytes. */
function fixByteFallback(library: Library): void {
  const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  for (const decoder of byteFallbackDecoders(library)) {
    decoder.decode_chain = (tokens) => {
      const result: string[] = [];
      let run: number[] = [];
      const endRun = (): void => {
        if (run.length === 0) return;
        try {
          result.push(utf8.decode(Uint8Array.from(run)));
        } catch {
          result.push('\uFFFD'.repeat(run.length));
        }
        run = [];
      };
      for (const token of tokens) {
        const byte = byteOf(token);
        if (byte === null) {
          endRun();
          result.push(token);
        } else run.push(byte);
      }
      endRun();
      return result;
    };
  }
}

/** GPT-2's pattern with Unicode's white space. Source: tokenizers, pre_tokenizers/byte_level.rs. */
const GPT2_WORDS =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;

interface LibraryPreTokenizer {
  readonly config?: { readonly type?: string };
  readonly tokenizers?: LibraryPreTokenizer[];
  pattern?: RegExp;
}

function fixWhiteSpace(library: Library): void {
  const walk = (part: LibraryPreTokenizer | null): void => {
    if (part?.config?.type === 'ByteLevel') part.pattern = GPT2_WORDS;
    for (const inner of part?.tokenizers ?? []) walk(inner);
  };
  walk(library.pre_tokenizer as unknown as LibraryPreTokenizer | null);
}

/** SentencePiece's stand-in for a space. */
const SPACE = '\u2581';

/**
 * Llama-style tokenizers have no pre-tokenizer: the merges run over the whole text at once, and nothing can be cached.
 * If no merge joins a piece that ends in another character with one that starts with the space mark, then no merge ever reaches
 * across such a place, and cutting there changes nothing. (Checked on the merges: some tokenizers do have such merges.)
 */
function splitAtWords(library: Library, model: { readonly merges?: unknown }): void {
  const { merges } = model;
  if (library.pre_tokenizer !== null || !Array.isArray(merges)) return;
  for (const merge of merges as (string | [string, string])[]) {
    const [left, right] = typeof merge === 'string' ? merge.split(' ', 2) : merge;
    if (left === undefined || right === undefined) return;
    if (right.startsWith(SPACE) && !left.endsWith(SPACE)) return;
  }
  const split = (text: string): string[] => {
    const words: string[] = [];
    let from = 0;
    for (let at = text.indexOf(SPACE, 1); at !== -1; at = text.indexOf(SPACE, at + 1)) {
      if (text[at - 1] === SPACE) continue;
      words.push(text.slice(from, at));
      from = at;
    }
    words.push(text.slice(from));
    return words;
  };
  library.pre_tokenizer = split as unknown as NonNullable<Library['pre_tokenizer']>;
}

type Config = z.infer<typeof configSchema>;

async function readConfig(file: string): Promise<Config> {
  const text = await readOptional(file);
  return text === null ? {} : parseSchema(configSchema, text, file);
}

function parseSchema<T>(schema: z.ZodType<T>, text: string, file: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new TokenizerFileError(file, 'is not valid JSON', { cause: error });
  }
  return check(schema, value, file, '');
}

function check<T>(schema: z.ZodType<T>, value: unknown, file: string, within: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const path = [within, ...(issue?.path ?? [])].filter((part) => part !== '').join('.');
  throw new TokenizerFileError(
    file,
    `${path === '' ? '' : `"${path.slice(0, 80)}": `}${issue?.message ?? 'is not legal'}`,
  );
}

async function readOptional(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw new TokenizerFileError(file, `cannot be read (${code ?? 'unknown error'})`, { cause: error });
  }
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );
