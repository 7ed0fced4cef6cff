import { Role } from '../../lexicon/tags.ts';
import { WORD } from '../../text/token.ts';
import { type Sentence, words } from '../sentence.ts';
import { AFTER_COMPOUND } from './condition-after.ts';
import { isPerson } from './described-person.ts';
import { type DiagnosisSpan, span } from './diagnosis-span.ts';

const NOTED = words('dx imp diagnosed');

const ANY = Role.Condition | Role.ConditionHead;
/** Longest sentence that is read as nothing but a verdict. */
const SHORT = 11;
/** Words of certainty and of talk that turn a bare name of a condition into a verdict. */
const SURE = words(
  'yep yup yeah yes nope classic textbook obviously obvious alright mate definitely simple official easy closed bet sure surely period clear settled bingo guaranteed certainly undoubtedly honestly congrats welcome definite no-brainer nailed verdict conclusion answer diagnosis translation bottom deffo defo dude bro pal love buddy innit lol',
);
const HEADS = words(
  'dx diagnosis verdict conclusion answer impression assessment a imp outcome result finding findings culprit problem cause explanation call translation read guess short line official obvious confidence certainty fine ok okay today summary diagnose conclusao conclusion diagnostico',
);
const LISTED = words(
  'such include includes including example examples cause causes types type kinds kind conditions condition following like symptoms signs risk risks complications topic page article section chapter question questions about called means term glossary myth fact note lesson learn read see check rule ddx differential possible between versus vs or test tests vaccine prevent',
);

/**
 * A verdict without a sentence: "My verdict? Tendonitis.", "UTI, 100%.", "Cystitis. No need to look further.", "Mrs K:
 * acute cholecystitis", "your hand is infected: cellulitis", "| stiff hands each morning | rheumatoid arthritis |".
 */
export function verdictInShort(s: Sentence): DiagnosisSpan | undefined {
  if (s.isMark(s.end - 1, '?')) return undefined;
  return afterFragments(s) ?? afterQuestion(s) ?? sureOf(s) ?? headed(s) ?? certainOfBefore(s);
}

function conditionsIn(s: Sentence): { first: number; count: number } {
  let first = -1;
  let count = 0;
  for (let k = s.start; k < s.end; k++) {
    if (!s.is(k, Role.Condition)) continue;
    if (first < 0) first = k;
    count++;
    while (s.is(k + 1, ANY)) k++;
  }
  return { first, count };
}

/** Only a condition, what belongs to it and words of talk: no verb of its own, no list. */
function isBare(s: Sentence, c: number): boolean {
  if (s.roles & (Role.Hedge | Role.If | Role.Clinician)) return false;
  for (let k = s.start; k < s.end; k++)
    if (s.is(k, Role.General) && !s.is(k, Role.This) && s.w(k) !== 'that') return false;
  if (s.findWord(s.start, s.end, LISTED) >= 0 || s.isWord(c + 1, AFTER_COMPOUND)) return false;
  return true;
}

/** "My verdict? Tendonitis.", "Your toddler's rash? Fifth disease." */
function afterQuestion(s: Sentence): DiagnosisSpan | undefined {
  if (!s.isMark(s.start - 1, '?') || s.end - s.start > 7) return undefined;
  const { first, count } = conditionsIn(s);
  if (first < 0 || count !== 1 || first - s.start > 3 || !isBare(s, first) || s.roles & Role.Not) return undefined;
  let person = false;
  for (let k = s.start - 2; k >= Math.max(s.low, s.start - 10) && !s.isMark(k, '.!?'); k--) {
    if (s.is(k, Role.If | Role.Hedge)) return undefined;
    if (s.findWord(low0(s), s.start, words('have wrong got')) >= 0 && isPerson(s, k)) person = true;
    if (s.findWord(low0(s), s.start, words('have wrong got')) >= 0) continue;
    if (/^(?:is|are|does|do|what|which|how|can|why|cause|causes)$/.test(s.w(k)) && !s.is(s.start - 2, Role.Your))
      return undefined;
    if (s.is(k, Role.Your | Role.This | Role.Third) || s.isWord(k, HEADS) || s.isWord(k, SURE) || s.w(k) === 'my')
      person = true;
  }
  return person ? span(first, first, 'names the condition as the answer') : undefined;
}

