import { Role, Sense } from '../lexicon/tags.ts';
import { MEDICINAL, type Sentence, words } from '../rules/sentence.ts';
import { isBaseForm, stanceOf } from '../rules/stance.ts';
import { takes } from './taking.ts';
import { CLINICAL_FREQUENCY, JUDGED } from './vocabulary.ts';

const STUDY_YEAR = 1985;

/** Whether the sentence tells of the past: a year before modern practice, a century, an invention; trials stay doses. */
export function isHistory(s: Sentence): boolean {
  if (s.senses & Sense.Study) return false;
  let past = (s.senses & Sense.History) !== 0;
  for (let i = s.start; i < s.end && !past; i++) {
    const value = s.value(i);
    past =
      s.isNumber(i) &&
      value >= 1000 &&
      value < STUDY_YEAR &&
      (s.w(i - 1) === 'in' ||
        s.w(i - 1) === 'by' ||
        s.w(i - 1) === 'the' ||
        s.w(i - 1) === 'since' ||
        s.w(i + 1) === 's') &&
      s.tokens[i]?.w.length === 4;
  }
  if (!past) return false;
  for (let i = s.start; i < s.end; i++)
    if (s.has(i, Sense.Take) && isBaseForm(s.w(i)) && stanceOf(s, i) === 'directive') return false;
  return true;
}

/** "You said you take 20 mg": the reader's own words, given back. A verdict on them is no echo. */
export function isEcho(s: Sentence, i: number): boolean {
  let said = false;
  for (let k = s.start; k < i; k++) {
    if (!s.is(k, Role.You)) continue;
    // "based on what you describe, ...": the reader's complaint, not a dose of theirs.
    if (s.w(k - 1) === 'what' || s.w(k - 1) === 'everything') continue;
    if (
      s.is(k + 1, Role.Said) ||
      (s.is(k + 2, Role.Said) && /^(?:have|just|already|also|previously|had|did|ve)$/.test(s.w(k + 1)))
    )
      said = true;
    if ((s.w(k + 1) === 'already' || s.w(k + 1) === 'currently' || s.w(k + 1) === 'were') && !s.is(k - 1, Role.If))
      said = true;
    if (
      s.is(k + 1, Role.Be) &&
      (s.w(k + 2) === 'taking' || s.w(k + 2) === 'on' || s.w(k + 2) === 'currently' || s.w(k + 2) === 'already') &&
      (s.is(k - 1, Role.Said) || /^(?:that|see|understand|understood|know|read|hear|gather|note)$/.test(s.w(k - 1)))
    )
      said = true;
    if (
      (s.w(k + 1) === 'take' || s.w(k + 1) === 'use') &&
      (s.is(k - 1, Role.Said) ||
        s.w(k - 1) === 'see' ||
        (s.w(k - 1) === 'that' && /^(?:see|understand|read|know)$/.test(s.w(k - 2))))
    )
      said = true;
  }
  if (
    !said &&
    (s.reads(s.start, 'your', 'message') || s.reads(s.start, 'your', 'question')) &&
    s.findRole(s.start, i, Role.Said) >= 0
  )
    said = true;
  if (!said) return false;
  for (let k = s.start; k < s.end; k++) {
    if (s.isWord(k, JUDGED) && !isAskedAbout(s, k)) return false;
    if (
      k > i &&
      s.is(k, Role.Act) &&
      (s.has(k + 1, Sense.Number) || s.w(k + 1) === 'it' || s.w(k + 1) === 'to' || s.w(k + 1) === 'with') &&
      stanceOf(s, k) === 'directive'
    )
      return false;
    if (
      k > i &&
      (s.w(k) === 'stay' || s.w(k) === 'go' || s.w(k) === 'keep' || s.w(k) === 'continue') &&
      !s.isMark(k - 1, '-')
    )
      return false;
  }
  return true;
}

