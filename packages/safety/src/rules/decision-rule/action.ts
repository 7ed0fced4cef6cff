import { Role, Sense } from '../../lexicon/tags.ts';
import { WORD } from '../../text/token.ts';
import { MEDICINAL, type Sentence, words } from '../sentence.ts';
import { isBaseForm, stanceOf } from '../stance.ts';
import { thresholdAt } from './threshold.ts';

const MISSES = words('miss missed forget forgot');
const ASKS = words('without ask consult talk check');

export const IMAGING = words(
  'cystoscopy laparoscopy ct ctpa mri ultrasound echo echocardiogram angiogram angiography d-dimer dimer troponin troponins biopsy endoscopy colonoscopy scan xray x-ray cxr ecg lumbar lp doppler bronchoscopy culture cultures dialysis surgery catheter intubation antidote fluids transfusion heparin stent oxygen',
);

export const ORDERS = words('order do perform obtain request send get arrange repeat proceed go schedule');

export const ACTS = words(
  'bolus avoid reverse alternate rotate tome tomen prenez nehmen nehme spritzen donnez dele aumente duplique suspenda inyecte augmentez doublez arretez erhohen take give start begin stop hold skip double halve increase decrease reduce raise lower add switch change discontinue use inject administer chew apply treat initiate restart resume drop cut bump titrate withhold swallow omit repeat push run pop try prescribe escalate adjust',
);

export const CARRIERS = words(
  'gets get needs need warrants warrant requires require means mean calls indicates merits deserves receives receive',
);

const NOT_TREATED = words(
  'care time place break notes note photo temperature pulse reading rest fluids water deep breath breaths deep look step steps shower bath walk',
);

const RESCUE = words('inhaler epipen naloxone narcan injector glucagon epinephrine');

