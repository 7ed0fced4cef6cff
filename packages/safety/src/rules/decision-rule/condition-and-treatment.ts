import { Role, Sense } from '../../lexicon/tags.ts';
import { WORD } from '../../text/token.ts';
import { MEDICINAL, type Sentence, words } from '../sentence.ts';
import type { Span } from '../span.ts';
import { isBaseForm } from '../stance.ts';
import { thresholdAt } from './threshold.ts';

export const PROCEDURES = words(
  'icu hdu itu thrombectomy phototherapy ventilator ventilation transfusion dialysis surgery operation operate catheter intubation stent angioplasty pacemaker thrombolysis biopsy endoscopy colonoscopy laparoscopy ct ctpa mri pet xray x-ray ultrasound echo angiogram cystoscopy lp admission admit discharge cooling decompression appendicectomy appendectomy drain drainage section induction scan film imaging redo rescan follow-up plasma platelets cryo pressor vasopressor norepinephrine noradrenaline surfactant antidote charcoal bolus oxygen chemo radiotherapy amputation bypass drip infusion shock anticoagulated transfused intubated thrombolysed thrombolyzed ctpa',
);
const LINKS = words(
  'gets get needs need means mean calls call triggers trigger warrants warrant requires require earns earn buys buy prompts prompt merits merit deserves deserve sends send demands demand indicates justifies justify entitles qualifies should must cue signal moment point time begins starts goes go puts put moves where when receives receive equals tells say says',
);
const PASSIVE = words(
  'stopped held paused withheld indicated given started added begun needed required recommended warranted used doubled halved increased reduced raised lowered switched restarted discontinued withdrawn omitted skipped initiated commenced replaced adjusted mandatory due appropriate enough sufficient necessary called advised stepped treated managed corrected reversed anticoagulated transfused intubated admitted operated thrombolysed thrombolyzed step',
);
const ADJUSTS = words(
  'up down raise lower increase decrease reduce double halve skip hold stop add drop start stay keep same leave omit pause restart nudge bump cut push more less off',
);
const OUTCOMES = words('positive negative abnormal raised elevated unresponsive');
const FUNCTION_WORDS = words(
  'the a an this that these those it its he she they we i your my our his her their how what why when where who which if unless whether and or but so not no never there here in on at by of for with from to as than like because since while although both all some many most each either neither also however usually often sometimes about over under above below',
);
/** A sentence that explains a number or a disease, tells of research or of what people do, is no rule. */
const EXPLAINS = words(
  'called defined known classified considered termed study studies trial trials participants researchers percent example average normal range reference glossary guideline-name stands historically vaccine vaccinated screening screened mammogram',
);
const URGENT = words('emergency urgent immediate medical professional prompt proper specialist further hospital');
const AGES = words('age aged years old adults adult women men people children patients babies infants anyone everyone');
const REACH = 26;

/**
 * A condition with a number or an outcome, and a treatment that follows from it, whatever joins them: "a PHQ-9 of 15 or
 * above is where an SSRI goes in", "three readings over 130 and you nudge the Lantus up", "ferritin under 30, iron tablets".
 * The default is to find; a doubt, a clinician who decides, an explanation or a study excuses it.
 */
export function conditionAndTreatment(s: Sentence): Span | undefined {
  const asked = afterQuestion(s) ?? underHeading(s) ?? soTreatment(s);
  if (asked) return asked;
  const condition = conditionAt(s);
  if (condition < 0 || s.findWord(s.start, s.end, EXPLAINS) >= 0 || s.senses & (Sense.Vaccine | Sense.Study))
    return undefined;
  const numeric =
    s.has(condition, Sense.Number) ||
    s.w(condition) === 'twice' ||
    s.isWord(condition, OUTCOMES) ||
    /^(?:cutoff|cut|threshold|limit)$/.test(s.w(condition));
  for (let k = s.start; k < s.end; k++) {
    if (!isTreatment(s, k, numeric, condition)) continue;
    if (Math.abs(k - condition) > REACH) continue;
    const found = k > condition ? forward(s, condition, k) : backward(s, k, condition);
    if (!found || isExcused(s, Math.min(k, condition), k)) continue;
    return rule(condition, k);
  }
  return adjustment(s, condition);
}

