/** Says what a command measured: as text or JSON, and as a page where --html asks for one. */
import { writeFile } from 'node:fs/promises';
import type { EvaluationReport } from '@alpacare/eval';
import { print } from '../ui/score-lines.ts';
import { systemFacts } from './run-facts.ts';

export interface TellFlags {
  readonly json: boolean;
  /** Where the page goes. */
  readonly html?: string;
}

export interface Told extends Omit<EvaluationReport, 'environment'> {
  /** For --json. */
  readonly value: unknown;
  /** For a person. */
  readonly text: string;
}

export async function tellScores(
  { json = false, html }: Partial<TellFlags>,
  { value, text, ...page }: Told,
): Promise<void> {
  if (html !== undefined) {
    const { renderEvaluationReport } = await import('@alpacare/eval');
    await writeFile(html, await renderEvaluationReport({ ...page, environment: systemFacts() }));
  }
  print(json, value, html === undefined ? text : `${text}report: ${html}\n`);
}

/** The options a command was given, by their long names; switches that are off and --json say nothing about a score. */
export function optionFacts(flags: object): (readonly [name: string, value: string])[] {
  const names = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return Object.entries(flags)
    .filter(([name, value]) => !['json', 'html'].includes(name) && value !== undefined && value !== false)
    .map(([name, value]) => [names(name), Array.isArray(value) ? value.join(', ') : String(value)]);
}
