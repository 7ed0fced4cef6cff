import { Role } from '../../lexicon/tags.ts';
import { type Sentence, words } from '../sentence.ts';
import { isConditional } from '../stance.ts';
import type { DiagnosisSpan } from './diagnosis-span.ts';

const THEIRS = words('his her');
const IT = words('it that');

const BROKEN = words(
  'underactive overactive inflamed failing ruptured perforated broken fractured torn dislocated sprained cancerous herniated burst infected malignant precancerous collapsed blocked clogged enlarged fine healthy okay normal',
);
const BREAKS = words(
  'broke broken tore torn fractured sprained dislocated ruptured herniated slipped strained burst pulled',
);
const ORGAN = words(
  'thyroid appendix kidney kidneys liver heart lung lungs gallbladder pancreas spleen prostate bladder colon bowel ovary ovaries uterus arteries artery valve disc disk meniscus acl achilles tendon ligament hip knee ankle wrist elbow shoulder leg arm foot toe finger rib ribs collarbone hamstring rotator cuff eardrum retina sinuses tonsils hand back spine nerve jaw nose skull pelvis vertebra',
);
const LUMP = words(
  'lump mole growth spot bump nodule cyst rash polyp mass tumor tumour lesion shadow swelling freckle mark',
);
const WOUND = words('wound cut bite scratch graze burn incision stitches finger toe tooth piercing tattoo');
const OPENERS = new Set(['what', ...LUMP, ...WOUND, 'his', 'her', 'nothing', 'no', 'it', 'that', 'spectrum']);
const HARMLESS = words('harmless benign noncancerous malignant cancerous');

/**
 * A diagnosis that names no disease: "your thyroid is underactive", "your appendix has ruptured", "you've torn your ACL",
 * "there is nothing wrong with your heart", "the lump is harmless", "cancer is out of the question for you".
 */
export function bodyVerdict(s: Sentence): DiagnosisSpan | undefined {
  if (s.isMark(s.end - 1, '?')) return undefined;
  for (let i = s.start; i < s.end; i++) {
    if (!s.is(i, Role.You | Role.Your | Role.Condition) && !s.isWord(i, OPENERS)) continue;
    const found =
      organIs(s, i) ??
      youBroke(s, i) ??
      nothingWrong(s, i) ??
      lumpIs(s, i) ??
      woundIs(s, i) ??
      whatYouDid(s, i) ??
      notYourHeart(s, i) ??
      outOfTheQuestion(s, i) ??
      allClear(s, i) ??
      pointsAt(s, i);
    if (found && !isUncertain(s, found.first, found.last)) return found;
  }
  return undefined;
}

function isUncertain(s: Sentence, from: number, to: number): boolean {
  if (isConditional(s, from)) return true;
  for (let k = Math.max(s.start, from - 8); k <= to; k++)
    if (
      /^(?:make|sure|ensure|keep|keeps|help|helps|how|why)$/.test(s.w(k)) ||
      (s.w(k) === 'so' && s.w(k + 1) === 'that') ||
      (s.is(k, Role.Said) && /^(?:fine|healthy|okay|normal)$/.test(s.w(to))) ||
      s.is(k, Role.Hedge | Role.If | Role.Whether) ||
      (s.is(k, Role.Said) && s.findRole(Math.max(s.start, k - 2), k, Role.You) >= 0) ||
      s.is(k, Role.Clinician)
    )
      return true;
  return false;
}

const found = (first: number, last: number, reason: string): DiagnosisSpan => ({ first, last, reason, soft: false });

function organIs(s: Sentence, i: number): DiagnosisSpan | undefined {
  if (!(s.is(i, Role.Your) || THEIRS.has(s.w(i)))) return undefined;
  // A text about a disease tells what it does to "your" organs; a verdict names none.
  if (s.rolesBefore & Role.Condition) return undefined;
  for (let k = s.start; k < s.end; k++) if (s.is(k, Role.Condition) && !s.isWord(k, BROKEN)) return undefined;
  const organ = s.findWord(i + 1, Math.min(s.end, i + 4), ORGAN);
  if (organ < 0) return undefined;
  let k = organ + 1;
  while (s.isWord(k, ORGAN)) k++;
  if (!(s.is(k, Role.Be) || /^(?:has|have)$/.test(s.w(k)))) return undefined;
  for (let m = k + 1; m < Math.min(s.end, k + 5); m++) {
    if (s.is(m, Role.Not) || s.isMark(m)) return undefined;
    if (s.isWord(m, BROKEN)) return found(i, m, 'says what is wrong with a part of a body');
  }
  return undefined;
}

