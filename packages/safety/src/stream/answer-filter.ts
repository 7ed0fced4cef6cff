import { SENTENCE_FALLBACK } from '../fallback/messages.ts';
import type { OnViolation } from '../policy.ts';
import type { Finding, Rule } from '../rules/rule.ts';
import { DISCLAIMER } from '../system-prefix.ts';
import { type Judged, Reader } from './reader.ts';

/** Rules of an {@link AnswerFilter}, and what it puts in place of a violation. */
export interface AnswerFilterOptions {
  /** What may not be said. */
  readonly rules: readonly Rule[];
  /** Replace the whole answer, or the sentence. */
  readonly onViolation: OnViolation;
  /** Stands in place of a violating sentence. */
  readonly sentence?: string;
  /** Leave the model's own copies of the disclaimer out, because the guard adds it. */
  readonly dropDisclaimer?: boolean;
}

const DISCLAIMER_COPY = /\s*This is educational only\s*[\u2014\u2013-]{1,3}\s*consult a qualified clinician\.?/gi;

/**
 * The one place where text is let through: it goes in in pieces of any size and comes out sentence by sentence, each
 * judged in its final form. What comes out does not depend on the pieces.
 */
export class AnswerFilter {
  readonly #reader: Reader;
  readonly #options: AnswerFilterOptions;
  readonly #findings: Finding[] = [];
  #blocked = false;
  #read = 0;
  #released = 0;
  #longestHeld = 0;

  constructor(options: AnswerFilterOptions) {
    this.#reader = new Reader(options.rules);
    this.#options = options;
  }

  /** Whether a violation ended the text. Nothing is let through after it. */
  get blocked(): boolean {
    return this.#blocked;
  }

  /** What was found so far. */
  get findings(): readonly Finding[] {
    return this.#findings;
  }

  /** Characters read, let through, and the most that were held back at once after a piece: the delay the filter adds. */
  get delay(): { readonly read: number; readonly released: number; readonly longestHeld: number } {
    return { read: this.#read, released: this.#released, longestHeld: this.#longestHeld };
  }

  /** Takes a piece; returns the text that may now be shown. */
  push(piece: string): string {
    if (this.#blocked) return '';
    this.#read += piece.length;
    const shown = this.#show(this.#reader.push(piece));
    this.#longestHeld = Math.max(this.#longestHeld, this.#reader.held);
    return shown;
  }

  /** The text is over; returns the rest of it. */
  end(): string {
    return this.#blocked ? '' : this.#show(this.#reader.end());
  }

  #show(judged: readonly Judged[]): string {
    let out = '';
    for (const part of judged) {
      if (part.findings.length > 0) {
        this.#findings.push(...part.findings);
        if (this.#options.onViolation === 'replace-answer') {
          this.#blocked = true;
          break;
        }
        const space = /\s*$/.exec(part.text)?.[0] ?? '';
        out += `${this.#options.sentence ?? SENTENCE_FALLBACK}${space}`;
        continue;
      }
      out += this.#options.dropDisclaimer ? part.text.replace(DISCLAIMER_COPY, '') : part.text;
    }
    this.#released += out.length;
    return out;
  }
}

/** Whether the text already ends with the disclaimer. */
export function endsWithDisclaimer(text: string): boolean {
  return text.trimEnd().endsWith(DISCLAIMER);
}
