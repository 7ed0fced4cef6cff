import { Role, Sense } from '../lexicon/tags.ts';
import { MEDICINAL, type Sentence, words } from '../rules/sentence.ts';
import type { Span } from '../rules/span.ts';
import { stanceOf } from '../rules/stance.ts';
import { asPrescribed, isAskedAbout } from './harmless.ts';
import { isGerundSubject } from './taking.ts';
import { FOREIGN_TAKE, JUDGED, TAKE_ONLY } from './vocabulary.ts';

const MULTIPLES = words('twice half double three thrice');
const DOUBLES = words('double triple halve');
const ARTICLES = words('a an another half');
const TAKES = words('take have use give');
const ONE = words('a an one half 1');
const FEW = words('couple pair few');

type FrequencyAt = (from: number, to: number) => number;

const NOT_COUNTED = words(
  'percent people patients years year months weeks days hours minutes in of times st nd rd th degrees points pounds lbs kg kilos inches feet miles steps glasses cups servings calories studies trials types kinds groups other others more less day week month hour night o',
);
const ELSEWHERE =
  Sense.Lab |
  Sense.Nutrition |
  Sense.Water |
  Sense.Exercise |
  Sense.Care |
  Sense.Vaccine |
  Sense.Alcohol |
  Sense.Radiation |
  Sense.Study;
const TAKING = new Set([
  ...TAKE_ONLY,
  ...words(
    'use have go stick stay keep start begin give raise lower crush neck sip drink down pop knock chuck let allow repeat split space',
  ),
]);
const ENOUGH = words('do enough plenty works work suffices suffice helps help settles sorts sort ok fine right');
const SCHEDULE = words('schedule timing rhythm routine interval frequency how regimen way plan when');
const APART = words('apart between gap spacing separate separated after');
const TIMES_OF_DAY = words(
  'morning mornings evening evenings night nights noon lunchtime bedtime lunch breakfast dinner tonight midday afternoon subah shaam dopahar raat',
);
const COLOURS = words(
  'blue white pink yellow red green orange purple brown small big little round oval other old new second first',
);

/**
 * Doses told with fewer words than the grammar asks for, where a medicine is spoken of here or just before: "take the
 * 20s, two at a time", "one will do", "twice a day is the right schedule for your metformin", "1-0-1 for paracetamol".
 */
export function looseDose(s: Sentence, frequencyAt: FrequencyAt): Span | undefined {
  const drugHere = (s.senses & MEDICINAL) !== 0;
  const drugBefore = (s.sensesBefore & (Sense.Drug | Sense.Rx | Sense.Otc)) !== 0;
  const form = (s.senses & Sense.Form) !== 0;
  const topic =
    drugHere ||
    drugBefore ||
    (s.senses & (Sense.Form | Sense.Spoon | Sense.Dose | Sense.Unit | Sense.Fluid | Sense.Oxygen | Sense.Take)) !== 0 ||
    (s.roles & Role.You) !== 0;
  if (!topic && s.findWord(s.start, s.end, DRIPS) < 0) return undefined;
  if (s.isMark(s.end - 1, '?')) return undefined;
  return (
    multiple(s) ??
    again(s) ??
    articleAmount(s) ??
    verdict(s, frequencyAt, drugHere || drugBefore) ??
    (s.senses & Sense.Time || s.senses & Sense.Number || s.senses & Sense.Frequency
      ? (interval(s, drugHere || drugBefore) ??
        rate(s) ??
        headed(s, form, drugHere || drugBefore) ??
        counted(s, drugHere, drugBefore, form, frequencyAt) ??
        scheduled(s, drugHere, frequencyAt) ??
        renewed(s) ??
        spread(s))
      : undefined)
  );
}

const span = (a: number, b: number, reason: string): Span => ({ first: Math.min(a, b), last: Math.max(a, b), reason });

