import { Role } from '../../lexicon/tags.ts';
import { WORD } from '../../text/token.ts';
import { type Sentence, words } from '../sentence.ts';
import { isConditional } from '../stance.ts';
import { AFTER_COMPOUND, CONDITION, conditionAfter, isLikely, isThatClause } from './condition-after.ts';
import { isPerson, personNear } from './described-person.ts';
import { type DiagnosisSpan, span } from './diagnosis-span.ts';
import { inConditionalList, isDeniedInference, isReported } from './reported.ts';

const DOUBTS = words('doubt question uncertainty');
const THEIRS = words('his her their');

const NAMED = Role.Condition | Role.ConditionAdjective;
const ANY = Role.Condition | Role.ConditionHead | Role.ConditionAdjective;

/** Verbs by which a person comes to a condition, beyond "have" and "be". */
const ACQUIRES = words(
  'suffer suffers suffering suffered develop develops developed developing catch catches caught contract contracted contracting carry carries carrying show shows showing meet meets fit fits fall falls qualify qualifies present presents presented presenting experience experiencing fight fighting battle battling face facing deal dealing look looking live living harbor harbour nursing come comes came coming down pick picked land landed got getting went gone gave given score scores count counts test tests',
);
/** After one of these a condition is no longer asserted of the subject. */
const TURNS_AWAY = words(
  'used myth myths chance chances odds likelihood cure as risk risks about against avoid avoiding prevent prevents preventing prevention protect protects protection question questions asked ask asking read reading know knowing learn learning understand heard hear worry worried worrying afraid fear fears think thinking wonder wondering told called known named term check checked checking screen screened screening tested test rule ruled suspect suspected suspects exposed likely history runs gene genes between like such include includes including example examples cause causes causing family relative alone someone anyone people patients others alone than how why whether typical where when what which common often usually sometimes may might could would can',
);
const ACUTE = words(
  'heart stroke tia seizure infarct infarction stemi nstemi concussion miscarriage mini panic migraine',
);
/** What joins what is seen of a person to what it is said to be. */
const LINKS = words(
  'is are was be being means mean equals equal spells spell screams scream says say tells tell points point adds add fits fit matches match makes make puts put places lands confirms confirm shows show proves prove reveals reveal signals signal indicates establishes gives spells seals seal settles',
);
const AFTER_LINK = words(
  'a an the to up in at of on me us that you your he she it this have has got are is be been being re plain simply just only nothing but more less than all really clearly caused causing due down because from result consistent with classic textbook case cases sign full blown official now my own doing work fault early mild moderate severe acute chronic stage range territory into squarely called by not no longer one big bad good old nasty little bit what we call',
);
/** Nouns of a text that speaks about itself or about a disease: "this condition is", "the term is". */
const TEXTUAL = words(
  'condition disease illness disorder type kind form term word name process page article section topic question chapter guide leaflet summary overview lesson example picture video scale image drawing film movie book chart diagram vaccine gene drug medicine study survey app website letter sheet series poster quiz abbreviation goal aim purpose most best first main idea myth fact treatment test diagnosis risk cause causes role part way difference doctor answer reason point key good bad worst least only other same one two three point problem',
);
const WHOLE = words('everything all evidence picture story combination pattern signs findings features');
const CAUSES = words(
  'reason cause culprit explanation source root behind why trouble issue problem answer matter wrong',
);
const VERDICTS = words('diagnosis answer verdict culprit problem conclusion');
const DISMISSES = words('forget dismiss discount exclude cross scratch strike discard');

const HOOK_ROLES = Role.You | Role.Your | Role.Third | Role.Kin | Role.This | Role.Condition | Role.We;
const HOOKS = new Set([
  ...WHOLE,
  ...CAUSES,
  ...DISMISSES,
  ...words('the his her their our what would i my doubt question uncertainty old yo m f male female pt patient'),
]);

/** A condition said of one person, found from the condition backwards: whoever the subject, whatever the verb. */
export function asserted(s: Sentence): DiagnosisSpan | undefined {
  if (s.isMark(s.end - 1, '?')) return undefined;
  for (let i = s.start; i < s.end; i++) {
    // Most words begin no reading.
    const token = s.tokens[i];
    if (!token || (!(token.role & HOOK_ROLES) && token.hint === 0 && token.value !== 1 && !HOOKS.has(token.w)))
      continue;
    const found =
      haveIt(s, i) ??
      noDoubt(s, i) ??
      personHasIt(s, i) ??
      thingIsIt(s, i) ??
      causeIs(s, i) ??
      isTheAnswer(s, i) ??
      called(s, i) ??
      dismissed(s, i);
    if (found) return found;
  }
  return undefined;
}