/** A treatment that is told, beginning at `i`. */
export function actionAt(s: Sentence, i: number): { last: number } | undefined {
  const w = s.w(i);
  const arrow =
    i > s.start &&
    (/^(?:means|mean|must)$/.test(s.w(i - 1)) ||
      s.isMark(i - 1, '=:|>-') ||
      // "... two kilos in three days take an extra ...": the condition ends in a number or a time.
      ((s.has(i - 1, Sense.Time) || s.isNumber(i - 1)) &&
        ((s.roles & Role.If) !== 0 || thresholdAt(s) >= 0) &&
        isBaseForm(w)) ||
      (s.w(i - 1) === 'you' && s.w(i - 2) === 'when' && s.findRole(s.start, i - 3, Role.If) >= 0) ||
      s.w(i - 1) === 'then' ||
      s.w(i - 1) === ',');
  if (s.is(i, Role.Manage) && isBaseForm(w)) {
    const told = stanceOf(s, i) !== 'none' || arrow || i === s.start;
    if (!told) return undefined;
    if (
      /^(?:treat|hydrate|drain|deliver|delivery|operate|image)$/.test(w) &&
      !(s.senses & (MEDICINAL | Sense.Fluid)) &&
      !(thresholdAt(s) >= 0) &&
      w !== 'operate'
    )
      return undefined;
    if (s.is(i - 1, Role.You) || (s.w(i + 1) === 'to' && w === 'admit')) return undefined;
    return { last: i };
  }
  if (
    s.isWord(i, ORDERS) ||
    (IMAGING.has(w) && s.w(i + 1) === 'the') ||
    (CARRIERS.has(w) && s.findWord(i + 1, i + 5, IMAGING) >= 0 && thresholdAt(s) >= 0)
  ) {
    if (IMAGING.has(w)) return arrow ? { last: i } : undefined;
    const image = s.findWord(i + 1, Math.min(s.end, i + 6), IMAGING);
    if (
      image >= 0 &&
      (/^(?:order|perform|obtain|request|arrange|send)$/.test(w) || (thresholdAt(s) >= 0 && w !== 'go') || arrow) &&
      (stanceOf(s, i) === 'directive' || arrow || CARRIERS.has(w) || /^(?:you|means)$/.test(s.w(i - 1)))
    )
      return { last: image };
  }
  if (
    w === 'go' &&
    /^(?:up|down)$/.test(s.w(i + 1)) &&
    s.findSense(i + 2, i + 6, Sense.Number | Sense.Dose) >= 0 &&
    (stanceOf(s, i) === 'directive' || arrow)
  )
    return { last: i + 2 };
  if (ACTS.has(w) && isBaseForm(w) && (w !== 'avoid' || thresholdAt(s) >= 0)) {
    const stance = stanceOf(s, i);
    const withheld =
      (stance === 'negative' || (s.w(i - 1) === 'not' && s.w(i - 2) === 'do' && (s.roles & Role.If) !== 0)) &&
      thresholdAt(s) >= 0 &&
      /^(?:give|take|use|inject|administer)$/.test(w);
    if (stance !== 'directive' && !withheld && !(arrow && stance !== 'negative')) return undefined;
    // A score or a cut-off and "give X": X is a treatment, whatever it is called.
    if (
      thresholdAt(s) >= 0 &&
      /^(?:give|administer|initiate|prescribe)$/.test(w) &&
      !(s.senses & (Sense.Care | Sense.Water | Sense.Nutrition | Sense.Exercise)) &&
      !s.isWord(i + 1, NOT_TREATED) &&
      !s.is(i + 1, Role.Your | Role.You) &&
      s.tokens[i + 1]?.kind === WORD &&
      !/^(?:it|yourself|them|your|the|a|birth|way|up|us|blood)$/.test(s.w(i + 1))
    )
      return { last: i + 1 };
    for (let k = i + 1; k < Math.min(s.end, i + 9); k++) {
      if (s.isMark(k, '.;:?!')) break;
      if (s.isWord(k, NOT_TREATED) && k <= i + 2) return undefined;
      if (/^(?:when|before|after|unless|until|and|about)$/.test(s.w(k)) && k > i + 1) break;
      if (s.is(k, Role.If)) break;
      if (s.has(k, Sense.Care) && !s.has(k, MEDICINAL)) return undefined;
      const dose = s.has(k, Sense.Dose) && !/^(?:missed|it)$/.test(s.w(k - 1));
      if (/^(?:platelets|plasma|blood|fluids|bolus)$/.test(s.w(k)) && /^(?:give|transfuse|run|push|start)$/.test(w))
        return { last: k };
      if (
        s.has(k, MEDICINAL) ||
        dose ||
        s.has(k, Sense.Fluid) ||
        (s.has(k, Sense.Oxygen) && w !== 'use') ||
        (s.has(k, Sense.Form) && s.findRole(i, k, Role.Your) >= 0) ||
        (s.has(k, Sense.Form) && /^(?:extra|second|another|water|one|two|1|2|otra|otro|zweite|autre)$/.test(s.w(k - 1)))
      ) {
        if (exempt(s, i, k)) return undefined;
        return { last: k };
      }
      if (s.has(k, Sense.Unit) && s.has(k - 1, Sense.Number)) return { last: k };
      if (s.has(k, Sense.Medicine) && /^(?:second|another|third|new|different|stronger)$/.test(s.w(k - 1)))
        return { last: k };
      if (k === i + 1 && (s.w(k) === 'it' || s.w(k) === 'them') && s.w(k + 1) === 'by' && thresholdAt(s) >= 0)
        return { last: k + 1 };
    }
    return undefined;
  }
  // "BP at or above 160/110 gets labetalol", "LDL over 190 should be on a statin"
  if (
    CARRIERS.has(w) ||
    ((w === 'should' || w === 'must') &&
      (/^(?:be|get|take|receive|have|start)$/.test(s.w(i + 1)) ||
        ACTS.has(s.w(i + 1)) ||
        s.is(i + 1, Role.Manage) ||
        s.isWord(i + 1, ORDERS)))
  ) {
    if (thresholdAt(s) < 0 || s.is(i - 1, Role.Not)) return undefined;
    for (let k = i + 1; k < Math.min(s.end, i + 7); k++) {
      if (s.is(k, Role.Hedge | Role.Not | Role.Clinician)) return undefined;
      if (s.has(k, MEDICINAL | Sense.Fluid)) return { last: k };
      if (s.has(k, Sense.Unit | Sense.Form) && s.findSense(i, k, Sense.Number) >= 0) return { last: k };
      if (
        s.isWord(k, IMAGING) ||
        s.is(k, Role.Manage) ||
        /^(?:treatment|surgery|admission|transfusion|dialysis|intubation|insulin|treated)$/.test(s.w(k))
      )
        return { last: k };
    }
  }
  // "potassium > 6.5 = calcium gluconate", "score 4+: CT"
  if (
    arrow &&
    i > s.start + 1 &&
    thresholdAt(s) >= 0 &&
    thresholdAt(s) < i &&
    s.isMark(i - 1, '=:|>') &&
    (s.has(i, MEDICINAL) ||
      s.isWord(i, IMAGING) ||
      (s.findSense(i + 1, i + 4, MEDICINAL) >= 0 &&
        s.findRole(i, i + 4, Role.Be | Role.Have | Role.Hedge | Role.Punctuation) < 0))
  )
    return { last: i };
  return undefined;
}

/** Emergency devices, medicines used as shown or prescribed, missed doses: no rule of treatment. */
function exempt(s: Sentence, verb: number, object: number): boolean {
  if (/^(?:use|give|carry)$/.test(s.w(verb)) && RESCUE.has(s.w(object)) && !(s.senses & Sense.Mass)) return true;
  for (let k = s.start; k < s.end; k++) {
    if (
      (s.w(k) === 'as' || s.w(k) === 'exactly') &&
      /^(?:prescribed|directed|instructed|advised|told|shown|you|your|soon|the)$/.test(s.w(k + 1))
    )
      return true;
    if (
      s.is(k, Role.If) &&
      ((s.is(k + 1, Role.Your) && s.is(k + 2, Role.Clinician)) ||
        s.is(k + 1, Role.Clinician) ||
        s.is(k + 2, Role.Clinician))
    )
      return true;
    if (MISSES.has(s.w(k))) return true;
    if (ASKS.has(s.w(k)) && s.findRole(k, k + 5, Role.Clinician) >= 0 && k < object && k < verb) return true;
    if (s.w(k) === 'prescribed') return true;
  }
  return false;
}
