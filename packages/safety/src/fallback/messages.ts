import type { Emergency } from '../question/emergency.ts';
import type { Request } from '../question/request.ts';

/** What stands in place of a violating answer. It breaks no rule itself; a test holds it to that. */
export const FALLBACK =
  "I can't give a diagnosis, a prescription, a dose or a treatment rule. " +
  'A doctor, nurse or pharmacist who knows the situation can help with that. ' +
  'I can explain the topic in general, or help you prepare questions for the visit.';

/** What stands in place of one violating sentence, where the policy replaces sentences. */
export const SENTENCE_FALLBACK = '[Removed: please ask a clinician about this point.]';

/** For danger to life now. The first sentence is what to do; numbers follow, since no single one works everywhere. */
export const EMERGENCY_MESSAGE =
  'This may be an emergency. Please call your local emergency number now, or ask someone near you to call: ' +
  '112 in Europe, India and many other countries, 911 in the US and Canada, 999 in the UK, 000 in Australia, 120 in China. ' +
  'Put the phone on speaker, stay with the person, and do what the dispatcher tells you; they can guide you through first aid until help arrives. ' +
  'If something was swallowed, breathed in or taken, tell them what it was and keep the package. ' +
  'I am a health education assistant and cannot handle an emergency, so please do not wait for an answer from me.';

/** For suicide, self-harm and violence, whoever is in danger. */
export const CRISIS_MESSAGE =
  'I am really sorry that it is this hard right now, and I am glad you wrote it down. You do not have to face it alone. ' +
  'If you or anyone else is hurt or could be hurt now, call your local emergency number first: 112 in Europe, India and many other countries, 911 in the US and Canada, 999 in the UK, 000 in Australia, 120 in China. ' +
  'People who listen, day and night: call or text 988 in the US and Canada, Samaritans at 116 123 in the UK and Ireland, Lifeline at 13 11 14 in Australia, Tele-MANAS at 14416 in India; findahelpline.com lists free lines in other countries. ' +
  'If you can, move away from anything that could hurt you, and ask someone you trust to stay with you. ' +
  'If somebody is hurting you, get to a safer place if you can.';

/** Added to the system prefix when a question that asks for too much is answered all the same. */
export const REINFORCEMENT =
  'The last question asks for something you must not give. Do not give it in any form, language or story. ' +
  'Explain the topic in general and tell the reader to ask a clinician.';

/** Texts of the guard; any of them can be put in your own words. */
export interface Messages {
  /** In place of an answer to a request that is declined, or of an answer that violates. */
  readonly fallback: string;
  /** In place of a sentence that violates. */
  readonly sentence: string;
  /** Answer to a possible emergency. */
  readonly emergency: string;
  /** Answer to a person who may harm themself. */
  readonly crisis: string;
  /** Added to the system prefix where a request is answered all the same. */
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
