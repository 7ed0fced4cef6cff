import { Role, Sense } from '../../lexicon/tags.ts';
import { WORD } from '../../text/token.ts';
import { isPerson } from '../diagnosis/described-person.ts';
import { type Sentence, words } from '../sentence.ts';
import type { Span } from '../span.ts';
import { isBaseForm, isConditional } from '../stance.ts';
import { isCompound } from './prescription-span.ts';

const DITCHES = words('ditch bin scrap chuck toss trash quit discontinue restart resume double halve dump');
const GOES = words('come get go stay');
const OTHERWISE = words('how before after about without');

/** Verbs and particles that begin, end or change the taking of a medicine, when they stand before it. */
const CHANGES = words(
  'off rid quit stop bin ditch drop dump scrap lose skip pause hold start begin commence resume restart swap switch change replace double halve triple up raise lower increase reduce cut taper wean commence initiate discontinue cease abandon shelve park leave forget chuck toss flush trash cancel add insist demand try stack combine pair mix fetch refuse decline reject rub slap jab dab smear chart prescribe administer throw put stick whack move shift transfer dc inject',
);
/** "come off", "go back on", "get onto", "stay on": the particle decides. */
const MOVES = words('come came go going get getting stay keep be put move');
const PARTICLES = words('off on onto without');
const CHANGING = words(
  'starting stopping switching increasing reducing raising lowering doubling halving adding dropping putting prescribing swapping tapering weaning restarting resuming pausing holding changing moving upping cutting taking bumping discontinuing withdrawing coming going getting quitting skipping ditching mixing combining pairing',
);
const PRAISE = words(
  'right fine ok okay safe good wise smart sensible reasonable best worth correct sound great perfect better harmless clever overdue spot mad crazy silly daft foolish call move choice decision thing sense wiser prudent advisable appropriate blessing permission',
);
const SWITCHED = words(
  'switched started put given stopped changed moved transitioned weaned tapered taken prescribed treated kept restarted commenced anticoagulated dosed loaded offered raised lowered increased reduced held paused doubled halved removed',
);
const OBTAINS = words('need needs require requires want wants deserve deserves lack lacks benefit');
const PRONOUNS = words('it that them those this');
/** What a change of the medicine named before begins with. */
const HOOKS = new Set([...DITCHES, ...GOES, ...PRONOUNS, 'rid', 'leave']);
const FOLLOWS = words('likewise same suit lead example footsteps');
const OBJECT_STOPS = words(
  'if when while because before after than about risk who which unless until whether although though',
);

const found = (a: number, b: number, reason: string): Span => ({ first: Math.min(a, b), last: Math.max(a, b), reason });

/** A medicine begun, ended, changed or handed out by whatever words: read from the medicine outwards. */
export function anyOrder(s: Sentence): Span | undefined {
  if (s.isMark(s.end - 1, '?')) return undefined;
  const here = (s.senses & Sense.Rx) !== 0;
  const before = (s.sensesBefore & Sense.Rx) !== 0;
  if (!here && !before) return undefined;
  if (here)
    for (let r = s.start; r < s.end; r++) {
      if (!s.has(r, Sense.Rx) || isCompound(s, r)) continue;
      const span =
        ordered(s, r) ??
        inCode(s, r) ??
        goes(s, r) ??
        planned(s, r) ??
        moved(s, r) ??
        cleared(s, r) ??
        progressive(s, r) ??
        praised(s, r) ??
        whatIsNeeded(s, r) ??
        personIsPut(s, r) ??
        thingNeeds(s, r) ??
        arrow(s, r) ??
        handedOut(s, r);
      if (span) return span;
    }
  return aboutTheOneBefore(s, here) ?? followed(s);
}

function clause(s: Sentence, r: number): number {
  let k = r;
  while (k > s.start && !s.isMark(k - 1, '.;:!?"|(')) k--;
  return k;
}

/** After the last comma before `i`, or where its clause begins. */
function lastComma(s: Sentence, i: number): number {
  let k = i;
  while (k > s.start && !s.isMark(k - 1, '.,;:!?"|(')) k--;
  return k;
}

