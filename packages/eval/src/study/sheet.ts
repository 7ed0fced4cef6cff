import { z } from 'zod';
import { BadInputError, type CellProblem, StudyPlanError } from '../errors.ts';
import { formatCsv, parseCsv } from '../inputs/csv.ts';
import { describeCell } from './describe-cell.ts';
import type { Reviewer, StudyPlan } from './plan.ts';
import type { ImportResult, Rating } from './rating.ts';
import { CREDENTIALS, CRITERIA, type Criterion, RUBRIC } from './rubric.ts';

/** How a rating sheet is laid out; real sheets differ, so nothing about them is guessed. */
export interface SheetConfig {
  /** Our field -> the sheet's column title. Only mapped criteria are read. */
  readonly columns: Readonly<Partial<Record<SheetField, string>>>;
  /** Words for yes and no, compared without case; yes/no by default. */
  readonly yes?: readonly string[];
  /** Words for no; see `yes`. */
  readonly no?: readonly string[];
  /** Cells that stand for a rating, such as `{ "5 - excellent": 5 }`; whole numbers from 1 to 5 are always read. */
  readonly scale?: Readonly<Record<string, number>>;
  /** An empty rating cell: a problem (default), or a criterion this reviewer left out. */
  readonly blank?: 'problem' | 'left-out';
  /** Used where the sheet has no such column. */
  readonly reviewer?: string;
  /** Used where the sheet has no column for the system. */
  readonly system?: string;
  /** One character; a comma by default. */
  readonly delimiter?: string;
}

const FIELDS = [
  'reviewer',
  'item',
  'prompt',
  'system',
  ...CRITERIA,
  'disclaimer',
  'remark',
  'credential',
  'studentYear',
  'affiliation',
  'expertise',
] as const;
/** What a column of a rating sheet can hold. */
export type SheetField = (typeof FIELDS)[number];

const configSchema = z.strictObject({
  columns: z.partialRecord(z.enum(FIELDS), z.string().min(1)),
  yes: z.array(z.string()).optional(),
  no: z.array(z.string()).optional(),
  scale: z.record(z.string(), z.number().int().min(1).max(5)).optional(),
  blank: z.enum(['problem', 'left-out']).optional(),
  reviewer: z.string().min(1).optional(),
  system: z.string().min(1).optional(),
  delimiter: z.string().length(1).optional(),
});

/** The schema of a sheet configuration file. */
export const sheetConfigSchema = configSchema as unknown as z.ZodType<SheetConfig>;

const TITLES = {
  reviewer: 'Reviewer',
  item: 'Item',
  ...(Object.fromEntries(CRITERIA.map((key) => [key, `${RUBRIC[key].title} (1-5)`])) as Record<Criterion, string>),
  disclaimer: 'Disclaimer present (yes/no)',
  remark: 'Remarks',
  credential: 'Credential',
  studentYear: 'Student year',
  affiliation: 'Affiliation',
  expertise: 'Expertise (1-5)',
} as const;

/** The layout `renderRatingSheet` writes. */
export function defaultSheetConfig(plan: StudyPlan): SheetConfig {
  const { reviewer, item, disclaimer, remark, credential, studentYear, affiliation, expertise } = TITLES;
  const criteria = Object.fromEntries(plan.criteria.map((key) => [key, TITLES[key]]));
  return {
    columns: { reviewer, item, ...criteria, disclaimer, remark, credential, studentYear, affiliation, expertise },
  };
}

/**
 * A reviewer's sheet as CSV, for those who prefer a spreadsheet: one row an output, rating cells empty.
 * @throws {StudyPlanError} for a reviewer the plan does not have
 */
export function renderRatingSheet(plan: StudyPlan, reviewerId: string): string {
  const assignment = plan.assignments.find((entry) => entry.reviewer === reviewerId);
  const reviewer = plan.reviewers.find((entry) => entry.id === reviewerId);
  if (assignment === undefined || reviewer === undefined) {
    throw new StudyPlanError(`reviewer: the plan "${plan.title}" has no reviewer with this id.`);
  }
  const items = new Map(plan.items.map((item) => [item.id, item]));
  const header = [
    TITLES.reviewer,
    TITLES.item,
    'Question',
    'Answer',
    ...plan.criteria.map((key) => TITLES[key]),
    TITLES.disclaimer,
    TITLES.remark,
    TITLES.credential,
    TITLES.studentYear,
    TITLES.affiliation,
    TITLES.expertise,
  ];
  const rows = assignment.items.map((id) => {
    const item = items.get(id)!;
    return [
      reviewerId,
      id,
      item.prompt,
      item.output,
      ...plan.criteria.map(() => ''),
      '',
      '',
      reviewer.credential ?? '',
      reviewer.studentYear ?? '',
      reviewer.affiliation ?? '',
      reviewer.expertise ?? '',
    ];
  });
  return formatCsv([header, ...rows]);
}