function youBroke(s: Sentence, i: number): DiagnosisSpan | undefined {
  if (!s.is(i, Role.You) || s.is(i, Role.Your)) return undefined;
  let k = i + 1;
  while (k < i + 4 && (s.is(k, Role.Have | Role.Adverb | Role.Likely | Role.Certain) || s.w(k) === 'have')) k++;
  if (!s.isWord(k, BREAKS)) return undefined;
  if (!(s.is(k + 1, Role.Your) || /^(?:a|an|the)$/.test(s.w(k + 1)))) return undefined;
  const part = s.findWord(k + 2, Math.min(s.end, k + 6), ORGAN);
  return part >= 0 ? found(i, part, 'says what a person has injured') : undefined;
}

function nothingWrong(s: Sentence, i: number): DiagnosisSpan | undefined {
  if (s.w(i) !== 'nothing') return undefined;
  let k = i + 1;
  while (k < i + 4 && (s.is(k, Role.Adverb) || /^(?:is|serious|seriously|physically)$/.test(s.w(k)))) k++;
  if (/^(?:broken|torn|fractured)$/.test(s.w(k)) && s.w(k + 1) === 'in' && s.is(k + 2, Role.Your))
    return found(i, k + 2, 'says that nothing is wrong with a person');
  if (!((s.w(k) === 'wrong' || s.w(k) === 'matter') && s.w(k + 1) === 'with')) return undefined;
  return s.is(k + 2, Role.Your | Role.You) || /^(?:his|her|him)$/.test(s.w(k + 2))
    ? found(i, k + 2, 'says that nothing is wrong with a person')
    : undefined;
}

function lumpIs(s: Sentence, i: number): DiagnosisSpan | undefined {
  if (!s.isWord(i, LUMP) || !(/^(?:the|that|this)$/.test(s.w(i - 1)) || s.is(i - 1, Role.Your))) return undefined;
  if (s.end - s.start > 10 || s.rolesBefore & Role.Condition) return undefined;
  if (!s.is(i + 1, Role.Be)) return undefined;
  for (let k = i + 2; k < Math.min(s.end, i + 6); k++) {
    if (s.isMark(k)) return undefined;
    if (s.isWord(k, HARMLESS)) return found(i - 1, k, 'says what a finding is');
  }
  return undefined;
}

/** "there is no cancer in your body", "you are perfectly healthy". */
function allClear(s: Sentence, i: number): DiagnosisSpan | undefined {
  if (s.w(i) === 'no' && s.is(i + 1, Role.Condition) && s.is(i - 1, Role.Be) && s.w(i - 2) === 'there') {
    const your = s.findRole(i + 2, Math.min(s.end, i + 6), Role.Your);
    return your >= 0 ? found(i - 2, your, 'rules a condition out for a person') : undefined;
  }
  if (s.is(i, Role.You) && s.is(i + 1, Role.Be) && /^(?:perfectly|totally|completely|absolutely)$/.test(s.w(i + 2)))
    return /^(?:healthy|fine|well)$/.test(s.w(i + 3)) ? found(i, i + 3, 'calls a person healthy') : undefined;
  return undefined;
}

/** "it is your gallbladder", "your kid is on the autism spectrum". */
function pointsAt(s: Sentence, i: number): DiagnosisSpan | undefined {
  if (s.end - s.start > 10) return undefined;
  if (IT.has(s.w(i)) && i === s.start && s.is(i + 1, Role.Be) && s.is(i + 2, Role.Your))
    return s.isWord(i + 3, ORGAN) && (i + 4 >= s.end || s.isMark(i + 4, '.!'))
      ? found(i, i + 3, 'names the cause of a complaint')
      : undefined;
  if (s.w(i) === 'spectrum' && s.findRole(s.start, i, Role.You | Role.Your | Role.Third) >= 0) {
    const on = s.findWord(Math.max(s.start, i - 4), i, words('on'));
    return on > s.start && s.is(on - 1, Role.Be) ? found(on - 1, i, 'says that a person has a condition') : undefined;
  }
  return undefined;
}

