import { Role, Sense } from '../lexicon/tags.ts';
import { MEDICINAL, type Sentence, words } from '../rules/sentence.ts';
import { hasFrequency } from './frequency.ts';
import { judgeForms } from './judge-forms.ts';
import { type Amount, headAfter } from './read-amount.ts';
import { directs, takes } from './taking.ts';

const NUTRIENT_TALK = words(
  'need needs get gets intake intakes rda allowance contain contains provide provides provided food foods limit serving servings diet dietary recommended label eat eating consume upper aim source sources has have',
);

const NOT_TAKEN = Sense.Water | Sense.Nutrition | Sense.Exercise | Sense.Care | Sense.Alcohol;

/** Whether an amount is a dose, given everything around it. */
export function judgeAmount(s: Sentence, amount: Amount): string | undefined {
  const head = headAfter(s, amount);
  const drugHere = (s.senses & MEDICINAL) !== 0;
  const supplement = (s.senses & Sense.Supplement) !== 0;
  const drugBefore = (s.sensesBefore & (Sense.Drug | Sense.Rx | Sense.Otc)) !== 0;
  const frequency = hasFrequency(s) >= 0;
  const directed = takes(s, false) >= 0;
  const strongly = takes(s, true) >= 0;
  const headIsDrug = (head & (MEDICINAL | Sense.Supplement | Sense.Fluid | Sense.Oxygen | Sense.Insulin)) !== 0;
  const lab = (s.senses & Sense.Lab) !== 0;
  const eaten = (s.senses & (Sense.Nutrition | Sense.Alcohol | Sense.Water)) !== 0;
  if (s.senses & Sense.Radiation && !drugHere) return undefined;
  if (s.senses & Sense.Vaccine && !(s.senses & Sense.Mass)) return undefined;
  if (!headIsDrug && head & NOT_TAKEN && !(head & MEDICINAL)) {
    if (amount.kind !== 'form') return undefined;
    if (head & (Sense.Care | Sense.Alcohol)) return undefined;
  }
  if (s.senses & Sense.Care && !drugHere && !supplement && !(s.senses & Sense.Mass)) return undefined;

  if (amount.perKilogram) {
    if (
      !drugHere &&
      !(s.senses & Sense.Fluid) &&
      (eaten || /^(?:protein|urine|formula|calories)$/.test(s.w(amount.last + 1)))
    )
      return undefined;
    if (s.findWord(s.start, s.end, words('urine protein breath breaths ventilator milk formula')) >= 0 && !drugHere)
      return undefined;
    if (s.senses & Sense.Lab && !drugHere && !directed && /^(?:per|\/)$/.test(s.w(amount.last + 1))) return undefined;
    return 'an amount for each kilogram of body weight';
  }
  switch (amount.kind) {
    case 'mass': {
      if (amount.concentration && !(drugHere && (directed || frequency))) return undefined;
      const talk = s.findWord(s.start, s.end, NUTRIENT_TALK) >= 0;
      if (drugHere) {
        // "95 mg of caffeine", "sodium below 2,300 mg" beside a medicine's name in passing
        if (eaten && !directed && !frequency && !headIsDrug && !isNear(s, amount, MEDICINAL)) return undefined;
        return 'an amount of a named medicine';
      }
      if (supplement) {
        const form = (s.senses & Sense.Form) !== 0 && !/^(?:drink|drinks|shot|cap|strip)/.test(s.w(amount.unit + 1));
        if (strongly && directs(s)) return 'an amount of a supplement to take';
        if (form && !s.has(amount.unit, Sense.Form) && frequency) return 'an amount of a supplement to take';
        if (eaten || lab || talk || s.senses & Sense.Alcohol) return undefined;
        return 'an amount of a supplement';
      }
      if (lab && !(strongly && frequency)) return undefined;
      if (eaten || s.senses & (Sense.Exercise | Sense.Alcohol)) {
        return strongly &&
          (s.senses & Sense.Form || (s.senses & Sense.Frequency && !(s.senses & Sense.Nutrition))) &&
          directs(s)
          ? 'an amount to take'
          : undefined;
      }
      if (s.sensesBefore & (Sense.Nutrition | Sense.Lab | Sense.Alcohol) && !drugBefore && !frequency && !strongly)
        return undefined;
      if (s.sensesBefore & Sense.Nutrition && !drugBefore && !(s.senses & (Sense.Form | Sense.Dose)) && !strongly)
        return undefined;
      // A unit that is only explained: "mg stands for milligram".
      return 'an amount in a unit of medicines';
    }
    case 'gram':
    case 'volume':
    case 'spoon': {
      const oxygen = (s.senses & Sense.Oxygen) !== 0;
      if (amount.kind === 'volume' && oxygen && !lab && !(s.senses & Sense.Nutrition)) {
        if (directed || isFlow(s, amount)) return 'an oxygen flow';
      }
      if (amount.kind === 'volume' && s.senses & Sense.Fluid && !(s.senses & (Sense.Care | Sense.Nutrition)))
        return 'an amount of intravenous fluid';
      if (amount.kind === 'volume' && isFlow(s, amount) && (lab || !drugHere) && !directed) return undefined;
      if (isFlow(s, amount) && s.findWord(s.start, s.end, words('blood dialysate urine air')) >= 0) return undefined;
      if (lab && !headIsDrug && !(drugHere && directed)) return undefined;
      if (headIsDrug && !(head & Sense.Supplement)) return 'an amount of a medicine';
      if (drugHere && (directed || frequency || isNear(s, amount, MEDICINAL) || s.senses & Sense.Dose)) {
        if (eaten && !isNear(s, amount, Sense.Drug) && !(strongly && frequency)) return undefined;
        return 'an amount of a medicine';
      }
      if (supplement && (strongly || frequency) && !(eaten && !strongly) && directs(s))
        return 'an amount of a supplement to take';
      if (
        supplement &&
        !eaten &&
        !lab &&
        amount.kind === 'gram' &&
        headIsDrug &&
        s.findWord(s.start, s.end, NUTRIENT_TALK) < 0
      )
        return 'an amount of a supplement';
      if (eaten || s.senses & (Sense.Exercise | Sense.Care)) return undefined;
      if (
        strongly &&
        (frequency ||
          s.senses & Sense.Route ||
          drugBefore ||
          SYRUP.test(s.w(amount.last + 1)) ||
          SYRUP.test(s.w(amount.last + 3)))
      )
        return 'an amount to take';
      if (drugBefore && (frequency || directed || s.senses & Sense.Route) && !(s.sensesBefore & Sense.Nutrition))
        return 'an amount of the medicine named before';
      if (s.senses & Sense.Medicine && frequency && directed) return 'an amount of a medicine';
      if (
        amount.kind !== 'gram' &&
        frequency &&
        !(s.senses & (Sense.Vaccine | Sense.Lab)) &&
        (s.senses & Sense.Route || /^(?:ml|mls|cc|ccs)$/.test(s.w(amount.unit)) || amount.kind === 'spoon') &&
        !(s.sensesBefore & (Sense.Water | Sense.Nutrition | Sense.Care)) &&
        !EATEN_HEAD.test(s.w(amount.last + 2))
      )
        return 'an amount and how often';
      if (/^(?:cc|ccs)$/.test(s.w(amount.unit)) && isFlow(s, amount)) return 'a rate of infusion';
      if (s.senses & Sense.Dose && (frequency || directed) && amount.kind === 'gram') return 'an amount called a dose';
      if (amount.kind === 'gram' && frequency && s.findWord(s.start, s.end, words('max maximum never exceed')) >= 0)
        return 'a largest amount';
      return undefined;
    }
    case 'unit': {
      if (s.senses & Sense.Alcohol || (lab && !drugHere && !directed)) return undefined;
      if (
        /^(?:blood|packed|plasma)$/.test(s.w(amount.last + 1)) ||
        /^(?:blood|packed|plasma)$/.test(s.w(amount.last + 2))
      )
        return directed || s.findRole(s.start, s.end, Role.Manage) >= 0 ? 'an amount of blood to give' : undefined;
      const mmol = s.w(amount.unit) === 'mmol';
      if (mmol && (!drugHere || s.isMark(amount.unit + 1, '/') || s.w(amount.unit + 1) === 'per')) return undefined;
      if (s.senses & (Sense.Insulin | Sense.Drug)) return 'units of a medicine';
      if (supplement) {
        if (strongly && directs(s)) return 'an amount of a supplement to take';
        return eaten || lab || s.findWord(s.start, s.end, NUTRIENT_TALK) >= 0 ? undefined : 'an amount of a supplement';
      }
      if (s.sensesBefore & (Sense.Insulin | Sense.Drug)) return 'units of the medicine named before';
      if (
        /^(?:for|per)$/.test(s.w(amount.last + 1)) &&
        /^(?:every|each)$/.test(s.w(amount.last + 2)) &&
        s.w(amount.unit) !== 'mmol'
      )
        return 'a ratio of units';
      if (s.w(amount.unit) === 'iu' && !eaten) return 'an amount in a unit of medicines';
      if (strongly && directs(s)) return 'units to take or give';
      if (s.findWord(s.start, s.end, words('transfuse')) >= 0) return 'an amount of blood to give';
      return undefined;
    }
    default:
      return judgeForms(s, amount, { drugHere, supplement, drugBefore, frequency, directed, strongly });
  }
}

const EATEN_HEAD =
  /^(?:honey|sugar|oil|vinegar|seeds|flour|powder|juice|syrup-maple|lemon|salt|soda|bran|flax|chia|butter)$/;

const SYRUP = /^(?:syrup|suspension|solution|liquid|mixture|elixir|medicine|medication|jarabe|sirop)$/;

function isNear(s: Sentence, amount: Amount, sense: number): boolean {
  return s.findSense(Math.max(s.start, amount.first - 6), amount.last + 7, sense) >= 0;
}

function isFlow(s: Sentence, amount: Amount): boolean {
  const next = s.w(amount.unit + 1);
  const after = s.w(amount.unit + 2);
  const rate = words('min minute minutes hour hr h');
  return (
    ((next === '/' || next === 'per' || next === 'a' || next === 'an' || next === 'every') && rate.has(after)) ||
    next === 'lpm'
  );
}
