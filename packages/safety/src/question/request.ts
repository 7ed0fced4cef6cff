import { Asked } from './asked.ts';
import type { Concept } from './concepts.ts';
import { isDecisionRequest } from './decision-request.ts';
import { isDiagnosisRequest } from './diagnosis-request.ts';
import { isDoseRequest } from './dose-request.ts';
import { isOverride } from './override-request.ts';
import { isPrescriptionRequest } from './prescription-request.ts';
import type { QuestionText } from './question-text.ts';

/** What a question wants that the assistant does not give. */
export type Request = 'dose' | 'diagnosis' | 'prescription' | 'decision_rule' | 'override';

/** In the order in which they are named where a question asks for several. */
const READERS: readonly (readonly [Request, (asked: Asked) => boolean])[] = [
  ['override', isOverride],
  ['dose', isDoseRequest],
  ['decision_rule', isDecisionRequest],
  ['prescription', isPrescriptionRequest],
  ['diagnosis', isDiagnosisRequest],
];

/** What the question asks for that needs the fallback, or undefined for an educational question. */
export function readRequest(question: QuestionText): Request | undefined {
  const asked = Asked.all(question);
  for (const [request, asks] of READERS) if (asked.some(asks)) return request;
  return undefined;
}

/** What a question that is known to be a request most likely wants, by its words alone. */
export function likeliestRequest({ sentences }: QuestionText): Request {
  const some = (...concepts: Concept[]): boolean => sentences.some((sentence) => sentence.hasAny(concepts));
  if (some('persona', 'unbound', 'rule', 'script', 'made_up', 'fiction')) return 'override';
  if (some('how_much', 'dose', 'mass_unit', 'dosage_unit')) return 'dose';
  return some('medicine_word', 'named_drug', 'supplement') ? 'prescription' : 'diagnosis';
}