/** Whether anything from `from` to `to` takes the assertion back: a doubt, a condition, a source, another subject. */
function isTakenBack(s: Sentence, from: number, to: number): boolean {
  for (let k = Math.max(s.start, from); k < to; k++) {
    if (s.is(k, Role.If | Role.Whether) && s.w(k) !== 'once') return true;
    if (s.is(k, Role.Hedge) && !(s.w(k) === 'can' && /^(?:tell|see|only|say|hear)$/.test(s.w(k + 1)))) return true;
    if (s.is(k, Role.Clinician) || s.w(k) === 'who' || s.w(k) === 'or') return true;
  }
  return false;
}

/** What follows a condition and undoes the assertion: "... is possible", "... or asthma", a title or a quotation. */
function isUndoneAfter(s: Sentence, c: number): boolean {
  let k = c + 1;
  while (s.is(k, ANY)) k++;
  if (s.isWord(k, AFTER_COMPOUND) || (s.w(k) === 'or' && s.findRole(k, Math.min(s.end, k + 5), ANY) >= 0)) return true;
  if ((s.isMark(k, ',') && s.w(k + 1) === 'among') || s.w(k) === 'among') return true;
  if (s.isMark(k, '"') && s.is(k + 1, Role.Be | Role.Hedge)) return true;
  for (let m = k; m < Math.min(s.end, k + 3); m++) {
    if (s.isMark(m)) return false;
    if (s.is(m, Role.Hedge | Role.Whether) && s.w(m) !== 'can') return true;
  }
  return false;
}

/** "..., so you have it", "... and you don't have it": the condition was named in the same sentence. */
function haveIt(s: Sentence, i: number): DiagnosisSpan | undefined {
  if (!s.is(i, Role.You) || s.is(i, Role.Your)) return undefined;
  let k = i + 1;
  while (k < i + 4 && (s.is(k, Role.Not | Role.Adverb | Role.Certain) || s.w(k) === 'do')) k++;
  if (!(s.w(k) === 'have' && /^(?:it|that|this)$/.test(s.w(k + 1)) && (k + 2 >= s.end || s.isMark(k + 2, '.!,;'))))
    return undefined;
  const c = s.findRole(s.start, i, CONDITION);
  if (c < 0 || isConditional(s, i) || isReported(s, i) || isTakenBack(s, Math.max(s.clauseStart(i), i - 4), i))
    return undefined;
  return span(c, k + 1, 'says that a person has a condition');
}

/** "leaves little room for doubt about hypothyroidism in your case". */
function noDoubt(s: Sentence, i: number): DiagnosisSpan | undefined {
  if (!DOUBTS.has(s.w(i)) || s.findWord(Math.max(s.start, i - 4), i, words('no little without zero')) < 0)
    return undefined;
  if (!/^(?:about|that|as|over|of)$/.test(s.w(i + 1)) || !personNear(s)) return undefined;
  const c = s.findRole(i + 2, Math.min(s.end, i + 8), CONDITION);
  return c >= 0 && !isUndoneAfter(s, c) ? span(i, c, 'names a condition with certainty') : undefined;
}

function personHasIt(s: Sentence, i: number): DiagnosisSpan | undefined {
  if (!isPerson(s, i)) return undefined;
  if (isConditional(s, i) || isReported(s, i) || isDeniedInference(s, i)) return undefined;
  if (s.isWord(i - 1, SUBORDINATES)) return undefined;
  let not = false;
  for (let k = i + 1; k < Math.min(s.end, i + 9); k++) {
    if (s.isMark(k, '.;:?!|("') || s.w(k) === 'i') return undefined;
    if (s.is(k, Role.Not)) not = true;
    if (k > i + 1 && s.is(k, Role.You | Role.Third) && !s.is(k, Role.Your)) return undefined;
    if (s.is(k, Role.Have) && s.w(k + 1) === 'to') return undefined;
    if (s.is(k, Role.Modal) && !/^(?:must|shall)$/.test(s.w(k))) return undefined;
    const have = s.is(k, Role.Have);
    const noted = /^(?:with|w)$/.test(s.w(k)) && /^(?:pt|patient|f|m|yo|male|female)$/.test(s.w(i)) && k === i + 1;
    if (have || s.isWord(k, ACQUIRES) || s.is(k, Role.Be) || noted) {
      if (s.w(k) === 'had' && !s.is(k - 1, Role.Have) && (s.findWord(k + 1, k + 4, ACUTE) < 0 || !s.is(i, Role.You)))
        continue;
      const c = conditionAfter(
        s,
        k + 1,
        9,
        have || noted || s.isWord(k, ACQUIRES) ? Role.Condition | Role.ConditionHead : ANY,
      );
      if (not && /^(?:catch|get|develop|contract|come)$/.test(s.w(k))) return undefined;
      if (c < 0 || (s.w(c) === 'cold' && !s.is(i, Role.You))) continue;
      if (s.is(k, Role.Be) && !isComplement(s, k + 1, c)) continue;
      if (s.findWord(k, c, TURNS_AWAY) >= 0 || isTakenBack(s, Math.max(s.clauseStart(i), i - 6), c)) return undefined;
      if (isUndoneAfter(s, c) || inConditionalList(s, i) || s.findRole(i + 1, k, CONDITION) >= 0) return undefined;
      return span(
        i,
        c,
        not ? 'rules a condition out for a person' : 'says that a person has a condition',
        isLikely(s, Math.max(s.start, i - 5), c) && !not,
      );
    }
    // Only words that add nothing may stand before the verb; a name or a form of address may stand between commas.
    if (s.is(k, Role.Hedge | Role.If | Role.General | Role.Clinician)) return undefined;
  }
  return undefined;
}