/** "Yep, strep.", "UTI, 100%.", "Definitely a UTI you've got there." */
function sureOf(s: Sentence): DiagnosisSpan | undefined {
  if (s.end - s.start > SHORT) return undefined;
  const { first, count } = conditionsIn(s);
  if (first < 0 || count !== 1 || !isBare(s, first)) return undefined;
  let last = first;
  while (s.is(last + 1, ANY)) last++;
  const be = s.findRole(s.start, s.end, Role.Be | Role.Have);
  for (let k = s.start; k < s.end; k++) {
    const sure =
      s.is(k, Role.Certain) ||
      s.isWord(k, SURE) ||
      (s.isNumber(k) && s.value(k) === 100 && s.isMark(k + 1, '%')) ||
      (s.w(k) === 'no' && /^(?:question|doubt|doubts|mistake|mistaking|two|need)$/.test(s.w(k + 1)));
    if (!sure) continue;
    if (be >= 0 && s.findRole(s.start, s.end, Role.You | Role.This) < 0) return undefined;
    if (be >= 0 && be > last && !s.is(be - 1, Role.You | Role.This)) return undefined;
    return span(Math.min(k, first), Math.max(k, last), 'names a condition with certainty');
  }
  return undefined;
}

/** "Mrs K: acute cholecystitis", "Conclusion: scabies", "your hand is infected: cellulitis", a row of a table. */
function headed(s: Sentence): DiagnosisSpan | undefined {
  for (let i = s.start; i < s.end - 1; i++) {
    // "Dx acute cholecystitis"
    const noted = NOTED.has(s.w(i)) && s.w(i + 1) !== 'with';
    if (!noted && i === s.start) continue;
    const namely = s.w(i) === 'namely' || (s.w(i) === 'i' && s.reads(i, 'i', '.', 'e'));
    if (!noted && !namely && !s.isMark(i, ':=|') && !(s.isMark(i, '-') && s.tokens[i + 1]?.gap === 1)) continue;
    let c = i + 1;
    while (
      c < i + 5 &&
      (isUnknown(s, c) ||
        s.isNumber(c) ||
        /^(?:a|an|the|it|is|just|simple|acute|chronic|mild|severe|early|probable|community|acquired|classic|1|my|friend|this|plain|old|primary|secondary|recurrent|left|right|uncomplicated|stage|type)$/.test(
          s.w(c),
        ) ||
        s.isMark(c, '.-*"'))
    )
      c++;
    if (!s.is(c, Role.Condition)) continue;
    let last = c;
    while (s.is(last + 1, ANY)) last++;
    if (s.isWord(last + 1, AFTER_COMPOUND) || s.w(last + 1) === 'or') continue;
    const closes =
      last + 1 >= s.end ||
      s.isMark(last + 1, '.!|"') ||
      s.isMark(last + 1, ',;') ||
      s.isNumber(last + 1) ||
      /^(?:for|no|without|of|and|in|with|on|right|left)$/.test(s.w(last + 1));
    if (!closes || s.roles & (Role.If | Role.Clinician) || isDoubted(s)) continue;
    // A second condition makes it a list.
    if (s.isMark(last + 1, ',') && s.findRole(last + 2, Math.min(s.end, last + 6), Role.Condition) >= 0) continue;
    const low = Math.max(s.low, s.clauseStart(i - 1));
    if ((s.findWord(low, i, LISTED) >= 0 && !noted) || s.findRole(low, i, Role.General | Role.Not) >= 0) continue;
    if (
      /^(?:answer|outcome|result|cause)$/.test(s.w(i - 1)) &&
      s.isMark(low - 1, '?') &&
      low > s.low &&
      s.findRole(s.low, low, Role.Your | Role.You | Role.Third) < 0
    )
      continue;
    const told =
      noted ||
      s.findWord(low, i, HEADS) >= 0 ||
      (s.isMark(i, '|') && s.findWord(s.low, i, TOLD_IN_HEADER) >= 0) ||
      s.findRole(low, i, Role.Your | Role.You) >= 0 ||
      (s.findRole(low, i, Role.Third) >= 0 && !s.isMark(i, '|')) ||
      s.findWord(low, i, words('mr mrs ms patient pt case')) >= 0 ||
      (s.is(low, Role.This) && s.is(low + 1, Role.Be)) ||
      (s.isWord(low, words('one only nothing')) && s.findRole(low, i, Role.This) >= 0);
    if (
      told &&
      !(s.rolesBefore & Role.Condition && s.isMark(i, '|') && s.findWord(s.low, s.start, words('diagnosis')) < 0)
    )
      return span(low, last, 'states the diagnosis');
  }
  return undefined;
}

