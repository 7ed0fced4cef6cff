/** Answers of the model before and after training, with what the guard decided on each. */
import { escapeHtml } from './escape-html.ts';
import type { Html } from './page.ts';

/** An answer as a person would have read it. Only text that has passed a guard belongs here. */
export interface JudgedAnswer {
  /** As it was shown. */
  readonly text: string;
  /** `answered`: as the model said it; `replaced`: something was taken out; the others: said by the guard in its place. */
  readonly decision: 'answered' | 'replaced' | 'fallback' | 'emergency';
  /** Kinds of what was found, such as `dosage`. */
  readonly categories: readonly string[];
}

/** What base and adapter answered to one question. */
export interface AnswerPair {
  /** What was asked. */
  readonly question: string;
  /** What belongs to the question; empty where there is nothing. */
  readonly context?: string | undefined;
  /** Of the untrained model. */
  readonly before?: JudgedAnswer | undefined;
  /** Of the trained model. */
  readonly after: JudgedAnswer;
}

const VERDICTS: Readonly<Record<JudgedAnswer['decision'], string>> = {
  answered: 'passed the guard',
  replaced: 'guard took something out',
  fallback: 'guard answered: a request it declines',
  emergency: 'guard answered: a possible emergency',
};

/** One article a question, both answers beside each other where there is room. */
export function answerPairs(pairs: readonly AnswerPair[]): Html {
  return pairs.map(pairArticle).join('');
}

function pairArticle({ question, context = '', before, after }: AnswerPair): Html {
  const asked = context === '' ? '' : `<p class="context" dir="auto">${escapeHtml(context)}</p>`;
  const answers = `${before ? said('Before training', before) : ''}${said(before ? 'After training' : 'Answer', after)}`;
  return `<article class="sample"><h3 dir="auto">${escapeHtml(question)}</h3>${asked}<div class="answers">${answers}</div></article>`;
}

function said(title: string, { text, decision, categories }: JudgedAnswer): Html {
  const kinds = categories.length === 0 ? '' : `: ${escapeHtml([...new Set(categories)].join(', '))}`;
  const verdict = `<span class="verdict${decision === 'answered' ? '' : ' stepped-in'}">${VERDICTS[decision]}${kinds}</span>`;
  return `<div class="said"><h4><span>${title}</span>${verdict}</h4><p dir="auto">${escapeHtml(text.trim())}</p></div>`;
}