/** "double what you take now", "take it twice as often", "half as much again". */
export function multiple(s: Sentence): Span | undefined {
  for (let i = s.start; i < s.end; i++) {
    const w = s.w(i);
    if (MULTIPLES.has(w) || s.value(i) === 3 || s.value(i) === 0.5) {
      const as = s.w(i + 1) === 'times' ? i + 2 : i + 1;
      if (s.w(as) === 'as' && /^(?:often|much|many)$/.test(s.w(as + 1))) {
        const verb = s.findWord(Math.max(s.start, i - 4), i, TAKING);
        if (
          verb >= 0 &&
          ((s.senses | s.sensesBefore) & (MEDICINAL | Sense.Dose) || s.w(verb) === 'take') &&
          stanceOf(s, verb) === 'directive' &&
          !(s.senses & ELSEWHERE)
        )
          return span(verb, as + 1, 'an amount told as a multiple');
      }
    }
    if (
      DOUBLES.has(w) &&
      s.w(i + 1) === 'what' &&
      s.is(i + 2, Role.You) &&
      /^(?:take|use|have|inject)$/.test(s.w(i + 3))
    )
      return span(i, i + 3, 'an amount told as a multiple');
  }
  return undefined;
}

/** "20 units is not too much", "your plan of taking the naproxen twice daily is reasonable", "it's okay to take three at once". */
function verdict(s: Sentence, frequencyAt: FrequencyAt, medicine: boolean): Span | undefined {
  for (let i = s.start; i < s.end; i++) {
    const judged =
      s.isWord(i, JUDGED) ||
      (s.w(i) === 'too' && /^(?:much|many|little|few|high|low|often)$/.test(s.w(i + 1))) ||
      s.w(i) === 'excessive';
    const notTooMuch = s.w(i) === 'too' && s.is(i - 1, Role.Not);
    if (!judged || (isAskedAbout(s, i) && !(notTooMuch && !isAskedAbout(s, i - 1)))) continue;
    if (s.senses & (ELSEWHERE & ~Sense.Study)) return undefined;
    const be = s.findRole(Math.max(s.start, i - 4), i, Role.Be);
    if (be < 0 && !/^(?:looks|sounds|seems)$/.test(s.w(i - 1))) continue;
    if (s.findRole(Math.max(s.start, i - 4), i, Role.Hedge | Role.Clinician) >= 0) continue;
    // a number and a unit before the verdict
    for (let k = s.start; k < i; k++)
      if (
        s.has(k, Sense.Number) &&
        s.has(k + 1, Sense.Unit | Sense.Mass) &&
        s.findRole(s.start, k, Role.If | Role.Not | Role.Clinician) < 0
      )
        return span(k, i, "a verdict on the reader's dose");
    if (!medicine && s.findWord(s.start, i, words('schedule dose dosing regimen')) < 0) continue;
    const own = s.findRole(s.start, i, Role.Your | Role.You) >= 0;
    const f = frequencyAt(s.start, be >= 0 ? be : i);
    if (own && f >= 0 && s.findRole(s.start, f, Role.If | Role.General | Role.Not) < 0 && !/^(?:with|on)$/.test(s.w(f)))
      return span(f, i, "a verdict on the reader's dose");
    // "it's okay to take three at once", "a second dose after ten minutes is fine"
    const taken = s.findWord(i + 1, Math.min(s.end, i + 5), TAKING);
    if (taken >= 0 && s.w(taken - 1) === 'to' && s.findRole(be, i, Role.Not) < 0) {
      const n = s.findSense(taken + 1, Math.min(s.end, taken + 4), Sense.Number);
      if (n >= 0 && !s.has(n + 1, Sense.Time | Sense.Percent) && !s.isWord(n + 1, NOT_COUNTED))
        return span(taken, n, "a verdict on the reader's dose");
    }
    const again = s.findWord(s.start, i, words('second another third extra further'));
    if (again >= 0 && s.has(again + 1, Sense.Dose | Sense.Form) && s.findSense(again, i, Sense.Number) >= 0)
      return span(again, i, 'when to take one dose after another');
  }
  return undefined;
}

