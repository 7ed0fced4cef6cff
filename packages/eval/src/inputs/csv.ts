import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { BadInputError } from '../errors.ts';

/** One row with its number in the file, from 1. */
export interface CsvRow {
  /** Row as a spreadsheet counts it, from 1. */
  readonly row: number;
  /** Cells from left to right. */
  readonly cells: readonly string[];
}

/** How a CSV file is written. */
export interface CsvOptions {
  /** One character; a comma by default. Sheets saved in many European locales use a semicolon. */
  readonly delimiter?: string;
}

/**
 * Rows of a CSV file, quoted cells and line breaks inside them included; empty rows are passed over but counted.
 * @throws {BadInputError} for broken quoting, naming the row
 */
export function parseCsv(text: string, source: string, options: CsvOptions = {}): CsvRow[] {
  let records: string[][];
  try {
    records = parse(text, { bom: true, delimiter: options.delimiter ?? ',', relax_column_count: true });
  } catch (error) {
    const at = (error as { lines?: number }).lines;
    // The parser's message quotes cells, so only its place is passed on.
    throw new BadInputError(
      { source, ...(at === undefined ? {} : { line: at }) },
      'expected CSV with cells quoted by double quotes, found a quote that is not closed or stands inside a cell.',
    );
  }
  return records
    .map((cells, index) => ({ row: index + 1, cells }))
    .filter((record) => record.cells.some((cell) => cell.trim() !== ''));
}

/** CSV text; cells that a spreadsheet would run as a formula are escaped with an apostrophe. */
export function formatCsv(rows: readonly (readonly (string | number)[])[]): string {
  return stringify(
    rows.map((row) => [...row]),
    // Numbers stay numbers; only text can carry a formula.
    { escape_formulas: true, cast: { number: (value) => ({ value: String(value), escape_formulas: false }) } },
  );
}
