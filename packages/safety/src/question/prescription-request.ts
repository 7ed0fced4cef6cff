import type { Asked } from './asked.ts';

const SOMEONE = ['i', 'we', 'she_he', 'kin'] as const;

/** Whether the sentence asks to start, stop, change, combine, choose or obtain a medicine. */
export function isPrescriptionRequest(asked: Asked): boolean {
  const { sentence } = asked;
  if (isHandling(asked)) return false;
  if (asked.has('prescribe') && !asked.education && !asked.has('generic_doctor')) return true;
  if (asked.inOrder(6, 'get', 'script') && !asked.education && (asked.person || asked.has('ask_me'))) return true;
  if (commandsMedicine(asked)) return true;
  if (asked.has('without_script') && asked.has('get', 'medicine_word')) return true;
  const medicine = asked.medicine || (asked.medicineAround && sentence.words.includes('it'));
  if (!medicine)
    return asked.inOrder(4, 'choose', ['may', 'for_me'], 'use') || asked.inOrder(5, 'ask_me', 'choose', 'use')
      ? !asked.has('food', 'expect')
      : false;
  if (asked.education && !asked.asksForSelf()) return false;
  const asksSelf =
    asked.inOrder(7, 'may', SOMEONE, ['change', 'use', 'need']) || (asked.person && asked.near(6, 'need', 'drug_kind'));
  if (
    asksSelf &&
    (asked.near(10, ['change', 'use', 'need'], ['medicine_word', 'supplement', 'named_drug']) || medicine)
  )
    return !(asked.has('food', 'technique') && !asked.has('named_drug', 'supplement', 'drug_kind'));
  // "OK to drink on X", "is it safe to mix X and Y", "can a child have X".
  if (asked.named && asked.inOrder(9, 'may', 'use') && !asked.has('cause', 'takes_time')) return true;
  if (asked.named && asked.inOrder(9, 'may', 'change') && (asked.person || asked.asks) && !asked.has('opener'))
    return true;
  // "Raise the X or leave it?"
  if (asked.near(8, 'change', ['named_drug', 'drug_kind']) && sentence.words.includes('or') && !asked.has('opener'))
    return true;
  if (
    asked.has('which_for') ||
    (asked.inOrder(5, 'choose', 'drug_kind') && asked.has('for_me', 'may', 'limit', 'need', 'use', 'for_what'))
  )
    return !asked.education && (asked.person || asked.has('choose_best', 'for_me', 'use', 'for_what'));
  if (asked.named && asked.inOrder(8, 'better_than', 'for_me')) return true;
  return asked.inOrder(6, 'choose', ['may', 'for_me'], 'use') && !asked.has('food');
}

/** "Help me quit X", "send X to my pharmacy", "treat my UTI", "..., start X?": no subject is asked about. */
function commandsMedicine(asked: Asked): boolean {
  const { sentence } = asked;
  if (asked.education) return false;
  const commands = sentence
    .at('imperative')
    .some(
      (at) =>
        at === 0 ||
        sentence.breaks.includes(at) ||
        /^(?:you|please|to|and|now|just)$/.test(sentence.words[at - 1] ?? ''),
    );
  if (commands && asked.inOrder(3, 'imperative', 'own_result', 'condition') && asked.has('manage')) return true;
  // "..., Sudafed?"
  const last = sentence.words.length - 1;
  const drugs = sentence.at('named_drug');
  if (sentence.asks && drugs.includes(last) && sentence.breaks.some((at) => at > 0 && last - at <= 1)) return true;
  if (asked.has('topic', 'opener', 'study', 'mean')) return false;
  if ((commands || sentence.at('need')[0] === 0) && asked.has('named_drug', 'supplement')) return true;
  return sentence.asks && asked.named && sentence.at('yes_no')[0] !== 0 && !asked.has('generic');
}

/** How a device is handled, a medicine kept or remembered, a visit prepared. */
function isHandling(asked: Asked): boolean {
  if (asked.has('how_much', 'dose')) return false;
  return asked.has('remember', 'handle') || (asked.has('technique') && asked.has('use_a') && asked.has('opener'));
}
