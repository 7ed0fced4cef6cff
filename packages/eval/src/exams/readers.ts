import { z } from 'zod';
import { BadInputError } from '../errors.ts';
import { parseCsv } from '../inputs/csv.ts';
import { checkShape, parseJsonDocument, parseJsonRecords } from '../inputs/jsonl.ts';
import { type ExamItem, letterLabels, type SummaryItem } from './exam-item.ts';

/**
 * Readers for the layouts in which the exams are published. Each takes the text of a file and a name for messages.
 * They read layouts; the sets themselves are not part of this package and carry their own licences.
 */

const text = z.string().min(1);
const lettered = z.record(z.string().regex(/^[A-Z]$/, 'expected options keyed by capital letters'), text);
const identifier = z.union([text, z.number()]).transform(String);

const usmle = z.object({
  no: identifier.optional(),
  question: text,
  options: lettered,
  answer: z.string().optional(),
  answer_idx: z.string().optional(),
});
const usmleSolutions = z.record(z.string(), z.string());

/**
 * USMLE self-assessment as medAlpaca publishes it: a JSON array of `{ no, question, options: { A: ... } }`, with the
 * answers beside the questions or in a second file `{ "1": "D", ... }` keyed by `no`.
 */
export function readUsmle(content: string, source: string, solutions?: string): ExamItem[] {
  const key = solutions === undefined ? {} : parseJsonDocument(solutions, usmleSolutions, `solutions of ${source}`);
  return parseJsonRecords(content, usmle, source).map((record, index) => {
    const id = record.no ?? String(index + 1);
    const at = place(source, index, 'answer');
    return fromLetters(id, record.question, record.options, key[id] ?? record.answer_idx ?? record.answer, at);
  });
}

const medQa = z.object({
  question: text,
  answer: z.string().optional(),
  answer_idx: z.string().optional(),
  options: z.union([lettered, z.array(z.object({ key: text, value: text }))]),
  meta_info: z.string().optional(),
});

/** MedQA (Jin et al. 2021): JSON lines of `{ question, options, answer_idx, answer, meta_info }`, options as map or list. */
export function readMedQa(content: string, source: string): ExamItem[] {
  return parseJsonRecords(content, medQa, source).map((record, index) => {
    const options = Array.isArray(record.options)
      ? Object.fromEntries(record.options.map(({ key, value }) => [key, value]))
      : record.options;
    const item = fromLetters(
      String(index + 1),
      record.question,
      options,
      record.answer_idx ?? record.answer,
      place(source, index, 'answer_idx'),
    );
    return record.meta_info === undefined ? item : { ...item, subject: record.meta_info };
  });
}

const headQaQuestion = z.object({
  qid: identifier,
  qtext: text,
  ra: z.coerce.number().int(),
  answers: z.array(z.object({ aid: z.coerce.number().int(), atext: z.string() })).min(2),
  name: z.string().optional(),
  category: z.string().optional(),
});
const headQaFile = z.object({
  exams: z.record(z.string(), z.object({ category: z.string().optional(), data: z.array(headQaQuestion) })),
});