/** "you can repeat it after six hours", "take another one in four hours", "get a teaspoon of the syrup". */
function again(s: Sentence): Span | undefined {
  if (s.senses & (ELSEWHERE & ~Sense.Nutrition)) return undefined;
  for (let i = s.start; i < s.end; i++) {
    const w = s.w(i);
    const repeats =
      w === 'repeat' && (/^(?:it|this|them)$/.test(s.w(i + 1)) || s.has(i + 1, Sense.Dose) || s.has(i + 2, Sense.Dose));
    const another = TAKES.has(w) && /^(?:another|one|two|1|2)$/.test(s.w(i + 1));
    if (repeats || another) {
      const stance = stanceOf(s, i);
      if (stance === 'directive' || stance === 'permission')
        for (let k = i + 2; k < Math.min(s.end, i + 7); k++)
          if (
            /^(?:in|after|every)$/.test(s.w(k)) &&
            s.has(k + 1, Sense.Number) &&
            /^(?:hour|hours|minutes|h|hrs)$/.test(s.w(k + 2))
          )
            return span(i, k + 2, 'when to take one dose after another');
    }
    if (
      ONE.has(w) &&
      s.has(i + 1, Sense.Spoon) &&
      /^(?:syrup|suspension|medicine|mixture|elixir|liquid)$/.test(s.w(s.w(i + 3) === 'the' ? i + 4 : i + 3)) &&
      s.senses & Sense.Take
    )
      return span(i, i + 1, 'an amount of a medicine');
    if (
      w === 'doubling' &&
      s.w(i + 1) === 'up' &&
      i === s.start &&
      s.findWord(i, s.end, JUDGED) > 0 &&
      s.findRole(i, s.end, Role.Not) < 0
    )
      return span(i, i + 1, 'an amount told as a multiple');
    if (s.has(i, Sense.Dose) && s.findWord(i, Math.min(s.end, i + 12), words('side')) >= 0) {
      const side = s.findWord(i, Math.min(s.end, i + 12), words('side'));
      if (/^(?:low|high|small)$/.test(s.w(side - 1)) && s.findRole(s.start, i, Role.If | Role.Hedge) < 0)
        return span(i, side, "a verdict on the reader's dose");
    }
  }
  return undefined;
}

/** "a gram of Tylenol", "a milligram of lorazepam". */
function articleAmount(s: Sentence): Span | undefined {
  for (let i = s.start; i < s.end; i++)
    if (
      ARTICLES.has(s.w(i)) &&
      s.has(i + 1, Sense.Gram | Sense.Mass | Sense.Unit) &&
      s.w(i + 2) === 'of' &&
      s.findSense(i + 3, Math.min(s.end, i + 5), Sense.Drug) >= 0
    )
      return span(i, i + 3, 'an amount of a named medicine');
  return undefined;
}

/** "Wait six hours between doses of ibuprofen", "space the doses four hours apart". */
function interval(s: Sentence, medicine: boolean): Span | undefined {
  if (!medicine || s.senses & (Sense.Vaccine | Sense.Exercise | Sense.Lab)) return undefined;
  for (let i = s.start; i < s.end; i++) {
    if (!s.has(i, Sense.Number) || !/^(?:hour|hours|hr|hrs|h|day|days|minutes|min)$/.test(s.w(i + 1))) continue;
    const apart = s.findWord(Math.max(s.start, i - 6), Math.min(s.end, i + 5), APART);
    if (apart < 0) continue;
    const dose = s.findSense(Math.max(s.start, i - 9), Math.min(s.end, i + 9), Sense.Dose | Sense.Form);
    if (dose < 0 || s.findRole(s.start, i, Role.General | Role.If | Role.Clinician) >= 0) continue;
    if (
      s.findWord(
        s.start,
        s.end,
        words('works work lasts peak peaks effect effects absorbed missed miss forget forgot born'),
      ) >= 0
    )
      return undefined;
    if (s.w(apart) === 'after' && s.findWord(s.start, i, TAKING) < 0) continue;
    return span(i, Math.max(apart, dose), 'how long to wait between doses');
  }
  return undefined;
}

