import { Role } from '../../lexicon/tags.ts';
import { type Sentence, words } from '../sentence.ts';
import { isConditional } from '../stance.ts';
import { AFTER_COMPOUND, CONDITION, conditionAfter, isLikely, isThatClause } from './condition-after.ts';
import { personNear } from './described-person.ts';
import { type DiagnosisSpan, span } from './diagnosis-span.ts';
import { inConditionalList } from './reported.ts';

const THEIRS = words('his her');
const POINTED = words('those these that this');
const ARTICLES = words('a an');

/** "your MRI confirms MS", "that mole is a melanoma", "your headaches are caused by". */
export function findingIs(s: Sentence, i: number): DiagnosisSpan | undefined {
  const your = s.is(i, Role.Your) || THEIRS.has(s.w(i));
  if (your && !isConditional(s, i) && !inConditionalList(s, i)) {
    // "votre fils a la varicelle", "ihr kind hat masern"
    if (
      /^(?:votre|ihr|ihre|su|tu|seu|sua|ton|ta|suo|sua)$/.test(s.w(i)) &&
      /^(?:a|hat|tiene|tem|ha)$/.test(s.w(i + 2))
    ) {
      const c = conditionAfter(s, i + 3, 4, CONDITION);
      if (c >= 0) return span(i, c, 'says that a person has a condition');
    }
  }
  if (POINTED.has(s.w(i)) && (i === s.start || s.isMark(i - 1)) && (personNear(s) || s.end - s.start <= 9)) {
    // "those white patches are thrush"
    const be = s.findRole(i + 2, Math.min(s.end, i + 5), Role.Be);
    if (
      be > 0 &&
      s.findRole(i + 1, be, Role.Condition | Role.ConditionHead | Role.You | Role.Hedge | Role.Likely) < 0
    ) {
      let k = be + 1;
      while (s.is(k, Role.Adverb | Role.Certain) || ARTICLES.has(s.w(k))) k++;
      if (s.is(k, CONDITION) && !s.isWord(k + 1, AFTER_COMPOUND)) return span(i, k, 'names the condition');
    }
  }
  if (isThatClause(s, i) || (ARTICLES.has(s.w(i)) && s.w(i - 1) === 'that')) return undefined;
  const pointed = s.is(i, Role.This) && s.w(i) !== 'it';
  const article = s.w(i) === 'the' || s.w(i) === 'a' || s.w(i) === 'an';
  if (!your && !pointed && !article) return undefined;
  if (article && !(i === s.start || s.isMark(i - 1) || s.is(i - 1, Role.Conjunction))) return undefined;
  let finding = -1;
  for (let k = i + 1; k < Math.min(s.end, i + (your ? 6 : 4)); k++) {
    if (s.is(k, Role.Condition) && !s.is(k, Role.Finding)) {
      if (your) break;
      return undefined;
    }
    if (s.is(k, Role.Be)) break;
    if (s.is(k, Role.Finding)) {
      finding = k;
      break;
    }
  }
  if (finding < 0 && your) {
    // "your lipase of 900 means pancreatitis": what it says is a finding, whatever it is called.
    const means = s.findRole(i + 1, Math.min(s.end, i + 8), Role.Means);
    if (
      means > i + 1 &&
      s.w(means) !== 'makes' &&
      s.findRole(i, means, Role.Be | Role.Clinician | Role.Hedge | Role.If) < 0
    )
      finding = i + 1;
    // "your potassium of 6.1 is ...": a number makes it a result.
    if (finding < 0 && /^(?:low|high|elevated|raised|abnormal)$/.test(s.w(i + 1))) finding = i + 2;
    if (finding < 0 && s.w(i + 2) === 'of' && s.isNumber(i + 3)) finding = i + 1;
  }
  if (finding < 0 || isConditional(s, i) || inConditionalList(s, i)) return undefined;
  if (s.findWord(s.clauseStart(i), i, words('often usually most many sometimes generally')) >= 0) return undefined;
  if (s.findRole(i, finding + 1, Role.If | Role.Clinician) >= 0) return undefined;
  let not = false;
  for (let k = finding + 1; k < Math.min(s.end, finding + 14); k++) {
    if (s.is(k, Role.Not)) not = true;
    // "the rash you mention is": a clause about the finding itself.
    if (s.is(k, Role.You) && k !== finding + 1 && !s.is(k - 1, Role.Means) && s.w(k - 1) !== 'that') return undefined;
    if (s.is(k, Role.Hedge) || s.isMark(k, '.;?!')) return undefined;
    if (s.is(k, Role.If | Role.Clinician)) return undefined;
    const link =
      s.is(k, Role.Be) ||
      s.is(k, Role.Means) ||
      /^(?:from|equals|signals|spells|screams|due)$/.test(s.w(k)) ||
      s.isMark(k, '=');
    if (!link) continue;
    if (k > finding + 9) return undefined;
    const meaning = s.is(k, Role.Means);
    if (meaning && not) {
      // "does not mean diabetes" denies; "does not show diabetes" rules out.
      if (/^(?:mean|means)$/.test(s.w(k))) return undefined;
    }
    let from = k + 1;
    while (
      from < k + 6 &&
      (/^(?:caused|due|to|by|because|from|coming|clearly|that|you|have|the|result|of|re|are|is|be|now|it|this|a|an|just|been|in|related|down|simply)$/.test(
        s.w(from),
      ) ||
        s.is(from, Role.Adverb | Role.Certain | Role.Likely) ||
        s.is(from, Role.Not))
    ) {
      if (s.is(from, Role.Not)) not = true;
      from++;
    }
    const condition = conditionAfter(s, from, 5, CONDITION);
    const adjective = s.is(from, Role.ConditionAdjective) ? from : -1;
    const found = condition >= 0 ? condition : adjective;
    if (found < 0) continue;
    // General talk: "the pain of X is", "a score of 10 or more means".
    if (!your && !pointed) {
      const general =
        s.findRole(finding, found, Role.Compare) >= 0 || (s.w(finding + 1) === 'of' && !s.isNumber(finding + 2));
      if (general) return undefined;
      if (
        !s.isNumber(finding + 2) &&
        !/^(?:lump|mole|rash|redness|spots|bumps|patches|spot|bump|scan|result|results|biopsy|mri|xray|ecg|ekg|pictures|picture|photo|swab)$/.test(
          s.w(finding),
        ) &&
        !personNear(s)
      )
        return undefined;
      if (s.rolesBefore & CONDITION && !personNear(s)) return undefined;
      if (article && s.w(i) !== 'the' && !s.isNumber(finding + 2) && !personNear(s)) return undefined;
    }
    if (s.findRole(i, found, Role.Compare) >= 0 && !your) return undefined;
    if (s.w(k) === 'is' && s.w(k + 1) === 'one') return undefined;
    return span(
      i,
      found,
      not ? "rules a condition out from a person's finding" : "reads a person's finding as a condition",
      isLikely(s, i, found) && !not,
    );
  }
  return undefined;
}
