import { Role, Sense } from '../lexicon/tags.ts';
import { type Sentence, words } from '../rules/sentence.ts';
import type { Span } from '../rules/span.ts';
import { isConditional } from '../rules/stance.ts';

const YEARS = words('year years');
const ONE = words('a one half');
const AMOUNTS = words('much amount quantity');

/** Words that turn a medicine and a frequency into talk of checks, supply, effects or habits. */
const NOT_A_SCHEDULE = words(
  'monitor monitored monitoring check checked checks tested test tests measured level levels blood lasts last lasting half halves who risk risks cause causes caused causing study studies studied found showed compared sold sells made makes produces prescriptions prescribed people patients users adults americans visit visits appointment appointments refill refills cost costs removed cleared clears absorbed leaves wears occur occurs happen happens affects rash nausea symptoms attack attacks headache headaches pain changes changed replaced cleaned review reviewed seen interact interacts interaction lowers lower raises raise reduces relaxes blocks slows keeps protects infections deaths cases years ago',
);
/** Verbs of having a medicine, beyond "take" and "give". */
const HAVING = words(
  'take takes taken taking give gives given giving swallow swallows swallowed use uses used using have has had having get gets go goes went down inject injected injects apply applied applies inhale inhaled repeat repeated dose dosed dosing schedule scheduled administer administered chew chewed smash smashed pop popped drink drunk down downed rub rubbed puff puffed sip',
);
const AFTER_EVENT = words('loose stool stools bowel movement attack meal meals feed feeding vomiting');

/** How a named medicine is scheduled, whatever the verb: "simvastatin works best when swallowed nightly". */
export function scheduleOfMedicine(s: Sentence, frequencyAt: (from: number, to: number) => number): Span | undefined {
  if (!(s.senses & (Sense.Drug | Sense.Supplement))) return undefined;
  if (frequencyAt(s.start, s.end) < 0 && s.findWord(s.start, s.end, words('every each')) < 0) return undefined;
  for (let i = s.start; i < s.end; i++) {
    const taken = s.has(i, Sense.Drug) || (s.has(i, Sense.Supplement) && s.has(i + 1, Sense.Form));
    if (!taken || s.has(i, Sense.Insulin) || /^(?:pen|pens|pump|needle|spacer|levels|level)$/.test(s.w(i + 1)))
      continue;
    const to = Math.min(clauseEnd(s, i), i + 13);
    let f = frequencyAt(i + 1, to);
    while (
      f >= 0 &&
      (s.isWord(f, FOODS) ||
        (/^(?:a|an)$/.test(s.w(f)) && s.isWord(f + 1, FOODS)) ||
        (/^(?:with|on)$/.test(s.w(f)) && !/^(?:each|every)$/.test(s.w(f + 1))))
    )
      f = frequencyAt(f + 1, to);
    if (f < 0) f = afterEachEvent(s, i + 1, to);
    if (f < 0) continue;
    if (s.is(i - 1, Role.General) || isConditional(s, i) || s.w(i - 1) === 'like' || s.w(i - 1) === 'on') continue;
    if (s.findRole(Math.max(s.start, i - 4), i, Role.General) >= 0) continue;
    if (s.findWord(Math.max(s.start, i - 3), i, words('cost costs price prices')) >= 0) continue;
    if (s.findWord(i + 1, f, NOT_A_SCHEDULE) >= 0 || s.isWord(f + 2, NOT_A_SCHEDULE)) continue;
    if (s.findRole(i + 1, f, Role.Not) >= 0 && s.findRole(i + 1, f, Role.Modal) < 0) continue;
    const verb = s.findWord(Math.max(s.start, i - 3), f, HAVING);
    // "Prednisone: once each morning", "loperamide after every loose stool": no verb at all is a schedule as well.
    const counted = s.has(f - 1, Sense.Number) && !s.has(f, Sense.Time);
    if (
      verb < 0 &&
      !counted &&
      !(f - i <= 3 && s.findRole(i + 1, f, Role.Hedge) < 0 && (i === s.start || s.isMark(i + 1)))
    )
      continue;
    if (verb >= 0 && s.findWord(Math.max(s.start, i - 9), i, PAST_OR_HABIT) >= 0) continue;
    return { first: i, last: f, reason: 'a medicine and when it is taken' };
  }
  return undefined;
}

const FOODS = words('food water milk juice snack stomach empty glass plain full little plenty orange');
const PAST_OR_HABIT = words('taking using stopping starting missing while were was had if when because who');