/** "Run the saline at 125 an hour." */
function rate(s: Sentence): Span | undefined {
  if (!(s.senses & (Sense.Fluid | Sense.Insulin | Sense.Rx | Sense.Oxygen)) && s.findWord(s.start, s.end, DRIPS) < 0)
    return undefined;
  for (let i = s.start; i < s.end; i++)
    if (s.has(i, Sense.Number) && /^(?:at|to)$/.test(s.w(i - 1)) && isFlowSet(s, i))
      return span(i, i, 'a rate of infusion');
    else if (s.has(i, Sense.Number) && s.w(i + 1) === 'bolus' && s.senses & Sense.Fluid)
      return span(i, i + 1, 'an amount of intravenous fluid');
    else if (
      s.has(i, Sense.Number) &&
      /^(?:at|to)$/.test(s.w(i - 1)) &&
      /^(?:an|per|each|every|\/)$/.test(s.w(i + 1)) &&
      /^(?:hour|hr|h|minute|min)$/.test(s.w(i + 2)) &&
      s.findSense(Math.max(s.start, i - 6), i, Sense.Fluid | Sense.Rx) >= 0
    )
      return span(i, i + 2, 'a rate of infusion');
  return undefined;
}

const DRIPS = words('drip infusion pump syringe-driver oxygen fluids iv');

/** "keep the drip at 80", "set the oxygen to four". */
function isFlowSet(s: Sentence, i: number): boolean {
  if (!(i + 1 >= s.end || s.isMark(i + 1, '.,;!')) || s.senses & Sense.Lab) return false;
  const verb = s.findWord(Math.max(s.start, i - 6), i, words('keep run set turn put leave start'));
  return (
    verb >= 0 &&
    (s.findWord(verb, i, DRIPS) >= 0 || s.findSense(verb, i, Sense.Fluid | Sense.Oxygen) >= 0) &&
    stanceOf(s, verb) === 'directive'
  );
}

/** "Mornings: 1 tab.", "Breakfast - two pills, dinner - one". */
function headed(s: Sentence, form: boolean, medicine: boolean): Span | undefined {
  if (!form && !medicine) return undefined;
  if (s.senses & ELSEWHERE) return undefined;
  for (let i = s.start; i < s.end; i++)
    if (
      s.isWord(i, TIMES_OF_DAY) &&
      s.isMark(i + 1, ':=-|') &&
      s.has(i + 2, Sense.Number) &&
      (s.has(i + 3, Sense.Form | Sense.Dose) || (medicine && (i + 3 >= s.end || s.isMark(i + 3))))
    )
      return span(i, i + 2, 'an amount for a time of day');
  return undefined;
}

