import { Role, Sense } from '../../lexicon/tags.ts';
import { WORD } from '../../text/token.ts';
import { type Sentence, words } from '../sentence.ts';
import type { Span } from '../span.ts';
import { isBaseForm, isConditional, stanceOf } from '../stance.ts';
import { isCompound, OBJECT_ENDS, RX, span } from './prescription-span.ts';

const OTHER_ACTS = words('clean wash rinse read eat drink rest sleep');
const USING = words('taking using giving');

export const START = words(
  'start begin initiate commence restart resume try add prescribe order get obtain buy take request combine mix pair give administer fill refill borrow grab put place begin inject use apply swap switch change replace substitute trade transition move upgrade go come ask need wean need continue push consider stay pick trial demand receive treat load cover convert step bridge reinstate reintroduce introduce choose pop have pack opt stick',
);

export const STOP = words(
  'stop quit discontinue hold skip pause omit withhold halve cut reduce lower decrease taper drop ditch double triple increase raise bump titrate adjust cease withdraw dump toss up abandon suspend change switch swap replace miss forget leave lose trade wean ease lay scrap axe cancel bin throw turn flush kick miss',
);

const PARTICLES_ON = words('on onto off back out for down up');

const FOR_OBJECT = words(
  'ask request swap switch change substitute replace exchange trade demand go look push opt trial',
);

const TO_OBJECT = words('switch change swap move transition upgrade convert add go return back drop step');

const WITH_OBJECT = words('load cover treat start begin replace combine mix pair substitute go stick manage');

const NEEDS_PARTICLE = words('step go come stay put place wean leave stick opt lay');

const PARTICLES_TURN = words('up down');

const PARTICLES_AWAY = words('out away');

const OBTAIN = words('request demand');

const CARRIED = words('inhaler inhalers epipen naloxone narcan glucagon aspirin epinephrine adrenaline');

const OF_ANOTHER = words(
  'leftover leftovers brother sister husband wife friend mother father roommate neighbor neighbour old someone somebody else',
);

const SOON = words('tonight today tomorrow anymore now immediately until tomorrows');