const SUBORDINATES = words(
  'after before or longer sooner more until because since where whenever while although though',
);

/** Between "is" and a condition: "in", "with", "a", "type 2", adverbs. "She is a nurse who treats asthma" is none. */
function isComplement(s: Sentence, from: number, c: number): boolean {
  for (let k = from; k < c; k++) {
    if (s.isMark(k, '-/"') || s.isNumber(k) || s.is(k, Role.Adverb | Role.Certain | Role.Likely | Role.Not)) continue;
    if (/^(?:that|this|it|have|has|says|tells)$/.test(s.w(k))) return false;
    if (s.isWord(k, AFTER_LINK) || s.isWord(k, ACQUIRES) || s.is(k, ANY) || (s.w(k) === 'with' && k === from)) continue;
    const token = s.tokens[k];
    if (token && (token.sense | token.role) === 0 && c - k <= 2 && token.w !== 'with') continue;
    return false;
  }
  return true;
}

/** "Your spinning spells are BPPV", "the bump's a cyst", "all of this adds up to lupus", "those floaters are nothing but ...". */
function thingIsIt(s: Sentence, i: number): DiagnosisSpan | undefined {
  const your =
    s.is(i, Role.Your) || THEIRS.has(s.w(i)) || (s.w(i) === 'our' && s.findRole(i + 1, i + 4, Role.Finding) > 0);
  const pointed = (s.is(i, Role.This) && s.w(i) !== 'it') || s.w(i) === 'what';
  const whole = s.isWord(i, WHOLE);
  const head = s.w(i) === 'the' || whole;
  if (!your && !pointed && !head) return undefined;
  if (i > s.start && !s.isMark(i - 1) && !s.is(i - 1, Role.Conjunction | Role.Adverb | Role.Means | Role.If)) {
    if (!/^(?:that|say|think|afraid|sorry|confident|sure|certain|because|since|with|given|tell|see)$/.test(s.w(i - 1)))
      return undefined;
  }
  if (isThatClause(s, i)) return undefined;
  if (isConditional(s, i) || s.is(i - 1, Role.If) || inConditionalList(s, i) || isDeniedInference(s, i))
    return undefined;
  let not = false;
  const person = personNear(s) || s.findRole(s.start, s.end, Role.Third) >= 0;
  for (let k = i + 1; k < Math.min(s.end, i + 14); k++) {
    if (s.isMark(k, '.;?!|')) return undefined;
    if (s.is(k, Role.Hedge | Role.If | Role.General | Role.Clinician) && !(s.w(k) === 'those' && k === i)) {
      if (s.w(k) !== 'that' && s.w(k) !== 'which') return undefined;
    }
    if (s.is(k, CONDITION) && !s.is(k, Role.Finding)) return undefined;
    if (s.is(k, Role.Not)) not = true;
    // A person as the head is no finding: "her grandmother used to say".
    if (
      s.is(k, Role.Kin) &&
      k === i + 1 &&
      !(s.is(k + 1, Role.Finding) || (s.tokens[k + 1]?.kind === WORD && !s.isWord(k + 1, LINKS)))
    )
      return undefined;
    if (/^(?:say|says)$/.test(s.w(k)) && !whole && s.findRole(i, k, Role.Finding) < 0) return undefined;
    if (s.isWord(k, TURNS_AWAY) && !s.is(k, Role.Finding)) return undefined;
    const link = s.isWord(k, LINKS) || s.is(k, Role.Means) || s.isMark(k, '=');
    if (!link) continue;
    let from = k + 1;
    while (
      from < k + 9 &&
      !s.is(from, CONDITION) &&
      (s.isWord(from, AFTER_LINK) ||
        s.is(from, Role.Adverb | Role.Certain | Role.Likely | Role.Not) ||
        s.isNumber(from) ||
        (s.w(from) === 'type' && s.isNumber(from + 1)) ||
        s.isMark(from, '-",:'))
    ) {
      if (s.is(from, Role.Not)) not = true;
      from++;
    }
    const c = conditionAfter(s, from, 3, NAMED);
    if (c < 0 || s.is(c, Role.Finding)) continue;
    if (s.findWord(k + 1, c, TURNS_AWAY) >= 0 || isUndoneAfter(s, c)) return undefined;
    if (not && /^(?:mean|means|always|necessarily)$/.test(s.w(k))) return undefined;
    if (not && s.findWord(i, c, words('always necessarily just only contagious usually')) >= 0) return undefined;
    if (isTakenBack(s, Math.max(s.clauseStart(i), i - 6), i)) return undefined;
    if (!your && !accepts(s, i, k, c, person, whole)) return undefined;
    if (your && s.findRole(i, k, Role.Clinician) >= 0) return undefined;
    return span(
      i,
      c,
      not ? "rules a condition out from a person's finding" : "reads a person's finding as a condition",
      isLikely(s, i, c) && !not,
    );
  }
  return undefined;
}