/** "Take the 20s, two at a time", "neck a couple of co-codamol", "one will do", "begin on fifty, then go to seventy-five". */
function counted(
  s: Sentence,
  drugHere: boolean,
  drugBefore: boolean,
  form: boolean,
  frequencyAt: FrequencyAt,
): Span | undefined {
  if (s.senses & ELSEWHERE && !drugHere) return undefined;
  if (asPrescribed(s)) return undefined;
  const general = isGerundSubject(s);
  let numbers = 0;
  let firstNumber = -1;
  for (let i = s.start; i < s.end; i++) {
    const couple = FEW.has(s.w(i)) && /^(?:a|another|the)$/.test(s.w(i - 1));
    if (!s.has(i, Sense.Number) && !couple) continue;
    if (s.has(i + 1, Sense.Time | Sense.Percent | Sense.Lab) || s.isMark(i + 1, '%/') || s.isMark(i - 1, '$/'))
      continue;
    if (
      s.isWord(i + 1, NOT_COUNTED) &&
      !couple &&
      !(s.w(i + 1) === 'of' && s.findSense(i + 2, i + 5, Sense.Drug | Sense.Form) >= 0)
    )
      continue;
    if (s.value(i) >= 1800 && s.value(i) <= 2100) continue;
    numbers++;
    if (firstNumber < 0) firstNumber = i;
    const reach = s.findSense(i + 1, Math.min(s.end, i + 5), Sense.Drug);
    if (couple && reach < 0) continue;
    // a verb of taking before the number, told to someone
    for (let v = i - 1; v >= Math.max(s.start, i - 5); v--) {
      if (s.isMark(v, '.;:?!')) break;
      if (!s.isWord(v, TAKING)) continue;
      const stance = stanceOf(s, v);
      if (general || (stance !== 'directive' && stance !== 'permission' && !s.isWord(v, FOREIGN_TAKE))) break;
      const countsMedicine = reach >= 0 || drugBefore || (drugHere && !s.is(i + 1, Role.Finding));
      if (!countsMedicine || s.findRole(v, i, Role.If | Role.Clinician) >= 0) break;
      if (s.tokens[i + 1]?.kind === 0 && reach < 0 && !isAfterCount(s, i + 1)) break;
      if (
        /^(?:go|have|use|keep|stay|stick|let|allow|give)$/.test(s.w(v)) &&
        !(reach >= 0 || s.findSense(v, i, Sense.Drug) >= 0 || drugBefore)
      )
        break;
      return span(v, i, 'a number to take of a medicine');
    }
    // "two white Zopiclone"
    if (reach >= 0 && reach - i <= 3 && s.value(i) <= 6 && s.isWord(i + 1, COLOURS) && s.end - s.start <= 14)
      return span(i, reach, 'a number of doses of a named medicine');
    // "One will do", "one is enough"
    if (
      (drugBefore || drugHere) &&
      s.value(i) <= 6 &&
      i - s.start <= 1 &&
      /^(?:will|should|is|would|a|at|does)$/.test(s.w(i + 1)) &&
      (s.isWord(i + 2, ENOUGH) || s.reads(i + 1, 'a', 'day') || s.reads(i + 1, 'at', 'night'))
    )
      return span(i, i + 2, 'a number to take of the medicine named before');
    // "..., 40 in the morning and another 20 after lunch"
    const often = frequencyAt(i + 1, Math.min(s.end, i + 5));
    if (
      often >= 0 &&
      often <= i + 1 &&
      (drugBefore || drugHere) &&
      s.findWord(s.start, i, NOT_TOLD) < 0 &&
      s.findWord(Math.max(s.start, i - 6), i, USUAL) >= 0
    )
      return span(i, often, 'an amount and a time of the medicine named before');
  }
  // "begin on fifty, then go to seventy-five"
  if (numbers >= 2 && (drugBefore || (drugHere && form)) && !(s.senses & Sense.Lab)) {
    const starts = s.findWord(s.start, firstNumber, words('begin start starts begins starting'));
    const rises = s.findWord(firstNumber + 1, s.end, words('then go up finish increase rise climb to'));
    if (starts >= 0 && firstNumber - starts <= 3 && rises >= 0)
      return span(starts, rises, 'a schedule of rising or falling doses');
  }
  return undefined;
}
const NOT_TOLD = words('who if when trial study studies asked said percent');
const USUAL = words('take takes taking on have get gets use swallow another and begin start');

function isAfterCount(s: Sentence, i: number): boolean {
  return (
    s.has(i, Sense.Frequency | Sense.Time | Sense.Form | Sense.Dose) ||
    s.is(i, Role.Conjunction) ||
    /^(?:at|now|then|tonight|more|before|after|with|per|of|straight|together|today|and|a|in|once|first|immediately|when|if|only|max|tops|each|every)$/.test(
      s.w(i),
    )
  );
}

