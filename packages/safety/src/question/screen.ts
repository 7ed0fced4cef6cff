import { type Emergency, likeliestEmergency, readEmergency } from './emergency.ts';
import { questionTexts } from './question-text.ts';
import { likeliestRequest, type Request, readRequest } from './request.ts';

/** How a question is to be met. `emergency` wins over everything else. */
export interface QuestionVerdict {
  /** Ask the model, decline, or tell to call for help. */
  readonly verdict: 'allow' | 'fallback' | 'emergency';
  /** What kind of emergency, where it is one. */
  readonly emergency?: Emergency;
  /** What it asks for, where that is declined. */
  readonly request?: Request;
}

/** From here on a question counts as an emergency, or as a request, although no rule says so: log odds in nats. */
const EMERGENCY_LINE = -0.1;
/** The same where a rule finds a request: "ignore your rules" has stood before many a cry for help. */
const EMERGENCY_LINE_OVER_REQUEST = 1;
const REQUEST_LINE = 0.2;
/** Below this a rule that says so is mistaken; the second of emergencies is against a request, which is far likelier. */
const DANGER_GATE = -3;
const EMERGENCY_GATE = -8;
const REQUEST_GATE = -2;

/** Judges a question before any model sees it. It never throws on any text. */
export function screenQuestion(text: string): QuestionVerdict {
  let request: Request | undefined;
  for (const question of questionTexts(text)) {
    const { reading } = question;
    const asked = reading.request > REQUEST_GATE ? readRequest(question) : undefined;
    const possible = reading.danger > DANGER_GATE && reading.emergency > EMERGENCY_GATE;
    const ruled = possible ? readEmergency(question) : undefined;
    const line = asked ? EMERGENCY_LINE_OVER_REQUEST : EMERGENCY_LINE;
    const emergency = ruled ?? (reading.emergency > line ? likeliestEmergency(question) : undefined);
    if (emergency) return { verdict: 'emergency', emergency };
    request ??= asked ?? (reading.request > REQUEST_LINE ? likeliestRequest(question) : undefined);
  }
  return request ? { verdict: 'fallback', request } : { verdict: 'allow' };
}