/** HeadQA (Vilares and Gómez-Rodríguez 2019): the original `{ exams: { name: { data } } }` or one question a line. */
export function readHeadQa(content: string, source: string): ExamItem[] {
  const original = /^\s*\{\s*"(?:version|language|exams)"/.test(content);
  const questions = original
    ? Object.entries(parseJsonDocument(content, headQaFile, source).exams).flatMap(([exam, { category, data }]) =>
        data.map((question) => ({ ...question, name: exam, category: question.category ?? category })),
      )
    : parseJsonRecords(content, headQaQuestion, source);
  return questions.map((q, index) => {
    const correct = q.answers.findIndex((answer) => answer.aid === q.ra);
    if (correct < 0) throw new BadInputError(place(source, index, 'ra'), `no answer has the id ${q.ra}.`);
    return {
      id: `${q.name ?? 'headqa'}-${q.qid}`,
      question: q.qtext,
      labels: letterLabels(q.answers.length),
      options: q.answers.map((answer) => answer.atext.trim()),
      correct: [correct],
      ...(q.category === undefined ? {} : { subject: q.category }),
    };
  });
}

const pubMedDecision = z.enum(['yes', 'no', 'maybe']);
const pubMedOriginal = z.record(
  z.string(),
  z.object({ QUESTION: text, CONTEXTS: z.array(z.string()), final_decision: pubMedDecision.optional() }),
);
const pubMedRow = z.object({
  pubid: identifier,
  question: text,
  context: z.object({ contexts: z.array(z.string()) }),
  final_decision: pubMedDecision,
});
const PUBMED_LABELS = ['yes', 'no', 'maybe'];

/**
 * PubMedQA (Jin et al. 2019): the original `ori_pqal.json` keyed by PubMed id, or rows with `pubid`. The published test
 * split is the ids of `test_ground_truth.json`; pass its text as `groundTruth` to keep those only.
 */
export function readPubMedQa(content: string, source: string, groundTruth?: string): ExamItem[] {
  const item = (id: string, question: string, contexts: readonly string[], decision: string): ExamItem => ({
    id,
    question,
    context: contexts.join('\n'),
    labels: PUBMED_LABELS,
    options: PUBMED_LABELS,
    correct: [PUBMED_LABELS.indexOf(decision)],
  });
  const truth =
    groundTruth === undefined
      ? undefined
      : parseJsonDocument(groundTruth, z.record(z.string(), pubMedDecision), `ground truth of ${source}`);
  const keyedById = /^\s*\{\s*"\d+"\s*:/.test(content);
  if (!keyedById) {
    return parseJsonRecords(content, pubMedRow, source)
      .filter((row) => truth === undefined || Object.hasOwn(truth, row.pubid))
      .map((row) => item(row.pubid, row.question, row.context.contexts, row.final_decision));
  }
  return Object.entries(parseJsonDocument(content, pubMedOriginal, source))
    .filter(([id]) => truth === undefined || Object.hasOwn(truth, id))
    .map(([id, row]) => {
      const decision = truth?.[id] ?? row.final_decision;
      if (decision === undefined) {
        throw new BadInputError({ source: `${source}, entry ${id}`, field: 'final_decision' }, 'missing.');
      }
      return item(id, row.QUESTION, row.CONTEXTS, decision);
    });
}

const medMcqa = z.object({
  id: identifier,
  question: text,
  opa: z.string(),
  opb: z.string(),
  opc: z.string(),
  opd: z.string(),
  cop: z.coerce.number().int(),
  choice_type: z.string().optional(),
  subject_name: z.string().nullish(),
});

/**
 * MedMCQA (Pal et al. 2022). The authors' files count `cop` from 1, the Hugging Face copy from 0 (and -1 for hidden answers),
 * and a file of ones, twos and threes fits both, so `copBase` must be told unless the file holds a 0 or a 4.
 */
export function readMedMcqa(content: string, source: string, copBase?: 0 | 1): ExamItem[] {
  const rows = parseJsonRecords(content, medMcqa, source);
  const base = copBase ?? (rows.some((r) => r.cop <= 0) ? 0 : rows.some((r) => r.cop === 4) ? 1 : undefined);
  if (base === undefined) {
    throw new BadInputError(
      { source, field: 'cop' },
      "every value is 1, 2 or 3, which fits a count from 0 and from 1; pass copBase (1 for the authors' files, 0 for the Hugging Face copy).",
    );
  }
  return rows.map((row, index) => {
    const correct = row.cop - base;
    if (correct < 0 || correct > 3) {
      throw new BadInputError(
        place(source, index, 'cop'),
        `expected ${base} to ${base + 3}, found ${row.cop}${row.cop === -1 ? ' (the answers of the test split are not published)' : ''}.`,
      );
    }
    return {
      id: row.id,
      question: row.question,
      labels: letterLabels(4),
      options: [row.opa, row.opb, row.opc, row.opd],
      correct: [correct],
      ...(row.subject_name ? { subject: row.subject_name } : {}),
    };
  });
}

const mmluRow = z.object({
  question: text,
  choices: z.array(z.string()).length(4),
  answer: z.union([z.number().int().min(0).max(3), z.enum(['A', 'B', 'C', 'D'])]),
  subject: z.string().optional(),
});

/** MMLU (Hendrycks et al. 2021): the original CSV without a header (question, A, B, C, D, letter), or rows with `choices`. */
export function readMmlu(content: string, source: string, subject?: string): ExamItem[] {
  const item = (
    index: number,
    question: string,
    options: readonly string[],
    correct: number,
    named?: string,
  ): ExamItem => ({
    id: `${named ?? 'mmlu'}-${index + 1}`,
    question,
    labels: letterLabels(4),
    options,
    correct: [correct],
    ...(named === undefined ? {} : { subject: named }),
  });
  if (/^\s*[[{]/.test(content)) {
    return parseJsonRecords(content, mmluRow, source).map((row, i) =>
      item(
        i,
        row.question,
        row.choices,
        typeof row.answer === 'number' ? row.answer : 'ABCD'.indexOf(row.answer),
        row.subject ?? subject,
      ),
    );
  }
  return parseCsv(content, source).map(({ row, cells }, i) => {
    const correct = 'ABCD'.indexOf(cells[5]?.trim() || '?');
    if (cells.length !== 6 || correct < 0) {
      throw new BadInputError(
        { source, line: row },
        `expected six cells (question, four options, a letter A to D), found ${cells.length} cells${cells.length === 6 ? ' and no such letter' : ''}.`,
      );
    }
    return item(i, cells[0]!, cells.slice(1, 5), correct, subject);
  });
}

const bbh = z.object({ examples: z.array(z.object({ input: text, target: text })).min(1) });

/**
 * BIG-Bench Hard (Suzgun et al. 2022), multiple-choice tasks: options stand in the input as "(A) text" lines after
 * "Options:", or the targets are one of a small set of words such as yes and no.
 */
export function readBbh(content: string, source: string): ExamItem[] {
  const { examples } = parseJsonDocument(content, bbh, source);
  const targets = [...new Set(examples.map((example) => example.target.trim()))].sort();
  return examples.map(({ input, target }, index) => {
    const id = String(index + 1);
    const [question, list] = input.split(/\n?\s*Options:\s*\n/);
    const lines = (list ?? '').split('\n').filter((entry) => entry.trim() !== '');
    const lettersOnly = lines.map((entry) => /^\s*\(([A-Z])\)\s*(.*)$/.exec(entry));
    if (lines.length > 0 && lettersOnly.every((match) => match !== null)) {
      const options = Object.fromEntries(lettersOnly.map((match) => [match![1]!, match![2]!]));
      return fromLetters(
        id,
        question!.trim(),
        options,
        target.trim().replace(/^\(|\)$/g, ''),
        place(source, index, 'target'),
      );
    }
    const words = lines.length > 0 ? lines.map((entry) => entry.replace(/^\s*-\s*/, '').trim()) : targets;
    const correct = words.findIndex((word) => word.toLowerCase() === target.trim().toLowerCase());
    if (correct < 0 || words.length < 2 || words.length > 10) {
      throw new BadInputError(
        place(source, index, 'target'),
        'expected a multiple-choice task: lettered options in the input, or two to ten different targets over the file. ' +
          'Tasks with free answers cannot be scored as choices.',
      );
    }
    return { id, question: (question ?? input).trim(), labels: words, options: words, correct: [correct] };
  });
}

const mcTargets = z.union([
  z.record(z.string(), z.union([z.literal(0), z.literal(1)])),
  z.object({ choices: z.array(text), labels: z.array(z.union([z.literal(0), z.literal(1)])) }),
]);
const truthfulQa = z.object({ question: text, mc1_targets: mcTargets, mc2_targets: mcTargets });

/** TruthfulQA (Lin et al. 2022), multiple choice: `mc_task.json` or the rows of the Hugging Face copy. */
export function readTruthfulQa(content: string, source: string, target: 'mc1' | 'mc2' = 'mc1'): ExamItem[] {
  return parseJsonRecords(content, truthfulQa, source).map((record, index) => {
    const field = `${target}_targets` as const;
    const targets = record[field];
    const isList = Array.isArray((targets as { choices?: unknown }).choices);
    const choices = isList ? (targets as { choices: string[] }).choices : Object.keys(targets);
    const labels = isList ? (targets as { labels: number[] }).labels : Object.values(targets as Record<string, number>);
    const correct = labels.flatMap((label, i) => (label === 1 ? [i] : []));
    if (labels.length !== choices.length || correct.length === 0 || (target === 'mc1' && correct.length !== 1)) {
      throw new BadInputError(
        place(source, index, field),
        `expected one label a choice and ${target === 'mc1' ? 'exactly one' : 'at least one'} true, found ${choices.length} choices, ${labels.length} labels, ${correct.length} true.`,
      );
    }
    return {
      id: String(index + 1),
      question: record.question,
      labels: letterLabels(choices.length),
      options: choices,
      correct,
    };
  });
}

/** MeQSum (Ben Abacha and Demner-Fushman 2019): the published sheet saved as CSV, with columns File, CHQ and Summary. */
export function readMeqSum(content: string, source: string): SummaryItem[] {
  const [header, ...rows] = parseCsv(content, source);
  const names = (header?.cells ?? []).map((cell) => cell.trim().toLowerCase());
  const [file, question, summary] = ['file', 'chq', 'summary'].map((name) => names.indexOf(name)) as [
    number,
    number,
    number,
  ];
  if (question < 0 || summary < 0) {
    throw new BadInputError(
      { source, line: 1 },
      'expected a header with the columns CHQ and Summary (File is optional).',
    );
  }
  return rows.map(({ row, cells }) =>
    checkShape(
      {
        id: (file < 0 ? '' : (cells[file] ?? '')) || String(row - 1),
        text: cells[question],
        reference: cells[summary],
      },
      z.object({ id: text, text, reference: text }),
      source,
      row,
    ),
  );
}

function fromLetters(
  id: string,
  question: string,
  options: Readonly<Record<string, string>>,
  answer: string | undefined,
  at: { source: string; field: string },
): ExamItem {
  const labels = Object.keys(options).sort();
  const texts = labels.map((label) => options[label]!);
  const wanted = answer?.trim() ?? '';
  const byLabel = labels.indexOf(wanted);
  const correct = byLabel >= 0 ? byLabel : texts.indexOf(wanted);
  if (labels.length < 2 || correct < 0) {
    throw new BadInputError(
      at,
      `expected ${labels.length < 2 ? 'at least two options and ' : ''}one of the labels ${labels.join(', ')} or the text of one option, found ${
        answer === undefined ? 'nothing' : 'neither'
      }.`,
    );
  }
  return { id, question, labels, options: texts, correct: [correct] };
}

const place = (source: string, index: number, field: string) => ({ source: `${source}, record ${index + 1}`, field });

/** The readers by name, for configuration files and the command line. */
export const examReaders = {
  usmle: (content: string, source: string, extra?: string) => readUsmle(content, source, extra),
  medqa: (content: string, source: string) => readMedQa(content, source),
  headqa: (content: string, source: string) => readHeadQa(content, source),
  pubmedqa: (content: string, source: string, extra?: string) => readPubMedQa(content, source, extra),
  medmcqa: (content: string, source: string) => readMedMcqa(content, source),
  mmlu: (content: string, source: string) => readMmlu(content, source),
  bbh: (content: string, source: string) => readBbh(content, source),
  'truthfulqa-mc1': (content: string, source: string) => readTruthfulQa(content, source, 'mc1'),
  'truthfulqa-mc2': (content: string, source: string) => readTruthfulQa(content, source, 'mc2'),
} satisfies Record<string, (content: string, source: string, extra?: string) => ExamItem[]>;

/** Published layouts that can be read. */
export type ExamName = keyof typeof examReaders;
