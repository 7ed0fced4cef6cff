import { type AnswerReading, foldSentence, locateViolation, readAnswer } from '../learned/answer-reading.ts';
import { type Before, NOTHING_BEFORE } from '../learned/features.ts';
import { softens } from '../rules/diagnosis/softens.ts';
import type { Finding, LikelyViolation, Rule, RuleMatch, Window } from '../rules/rule.ts';
import { Sentence } from '../rules/sentence.ts';
import type { Folded } from '../text/fold.ts';
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

const NO_FINDINGS: readonly Finding[] = [];

/** A sentence in the queue. It is folded, and its tokens are made, when a rule first asks for them, here or for the sentences after it. */
class Item {
  readonly before: Before;
  readonly reading: AnswerReading;
  findings = NO_FINDINGS;
  soft = NO_FINDINGS;
  waits = 0;
  #folded: Folded | undefined;
  #tokens: readonly Token[] | undefined;

  constructor(
    readonly text: string,
    readonly base: number,
    context: readonly Item[],
  ) {
    this.before = leftBy(context);
    this.reading = readAnswer(text, this.before);
  }

  get folded(): Folded {
    this.#folded ??= foldSentence(this.text, this.reading.plain);
    return this.#folded;
  }

  get tokens(): readonly Token[] {
    this.#tokens ??= tokenizeJoined(this.text, this.folded, this.base);
    return this.#tokens;
  }
}

const NO_ITEMS: readonly Item[] = [];

