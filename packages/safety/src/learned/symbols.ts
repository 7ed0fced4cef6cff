/**
 * Numbers from 0 to 85 as one character each: those from "(" to "~" without the backslash. Unlike base64, a file of them still shows a compressor
 * which numbers are common.
 */
export const SYMBOLS = 86;

const BACKSLASH = 92;
const ZERO = 40;

/** @param number from 0 to {@link SYMBOLS} - 1 */
export function symbolOf(number: number): string {
  const code = number + ZERO;
  return String.fromCharCode(code < BACKSLASH ? code : code + 1);
}

export function numberOf(code: number): number {
  return code < BACKSLASH ? code - ZERO : code - ZERO - 1;
}

/** Largest size of a signed number that is one symbol. */
export const LARGEST = 42;

export const signedSymbolOf = (number: number): string => symbolOf(number + LARGEST);
export const signedNumberOf = (code: number): number => numberOf(code) - LARGEST;

/** A distance of 1 or more: each "~" in front stands for {@link SYMBOLS} - 1, then one symbol for the rest. */
export function symbolsOfDistance(distance: number): string {
  const steps = Math.floor((distance - 1) / (SYMBOLS - 1));
  return symbolOf(SYMBOLS - 1).repeat(steps) + symbolOf((distance - 1) % (SYMBOLS - 1));
}

/** Reads symbols one after the other. */
export class SymbolReader {
  #at = 0;

  constructor(readonly symbols: string) {}

  get done(): boolean {
    return this.#at >= this.symbols.length;
  }

  distance(): number {
    let steps = 0;
    let number = numberOf(this.symbols.charCodeAt(this.#at++));
    while (number === SYMBOLS - 1) {
      steps += SYMBOLS - 1;
      number = numberOf(this.symbols.charCodeAt(this.#at++));
    }
    return steps + number + 1;
  }

  signed(): number {
    return signedNumberOf(this.symbols.charCodeAt(this.#at++));
  }
}