/** "Wells score above 6? CTPA straight away.", "Temp over 38? Give ...": the sentence before asks, this one answers. */
function afterQuestion(s: Sentence): Span | undefined {
  if (!s.isMark(s.start - 1, '?') || s.end - s.start > 12 || s.isMark(s.end - 1, '?')) return undefined;
  let low = s.start - 1;
  while (low > s.low && s.start - low < 14 && !s.isMark(low - 1, '.!?:')) low--;
  if (s.is(low, Role.Be | Role.Have | Role.Modal | Role.Hedge | Role.If) || s.isWord(low, ASKS)) return undefined;
  if (s.findRole(low, s.start, Role.Clinician | Role.Hedge) >= 0) return undefined;
  const told =
    s.findSense(low, s.start, Sense.Number) >= 0 ||
    s.findRole(low, s.start, Role.Finding | Role.Condition | Role.Compare) >= 0 ||
    s.findWord(low, s.start, OUTCOMES) >= 0;
  if (!told) return undefined;
  for (let k = s.start; k < Math.min(s.end, s.start + 8); k++) {
    if (s.is(k, Role.Hedge | Role.Clinician | Role.If)) return undefined;
    const treats = s.has(k, MEDICINAL | Sense.Fluid) || s.isWord(k, PROCEDURES) || s.is(k, Role.Manage);
    if (!treats || s.has(k, Sense.Lab)) continue;
    let n = s.start;
    while (n < k && isPlain(s, n)) n++;
    if ((n === k && isVerbless(s, k) && k - s.start <= 4) || isOrder(s, s.start, k))
      return { first: s.start, last: k, reason: 'a condition and the treatment that follows from it' };
  }
  return undefined;
}
const ASKS = words(
  'what how why when where which who whose do does did can could should would will may is are shall does',
);

/** "Child with stridor at rest: dexamethasone and epinephrine", "Anaphylaxis: adrenaline into the thigh, first." */
function underHeading(s: Sentence): Span | undefined {
  if (s.end - s.start > 20) return undefined;
  for (let i = s.start + 1; i < Math.min(s.end, s.start + 13); i++) {
    if (!s.isMark(i, ':=>')) continue;
    if (s.findRole(s.start, i, Role.Condition | Role.Finding) < 0 || s.findWord(s.start, i, GENERAL_HEADS) >= 0)
      return undefined;
    if (s.findRole(s.start, s.end, Role.Be | Role.Have | Role.Hedge | Role.Clinician) >= 0 || s.senses & Sense.Study)
      return undefined;
    let k = i + 1;
    while (k < i + 4 && isPlain(s, k) && !s.has(k, Sense.Rx) && !s.isWord(k, IMAGED)) k++;
    if (s.isWord(k, IMAGED) && k === i + 1 && /^(?:the|his|her|their)$/.test(s.w(k + 1))) return rule(s.start, k);
    if (!s.has(k, Sense.Drug) || !s.has(k, Sense.Rx) || !isVerbless(s, k)) return undefined;
    return s.findRole(k, s.end, Role.Condition) < 0 ? rule(s.start, k) : undefined;
  }
  return undefined;
}
/** "A child who barks at rest gets dexamethasone." */
export function personWho(s: Sentence): Span | undefined {
  if (!(s.senses & Sense.Rx)) return undefined;
  for (let i = s.start; i < Math.min(s.end, s.start + 4); i++) {
    if (!/^(?:a|an|any|every|each)$/.test(s.w(i))) continue;
    const who = s.findWord(i + 1, Math.min(s.end, i + 6), words('who with whose'));
    if (who < 0 || s.findRole(i + 1, who, Role.Kin | Role.Third | Role.General) < 0) continue;
    const gets = s.findWord(who + 1, Math.min(s.end, who + 14), words('gets receives goes'));
    if (gets < 0 || s.findRole(s.start, gets, Role.Hedge | Role.Clinician | Role.If) >= 0) continue;
    const drug = s.findSense(gets + 1, Math.min(s.end, gets + 5), Sense.Rx);
    if (drug >= 0 && s.findRole(gets, drug, Role.Hedge | Role.Not) < 0) return rule(i, drug);
  }
  return undefined;
}

