/** Record + template + tokenizer -> token ids and the span that counts in the loss. */
import { EmptySupervisedSpanError, TemplateError, TokenLimitError } from '../errors.ts';
import { DISCLAIMER_SEPARATOR, withDisclaimer, withoutDisclaimer } from './disclaimer.ts';
import type { ChatMessage, PromptFields, PromptTemplate, Wording } from './prompt-template.ts';
import type { InstructionRecord } from './record.ts';
import { type Tokenizer, withoutSpecialTokens } from './tokenizer.ts';

/** Token positions `[from, to)`. */
export interface TokenSpan {
  /** First position, counted from 0. */
  readonly from: number;
  /** Position after the last. */
  readonly to: number;
}

/** A record as token ids, with the span that counts in the loss. */
export interface EncodedExample {
  /** Id of the record. */
  readonly id: string;
  /** [T] prompt, answer, end token. */
  readonly inputIds: Int32Array;
  /** The answer and its end token, nothing of the prompt. */
  readonly supervised: TokenSpan;
  /** The answer's own tokens: neither the disclaimer nor the end token. */
  readonly answerSpanWithoutDisclaimer: TokenSpan;
  /** The answer was shortened to fit. */
  readonly truncated: boolean;
}

export interface EncodeOptions extends Wording {
  /** Longest example in tokens, prompt, disclaimer and end token included. Default: no limit. */
  readonly maxTokens?: number | undefined;
  /** What to do with a longer one. `truncate-answer` cuts between words and keeps disclaimer and end token. Default `error`. */
  readonly overLimit?: 'error' | 'truncate-answer' | undefined;
}

/** The ids that generation starts from; {@link encodeExample} begins with exactly these. */
export function encodePrompt(
  fields: PromptFields,
  template: PromptTemplate,
  tokenizer: Tokenizer,
  wording: Wording = {},
): number[] {
  return promptOf(fields, template, tokenizer, wording).ids;
}

/** A conversation -> the ids that generation starts from. Special tokens inside the messages are taken out, as in records. */
export function encodeConversation(
  messages: readonly ChatMessage[],
  template: PromptTemplate,
  tokenizer: Tokenizer,
): number[] {
  const clean = messages.map(({ role, content }) => ({ role, content: withoutSpecialTokens(content, tokenizer) }));
  return encodePromptText(template.renderConversation(clean), template, tokenizer);
}

/**
 * Why two passes: the prompt is tokenized alone, because that is what generation will feed. Then prompt and answer are
 * tokenized together; where the prompt's ids are a prefix of the result, which is nearly always, the rest are the answer's. Where
 * a merge reaches across the border (":" + "-)" may become ":-" and ")"), the answer is tokenized as the continuation
 * of a neutral text instead, so that the border stays exact and both parts decode to the same text. The border between
 * answer and disclaimer is found the same way.
 * @throws {EmptySupervisedSpanError} no answer, or no word of it fits
 * @throws {TokenLimitError} longer than `maxTokens` and not to be truncated
 */
export function encodeExample(
  record: InstructionRecord,
  template: PromptTemplate,
  tokenizer: Tokenizer,
  options: EncodeOptions = {},
): EncodedExample {
  const fields = cleanFields(record, options, tokenizer);
  const prompt = promptOf(fields, template, tokenizer, options);
  const { disclaimer = '' } = options;
  const answer = withoutSpecialTokens(record.output, tokenizer);
  const body = disclaimer === '' ? answer.trimEnd() : withoutDisclaimer(answer, disclaimer);
  if (body.trim() === '')
    throw new EmptySupervisedSpanError(record.id, 'has no answer, so nothing would be learned from it');

  const build = (words: string): EncodedExample =>
    encodeAnswer(record.id, fields, words, prompt, template, tokenizer, disclaimer);
  const whole = build(body);
  const limit = options.maxTokens ?? Number.POSITIVE_INFINITY;
  if (whole.inputIds.length <= limit) return whole;
  if (options.overLimit !== 'truncate-answer') throw new TokenLimitError(record.id, whole.inputIds.length, limit);

  // The most words that fit. Tokens grow with words, so halving finds it.
  const ends = [...body.matchAll(/\S(?=\s|$)/gu)].map((match) => match.index + match[0].length);
  let best: EncodedExample | null = null;
  for (let low = 0, high = ends.length - 1; low < high; ) {
    const middle = (low + high) >> 1;
    const shorter = build(body.slice(0, ends[middle]));
    if (shorter.inputIds.length <= limit) {
      best = shorter;
      low = middle + 1;
    } else high = middle;
  }
  if (best === null) {
    throw new EmptySupervisedSpanError(
      record.id,
      `its prompt has ${prompt.ids.length} tokens, so no word of the answer fits in ${limit}; drop it or raise the limit`,
    );
  }
  return { ...best, truncated: true };
}

