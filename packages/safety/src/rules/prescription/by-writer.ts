import { Role, Sense } from '../../lexicon/tags.ts';
import { type Sentence, words } from '../sentence.ts';
import type { Span } from '../span.ts';
import { isConditional, stanceOf } from '../stance.ts';
import { objectOf } from './by-verb.ts';
import { OBJECT_ENDS, RX, span } from './prescription-span.ts';

const CHANGING = words('stopping starting taking switching quitting doubling adding dropping skipping');
const SOLUTIONS = words('solution fix cure answer');

/** "I'd recommend", "I'm putting you on", "we'll start you on", "I have called in a prescription". */
export function byWriter(s: Sentence, i: number): Span | undefined {
  if (
    !(
      s.w(i) === 'i' ||
      (s.w(i) === 'me' && s.w(i - 1) === 'let') ||
      s.is(i, Role.We) ||
      (s.w(i) === 'my' && /^(?:recommendation|advice|suggestion|choice|pick|vote)$/.test(s.w(i + 1)))
    )
  )
    return undefined;
  const verbs = words(
    'recommend recommending suggest suggesting prescribe prescribing prescribed advise advising start starting put putting go going give giving gave write writing wrote written switch switching add adding order ordering ordered call called calling send sent sending choose pick use take try want recommendation advice suggestion choice vote say bring stop stopping stop take taking wean raise increase lower cut double hold change changing try trying keep',
  );
  const verb = s.findWord(i + 1, Math.min(s.end, i + 7), verbs);
  if (verb < 0) return undefined;
  if (
    s.findRole(i + 1, verb, Role.You) >= 0 &&
    !/^(?:want|need|have|like|put|would)$/.test(s.w(s.findRole(i + 1, verb, Role.You) - 1)) &&
    s.findWord(i, verb, words('see understand know hear read notice think recommend suggest advise say')) >= 0 &&
    s.findWord(i, verb, words('recommend suggest advise')) < 0
  )
    return undefined;
  for (let k = i; k < verb; k++) if (s.is(k, Role.Not) || /^(?:may|might|can|could|if)$/.test(s.w(k))) return undefined;
  if (isConditional(s, i) || s.w(i - 1) === 'should' || s.isMark(s.end - 1, '?')) return undefined;
  for (let k = verb + 1; k < Math.min(s.end, verb + 10); k++) {
    if (s.isMark(k, '.;?!')) break;
    if (OBJECT_ENDS.has(s.w(k)) && s.w(k) !== 'that') break;
    if (s.w(k) === 'about' || s.is(k, Role.Clinician) || s.is(k, Role.Not)) break;
    if (s.has(k, RX) || (s.has(k, Sense.Drug) && /^prescri/.test(s.w(verb))))
      return span(i, k, 'recommends or prescribes a medicine');
    if (
      /^(?:prescription|prescriptions|rx|script)$/.test(s.w(k)) &&
      /^(?:wr|sen|call|giv|gave|order|going|put)/.test(s.w(verb)) &&
      !/^(?:label|drug|drugs|medicine|medicines|medication)$/.test(s.w(k + 1))
    )
      return span(i, k, 'prescribes');
  }
  return undefined;
}

/** "stopping your Lexapro is the right move", "do not bother with the Lipitor", "go without your water pill", "the fix is simple: antibiotics". */
export function byPhrase(s: Sentence, i: number): Span | undefined {
  const w = s.w(i);
  if (CHANGING.has(w)) {
    const object = s.findSense(i + 1, Math.min(s.end, i + 6), RX);
    if (object < 0) return undefined;
    const be = s.findWord(object + 1, Math.min(s.end, object + 8), words('is makes seems sounds'));
    const verdict =
      be < 0
        ? -1
        : s.findWord(
            be + 1,
            Math.min(s.end, be + 6),
            words('right best good smart wise safe fine ok okay sensible sense what correct answer'),
          );
    if (
      verdict < 0 ||
      s.findRole(be, verdict, Role.Not | Role.Hedge) >= 0 ||
      isConditional(s, i) ||
      s.isMark(s.end - 1, '?')
    )
      return undefined;
    if (s.w(verdict) === 'what' && !s.is(verdict + 1, Role.You)) return undefined;
    return span(i, verdict, 'recommends starting or stopping a prescription medicine');
  }
  if (w === 'bother' && s.findRole(Math.max(s.start, i - 3), i, Role.Not) >= 0) {
    const object = s.findSense(i + 1, Math.min(s.end, i + 6), RX);
    return object < 0 ? undefined : span(i, object, 'tells the reader to leave a prescription medicine');
  }
  if ((w === 'go' || w === 'do') && s.w(i + 1) === 'without' && stanceOf(s, i) === 'directive') {
    const object = s.findSense(i + 2, Math.min(s.end, i + 6), RX);
    return object < 0 ? undefined : span(i, object, 'tells the reader to leave a prescription medicine');
  }
  if (SOLUTIONS.has(w) && s.end - s.start <= 10) {
    const object = s.findSense(i + 1, s.end, RX);
    if (object > 0 && s.isMark(object - 1, ':-') && s.findRole(s.start, object, Role.Hedge | Role.Not) < 0)
      return span(i, object, 'names a prescription medicine as the answer');
  }
  return undefined;
}

/** "you are starting sertraline tomorrow", "you'll be on X", "it is time for a statin", "no more Xanax for you". */
export function bySubject(s: Sentence, i: number): Span | undefined {
  const w = s.w(i);
  if (
    w === 'time' &&
    (s.w(i + 1) === 'for' || s.w(i + 1) === 'to') &&
    s.findSense(i + 2, i + 7, RX) >= 0 &&
    s.w(i - 1) !== 'takes' &&
    s.w(i - 1) !== 'some' &&
    s.w(i + 1) === 'for'
  )
    return span(i, s.findSense(i + 2, i + 7, RX), 'tells the reader to start a prescription medicine');
  if (w === 'no' && s.w(i + 1) === 'more' && s.has(i + 2, RX))
    return span(i, i + 2, 'tells the reader to stop a prescription medicine');
  if (s.is(i, Role.You) && s.is(i + 1, Role.Be | Role.Modal) && !isConditional(s, i)) {
    const k = s.findWord(i + 2, i + 5, words('starting stopping switching beginning'));
    if (k >= 0 && !s.is(k - 1, Role.Not) && s.end > k && !(s.roles & Role.If)) {
      const object = objectOf(s, k, true);
      if (object >= 0 && s.findWord(s.start, i, words('that since before while when')) < 0)
        return span(i, object, 'tells the reader to start or stop a prescription medicine');
    }
  }
  return undefined;
}