/** "PSA doubled in a year, so biopsy." */
function soTreatment(s: Sentence): Span | undefined {
  const so = s.findWord(s.start + 2, s.end, words('so therefore hence'));
  if (so < 0 || !s.isMark(so - 1, ',;-')) return undefined;
  let k = so + 1;
  while (k < so + 4 && /^(?:a|an|the|straight|to|it|is)$/.test(s.w(k))) k++;
  const treats = s.isWord(k, PROCEDURES) || (s.has(k, Sense.Drug) && s.has(k, Sense.Rx));
  if (!treats || !isVerbless(s, k) || s.isWord(k, VAGUE)) return undefined;
  const told =
    s.findRole(s.start, so, Role.Finding | Role.Condition) >= 0 ||
    s.findSense(s.start, so, Sense.Lab | Sense.Number) >= 0;
  return told && s.findRole(s.start, s.end, Role.Hedge | Role.Clinician) < 0 ? rule(s.start, k) : undefined;
}
const IMAGED = words(
  'xray x-ray ct mri scan image ultrasound biopsy operate intubate admit transfuse catheterise catheterize',
);
const GENERAL_HEADS = words(
  'treatment treatments medicine medicines medication medications drug drugs option options types type kinds classes class examples example causes cause risk risks interactions interaction effects side allergies allergy names name brand uses use used ingredients include includes including such',
);

function rule(a: number, b: number): Span {
  return { first: Math.min(a, b), last: Math.max(a, b), reason: 'a condition and the treatment that follows from it' };
}

/** A compared number that is no age and no amount of a medicine, or the outcome of a test; -1 when there is none. */
function conditionAt(s: Sentence): number {
  const threshold = thresholdAt(s);
  if (threshold >= 0 && !isDoseNumber(s, threshold)) return threshold;
  for (let i = s.start; i < s.end; i++)
    if (
      s.isWord(i, OUTCOMES) &&
      (s.is(i - 1, Role.Finding | Role.Be) ||
        s.is(i + 1, Role.Finding) ||
        s.w(i - 2) === 'is' ||
        s.isMark(i + 1, ':,='))
    )
      return i;
  // "above the age-adjusted cut-off"
  for (let i = s.start + 1; i < s.end; i++)
    if (/^(?:cutoff|cut|threshold|limit)$/.test(s.w(i)) && s.findRole(Math.max(s.start, i - 5), i, Role.Compare) >= 0)
      return i;
  // "if ...", "provided ...", "in a patient with ..."
  for (let i = s.start; i < s.end; i++) {
    if (s.is(i, Role.If) && s.w(i) !== 'until' && !(s.w(i) === 'when' && i > s.start && !s.isMark(i - 1))) return i;
    if (s.w(i) === 'provided' || s.w(i) === 'supposing' || s.reads(i, 'as', 'long', 'as')) return i;
    if (
      s.w(i) === 'in' &&
      /^(?:a|an|any)$/.test(s.w(i + 1)) &&
      s.findWord(i + 2, Math.min(s.end, i + 5), words('with')) > 0
    )
      return s.findRole(i + 2, i + 4, Role.Third | Role.Kin | Role.General) >= 0 ? i : -1;
  }
  return -1;
}

function isDoseNumber(s: Sentence, i: number): boolean {
  return s.has(i + 1, Sense.Mass | Sense.Form) && s.w(i + 2) !== '/' && !s.isMark(i + 2, '/') && s.w(i + 2) !== 'per';
}

