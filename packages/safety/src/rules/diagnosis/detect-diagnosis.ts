import { Role } from '../../lexicon/tags.ts';
import { declined } from '../prescription/declined.ts';
import { type Sentence, words } from '../sentence.ts';
import { asserted } from './asserted.ts';
import { bodyVerdict } from './body-verdict.ts';
import type { DiagnosisSpan } from './diagnosis-span.ts';
import { findingIs } from './finding-is.ts';
import { foreignDiagnosis } from './foreign-diagnosis.ts';
import { cleft, fragment, namedDiagnosis } from './named-diagnosis.ts';
import { personHas, personIs } from './person-has.ts';
import { conditionExplains, ruledOut } from './ruled-out.ts';
import { thisIs } from './this-is.ts';
import { verdictInShort } from './verdict-in-short.ts';

/** What a reading below can begin with. */
const HOOK_ROLES =
  Role.You | Role.Your | Role.Third | Role.Kin | Role.This | Role.Likely | Role.Certain | Role.Condition;

const HOOKS = words(
  'agit liegt sufres sufre tienes tiene padeces padece tens es est e ist c the a an his her diagnosis dx impression assessment diagnose diagnostico diagnostic what condition disease illness culprit problem answer cause verdict conclusion diagnostik explanation classic classical textbook typical clear obvious definite straightforward unmistakable rules ruled rule excludes aapko tumko tumhe usko',
);

/** Every diagnosis in the judged part of the window. */
export function detectDiagnosis(s: Sentence): DiagnosisSpan[] {
  const verdict = bodyVerdict(s);
  const spans: DiagnosisSpan[] = verdict && !declined(s, verdict.first) ? [verdict] : [];
  const answers = s.end - s.start <= 9 && (s.rolesBefore & Role.Condition) !== 0;
  if (!answers && !(s.roles & (Role.Condition | Role.ConditionHead | Role.ConditionAdjective))) return spans;
  for (let i = s.start; i < s.end; i++) {
    if (!s.is(i, HOOK_ROLES) && !s.isWord(i, HOOKS) && i !== s.start && s.w(i + 1) !== 'has') continue;
    const found =
      personHas(s, i) ??
      thisIs(s, i) ??
      personIs(s, i) ??
      findingIs(s, i) ??
      cleft(s, i) ??
      namedDiagnosis(s, i) ??
      fragment(s, i) ??
      conditionExplains(s, i) ??
      ruledOut(s, i);
    if (!found) continue;
    if (declined(s, found.first)) continue;
    spans.push(found);
    i = Math.max(i, found.last);
  }
  if (spans.length === 0 || spans.every((found) => found.soft)) {
    const found = asserted(s) ?? verdictInShort(s) ?? foreignDiagnosis(s);
    if (found && !declined(s, found.first)) spans.push(found);
  }
  return spans;
}