/** Whether a subject that is not "your" points at what a person has: by the person, a finding or the shortness of a verdict. */
function accepts(s: Sentence, i: number, link: number, c: number, person: boolean, whole: boolean): boolean {
  const noun = s.findRole(i + 1, link, Role.Finding) >= 0;
  const before = (s.rolesBefore & CONDITION) !== 0;
  const textual = s.findWord(i, link, TEXTUAL) >= 0;
  if (textual) return false;
  if (whole) return person || s.end - s.start <= 9;
  let last = c;
  while (s.is(last + 1, ANY)) last++;
  const ends = last + 1 >= s.end || s.isMark(last + 1, '.,!;-');
  if (s.w(i) === 'the') return (noun || person) && !before && (ends || person) && link - i >= 2;
  if (s.w(i) === 'what') return person && link - i >= 2;
  if (link === i + 1) return false; // "this is X" is read elsewhere
  return (noun || person || s.end - s.start <= 12) && !(before && !person) && ends;
}

/** "The reason you are tired is anemia", "what's behind your headaches is high blood pressure". */
function causeIs(s: Sentence, i: number): DiagnosisSpan | undefined {
  if (!s.isWord(i, CAUSES) || isTakenBack(s, s.clauseStart(i), i)) return undefined;
  let person = false;
  for (let k = i + 1; k < Math.min(s.end, i + 13); k++) {
    if (s.isMark(k, '.;?!|(')) return undefined;
    if (s.is(k, Role.Hedge | Role.If | Role.Clinician | Role.General | Role.Not)) return undefined;
    if (s.is(k, CONDITION)) return undefined;
    if (s.is(k, Role.You | Role.Your | Role.Third | Role.Kin) || /^(?:his|her)$/.test(s.w(k))) person = true;
    if (!person || !(s.is(k, Role.Be) || s.isMark(k, ':'))) continue;
    const c = conditionAfter(s, k + 1, 6, NAMED);
    if (c < 0 || !isComplement(s, k + 1, c)) continue;
    return isUndoneAfter(s, c) ? undefined : span(i, c, "gives the cause of a person's symptoms", isLikely(s, i, c));
  }
  return undefined;
}