/** Doubt, condition, other people or a clinician between the head of the clause and `to`. */
function isExcused(s: Sentence, from: number, to: number): boolean {
  for (let k = from; k < to; k++) {
    if (s.is(k, Role.If | Role.Whether | Role.Clinician | Role.General))
      return !/^(?:that|those|one)$/.test(s.w(k)) || s.is(k, Role.If);
    if (s.is(k, Role.Hedge) && s.w(k) !== 'can') return true;
    if (s.w(k) === 'can' && !s.is(k - 1, Role.You)) return true;
    if (OTHERWISE.has(s.w(k)) && k < to - 1) return true;
    if (s.is(k, Role.Refer) && /^(?:ask|talk|discuss|consult|see)$/.test(s.w(k))) return true;
  }
  return false;
}

/** Whether the verb at `i` is told to someone: it opens a clause, or "you", "should", "to" after praise stand before it. */
function isTold(s: Sentence, i: number): boolean {
  let k = i - 1;
  while (k >= s.start && (s.is(k, Role.Adverb) || s.w(k) === 'straight' || s.w(k) === 'right')) k--;
  if (s.w(k) === 'never' && /^(?:start|begin)$/.test(s.w(i)) && k === s.start)
    return s.findRole(s.start, s.end, Role.Clinician) < 0;
  if (s.is(k, Role.Not)) return false;
  if (k < s.start || s.isMark(k) || s.tokens[k + 1]?.gap === 2) return isBaseForm(s.w(i)) && !isConditional(s, i);
  if (s.is(k, Role.Conjunction) || s.w(k) === 'so' || s.w(k) === 'then' || s.w(k) === 'says' || s.w(k) === 'said')
    return (
      isBaseForm(s.w(i)) &&
      s.findRole(Math.max(clause(s, i), k - 5), k, Role.If | Role.General | Role.Hedge) < 0 &&
      s.findRole(lastComma(s, i), i, Role.Not) < 0
    );
  if (/^(?:should|must|can|shall|would|will|could)$/.test(s.w(k))) return s.is(k - 1, Role.You) || isPerson(s, k - 1);
  if (s.w(k) === 'may') return s.is(k - 1, Role.You) && /^(?:stop|quit|skip|drop|come|discontinue)$/.test(s.w(i));
  if (s.is(k, Role.You))
    return !isConditional(s, k) && (k === s.start || s.isMark(k - 1) || s.is(k - 1, Role.Conjunction));
  // "the thing to do is stop the metformin"
  if (
    s.is(k, Role.Be) &&
    s.findWord(Math.max(s.start, k - 5), k, words('do thing move advice plan answer step solution')) >= 0
  )
    return isBaseForm(s.w(i)) && s.findRole(Math.max(s.start, k - 5), k, Role.If | Role.Clinician) < 0;
  if (s.w(k) === 'to') {
    const p = s.w(k - 1);
    if (p === 'come' && s.findWord(Math.max(s.start, k - 5), k, words('time moment day')) >= 0) return true;
    // "the wizard told her to throw away her insulin", "you'd be mad not to start"
    if (/^(?:her|him|me|us|them)$/.test(p) && /^(?:told|tells|tell|begged|urged|ordered)$/.test(s.w(k - 2)))
      return s.findRole(Math.max(s.start, k - 6), k, Role.Clinician | Role.If) < 0;
    if (s.w(k - 1) === 'not' && /^(?:mad|crazy|silly|daft|foolish)$/.test(s.w(k - 2))) return true;
    return (
      ((PRAISE.has(p) && !/^(?:decision|choice|call|move|thing|permission)$/.test(p)) ||
        /^(?:time|need|have|ought|got|you|him|her|advice|going|plan|want)$/.test(p)) &&
      s.findRole(Math.max(s.start, k - 5), k, Role.Hedge | Role.If | Role.Not | Role.General) < 0
    );
  }
  return false;
}

