import { Role } from '../../lexicon/tags.ts';
import { type Sentence, words } from '../sentence.ts';

const IMPLIES = words('imply prove guarantee mean');

const REPORTS = words('think thinks thought suspect wonder wondering believe worry worried afraid fear feel');

const YOU_KNOW = words('you she he they woman people who');

/** "Call your doctor if: ... You have acne": an item of a list that a condition opens. */
export function inConditionalList(s: Sentence, i: number): boolean {
  for (let k = i - 1; k >= Math.max(s.low, i - 90); k--) {
    if (s.isMark(k, ':') && (s.is(k - 1, Role.If) || /^(?:following|these|symptoms|signs|any)$/.test(s.w(k - 1))))
      return true;
  }
  // The same list with its colon lost: a referral with "if", and items that begin with capitals after no full stop.
  const opener = s.findRole(s.start, i, Role.If);
  return opener > s.start && s.is(opener - 1, Role.Clinician);
}

export function isReported(s: Sentence, i: number): boolean {
  if (inConditionalList(s, i)) return true;
  // "though you do have endometriosis" insists.
  if (s.w(i + 1) === 'do' && s.w(i + 2) === 'have' && /^(?:though|although|but|yet)$/.test(s.w(i - 1))) return false;
  // "you said you have", "because you told me you have", "if you have", "do you have", "people like you have"
  for (let k = i - 1; k >= Math.max(s.start, i - 5); k--) {
    if (s.isMark(k) && !s.isMark(k, ',"')) return false;
    if (s.isMark(k, ',"')) return false;
    if (s.w(k) === 'that' && k === i - 1 && k === s.start) return false;
    if (s.w(k) === 'that' && s.findRole(Math.max(s.start, k - 7), k, Role.Certain) >= 0) return false;
    // "I'm sorry you are living with migraine"
    if (/^(?:sorry|glad|know|understand)$/.test(s.w(k)) && (k === i - 1 || s.w(i - 1) === 'that') && k > s.start)
      return true;
    if (s.w(k) === 'that' && s.w(k - 1) === 'like') return false;
    // "as you have hypertension, ..." names what the reader said.
    if (s.w(k) === 'as' && k === i - 1 && (k === s.start || s.isMark(k - 1))) return true;
    if (s.w(k) === 'like' && k === i - 1 && !s.is(k - 1, Role.Kin | Role.General)) continue;
    if (s.is(k, Role.If | Role.Whether)) return s.w(k) !== 'once' || k > i - 3;
    if (
      /^(?:do|does|did|since|because|who|what|where|how|why|that|as|than|though|although|until|while|suppose|imagine|say|assuming|where|unless|even|should|like|knowing|learn|learning|hear|hearing|finding|accepting|realizing|realising|being|told|tell|noted)$/.test(
        s.w(k),
      )
    ) {
      if (s.w(k) === 'that' || s.w(k) === 'say' || s.w(k) === 'tell' || s.w(k) === 'told' || s.w(k) === 'noted') {
        // "that you have" after "means" asserts; after "told", "said" or "think" it reports.
        if (s.is(k - 1, Role.Means) || s.is(k - 2, Role.Means)) return false;
        if (s.w(k) === 'say' && (s.w(k - 1) === 'would' || s.w(k - 2) === 'i')) return false;
        if (
          s.w(k) === 'tell' ||
          (s.w(k) === 'that' &&
            /^(?:you|sure|confident|certain|believe|clear|is|obvious|say|doubt|question|positive|convinced)$/.test(
              s.w(k - 1),
            ) &&
            s.w(k - 1) !== 'you')
        )
          return false;
        if (s.is(k - 1, Role.Finding)) return false;
      }
      if (s.w(k) === 'what') return false;
      if (s.w(k) === 'even' || s.w(k) === 'should' || s.w(k) === 'as') continue;
      return true;
    }
    if (
      /^(?:know|knows|knew|sure|certain|aware|realize|realizes)$/.test(s.w(k)) &&
      !s.is(k - 1, Role.Not) &&
      (s.findWord(Math.max(s.start, k - 4), k, YOU_KNOW) >= 0 || s.w(k) === 'knows' || s.w(k) === 'knew')
    )
      return true;
    if (s.isWord(k, REPORTS) && (s.is(k - 1, Role.You) || s.is(k - 2, Role.You))) return true;
    if (s.is(k, Role.Said) && (s.is(k - 1, Role.You) || s.is(k - 2, Role.You))) return true;
  }
  return (
    s.isMark(s.end - 1, '?') && /^(?:do|does|have|has|are|is|did|could|can|what|how|when)$/.test(s.w(s.clauseStart(i)))
  );
}

/** "doesn't mean that you have": what the inference denies is no diagnosis. */
export function isDeniedInference(s: Sentence, i: number): boolean {
  for (let k = i - 1; k >= Math.max(s.start, i - 6); k--) {
    if (s.is(k, Role.Means) || IMPLIES.has(s.w(k))) {
      for (let m = k - 1; m >= Math.max(s.start, k - 4); m--) if (s.is(m, Role.Not) || s.is(m, Role.Hedge)) return true;
      if (s.is(k + 1, Role.Not)) return true;
    }
  }
  return false;
}
