import { type AnswerReading, locateViolation, readAnswer } from '../learned/answer-reading.ts';
import { type Before, NOTHING_BEFORE } from '../learned/features.ts';
import { softens } from '../rules/diagnosis/softens.ts';
import type { Category, Finding, Rule, RuleMatch, Window } from '../rules/rule.ts';
import { Sentence } from '../rules/sentence.ts';
import { joinSpacedLetters } from '../text/disguise.ts';
import { type Folded, fold } from '../text/fold.ts';
import { hiddenReadings } from '../text/hidden.ts';
import type { Token } from '../text/token.ts';
import { tokenizeJoined } from '../text/tokenize.ts';
import { Segmenter } from './segmenter.ts';

/** What came before a segment and is still read with it: at most this many characters of at most this many segments. */
export const CONTEXT_CHARACTERS = 400;
/** Sentences before a sentence that are read with it. */
export const CONTEXT_SEGMENTS = 3;
/** Segments that a "probably" waits for another possibility or a referral. */
export const LOOK_AHEAD_SEGMENTS = 2;

/** A stretch of text in its final judgement. */
export interface Judged {
  readonly text: string;
  readonly from: number;
  readonly to: number;
  readonly findings: readonly Finding[];
}

/** A sentence in the queue. Its tokens are made when a rule first asks for them, here or for the sentences after it. */
class Item {
  readonly reading: AnswerReading;
  readonly folded: Folded;
  findings: Finding[] = [];
  soft: Finding[] = [];
  waits = 0;
  #tokens: readonly Token[] | undefined;

  constructor(
    readonly text: string,
    readonly base: number,
    context: readonly Item[],
  ) {
    this.folded = joinSpacedLetters(fold(text));
    this.reading = readAnswer(this.folded, before(context));
  }

  get tokens(): readonly Token[] {
    this.#tokens ??= tokenizeJoined(this.text, this.folded, this.base);
    return this.#tokens;
  }
}

const NO_ITEMS: readonly Item[] = [];

function before(context: readonly Item[]): Before {
  let senses = 0;
  let roles = 0;
  for (const { reading } of context) {
    senses |= reading.senses;
    roles |= reading.roles;
  }
  return { senses, roles, tail: (context.at(-1)?.reading ?? NOTHING_BEFORE).tail };
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
    const context = this.#recent;
    const item = new Item(text, this.#base, context);
    this.#base += text.length;
    this.#judge(new ReadWindow(item, context), item);
    for (const reading of hiddenReadings(text, item.reading.codes)) this.#judgeHidden(reading, item);
    if (item.soft.length > 0 && (clears(item) || context.slice(-LOOK_AHEAD_SEGMENTS).some(clears))) item.soft = [];
    if (this.#waiting.length > 0) {
      const cleared = clears(item);
      for (const waiting of this.#waiting) {
        if (cleared) waiting.soft = [];
        else if (++waiting.waits >= LOOK_AHEAD_SEGMENTS) harden(waiting);
      }
      this.#waiting = this.#waiting.filter((old) => old.soft.length > 0);
    }
    if (item.soft.length > 0) this.#waiting.push(item);
    this.#queue.push(item);
    let kept = text.length;
    let keep = this.#recent.length;
    while (keep > 0 && this.#recent.length - keep < CONTEXT_SEGMENTS - 1) {
      kept += (this.#recent[keep - 1] as Item).text.length;
      if (kept > CONTEXT_CHARACTERS) break;
      keep--;
    }
    this.#recent = [...this.#recent.slice(keep), item];
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
      const window = new ReadWindow(new Item(text, 0, NO_ITEMS), NO_ITEMS);
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

/** The window of an item. Its text, its tokens and its strongest place are only made for a rule that asks for them. */
class ReadWindow implements Window {
  readonly start: number;
  readonly base: number;
  readonly suspicion: number;
  readonly #item: Item;
  readonly #context: readonly Item[];
  #sentence: Sentence | undefined;
  #violation: (RuleMatch & { readonly category: Category }) | undefined;

  constructor(item: Item, context: readonly Item[]) {
    this.#item = item;
    this.#context = context;
    this.start = context.reduce((size, old) => size + old.text.length, 0);
    this.base = item.base - this.start;
    this.suspicion = item.reading.suspicion;
  }

  get text(): string {
    return this.#context.map((item) => item.text).join('') + this.#item.text;
  }

  get sentence(): Sentence {
    if (!this.#sentence) {
      const tokens = this.#context.flatMap((item) => item.tokens);
      let senses = 0;
      let roles = 0;
      for (const token of tokens) {
        senses |= token.sense;
        roles |= token.role;
      }
      const start = tokens.length;
      for (const token of this.#item.tokens) tokens.push(token);
      this.#sentence = new Sentence(tokens, start, senses, roles);
    }
    return this.#sentence;
  }

  get tokens(): readonly Token[] {
    return this.sentence.tokens;
  }

  get violation(): RuleMatch & { readonly category: Category } {
    if (!this.#violation) {
      const { category, from, to } = locateViolation(this.#item.folded, before(this.#context));
      this.#violation = { category, from: this.start + from, to: this.start + Math.min(to, this.#item.text.length) };
    }
    return this.#violation;
  }
}

/** Whether the sentence clears what was only called likely. */
function clears(item: Item): boolean {
  return softens(new Sentence(item.tokens, 0));
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