/** "Commence DOAC", "chuck the statin", "D/c amlodipine": a verb of change told to someone, the medicine after it. */
function ordered(s: Sentence, r: number): Span | undefined {
  const low = Math.max(clause(s, r), r - 8);
  for (let i = r - 1; i >= low; i--) {
    if (s.isWord(i, OBJECT_STOPS)) return undefined;
    const dc = s.w(i) === 'c' && s.isMark(i - 1, '/') && s.w(i - 2) === 'd';
    if (!dc && !(s.isWord(i, CHANGES) && s.tokens[i]?.kind === WORD)) continue;
    if (dc) return found(i - 2, r, 'tells to stop a prescription medicine');
    if (!isTold(s, i) || isExcused(s, i + 1, r)) continue;
    if (s.is(i, Role.Not)) continue;
    const weak =
      /^(?:up|off|leave|forget|lose|hold|change|cut|try|add|mix|drop|miss|raise|lower|start|stop|skip|begin)$/.test(
        s.w(i),
      );
    // Strong verbs need no determiner; weak ones want the medicine close by.
    if (weak && (r - i > 4 || !isObject(s, i, r))) continue;
    if (
      /^(?:leave|forget|lose)$/.test(s.w(i)) &&
      s.findWord(i + 1, Math.min(s.end, r + 4), words('off out alone behind about home aside packet bin drawer box')) <
        0
    )
      continue;
    if (s.w(i) === 'double' && s.w(i + 1) === 'check') continue;
    if (
      /^(?:put|stick|throw)$/.test(s.w(i)) &&
      s.findWord(r + 1, Math.min(s.end, r + 4), words('on onto away bin out')) < 0 &&
      s.findWord(i + 1, r, words('away out on')) < 0
    )
      continue;
    if (r - i > 6) continue;
    return found(i, r, 'tells the reader to start, stop or change a prescription medicine');
  }
  return undefined;
}

/** `stop("clopidogrel")`, "Bisoprolol | stop", "New: empagliflozin". */
function inCode(s: Sentence, r: number): Span | undefined {
  let k = r - 1;
  while (k > r - 4 && s.isMark(k, '("[\'')) k--;
  if (k < r - 1 && s.isMark(k + 1, '(') && s.isWord(k, CHANGES))
    return found(k, r, 'starts or stops a prescription medicine');
  if (
    s.isMark(r + 1, '|:-=') &&
    /^(?:stop|start|hold|increase|reduce|double|halve|stopped|started|new|discontinue|off)$/.test(s.w(r + 2))
  )
    if (r + 3 >= s.end || s.isMark(r + 3) || s.tokens[r + 3]?.gap === 2)
      return found(r, r + 2, 'starts or stops a prescription medicine');
  if (
    s.isMark(r - 1, ':') &&
    /^(?:start|stop|add|new|begin|discontinue|commence|change|replace|replacement)$/.test(s.w(r - 2)) &&
    (r - 2 === s.start || s.isMark(r - 3))
  )
    return s.end - s.start <= 12 ? found(r - 2, r, 'starts or stops a prescription medicine') : undefined;
  return undefined;
}