/** The prescription medicine that a verb acts on, or -1. */
export function objectOf(s: Sentence, verb: number, stopping: boolean): number {
  const name = s.w(verb);
  let particle = false;
  let withSeen = false;
  for (let k = verb + 1; k < Math.min(s.end, verb + 11); k++) {
    const w = s.w(k);
    if (s.isMark(k)) {
      if (s.isMark(k, ',&/+-"|>=*')) continue;
      if (s.isMark(k, ':') && k - verb <= 2) continue;
      return -1;
    }
    if (s.isWord(k, PART_OF) && k > verb + 1) return -1;
    // "start the deck on diuretics": a thing on a subject; "start him on": a person on a medicine.
    if (w === 'on' && k > verb + 1 && /^(?:start|begin|put)$/.test(name) && !isSomeone(s, verb + 1, k)) return -1;
    if (
      w === 'and' &&
      s.tokens[k + 1]?.kind === WORD &&
      isBaseForm(s.w(k + 1)) &&
      s.has(k + 1, Sense.Exercise | Sense.Care) &&
      !s.has(k + 1, RX)
    )
      return -1;
    if (OTHER_ACTS.has(w) && k > verb + 1) return -1;
    if (s.has(k, RX)) {
      if (NEEDS_PARTICLE.has(name) && !particle && !(WITH_OBJECT.has(name) && withSeen)) return -1;
      if (name === 'turn' && !(s.findWord(verb, k + 4, PARTICLES_TURN) >= 0)) return -1;
      if (name === 'throw' && !(s.findWord(verb, k + 4, PARTICLES_AWAY) >= 0)) return -1;
      // "insulin resistance", "statin therapy" (still a statin), "penicillin allergy"
      if (isCompound(s, k) || s.w(k + 1) === 'injection-site') return -1;
      return k;
    }
    if (s.has(k, Sense.Medicine) && stopping) {
      const own = s.is(k - 1, Role.Your) || s.is(k - 2, Role.Your) || s.is(k - 3, Role.Your) || s.is(k - 1, Role.Third);
      if (
        own &&
        /^(?:pill|pills|tablet|tablets|medicine|medicines|medication|medications|med|meds|treatment|dose|prescription|prescriptions|drug|drugs|therapy)$/.test(
          w,
        )
      )
        return k;
    }
    if (
      s.has(k, Sense.Dose) &&
      stopping &&
      /^(?:your|his|her|tonight|tomorrow|next|the|morning|evening)$/.test(s.w(k - 1)) &&
      (!/^(?:miss|forget|change|adjust|lose|leave|cut|lower)$/.test(name) ||
        (/^(?:cut|lower|change)$/.test(name) && s.is(k - 1, Role.Your) && (k + 1 >= s.end || s.isMark(k + 1, '.!'))))
    )
      return k;
    if (PARTICLES_ON.has(w)) particle = true;
    if (w === 'with') withSeen = true;
    if (OBJECT_ENDS.has(w)) return -1;
    if (w === 'for' && !FOR_OBJECT.has(name)) return -1;
    if (w === 'to' && !TO_OBJECT.has(name) && !s.is(k + 1, Role.Your)) return -1;
    if (w === 'with' && !WITH_OBJECT.has(name)) return -1;
    if (w === 'from' && !stopping) continue;
    if (s.is(k, Role.Not) && k > verb + 1) return -1;
    if (s.is(k, Role.Refer) && /^(?:see|talk|consult|ask|contact|discuss)$/.test(w)) return -1;
    if (s.is(k, Role.Clinician) && name !== 'ask' && name !== 'request' && name !== 'get' && name !== 'have') return -1;
  }
  return -1;
}

