import { Role } from '../../lexicon/tags.ts';
import { type Sentence, words } from '../sentence.ts';

const TURNS = words('but however still though yet honestly');
const UNWILLING = words('unable refuse decline unsafe unfair wrong impossible irresponsible inappropriate');
const QUESTIONS = words('about whether before if how when what');

/** "as prescribed", "without talking to your doctor", "the way your doctor told you": keeps to what a clinician said. */
export function keepsToClinician(s: Sentence): boolean {
  for (let i = s.start; i < s.end; i++) {
    const w = s.w(i);
    if (
      (w === 'as' || w === 'exactly' || w === 'than' || w === 'how') &&
      /^(?:prescribed|directed|instructed|advised|told|shown|recommended|ordered|your|the|you)$/.test(s.w(i + 1)) &&
      ((s.w(i + 1) !== 'your' && s.w(i + 1) !== 'the' && s.w(i + 1) !== 'you') ||
        s.findRole(i + 1, i + 4, Role.Clinician) >= 0 ||
        s.findWord(i + 1, i + 5, words('prescribed directed instructed told advised shown')) >= 0)
    )
      return true;
    if (w === 'as' && s.findWord(i + 1, i + 5, words('plan label leaflet kit')) >= 0) return true;
    if ((w === 'when' || w === 'if') && /^(?:prescribed|needed)$/.test(s.w(i + 1)) && s.w(i - 1) === 'only')
      return true;
    if (
      (w === 'without' || w === 'unless' || w === 'until') &&
      (s.findRole(i, i + 7, Role.Clinician) >= 0 ||
        s.findWord(
          i,
          i + 5,
          words('talking asking consulting checking speaking medical advice guidance supervision discussing'),
        ) >= 0)
    )
      return true;
    if (
      w === 'prescribed' &&
      (s.w(i + 1) === 'by' ||
        s.is(i - 1, Role.Clinician) ||
        s.w(i - 1) === 'your' ||
        s.w(i - 1) === 'have' ||
        s.w(i - 1) === 'the' ||
        s.w(i - 1) === 'all')
    )
      return true;
  }
  return false;
}

/** "ask your doctor before starting", "talk to a pharmacist about": the verb stands inside a referral. */
export function insideReferral(s: Sentence, i: number): boolean {
  for (let k = i - 1; k >= s.start; k--) {
    if (s.isMark(k, '.;:?!')) return false;
    if (QUESTIONS.has(s.w(k))) {
      for (let m = k - 1; m >= s.start; m--) if (s.is(m, Role.Clinician) || s.is(m, Role.Refer)) return true;
    }
  }
  return false;
}

/** "I can't tell you to", "I'm not able to recommend": the writer declines. The content after "but" is judged again. */
export function declined(s: Sentence, i: number): boolean {
  for (let k = i - 1; k >= s.start; k--) {
    if (TURNS.has(s.w(k)) || s.isMark(k, '.;:?!')) return false;
    if (s.is(k, Role.Not) || UNWILLING.has(s.w(k))) {
      for (let m = k + 1; m < Math.min(i + 1, k + 6); m++) if (DECLINES.has(s.w(m))) return true;
      if (s.findWord(Math.max(s.start, k - 5), k, words('i we')) >= 0 && s.findWord(k, i, DECLINES) >= 0) return true;
    }
  }
  return false;
}

const DECLINES = words(
  'tell say advise recommend give diagnose prescribe provide confirm determine decide judge suggest instruct know assess offer mean conclude assume able sure certain order claim replace safe appropriate my up',
);