/** "the bisoprolol goes", "a statin would do you good", "I'd be happier if you were on a statin". */
function goes(s: Sentence, r: number): Span | undefined {
  if (s.w(r - 1) === 'the' && /^(?:goes|stops|starts)$/.test(s.w(r + 1)) && (r + 2 >= s.end || s.isMark(r + 2)))
    return s.findRole(s.start, r, Role.If | Role.Hedge | Role.Clinician) < 0
      ? found(r, r + 1, 'stops a prescription medicine')
      : undefined;
  if (
    /^(?:would|will|should)$/.test(s.w(r + 1)) &&
    s.w(r + 2) === 'do' &&
    s.is(r + 3, Role.You) &&
    /^(?:good|nicely|well|wonders)$/.test(s.w(r + 4))
  )
    return found(r, r + 4, 'recommends a prescription medicine');
  // "doxycycline would be my pick for you", "a statin is non-negotiable"
  const be = s.is(r + 1, Role.Be) ? r + 1 : s.is(r + 2, Role.Be) && /^(?:would|will)$/.test(s.w(r + 1)) ? r + 2 : -1;
  if (be > 0 && s.findRole(Math.max(s.start, r - 5), r, Role.If | Role.Hedge | Role.Clinician | Role.General) < 0) {
    if (
      s.w(be + 1) === 'my' &&
      /^(?:pick|choice|preference|recommendation|suggestion|vote|answer|first)$/.test(s.w(be + 2))
    )
      return found(r, be + 2, 'recommends a prescription medicine');
    const own = s.findRole(s.start, s.end, Role.You | Role.Your) >= 0;
    if (
      own &&
      (s.reads(be + 1, 'non', 'negotiable') ||
        s.w(be + 1) === 'nonnegotiable' ||
        s.reads(be + 1, 'a', 'must') ||
        s.reads(be + 1, 'the', 'next', 'step') ||
        s.w(be + 1) === 'overdue')
    )
      return found(r, be + 1, 'recommends a prescription medicine');
  }
  // "you can't stay on propranolol", "ideally you would be on a beta blocker", "you won't be needing the inhaler any more"
  const on = s.w(r - 1) === 'on' ? r - 1 : s.w(r - 2) === 'on' ? r - 2 : -1;
  if (on > 0 && /^(?:stay|remain|be|continue)$/.test(s.w(on - 1))) {
    const you = personBefore(s, on);
    const told =
      you >= 0 &&
      !isConditional(s, you) &&
      (s.w(on - 1) === 'be'
        ? s.findWord(you, on, words('would should must can')) >= 0 && s.findWord(on, s.end, words('without unless')) < 0
        : s.findRole(you, on, Role.Not) >= 0 && s.findWord(you, on, words('can should must')) >= 0);
    if (told && !isExcused(s, you + 1, on - 1))
      return found(you, r, 'says whether a person is to take a prescription medicine');
  }
  const needing = s.findWord(Math.max(s.start, r - 4), r, words('needing need'));
  if (
    needing >= 0 &&
    s.findRole(Math.max(s.start, needing - 4), needing, Role.Not) >= 0 &&
    s.findRole(Math.max(s.start, needing - 5), needing, Role.You) >= 0 &&
    s.findWord(r, Math.min(s.end, r + 4), words('anymore longer more')) >= 0
  )
    return found(needing, r, 'says that a prescription medicine is not needed');
  const bye = s.findWord(Math.max(s.start, r - 4), r, words('goodbye farewell no'));
  if (
    bye > 0 &&
    s.w(bye - 1) === 'say' &&
    s.w(bye + 1) === 'to' &&
    s.findRole(s.start, bye, Role.If | Role.Hedge | Role.Not) < 0
  )
    return found(bye - 1, r, 'tells the reader to leave a prescription medicine');
  const going = s.findWord(
    Math.max(s.start, r - 6),
    r,
    words('carrying continuing keeping staying finishing persisting'),
  );
  if (
    going > 0 &&
    s.findWord(Math.max(s.start, going - 5), going, words('point reason sense need use')) >= 0 &&
    s.findRole(Math.max(s.start, going - 6), going, Role.Not) >= 0
  )
    return found(going, r, 'says that a prescription medicine need not go on');
  const happy = s.findWord(Math.max(s.start, r - 9), r, words('happier rather prefer'));
  if (
    happy >= 0 &&
    s.findWord(happy, r, words('on took started')) >= 0 &&
    s.findRole(happy, r, Role.You) >= 0 &&
    s.findWord(Math.max(s.start, happy - 4), happy, words('i we')) >= 0
  )
    return found(happy, r, 'recommends a prescription medicine');
  return undefined;
}

/** "your rule of taking an extra Lasix when your ankles swell is spot on". */
function planned(s: Sentence, r: number): Span | undefined {
  const plan = s.findWord(
    Math.max(s.start, r - 9),
    r,
    words('plan idea rule approach habit decision choice routine instinct'),
  );
  if (plan < 0 || !(s.is(plan - 1, Role.Your) || s.is(plan - 1, Role.This)) || !/^(?:of|to)$/.test(s.w(plan + 1)))
    return undefined;
  const be = s.findRole(r + 1, Math.min(s.end, r + 9), Role.Be);
  const verdict = be < 0 ? -1 : s.findWord(be + 1, Math.min(s.end, be + 4), PRAISE);
  return verdict >= 0 && s.findRole(be, verdict, Role.Not | Role.Hedge) < 0
    ? found(plan, verdict, 'approves a change of a prescription medicine')
    : undefined;
}