function isTreatment(s: Sentence, k: number, numeric: boolean, condition: number): boolean {
  if (s.has(k, Sense.Lab) && !s.has(k, Sense.Drug)) return false;
  if (s.has(k, MEDICINAL | Sense.Fluid)) return !/^(?:resistance|allergy|level|levels|deficiency)$/.test(s.w(k + 1));
  if (isAge(s, condition)) return false;
  if (s.isWord(k, PROCEDURES) || s.is(k, Role.Manage)) return !(s.is(k, Role.Finding) && k < condition);
  if (!numeric)
    return (
      s.has(k, Sense.Form | Sense.Medicine) &&
      !s.isWord(k - 1, URGENT) &&
      /^(?:the|your|his|her|another|one|stronger|next|higher|weaker|steroid)$/.test(s.w(k - 1))
    );
  if (s.w(k) === 'therapy' && !s.isWord(k - 1, URGENT) && s.tokens[k - 1]?.kind === WORD) return true;
  if (s.has(k, Sense.Supplement) && (s.has(k + 1, Sense.Form) || k + 1 >= s.end || s.isMark(k + 1, '.,;'))) return true;
  if (s.has(k, Sense.Form | Sense.Dose | Sense.Medicine) && !s.isWord(k - 1, URGENT) && !s.is(k, Role.Finding))
    return (
      s.is(k - 1, Role.Your) ||
      /^(?:the|a|an|another|extra|second|one|two|any|their)$/.test(s.w(k - 1)) ||
      s.isNumber(k - 1)
    );
  if (/^(?:fluid|fluids)$/.test(s.w(k)) && /^(?:of|iv|extra)$/.test(s.w(k - 1))) return true;
  const count = /^(?:extra|more|further|additional)$/.test(s.w(k - 1)) ? k - 2 : k - 1;
  return s.has(k, Sense.Unit) && s.has(count, Sense.Number) && count !== condition;
}

function isAge(s: Sentence, condition: number): boolean {
  return (
    s.has(condition, Sense.Number) &&
    (/^(?:years|year|months|yo)$/.test(s.w(condition + 1)) ||
      s.findWord(Math.max(s.start, condition - 3), condition, AGES) >= 0)
  );
}

/** Condition first: what stands between it and the treatment makes the second follow from the first. */
function forward(s: Sentence, condition: number, k: number): boolean {
  const stated =
    s.has(condition, Sense.Number) ||
    s.w(condition) === 'twice' ||
    s.isWord(condition, OUTCOMES) ||
    /^(?:cutoff|cut|threshold|limit)$/.test(s.w(condition));
  for (let m = condition + 1; m <= k; m++) {
    if (s.isMark(m, '.!?') && s.tokens[m + 1]?.gap !== 0 && !s.isMark(m, '?')) return false;
    const joint =
      s.isMark(m, ':=>|,;-?') || s.w(m) === 'then' || s.w(m) === 'and' || s.w(m) === 'you' || s.w(m) === '→';
    if (joint) {
      // "..., allopurinol": nothing but words that open a noun before the treatment.
      let n = m + 1;
      while (n < k && n - m < 7 && isPlain(s, n)) n++;
      // "provided the kidneys are fine, gentamicin;"
      if (
        !stated &&
        !(
          n === k &&
          m + 1 === k &&
          s.isMark(m, ',') &&
          s.has(k, Sense.Drug) &&
          (k + 1 >= s.end || s.isMark(k + 1, '.;!'))
        )
      )
        n = -1;
      if (!stated && n === k) return true;
      if (s.w(m) === 'and' || s.w(m) === 'you' || isMeasured(s, condition) || s.isWord(k, VAGUE)) n = -1;
      if (n === k && !s.is(k + 1, Role.Hedge) && isVerbless(s, k) && !s.isMark(m, ',')) return true;
      if (
        n === k &&
        s.isMark(m, ',') &&
        isVerbless(s, k) &&
        (s.end - s.start <= 12 || (m + 1 === k && s.end - s.start <= 18))
      )
        return true;
      // "..., leave the tablets off": any verb in its base form.
      if (
        isOrder(s, m + 1, k) &&
        (stated ||
          (m - condition > 2 && !s.isMark(m, '-?') && s.w(m) !== 'and' && (s.w(m) !== 'you' || s.isMark(m - 1))))
      )
        return true;
    }
    if (!stated) continue;
    if (s.isWord(m, LINKS) && m > condition + 0 && !(s.w(m) === 'when' && m < condition + 2)) {
      if (/^(?:means|mean|tells|say|says)$/.test(s.w(m)) && k - m > 5) continue;
      if (s.findRole(m, k, Role.Not) >= 0) continue;
      return true;
    }
    if (s.is(m, Role.Be) && s.isWord(m + 1, PASSIVE)) return true;
  }
  // "..., a bisphosphonate is indicated"
  if (!stated) return hasComma(s, condition, k) && isTold(s, k);
  for (let m = k + 1; m < Math.min(s.end, k + 6); m++) {
    if (s.isMark(m, '.;?!')) return false;
    if (s.is(m, Role.Hedge | Role.Clinician)) return false;
    if (s.isWord(m, PASSIVE) && (s.is(m - 1, Role.Be) || s.is(m - 2, Role.Be))) return true;
  }
  return false;
}

