/** The log of a training run, events.jsonl, as curves. Lines it does not know are passed over, so that logs may grow. */
import { z } from 'zod';

/** One update of a run. */
export interface LoggedStep {
  /** From 1. */
  readonly step: number;
  /** Updates the run was to make. */
  readonly steps: number;
  /** Mean negative log-likelihood of the tokens that count, nats; NaN where it was no number. */
  readonly lossNats: number;
  /** Rate of this update. */
  readonly learningRate: number;
  /** Before clipping. */
  readonly gradientNorm: number;
  /** Without padding. */
  readonly tokens: number;
  /** Time of the update. */
  readonly seconds: number;
  /** Of `seconds`, what passed while the engine worked. */
  readonly engineSeconds?: number | undefined;
  /** Memory of the process that is resident, at the end of the step. */
  readonly residentBytes?: number | undefined;
  /** Of `seconds`, in a run of several ranks: exchanging gradients, and waiting for slower ranks. */
  readonly exchange?: { readonly seconds: number; readonly waitSeconds: number } | undefined;
}

/** One evaluation of a run. */
export interface LoggedEvaluation {
  /** Updates made so far; 0 is the untrained model. */
  readonly step: number;
  /** Mean negative log-likelihood of the tokens that count, nats; NaN where it was no number. */
  readonly lossNats: number;
  /** e to the `lossNats`. */
  readonly perplexity: number;
  /** Tokens that count. */
  readonly tokens: number;
}

/** A run as its events.jsonl tells it. */
export interface TrainingLog {
  /** In order; of a step made twice, the last. */
  readonly steps: readonly LoggedStep[];
  /** In order, the untrained model first. */
  readonly evaluations: readonly LoggedEvaluation[];
  /** Records read and dropped, and the sizes of the parts. */
  readonly records?: LoggedRecords | undefined;
  /** How much of the model was trained. */
  readonly trainable?: LoggedParameters | undefined;
  /** How the base was held, where it was quantised. */
  readonly quantization?: LoggedQuantization | undefined;
  /** An adapter, or every weight. */
  readonly method?: 'lora' | 'full' | undefined;
  /** What computed. */
  readonly engine?: string | undefined;
  /** How the latest process ended; undefined where it did not come to an end. */
  readonly ended?: 'completed' | 'aborted' | undefined;
  /** Processes after the first, and lines that could not be read. */
  readonly resumes: number;
  /** Lines that could not be read and are left out. */
  readonly brokenLines: number;
}

/** How far the numbers that the base is held in are from those of its files. */
export interface LoggedQuantization {
  /** Type that the matrices were held in. */
  readonly dtype: string;
  /** The same in words, where the log has them: `nf4 with scales in 8 bits`. */
  readonly heldAs?: string | undefined;
  /** Root of the summed squared differences over that of the values, all matrices together. */
  readonly relativeError: number;
  /** Size as they are stored. */
  readonly bytesBefore: number;
  /** Size as they were held. */
  readonly bytes: number;
  /** How many there are. */
  readonly matrices: number;
}

/** How many records took part, and how many were dropped. */
export interface LoggedRecords {
  /** Records of all files. */
  readonly read: number;
  /** Of those, the ones that took no part. */
  readonly dropped: number;
  /** Learned from. */
  readonly train: number;
  /** Measured on while training went on. */
  readonly validation: number;
  /** Kept apart. */
  readonly test: number;
}

/** How much of the model was trained. */
export interface LoggedParameters {
  /** Numbers that training changed. */
  readonly trainable: number;
  /** Numbers of the model. */
  readonly total: number;
  /** `trainable` / `total`. */
  readonly share: number;
  /** Linears that got an adapter. */
  readonly modules: number;
}

const count = z.number().int().nonnegative();
// JSON has no NaN: a loss that was none is null in the log.
const measured = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.NaN);
const evaluation = { lossNats: measured, perplexity: measured, tokens: count };
const event = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('prepare-end'),
    report: z.object({ read: count, dropped: z.array(z.unknown()) }),
    examples: z.object({ train: count, validation: count, test: count }),
    trainable: z.object({ trainable: count, total: count, share: z.number(), modules: count }),
  }),
  z.object({ type: z.literal('run-start'), method: z.enum(['lora', 'full']), engine: z.string() }),
  z.object({
    type: z.literal('step-end'),
    step: count.min(1),
    steps: count,
    lossNats: measured,
    learningRate: measured,
    gradientNorm: measured,
    tokens: count,
    seconds: z.number().nonnegative(),
    engineSeconds: z.number().optional(),
    residentBytes: z.number().optional(),
    exchange: z.object({ seconds: z.number(), waitSeconds: z.number() }).optional(),
  }),
  z.object({ type: z.literal('baseline-end'), ...evaluation }),
  z.object({ type: z.literal('evaluation-end'), step: count, ...evaluation }),
  z.object({
    type: z.literal('quantize-end'),
    dtype: z.string(),
    heldAs: z.string().optional(),
    relativeError: z.number(),
    bytesBefore: count,
    bytes: count,
    matrices: count,
  }),
  z.object({ type: z.literal('resume'), step: count }),
  z.object({ type: z.literal('run-end'), reason: z.enum(['completed', 'aborted']) }),
]);

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Reads the log of a run and of all that resumed it. Steps made twice, because a process died after its last checkpoint,
 * count as made the second time; a run that began anew in the same folder replaces what was there.
 */
export function readTrainingLog(text: string): TrainingLog {
  const log: Mutable<TrainingLog> = { steps: [], evaluations: [], resumes: 0, brokenLines: 0 };
  let earlier: Pick<TrainingLog, 'steps' | 'evaluations'> = { steps: [], evaluations: [] };
  const steps = new Map<number, LoggedStep>();
  const evaluations = new Map<number, LoggedEvaluation>();
  let resumes = 0;
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const value = parsed(line);
    if (value === undefined) {
      log.brokenLines++;
      continue;
    }
    const found = event.safeParse(value);
    if (!found.success) continue;
    const e = found.data;
    switch (e.type) {
      case 'prepare-end':
        earlier = { steps: [...steps.values()], evaluations: [...evaluations.values()] };
        steps.clear();
        evaluations.clear();
        log.records = { read: e.report.read, dropped: e.report.dropped.length, ...e.examples };
        log.trainable = e.trainable;
        log.ended = undefined;
        break;
      case 'resume':
        resumes++;
        for (const step of earlier.steps) if (step.step <= e.step) steps.set(step.step, step);
        for (const one of earlier.evaluations) if (one.step <= e.step) evaluations.set(one.step, one);
        break;
      case 'quantize-end':
        log.quantization = e;
        break;
      case 'run-start':
        log.method = e.method;
        log.engine = e.engine;
        break;
      case 'step-end':
        steps.set(e.step, e);
        break;
      case 'baseline-end':
        resumes = 0;
        evaluations.set(0, { step: 0, ...e });
        break;
      case 'evaluation-end':
        evaluations.set(e.step, e);
        break;
      case 'run-end':
        log.ended = e.reason;
        break;
    }
  }
  const inOrder = <T extends { readonly step: number }>(map: Map<number, T>) =>
    [...map.values()].sort((a, b) => a.step - b.step);
  return { ...log, steps: inOrder(steps), evaluations: inOrder(evaluations), resumes };
}

/** A line that a dying process left half written is no reason to lose the rest. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
