/** The layouts in which instruction data is published, brought to the fields of one record. */
import { BadRecordError, InvalidOptionError, type RecordPlace } from '../errors.ts';
import { DEFAULT_FIELD_NAMES, type FieldNames } from './record-schema.ts';

/**
 *  - `instruction`: instruction, input, output: Alpaca, MedInstruct-52k, Medical Meadow (where the question is often the input)
 *  - `question-answer`: question, context, answer
 *  - `messages`: a list of `{ role, content }`, as chat endpoints take it
 *  - `conversations`: a list of `{ from, value }`, as ShareGPT wrote it
 * Each with the names in the file changed by a field map.
 */
export type RecordLayout = 'instruction' | 'question-answer' | 'messages' | 'conversations';

/** How records are laid out in their file, and what becomes of long conversations. */
export interface LayoutOptions {
  /** `auto` looks at the fields of the first record. Default `instruction`. */
  readonly layout?: RecordLayout | 'auto' | undefined;
  /** Names of the fields or columns in the file, where they differ from those of the layout. */
  readonly fields?: Partial<FieldNames> | undefined;
  /** The field that holds the list of a chat layout. Default: the layout's own name. */
  readonly messagesField?: string | undefined;
  /**
   * A record has one question and one answer. What to do with a conversation that goes on: stop with an error that names it,
   * or take its first exchange. Default `error`.
   */
  readonly longConversations?: 'error' | 'first-exchange' | undefined;
}

const QUESTION_ANSWER_NAMES: FieldNames = { id: 'id', instruction: 'question', input: 'context', output: 'answer' };

/** Turns rows of one file into objects with the names of {@link DEFAULT_FIELD_NAMES}. */
export interface RowReader {
  /** Top-level fields that are needed, or null where the first row decides. */
  readonly columns: readonly string[] | null;
  /** Names of the fields in the file: what an error should show. */
  readonly names: FieldNames;
  read(row: unknown, place: RecordPlace): unknown;
}

/** @throws {InvalidOptionError} an unknown layout, or a field map for a chat layout */
export function createRowReader(options: LayoutOptions = {}): RowReader {
  const { layout = 'instruction', fields = {} } = options;
  switch (layout) {
    case 'instruction':
      return fieldReader({ ...DEFAULT_FIELD_NAMES, ...fields });
    case 'question-answer':
      return fieldReader({ ...QUESTION_ANSWER_NAMES, ...fields });
    case 'messages':
      return chatReader(options, options.messagesField ?? 'messages', 'role', 'content');
    case 'conversations':
      return chatReader(options, options.messagesField ?? 'conversations', 'from', 'value');
    case 'auto':
      return detectingReader(options);
    default:
      throw new InvalidOptionError(
        'layout',
        `must be auto, instruction, question-answer, messages or conversations, found ${JSON.stringify(String(layout).slice(0, 40))}`,
      );
  }
}

/** A file that names its own fields by a map needs no guess. */
function detectingReader(options: LayoutOptions): RowReader {
  let chosen =
    options.fields?.instruction === undefined ? undefined : createRowReader({ ...options, layout: 'instruction' });
  return {
    columns: chosen?.columns ?? null,
    get names() {
      return chosen?.names ?? DEFAULT_FIELD_NAMES;
    },
    read(row, place) {
      chosen ??= createRowReader({ ...options, layout: detectLayout(row, options, place) });
      return chosen.read(row, place);
    },
  };
}

function detectLayout(row: unknown, options: LayoutOptions, place: RecordPlace): RecordLayout {
  const has = (name: string): boolean => typeof row === 'object' && row !== null && Object.hasOwn(row, name);
  if (has('instruction')) return 'instruction';
  if (has('question') && (has('answer') || options.fields?.output !== undefined)) return 'question-answer';
  if (has('messages') || options.messagesField !== undefined) return 'messages';
  if (has('conversations')) return 'conversations';
  const found = typeof row === 'object' && row !== null ? Object.keys(row).slice(0, 12) : [];
  throw new BadRecordError(
    place,
    `the layout cannot be told from the fields ${found.map((name) => JSON.stringify(name.slice(0, 40))).join(', ') || '(none)'}; ` +
      'name them by a field map (instruction, input, output)',
  );
}

function fieldReader(names: FieldNames): RowReader {
  return { columns: Object.values(names), names, read: (row) => row };
}

const USER = /^(user|human|patient)$/i;
const ASSISTANT = /^(assistant|gpt|bot|model|doctor)$/i;
const SYSTEM = /^(system|developer)$/i;

/**
 * The first question becomes the instruction and the reply to it the output. System messages are left out: the caller's safety prefix
 * takes their place.
 */
function chatReader(options: LayoutOptions, listField: string, roleField: string, textField: string): RowReader {
  if (options.fields?.instruction ?? options.fields?.input ?? options.fields?.output) {
    throw new InvalidOptionError('fields', 'cannot be used with a chat layout; name the list by messagesField');
  }
  const idField = options.fields?.id ?? 'id';
  const read = (row: unknown, place: RecordPlace): unknown => {
    const fail = (problem: string): never => {
      throw new BadRecordError({ ...place, field: listField }, problem);
    };
    if (typeof row !== 'object' || row === null || Array.isArray(row)) return row; // the schema says what is wrong
    const list: unknown = (row as Record<string, unknown>)[listField];
    if (!Array.isArray(list)) return fail('expected a list of messages');
    const turns: { role: 'user' | 'assistant'; text: string }[] = [];
    for (const [index, item] of list.entries()) {
      const message = (typeof item === 'object' && item !== null ? item : {}) as Record<string, unknown>;
      const role = message[roleField];
      const text = messageText(message[textField]);
      if (typeof role !== 'string' || text === null) {
        return fail(`message ${index + 1}: expected "${roleField}" and "${textField}" with text`);
      }
      if (SYSTEM.test(role)) continue;
      if (!USER.test(role) && !ASSISTANT.test(role))
        return fail(`message ${index + 1}: "${roleField}" is neither a user's nor an assistant's`);
      const speaker = USER.test(role) ? 'user' : 'assistant';
      const last = turns.at(-1);
      if (last?.role === speaker) last.text += `\n\n${text}`;
      else turns.push({ role: speaker, text });
    }
    if (turns[0]?.role !== 'user') return fail('expected a user to speak first');
    if (turns.length > 2 && options.longConversations !== 'first-exchange') {
      return fail(
        `has ${turns.length} turns, a record holds 2; set longConversations to "first-exchange", or split it`,
      );
    }
    return {
      id: (row as Record<string, unknown>)[idField],
      instruction: turns[0].text,
      input: '',
      output: turns[1]?.text,
    };
  };
  return { columns: [idField, listField], names: DEFAULT_FIELD_NAMES, read };
}

/** Plain text, or the text parts of a list of parts. */
function messageText(content: unknown): string | null {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return null;
  const parts = content.map((part: { type?: unknown; text?: unknown } | null) =>
    part?.type === 'text' && typeof part.text === 'string' ? part.text : null,
  );
  return parts.includes(null) ? null : parts.join('');
}