function clauseEnd(s: Sentence, i: number): number {
  let k = i + 1;
  while (k < s.end && !s.isMark(k, '.;?!|')) k++;
  return k;
}

/** "after every loose stool", "with each attack". */
function afterEachEvent(s: Sentence, from: number, to: number): number {
  for (let k = from; k < to; k++)
    if (
      /^(?:after|with|before|at)$/.test(s.w(k)) &&
      /^(?:every|each)$/.test(s.w(k + 1)) &&
      s.findWord(k + 2, k + 5, AFTER_EVENT) >= 0
    )
      return k + 1;
  return -1;
}

/** "no longer than three days", "not over 48 hours": how long a medicine may be used at most. */
export function longestUse(s: Sentence): Span | undefined {
  if (!(s.senses & Sense.Time)) return undefined;
  if (!(s.roles & Role.Not)) return undefined;
  for (let i = s.start; i < s.end; i++) {
    if (!s.has(i, Sense.Number) || !s.has(i + 1, Sense.Time)) continue;
    if (!/^(?:than|over|beyond|past|exceeding|exceed|within|after)$/.test(s.w(i - 1))) continue;
    const drug = s.findSense(Math.max(s.start, i - 14), i, Sense.Drug | Sense.Otc);
    if (drug < 0 || s.findRole(Math.max(s.start, drug - 6), i, Role.Not) < 0) continue;
    if (s.findWord(Math.max(s.start, drug - 6), i, USED) < 0) continue;
    return { first: drug, last: i + 1, reason: 'how long a medicine is used at most' };
  }
  return undefined;
}

const USED = words('use used using take taken taking repeat repeated give given stay continue continued apply applied');

/** "ten times her weight in kilograms gives the milligrams": arithmetic on a body weight. */
export function doseFromWeight(s: Sentence): Span | undefined {
  if (!(s.senses & (Sense.Mass | Sense.Dose))) return undefined;
  if (!((s.senses | s.sensesBefore) & (Sense.Drug | Sense.Otc)) || s.senses & (Sense.Lab | Sense.Nutrition))
    return undefined;
  const weight = s.findWord(s.start, s.end, WEIGHT);
  if (weight < 0) return undefined;
  const operator = s.findWord(s.start, s.end, OPERATOR);
  if (operator < 0 || Math.abs(operator - weight) > 10) return undefined;
  for (let k = Math.max(s.start, operator - 2); k < Math.min(s.end, operator + 9); k++)
    if (s.has(k, Sense.Number))
      return {
        first: Math.min(weight, operator, k),
        last: Math.max(weight, operator, k),
        reason: 'a dose worked out from body weight',
      };
  return undefined;
}

const WEIGHT = words('weight kilos kilo kilograms kilogram kilogrammes kg kgs pounds lbs');
const OPERATOR = words('times multiply multiplied multiplying divide divided per');

/** "dial the pen to 14", "a 1:10 carb ratio", "correction factor of 50": settings of an insulin pen or pump. */
export function insulinSetting(s: Sentence): Span | undefined {
  if (!(s.senses & Sense.Number)) return undefined;
  for (let i = s.start; i < s.end; i++) {
    const w = s.w(i);
    if (
      (w === 'dial' || w === 'set' || w === 'turn') &&
      s.findWord(i + 1, Math.min(s.end, i + 4), words('pen pump dose dial')) >= 0
    ) {
      const number = s.findSense(i + 2, Math.min(s.end, i + 7), Sense.Number);
      if (number >= 0 && !s.has(number + 1, Sense.Time))
        return { first: i, last: number, reason: 'the setting of an insulin pen' };
    }
    if (
      (w === 'ratio' || w === 'factor') &&
      /^(?:carb|carbohydrate|insulin|correction|sensitivity)$/.test(s.w(i - 1))
    ) {
      const number = s.findSense(Math.max(s.start, i - 6), Math.min(s.end, i + 5), Sense.Number);
      if (number >= 0)
        return { first: Math.min(i, number), last: Math.max(i, number), reason: 'an insulin ratio or factor' };
    }
  }
  return undefined;
}

