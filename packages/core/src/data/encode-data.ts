/** Records -> cleaned records with their tokens, and a report of what was dropped or changed on the way. */
import {
  type ChangedRecord,
  type ChangeKind,
  type Cleaner,
  type CleanOptions,
  type CleanReport,
  createCleaner,
  type DroppedRecord,
  nameOf,
  type RecordName,
} from './clean.ts';
import type { EncodedExample } from './encode-example.ts';
import type { EncodeOutcome } from './encode-record.ts';
import type { InstructionRecord } from './record.ts';

export interface PreparedRecord extends InstructionRecord {
  /** The record as tokens. */
  readonly example: EncodedExample;
}

/** What there is to split. */
export interface EncodedData {
  readonly records: readonly PreparedRecord[];
  /** `recordHash` of each of `records`. */
  readonly hashes: readonly string[];
  readonly report: CleanReport;
}

/** Records that were read and cleaned, to be encoded one by one. */
export interface CleanedData {
  readonly records: readonly InstructionRecord[];
  readonly cleaner: Cleaner;
}

/** @throws what the source of the records throws */
export async function cleanData(source: AsyncIterable<InstructionRecord>, clean: CleanOptions): Promise<CleanedData> {
  const cleaner = createCleaner(clean);
  const records: InstructionRecord[] = [];
  for await (const raw of source) {
    const record = cleaner.add(raw);
    if (record !== null) records.push(record);
  }
  return { records, cleaner };
}

/** @param outcomes  one for each cleaned record */
export function withOutcomes(
  { records: cleaned, cleaner }: CleanedData,
  outcomes: readonly EncodeOutcome[],
): EncodedData {
  const records: PreparedRecord[] = [];
  const hashes: string[] = [];
  const tooLong: DroppedRecord[] = [];
  const changed = new ChangeLog();
  for (const [index, record] of cleaned.entries()) {
    const outcome = outcomes[index] as EncodeOutcome;
    if (outcome.kind === 'over-limit') {
      tooLong.push({ ...nameOf(record), reason: 'over-token-limit', tokens: outcome.tokens });
      continue;
    }
    if (outcome.hadSpecialTokens) changed.add(record, 'special-tokens');
    if (outcome.example.truncated) changed.add(record, 'truncated');
    records.push({ ...record, example: outcome.example });
    hashes.push(cleaner.hashOf(record));
  }
  const { read, dropped, changed: byCleaning } = cleaner.report();
  return {
    records,
    hashes,
    report: {
      read,
      kept: records.length,
      dropped: [...dropped, ...tooLong],
      changed: changed.merge(byCleaning, tooLong),
    },
  };
}

/** Joins what cleaning and encoding changed, one entry a record, without those that were dropped in the end. */
class ChangeLog {
  readonly #added = new Map<string, { record: InstructionRecord; changes: ChangeKind[] }>();

  add(record: InstructionRecord, change: ChangeKind): void {
    const key = placeKey(record);
    const entry = this.#added.get(key) ?? { record, changes: [] };
    entry.changes.push(change);
    this.#added.set(key, entry);
  }

  merge(cleaned: readonly ChangedRecord[], dropped: readonly DroppedRecord[]): ChangedRecord[] {
    const gone = new Set(dropped.map(placeKey));
    const result = cleaned.map((entry) => {
      const more = this.#added.get(placeKey(entry))?.changes ?? [];
      return { ...entry, changes: [...entry.changes, ...more] };
    });
    const known = new Set(cleaned.map(placeKey));
    for (const [key, { record, changes }] of this.#added) {
      if (!known.has(key)) result.push({ ...nameOf(record), changes });
    }
    return result.filter((entry) => !gone.has(placeKey(entry)));
  }
}

const placeKey = ({ id, source }: RecordName): string => JSON.stringify([id, source?.file, source?.line]);
