/**
 * Every error @alpacare/eval can throw. Callers match on `code`; messages say where, what was expected, what was found
 * and what to do. None of them quotes a record, an answer or a remark: those are patients' and reviewers' words.
 */
export type EvaluationErrorCode =
  | 'EMPTY_SAMPLE'
  | 'SAMPLE_MISMATCH'
  | 'BAD_OPTION'
  | 'BAD_VALUE'
  | 'BAD_INPUT'
  | 'JUDGE_FAILED'
  | 'VERDICT_CACHE'
  | 'STUDY_PLAN'
  | 'STUDY_IMPORT';

/** What every error of this package extends. */
export abstract class EvaluationError extends Error {
  /** Stable identifier, for programs. */
  abstract readonly code: EvaluationErrorCode;
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** A score was asked of nothing. */
export class EmptySampleError extends EvaluationError {
  /** Stable identifier, for programs. */
  readonly code = 'EMPTY_SAMPLE';
  constructor(
    /** What was to be computed. */
    readonly metric: string,
    expected: string,
  ) {
    super(`${metric}: expected ${expected}, found none.`);
  }
}

/** Two samples that must line up do not. */
export class SampleMismatchError extends EvaluationError {
  /** Stable identifier, for programs. */
  readonly code = 'SAMPLE_MISMATCH';
}

/** An option outside what a function accepts. */
export class BadOptionError extends EvaluationError {
  /** Stable identifier, for programs. */
  readonly code = 'BAD_OPTION';
  constructor(
    /** Name of the option. */
    readonly option: string,
    expected: string,
    found: unknown,
  ) {
    super(`Option "${option}": expected ${expected}, found ${String(found)}.`);
  }
}

/** A number or label outside its domain, such as a positive log-probability. */
export class BadValueError extends EvaluationError {
  /** Stable identifier, for programs. */
  readonly code = 'BAD_VALUE';
}

/** A place in a file a person handed us. Lines and rows start at 1, as editors and spreadsheets count them. */
export interface InputPlace {
  /** File name or another label for the source. */
  readonly source: string;
  /** Line of a text file or row of a sheet, from 1. */
  readonly line?: number;
  /** Field or column. */
  readonly field?: string;
}

/** A place as text: file, line, field. */
export const formatPlace = (at: InputPlace): string =>
  `${at.source}${at.line === undefined ? '' : `:${at.line}`}${at.field === undefined ? '' : `: field "${at.field}"`}`;

/** A file that does not have the layout its reader needs. */
export class BadInputError extends EvaluationError {
  /** Stable identifier, for programs. */
  readonly code = 'BAD_INPUT';
  constructor(
    /** Where the input is wrong. */
    readonly at: InputPlace,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`${formatPlace(at)}: ${problem}`, options);
  }
}

/** A judge did not give a usable verdict, however often it was asked. */
export class JudgeFailedError extends EvaluationError {
  /** Stable identifier, for programs. */
  readonly code = 'JUDGE_FAILED';
}

/** A verdict cache that cannot be read or belongs to other work. */
export class VerdictCacheError extends EvaluationError {
  /** Stable identifier, for programs. */
  readonly code = 'VERDICT_CACHE';
}

/** A study that cannot be planned as asked. */
export class StudyPlanError extends EvaluationError {
  /** Stable identifier, for programs. */
  readonly code = 'STUDY_PLAN';
}

/** One cell of a rating sheet that could not be read. */
export interface CellProblem {
  /** File that the cell stands in. */
  readonly source: string;
  /** Row as a spreadsheet counts it (the header is row 1); for a form file, the position of the rating from 1. */
  readonly row: number;
  /** Title of its column. */
  readonly column: string;
  /** What may stand there, in words. */
  readonly expected: string;
  /** What was there, described and never quoted beyond a short number. */
  readonly found: string;
}

/** Ratings that could not be imported; `problems` lists every bad cell. */
export class StudyImportError extends EvaluationError {
  /** Stable identifier, for programs. */
  readonly code = 'STUDY_IMPORT';
  constructor(
    /** Every cell that is wrong. */
    readonly problems: readonly CellProblem[],
  ) {
    const shown = problems
      .slice(0, 20)
      .map((p) => `  ${p.source}, row ${p.row}, column "${p.column}": expected ${p.expected}, found ${p.found}`);
    const rest = problems.length > 20 ? [`  and ${problems.length - 20} more`] : [];
    super(
      [
        `${problems.length} cell${problems.length === 1 ? '' : 's'} could not be read; nothing was guessed.`,
        ...shown,
        ...rest,
      ].join('\n'),
    );
  }
}