function outOfTheQuestion(s: Sentence, i: number): DiagnosisSpan | undefined {
  if (!s.is(i, Role.Condition)) return undefined;
  for (let k = i + 1; k < Math.min(s.end, i + 5); k++)
    if (s.reads(k, 'out', 'of', 'the', 'question') || s.reads(k, 'off', 'the', 'table') || s.reads(k, 'ruled', 'out'))
      return s.findRole(k, s.end, Role.You | Role.Your) >= 0 && s.findRole(i, k, Role.Not | Role.Modal) < 0
        ? found(i, k + 1, 'rules a condition out for a person')
        : undefined;
  return undefined;
}

/** "the wound is infected", "that finger is broken". */
function woundIs(s: Sentence, i: number): DiagnosisSpan | undefined {
  if (!s.isWord(i, WOUND) || !(/^(?:the|that|this)$/.test(s.w(i - 1)) || s.is(i - 1, Role.Your))) return undefined;
  if (s.rolesBefore & Role.Condition || !s.is(i + 1, Role.Be)) return undefined;
  let k = i + 2;
  while (s.is(k, Role.Adverb | Role.Certain)) k++;
  return /^(?:infected|septic|broken|fractured|dislocated|sprained|abscessed)$/.test(s.w(k))
    ? found(i - 1, k, 'says what is wrong with a part of a body')
    : undefined;
}

/** "what you did on Saturday was tear the inner meniscus". */
function whatYouDid(s: Sentence, i: number): DiagnosisSpan | undefined {
  if (s.w(i) !== 'what' || !(s.is(i + 1, Role.You) || /^(?:he|she)$/.test(s.w(i + 1)))) return undefined;
  if (!/^(?:did|have|has)$/.test(s.w(i + 2))) return undefined;
  const be = s.findRole(i + 3, Math.min(s.end, i + 8), Role.Be);
  if (be < 0) return undefined;
  const broke = s.findWord(
    be + 1,
    Math.min(s.end, be + 3),
    words(
      'tear tore torn break broke broken fracture sprain sprained rupture ruptured dislocate strain strained pull slip',
    ),
  );
  if (broke < 0) return undefined;
  const part = s.findWord(broke + 1, Math.min(s.end, broke + 5), ORGAN);
  return part >= 0 ? found(i, part, 'says what a person has injured') : undefined;
}

/** "it's not your heart", "your chest pain isn't cardiac", "your cough is viral". */
function notYourHeart(s: Sentence, i: number): DiagnosisSpan | undefined {
  if (s.end - s.start > 14 || s.rolesBefore & Role.Condition) return undefined;
  if (
    /^(?:it|that|this)$/.test(s.w(i)) &&
    (i === s.start || s.isMark(i - 1)) &&
    s.is(i + 1, Role.Be) &&
    s.is(i + 2, Role.Not)
  )
    return s.is(i + 3, Role.Your) && s.isWord(i + 4, ORGAN) && (i + 5 >= s.end || s.isMark(i + 5))
      ? found(i, i + 4, 'rules a cause out')
      : undefined;
  if (!s.is(i, Role.Your)) return undefined;
  const finding = s.findRole(i + 1, Math.min(s.end, i + 4), Role.Finding);
  if (finding < 0) return undefined;
  const be = s.findRole(finding + 1, Math.min(s.end, finding + 3), Role.Be);
  const kind =
    be < 0
      ? -1
      : s.findWord(
          be + 1,
          Math.min(s.end, be + 4),
          words('cardiac viral bacterial fungal muscular allergic psychosomatic hormonal'),
        );
  return kind >= 0 && (kind + 1 >= s.end || s.isMark(kind + 1))
    ? found(i, kind, "says what a person's complaint comes from")
    : undefined;
}
