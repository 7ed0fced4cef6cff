import { Role } from '../../lexicon/tags.ts';
import { type Sentence, words } from '../sentence.ts';
import { ANY_CONDITION, CONDITION, conditionAfter, contrasts, isHedged, isTail } from './condition-after.ts';
import { personNear } from './described-person.ts';
import { type DiagnosisSpan, span } from './diagnosis-span.ts';

const HINDI_THIS = words('yeh ye yah');
const FOREIGN_IS = words('es est e ist');

const DEFINES = words(
  'called known type kind form term name defined caused when where how one common group example usually often also not a important know that to helpful worth easy hard useful true myth good best rare seen found passed spread thought estimated among what causes cause women men people',
);

const ALWAYS = words('always necessarily usually just only contagious');

/** "I can tell it's ringworm": the writer says so; "nobody can tell" does not. */
function isWriterTelling(s: Sentence, tell: number): boolean {
  return (
    s.findWord(Math.max(s.start, tell - 3), tell, words('i we anyone anybody everyone')) >= 0 &&
    s.findRole(s.start, tell, Role.Not) < 0
  );
}

/** Only words of no meaning to us before it: "ngl that's ...", "ha, it's ...". */
function opensWithTalk(s: Sentence, i: number): boolean {
  if (i - s.start > 2) return false;
  for (let k = s.start; k < i; k++) {
    const token = s.tokens[k];
    if (
      !token ||
      (token.sense | token.role) !== 0 ||
      token.w.length < 2 ||
      token.w.length > 7 ||
      /^(?:say|know|which|what|why|how|where|call)$/.test(token.w)
    )
      return false;
  }
  return true;
}

/** The condition is the last word of its clause. */
function closes(s: Sentence, condition: number): boolean {
  let last = condition;
  while (s.is(last + 1, ANY_CONDITION)) last++;
  return last + 1 >= s.end || s.isMark(last + 1, '.,;!-') || s.end - s.start <= 9;
}

