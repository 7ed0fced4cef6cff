import { RUNS_AT, TEXT_BYTES } from './layout.ts';
import { memory, textBytes, webAssembly } from './memory.ts';
import { READER_WASM } from './reader-wasm.ts';
import type { RunTable } from './run-table.ts';
import { EDGE, kindOfNumber } from './word-kind.ts';

/** What `assembly/reader.ts` exports. */
interface ReaderExports {
  /** Tells the kind of what is outside a text, and the first kind of numbers. */
  begin(edge: number, numbers: number): void;
  /** Reads the words of `length` bytes of ASCII at TEXT_AT, as `WordList.read` does. */
  read(length: number, turn: number): void;
  score: Assembly['score'];
  scoreOfPairs: Assembly['scoreOfPairs'];
}

/** The readers of sentences, in WebAssembly. */
export interface Assembly {
  /**
   * Reads a text as `WordList.read` does.
   * @param turn of the text, a multiple of TURN
   * @returns false where it is not ASCII, or longer than TEXT_BYTES: then nothing was read
   */
  read(text: string, turn: number): boolean;
  /**
   * What the linear model says of a text with these words, which lie in the memory of the list, as `linearScore` has it.
   * @param count of its words
   * @param turn of the text, as `nextTurn` gives it
   */
  score(count: number, turn: number, scale: number, bias: number, plainlyClear: number, clear: number): number;
  /** What the model of pairs adds to it, as `FactorizationMachine.score` has it. */
  scoreOfPairs(): number;
}

/**
 * The readers in WebAssembly; undefined where there is none, or where code may not be made from bytes at run time: then those in
 * TypeScript read everything, and say the same.
 * @param table of the runs that are known, in the memory of `memory.ts`; what is new is added to it
 */
export function assemble(table: RunTable): Assembly | undefined {
  if (webAssembly === undefined || memory === undefined) return undefined;
  let reading = '';
  const addRun = (from: number, to: number, first: number, second: number): number =>
    RUNS_AT + 4 * table.read(reading, from, to, first, second);
  try {
    const code = Uint8Array.from(atob(READER_WASM), (c) => c.charCodeAt(0));
    const module = new webAssembly.Module(code);
    const instance = new webAssembly.Instance(module, { env: { memory }, reader: { addRun } });
    const { begin, read, score, scoreOfPairs } = instance.exports as ReaderExports;
    const encoder = new TextEncoder();
    begin(EDGE, kindOfNumber(0));
    return {
      read(text, turn) {
        const { length } = text;
        if (length > TEXT_BYTES) return false;
        // Of a text that takes more bytes than there are, as many may be written as it has characters.
        const encoded = encoder.encodeInto(text, textBytes);
        if (encoded.read !== length || encoded.written !== length) return false;
        reading = text;
        read(length, turn);
        reading = '';
        return true;
      },
      score,
      scoreOfPairs,
    };
  } catch {
    return undefined;
  }
}