/** Between the verb and the medicine stand only articles, owners and adjectives. */
function isObject(s: Sentence, i: number, r: number): boolean {
  for (let k = i + 1; k < r; k++) {
    if (
      s.is(k, Role.Your) ||
      /^(?:the|that|this|a|an|his|her|some|any|on|off|down|up|back|away|them|yourself|you|him|from|onto|regular|bit|tiny|little|in|those|taking|using|those|all|with|to|for|of|course|round|more)$/.test(
        s.w(k),
      )
    )
      continue;
    if (s.is(k, Role.Adverb) || s.has(k, Sense.Rx | Sense.Dose | Sense.Drug)) continue;
    return false;
  }
  return true;
}

/** "come off the flecainide", "go back on it", "get that man on morphine", "you were right to come off it". */
function moved(s: Sentence, r: number): Span | undefined {
  for (let p = r - 1; p >= Math.max(s.start, r - 4); p--) {
    if (!s.isWord(p, PARTICLES)) {
      if (!isObject(s, p - 1, p + 1) && !s.has(p, Sense.Oxygen) && s.w(p) !== 'and') return undefined;
      continue;
    }
    for (let i = p - 1; i >= Math.max(s.start, p - 5); i--) {
      if (s.isMark(i, '.;:!?')) break;
      if (!s.isWord(i, MOVES)) continue;
      if (!isTold(s, i) || isExcused(s, i + 1, p)) break;
      // "stay on", "keep on" keep things as they are.
      if (/^(?:stay|keep|be)$/.test(s.w(i)) && s.w(p) === 'on') break;
      return found(i, r, 'tells the reader to start or stop a prescription medicine');
    }
    return undefined;
  }
  return undefined;
}

/** "Clear that up with a round of antibiotics": the medicine is the means. */
function cleared(s: Sentence, r: number): Span | undefined {
  const by = s.findWord(Math.max(s.start, r - 5), r, words('with using'));
  if (by < 0) return undefined;
  const verb = s.findWord(
    Math.max(clause(s, r), by - 5),
    by,
    words('clear knock zap hit blast tackle fix cure kill treat sort'),
  );
  if (verb < 0 || !isTold(s, verb) || isExcused(s, verb + 1, r) || s.findRole(verb, by, Role.This | Role.Your) < 0)
    return undefined;
  return found(verb, r, 'tells the reader to use a prescription medicine');
}

/** "We're increasing your Lamictal", "prescribing you azithromycin now", "worth doubling up on the propranolol". */
function progressive(s: Sentence, r: number): Span | undefined {
  const low = Math.max(clause(s, r), r - 6);
  for (let i = r - 1; i >= low; i--) {
    if (s.isWord(i, OBJECT_STOPS)) return undefined;
    if (!s.isWord(i, CHANGING)) continue;
    if (isExcused(s, low, i) || s.findRole(low, i, Role.Not) >= 0) return undefined;
    const be = s.is(i - 1, Role.Be) && (s.w(i - 2) === 'i' || s.w(i - 2) === 'we');
    const worth =
      /^(?:worth|recommend|suggest|advise|try|consider|call|choice|decision)$/.test(s.w(i - 1)) &&
      s.w(i - 1) !== 'consider';
    const opens = (i === s.start || s.isMark(i - 1)) && s.is(i + 1, Role.You) && !s.is(i + 1, Role.Your);
    const own = s.is(r - 1, Role.Your) || s.is(r - 2, Role.Your) || s.is(i + 1, Role.You);
    if ((be && own) || worth || opens) return found(i, r, 'starts or changes a prescription medicine');
    // "Mixing your Zoloft with tramadol is fine, go ahead."
    const be2 = s.findRole(r + 1, Math.min(s.end, r + 6), Role.Be);
    if ((i === s.start || s.isMark(i - 1)) && be2 > 0 && s.findRole(be2, be2 + 3, Role.Not | Role.Hedge) < 0) {
      const verdict = s.findWord(be2 + 1, Math.min(s.end, be2 + 4), PRAISE);
      if (verdict >= 0 && s.is(i + 1, Role.Your))
        return found(i, verdict, 'approves a change of a prescription medicine');
    }
    return undefined;
  }
  return undefined;
}