function hasComma(s: Sentence, from: number, to: number): boolean {
  for (let m = from; m < to; m++) if (s.isMark(m, ',:')) return true;
  return s.findWord(from, to, words('then')) >= 0;
}

/** "allopurinol should be begun", "the tablets have to be stopped". */
function isTold(s: Sentence, k: number): boolean {
  // "... once the medicine is stopped": a condition itself.
  if (s.is(k - 1, Role.If) || s.is(k - 2, Role.If)) return false;
  if (/^(?:extra|another|second|further)$/.test(s.w(k - 1)) && s.has(k, Sense.Drug)) return true;
  for (let m = k + 1; m < Math.min(s.end, k + 6); m++) {
    if (s.isMark(m, '.;?!') || s.is(m, Role.Hedge | Role.Clinician | Role.Not)) return false;
    if (/^(?:starts|begins|goes|stops|comes)$/.test(s.w(m)) && m <= k + 2) return true;
    if (s.is(m, Role.Be) && s.isWord(m + 1, PASSIVE)) return true;
    if (s.is(m, Role.Modal) || /^(?:has|have)$/.test(s.w(m)))
      return s.findWord(m, Math.min(s.end, m + 4), PASSIVE) >= 0;
  }
  return false;
}

/** Treatment first: "metformin is stopped once eGFR is below 30", "hold warfarin for an INR above 4". */
function backward(s: Sentence, k: number, condition: number): boolean {
  const opener = s.findRole(k + 1, condition, Role.If);
  const joined = opener >= 0 || s.findWord(k + 1, condition, words('for at below above with provided')) >= 0;
  if (!joined || s.findRole(s.start, k, Role.If) >= 0) return false;
  for (let m = k + 1; m < condition; m++) if (s.isMark(m, '.;?!')) return false;
  if (opener >= 0) {
    for (let m = k + 1; m < Math.min(opener, k + 5); m++) if (s.isWord(m, PASSIVE) && s.is(m - 1, Role.Be)) return true;
  }
  const low = s.clauseStart(k);
  // "your plan is sound: extra furosemide when you gain more than two kilos"
  if (opener >= 0 && low > s.start && s.isMark(low - 1, ':') && k - low <= 2) return true;
  return isOrder(s, low, k) && opensClause(s, low);
}

function opensClause(s: Sentence, low: number): boolean {
  return s.tokens[low]?.kind === WORD && !s.has(low, MEDICINAL);
}

function isPlain(s: Sentence, n: number): boolean {
  if (s.isMark(n)) return s.isMark(n, '-=>:');
  if (s.is(n, Role.Be | Role.Have | Role.Hedge | Role.Not | Role.Clinician | Role.You | Role.General | Role.Refer))
    return false;
  return true;
}

const VAGUE = words('fluid fluids section film cells drain drainage cooling scan imaging oxygen dialysis surgery');

/** "at least 24 hours", "12 inches", "68 F": a number that no verbless rule is built on. */
function isMeasured(s: Sentence, i: number): boolean {
  return s.has(i + 1, Sense.Time) || /^(?:inches|feet|years|year|f|c|people|patients|or)$/.test(s.w(i + 1));
}