/** "the flow at 2 L", "O2 6 L by mask", "the concentrator at two and a half liters": what an oxygen device is set to. */
export function oxygenSetting(s: Sentence): Span | undefined {
  if (!(s.senses & Sense.Number) || s.senses & (Sense.Lab | Sense.Exercise)) return undefined;
  const device = s.findWord(s.start, s.end, words('concentrator cannula regulator flowmeter flow rebreather o2 mask'));
  if (device < 0) return undefined;
  const oxygen = ((s.senses | s.sensesBefore) & Sense.Oxygen) !== 0;
  const mask =
    /^(?:mask|cannula|prongs|specs)$/.test(s.w(device)) &&
    /^(?:via|by|on)$/.test(s.w(device - 1)) &&
    s.has(device - 2, Sense.Volume);
  if (!oxygen && !mask && s.findWord(s.start, s.end, words('concentrator flowmeter')) < 0) {
    if (s.w(device) !== 'flow' || s.findWord(s.start, device, words('set turn keep run put')) < 0) return undefined;
    if (/^(?:peak|blood|urine|air|menstrual)$/.test(s.w(device - 1))) return undefined;
  }
  for (let i = s.start; i < s.end; i++) {
    if (!s.has(i, Sense.Number)) continue;
    const unit = s.findSense(i + 1, Math.min(s.end, i + 6), Sense.Volume);
    if (unit >= 0) return { first: i, last: unit, reason: 'an oxygen flow' };
    if (s.isMark(i + 1, '%') || s.has(i + 1, Sense.Percent))
      return { first: i, last: i + 1, reason: 'an oxygen concentration to give' };
    if (
      s.findWord(Math.max(s.start, i - 6), i, words('set turn keep run put')) >= 0 &&
      !s.has(i + 1, Sense.Time) &&
      s.w(i - 1) !== 'for'
    )
      return { first: i, last: i, reason: 'an oxygen flow' };
  }
  return undefined;
}

const FIELD = words('much amount quantity qty strength number often frequency repeat when unit units value per times');

/** A dose given as a form: "medicine: naproxen, amount: 250, unit: mg", or "how much: 400" after the name. */
export function doseInFields(s: Sentence): Span | undefined {
  if (s.senses & (Sense.Lab | Sense.Nutrition) || (s.sensesBefore & Sense.Lab && !(s.senses & Sense.Drug)))
    return undefined;
  if (!((s.senses | s.sensesBefore) & Sense.Drug)) return undefined;
  if (!(s.senses & (Sense.Number | Sense.Frequency | Sense.Mass)) && s.end - s.start > 7) return undefined;
  // A unit told in a field of its own, with the number in another.
  for (let i = s.start; i < s.end; i++) {
    if (!s.isWord(i, FIELD)) continue;
    let k = i + 1;
    while (k < i + 4 && (s.isMark(k, '":=-_') || s.w(k) === 'is')) k++;
    if (k === i + 1) continue;
    if (/^(?:unit|units)$/.test(s.w(i)) && s.has(k, Sense.Mass)) {
      const number = s.findSense(Math.max(s.low, i - 14), s.end, Sense.Number);
      if (number >= 0) return { first: Math.min(number, i), last: k, reason: 'an amount and its unit in fields' };
    }
    const near = s.findSense(Math.max(s.low, i - 24), Math.min(s.end, i + 14), Sense.Drug) >= 0;
    if (!near) continue;
    const asksHowMuch = /^(?:much|amount|quantity|qty|strength|number)$/.test(s.w(i));
    if (asksHowMuch && s.has(k, Sense.Number) && !s.has(k + 1, Sense.Percent) && s.w(i - 1) !== 'phone')
      return { first: i, last: k, reason: 'an amount given in a field' };
    if (/^(?:often|frequency|repeat|when)$/.test(s.w(i)) && s.isMark(i + 1, ':=-')) {
      const f = s.findSense(k, Math.min(s.end, k + 5), Sense.Frequency);
      if (f >= 0) return { first: i, last: f, reason: 'a frequency given in a field' };
    }
  }
  // "As to how much: five hundred. ... Of what: amoxicillin."
  if (s.end - s.start <= 7 && s.senses & Sense.Drug)
    for (let i = Math.max(s.low, s.start - 24); i < s.start; i++)
      if (AMOUNTS.has(s.w(i)) && s.isMark(i + 1, ':=-') && s.has(i + 2, Sense.Number))
        return { first: i, last: s.findSense(s.start, s.end, Sense.Drug), reason: 'an amount given in a field' };
  return undefined;
}