/** The rubric with its anchors as CSV, to go with the sheets. */
export const renderRubricSheet = (plan: StudyPlan): string =>
  formatCsv([
    ['Criterion', 'Question', '1', '2', '3', '4', '5'],
    ...plan.criteria.map((key) => [RUBRIC[key].title, RUBRIC[key].question, ...RUBRIC[key].anchors]),
  ]);

/**
 * Reads a rating sheet. Every bad cell is reported with its row and column; a row with one is not imported.
 * With a plan, items must be the reviewer's own and bring their system and prompt; without one, the sheet or the configuration
 * names them.
 * @throws {BadInputError} for a file that is no CSV, or a mapped column the header does not have
 */
export function importRatingSheet(
  content: string,
  source: string,
  config: SheetConfig,
  plan?: StudyPlan,
): ImportResult {
  const [header, ...rows] = parseCsv(
    content,
    source,
    config.delimiter === undefined ? {} : { delimiter: config.delimiter },
  );
  const columns = locateColumns(header?.cells ?? [], config, source);
  const criteria = CRITERIA.filter((key) => columns.has(key));
  if (criteria.length === 0 && !columns.has('disclaimer')) {
    throw new BadInputError(
      { source, line: 1 },
      'expected a column for at least one criterion or the disclaimer, found none mapped.',
    );
  }
  const reader = new RowReader(source, config, columns, plan);
  const ratings: Rating[] = [];
  const reviewers = new Map<string, Reviewer>();
  for (const { row, cells } of rows) {
    const rating = reader.read(row, cells, criteria);
    if (rating === null) continue;
    ratings.push(rating);
    const known = plan?.reviewers.find((entry) => entry.id === rating.reviewer);
    reviewers.set(rating.reviewer, {
      ...known,
      ...reviewers.get(rating.reviewer),
      ...reader.credentials(row, cells),
      id: rating.reviewer,
    });
  }
  return {
    ratings,
    reviewers: [...reviewers.values()],
    problems: reader.problems,
    notes: missingNotes(ratings, source, plan),
  };
}

function locateColumns(header: readonly string[], config: SheetConfig, source: string): Map<SheetField, number> {
  const titles = header.map((cell) => cell.trim());
  const columns = new Map<SheetField, number>();
  for (const [field, title] of Object.entries(config.columns) as [SheetField, string][]) {
    const at = titles.indexOf(title.trim());
    if (at < 0 || titles.indexOf(title.trim(), at + 1) >= 0) {
      throw new BadInputError(
        { source, line: 1, field: title },
        `expected exactly one column with this title for "${field}", found ${at < 0 ? 'none' : 'several'}. ` +
          'Change the title or the column map.',
      );
    }
    columns.set(field, at);
  }
  if (!columns.has('item')) throw new BadInputError({ source }, 'the column map must name the column of "item".');
  if (!columns.has('reviewer') && config.reviewer === undefined) {
    throw new BadInputError(
      { source },
      'expected a column of reviewers or a fixed "reviewer" in the configuration, found neither.',
    );
  }
  return columns;
}

/** Reads rows one by one and collects what is wrong with them. */
class RowReader {
  readonly problems: CellProblem[] = [];
  private readonly seen = new Set<string>();
  private readonly yes: Set<string>;
  private readonly no: Set<string>;
  private readonly scale: Map<string, number>;

  constructor(
    private readonly source: string,
    private readonly config: SheetConfig,
    private readonly columns: ReadonlyMap<SheetField, number>,
    private readonly plan: StudyPlan | undefined,
  ) {
    const lower = (words: readonly string[]) => new Set(words.map((word) => word.trim().toLowerCase()));
    this.yes = lower(config.yes ?? ['yes']);
    this.no = lower(config.no ?? ['no']);
    this.scale = new Map(Object.entries(config.scale ?? {}).map(([cell, value]) => [cell.trim().toLowerCase(), value]));
  }

