import { Role, Sense } from '../../lexicon/tags.ts';
import { WORD } from '../../text/token.ts';
import { type Sentence, words } from '../sentence.ts';
import type { Span } from '../span.ts';
import { isBaseForm, isConditional } from '../stance.ts';

/** First words of a clause that are no verb, so that what follows is no order. Closed classes, and what openers share. */
const NO_VERB = words(
  'in on at by of for with from to as than like unlike despite after before during while since because although though both all some many most each either neither the a an this that these those it its he she they we i you your my our his her their how what why when where who which if unless whether and or but so not no never yes ok okay here there however also usually often sometimes typically generally commonly today for example such other another certain common generic brand several various two three one between among within without about over under per via note remember please just then only even both once every any more less none only especially mostly later now oral topical inhaled long short high low new modern older newer first second using taking giving being having avoid avoiding',
);
/** Verbs that keep a medicine as it is, or only speak of it. */
const KEEPS = words(
  'store keep tell bring ask show read carry check know list track organize organise label refill protect mention remember understand review discuss pick collect pack record log take use apply inject get have finish complete continue follow explain consider dispose return learn see talk call contact speak inform compare describe name find look watch write report notice expect avoid share give help let make need want try say think feel work works treat cause include ensure refrigerate shake wash rinse measure monitor count examine inspect study question discard recycle swallow',
);
const LESSENS = words('lapse expire go slide');
const OTHERS = words(
  'mother father sister brother friend husband wife roommate neighbor neighbour mom dad partner uncle aunt cousin mothers fathers sisters brothers friends husbands wives leftover someone',
);

/**
 * The reader told to do anything to a prescription medicine that does not keep it as it is: "bring the prednisone down",
 * "put your Coumadin on hold", "layer Abilify on top". The verb may be any word: it is the clause that directs.
 */
export function toldAboutMedicine(s: Sentence): Span | undefined {
  if (!(s.senses & Sense.Rx) || s.isMark(s.end - 1, '?')) return undefined;
  const another = s.findWord(s.start, s.end, OTHERS) >= 0;
  if (s.findRole(s.start, s.end, Role.Clinician) >= 0) return wantedFromClinician(s);
  if (s.roles & (Role.If | Role.Whether) && !another) return undefined;
  for (let i = s.start; i < s.end; i++) {
    if (s.has(i, Sense.Rx)) {
      const found = cleft(s, i) ?? noLongerNeeded(s, i) ?? needsChange(s, i) ?? personGets(s, i);
      if (found) return found;
    }
    const opens = i === s.start || s.isMark(i - 1, '.;:!-"') || (s.tokens[i]?.gap === 2 && i > s.start);
    if (!opens) continue;
    const found = order(s, i);
    if (found) return found;
  }
  return undefined;
}

function order(s: Sentence, at: number): Span | undefined {
  let i = at;
  let negative = false;
  while (i < at + 3 && (s.is(i, Role.Adverb) || /^(?:please|so|and|just)$/.test(s.w(i)))) i++;
  if (s.w(i) === 'do' && s.w(i + 1) === 'not') {
    negative = true;
    i += 2;
  }
  const token = s.tokens[i];
  if (!token || token.kind !== WORD || token.w.length < 3 || !isBaseForm(token.w)) return undefined;
  if (token.sense & (Sense.Rx | Sense.Drug | Sense.Lab | Sense.Medicine) || token.role & (Role.Condition | Role.Be))
    return undefined;
  if (s.isWord(i, NO_VERB) && !negative) return undefined;
  for (let k = i + 1; k < Math.min(s.end, i + 5); k++) {
    if (s.isMark(k) || s.is(k, Role.Be | Role.Hedge | Role.General)) return undefined;
    if (!s.has(k, Sense.Rx)) continue;
    // An unknown word before a brand and a particle: "layer Abilify on top".
    const determined =
      (k === i + 1 && !token.sense && /^(?:on|up|down|out|off|away|in|into|aside)$/.test(s.w(k + 1))) ||
      s.is(k - 1, Role.Your) ||
      /^(?:the|his|her|that|this)$/.test(s.w(k - 1)) ||
      s.is(k - 2, Role.Your);
    if (!determined || !s.has(k, Sense.Drug)) return undefined;
    const rest = s.findRole(k + 1, s.end, Role.Be | Role.Have | Role.Hedge);
    if (negative) {
      const short = k + 1 >= s.end || s.isMark(k + 1, '.!');
      return short && /^(?:start|begin|refill|fill|restart|resume|renew)$/.test(token.w)
        ? { first: at, last: k, reason: 'tells the reader not to start a prescription medicine' }
        : undefined;
    }
    if (s.isWord(i, KEEPS)) {
      const another = s.findWord(i + 1, k, OTHERS) >= 0 && /^(?:share|take|use|try|get)$/.test(token.w);
      const down = token.w === 'bring' && /^(?:down|up)$/.test(s.w(k + 1));
      const lapses = token.w === 'let' && s.isWord(k + 1, LESSENS);
      return another || lapses || down
        ? { first: i, last: k, reason: "tells the reader to take another person's medicine or to let one lapse" }
        : undefined;
    }
    if (rest >= 0) return undefined;
    if (s.findWord(i, s.end, words('prescribed directed instructed advice label fridge bottle list')) >= 0)
      return undefined;
    return { first: i, last: k, reason: 'tells the reader what to do with a prescription medicine' };
  }
  return undefined;
}

