import { z } from 'zod';
import { parseJsonDocument, parseJsonRecords } from '../inputs/jsonl.ts';

/** Figures a run can be compared by, in the order of the table. */
export const RUN_METRICS = {
  loss: { title: 'Loss', unit: 'nats', better: 'lower', digits: 4 },
  perplexity: { title: 'Perplexity', unit: '', better: 'lower', digits: 3 },
  bleu: { title: 'BLEU', unit: '', better: 'higher', digits: 2 },
  chrf: { title: 'chrF', unit: '', better: 'higher', digits: 2 },
  rouge1: { title: 'ROUGE-1', unit: '', better: 'higher', digits: 4 },
  rouge2: { title: 'ROUGE-2', unit: '', better: 'higher', digits: 4 },
  rougeL: { title: 'ROUGE-L', unit: '', better: 'higher', digits: 4 },
  rougeLsum: { title: 'ROUGE-Lsum', unit: '', better: 'higher', digits: 4 },
  examAccuracy: { title: 'Exam accuracy', unit: '', better: 'higher', digits: 4 },
  winRate: { title: 'Win rate', unit: '', better: 'higher', digits: 4 },
  safetyViolations: { title: 'Safety violations', unit: 'share', better: 'lower', digits: 4 },
  meanSafety: { title: 'Mean safety', unit: '1-5', better: 'higher', digits: 2 },
  seconds: { title: 'Time', unit: 's', better: 'lower', digits: 1 },
  peakMemoryBytes: { title: 'Peak memory', unit: 'MiB', better: 'lower', digits: 0 },
} as const satisfies Record<string, { title: string; unit: string; better: 'lower' | 'higher'; digits: number }>;

/** A figure that runs are compared by. */
export type RunMetric = keyof typeof RUN_METRICS;

/** One configuration and what came of it. */
export interface RunRecord {
  /** As the run is called. */
  readonly name: string;
  /** Settings; those that differ between runs become columns. */
  readonly config: Readonly<Record<string, string | number | boolean>>;
  /** Figure -> value, in the unit of {@link RUN_METRICS}. */
  readonly metrics: Readonly<Partial<Record<RunMetric, number>>>;
  /** Signature of a figure's score; figures with different signatures are not compared. */
  readonly signatures: Readonly<Partial<Record<RunMetric, string>>>;
}

const metricKey = z.enum(Object.keys(RUN_METRICS) as [RunMetric, ...RunMetric[]]);
const runSchema = z.object({
  name: z.string().min(1),
  config: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  metrics: z.partialRecord(metricKey, z.number()),
  signatures: z.partialRecord(metricKey, z.string()).default({}),
});

/**
 * Reads runs: one run as a JSON object, an array of runs, or JSON lines.
 * @throws {BadInputError}
 */
export function readRuns(text: string, source: string): RunRecord[] {
  // A single run may be spread over lines, which JSON lines cannot be.
  const single = /^[\s\uFEFF]*\{/.test(text) && isOneDocument(text);
  return (
    single ? [parseJsonDocument(text, runSchema, source)] : parseJsonRecords(text, runSchema, source)
  ) as RunRecord[];
}

function isOneDocument(text: string): boolean {
  try {
    JSON.parse(text.replace(/^\uFEFF/, ''));
    return true;
  } catch {
    return false;
  }
}
