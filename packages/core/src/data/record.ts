/** The one shape that all formatting uses. */
import { hash } from 'node:crypto';

/** Where a record was read: a path as it was given and a line counted from 1. */
export interface RecordSource {
  /** Path as it was given. */
  readonly file: string;
  /** Line in the file, or number of the record in it, from 1. */
  readonly line: number;
}

/** One instruction, an optional input that it works on ('' when there is none), and the answer to be learned. */
export interface InstructionRecord {
  /** From the file where it has one, otherwise {@link recordHash}. */
  readonly id: string;
  /** What is asked. */
  readonly instruction: string;
  /** Context that belongs to the question; empty where there is none. */
  readonly input: string;
  /** The answer to learn. */
  readonly output: string;
  /** Where it was read. */
  readonly source?: RecordSource;
}

/** The texts of a record, which its content hash is made of. */
export type Texts = Pick<InstructionRecord, 'instruction' | 'input' | 'output'>;

let last: (Texts & { readonly hash: string }) | undefined;

/**
 * SHA-256 (hex) of the three texts as JSON: the same for the same content, wherever it was read and whatever its id. A record is hashed when
 * it is read and again when it has been cleaned, mostly to the same texts: so the last one is remembered.
 */
export function recordHash({ instruction, input, output }: Texts): string {
  if (last?.instruction === instruction && last.input === input && last.output === output) return last.hash;
  last = { instruction, input, output, hash: hash('sha256', JSON.stringify([instruction, input, output]), 'hex') };
  return last.hash;
}
