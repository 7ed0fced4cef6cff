/** Cleans records, and names every one that is dropped and why. */
import { InvalidOptionError } from '../errors.ts';
import { type InstructionRecord, type RecordSource, recordHash } from './record.ts';

/**
 * Why a record is dropped:
 *  - `empty-instruction`, `empty-output`: nothing but white space, or null
 *  - `answer-too-short`: fewer characters than asked for
 *  - `duplicate`: the same three texts, after cleaning, as an earlier record
 *  - `over-token-limit`: longer than the window and the caller asked to drop such (set while encoding)
 */
export type DropReason = 'empty-instruction' | 'empty-output' | 'answer-too-short' | 'duplicate' | 'over-token-limit';

/**
 * What was changed in a record that stays. Set while encoding: `special-tokens` (the texts of control tokens were taken out) and
 * `truncated` (the answer was shortened to the window).
 */
export type ChangeKind = 'control-characters' | 'whitespace' | 'special-tokens' | 'truncated';

/** Names a record without its text. */
export interface RecordName {
  /** The record's own id, or one made from its content. */
  readonly id: string;
  /** File and line, where it was read from a file. */
  readonly source?: RecordSource;
}

export interface DroppedRecord extends RecordName {
  /** Why it takes no part. */
  readonly reason: DropReason;
  /** For `duplicate`: the record that stays. */
  readonly duplicateOf?: RecordName;
  /** For `over-token-limit`. */
  readonly tokens?: number;
}

export interface ChangedRecord extends RecordName {
  /** What cleaning did to it. */
  readonly changes: readonly ChangeKind[];
}

/** What cleaning did, record by record; it names records, never their text. */
export interface CleanReport {
  /** kept + dropped.length */
  readonly read: number;
  /** Records that take part. */
  readonly kept: number;
  /** In the order of the file; those over the token limit come last. */
  readonly dropped: readonly DroppedRecord[];
  /** Records whose text was changed, by name, without the text. */
  readonly changed: readonly ChangedRecord[];
}

/** What makes a record unusable. */
export interface CleanOptions {
  /** Shortest answer that is kept, in characters after cleaning. Default 10. */
  readonly minAnswerCharacters?: number | undefined;
}

export const DEFAULT_MIN_ANSWER_CHARACTERS = 10;

/**
 * Control characters are taken out and the record stays: they carry no text (they come from PDF and database exports), and what is left
 * is what a person would have seen. White space becomes plain (see {@link normaliseWhitespace}). Both are in the report.
 */
export function cleanRecords(
  records: Iterable<InstructionRecord>,
  options: CleanOptions = {},
): { records: InstructionRecord[]; report: CleanReport } {
  const cleaner = createCleaner(options);
  const kept: InstructionRecord[] = [];
  for (const record of records) {
    const clean = cleaner.add(record);
    if (clean !== null) kept.push(clean);
  }
  return { records: kept, report: cleaner.report() };
}

export interface Cleaner {
  /** The cleaned record, or null where it is dropped. */
  add(record: InstructionRecord): InstructionRecord | null;
  /** {@link recordHash} of a record that {@link Cleaner.add} returned. */
  hashOf(record: InstructionRecord): string;
  report(): CleanReport;
}

/** {@link cleanRecords} for one record at a time; it remembers a hash of each, no text. */
export function createCleaner(options: CleanOptions = {}): Cleaner {
  const { minAnswerCharacters = DEFAULT_MIN_ANSWER_CHARACTERS } = options;
  if (!Number.isInteger(minAnswerCharacters) || minAnswerCharacters < 1) {
    throw new InvalidOptionError('minAnswerCharacters', `must be a positive integer, found ${minAnswerCharacters}`);
  }
  const seen = new Map<string, RecordName>();
  const hashes = new WeakMap<InstructionRecord, string>();
  const dropped: DroppedRecord[] = [];
  const changed: ChangedRecord[] = [];
  let read = 0;

  return {
    add(record) {
      read += 1;
      const { texts, changes } = cleanTexts(record);
      const name = nameOf(record);
      const reason =
        texts.instruction === ''
          ? 'empty-instruction'
          : texts.output === ''
            ? 'empty-output'
            : texts.output.length < minAnswerCharacters
              ? 'answer-too-short'
              : null;
      if (reason !== null) {
        dropped.push({ ...name, reason });
        return null;
      }
      const hash = recordHash(texts);
      const earlier = seen.get(hash);
      if (earlier !== undefined) {
        dropped.push({ ...name, reason: 'duplicate', duplicateOf: earlier });
        return null;
      }
      seen.set(hash, name);
      if (changes.length > 0) changed.push({ ...name, changes });
      const clean = { ...record, ...texts };
      hashes.set(clean, hash);
      return clean;
    },
    hashOf: (record) => hashes.get(record) ?? recordHash(record),
    report: () => ({ read, kept: read - dropped.length, dropped: [...dropped], changed: [...changed] }),
  };
}

export const nameOf = (record: InstructionRecord): RecordName =>
  record.source === undefined ? { id: record.id } : { id: record.id, source: record.source };

type Texts = Pick<InstructionRecord, 'instruction' | 'input' | 'output'>;

function cleanTexts(record: Texts): { texts: Texts; changes: ChangeKind[] } {
  const original = [record.instruction, record.input, record.output];
  const visible = original.map(stripControlCharacters);
  const [instruction, input, output] = visible.map(normaliseWhitespace) as [string, string, string];
  const changes: ChangeKind[] = [];
  if (visible.some((text, i) => text !== original[i])) changes.push('control-characters');
  if ([instruction, input, output].some((text, i) => text !== visible[i])) changes.push('whitespace');
  return { texts: { instruction, input, output }, changes };
}

/**
 * Takes out what no reader sees: C0 and C1 controls but tab and line ends, DEL, byte-order marks, the bidirectional overrides
 * and isolates (text that reads otherwise than it is stored), noncharacters and lone surrogates. Zero-width joiners stay: emoji and
 * several scripts need them.
 */
export function stripControlCharacters(text: string): string {
  return MAY_HOLD_CONTROLS.test(text) ? text.replace(CONTROLS, '') : text;
}

const CONTROLS =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufeff\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]|\p{Surrogate}/gu;
/** Most texts have none of these code units, and to look for them is far quicker than to look for code points. */
const MAY_HOLD_CONTROLS =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: as above
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]/;

/**
 * Line ends become \n, other spaces a plain space; spaces at the end of lines go, runs of spaces inside a line become one, more than
 * one empty line becomes one, and the text is trimmed. Indentation stays, for lists.
 */
export function normaliseWhitespace(text: string): string {
  if (!mayNeedNormalising(text)) return text.trim();
  return text
    .replace(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
    .replace(/[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/g, ' ')
    .replace(/[ \t]+$/gm, '')
    .replace(/(?<=[^ \t\n])[ \t]{2,}|(?<=[^ \t\n])\t/g, ' ')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

/** Whether any replacement above may find something; without it only the ends are trimmed. Searches for a text are far quicker than patterns. */
const mayNeedNormalising = (text: string): boolean =>
  UNUSUAL_SPACES.some((space) => text.includes(space)) ||
  /[\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/.test(text);
const UNUSUAL_SPACES = ['  ', '\t', '\r', ' \n', '\n\n\n'];