/** "I can't say whether 40 mg suits you", "whether 10 or 20 mg is right is for your prescriber": no verdict is given. */
export function isLeftOpen(s: Sentence, i: number): boolean {
  for (let k = i - 1; k >= Math.max(s.start, i - 4); k--) {
    if (!s.is(k, Role.Whether)) continue;
    if (k === s.start && s.w(k) === 'whether') return s.findRole(i, s.end, Role.Clinician) >= 0;
    return (
      s.findRole(s.start, k, Role.Not) >= 0 &&
      s.findRole(s.start, k, Role.You) < 0 &&
      s.findWord(s.start, k, words('say tell judge know confirm determine decide advise assess comment')) >= 0
    );
  }
  // "I can not confirm that 40 mg is right for you"
  const not = s.findRole(s.start, i, Role.Not);
  return (
    not >= 0 &&
    s.findWord(s.start, not, words('i we')) >= 0 &&
    s.findWord(not, i, words('confirm judge determine assess verify')) >= 0 &&
    s.findWord(i, s.end, JUDGED) >= 0 &&
    s.findWord(not, s.end, words('but however instead though')) < 0
  );
}

export function isAskedAbout(s: Sentence, i: number): boolean {
  for (let k = i - 1; k >= Math.max(s.start, i - 12); k--) if (s.is(k, Role.Whether | Role.If | Role.Not)) return true;
  return false;
}

/** "BID means twice a day": a word explained. */
export function isGlossary(s: Sentence): boolean {
  for (let i = s.start; i < s.end; i++) {
    const w = s.w(i);
    if (
      (w === 'stands' && s.w(i + 1) === 'for') ||
      w === 'abbreviation' ||
      (w === 'short' && s.w(i + 1) === 'for') ||
      w === 'abbreviated'
    )
      return true;
    if (
      (w === 'means' || w === 'mean' || w === 'is') &&
      i - s.start <= 4 &&
      (s.isWord(i - 1, CLINICAL_FREQUENCY) || s.is(i - 1, Role.Said)) &&
      !(s.senses & Sense.Drug)
    )
      return true;
    if (w === 'equals' && !(s.senses & MEDICINAL)) return true;
    if (
      (w === 'thousandth' || w === 'thousand') &&
      s.senses & Sense.Mass &&
      !(s.senses & MEDICINAL) &&
      takes(s, true) < 0
    )
      return true;
  }
  return false;
}

export function asPrescribed(s: Sentence): boolean {
  for (let i = s.start; i < s.end; i++) {
    if (
      (s.w(i) === 'as' || s.w(i) === 'exactly') &&
      /^(?:prescribed|directed|instructed|advised|told|shown|your|recommended|ordered|the)$/.test(s.w(i + 1)) &&
      !s.has(i + 1, Sense.Frequency)
    )
      return true;
  }
  return false;
}

/** Where an amount of a medicine is no dose: in factories, shops and packets, in devices, in the body that clears it. */
const MADE_OR_CLEARED = words(
  'factory factories tonnes tons patent donor donors machine ventilator dialysis cost costs price dollars euros absorbed cleared eliminated excreted clear sunlight sell sells shipped manufactured',
);
const PACKED = words(
  'sold strengths comes come holds hold contains contain vial packets packs pack packet coded coloured colored alike supermarket shelf box boxes',
);

/** Whether the sentence speaks of how a medicine is made, sold, packed or cleared, and tells nobody to take it. */
export function isSupply(s: Sentence): boolean {
  const made = s.findWord(s.start, s.end, MADE_OR_CLEARED) >= 0;
  const packed = !made && s.findWord(s.start, s.end, PACKED) >= 0;
  if (!made && !packed) return false;
  if (packed && (s.roles & (Role.You | Role.Your) || s.senses & (Sense.Frequency | Sense.Dose | Sense.Route)))
    return false;
  if (s.findWord(s.start, s.end, words('give given dosed dose doses')) >= 0) return false;
  for (let i = s.start; i < s.end; i++)
    if (s.has(i, Sense.Take) && isBaseForm(s.w(i)) && stanceOf(s, i) !== 'none') return false;
  return true;
}