export function byVerb(s: Sentence, i: number, before: boolean): Span | undefined {
  const w = s.w(i);
  const stopping = STOP.has(w);
  const starting = START.has(w);
  if (!stopping && !starting) return undefined;
  if (!isBaseForm(w)) return undefined;
  // "stop taking", "start using", "keep taking"
  let verb = i;
  if (USING.has(s.w(i + 1))) verb = i + 1;
  let object = objectOf(s, verb, stopping);
  if (verb !== i && object < 0) object = objectOf(s, i, stopping);
  let pronoun = false;
  if (
    object < 0 &&
    before &&
    (verb === i || s.w(i) === 'stop') &&
    (s.w(verb + 1) === 'it' || s.w(verb + 1) === 'them' || (s.w(verb + 1) === 'that' && s.end - verb < 5)) &&
    /^(?:stop|start|skip|double|halve|discontinue|hold|quit|restart|drop|pause|increase|reduce|lower|raise)$/.test(w)
  ) {
    object = verb + 1;
    pronoun = true;
  }
  if (object < 0) return undefined;
  const objectWord = s.w(object);
  const stance = stanceOf(s, i);
  if (stance === 'none') return undefined;
  if (s.senses & Sense.Vaccine && !s.has(object, Sense.Drug)) return undefined;
  if (stance === 'negative') {
    const harms = !stopping || /^(?:hold|change|switch)$/.test(w);
    if (!harms) return undefined;
    const soon = s.findWord(object, s.end, SOON) >= 0;
    return soon &&
      s.has(object, RX) &&
      (s.is(object - 1, Role.Your) || s.is(object - 2, Role.Your) || s.has(object, Sense.Drug)) &&
      s.findRole(object, s.end, Role.If) < 0
      ? span(i, object, 'tells the reader to hold a prescription medicine')
      : undefined;
  }
  if (w === 'receive' && s.w(i - 1) === 'will') return undefined;
  if (w === 'have' && /(?:ed|en)$/.test(s.w(i + 1))) return undefined;
  if (w === 'double' && s.w(i + 1) === 'check') return undefined;
  // "add penicillin to your allergy list"
  if (s.findWord(object + 1, Math.min(s.end, object + 7), words('list card record chart diary calendar')) >= 0)
    return undefined;
  // "take leftover antibiotics back to the pharmacy"
  if (
    /^(?:take|bring|return|put|throw|drop)$/.test(w) &&
    s.findWord(
      object,
      Math.min(s.end, object + 6),
      words('pharmacy pharmacist chemist fridge cupboard refrigerator collection'),
    ) >= 0
  )
    return undefined;
  if (stance === 'permission' && s.findRole(s.start, s.end, Role.Clinician) >= 0) return undefined;
  if (stance === 'permission' && isConditional(s, i)) return undefined;
  // Own medicine taken as usual, a rescue device used, a prescription collected: nothing changes.
  if (
    /^(?:take|use|get|have|continue|refill|fill|pack|keep|inject|stay|need|apply|forget|miss|leave|lose)$/.test(w) &&
    !stopping
  ) {
    const own = s.is(object - 1, Role.Your) || s.is(object - 2, Role.Your);
    if (own && s.findWord(i, object, OF_ANOTHER) < 0 && !/^(?:get|have)$/.test(w)) return undefined;
    if (CARRIED.has(objectWord) && s.findWord(i, object, OF_ANOTHER) < 0) return undefined;
    if (
      s.has(object, Sense.DrugClass) &&
      !s.has(object, Sense.Drug) &&
      /^(?:use|take)$/.test(w) &&
      s.findRole(i, s.end, Role.If) >= 0 &&
      stance !== 'directive'
    )
      return undefined;
  }
  if (
    /^(?:miss|forget|leave|lose|adjust|ease)$/.test(w) &&
    !s.is(object - 1, Role.Your) &&
    !(w === 'ease' && PARTICLES_ON.has(s.w(i + 1))) &&
    s.findWord(i, object, SOON) < 0
  )
    return undefined;
  if (/^(?:lower|cut|reduce|up)$/.test(w) && !s.has(object, RX) && !s.has(object, Sense.Dose | Sense.Medicine))
    return undefined;
  if (w === 'consider' && s.findRole(object, s.end, Role.Clinician) >= 0) return undefined;
  if (w === 'ask' || w === 'request' || w === 'demand') {
    if (OBTAIN.has(w) && !s.is(i + 1, Role.Clinician))
      return span(i, object, 'tells the reader to obtain a prescription medicine');
    if (
      s.findWord(i, object, words('about whether if')) >= 0 ||
      s.findWord(i, object, words('for to prescribe put give start switch')) < 0
    )
      return undefined;
    return span(i, object, 'tells the reader to obtain a prescription medicine');
  }
  if (w === 'continue' || w === 'keep') return undefined;
  if (w === 'try' && s.w(i + 1) === 'to') return undefined;
  return span(
    i,
    object,
    pronoun
      ? 'changes the medicine named before'
      : stopping
        ? 'tells the reader to stop or change a prescription medicine'
        : 'tells the reader to start or obtain a prescription medicine',
  );
}

/** A thing that belongs to a medicine: what is done to it is not done to the medicine. */
const PART_OF = words(
  'name names label labels list box needle needles cap copy picture photo note reminder date dates battery tip mouthpiece spacer cover bag cost price brand word',
);

function isSomeone(s: Sentence, from: number, to: number): boolean {
  for (let k = from; k < to; k++)
    if (s.is(k, Role.You | Role.Third | Role.Kin | Role.General) || /^(?:her|him|them|patient|yourself)$/.test(s.w(k)))
      return true;
  return (
    to - from <= 2 &&
    s.tokens[from]?.kind === WORD &&
    ((s.tokens[from]?.sense ?? 0) | (s.tokens[from]?.role ?? 0)) === 0
  );
}