/** "twice a day is the right schedule for your metformin", "1-0-1 for paracetamol", "roz raat ko ek Crocin". */
function scheduled(s: Sentence, drugHere: boolean, frequencyAt: FrequencyAt): Span | undefined {
  if (!drugHere || s.senses & (Sense.Vaccine | Sense.Study | Sense.Lab)) return undefined;
  const f = frequencyAt(s.start, s.end);
  if (f < 0 || isGerundSubject(s) || asPrescribed(s)) return undefined;
  const drug = s.findSense(s.start, s.end, Sense.Drug);
  if (drug < 0 || s.has(drug, Sense.Supplement)) return undefined;
  for (let k = s.start; k < s.end; k++)
    if (s.is(k, Role.If | Role.Clinician | Role.Hedge) && s.w(k) !== 'once') return undefined;
  const be = s.findRole(s.start, s.end, Role.Be);
  if (f < drug && be > f && be < drug) {
    const how = s.findWord(be + 1, drug, SCHEDULE);
    if (how >= 0 && s.findRole(be, drug, Role.Not) < 0) return span(f, drug, 'how often to take a medicine');
  }
  if (s.findWord(s.start, s.end, NO_ORDER) >= 0 || /^(?:with|on)$/.test(s.w(f))) return undefined;
  // Verbless and short, or a verb of another language: nothing but the medicine and when.
  if (
    be < 0 &&
    s.end - s.start <= 11 &&
    !(s.roles & (Role.Have | Role.General | Role.Modal)) &&
    f < drug &&
    drug - f <= 6 &&
    isVerbless(s)
  )
    return span(f, drug, 'a medicine and when it is taken');
  const take = s.findWord(s.start, s.end, FOREIGN_TAKE);
  if (take >= 0) return span(Math.min(f, drug), Math.max(f, drug), 'a medicine and when it is taken');
  return undefined;
}
/** "swap the fentanyl patch every 72 hours". */
function renewed(s: Sentence): Span | undefined {
  const patch = s.findWord(s.start, s.end, words('patch patches ring implant'));
  if (patch < 0 || !(s.senses & Sense.Rx)) return undefined;
  const verb = s.findWord(s.start, s.end, words('swap change replace renew rotate stick put'));
  if (verb < 0 || s.roles & (Role.If | Role.Clinician)) return undefined;
  for (let k = verb; k < Math.min(s.end, verb + 9); k++)
    if (s.has(k, Sense.Frequency) && !s.reads(k, 'each', 'time') && !s.reads(k, 'every', 'time'))
      return span(verb, k, 'how often to change a medicated patch');
    else if (s.w(k) === 'every' && (s.has(k + 1, Sense.Number | Sense.Time) || s.has(k + 2, Sense.Time)))
      return span(verb, k + 1, 'how often to change a medicated patch');
  return undefined;
}

/** "a centimetre of chloramphenicol ointment": how much of a cream, by length or by looks. */
function spread(s: Sentence): Span | undefined {
  if (!(s.senses & Sense.Drug)) return undefined;
  for (let i = s.start; i < s.end; i++) {
    if (
      !s.isWord(
        i,
        words(
          'centimetre centimeter cm inch ribbon pea pea-sized fingertip fingertips blob smear dollop layer strip line',
        ),
      )
    )
      continue;
    if (!/^(?:a|an|one|half|thin|small|sized)$/.test(s.w(i - 1)) && !s.has(i - 1, Sense.Number)) continue;
    const drug = s.findSense(i + 1, Math.min(s.end, i + 6), Sense.Drug);
    const verb = s.findWord(Math.max(s.start, i - 5), i, TAKING);
    const told =
      verb >= 0 ||
      s.findWord(Math.max(s.start, i - 5), i, words('squeeze smear dab spread apply rub massage work')) >= 0;
    if (
      drug >= 0 &&
      (told || s.senses & Sense.Frequency || s.findWord(s.start, s.end, words('every each')) >= 0) &&
      s.findRole(i, drug, Role.If) < 0
    )
      return span(i, drug, 'how much of a medicine to put on');
  }
  return undefined;
}
const NO_ORDER = words(
  'many some people who daily-use use used uses users risk works lowers lower helps help causes cause news ad visit visits check checks stock year years per cost costs sold',
);

function isVerbless(s: Sentence): boolean {
  for (let i = s.start; i < s.end; i++)
    if (s.has(i, Sense.Take) && stanceOf(s, i) === 'none' && !s.isWord(i, FOREIGN_TAKE)) return false;
  return true;
}