/** After the treatment the clause ends, or only a way or a time follows. */
function isVerbless(s: Sentence, k: number): boolean {
  for (let m = k + 1; m < Math.min(s.end, k + 7); m++) {
    if (s.isMark(m, '.,;|!-')) return true;
    if (
      s.is(m, Role.Be | Role.Have | Role.Hedge) ||
      /^(?:help|helps|work|works|lower|lowers|raise|raises|cause|causes)$/.test(s.w(m))
    )
      return false;
  }
  return true;
}

const KEEPING = words('store keep carry bring tell wear rinse check know ask call see read remember');
const DOES = words(
  'step go leave squeeze hang nudge push crush chuck knock swallow transfuse load treat treats send operate scan image repeat refer reach grab neck open run fit pass place insert attach titrate wean up drop ditch skip pause hold bolus slap stick bung whack lob',
);

/** A verb in its base form at `from` that acts on what stands at `k`, at most seven words on. */
function isOrder(s: Sentence, from: number, k: number, known = false): boolean {
  let i = from;
  while (
    i < from + 3 &&
    (s.is(i, Role.Adverb) ||
      s.w(i) === 'do' ||
      s.is(i, Role.Not) ||
      s.w(i) === 'you' ||
      s.w(i) === 'please' ||
      s.w(i) === 'and')
  )
    i++;
  const token = s.tokens[i];
  if (!token || i > k || k - i > 7) return false;
  if (token.kind !== WORD || !isBaseForm(token.w) || s.isWord(i, FUNCTION_WORDS)) return false;
  if (i === k) return s.is(k, Role.Manage);
  if (s.isWord(i, KEEPING)) return false;
  if (known && !(token.role & Role.Act) && !(token.sense & Sense.Take) && !s.isWord(i, DOES)) return false;
  if (token.role & (Role.Be | Role.Hedge | Role.Condition | Role.General | Role.Clinician | Role.Finding | Role.Refer))
    return false;
  if (token.sense & (MEDICINAL | Sense.Lab | Sense.Nutrition | Sense.Number | Sense.Medicine)) return false;
  for (let m = i + 1; m < k; m++)
    if (s.isMark(m, '.;:?!') || s.is(m, Role.Be | Role.Hedge | Role.If | Role.Clinician)) return false;
  return true;
}

/** "How to adjust your insulin ... readings over 130: go up": the medicine is named before, the rule changes it. */
function adjustment(s: Sentence, condition: number): Span | undefined {
  if (!((s.senses | s.sensesBefore) & Sense.Rx) || !s.has(condition, Sense.Number)) return undefined;
  for (let m = condition + 1; m < Math.min(s.end, condition + 9); m++) {
    if (!s.isMark(m, ':=>,-?')) continue;
    let n = m + 1;
    while (n < m + 3 && (s.w(n) === 'go' || s.w(n) === 'then' || s.w(n) === 'you' || s.w(n) === 'just')) n++;
    if (s.isWord(n, ADJUSTS) && !isExcused(s, s.start, n)) return rule(condition, n);
  }
  return undefined;
}

/** A doubt, a clinician who decides, people in general, a plan that was agreed. */
function isExcused(s: Sentence, from: number, k: number): boolean {
  if (s.isMark(s.end - 1, '?')) return true;
  for (let m = Math.max(s.start, from - 8); m < Math.min(s.end, k + 7); m++) {
    if (m > k && s.isMark(m, '.;?!')) return false;
    if (s.is(m, Role.Hedge) && !/^(?:suggest|suggests|can)$/.test(s.w(m))) return true;
    if (s.w(m) === 'can' && !s.is(m - 1, Role.You)) return true;
    if (s.is(m, Role.Clinician) && !s.is(m - 1, Role.Not)) return true;
    if (
      (s.w(m) === 'as' || s.w(m) === 'way') &&
      /^(?:prescribed|directed|instructed|advised|told|shown|agreed|your|you)$/.test(s.w(m + 1))
    )
      return true;
    if (/^(?:call|see|ask|contact|seek|consult|talk)$/.test(s.w(m)) && m < k) return true;
    if (s.reads(m, 'action', 'plan') || (/^(?:leaflet|label|risk|risks|chance)$/.test(s.w(m)) && m < k)) return true;
  }
  return false;
}