/** What the sentences before a sentence leave to it. */
function leftBy(context: readonly Item[]): Before {
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
  /** Below it no rule finds anything. */
  readonly #leastSuspicion: number;
  readonly #segmenter = new Segmenter();
  /** The context of the next sentence, and how many characters it has. */
  readonly #recent: Item[] = [];
  #recentSize = 0;
  /** Sentences that wait for what comes next, in order; the first has soft findings. */
  #queue: Item[] = [];
  #base = 0;
  /** Items of the queue with a finding that the next sentences may clear. */
  #waiting: Item[] = [];

  constructor(rules: readonly Rule[]) {
    this.#rules = rules;
    this.#leastSuspicion = Math.min(...rules.map(leastSuspicionOf));
  }

  /** Characters that were read and not yet given back. */
  get held(): number {
    let size = this.#segmenter.held;
    for (const item of this.#queue) size += item.text.length;
    return size;
  }

  push(piece: string): Judged[] {
    const out: Judged[] = [];
    if (piece !== '') for (const segment of this.#segmenter.push(piece)) this.#read(segment, out);
    return out;
  }

  end(): Judged[] {
    const out: Judged[] = [];
    for (const segment of this.#segmenter.end()) this.#read(segment, out);
    for (const item of this.#queue) {
      harden(item);
      out.push(judged(item));
    }
    this.#queue = [];
    return out;
  }

  #read(text: string, out: Judged[]): void {
    const context = this.#recent;
    const item = new Item(text, this.#base, context);
    this.#base += text.length;
    if (item.reading.suspicion >= this.#leastSuspicion)
      this.#judge(new ReadWindow(item, context, this.#recentSize), item);
    this.#judgeHidden(hiddenReadings(text, item.reading.codes, item.reading.shaped), item);
    if (item.soft.length > 0 && (clears(item) || context.slice(-LOOK_AHEAD_SEGMENTS).some(clears)))
      item.soft = NO_FINDINGS;
    if (this.#waiting.length > 0) this.#clearOrHarden(item);
    if (item.soft.length > 0) this.#waiting.push(item);
    context.push(item);
    this.#recentSize += text.length;
    while (context.length > 1 && (context.length > CONTEXT_SEGMENTS || this.#recentSize > CONTEXT_CHARACTERS))
      this.#recentSize -= (context.shift() as Item).text.length;
    if (this.#queue.length === 0 && item.soft.length === 0) out.push(judged(item));
    else {
      this.#queue.push(item);
      this.#release(out);
    }
  }

  /** Tells the sentences that wait what this one means for them. */
  #clearOrHarden(item: Item): void {
    const cleared = clears(item);
    for (const waiting of this.#waiting) {
      if (cleared) waiting.soft = NO_FINDINGS;
      else if (++waiting.waits >= LOOK_AHEAD_SEGMENTS) harden(waiting);
    }
    this.#waiting = this.#waiting.filter((old) => old.soft.length > 0);
  }

  #judge(window: Window, item: Item): void {
    for (const rule of this.#rules) {
      if (window.suspicion < leastSuspicionOf(rule)) continue;
      for (const match of rule.find(window)) {
        const finding = asFinding(rule, match, window.base);
        if (match.soft) item.soft = [...item.soft, finding];
        else item.findings = [...item.findings, finding];
      }
    }
  }

  /** What a person could recover is judged alone. A finding spans the whole segment that hides it, so a rule has one at most. */
  #judgeHidden(readings: readonly string[], item: Item): void {
    if (readings.length === 0) return;
    const quiet = new Set(this.#rules);
    for (const reading of readings) {
      const inner = new Segmenter();
      for (const text of [...inner.push(reading), ...inner.end()]) {
        const window = new ReadWindow(new Item(text, 0, NO_ITEMS), NO_ITEMS, 0);
        for (const rule of quiet) {
          if (window.suspicion < leastSuspicionOf(rule)) continue;
          const match = rule.find(window)[0];
          if (!match) continue;
          quiet.delete(rule);
          const finding = {
            ...asFinding(rule, match, 0),
            from: item.base,
            to: item.base + item.text.length,
            reason: `${match.reason ?? rule.reason}, disguised`,
          };
          item.findings = [...item.findings, finding];
        }
        if (quiet.size === 0) return;
      }
    }
  }

  /** Gives back the sentences before the first that still waits. */
  #release(out: Judged[]): void {
    const waiting = this.#queue.findIndex((item) => item.soft.length > 0);
    const done = waiting < 0 ? this.#queue.length : waiting;
    for (let i = 0; i < done; i++) out.push(judged(this.#queue[i] as Item));
    this.#queue = this.#queue.slice(done);
  }
}

/** A rule that was not made by `defineRule` may have any value: one that says nothing hides no sentence from it. */
function leastSuspicionOf({ leastSuspicion }: Rule): number {
  return typeof leastSuspicion === 'number' && leastSuspicion > Number.NEGATIVE_INFINITY
    ? leastSuspicion
    : Number.NEGATIVE_INFINITY;
}

/** The window of an item. Its text, its tokens and its strongest place are only made for a rule that asks for them. */
class ReadWindow implements Window {
  readonly start: number;
  readonly base: number;
  readonly suspicion: number;
  readonly #item: Item;
  readonly #context: readonly Item[];
  #sentence: Sentence | undefined;
  #violation: LikelyViolation | undefined;

  /** @param start characters of the context */
  constructor(item: Item, context: readonly Item[], start: number) {
    this.#item = item;
    this.#context = context;
    this.start = start;
    this.base = item.base - this.start;
    this.suspicion = item.reading.suspicion;
  }

  get text(): string {
    return this.#context.map((item) => item.text).join('') + this.#item.text;
  }

  get sentence(): Sentence {
    if (!this.#sentence) {
      const tokens: Token[] = [];
      let senses = 0;
      let roles = 0;
      for (const item of this.#context)
        for (const token of item.tokens) {
          senses |= token.sense;
          roles |= token.role;
          tokens.push(token);
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

  get violation(): LikelyViolation {
    if (!this.#violation) {
      const { folded, before, reading, text } = this.#item;
      const { category, odds, from, to } = locateViolation(folded, before, reading);
      const end = Math.min(to, text.length);
      this.#violation = { category, odds, from: this.start + from, to: this.start + end };
    }
    return this.#violation;
  }
}

/** Whether the sentence clears what was only called likely. */
function clears(item: Item): boolean {
  return softens(new Sentence(item.tokens, 0));
}

function harden(item: Item): void {
  item.findings = [...item.findings, ...item.soft];
  item.soft = NO_FINDINGS;
}

function judged({ text, base, findings }: Item): Judged {
  return { text, from: base, to: base + text.length, findings };
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
