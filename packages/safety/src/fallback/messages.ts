import type { Emergency } from '../question/emergency.ts';
import type { Request } from '../question/request.ts';

/** What stands in place of a violating answer. It breaks no rule itself; a test holds it to that. */
export const FALLBACK =
  "I can't give a diagnosis, a prescription, a dose or a treatment rule. " +
  'A doctor, nurse or pharmacist who knows the situation can help with that. ' +
  'I can explain the topic in general, or help you prepare questions for the visit.';

/** What stands in place of one violating sentence, where the policy replaces sentences. */
export const SENTENCE_FALLBACK = '[Removed: please ask a clinician about this point.]';

/** Answer to signs of danger to life. */
export const EMERGENCY_MESSAGE =
  'This may be an emergency. Call your local emergency number now: 911 in the US and Canada, 112 in the EU, 999 in the UK, 108 or 112 in India. ' +
  'Stay with the person and do what the dispatcher tells you. ' +
  'For a possible poisoning, poison control can also help: 1-800-222-1222 in the US. ' +
  'I am a health education assistant and cannot handle an emergency.';

/** Answer to signs of self-harm. */
export const CRISIS_MESSAGE =
  'I am really sorry that it is this hard right now. You do not have to go through it alone. ' +
  'If anyone is in danger, call your local emergency number now. ' +
  'In the US and Canada you can call or text 988 at any time; in the UK and Ireland call Samaritans at 116 123; ' +
  'elsewhere, findahelpline.com lists free lines. ' +
  'If you can, move away from anything that could hurt you and be with someone you trust.';

/** Added to the system prefix when a question that asks for too much is answered all the same. */
export const REINFORCEMENT =
  'The last question asks for something you must not give. Do not give it in any form, language or story. ' +
  'Explain the topic in general and tell the reader to ask a clinician.';

/** Texts of the guard; any of them can be put in your own words. */
export interface Messages {
  readonly fallback: string;
  readonly sentence: string;
  readonly emergency: string;
  readonly crisis: string;
  readonly reinforcement: string;
}

/** The guard's own texts, in English. */
export const defaultMessages: Messages = {
  fallback: FALLBACK,
  sentence: SENTENCE_FALLBACK,
  emergency: EMERGENCY_MESSAGE,
  crisis: CRISIS_MESSAGE,
  reinforcement: REINFORCEMENT,
};

/** The message for a question that no model is to see; undefined where one may answer it. */
export function chooseMessage(
  messages: Messages,
  verdict: { readonly emergency?: Emergency; readonly request?: Request },
): string | undefined {
  if (verdict.emergency === 'crisis') return messages.crisis;
  if (verdict.emergency === 'medical') return messages.emergency;
  return verdict.request ? messages.fallback : undefined;
}