/** "what he needs is haloperidol", "metronidazole is the antibiotic you need". */
function cleft(s: Sentence, i: number): Span | undefined {
  for (let k = i - 1; k >= Math.max(s.start, i - 4); k--) {
    if (s.is(k, Role.Not | Role.Hedge) || s.isMark(k)) break;
    if (!s.is(k, Role.Be)) continue;
    const what = s.findWord(Math.max(s.start, k - 6), k, words('what all'));
    if (
      what >= 0 &&
      s.findRole(what, k, Role.You | Role.Your | Role.Third | Role.Kin | Role.This) >= 0 &&
      s.findWord(what, k, words('need needs require requires want wants lack lacks missing')) >= 0
    )
      return { first: what, last: i, reason: 'says which prescription medicine a person needs' };
    // "the right thing is to restart your lithium" is read by its verb.
    break;
  }
  if (s.is(i + 1, Role.Be) && !s.is(i + 2, Role.Not))
    for (let k = i + 2; k < Math.min(s.end, i + 9); k++) {
      if (s.is(k, Role.Not | Role.Hedge | Role.General) || s.isMark(k)) return undefined;
      if (s.is(k, Role.You | Role.Third) && /^(?:need|needs|want|require|requires)$/.test(s.w(k + 1)))
        return k + 2 >= s.end || s.isMark(k + 2) || s.w(k + 2) === 'for' || s.w(k + 2) === 'now'
          ? { first: i, last: k + 1, reason: 'says which prescription medicine a person needs' }
          : undefined;
    }
  return undefined;
}

/** "tell your doctor you want Adipex". */
function wantedFromClinician(s: Sentence): Span | undefined {
  if (s.w(s.start) !== 'tell' || s.roles & (Role.If | Role.Not)) return undefined;
  const want = s.findWord(s.start + 1, s.end, words('want need'));
  if (want < 0 || !s.is(want - 1, Role.You)) return undefined;
  const object = s.findSense(want + 1, Math.min(s.end, want + 4), Sense.Rx);
  return object >= 0
    ? { first: s.start, last: object, reason: 'tells the reader to obtain a prescription medicine' }
    : undefined;
}

/** "your metformin isn't enough; it needs raising". */
function needsChange(s: Sentence, i: number): Span | undefined {
  if (!s.is(i - 1, Role.Your) && !s.is(i - 2, Role.Your)) return undefined;
  const needs = s.findWord(i + 1, Math.min(s.end, i + 9), words('needs need wants'));
  return needs >= 0 &&
    /^(?:raising|lowering|increasing|reducing|stopping|changing|doubling|halving|upping)$/.test(s.w(needs + 1))
    ? { first: i, last: needs + 1, reason: 'says that a prescription medicine is to be changed' }
    : undefined;
}

/** "your blood pressure pills are no longer needed". */
function noLongerNeeded(s: Sentence, i: number): Span | undefined {
  const owned = s.is(i - 1, Role.Your) || /^(?:his|her|the)$/.test(s.w(i - 1)) || s.is(i - 2, Role.Your);
  if (!owned) return undefined;
  for (let k = i + 1; k < Math.min(s.end, i + 7); k++)
    if (
      (s.reads(k, 'no', 'longer') || s.w(k) === 'not') &&
      s.is(k - 1, Role.Be) &&
      s.findWord(k + 1, Math.min(s.end, k + 4), words('needed necessary required working worth right')) >= 0
    )
      return s.w(k) === 'not' && s.w(i - 1) === 'the'
        ? undefined
        : { first: i - 1, last: k + 1, reason: 'says that a prescription medicine is not needed' };
  return undefined;
}

/** "she could do with some prednisone", "he is to be given morphine", "time you were on a statin". */
function personGets(s: Sentence, i: number): Span | undefined {
  for (let k = i - 1; k >= Math.max(s.start, i - 8); k--) {
    if (s.isMark(k) || s.is(k, Role.Not) || (s.is(k, Role.General) && s.w(k) !== 'some')) return undefined;
    const told =
      s.reads(k, 'do', 'with') ||
      s.reads(k, 'to', 'be', 'given') ||
      s.reads(k, 'to', 'be', 'put') ||
      s.reads(k, 'to', 'be', 'started') ||
      s.reads(k, 'to', 'be', 'switched') ||
      (s.w(k) === 'were' && s.w(k + 1) === 'on' && s.findWord(Math.max(s.start, k - 3), k, words('time')) >= 0);
    if (!told) continue;
    const person = s.findRole(Math.max(s.start, k - 5), k, Role.You | Role.Third | Role.Kin);
    const asks = s.findWord(Math.max(s.start, k - 2), k, words('ask request demand insist')) >= 0;
    if (person < 0 && !asks) return undefined;
    if (person >= 0 && (isConditional(s, person) || s.findRole(s.start, person, Role.Said) >= 0)) return undefined;
    return {
      first: Math.max(0, person >= 0 ? person : k),
      last: i,
      reason: 'says that a person is to have a prescription medicine',
    };
  }
  return undefined;
}
