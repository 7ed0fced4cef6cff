import { Role } from '../../lexicon/tags.ts';
import { type Sentence, words } from '../sentence.ts';
import { isConditional } from '../stance.ts';
import { ANY_CONDITION, CONDITION, isHedged, isLikely } from './condition-after.ts';
import { type DiagnosisSpan, span } from './diagnosis-span.ts';

const RULES = words('rules ruled rule excludes');
const CAUSES = words('causing behind explains explain responsible blame caused cause reason');

/** "gallstones are causing your pain", "celiac disease explains all of your symptoms", "it's your gallbladder". */
export function conditionExplains(s: Sentence, i: number): DiagnosisSpan | undefined {
  if (!s.is(i, CONDITION) || s.is(i - 1, CONDITION) || s.is(i - 1, Role.Hedge) || isConditional(s, i)) return undefined;
  let k = i;
  while (s.is(k, ANY_CONDITION)) k++;
  for (let m = k; m < Math.min(s.end, k + 6); m++) {
    if (s.is(m, Role.Hedge | Role.Not | Role.If) || s.isMark(m)) return undefined;
    if (CAUSES.has(s.w(m))) {
      for (let n = m + 1; n < Math.min(s.end, m + 7); n++) {
        if (s.is(n, Role.Your) || /^(?:his)$/.test(s.w(n)) || (s.is(n, Role.You) && !s.is(n, Role.Your)))
          return isHedged(s, s.start, i)
            ? undefined
            : span(i, n, "gives the cause of a person's symptoms", isLikely(s, s.start, n));
        if (s.isMark(n)) return undefined;
      }
    }
  }
  return undefined;
}

/** "this rules out a heart attack in your case", "you can rule out MS", "there is no way it is cancer". */
export function ruledOut(s: Sentence, i: number): DiagnosisSpan | undefined {
  const rules = RULES.has(s.w(i));
  if (
    !rules ||
    (s.w(i) !== 'excludes' &&
      s.w(i + 1) !== 'out' &&
      s.w(i + 1) !== 'that' &&
      s.findWord(i + 1, i + 7, words('out')) < 0)
  )
    return undefined;
  const c = s.findRole(i + 1, Math.min(s.end, i + 9), CONDITION);
  if (c < 0) return undefined;
  for (let k = Math.max(s.start, i - 4); k < i; k++)
    if (
      /^(?:to|may|might|can|could|help|helps|not|cannot|used)$/.test(s.w(k)) &&
      !(s.w(k) === 'can' && s.is(k - 1, Role.You | Role.We))
    )
      return undefined;
  if (!(s.roles & (Role.You | Role.Your) || s.w(i) === 'ruled')) return undefined;
  if (s.findRole(s.start, i, Role.Clinician | Role.If) >= 0) return undefined;
  if (s.w(i) === 'ruled' && !(s.roles & (Role.Your | Role.You))) return undefined;
  return span(i, c, 'rules a condition out for a person');
}
