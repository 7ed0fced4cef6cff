import { Role, Sense } from '../lexicon/tags.ts';
import { type Sentence, words } from '../rules/sentence.ts';
import type { Span } from '../rules/span.ts';
import { stanceOf } from '../rules/stance.ts';
import { hasFrequency } from './frequency.ts';
import { directs, isGerundSubject, takes } from './taking.ts';
import { TAKE_ONLY, TIMES } from './vocabulary.ts';

const LINKS = words('at to of from on');
const COUNTED = words(
  'people patients years year times weeks percent million in studies trials types kinds groups st nd rd th other different most receptor receptors channel',
);
const BETWEEN = words(
  'of the your my those extra strength regular baby adult a an these more childrens low dose coated',
);

const AFTER_COUNT = words(
  'b4 and or with at before after now tonight today every each will would should if when then twice once in for to',
);

const SMALL_NUMBER_LIMIT = 12;

/** "ibuprofen 400", "two Advil", "400 of ibuprofen", "| ibuprofen | 400 |". */
export function bareNumber(s: Sentence, i: number): Span | undefined {
  if (!s.has(i, Sense.Number)) return undefined;
  const value = s.value(i);
  // A medicine right before the number.
  let k = i - 1;
  for (let hops = 0; hops < 2 && (s.isMark(k, ':=,|(-"') || LINKS.has(s.w(k))); hops++) k--;
  const afterIsNoun =
    s.has(i + 1, Sense.Time) ||
    s.w(i + 1) === '%' ||
    s.w(i + 1) === 'percent' ||
    COUNTED.has(s.w(i + 1)) ||
    s.isMark(i + 1, '%');
  if (k >= 0 && k < i && s.has(k, Sense.Drug) && !afterIsNoun && value >= 0.1 && !(value >= 1900 && value <= 2030)) {
    const table = s.isMark(i - 1, '|,:="');
    const frequency = hasFrequency(s, i + 1) >= 0 || hasFrequency(s) >= 0;
    const dose = ((s.senses | s.sensesBefore) & Sense.Dose) !== 0 || ((s.senses | s.sensesBefore) & Sense.Mass) !== 0;
    if (
      (table && (dose || s.isMark(i + 1, '|,'))) ||
      frequency ||
      s.has(i + 1, Sense.Route) ||
      (takes(s, true) >= 0 && directs(s)) ||
      s.findRole(s.start, i, Role.Act) >= 0
    )
      return { first: k, last: i, reason: 'a medicine with a bare amount' };
  }
  // A medicine right after it.
  if (value >= 0.25 && value <= 2000) {
    let m = i + 1;
    for (let hops = 0; hops < 3 && BETWEEN.has(s.w(m)); hops++) m++;
    const drugAt = s.has(m, Sense.Drug) ? m : -1;
    if (
      drugAt > 0 &&
      (value === 0.5 || value === 0.25) &&
      !(s.senses & Sense.Lab) &&
      !/^(?:of|the)$/.test(s.w(drugAt + 1))
    ) {
      return { first: i, last: m, reason: 'a part of a tablet of a named medicine' };
    }
    if (s.has(m, Sense.Drug) && !s.has(m, Sense.Insulin)) {
      const acted =
        s.findWord(
          s.start,
          i,
          words(
            'take taking pop grab have swallow chew down give administer use try get crush do need gulp prenez tome nehmen toma',
          ),
        ) >= 0;
      if ((acted && directs(s)) || hasFrequency(s) >= 0)
        return { first: i, last: m, reason: 'a number of doses of a named medicine' };
      if (
        value <= SMALL_NUMBER_LIMIT &&
        !(s.senses & Sense.Study) &&
        !isGerundSubject(s) &&
        (m + 1 >= s.end || s.isMark(m + 1, '.,;:!)"') || AFTER_COUNT.has(s.w(m + 1))) &&
        !/^(?:of|in|the|these|those|type|factor|stage|vitamin|omega|schedule|version|chapter|table|figure)$/.test(
          s.w(i - 1),
        ) &&
        s.w(i + 1) !== '-'
      )
        return { first: i, last: m, reason: 'a number of doses of a named medicine' };
      if (
        value <= SMALL_NUMBER_LIMIT &&
        s.w(i + 1) !== '.' &&
        s.findWord(s.start, s.end, words('will should before after tonight now enough plenty')) >= 0 &&
        !(s.roles & Role.Hedge)
      )
        return { first: i, last: m, reason: 'a number of doses of a named medicine' };
      if (m > i + 1 && s.w(i + 1) === 'of' && value >= 20 && !(s.senses & Sense.Study))
        return { first: i, last: m, reason: 'an amount of a named medicine' };
      if (m > i + 1 && s.w(i + 1) === 'of')
        return acted || takes(s, false) >= 0
          ? { first: i, last: m, reason: 'an amount of a named medicine' }
          : undefined;
    }
  }
  // "take two twice a day" of the medicine named before
  if (
    (s.sensesBefore & Sense.Drug || s.senses & Sense.Drug) &&
    takes(s, true) >= 0 &&
    (s.isWord(i - 1, TAKE_ONLY) || (s.isWord(i - 2, TAKE_ONLY) && /^(?:just|only|up|about)$/.test(s.w(i - 1)))) &&
    (s.has(i + 1, Sense.Frequency | Sense.Time) ||
      s.isMark(i + 1, '.,;') ||
      i + 1 >= s.end ||
      /^(?:now|then|every|each|in|at|and|tonight|more|before|after|with|per|of)$/.test(s.w(i + 1)))
  ) {
    if (stanceOf(s, s.isWord(i - 1, TAKE_ONLY) ? i - 1 : i - 2) !== 'none')
      return { first: i - 1, last: i, reason: 'a number to take of the medicine named before' };
  }
  // "five hundred, three times daily" after a medicine was named
  if (
    s.sensesBefore & Sense.Drug &&
    !(s.senses & (Sense.Exercise | Sense.Care | Sense.Water | Sense.Nutrition | Sense.Lab)) &&
    i - s.start <= 3 &&
    s.end - s.start <= 14
  ) {
    const f = hasFrequency(s, i + 1);
    if (f > 0 && f - i <= 3 && !s.has(i + 1, Sense.Time) && !s.isWord(i + 1, TIMES))
      return { first: i, last: f, reason: 'an amount and a frequency of the medicine named before' };
  }
  return undefined;
}