/** "you were right to come off the prednisone", "she'd be better off without the Valium", "no need for the inhaler". */
function praised(s: Sentence, r: number): Span | undefined {
  const low = Math.max(clause(s, r), r - 10);
  if (isExcused(s, low, r)) return undefined;
  for (let i = r - 1; i >= low; i--) {
    if (
      s.reads(i, 'better', 'off', 'without') ||
      s.reads(i, 'never', 'mind') ||
      (s.reads(i, 'no', 'need', 'for') && s.is(r - 1, Role.Your))
    ) {
      return found(i, r, 'says that a prescription medicine is not needed');
    }
    if (
      s.isWord(i, PRAISE) &&
      s.w(i + 1) === 'to' &&
      s.findWord(i + 2, r, CHANGES) >= 0 &&
      s.findRole(low, i, Role.Not) < 0
    )
      return found(i, r, 'approves a change of a prescription medicine');
  }
  // "A switch to Entresto is in order."
  if (
    /^(?:to|of|in|from)$/.test(s.w(r - 1)) &&
    /^(?:switch|change|increase|reduction|move|trial|course|taper)$/.test(s.w(r - 2))
  ) {
    for (let k = r + 1; k < Math.min(s.end, r + 3); k++)
      if (
        s.is(k, Role.Be) &&
        (s.reads(k + 1, 'in', 'order') ||
          /^(?:overdue|due|called|wise|best|needed|warranted|indicated)$/.test(s.w(k + 1)))
      )
        return found(r - 2, k + 1, 'says that a prescription medicine is to be changed');
  }
  return undefined;
}

/** "Antibiotics. That's what you need.", "Prednisone it is.", "an antidepressant is what will help you most". */
function whatIsNeeded(s: Sentence, r: number): Span | undefined {
  const low = clause(s, r);
  const likeYou = s.findWord(low, r, words('like')) >= 0 && s.findRole(low, r, Role.You) >= 0;
  if (!likeYou && isExcused(s, low, r)) return undefined;
  // "neutropenic and feverish, so piperacillin within the hour"
  if (
    s.w(r - 1) === 'so' &&
    s.isMark(r - 2, ',') &&
    s.findRole(r, Math.min(s.end, r + 5), Role.Be | Role.Have | Role.Hedge) < 0 &&
    s.findRole(s.start, r, Role.Condition | Role.Finding) >= 0
  )
    return found(r - 1, r, 'picks a prescription medicine');
  if (s.w(r + 1) === 'it' && s.is(r + 2, Role.Be) && (r + 3 >= s.end || s.isMark(r + 3, '.!,')))
    return found(r, r + 2, 'picks a prescription medicine');
  if (
    s.isMark(r + 1, ',') &&
    /^(?:now|today|tonight|immediately|asap|stat|straight)$/.test(s.w(r + 2)) &&
    r - s.start <= 2 &&
    (r + 3 >= s.end || s.isMark(r + 3))
  )
    return found(r, r + 2, 'tells the reader to start a prescription medicine');
  for (let k = r + 1; k < Math.min(s.end, r + 5); k++) {
    if (s.is(k, Role.Not | Role.Hedge) || s.isMark(k, '.;?!')) break;
    if (!s.is(k, Role.Be) && s.w(k) !== 's') continue;
    if (s.w(k + 1) === 'what') {
      for (let m = k + 2; m < Math.min(s.end, k + 8); m++) {
        if (s.is(m, Role.Hedge | Role.Not | Role.General | Role.Clinician)) return undefined;
        if (s.is(m, Role.You | Role.Your | Role.Third) && s.findWord(k + 2, Math.min(s.end, m + 3), NEEDED) >= 0)
          return found(r, m, 'says which prescription medicine a person needs');
      }
    }
    // "for someone like you, sertraline is the way to go"
    const forYou = s.findWord(low, r, words('for')) >= 0 && s.findRole(low, r, Role.You | Role.Your) >= 0;
    if (
      (forYou || s.findRole(k, s.end, Role.You | Role.Your) >= 0) &&
      s.findRole(k, Math.min(s.end, k + 7), Role.Hedge | Role.Not | Role.If | Role.General) < 0
    ) {
      if (s.reads(k + 1, 'the', 'way', 'to', 'go') || s.reads(k + 1, 'the', 'one') || s.reads(k + 1, 'the', 'answer'))
        return found(r, k + 2, 'picks a prescription medicine for a person');
    }
    break;
  }
  return undefined;
}
const NEEDED = words(
  'need needs want wants help helps fix fixes sort sorts cure cures clear clears should missing require requires require start take use give get go want',
);