/** "this is appendicitis", "it is definitely gout", "that's not cancer", "sounds like a migraine". */
export function thisIs(s: Sentence, i: number): DiagnosisSpan | undefined {
  const opener =
    s.is(i, Role.This) ||
    (FOREIGN_IS.has(s.w(i)) && i === s.start) ||
    (s.w(i) === 'c' && s.is(i + 1, Role.Be)) ||
    (s.is(i, Role.Likely) &&
      (i === s.start ||
        s.isMark(i - 1) ||
        /^(?:everything|this|all|picture|evidence|story|signs|really|honestly|definitely)$/.test(s.w(i - 1)))) ||
    (s.w(i) === 'agit' && s.w(i - 1) === 's');
  if (HINDI_THIS.has(s.w(i)) || s.w(i) === 'liegt') {
    const c = s.findRole(i + 1, Math.min(s.end, i + 5), ANY_CONDITION);
    if (
      c >= 0 &&
      (s.w(i) === 'liegt' ? s.w(c + 1) === 'vor' : s.w(c + 1) === 'hai') &&
      !s.isMark(s.end - 1, '?') &&
      !(s.roles & (Role.If | Role.Hedge))
    )
      return span(i, c, 'names the condition');
  }
  if (!opener) return undefined;
  if (
    i > s.start &&
    !opensWithTalk(s, i) &&
    !s.isMark(i - 1) &&
    !s.is(i - 1, Role.Conjunction | Role.Adverb | Role.Likely | Role.Certain | Role.Said) &&
    !s.is(i - 1, Role.Means) &&
    !/^(?:case|here|yes|no|sorry|afraid|everything|picture|evidence|story|signs|s|think|believe|suspect|say|sure|worry|relax|that|because|bet|guess|certain|confident|and|sir|is|me|honest|way|tell|see|saying|know|so|lol|haha|yeah|yep|oh|well|mate|man|dude|bro|ok|okay|honestly|ugh|look|listen)$/.test(
      s.w(i - 1),
    )
  )
    return undefined;
  if (s.isMark(i - 1, '"') && /^(?:say|saying|hear|word|words|phrase|write|type|like)$/.test(s.w(i - 2)))
    return undefined;
  if (
    s.is(i - 1, Role.Said) &&
    s.findRole(Math.max(s.start, i - 3), i, Role.Clinician) >= 0 &&
    s.findRole(Math.max(s.start, i - 4), i, Role.Your) >= 0
  )
    return undefined;
  if (s.is(i - 1, Role.Said) && s.findRole(Math.max(s.start, i - 3), i, Role.You) >= 0) return undefined;
  if (s.is(i - 1, Role.If | Role.Whether) || s.is(i - 2, Role.If | Role.Whether) || s.w(i - 1) === 'whether')
    return undefined;
  // "because it is", "that it is" report; "this is" and "it is" at the head assert.
  if (
    /^(?:whether|if|when|how|why|where|say)$/.test(s.w(i - 1)) ||
    (s.w(i - 1) === 'know' &&
      !/^(?:i|we)$/.test(s.w(i - 2)) &&
      !(s.w(i - 2) === 'to' && /^(?:relieved|glad|pleased|happy)$/.test(s.w(i - 3)))) ||
    (/^(?:tell|see)$/.test(s.w(i - 1)) && !isWriterTelling(s, i - 1)) ||
    (s.w(i - 1) === 'that' && s.is(i - 2, Role.Said | Role.Not))
  )
    return undefined;
  // "it is possible that this is", "if you think it is".
  for (let m = i - 1; m >= Math.max(s.start, i - 4) && !s.isMark(m); m--)
    if (
      s.is(m, Role.Hedge | Role.If | Role.Whether) &&
      !(s.w(m) === 'can' && /^(?:tell|see)$/.test(s.w(m + 1)) && isWriterTelling(s, m + 1)) &&
      !(s.w(m) === 'can' && s.w(m + 1) === 'be' && /^(?:sure|certain|confident)$/.test(s.w(m + 2))) &&
      !(s.w(m) === 'be' && /^(?:sure|certain|confident)$/.test(s.w(m + 1)))
    )
      return undefined;
  let k = s.is(i, Role.This) || s.w(i) === 'c' ? i + 1 : i;
  let soft = false;
  let not = false;
  let be = s.is(i, Role.Be) || s.w(i) === 'agit';
  let certain = false;
  for (let hops = 0; hops < 10 && k < s.end; hops++, k++) {
    if (s.is(k, Role.Likely)) {
      soft = true;
      if (/^(?:like|from|be|to)$/.test(s.w(k))) be = true;
    } else if (s.w(k) === 'agit' || s.w(k) === 'd') continue;
    else if (
      (/^(?:can|could)$/.test(s.w(k)) && s.w(k + 1) === 'only') ||
      (s.w(k) === 'can' && s.w(k + 1) === 'not' && s.reads(k + 2, 'be', 'anything'))
    )
      certain = true;
    else if (certain && /^(?:anything|but|other|than|else)$/.test(s.w(k))) continue;
    else if (certain && s.is(k, Role.Not) && s.reads(k + 1, 'be', 'anything')) continue;
    else if (s.w(k) === 'nothing' && s.w(k + 1) === 'but') certain = true;
    else if (s.w(k) === 'but' && s.w(k - 1) === 'nothing') continue;
    else if (/^(?:can|could)$/.test(s.w(k)) && s.is(k + 1, Role.Not) && s.w(k + 2) === 'be') not = true;
    else if (s.is(k, Role.Not)) not = true;
    else if (s.is(k, Role.Certain)) certain = true;
    else if (s.is(k, Role.Be)) be = true;
    else if (
      /^(?:must|has|got|have|gotta|will|would|all|just|nothing|more|than|seems|looks|sounds|as|to|most|very|almost|pretty|fairly|quite|definite|obvious|clear|exactly|really|only|me|i|say|think|case|of|been)$/.test(
        s.w(k),
      ) ||
      s.is(k, Role.Adverb) ||
      s.isMark(k, ',-')
    ) {
      if (/^(?:seems|looks|sounds)$/.test(s.w(k))) {
        soft = true;
        be = true;
      }
    } else break;
  }
  if (!be && !soft) return undefined;
  if (s.is(k, Role.Hedge) || s.is(k - 1, Role.Hedge)) return undefined;
  // Only words of measure and kind may stand before the condition.
  const condition = conditionAfter(s, k, 6, ANY_CONDITION);
  if (condition < 0) {
    const adjective = s.is(k, Role.ConditionAdjective) && /^(?:cancerous|malignant|benign|noncancerous)$/.test(s.w(k));
    if (adjective && !isHedged(s, i, k) && personNear(s)) return span(i, k, 'says what a finding is');
    return undefined;
  }
  for (let m = k; m < condition; m++) if (s.isWord(m, DEFINES) && s.w(m) !== 'a' && s.w(m) !== 'not') return undefined;
  if (s.is(condition, Role.ConditionHead) && !s.is(condition, CONDITION) && !personNear(s)) return undefined;
  // A text about a condition calls it "it" or "this": no reader, no certainty, and the condition named before.
  const about = (s.rolesBefore & CONDITION) !== 0 || s.findRole(s.start, i, CONDITION) >= 0;
  const person = personNear(s);
  const it = /^(?:it|these|those|they|es|e|est|ist|that)$/.test(s.w(i)) || s.w(i) === 'this';
  if (it && about && !person && !certain && !not) return undefined;
  if (
    /^(?:it|these|those)$/.test(s.w(i)) &&
    !person &&
    !certain &&
    !soft &&
    s.end - condition > 4 &&
    !s.isMark(condition + 1, ',;-') &&
    !/^(?:causing|behind)$/.test(s.w(condition + 1))
  )
    return undefined;
  if (not && !person && !contrasts(s, condition) && (about || !closes(s, condition))) return undefined;
  if (not && s.findWord(i, condition, ALWAYS) >= 0) return undefined;
  if (isTail(s, condition) && !person && !certain) return undefined;
  return span(i, condition, not ? 'rules a condition out' : 'names the condition', soft && !certain && !not);
}