/** "Hashimoto's is your diagnosis", "Lyme it is", "..., so that's what you have". */
function isTheAnswer(s: Sentence, i: number): DiagnosisSpan | undefined {
  if (!s.is(i, CONDITION) || isTakenBack(s, s.start, i)) return undefined;
  let k = i;
  while (s.is(k + 1, ANY)) k++;
  if (s.w(k + 1) === 'it' && s.is(k + 2, Role.Be) && (k + 3 >= s.end || s.isMark(k + 3, '.!,')))
    return span(i, k + 2, 'names the condition');
  // "..., so that's what you have"
  for (let m = k + 1; m + 2 < s.end; m++)
    if (
      s.w(m) === 'that' &&
      s.is(m + 1, Role.Be) &&
      ((s.w(m + 2) === 'what' && s.findRole(m + 3, m + 5, Role.You | Role.Your | Role.Third) >= 0) ||
        (s.is(m + 2, Role.Your) && s.isWord(m + 3, VERDICTS)))
    )
      return s.findRole(k, m, Role.Hedge | Role.If) < 0 ? span(i, m + 2, 'states the diagnosis') : undefined;
  for (let m = k + 1; m < Math.min(s.end, k + 7); m++) {
    if (s.is(m, Role.Not | Role.Hedge) || s.isMark(m, '.;?!')) return undefined;
    if (!s.is(m, Role.Be)) continue;
    const own = s.is(m + 1, Role.Your) || s.is(m + 1, Role.This) || /^(?:the|what|his|her|why)$/.test(s.w(m + 1));
    if (!own) return undefined;
    if (s.isWord(m + 2, VERDICTS) && (s.is(m + 1, Role.Your) || personNear(s) || m + 3 >= s.end || s.isMark(m + 3)))
      return span(i, m + 2, 'states the diagnosis');
    if (
      /^(?:what|why)$/.test(s.w(m + 1)) &&
      s.findRole(m + 2, Math.min(s.end, m + 5), Role.You | Role.Your | Role.Third | Role.This | Role.We) >= 0
    )
      return span(i, m + 2, 'states the diagnosis');
    return undefined;
  }
  return undefined;
}

/** "I'd call it a concussion", "we're dealing with polymyalgia", "I'm confident this is ...". */
function called(s: Sentence, i: number): DiagnosisSpan | undefined {
  // "a colleague of mine would call this textbook plantar fasciitis"
  if (
    s.w(i) === 'would' &&
    s.w(i + 1) === 'call' &&
    s.is(i + 2, Role.This) &&
    s.findRole(s.clauseStart(i), i, Role.Clinician | Role.General | Role.If) < 0
  ) {
    const c = conditionAfter(s, i + 3, 5, NAMED);
    return c >= 0 && !isUndoneAfter(s, c) ? span(i, c, 'names the condition') : undefined;
  }
  if (!(s.w(i) === 'i' || (s.is(i, Role.We) && s.w(i) === 'we') || s.w(i) === 'my')) return undefined;
  const verb = s.findWord(
    i + 1,
    Math.min(s.end, i + 6),
    words(
      'call label name diagnose put dealing looking seeing facing verdict read take diagnosis bet money guess vote',
    ),
  );
  if (verb < 0 || isTakenBack(s, s.clauseStart(i), verb)) return undefined;
  for (let k = i; k < verb; k++) if (s.is(k, Role.Not) || s.is(k, Role.Hedge)) return undefined;
  const reads = /^(?:verdict|read|take|diagnosis|bet|money|guess|vote)$/.test(s.w(verb));
  if (reads !== (s.w(i) === 'my')) return undefined;
  // "We call this anaemia" teaches a word.
  if (s.w(i) === 'we' && /^(?:call|label|name|put)$/.test(s.w(verb))) return undefined;
  if (/^(?:call|label|name|put)$/.test(s.w(verb)) && !s.is(verb + 1, Role.This | Role.You)) return undefined;
  if (/^(?:looking|seeing|facing|dealing)$/.test(s.w(verb)) && !/^(?:at|with|a|an|here)$/.test(s.w(verb + 1)))
    return undefined;
  const c = conditionAfter(s, verb + 1, 9, NAMED);
  if (c < 0 || isUndoneAfter(s, c) || s.findWord(verb + 1, c, TURNS_AWAY) >= 0) return undefined;
  if (s.rolesBefore & CONDITION && !personNear(s) && s.w(verb) === 'call') return undefined;
  return span(i, c, 'names the condition', reads || isLikely(s, i, c));
}

/** "You can forget about cancer", "cross lupus off the list". */
function dismissed(s: Sentence, i: number): DiagnosisSpan | undefined {
  if (!s.isWord(i, DISMISSES) || s.is(i - 1, Role.Not) || s.w(i - 1) === 'to') return undefined;
  const told =
    i === s.start ||
    s.isMark(i - 1) ||
    s.is(i - 1, Role.Conjunction | Role.Adverb) ||
    s.is(i - 2, Role.You) ||
    s.is(i - 1, Role.You);
  if (!told || isConditional(s, i)) return undefined;
  const c = s.findRole(i + 1, Math.min(s.end, i + 5), CONDITION);
  return c >= 0 &&
    s.findWord(i + 1, c, words('myth myths story stories risk fear')) < 0 &&
    !isUndoneAfter(s, c) &&
    s.findRole(i, c, Role.Clinician) < 0
    ? span(i, c, 'rules a condition out for a person')
    : undefined;
}