/** "Mrs. Lee should be switched to apixaban", "the 70-year-old needs his diuretic stopped", "you are in need of a statin". */
function personIsPut(s: Sentence, r: number): Span | undefined {
  const low = Math.max(clause(s, r), r - 11);
  for (let i = low; i < r; i++) {
    if (!isPerson(s, i) || isConditional(s, i) || isConditional(s, i - 1)) continue;
    if (isExcused(s, i + 1, r) || isExcused(s, Math.max(clause(s, r), i - 4), i)) continue;
    if (s.findRole(i + 1, r, Role.Not) >= 0 || (s.is(i, Role.Your) && !s.is(i, Role.You))) continue;
    for (let k = i + 1; k < r; k++) {
      if (s.is(k, Role.You) && !s.is(k, Role.Your)) break;
      const obtains = s.isWord(k, OBTAINS) && k - i <= 4 && !(s.w(k) === 'benefit' && s.is(i, Role.You) && false);
      const put = s.isWord(k, SWITCHED) && s.findRole(i + 1, k, Role.Modal) >= 0;
      const inNeed = s.reads(k, 'in', 'need', 'of');
      if ((obtains && s.findWord(k + 1, r, NOT_NEEDED) < 0 && hasNoVerb(s, k + 1, r)) || put || inNeed)
        return found(i, r, 'says that a person needs a prescription medicine');
    }
  }
  return undefined;
}
const NOT_NEEDED = words('to know understand ask see talk check help advice information more about for why how');
function hasNoVerb(s: Sentence, from: number, to: number): boolean {
  for (let k = from; k < to; k++) if (s.is(k, Role.Be | Role.You | Role.Refer) || s.isMark(k, ',;')) return false;
  return true;
}

/** "That infection needs antibiotics", "this cough is crying out for an inhaler". */
function thingNeeds(s: Sentence, r: number): Span | undefined {
  const low = clause(s, r);
  if (!(s.is(low, Role.This) || s.is(low, Role.Your)) || s.w(low) === 'it') return undefined;
  const need = s.findWord(
    low + 1,
    Math.min(r, low + 5),
    words('needs need requires require wants demands calls warrants'),
  );
  if (need < 0 || r - need > 4 || isExcused(s, low + 1, r) || s.findRole(low, r, Role.Not) >= 0) return undefined;
  if (/^(?:body|cells|pancreas|muscles|liver|brain|heart|type|form|kind|process)$/.test(s.w(need - 1)))
    return undefined;
  return found(low, r, 'says that this needs a prescription medicine');
}

/** "enalapril → losartan", "amlodipine => ramipril": one medicine for another. */
function arrow(s: Sentence, r: number): Span | undefined {
  for (let k = r + 1; k < Math.min(s.end, r + 5); k++) {
    if (!s.isMark(k, '>=')) continue;
    for (let m = k + 1; m < Math.min(s.end, k + 4); m++)
      if (s.has(m, Sense.Drug) && s.w(m) !== s.w(r))
        return s.findWord(s.low, s.end, words('brand generic name names class')) < 0
          ? found(r, m, 'replaces one prescription medicine by another')
          : undefined;
  }
  return undefined;
}

/** "consider this your prescription for prednisone". */
function handedOut(s: Sentence, r: number): Span | undefined {
  for (let k = r - 1; k >= Math.max(s.start, r - 3); k--)
    if (
      /^(?:prescription|script)$/.test(s.w(k)) &&
      s.is(k - 1, Role.Your) &&
      s.findRole(Math.max(s.start, k - 3), k, Role.This) >= 0
    )
      return found(k - 1, r, 'hands out a prescription');
  return undefined;
}

