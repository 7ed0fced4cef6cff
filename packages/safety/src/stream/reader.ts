import { softens } from '../rules/diagnosis/softens.ts';
import type { Finding, Rule, RuleMatch, Window } from '../rules/rule.ts';
import { Sentence } from '../rules/sentence.ts';
import { hiddenReadings } from '../text/hidden.ts';
import type { Token } from '../text/token.ts';
import { tokenize } from '../text/tokenize.ts';
import { Segmenter } from './segmenter.ts';

/** What came before a segment and is still read with it: at most this many characters of at most this many segments. */
export const CONTEXT_CHARACTERS = 400;
/** Sentences before a sentence that are read with it. */
export const CONTEXT_SEGMENTS = 3;
/** Segments that a "probably" waits for another possibility or a referral. */
export const LOOK_AHEAD_SEGMENTS = 2;

const TOKENS_KEPT = 4_000;

/** A stretch of text in its final judgement. */
export interface Judged {
  readonly text: string;
  readonly from: number;
  readonly to: number;
  readonly findings: readonly Finding[];
}

interface Item {
  readonly text: string;
  readonly base: number;
  readonly tokens: readonly Token[];
  readonly sentence: Sentence;
  findings: Finding[];
  soft: Finding[];
  waits: number;
}

/**
 * Reads a text piece by piece and gives every part back once its judgement is final. `check` is this reader over one piece,
 * so a stream and a check agree by construction. Memory is bounded by the segment, the context and the look-ahead.
 */
export class Reader {
  readonly #rules: readonly Rule[];
  readonly #segmenter = new Segmenter();
  #recent: Item[] = [];
  #queue: Item[] = [];
  #base = 0;
  #all: Token[] = [];
  /** Items of the queue with a finding that the next sentences may clear. */
  #waiting: Item[] = [];

  constructor(rules: readonly Rule[]) {
    this.#rules = rules;
  }

  /** Characters that were read and not yet given back. */
  get held(): number {
    let size = this.#segmenter.held;
    for (const item of this.#queue) size += item.text.length;
    return size;
  }

  push(piece: string): Judged[] {
    if (piece === '') return [];
    const out: Judged[] = [];
    for (const segment of this.#segmenter.push(piece)) {
      this.#read(segment);
      this.#release(false, out);
    }
    return out;
  }

  end(): Judged[] {
    const out: Judged[] = [];
    for (const segment of this.#segmenter.end()) {
      this.#read(segment);
      this.#release(false, out);
    }
    this.#release(true, out);
    return out;
  }

  #read(text: string): void {
    const base = this.#base;
    this.#base += text.length;
    const tokens = tokenize(text, base);
    const context = this.#recent;
    // One array for all: copying the context for each sentence would cost more than judging it.
    if (this.#all.length > TOKENS_KEPT) this.#forget();
    const all = this.#all;
    let size = 0;
    let senses = 0;
    let roles = 0;
    let low = all.length;
    for (const item of context) {
      low -= item.tokens.length;
      size += item.text.length;
      senses |= item.sentence.senses;
      roles |= item.sentence.roles;
    }
    const start = all.length;
    for (const token of tokens) all.push(token);
    const sentence = new Sentence(all, start, senses, roles, low);
    const window = new ReadWindow(context, text, size, base - size, sentence);
    const item: Item = { text, base, tokens, sentence, findings: [], soft: [], waits: 0 };
    this.#judge(window, item);
    for (const reading of hiddenReadings(text, tokens)) this.#judgeHidden(reading, item);
    if (
      item.soft.length > 0 &&
      (softens(sentence) || context.slice(-LOOK_AHEAD_SEGMENTS).some((old) => softens(old.sentence)))
    )
      item.soft = [];
    if (this.#waiting.length > 0) {
      const clears = softens(sentence);
      for (const waiting of this.#waiting) {
        if (clears) waiting.soft = [];
        else if (++waiting.waits >= LOOK_AHEAD_SEGMENTS) harden(waiting);
      }
      this.#waiting = this.#waiting.filter((old) => old.soft.length > 0);
    }
    if (item.soft.length > 0) this.#waiting.push(item);
    this.#queue.push(item);
    this.#recent.push(item);
    let kept = 0;
    let keep = this.#recent.length;
    while (keep > 0 && this.#recent.length - keep < CONTEXT_SEGMENTS) {
      kept += (this.#recent[keep - 1] as Item).text.length;
      if (kept > CONTEXT_CHARACTERS && this.#recent.length - keep >= 1) break;
      keep--;
    }
    this.#recent = this.#recent.slice(keep);
  }

  /** Drops the tokens that no context reaches any more. */
  #forget(): void {
    let keep = 0;
    for (const item of this.#recent) keep += item.tokens.length;
    this.#all = keep === 0 ? [] : this.#all.slice(-keep);
  }

  #judge(window: Window, item: Item): void {
    for (const rule of this.#rules) {
      for (const match of rule.find(window)) {
        const finding = asFinding(rule, match, window.base);
        if (match.soft) item.soft.push(finding);
        else item.findings.push(finding);
      }
    }
  }

  /** A reading that a person could recover is judged alone; its findings span the whole segment that hides it. */
  #judgeHidden(reading: string, item: Item): void {
    const inner = new Segmenter();
    for (const text of [...inner.push(reading), ...inner.end()]) {
      const tokens = tokenize(text);
      const window: Window = { text, start: 0, base: 0, sentence: new Sentence(tokens, 0), tokens };
      for (const rule of this.#rules) {
        const match = rule.find(window)[0];
        if (match)
          item.findings.push({
            ...asFinding(rule, match, 0),
            from: item.base,
            to: item.base + item.text.length,
            reason: `${match.reason ?? rule.reason}, disguised`,
          });
      }
    }
  }

  #release(final: boolean, out: Judged[]): void {
    let done = 0;
    for (const item of this.#queue) {
      if (item.soft.length > 0) {
        if (!final) break;
        harden(item);
      }
      done++;
      out.push({ text: item.text, from: item.base, to: item.base + item.text.length, findings: item.findings });
    }
    if (done > 0) this.#queue = this.#queue.slice(done);
  }
}

/** The window of a segment. Its text is only joined for a rule that asks for it. */
class ReadWindow implements Window {
  readonly #context: readonly Item[];
  readonly #own: string;
  constructor(
    context: readonly Item[],
    own: string,
    readonly start: number,
    readonly base: number,
    readonly sentence: Sentence,
  ) {
    this.#context = context;
    this.#own = own;
  }
  get text(): string {
    return this.#context.map((item) => item.text).join('') + this.#own;
  }
  get tokens(): readonly Token[] {
    return this.sentence.tokens;
  }
}

function harden(item: Item): void {
  item.findings.push(...item.soft);
  item.soft = [];
}

function asFinding(rule: Rule, match: RuleMatch, base: number): Finding {
  return {
    rule: rule.id,
    category: rule.category,
    severity: rule.severity,
    from: base + match.from,
    to: base + match.to,
    reason: match.reason ?? rule.reason,
  };
}