const TOLD_IN_HEADER = words('diagnosis have illness verdict');

/** "6yo boy, bow legs, low vitamin D. Rickets.", "Itchy at night, your partner too. Scabies, then." */
function afterFragments(s: Sentence): DiagnosisSpan | undefined {
  if (
    s.end - s.start > 6 ||
    !s.isMark(s.start - 1, '.') ||
    s.roles & (Role.Hedge | Role.If | Role.Be | Role.Have | Role.General)
  )
    return undefined;
  const { first, count } = conditionsIn(s);
  if (first < 0 || count !== 1 || first - s.start > 2 || !isBare(s, first)) return undefined;
  let last = first;
  while (s.is(last + 1, ANY)) last++;
  if (!(last + 1 >= s.end || s.isMark(last + 1, '.!,'))) return undefined;
  let low = s.start - 1;
  while (low > s.low && s.start - low < 30 && !s.isMark(low - 1, '.!?:')) low--;
  if (s.start - low < 4 || s.start - low >= 30) return undefined;
  // What came before is a list of complaints: no verb, no condition, and a person or a finding in it.
  for (let k = low; k < s.start - 1; k++)
    if (s.is(k, Role.Be | Role.Have | Role.Condition | Role.Hedge | Role.Clinician | Role.If) || s.isWord(k, LISTED))
      return undefined;
  return s.findRole(low, s.start, Role.Finding | Role.Your | Role.Kin | Role.Third) >= 0
    ? span(first, last, 'names the condition')
    : undefined;
}

/** "Ringworm. No question about it.", "Cystitis. No need to look further." */
function certainOfBefore(s: Sentence): DiagnosisSpan | undefined {
  if (s.end - s.start > 9 || s.roles & (Role.Hedge | Role.If)) return undefined;
  const sure =
    (s.w(s.start) === 'no' && /^(?:question|doubt|doubts|mistake|mistaking|two|need)$/.test(s.w(s.start + 1))) ||
    /^(?:case|trust|guaranteed|100|definitely|certainly|certain|undoubtedly)$/.test(s.w(s.start)) ||
    (s.is(s.start, Role.This) &&
      s.is(s.start + 1, Role.Be) &&
      s.findRole(s.start + 2, s.end, Role.Your | Role.You) >= 0 &&
      /^(?:what|why|your|the)$/.test(s.w(s.start + 2)));
  if (!sure) return undefined;
  // The sentence before is nothing but the condition.
  let k = s.start - 1;
  while (k > s.low && s.isMark(k, '.!*')) k--;
  const end = k;
  while (k > s.low && !s.isMark(k - 1, '.!?:;|') && end - k < 6) k--;
  if (end - k >= 6) return undefined;
  const c = s.findRole(k, end + 1, Role.Condition);
  if (c < 0 || s.findRole(k, end + 1, Role.Be | Role.Have | Role.Hedge | Role.If | Role.General) >= 0) return undefined;
  return span(c, s.start + 1, 'names a condition with certainty');
}

function isUnknown(s: Sentence, k: number): boolean {
  const token = s.tokens[k];
  return token !== undefined && token.kind === WORD && (token.sense | token.role) === 0 && !s.isWord(k, LISTED);
}

/** Where the question before the sentence begins. */
function low0(s: Sentence): number {
  let low = s.start - 1;
  while (low > s.low && s.start - low < 14 && !s.isMark(low - 1, '.!?')) low--;
  return low;
}

/** A doubt other than "I can say". */
function isDoubted(s: Sentence): boolean {
  for (let k = s.start; k < s.end; k++)
    if (s.is(k, Role.Hedge) && !(s.w(k) === 'can' && /^(?:say|tell|see)$/.test(s.w(k + 1)))) return true;
  return false;
}
