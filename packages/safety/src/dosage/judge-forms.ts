import { Role, Sense } from '../lexicon/tags.ts';
import { type Sentence, words } from '../rules/sentence.ts';
import { isAskedAbout } from './harmless.ts';
import type { Amount } from './read-amount.ts';
import { directs } from './taking.ts';
import { JUDGED } from './vocabulary.ts';

interface Around {
  readonly drugHere: boolean;
  readonly supplement: boolean;
  readonly drugBefore: boolean;
  readonly frequency: boolean;
  readonly directed: boolean;
  readonly strongly: boolean;
}

/** Counted forms: tablets, puffs, drops. Weak ones ("shot", "cap", "packet", "strip") need a medicine beside them. */
const WEAK_FORMS = words(
  'shot shots cap caps strip strips packet packets scoop scoops drop drops spray sprays injection injections pump pumps vial vials patch patches jab jabs edible gummy gummies sachet sachets syringe syringes inhalation bolus blister enema hub cachet puffer sobre spritze pill pills gota gotas',
);

const WORN = words(
  'drop drops spray sprays squirt squirts puff puffs patch patches gota gotas gocce tropfen goutte gouttes bouffee hub inhalation inhalations pump pumps',
);

const CONTAINERS = words(
  'shot shots cap caps strip strips packet packets vial vials jab jabs patch patches pump pumps injection injections',
);

export function judgeForms(s: Sentence, amount: Amount, near: Around): string | undefined {
  const medicinal = near.drugHere || near.supplement;
  if (s.senses & Sense.Vaccine) return undefined;
  if (s.senses & Sense.Alcohol && !near.drugHere) return undefined;
  const contains =
    s.findWord(s.start, amount.first, words('comes come sold box pack bottle holds contains containing blister')) >= 0;
  if (contains && !near.strongly) return undefined;
  if (amount.value > 60) return undefined;
  const weak = s.isWord(amount.unit, WEAK_FORMS);
  if (near.drugHere && !isGeneralCount(s, amount)) return 'a number of doses of a named medicine';
  if (s.senses & Sense.Route && !(s.senses & Sense.Care)) return 'a number of forms and how to give them';
  if (
    s.findWord(amount.last + 1, s.end, JUDGED) >= 0 &&
    !isAskedAbout(s, s.findWord(amount.last + 1, s.end, JUDGED)) &&
    !(s.senses & Sense.Care) &&
    s.findRole(amount.last, s.end, Role.Be) >= 0 &&
    !s.isWord(amount.unit, CONTAINERS)
  )
    return "a verdict on the reader's dose";
  if (near.supplement && (near.directed || near.frequency)) return 'a number of doses of a supplement';
  if (
    near.strongly &&
    directs(s) &&
    (!weak ||
      /^(?:pill|pills|drop|drops|gota|gotas|puff|puffs|pastilla|shot|patch|spray|sprays|gummy|gummies|edible|jab|cap|caps|cachet)$/.test(
        s.w(amount.unit),
      )) &&
    !(s.senses & (Sense.Care | Sense.Lab))
  )
    return 'a number of tablets or other forms to take';
  if (near.frequency && WORN.has(s.w(amount.unit)) && !(s.senses & (Sense.Care | Sense.Nutrition | Sense.Water)))
    return 'a number of forms, and how often';
  if (
    near.frequency &&
    !(s.senses & (Sense.Care | Sense.Exercise)) &&
    (!weak || near.strongly || near.drugBefore || /^(?:pill|pills)$/.test(s.w(amount.unit)))
  )
    return 'a number of tablets or other forms, and how often';
  if (near.drugBefore && (near.directed || near.frequency || s.senses & Sense.Route))
    return 'a number of doses of the medicine named before';
  if (s.senses & Sense.Dose && !medicinal && !weak && near.directed) return 'a number of tablets called a dose';
  if (
    !weak &&
    (s.findRole(s.start, amount.first, Role.Not | Role.Compare) >= 0 ||
      /^(?:max|maximum)$/.test(s.w(amount.first - 1))) &&
    !(s.senses & Sense.Care)
  )
    return 'a largest number of tablets';
}

/** "the three tablets were compared", "two injections a year of X may": a count in passing. */
function isGeneralCount(s: Sentence, amount: Amount): boolean {
  return (
    (s.w(amount.last + 1) === 'are' || s.w(amount.last + 1) === 'were') &&
    s.findSense(s.start, s.end, Sense.Frequency) < 0
  );
}
