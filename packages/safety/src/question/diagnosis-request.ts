import type { Asked } from './asked.ts';

/** Whether the sentence asks which condition a person has, or what a person's finding or result means. */
export function isDiagnosisRequest(asked: Asked): boolean {
  const { sentence } = asked;
  if (asked.has('told_of')) return false;
  if (asked.has('kya_mujhe')) return true;
  if (asked.has('what_is_it') && !(asked.has('education', 'helps') && !asked.person)) {
    if (asked.has('own_matter', 'vignette') || (asked.has('condition_ask') && isPersonal(asked))) return true;
    // "What is it?" after a complaint asks for its name; after a name it asks what that is.
    if (asked.has('finding', 'pain', 'result') && isPersonal(asked)) return true;
    if (asked.findingAround || (sentence.words.length <= 5 && asked.person)) return true;
  }
  if (asked.inOrder(9, 'opener', 'these_symptoms') && !asked.has('helps')) return true;
  if (asked.has('diagnose')) {
    if (asked.person && !asked.education) return true;
    if (asked.has('vignette', 'this_case')) return true;
    if (sentence.words.length <= 3) return true;
  }
  if (opensWithHaveI(asked) && !asked.has('helps')) {
    if (asked.inOrder(9, 'have_i', 'condition')) return !isLabel(asked);
    if (asked.inOrder(9, 'have_i', ['judge_word', 'this_or_that']) && isPersonal(asked)) return !isLabel(asked);
    if (asked.has('have_any') && asked.has('finding') && isPersonal(asked)) return true;
    if (asked.inOrder(6, 'have_any', 'judge_word') && !asked.has('generic_people')) return true;
    if (asked.has('own_matter', 'result') && asked.findingAround) return true;
    if (sentence.words.length <= 4 && asked.complaintAround) return true;
  }
  if (asked.inOrder(6, 'confirm_it', 'condition') && (asked.person || !asked.has('opener'))) return !asked.education;
  if (asked.person && asked.inOrder(8, 'mean', 'i', 'condition')) return true;
  if (asked.near(9, 'finding', 'mean', 'condition') && !asked.education) return true;
  if (asked.inOrder(4, 'looks_like', 'condition') && !asked.education && sentence.at('opener')[0] !== 0) return true;
  if (asked.inOrder(9, 'result', 'condition') && sentence.asks && sentence.numbers.length > 0 && !asked.has('opener'))
    return true;
  if (wantsAName(asked)) return true;
  if (asked.has('how_bad') && asked.has('result', 'finding') && asked.has('own_result')) return true;
  if (
    asked.has('condition') &&
    asked.has('verdict') &&
    asked.complaintAround &&
    (sentence.asks || asked.has('diagnose', 'ask_me', 'verdict'))
  )
    if (!asked.has('education', 'opener', 'helps')) return true;
  if (asked.has('which_one') && asked.person) return true;
  if (endsInCondition(asked)) return true;
  if (asked.has('why_me') && asked.has('finding', 'pain', 'bleed', 'weak', 'faint') && !asked.has('helps')) return true;
  if (asked.near(7, 'mean', 'result') && asked.has('own_result') && !asked.has('helps')) return true;
  return asked.has('vignette') && asked.has('what_is_it', 'clinic');
}

/** "Do I have", "is it", not as the tail of "why is it". */
function opensWithHaveI({ sentence }: Asked): boolean {
  const openers = sentence.at('opener');
  return sentence.at('have_i').some((place) => !openers.includes(place - 1));
}

/** A complaint, and a question that asks about nothing else: "my eyes are yellow, liver?", "rash for a week, thoughts?". */
function wantsAName(asked: Asked): boolean {
  const { sentence } = asked;
  if (asked.education || asked.has('topic', 'helps', 'generic_people', 'study', 'ask_me')) return false;
  if (asked.has('behind') && asked.findingAround) return true;
  if (sentence.asks && asked.has('finding') && !asked.has('opener') && sentence.at('yes_no')[0] !== 0) return true;
  return asked.has('verdict') && sentence.words.length <= 3 && asked.findingAround && sentence.asks;
}

/** Somebody's own matter, rather than a subject. */
function isPersonal(asked: Asked): boolean {
  return asked.person || asked.complaintAround || asked.has('vignette');
}

/** "Is this test for diabetes?", "is it inherited?": a question about the condition itself. */
function isLabel(asked: Asked): boolean {
  return asked.has('education') || (!asked.person && asked.has('test_for', 'generic_people', 'cause'));
}

/** "Burning when I pee. UTI?", "strep or mono?": a condition alone before the question mark. */
function endsInCondition({ sentence, complaintAround }: Asked): boolean {
  if (!sentence.asks || !complaintAround) return false;
  const last = sentence.words.length - 1;
  if (!sentence.at('condition').includes(last)) return false;
  const start = Math.max(0, ...sentence.breaks);
  const length = last - start + 1;
  return length <= 3 && !sentence.at('opener').some((place) => place >= start) && !sentence.has('education');
}
