import { createHash } from 'node:crypto';
import { StudyPlanError } from '../errors.ts';
import { escapeHtml } from '../report/escape-html.ts';
import { readPackageFile } from '../report/package-file.ts';
import type { StudyPlan } from './plan.ts';
import { CREDENTIAL_TITLES, CREDENTIALS, EXPERTISE_ANCHORS, RUBRIC } from './rubric.ts';

/** What a form says beside the plan. */
export interface ReviewFormOptions {
  /** Where the file goes back to, such as an e-mail address; shown on the last page. */
  readonly contact?: string;
}

/**
 * The form of one reviewer: a single HTML page that works from a file, offline. It holds the reviewer's outputs under their
 * blinded names and nothing of the systems or of other reviewers. Its content security policy allows its own script and style and
 * no connection of any kind.
 * @throws {StudyPlanError} for a reviewer the plan does not have
 */
export function renderReviewForm(plan: StudyPlan, reviewerId: string, options: ReviewFormOptions = {}): string {
  const assignment = plan.assignments.find((entry) => entry.reviewer === reviewerId);
  const reviewer = plan.reviewers.find((entry) => entry.id === reviewerId);
  if (assignment === undefined || reviewer === undefined) {
    throw new StudyPlanError(
      `reviewer: the plan "${plan.title}" has no reviewer with this id; it has ${plan.reviewers.length} others.`,
    );
  }
  const items = new Map(plan.items.map((item) => [item.id, item]));
  const { id: _id, name: _name, ...known } = reviewer;
  const data = {
    studyId: plan.studyId,
    reviewer: reviewerId,
    title: plan.title,
    consent: plan.consent,
    contact: options.contact ?? null,
    criteria: plan.criteria.map((key) => ({ key, ...RUBRIC[key] })),
    credentials: CREDENTIALS.map((key) => ({ key, title: CREDENTIAL_TITLES[key] })),
    expertise: EXPERTISE_ANCHORS,
    items: assignment.items.map((id) => {
      const item = items.get(id)!;
      return { id, prompt: item.prompt, output: item.output };
    }),
    known,
  };
  const style = readPackageFile('assets/review-form/form.css');
  const script = readPackageFile('assets/review-form/form.js');
  const policy = [
    "default-src 'none'",
    `style-src ${hashSource(style)}`,
    `script-src ${hashSource(script)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  // A closing tag or comment inside the data would end the script element.
  const json = JSON.stringify(data)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
  const parts: Record<string, string> = { title: escapeHtml(plan.title), policy, style, script, data: json };
  return readPackageFile('assets/review-form/form.html').replace(/\{\{(\w+)\}\}/g, (_, name: string) => parts[name]!);
}

const hashSource = (content: string): string => `'sha256-${createHash('sha256').update(content).digest('base64')}'`;
