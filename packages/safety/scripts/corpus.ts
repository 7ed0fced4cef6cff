import { readdirSync, readFileSync } from 'node:fs';

/** A labelled text of the corpus. */
export interface Case {
  readonly id: string;
  readonly text: string;
  readonly kind: 'answer' | 'question';
  readonly label: 'violation' | 'ok' | 'emergency' | 'fallback';
  readonly categories: readonly string[];
  readonly technique: string;
  /** Who wrote it: texts of one writer resemble each other. */
  readonly writer: string;
}

/**
 * The parts of the corpus. `dev` is what the rules of structure were written on, `train` what the models are trained on
 * beside it. Of `validation` only counts were looked at, to choose where the models say yes; `report` is touched only to report.
 */
export type Part = 'dev' | 'train' | 'validation' | 'report';

export function readCorpus(part: Part): Case[] {
  return readFileSync(new URL(`../corpus/${part}.jsonl`, import.meta.url), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Case & { writer?: string })
    .map((one) => ({ ...one, writer: one.writer ?? part }));
}

/** The records and the prose that the project trains its models on: harmless, by the policy and by a test. */
export function readBundledTexts(): Case[] {
  const data = new URL('../../../data/', import.meta.url);
  const texts: string[] = [];
  for (const folder of ['records/', 'prose/'])
    for (const file of readdirSync(new URL(folder, data)).sort())
      for (const line of readFileSync(new URL(folder + file, data), 'utf8').split('\n')) {
        if (!line.trim()) continue;
        if (file.endsWith('.jsonl')) texts.push((JSON.parse(line) as { output: string }).output);
        else if (file.endsWith('.txt')) texts.push(line);
      }
  return texts.map((text, i) => ({
    id: `bundled-${i + 1}`,
    text,
    kind: 'answer',
    label: 'ok',
    categories: [],
    technique: 'bundled',
    writer: 'bundled',
  }));
}
