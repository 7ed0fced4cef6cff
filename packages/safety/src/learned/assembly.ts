import { RUNS_AT } from './layout.ts';
import { memory, webAssembly } from './memory.ts';
import { READER_WASM } from './reader-wasm.ts';
import { EDGE, kindOfNumber } from './word-kind.ts';

/** What `assembly/reader.ts` exports: the readers of sentences, in WebAssembly. */
export interface Assembly {
  /** Tells the kind of what is outside a text, and the first kind of numbers. */
  begin(edge: number, numbers: number): void;
  /**
   * Reads the words of `length` bytes of ASCII at TEXT_AT, as `WordList.read` does.
   * @param turn of the text, a multiple of TURN
   */
  read(length: number, turn: number): void;
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
 * @param addRun adds a run to the table that it does not have yet: the one at `from` to `to` of the text that is being read, with these
 * hashes. Returns where its fields begin in the table's `runs`.
 */
export function assemble(
  addRun: (from: number, to: number, first: number, second: number) => number,
): Assembly | undefined {
  if (webAssembly === undefined) return undefined;
  try {
    const code = Uint8Array.from(atob(READER_WASM), (c) => c.charCodeAt(0));
    const { exports } = new webAssembly.Instance(new webAssembly.Module(code), {
      env: { memory },
      reader: {
        addRun: (from: number, to: number, first: number, second: number) =>
          RUNS_AT + 4 * addRun(from, to, first, second),
      },
    });
    const assembly = exports as Assembly;
    assembly.begin(EDGE, kindOfNumber(0));
    return assembly;
  } catch {
    return undefined;
  }
}
