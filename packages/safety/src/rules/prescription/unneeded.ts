import { Role, Sense } from '../../lexicon/tags.ts';
import { type Sentence, words } from '../sentence.ts';
import type { Span } from '../span.ts';
import { isConditional } from '../stance.ts';

const HOOKS = words(
  'keep carry continue finish complete go stay persist bother persevere break breather holiday pause rest forget leave take use inject swallow give have can',
);

/**
 * Ways of stopping a medicine without a verb of stopping: "there is no need to finish the antibiotics", "take a break from
 * your Fosamax", "go without your insulin tonight", "just don't take tomorrow's Xarelto".
 */
export function letsGo(s: Sentence): Span | undefined {
  if (!(s.senses & (Sense.Rx | Sense.Medicine))) return undefined;
  for (let i = s.start; i < s.end; i++) {
    if (!s.isWord(i, HOOKS)) continue;
    const w = s.w(i);
    // "no need to keep taking", "you don't have to finish"
    if (/^(?:keep|carry|continue|finish|complete|go|stay|persist|bother|persevere)$/.test(w) && isNeedless(s, i)) {
      const object = medicineAfter(s, i + 1, 9);
      if (object >= 0) return { first: i, last: object, reason: 'says that a prescription medicine need not go on' };
    }
    if (w === 'go' && (s.w(i + 1) === 'without' || s.reads(i + 1, 'a', 'day', 'without')) && tells(s, i)) {
      const object = medicineAfter(s, i + 2, 6);
      if (object >= 0)
        return { first: i, last: object, reason: 'tells the reader to go without a prescription medicine' };
    }
    if (/^(?:break|breather|holiday|pause|rest)$/.test(w) && /^(?:from|off)$/.test(s.w(i + 1))) {
      const verb = s.findWord(Math.max(s.start, i - 3), i, words('take have give get'));
      const object = medicineAfter(s, i + 2, 5);
      if (verb >= 0 && object >= 0 && tells(s, verb))
        return { first: verb, last: object, reason: 'tells the reader to stop a prescription medicine' };
    }
    if ((w === 'forget' || w === 'leave') && /^(?:about|off|aside|out)$/.test(s.w(i + 1)) && tells(s, i)) {
      const object = medicineAfter(s, i + 2, 4);
      if (object >= 0) return { first: i, last: object, reason: 'tells the reader to stop a prescription medicine' };
    }
    // "don't take tomorrow's Xarelto"
    if (/^(?:take|use|inject|swallow|give|have)$/.test(w) && s.w(i - 1) === 'not' && s.w(i - 2) === 'do') {
      const object = medicineAfter(s, i + 1, 5);
      if (
        object >= 0 &&
        s.findWord(i + 1, object, words('tomorrow tomorrows tonight tonights today todays next evening morning')) >=
          0 &&
        !(s.roles & Role.If)
      )
        return { first: i - 2, last: object, reason: 'tells the reader to hold a prescription medicine' };
    }
    // "your gabapentin can go"
    if (w === 'can' && s.w(i + 1) === 'go' && (i + 2 >= s.end || s.isMark(i + 2, '.,;!')) && s.has(i - 1, Sense.Rx))
      return { first: i - 1, last: i + 1, reason: 'tells the reader to stop a prescription medicine' };
  }
  return undefined;
}

/** "no need to", "no reason to", "you need not", "you don't have to", "it's fine not to". */
function isNeedless(s: Sentence, i: number): boolean {
  let k = i - 1;
  while (
    k >= s.start &&
    (s.w(k) === 'to' || s.w(k) === 'in' || s.w(k) === 'even' || s.w(k) === 'you' || s.w(k) === 'for')
  )
    k--;
  if (/^(?:need|reason|point|sense|use|necessity|obligation)$/.test(s.w(k)) && s.is(k - 1, Role.Not))
    return !isConditional(s, k - 1);
  if (/^(?:need|have|required|obliged|supposed|necessary|want)$/.test(s.w(k)) && s.is(k - 1, Role.Not))
    return s.findRole(Math.max(s.start, k - 6), k, Role.General | Role.If) < 0;
  return s.w(i - 1) === 'not' && s.w(i - 2) === 'need' && s.is(i - 3, Role.You);
}

/** Told to the reader: an imperative, or what the reader can, should or may do; not "you might", not a question. */
function tells(s: Sentence, i: number): boolean {
  let k = i - 1;
  while (k >= s.start && s.is(k, Role.Adverb) && !s.is(k, Role.Not | Role.If)) k--;
  if (s.isMark(s.end - 1, '?') || isConditional(s, i)) return false;
  if (k < s.start || s.isMark(k) || s.is(k, Role.Conjunction)) return true;
  if (/^(?:should|must|can|could)$/.test(s.w(k)) && s.is(k - 1, Role.You)) return true;
  return s.w(k) === 'to' && /^(?:ok|okay|fine|safe|time|best|need|want|have|ought|you)$/.test(s.w(k - 1));
}

/** A prescription medicine, or the reader's own medicine, within `reach` words. */
function medicineAfter(s: Sentence, from: number, reach: number): number {
  for (let k = from; k < Math.min(s.end, from + reach); k++) {
    if (s.isMark(k, '.;:?!')) return -1;
    if (s.is(k, Role.Clinician | Role.If) || /^(?:until|before|without|unless|about|because)$/.test(s.w(k))) return -1;
    if (s.has(k, Sense.Rx)) return k;
    if (s.has(k, Sense.Medicine) && (s.is(k - 1, Role.Your) || s.is(k - 2, Role.Your))) return k;
  }
  return -1;
}
