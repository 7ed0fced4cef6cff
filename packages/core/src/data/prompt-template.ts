/** Prompt templates as data: how a record's fields become the prompt's text and the answer's text. */
import { createHash } from 'node:crypto';
import { TemplateError } from '../errors.ts';
import { chatTemplate } from './chat-template.ts';
import { DISCLAIMER_SEPARATOR } from './disclaimer.ts';
import type { Tokenizer } from './tokenizer.ts';

/** What a prompt is rendered from. */
export interface PromptFields {
  /** A system message, for us the safety prefix. */
  readonly system?: string | undefined;
  /** What is asked. */
  readonly instruction: string;
  /** '' when there is none. */
  readonly input: string;
}

/** One turn of a conversation. */
export interface ChatMessage {
  /** Who says it. */
  readonly role: 'system' | 'user' | 'assistant';
  /** What is said, as plain text. */
  readonly content: string;
}

/** How a record or a conversation becomes the text before an answer. */
export interface PromptTemplate {
  /** Goes into the manifest. */
  readonly name: string;
  /** Whether the tokenizer adds its own special tokens before the prompt. A chat template writes them itself. */
  readonly addSpecialTokens: boolean;
  /** The text a model is given before it answers. */
  renderPrompt(fields: PromptFields): string;
  /**
   * What follows the prompt of the same fields.
   * @returns text of the answer as the template writes it, and the special token that ends it (null: the tokenizer's eos)
   */
  renderAnswer(fields: PromptFields, answer: string): { readonly text: string; readonly end: string | null };
  /**
   * A conversation up to the place where the assistant speaks next.
   * @throws {TemplateError} where the template cannot hold it (the instruction templates take one question only)
   */
  renderConversation(messages: readonly ChatMessage[]): string;
  /** SHA-256 (hex) of everything that decides the texts. */
  readonly hash: string;
}

/** A template with `{instruction}` and `{input}` as places. */
export interface TextTemplate {
  /** Goes into the manifest. */
  readonly name: string;
  /** Wording for a record with a context; holds `{instruction}` and `{input}`. */
  readonly withInput: string;
  /** Wording for a record without one; holds `{instruction}`. */
  readonly withoutInput: string;
}

/**
 * Stanford Alpaca, as published: the answer follows "### Response:" directly.
 * Source: https://github.com/tatsu-lab/stanford_alpaca, train.py, PROMPT_DICT. AlpaCare trains with it too.
 */
export const ALPACA: TextTemplate = {
  name: 'alpaca',
  withInput:
    'Below is an instruction that describes a task, paired with an input that provides further context. ' +
    'Write a response that appropriately completes the request.\n\n' +
    '### Instruction:\n{instruction}\n\n### Input:\n{input}\n\n### Response:',
  withoutInput:
    'Below is an instruction that describes a task. ' +
    'Write a response that appropriately completes the request.\n\n' +
    '### Instruction:\n{instruction}\n\n### Response:',
};

const MEDALPACA_TEXT =
  'Below is an instruction that describes a task, paired with an input that provides further context. ' +
  'Write a response that appropriately completes the request.' +
  '\n\n### Instruction:\n{instruction}\n\n### Input:\n{input}\n\n### Response:\n';

/**
 * MedAlpaca, as published: the input section stays even when it is empty, and a line end follows "### Response:".
 * Source: https://github.com/kbressem/medAlpaca, prompt_templates/medalpaca.json and handler.py.
 */
export const MEDALPACA: TextTemplate = { name: 'medalpaca', withInput: MEDALPACA_TEXT, withoutInput: MEDALPACA_TEXT };

/** A template of plain text. The system message is put before it, an empty line between. */
export function textTemplate(template: TextTemplate): PromptTemplate {
  const { name } = template;
  for (const text of [template.withInput, template.withoutInput]) {
    if (!text.includes('{instruction}')) throw new TemplateError(name, 'has no place {instruction}');
  }
  const renderPrompt = (fields: PromptFields): string => {
    const text = fields.input === '' ? template.withoutInput : template.withInput;
    // One pass, so that a record that talks about "{input}" is not filled in.
    const filled = text.replace(/\{(instruction|input)\}/g, (_, key: 'instruction' | 'input') => fields[key]);
    return fields.system === undefined || fields.system === '' ? filled : `${fields.system}\n\n${filled}`;
  };
  return {
    name,
    addSpecialTokens: true,
    renderPrompt,
    renderAnswer: (_, answer) => ({ text: answer, end: null }),
    renderConversation(messages) {
      const system = messages.filter((message) => message.role === 'system').map((message) => message.content);
      const others = messages.filter((message) => message.role !== 'system');
      const question = others[0];
      if (others.length !== 1 || question?.role !== 'user') {
        throw new TemplateError(
          name,
          `takes one question, found ${others.length} messages; use a model with a chat template`,
        );
      }
      return renderPrompt({ system: system.join('\n\n'), instruction: question.content, input: '' });
    },
    hash: createHash('sha256')
      .update(JSON.stringify(['text', template.withInput, template.withoutInput]))
      .digest('hex'),
  };
}

/** `chat` is the tokenizer's own chat template. */
export type TemplateName = 'alpaca' | 'medalpaca' | 'chat';

/** @throws {TemplateError} for `chat` where the tokenizer has no chat template, or an unknown name */
export function promptTemplate(name: TemplateName, tokenizer: Tokenizer): PromptTemplate {
  switch (name) {
    case 'alpaca':
      return textTemplate(ALPACA);
    case 'medalpaca':
      return textTemplate(MEDALPACA);
    case 'chat':
      return chatTemplate(tokenizer);
    default:
      throw new TemplateError(name, 'is unknown; expected alpaca, medalpaca or chat');
  }
}

/** Hash for manifests: the template and the texts that are added to each record. */
export function templateHash(template: PromptTemplate, wording: Wording = {}): string {
  return createHash('sha256')
    .update(JSON.stringify([template.hash, wording.safetyPrefix ?? '', wording.disclaimer ?? '', DISCLAIMER_SEPARATOR]))
    .digest('hex');
}

/** Texts that the caller adds to every record; core knows none of its own. */
export interface Wording {
  /** The system message of every prompt. */
  readonly safetyPrefix?: string | undefined;
  /** The sentence that ends every answer, once. */
  readonly disclaimer?: string | undefined;
}
