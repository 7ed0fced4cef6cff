import { Role, Sense } from '../../lexicon/tags.ts';
import { foreignActAt } from '../other-languages.ts';
import { MEDICINAL, type Sentence, words } from '../sentence.ts';
import type { Span } from '../span.ts';

const VERBAL =
  Role.Be | Role.Have | Role.Hedge | Role.Not | Role.General | Role.You | Role.Your | Role.Clinician | Role.Refer;
const TESTED = words('positive negative abnormal high low elevated raised present absent unresponsive');
const OPENS =
  /^(?:an?|additional|extra|further|broad|spectrum|iv|oral|urgent|immediate|low|high|dose|intensity|give|the|-)$/;
const TREATED_WITH = words('drug treatment answer therapy medicine needed indicated required choice must what');

/**
 * Decision rules without a verb of treating: "BP over 160: an additional amlodipine", "positive D-dimer = CTPA", "if the
 * strep test is positive, amoxicillin is the drug to use", "agar sugar 300 se upar ho to insulin badha do".
 */
export function ruleInShorthand(s: Sentence, threshold: number, imaging: ReadonlySet<string>): Span | undefined {
  for (let i = s.start; i < s.end; i++) {
    if (s.isMark(i, ':=>→')) {
      const condition = threshold >= 0 && threshold < i ? threshold : s.findWord(Math.max(s.start, i - 5), i, TESTED);
      if (condition < 0 || (threshold < 0 && !s.isMark(i, '=>→'))) continue;
      // The comparison stands before the mark: "type 2: cells respond less to insulin" compares nothing.
      if (
        threshold >= 0 &&
        s.findRole(Math.max(s.start, condition - 3), i, Role.Compare | Role.Score) < 0 &&
        !s.isMark(condition - 1, '<>=') &&
        !s.isMark(condition + 1, '+')
      )
        continue;
      let k = i + 1;
      while (k < i + 6 && (OPENS.test(s.w(k)) || s.isMark(k, '=>-'))) k++;
      // "triple inhaled therapy": words of no other kind before the treatment.
      while (k < i + 4 && !treatment(s, k, imaging) && !s.isMark(k) && !s.is(k, VERBAL)) k++;
      const treats = treatment(s, k, imaging);
      if (!treats) continue;
      let last = k + 1;
      while (last < s.end && last < k + 4 && !s.isMark(last) && !s.is(last, Role.Be | Role.Have | Role.Hedge)) last++;
      if (last >= s.end || s.isMark(last)) return rule(condition, k);
    }
    // "..., amoxicillin is the drug to use"
    if (s.roles & Role.If && s.has(i, Sense.Rx) && s.is(i + 1, Role.Be) && s.isMark(i - 1, ',')) {
      const opener = s.findRole(s.start, i, Role.If);
      const named = s.findWord(i + 2, Math.min(s.end, i + 5), TREATED_WITH);
      if (opener >= 0 && named >= 0 && s.findRole(i, named, Role.Hedge | Role.Not | Role.Adverb) < 0)
        return rule(opener, named);
    }
  }
  return foreign(s);
}

function treatment(s: Sentence, k: number, imaging: ReadonlySet<string>): boolean {
  return (
    s.has(k, MEDICINAL | Sense.Fluid) ||
    s.isWord(k, imaging) ||
    s.is(k, Role.Manage) ||
    s.w(k) === 'therapy' ||
    s.w(k) === 'treatment'
  );
}

function rule(a: number, b: number): Span {
  return { first: Math.min(a, b), last: Math.max(a, b), reason: 'a condition and the treatment that follows from it' };
}

/** A condition with a number and an imperative about a medicine, in another language. */
function foreign(s: Sentence): Span | undefined {
  if (!(s.senses & Sense.Number) || !(s.senses & (Sense.Rx | Sense.Medicine | Sense.Form))) return undefined;
  const opener = s.findWord(
    s.start,
    s.end,
    words(
      'si wenn falls agar se quando cuando quand sobald jab bei liegt steigt sinkt fallt ubersteigt lorsque ab como caso',
    ),
  );
  const hindi = s.findWord(s.start, s.end, words('se'));
  if (
    opener < 0 &&
    hindi > s.start &&
    s.is(hindi + 1, Role.Compare) &&
    s.has(hindi - 1, Sense.Number) &&
    foreignActAt(s, hindi + 1) >= 0
  )
    return rule(hindi - 1, foreignActAt(s, hindi + 1));
  const taken =
    hindi > s.start && s.is(hindi + 1, Role.Compare) && s.has(hindi - 1, Sense.Number)
      ? s.findWord(hindi + 1, s.end, words('lo le lijiye dijiye dena khao khana band'))
      : -1;
  if (taken >= 0) return rule(hindi - 1, taken);
  if (opener < 0) return undefined;
  const number = s.findSense(opener, Math.min(s.end, opener + 12), Sense.Number);
  if (number < 0) return undefined;
  const act = foreignActAt(s, opener + 1);
  if (act < 0) return undefined;
  const object = s.findSense(
    Math.max(opener, act - 5),
    Math.min(s.end, act + 6),
    Sense.Rx | Sense.Medicine | Sense.Form,
  );
  return object >= 0 ? rule(opener, Math.max(act, object)) : undefined;
}
