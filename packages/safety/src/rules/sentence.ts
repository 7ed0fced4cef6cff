import { Sense } from '../lexicon/tags.ts';
import { IDEOGRAPH, MARK, NUMBER, type Token, WORD } from '../text/token.ts';

/** Any word that names something one takes for health. */
export const MEDICINAL = Sense.Drug | Sense.Rx | Sense.Otc;

/**
 * The text being judged (`tokens[start..end)`) with what came before it (`tokens[low..start)`), bounded.
 * Questions about words are asked by index; an index outside the window has no sense and no role.
 */
export class Sentence {
  /** Of the context and the judged part. */
  readonly tokens: readonly Token[];
  /** First token of the judged part. */
  readonly start: number;
  /** All senses and roles of the judged part, and of the part before it. */
  readonly senses: number;
  /** All roles of the judged part, as a set. */
  readonly roles: number;
  /** All senses of the context, as a set. */
  readonly sensesBefore: number;
  /** All roles of the context, as a set. */
  readonly rolesBefore: number;

  /** Whether the judged part holds ideographs. */
  readonly ideographs: boolean;

  /** First token of the context. */
  readonly low: number;
  /** Token after the last. */
  readonly end: number;
  /** Answers about the whole sentence, each found once. */
  readonly memo: { frequency?: number; takes?: number; takesStrongly?: number; directs?: boolean; threshold?: number } =
    {};

  constructor(tokens: readonly Token[], start: number, sensesBefore = 0, rolesBefore = 0, low = 0) {
    this.tokens = tokens;
    this.low = low;
    this.end = tokens.length;
    this.start = start;
    let senses = 0;
    let roles = 0;
    let ideographs = false;
    for (let i = start; i < tokens.length; i++) {
      const token = tokens[i] as Token;
      senses |= token.sense;
      roles |= token.role;
      if (token.kind === IDEOGRAPH) ideographs = true;
    }
    this.senses = senses;
    this.roles = roles;
    this.sensesBefore = sensesBefore;
    this.rolesBefore = rolesBefore;
    this.ideographs = ideographs;
  }

  /** The word at `i`, folded; empty outside. */
  w(i: number): string {
    return i >= 0 && i < this.end ? (this.tokens[i] as Token).w : '';
  }

  /** Whether the token at `i` has one of these senses. */
  has(i: number, sense: number): boolean {
    return i >= 0 && i < this.end && ((this.tokens[i] as Token).sense & sense) !== 0;
  }

  /** Whether the token at `i` has one of these roles. */
  is(i: number, role: number): boolean {
    return i >= 0 && i < this.end && ((this.tokens[i] as Token).role & role) !== 0;
  }

  /** The number at `i`, or NaN. */
  value(i: number): number {
    return i >= 0 && i < this.end ? (this.tokens[i] as Token).value : Number.NaN;
  }

  /** Whether a number stands at `i`. */
  isNumber(i: number): boolean {
    return i >= 0 && i < this.end && (this.tokens[i] as Token).kind === NUMBER;
  }

  /** Whether a mark stands at `i`, one of these where some are given. */
  isMark(i: number, marks?: string): boolean {
    if (i < 0 || i >= this.end) return false;
    const token = this.tokens[i] as Token;
    return token.kind === MARK && (marks === undefined || marks.includes(token.w));
  }

  /** Whether one of these words stands at `i`. */
  isWord(i: number, words: ReadonlySet<string>): boolean {
    if (i < 0 || i >= this.end) return false;
    const token = this.tokens[i] as Token;
    return token.kind === WORD && words.has(token.w);
  }

  /** First token of the sentence or clause that holds `i`: after a full stop, semicolon, colon or quote. */
  clauseStart(i: number): number {
    let k = i;
    while (k > this.start && !this.isMark(k - 1, '.;:!?"|([')) k--;
    return k;
  }

  /** First index in [from, to) with the sense, or -1. */
  findSense(from: number, to: number, sense: number): number {
    const stop = Math.min(to, this.end);
    for (let i = Math.max(0, from); i < stop; i++) if (this.has(i, sense)) return i;
    return -1;
  }

  /** First index in [from, to) with the role, or -1. */
  findRole(from: number, to: number, role: number): number {
    const stop = Math.min(to, this.end);
    for (let i = Math.max(0, from); i < stop; i++) if (this.is(i, role)) return i;
    return -1;
  }

  /** First index in [from, to) with one of the words, or -1. */
  findWord(from: number, to: number, words: ReadonlySet<string>): number {
    const stop = Math.min(to, this.end);
    for (let i = Math.max(0, from); i < stop; i++) if (this.isWord(i, words)) return i;
    return -1;
  }

  /** Whether the words stand at `i` one after another. */
  reads(i: number, ...words: string[]): boolean {
    for (let k = 0; k < words.length; k++) if (this.w(i + k) !== words[k]) return false;
    return true;
  }
}

const lists = new Map<string, ReadonlySet<string>>();

/** A list of words as a set; each list is split once. */
export function words(list: string): ReadonlySet<string> {
  let set = lists.get(list);
  if (!set) {
    set = new Set(list.split(/\s+/).filter(Boolean));
    lists.set(list, set);
  }
  return set;
}
