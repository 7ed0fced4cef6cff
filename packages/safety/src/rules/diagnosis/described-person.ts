import { Hint } from '../../lexicon/lexicon.ts';
import { Role } from '../../lexicon/tags.ts';
import { WORD } from '../../text/token.ts';
import { type Sentence, words } from '../sentence.ts';

const TITLED = words('mr mrs ms miss baby');
const SEXES = words('yo m f male female');
const PATIENTS = words('pt patient');

/** An unknown word at the head of a short sentence, before "has": a name. */
export function isNamed(s: Sentence, i: number): boolean {
  const token = s.tokens[i];
  if (s.w(i + 1) === 'has' && TITLED.has(s.w(s.isMark(i - 1, '.') ? i - 2 : i - 1))) return true;
  if (
    !token ||
    i !== s.start ||
    s.end - s.start > 8 ||
    token.kind !== WORD ||
    token.sense | token.role ||
    token.w.length < 3
  )
    return false;
  return (
    s.w(i + 1) === 'has' &&
    !/^(?:everybody|nobody|research|science|nothing|everything|each|neither|another|every|history|medicine)$/.test(
      token.w,
    )
  );
}

/** A described person as subject: "she", "the patient", "your son", not "he or she". */
export function isDescribed(s: Sentence, i: number): boolean {
  const w = s.w(i);
  // "our 60-year-old"
  if (w === 'old' && YEARS.has(s.w(i - 1)) && s.is(i + 1, Role.Have | Role.Be)) return pointedAt(s, i - 1);
  if (s.is(i, Role.Third) && w !== 'him' && w !== 'his' && w !== 'her' && w !== 'hers') {
    if (
      w === 'patient' ||
      w === 'client' ||
      w === 'baby' ||
      w === 'child' ||
      w === 'man' ||
      w === 'woman' ||
      w === 'boy' ||
      w === 'girl'
    )
      return s.is(i - 1, Role.Third) || pointedAt(s, i);
    if (s.w(i - 1) === 'or' || s.w(i + 1) === 'or' || s.w(i - 1) === '/' || s.w(i + 1) === '/') return false;
    return w !== 'the' && w !== 'this';
  }
  return (
    s.is(i, Role.Kin) &&
    (s.is(i - 1, Role.Your) || s.is(i - 2, Role.Your) || /^(?:that|this|her|his)$/.test(s.w(i - 1)) || pointedAt(s, i))
  );
}

/** "this 30-year-old woman", "your dog-walker friend", "the previously healthy man": a determiner before the noun. */
function pointedAt(s: Sentence, i: number): boolean {
  for (let k = i - 1; k >= Math.max(s.start, i - 6); k--) {
    if (/^(?:this|that|our)$/.test(s.w(k)) || s.is(k, Role.Your)) return true;
    if (s.w(k) === 'the') return i - k > 1 && s.findWord(k, i, YEARS) >= 0;
    if (
      s.isMark(k) ? !s.isMark(k, '-') : (!YEARS.has(s.w(k)) && s.tokens[k]?.role) || s.w(k) === 'a' || s.w(k) === 'of'
    )
      return false;
  }
  return false;
}

const YEARS = words('year years month months week weeks day old');

/** Whether the text speaks to or of a person. */
export function personNear(s: Sentence): boolean {
  return ((s.roles | s.rolesBefore) & (Role.Your | Role.You)) !== 0;
}

const TITLES = words('mr mrs ms miss mister madam sir');
const NO_NAMES = words(
  'everybody nobody research science nothing everything each neither another every history medicine today europe africa asia america australia britain china india google wikipedia internet',
);

/**
 * Whether `i` is the last word of a subject that is one particular person: "you", "she", "your son", "Mr. B", "Priya",
 * "J.R.", "the 54-year-old".
 */
export function isPerson(s: Sentence, i: number): boolean {
  if (s.is(i, Role.You) && !(s.is(i, Role.Your) && !s.is(i + 1, Role.Have | Role.Be))) return true;
  if (isDescribed(s, i)) return true;
  const token = s.tokens[i];
  // "Hepatitis C", "Influenza A": a letter or a name that belongs to the disease.
  if (s.is(i - 1, Role.Condition) || s.is(i + 1, Role.Condition)) return false;
  // "your little one"
  if (
    s.value(i) === 1 &&
    /^(?:little|young|loved|wee)$/.test(s.w(i - 1)) &&
    s.findRole(Math.max(s.start, i - 3), i, Role.Your) >= 0
  )
    return true;
  if (!token || token.kind !== WORD) return false;
  // "Baby has reflux", "Grandma has dementia": a name of sorts at the head of a clause.
  if (
    s.is(i, Role.Kin) &&
    (i === s.start || s.isMark(i - 1, '.;:!,')) &&
    s.w(i + 1) === 'has' &&
    !s.is(i, Role.General)
  )
    return true;
  // "the kid wants", "the little lad has"
  if (
    s.is(i, Role.Kin) &&
    (s.w(i - 1) === 'the' || (s.w(i - 2) === 'the' && /^(?:little|poor|old|young|wee)$/.test(s.w(i - 1))))
  )
    return (
      (s.is(i + 1, Role.Have) && s.w(i + 1) !== 'have') ||
      /^(?:wants|needs|suffers|got|should|must|ought|is)$/.test(s.w(i + 1))
    );
  // "the 54-year-old has", "this 30-year-old has": "a 54-year-old" is described as well.
  if (token.w === 'old' && YEARS.has(s.w(i - 1))) return s.isNumber(i - 2) || s.isNumber(i - 3);
  if (SEXES.has(token.w) && s.isNumber(i - 1) && i - 1 <= s.start + 1) return true;
  if (PATIENTS.has(token.w) && (i === s.start || s.isMark(i - 1) || s.w(i - 1) === 'this')) return true;
  const title = s.isMark(i - 1, '.') ? s.w(i - 2) : s.w(i - 1);
  if (TITLES.has(title)) return true;
  if (token.w.length === 1 && token.hint & Hint.Capital)
    return i > s.start && s.isMark(i + 1, '.') && i + 2 < s.end && !s.is(i - 1, Role.Condition);
  if (
    !(token.hint & Hint.Capital) ||
    NO_NAMES.has(token.w) ||
    token.w.length < 3 ||
    (i > s.start && s.is(i - 1, Role.Hedge))
  )
    return false;
  return (
    (s.is(i + 1, Role.Have) && s.w(i + 1) !== 'have') ||
    /^(?:suffers|needs|developed|caught|requires)$/.test(s.w(i + 1))
  );
}