/** "one or two q4h", "5 doses in 24 hours", "Imodium: two to start": a count and when, with no unit between. */
export function bareCount(s: Sentence, shorthand: ReadonlySet<string>): Span | undefined {
  if (!(s.senses & Sense.Number)) return undefined;
  for (let i = s.start; i < s.end; i++) {
    if (!s.has(i, Sense.Number)) continue;
    if (s.isWord(i + 1, shorthand) && s.w(i + 1) !== 'po' && s.w(i + 1) !== 'od' && !(s.senses & Sense.Lab))
      return { first: i, last: i + 1, reason: 'a count and how often, in shorthand' };
    if (!(s.senses & Sense.Drug) || s.senses & Sense.Vaccine) continue;
    if (
      /^(?:dose|doses)$/.test(s.w(i + 1)) &&
      /^(?:in|per|a|within|every|each|daily)$/.test(s.w(i + 2)) &&
      s.findSense(i + 2, Math.min(s.end, i + 6), Sense.Time | Sense.Frequency) >= 0 &&
      s.findRole(s.start, i, Role.General) < 0
    )
      return { first: i, last: i + 2, reason: 'a number of doses in a time' };
    // "Aspirin 325, chewed."
    if (
      i === s.start + 1 &&
      s.has(s.start, Sense.Drug) &&
      s.value(i) >= 5 &&
      !(s.value(i) >= 1800 && s.value(i) <= 2100) &&
      s.end - i <= 4 &&
      (i + 1 >= s.end || s.isMark(i + 1, '.,;')) &&
      !(s.roles & (Role.Be | Role.Have))
    )
      return { first: s.start, last: i, reason: 'a medicine with a bare amount' };
    if (
      s.isMark(i - 1, ':') &&
      s.has(i - 2, Sense.Drug) &&
      /^(?:to|at|now|first|then|tonight|after|with|before|once|more)$/.test(s.w(i + 1))
    )
      return { first: i - 2, last: i, reason: 'a number of doses of a named medicine' };
  }
  return undefined;
}

/** "the antibiotic course lasts ten days", "steroids are tapered over two weeks". */
export function courseLength(s: Sentence): Span | undefined {
  if (!((s.senses | s.sensesBefore) & (Sense.Drug | Sense.Rx))) return undefined;
  if (!(s.senses & Sense.Time) && s.findWord(s.start, s.end, words('year years')) < 0) return undefined;
  for (let i = s.start; i < s.end; i++) {
    const year = YEARS.has(s.w(i + 1));
    const article = ONE.has(s.w(i)) && /^(?:week|month|fortnight|a)$/.test(s.w(i + 1));
    if (!(s.has(i, Sense.Number) || article || s.w(i) === 'a') || !(s.has(i + 1, Sense.Time) || year || article))
      continue;
    const low = Math.max(s.start, i - 7);
    // "keep him on Keppra for two years", "remain on warfarin for half a year"
    if (s.w(i - 1) === 'for' && (year || article)) {
      const on = s.findWord(low, i, words('on'));
      const drug = on >= 0 ? s.findSense(on + 1, Math.min(i, on + 3), Sense.Drug) : -1;
      if (
        drug >= 0 &&
        (s.findRole(s.start, on, Role.Modal) >= 0 ||
          s.findWord(s.start, on, words('keep stay remain continue leave')) >= 0) &&
        s.findRole(s.start, on, Role.If | Role.Hedge | Role.General) < 0
      )
        return { first: drug, last: i + 1, reason: 'how long a medicine is taken' };
    }
    const course = s.findWord(low, i, words('course treatment therapy regimen'));
    if (
      course >= 0 &&
      s.findWord(course, i, words('lasts runs lasted runs continues is')) >= 0 &&
      s.findSense(Math.max(s.start, course - 3), i, Sense.Drug) +
        s.findWord(Math.max(s.start, course - 3), i, words('antibiotic antibiotics steroid steroids')) >
        -2 &&
      s.findRole(low, i, Role.Hedge) < 0
    )
      return { first: course, last: i + 1, reason: 'how long a medicine is taken' };
    // "a week of Macrobid"
    if (s.w(i + 2) === 'of' && s.has(i + 3, Sense.Drug) && /^(?:week|month|day|weeks|months|days)$/.test(s.w(i + 1)))
      return { first: i, last: i + 3, reason: 'how long a medicine is taken' };
    if (s.w(i - 1) === 'over' && /^(?:tapered|weaned|taper|wean)$/.test(s.w(i - 2)))
      return s.findSense(low, i, Sense.Rx) >= 0
        ? { first: i - 2, last: i + 1, reason: 'how long a medicine is tapered' }
        : undefined;
    // "Terbinafine, six weeks for fingernails"
    if (s.isMark(i - 1, ',') && s.has(i - 2, Sense.Drug) && i - 2 === s.start)
      return { first: i - 2, last: i + 1, reason: 'how long a medicine is taken' };
  }
  return undefined;
}