interface EncodedPrompt {
  readonly text: string;
  readonly ids: number[];
}

function cleanFields(fields: PromptFields, wording: Wording, tokenizer: Tokenizer): PromptFields {
  return {
    system: wording.safetyPrefix ?? fields.system,
    instruction: withoutSpecialTokens(fields.instruction, tokenizer),
    input: withoutSpecialTokens(fields.input, tokenizer),
  };
}

function promptOf(
  fields: PromptFields,
  template: PromptTemplate,
  tokenizer: Tokenizer,
  wording: Wording,
): EncodedPrompt {
  const text = template.renderPrompt(cleanFields(fields, wording, tokenizer));
  return { text, ids: encodePromptText(text, template, tokenizer) };
}

/** A rendered prompt or conversation -> ids, with what the tokenizer adds in front (not behind) where the template wants it. */
export function encodePromptText(text: string, template: PromptTemplate, tokenizer: Tokenizer): number[] {
  const ids = tokenizer.encode(text, { addSpecialTokens: false });
  return template.addSpecialTokens ? [...leadingSpecialIds(tokenizer), ...ids] : ids;
}

const leadingIds = new WeakMap<Tokenizer, readonly number[]>();

function leadingSpecialIds(tokenizer: Tokenizer): readonly number[] {
  const known = leadingIds.get(tokenizer);
  if (known !== undefined) return known;
  const plain = tokenizer.encode('a', { addSpecialTokens: false });
  const added = tokenizer.encode('a', { addSpecialTokens: true });
  let from = 0;
  while (from + plain.length < added.length && !startsWith(added.slice(from), plain)) from += 1;
  const ids = added.slice(0, from);
  leadingIds.set(tokenizer, ids);
  return ids;
}

function encodeAnswer(
  id: string,
  fields: PromptFields,
  body: string,
  prompt: EncodedPrompt,
  template: PromptTemplate,
  tokenizer: Tokenizer,
  disclaimer: string,
): EncodedExample {
  const rendered = template.renderAnswer(fields, disclaimer === '' ? body : withDisclaimer(body, disclaimer));
  const tail = disclaimer === '' ? '' : DISCLAIMER_SEPARATOR + disclaimer;
  if (!rendered.text.endsWith(tail))
    throw new TemplateError(template.name, 'changes the disclaimer at the end of an answer');
  const bodyText = rendered.text.slice(0, rendered.text.length - tail.length);
  const bodyIds = continuation(tokenizer, template, prompt, bodyText);
  if (bodyIds.length === 0) throw new EmptySupervisedSpanError(id, 'its answer has no tokens');
  const answered: EncodedPrompt = { text: prompt.text + bodyText, ids: [...prompt.ids, ...bodyIds] };
  const tailIds = tail === '' ? [] : continuation(tokenizer, template, answered, tail);
  const end = rendered.end === null ? tokenizer.eosId : (tokenizer.specialTokens.get(rendered.end) ?? tokenizer.eosId);
  if (end === null)
    throw new TemplateError(template.name, 'the tokenizer has no eos token, so an answer could never end');
  const inputIds = Int32Array.from([...answered.ids, ...tailIds, end]);
  const from = prompt.ids.length;
  return {
    id,
    inputIds,
    supervised: { from, to: inputIds.length },
    answerSpanWithoutDisclaimer: { from, to: from + bodyIds.length },
    truncated: false,
  };
}

/** Texts to tokenize `text` behind, where the real one merges into it. */
const NEUTRAL_LEADS = ['', '\n', 'a', '.', ' '];

/** Ids of `text` as it stands after `before`, whose own ids stay as they are. */
function continuation(tokenizer: Tokenizer, template: PromptTemplate, before: EncodedPrompt, text: string): number[] {
  const together = encodePromptText(before.text + text, template, tokenizer);
  if (startsWith(together, before.ids)) return together.slice(before.ids.length);
  const expected = tokenizer.decode(together);
  for (const lead of NEUTRAL_LEADS) {
    const leadIds = tokenizer.encode(lead, { addSpecialTokens: false });
    const ids = tokenizer.encode(lead + text, { addSpecialTokens: false });
    if (!startsWith(ids, leadIds)) continue;
    const rest = ids.slice(leadIds.length);
    if (tokenizer.decode([...before.ids, ...rest]) === expected) return rest;
  }
  throw new TemplateError(template.name, 'the border between prompt and answer cannot be kept with this tokenizer');
}

function startsWith(ids: readonly number[], prefix: readonly number[]): boolean {
  return prefix.length <= ids.length && prefix.every((id, i) => ids[i] === id);
}