  read(row: number, cells: readonly string[], criteria: readonly Criterion[]): Rating | null {
    const before = this.problems.length;
    const reviewer = this.cell(cells, 'reviewer') ?? this.config.reviewer!;
    const item = this.cell(cells, 'item')!;
    if (reviewer === '') this.problem(row, 'reviewer', 'the id of a reviewer', reviewer);
    if (item === '') this.problem(row, 'item', 'the id of an output', item);
    const place = reviewer === '' || item === '' ? { system: '', prompt: '' } : this.place(row, cells, reviewer, item);

    const scores: Partial<Record<Criterion, number>> = {};
    for (const criterion of criteria) {
      const value = this.rating(row, criterion, this.cell(cells, criterion)!);
      if (value !== null) scores[criterion] = value;
    }
    const disclaimer = this.columns.has('disclaimer') ? this.yesNo(row, this.cell(cells, 'disclaimer')!) : null;
    if (this.problems.length > before) return null;
    return { reviewer, item, ...place, scores, disclaimer, remark: this.cell(cells, 'remark') ?? '' };
  }

  credentials(row: number, cells: readonly string[]): Omit<Reviewer, 'id'> {
    const text = (field: SheetField) => this.cell(cells, field) || undefined;
    const number = (field: 'studentYear' | 'expertise', most: number): number | undefined => {
      const cell = text(field);
      if (cell === undefined) return undefined;
      const value = Number(cell);
      if (Number.isInteger(value) && value >= 1 && value <= most) return value;
      this.problem(row, field, `a whole number from 1 to ${most}, or nothing`, cell);
      return undefined;
    };
    const stated = text('credential');
    const credential = CREDENTIALS.find((key) => key.toLowerCase() === stated?.toLowerCase());
    if (stated !== undefined && credential === undefined) {
      this.problem(row, 'credential', `one of ${CREDENTIALS.join(', ')}, or nothing`, stated);
    }
    const fields = {
      credential,
      studentYear: number('studentYear', 12),
      affiliation: text('affiliation'),
      expertise: number('expertise', 5),
    };
    return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  }

  private place(
    row: number,
    cells: readonly string[],
    reviewer: string,
    item: string,
  ): { system: string; prompt: string } {
    const key = JSON.stringify([reviewer, item]);
    if (this.seen.has(key)) this.problem(row, 'item', 'each output once for a reviewer', item, 'the same output again');
    this.seen.add(key);
    if (this.plan === undefined) {
      return {
        system: this.cell(cells, 'system') || (this.config.system ?? 'system'),
        prompt: this.cell(cells, 'prompt') || item,
      };
    }
    const planned = this.plan.items.find((entry) => entry.id === item);
    const assignment = this.plan.assignments.find((entry) => entry.reviewer === reviewer);
    if (assignment === undefined) this.problem(row, 'reviewer', 'a reviewer of the plan', reviewer);
    else if (!assignment.items.includes(item)) this.problem(row, 'item', 'an output assigned to this reviewer', item);
    return { system: planned?.system ?? '', prompt: planned?.promptId ?? '' };
  }

  private rating(row: number, criterion: Criterion, cell: string): number | null {
    if (cell === '' && this.config.blank === 'left-out') return null;
    const mapped = this.scale.get(cell.toLowerCase()) ?? (/^[1-5]$/.test(cell) ? Number(cell) : null);
    if (mapped === null) this.problem(row, criterion, 'a whole number from 1 to 5', cell);
    return mapped;
  }

  private yesNo(row: number, cell: string): boolean | null {
    if (cell === '' && this.config.blank === 'left-out') return null;
    const word = cell.toLowerCase();
    if (this.yes.has(word)) return true;
    if (this.no.has(word)) return false;
    this.problem(row, 'disclaimer', `${[...this.yes].join(' or ')}, ${[...this.no].join(' or ')}`, cell);
    return null;
  }

  /** The trimmed cell; undefined where the sheet has no such column. */
  private cell(cells: readonly string[], field: SheetField): string | undefined {
    const at = this.columns.get(field);
    return at === undefined ? undefined : (cells[at] ?? '').trim();
  }

  private problem(row: number, field: SheetField, expected: string, cell: string, found = describeCell(cell)): void {
    this.problems.push({ source: this.source, row, column: this.config.columns[field] ?? field, expected, found });
  }
}

function missingNotes(ratings: readonly Rating[], source: string, plan: StudyPlan | undefined): string[] {
  if (plan === undefined) return [];
  return plan.assignments.flatMap(({ reviewer, items }) => {
    const rated = ratings.filter((rating) => rating.reviewer === reviewer).length;
    return rated === 0 || rated === items.length
      ? []
      : [`${source}, reviewer ${reviewer}: ${rated} of ${items.length} assigned outputs are rated.`];
  });
}
