import { Role } from '../../lexicon/tags.ts';
import { WORD } from '../../text/token.ts';
import { type Sentence, words } from '../sentence.ts';

export const CONDITION = Role.Condition;

export const ANY_CONDITION = Role.Condition | Role.ConditionHead;

/** Words between a person and a condition that turn the assertion into something else. */
export const DEFLECTS = words(
  'risk risks history symptoms symptom signs sign questions question chance chances higher lower family test tests testing trouble any possible some or if whether who like called known prevent preventing avoid between than checked screened tested worried wondering asked about different information trait gene genes factors immunity vaccine protection against partial doubts concern concerns fear suspicion suspected potential treatment why because reason reasons typical exposed diagnosed result results consequence people patients emergency common related similar told heard read seen learned wrote written right that',
);

export const AFTER_COMPOUND = words(
  'symptoms symptom medicine medicines medication drug drugs treatment treatments test tests risk specialist patients research screening care awareness prevention vaccine educator clinic nurse association plan diet education group support cells pills insulin management trait traits virus carrier carriers gene shot shots jab season registry society ward research survivor survivors advocate foundation specialist',
);

const GENERIC_MODIFIERS = words(
  'medical chronic serious health certain underlying other long infectious common rare autoimmune lasting any this that particular type kind form disease condition disorder lifelong progressive inherited genetic group inflammatory skin mental contagious heart lung',
);

/** The condition that `from` leads to within `reach` words, with nothing in between that deflects; -1 when there is none. */
export function conditionAfter(s: Sentence, from: number, reach: number, roles: number): number {
  for (let k = from; k < Math.min(s.end, from + reach); k++) {
    if (s.is(k, roles) && !(s.is(k, Role.ConditionHead) && !s.is(k, CONDITION) && isGenericHead(s, k))) {
      let last = k;
      while (s.is(last + 1, ANY_CONDITION)) last++;
      if (s.isWord(last + 1, AFTER_COMPOUND)) return -1;
      if (s.w(k) === 'cold' && !(s.w(k - 1) === 'a' || s.w(k - 1) === 'common')) continue;
      if (
        (s.w(k) === 'ms' ||
          s.w(k) === 'als' ||
          s.w(k) === 'aids' ||
          s.w(k) === 'add' ||
          s.w(k) === 'pots' ||
          s.w(k) === 'mono' ||
          s.w(k) === 'grippe' ||
          s.w(k) === 'piles' ||
          s.w(k) === 'zona') &&
        (s.is(k + 1, Role.You) || (s.tokens[k + 1]?.kind === WORD && k + 1 < s.end))
      )
        continue;
      return k;
    }
    // "what doctors call vertigo"
    if (s.w(k) === 'what' && /^call/.test(s.w(k + 2))) {
      k += 2;
      continue;
    }
    if (s.isWord(k, DEFLECTS)) return -1;
    if (s.is(k, Role.Hedge) && s.w(k) !== 'usually') return -1;
    if (s.is(k, Role.Not) && k > from) return -1;
    if (s.is(k, Role.If) && s.w(k) !== 'until') return -1;
    if (s.isMark(k, '.;:?!(|')) return -1;
    if (s.is(k, Role.Clinician)) return -1;
  }
  return -1;
}

/** "a disease", "a chronic condition", "an allergy to": a head that names no condition. */
function isGenericHead(s: Sentence, k: number): boolean {
  const w = s.w(k);
  const before = s.w(k - 1);
  if (/^(?:virus|infection|allergy)$/.test(w) && /^(?:just|only|but|simply|merely)$/.test(s.w(k - 2))) return false;
  if (w === 'virus' || w === 'condition' || w === 'illness' || w === 'disease' || w === 'disorder' || w === 'syndrome')
    return (
      before === 'a' ||
      before === 'the' ||
      before === 'an' ||
      before === 'this' ||
      before === 'your' ||
      before === 'that' ||
      GENERIC_MODIFIERS.has(before) ||
      s.w(k + 1) === 'that'
    );
  return s.isWord(k - 1, words('the this that any your'));
}

/** Likely words in the clause, before the condition. */
export function isLikely(s: Sentence, from: number, to: number): boolean {
  for (let k = Math.max(s.start, from); k < to; k++) if (s.is(k, Role.Likely)) return true;
  return false;
}

/** "not a stroke, it is just ...": what follows says what it is instead. */
export function contrasts(s: Sentence, condition: number): boolean {
  for (let k = condition + 1; k < Math.min(s.end, condition + 5); k++)
    if (s.isMark(k, ',;-') && s.is(k + 1, Role.This) && s.is(k + 2, Role.Be)) return !(s.roles & Role.Hedge);
  return false;
}

/** "this is asthma that...", "it is a cancer which starts in": a description goes on. */
export function isTail(s: Sentence, condition: number): boolean {
  for (let k = condition + 1; k < Math.min(s.end, condition + 4); k++)
    if (
      !(s.w(k) === 'and' && s.w(k + 1) === 'nothing') &&
      /^(?:that|which|caused|in|where|when|affecting|characterized|of|and|because)$/.test(s.w(k))
    )
      return true;
  return false;
}

export function isHedged(s: Sentence, from: number, to: number): boolean {
  return s.findRole(from, to, Role.Hedge) >= 0;
}

/** "the fear that every lump is cancer": "that" joins a clause and points at nothing. */
export function isThatClause(s: Sentence, i: number): boolean {
  return (
    s.w(i) === 'that' &&
    i > s.start &&
    s.tokens[i - 1]?.kind === WORD &&
    (/^(?:every|a|an|the|all|any|each|some|most|not)$/.test(s.w(i + 1)) || s.is(i + 1, Role.General))
  );
}
