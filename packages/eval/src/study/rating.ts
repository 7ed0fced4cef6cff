import type { CellProblem } from '../errors.ts';
import type { Reviewer } from './plan.ts';
import type { Criterion } from './rubric.ts';

/** One reviewer's rating of one output. */
export interface Rating {
  /** Id of the reviewer. */
  readonly reviewer: string;
  /** Blinded name of the output. */
  readonly item: string;
  /** The system behind it, from the plan or the sheet. */
  readonly system: string;
  /** The prompt behind it; outputs on one prompt are resampled together. */
  readonly prompt: string;
  /** Ratings from 1 to 5; a criterion that was not asked is absent. */
  readonly scores: Readonly<Partial<Record<Criterion, number>>>;
  /** Whether the output carries a disclaimer; `null` where it was not asked. */
  readonly disclaimer: boolean | null;
  /** Free text; empty where nothing was written. */
  readonly remark: string;
}

/** What an import found. Nothing is guessed: a rating with a bad cell is a problem and not a rating. */
export interface ImportResult {
  /** What could be read. */
  readonly ratings: readonly Rating[];
  /** What they said of themselves. */
  readonly reviewers: readonly Reviewer[];
  /** Cells that are wrong; with one left, nothing should be used. */
  readonly problems: readonly CellProblem[];
  /** What is incomplete without being wrong. */
  readonly notes: readonly string[];
}
