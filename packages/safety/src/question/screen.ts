import { type Emergency, readEmergency } from './emergency.ts';
import { questionTexts } from './question-text.ts';
import { type Request, readRequest } from './request.ts';

/** How a question is to be met. `emergency` wins over everything else. */
export interface QuestionVerdict {
  /** Ask the model, decline, or tell to call for help. */
  readonly verdict: 'allow' | 'fallback' | 'emergency';
  /** What kind of emergency, where it is one. */
  readonly emergency?: Emergency;
  /** What it asks for, where that is declined. */
  readonly request?: Request;
}

/** Judges a question before any model sees it. It never throws on any text. */
export function screenQuestion(text: string): QuestionVerdict {
  let request: Request | undefined;
  for (const question of questionTexts(text)) {
    const emergency = readEmergency(question);
    if (emergency) return { verdict: 'emergency', emergency };
    request ??= readRequest(question);
  }
  return request ? { verdict: 'fallback', request } : { verdict: 'allow' };
}