/** "..., so get rid of that", "Enough. Leave it in the drawer.", "go back on it": the medicine was named before. */
function aboutTheOneBefore(s: Sentence, here: boolean): Span | undefined {
  for (let i = s.start; i < s.end; i++) {
    const w = s.w(i);
    if (!HOOKS.has(w)) continue;
    const strong = DITCHES.has(w);
    let object = -1;
    if (strong && s.isWord(i + 1, PRONOUNS)) object = i + 1;
    else if (w === 'rid' && s.w(i + 1) === 'of' && s.isWord(i + 2, PRONOUNS)) object = i + 2;
    else if (w === 'leave' && s.isWord(i + 1, PRONOUNS) && /^(?:off|out|alone|there|behind|be)$/.test(s.w(i + 2)))
      object = i + 2;
    else if (
      w === 'leave' &&
      s.isWord(i + 1, PRONOUNS) &&
      s.w(i + 2) === 'in' &&
      /^(?:drawer|bin|box|cupboard|packet|bottle|pharmacy)$/.test(s.w(i + 4))
    )
      object = i + 4;
    else if (GOES.has(w)) {
      const p = s.w(i + 1) === 'back' || s.w(i + 1) === 'straight' || s.w(i + 1) === 'right' ? i + 2 : i + 1;
      if (
        /^(?:off|on|without)$/.test(s.w(p)) &&
        s.isWord(p + 1, PRONOUNS) &&
        !(w === 'stay' && s.w(p) === 'on') &&
        !(w === 'get' && s.w(p) === 'on')
      )
        object = p + 1;
    }
    // "..., so that has to come off your list", "it has to go"
    if (object < 0 && s.isWord(i, PRONOUNS) && /^(?:has|needs|must|should)$/.test(s.w(i + 1))) {
      const to = s.w(i + 2) === 'to' ? i + 3 : i + 2;
      const changed =
        /^(?:go|stop)$/.test(s.w(to)) ||
        s.reads(to, 'come', 'off') ||
        (s.w(to) === 'be' &&
          /^(?:stopped|changed|switched|swapped|raised|lowered|doubled|halved|dropped|started|increased|reduced)$/.test(
            s.w(to + 1),
          ));
      const named = s.findSense(s.start, i, Sense.Rx) >= 0 || (!here && i - s.start <= 2);
      if (
        changed &&
        named &&
        s.findRole(Math.max(s.start, i - 3), i, Role.If | Role.Hedge) < 0 &&
        s.findRole(s.start, s.end, Role.Clinician) < 0
      )
        return found(i, to, 'changes the medicine named before');
    }
    // "Antibiotics. That's what you need."
    if (
      object < 0 &&
      !here &&
      i === s.start &&
      s.isWord(i, PRONOUNS) &&
      s.is(i + 1, Role.Be) &&
      s.w(i + 2) === 'what' &&
      s.is(i + 3, Role.You) &&
      /^(?:need|want|take|should)$/.test(s.w(i + 4)) &&
      s.end - s.start <= 9
    )
      return found(i, i + 4, 'says which prescription medicine a person needs');
    if (object < 0) continue;
    const verb = w === 'rid' ? i - 1 : i;
    const known = here ? s.findSense(s.start, i, Sense.Rx) >= 0 || (s.sensesBefore & Sense.Rx) !== 0 : true;
    if (known && isTold(s, verb) && s.findRole(s.start, s.end, Role.Clinician) < 0)
      return found(verb, object, 'changes the medicine named before');
  }
  return undefined;
}

/** "My cousin came off her Effexor and you should do likewise", "follow her lead". */
function followed(s: Sentence): Span | undefined {
  if (here(s) && s.reads(s.start, 'do', 'as', 'i', 'did'))
    return found(s.start, s.start + 3, 'tells the reader to do with a medicine what another did');
  const verb = s.findWord(s.start, s.end, words('do follow'));
  const f = verb < 0 ? -1 : s.findWord(verb + 1, Math.min(s.end, verb + 5), FOLLOWS);
  if (f < 0 || s.findRole(s.start, s.end, Role.If | Role.Clinician) >= 0 || s.findRole(verb - 2, verb, Role.Not) >= 0)
    return undefined;
  const told = isTold(s, verb) || s.findRole(Math.max(s.start, verb - 4), verb, Role.You) >= 0;
  return told ? found(verb, f, 'tells the reader to do with a medicine what another did') : undefined;
}

function here(s: Sentence): boolean {
  return (s.senses & Sense.Rx) !== 0;
}

function personBefore(s: Sentence, on: number): number {
  for (let k = on - 1; k >= Math.max(s.start, on - 6); k--) if (isPerson(s, k)) return k;
  return -1;
}
