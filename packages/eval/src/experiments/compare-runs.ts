import { EmptySampleError, SampleMismatchError } from '../errors.ts';
import { RUN_METRICS, type RunMetric, type RunRecord } from './run-record.ts';

/** A figure of a run and its change against the baseline. */
export interface ComparedCell {
  /** Null where the run has no such figure. */
  readonly value: number | null;
  /** Value minus the baseline's; `null` where either is missing or they do not compare. */
  readonly change: number | null;
  /** Change over the baseline's value; `null` also where that is 0. */
  readonly relativeChange: number | null;
  /** Against the baseline; null where there is nothing to compare. */
  readonly direction: 'better' | 'worse' | 'same' | null;
}

/** One run in a comparison. */
export interface ComparedRun {
  /** As the run is called. */
  readonly name: string;
  /** Whether the others are compared with this one. */
  readonly isBaseline: boolean;
  /** Settings that differ between runs, as text. */
  readonly settings: Readonly<Record<string, string>>;
  /** Figure -> what the run came to. */
  readonly cells: Readonly<Partial<Record<RunMetric, ComparedCell>>>;
}

/** Runs side by side, against a baseline. */
export interface RunComparison {
  /** Name of the run that the others are compared with. */
  readonly baseline: string;
  /** Settings that differ between the runs. */
  readonly settings: readonly string[];
  /** Figures that at least one run has. */
  readonly metrics: readonly RunMetric[];
  /** In the order given. */
  readonly runs: readonly ComparedRun[];
  /** What the table does not support, in words. */
  readonly notes: readonly string[];
}

/**
 * Runs side by side, each figure with its change against the baseline. A change is a difference of two figures, not a claim:
 * for claims use a paired test on the outputs.
 * @param baseline name of a run; the first one by default
 * @throws {EmptySampleError} {SampleMismatchError} for doubled names or an unknown baseline
 */
export function compareRuns(runs: readonly RunRecord[], baseline?: string): RunComparison {
  if (runs.length === 0) throw new EmptySampleError('compare', 'at least one run');
  const names = runs.map((run) => run.name);
  if (new Set(names).size !== names.length)
    throw new SampleMismatchError('Compare: run names must be unique, found one twice.');
  const base = baseline === undefined ? runs[0]! : runs.find((run) => run.name === baseline);
  if (base === undefined) {
    throw new SampleMismatchError(`Compare: no run is named "${baseline}"; the runs are ${names.join(', ')}.`);
  }
  const metrics = (Object.keys(RUN_METRICS) as RunMetric[]).filter((key) =>
    runs.some((run) => run.metrics[key] !== undefined),
  );
  const settings = [...new Set(runs.flatMap((run) => Object.keys(run.config)))].filter(
    (key) => new Set(runs.map((run) => String(run.config[key] ?? ''))).size > 1,
  );
  const incomparable = new Set<string>();
  const compared = runs.map((run): ComparedRun => {
    const cells: Partial<Record<RunMetric, ComparedCell>> = {};
    for (const metric of metrics) {
      const same = run.signatures[metric] === base.signatures[metric];
      if (!same && run.metrics[metric] !== undefined && base.metrics[metric] !== undefined) {
        incomparable.add(
          `${RUN_METRICS[metric].title} of ${run.name} and ${base.name} was scored with different settings; no change is given.`,
        );
      }
      cells[metric] = cellOf(metric, run.metrics[metric], same ? base.metrics[metric] : undefined);
    }
    return {
      name: run.name,
      isBaseline: run === base,
      settings: Object.fromEntries(settings.map((key) => [key, String(run.config[key] ?? '')])),
      cells,
    };
  });
  return { baseline: base.name, settings, metrics, runs: compared, notes: [...incomparable] };
}

function cellOf(metric: RunMetric, value: number | undefined, base: number | undefined): ComparedCell {
  if (value === undefined) return { value: null, change: null, relativeChange: null, direction: null };
  if (base === undefined) return { value, change: null, relativeChange: null, direction: null };
  const change = value - base;
  const lower = RUN_METRICS[metric].better === 'lower';
  return {
    value,
    change,
    relativeChange: base === 0 ? null : change / Math.abs(base),
    direction: change === 0 ? 'same' : change < 0 === lower ? 'better' : 'worse',
  };
}
