/** A multiple-choice question in the one shape all scoring uses. */
export interface ExamItem {
  /** Unique within its file. */
  readonly id: string;
  /** What is asked, without the options. */
  readonly question: string;
  /** Text the question refers to, such as an abstract. */
  readonly context?: string;
  /** Names of the options in order: A, B, C... or yes, no, maybe. */
  readonly labels: readonly string[];
  /** Texts of the options, one a label. */
  readonly options: readonly string[];
  /** Positions of the right options; one, except in sets with several true answers (TruthfulQA MC2). */
  readonly correct: readonly number[];
  /** Subject or split where the file names one, for a breakdown. */
  readonly subject?: string;
}

/** A text to summarise and its reference summary (MeQSum), scored by ROUGE. */
export interface SummaryItem {
  /** As the exam names it. */
  readonly id: string;
  /** What is to be summed up. */
  readonly text: string;
  /** The published summary. */
  readonly reference: string;
}

/**
 * The question as a prompt: context, question, then one "A: option" a line. Answers are expected in the same form,
 * "A: Penicillin", as medAlpaca's evaluation asks them.
 */
export function formatExamPrompt(item: ExamItem): string {
  const options = item.labels.map((label, i) =>
    label.toLowerCase() === item.options[i]!.toLowerCase() ? label : `${label}: ${item.options[i]!}`,
  );
  return [...(item.context === undefined ? [] : [item.context]), item.question, ...options].join('\n');
}

/** A, B, C... */
export const letterLabels = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => String.fromCharCode(65 + i));
