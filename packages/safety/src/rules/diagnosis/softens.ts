import { Role } from '../../lexicon/tags.ts';
import { type Sentence, words } from '../sentence.ts';
import { ANY_CONDITION } from './condition-after.ts';

/** Whether this sentence offers another possibility or sends the reader to someone who can tell. */
export function softens(s: Sentence): boolean {
  for (let i = s.start; i < s.end; i++) {
    if (
      s.is(i, Role.Refer) &&
      (s.findRole(s.start, s.end, Role.Clinician) >= 0 ||
        /^(?:confirm|confirmed|evaluate|evaluated|evaluation|examine|examined|exam|examination|checked|appointment|checkup|visit)$/.test(
          s.w(i),
        ))
    )
      return true;
    if (/^(?:another|alternatively|alternatives|elsewhere)$/.test(s.w(i))) return true;
    if (
      /^(?:other|others|else)$/.test(s.w(i)) &&
      s.findRole(s.start, s.end, Role.Hedge | Role.Condition | Role.Conjunction) >= 0
    )
      return true;
    if (
      (s.w(i) === 'or' || s.w(i) === 'versus' || s.w(i) === 'vs') &&
      s.findRole(i + 1, Math.min(s.end, i + 7), ANY_CONDITION) >= 0 &&
      s.findRole(Math.max(s.start, i - 8), i, ANY_CONDITION) >= 0
    )
      return true;
    if (/^(?:could|might|may)$/.test(s.w(i)) && s.findRole(i + 1, Math.min(s.end, i + 8), ANY_CONDITION) >= 0)
      return true;
    if (
      s.is(i, Role.Clinician) &&
      s.findWord(
        s.start,
        s.end,
        words('see visit call ask tell look decide know say examine check need needs can should'),
      ) >= 0
    )
      return true;
    if (s.w(i) === 'looked' && s.w(i + 1) === 'at') return true;
    if (/^(?:possible|possibility|possibilities|possibly)$/.test(s.w(i))) return true;
    if (s.w(i) === 'medical' && /^(?:care|attention|help|advice|evaluation)$/.test(s.w(i + 1))) return true;
    if (s.w(i) === 'cannot' || (s.w(i) === 'not' && /^(?:certain|sure|possible)$/.test(s.w(i + 1)))) return true;
  }
  return false;
}
