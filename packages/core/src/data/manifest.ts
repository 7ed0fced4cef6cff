/** What makes a split repeatable: which records went where, and everything that decided it. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { ManifestError } from '../errors.ts';
import { writeFileAtomically, writeFully } from '../io/atomic-write.ts';
import { type InstructionRecord, recordHash } from './record.ts';
import { PARTS, type Part, type Split, type SplitSize } from './split.ts';

export const MANIFEST_VERSION = 1;

const hex = z.string().regex(/^[0-9a-f]{64}$/);
const sample = z.object({ id: z.string(), contentHash: hex });
const sizes = z.object({ train: z.number(), validation: z.number(), test: z.number() });
const manifestSchema = z.object({
  version: z.literal(MANIFEST_VERSION),
  seed: z.number().int().min(0),
  size: z.union([z.object({ fractions: sizes }), z.object({ counts: sizes })]),
  /** Cleaning and encoding options that decide which records there are. */
  options: z.object({
    minAnswerCharacters: z.number().int(),
    maxTokens: z.number().int().nullable(),
    overLimit: z.enum(['error', 'drop', 'truncate-answer']),
  }),
  template: z.object({ name: z.string(), hash: hex }),
  tokenizer: z.object({ fingerprint: hex }),
  /** In what the frozen base was held, where not as its files do. */
  base: z
    .object({ quantized: z.enum(['int8', 'int4', 'nf4']), doubleQuantization: z.literal(true).optional() })
    .optional(),
  /** Versions of the packages and texts that took part, by name. */
  versions: z.record(z.string(), z.string()),
  samples: z.object({ train: z.array(sample), validation: z.array(sample), test: z.array(sample) }),
});

/** What makes a split repeatable: hashes of every record by part, the seed, the template and versions. */
export type SplitManifest = z.infer<typeof manifestSchema>;
export type ManifestSample = z.infer<typeof sample>;

/** Everything but the samples. */
export type ManifestHeader = Omit<SplitManifest, 'version' | 'samples' | 'size'> & { readonly size: SplitSize };

/** Samples are sorted by content hash, so that the same split gives the same file. */
export function createManifest<T extends InstructionRecord>(
  split: Split<T>,
  header: ManifestHeader,
  hashOf: (record: T) => string = recordHash,
): SplitManifest {
  const samples = (records: readonly T[]): ManifestSample[] =>
    records
      .map((record) => ({ id: record.id, contentHash: hashOf(record) }))
      .sort((a, b) => (a.contentHash < b.contentHash ? -1 : a.contentHash > b.contentHash ? 1 : 0));
  const { size, ...rest } = header;
  return {
    version: MANIFEST_VERSION,
    ...rest,
    size: 'counts' in size ? { counts: { ...size.counts } } : { fractions: { ...size.fractions } },
    samples: { train: samples(split.train), validation: samples(split.validation), test: samples(split.test) },
  };
}

/** One thing in which two manifests differ. `sample-*` differences are about one record. */
export interface ManifestDifference {
  /** What differs. */
  readonly kind:
    | 'seed'
    | 'size'
    | 'options'
    | 'template'
    | 'tokenizer'
    | 'base'
    | 'versions'
    | 'sample-missing'
    | 'sample-surplus'
    | 'sample-moved';
  /** A sentence for people, without the text of a record. */
  readonly message: string;
  /** Id of the record, for differences about one record. */
  readonly sampleId?: string;
}

/**
 * What differs between the manifest of an earlier run and that of this one; empty when the split is the same. Records are compared by
 * content, so a changed id alone is no difference, and a changed text is one missing and one surplus sample.
 */
export function verifyManifest(expected: SplitManifest, found: SplitManifest): ManifestDifference[] {
  const differences: ManifestDifference[] = [];
  const compare = (kind: ManifestDifference['kind'], a: unknown, b: unknown): void => {
    if (canonical(a) !== canonical(b)) {
      differences.push({ kind, message: `${kind}: expected ${canonical(a)}, found ${canonical(b)}` });
    }
  };
  compare('seed', expected.seed, found.seed);
  compare('size', expected.size, found.size);
  compare('options', expected.options, found.options);
  compare('template', expected.template, found.template);
  compare('tokenizer', expected.tokenizer, found.tokenizer);
  compare('base', expected.base, found.base);
  compare('versions', expected.versions, found.versions);

  const before = samplesByContent(expected);
  const after = samplesByContent(found);
  for (const [contentHash, { part, id }] of before) {
    const now = after.get(contentHash);
    if (now === undefined) {
      differences.push({
        kind: 'sample-missing',
        sampleId: id,
        message: `${part}: record "${id}" is gone or was changed`,
      });
    } else if (now.part !== part) {
      differences.push({
        kind: 'sample-moved',
        sampleId: id,
        message: `record "${id}" moved from ${part} to ${now.part}`,
      });
    }
  }
  for (const [contentHash, { part, id }] of after) {
    if (!before.has(contentHash)) {
      differences.push({
        kind: 'sample-surplus',
        sampleId: id,
        message: `${part}: record "${id}" is new or was changed`,
      });
    }
  }
  return differences;
}

function samplesByContent(manifest: SplitManifest): Map<string, { part: Part; id: string }> {
  return new Map(
    PARTS.flatMap((part) => manifest.samples[part].map(({ contentHash, id }) => [contentHash, { part, id }] as const)),
  );
}

/** JSON with sorted keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** An interrupted write leaves the old file whole. @throws {ManifestError} */
export async function writeManifest(file: string, manifest: SplitManifest): Promise<void> {
  const text = `${JSON.stringify(manifest, null, 1)}\n`;
  try {
    await writeFileAtomically(file, (handle) => writeFully(handle, Buffer.from(text)));
  } catch (error) {
    const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
    throw new ManifestError(file, `cannot be written (${code ?? 'unknown error'})`, { cause: error });
  }
}

/** @throws {ManifestError} the file is missing, no manifest, or of another version */
export async function readManifest(file: string): Promise<SplitManifest> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new ManifestError(file, error instanceof SyntaxError ? 'is not valid JSON' : 'cannot be read', {
      cause: error,
    });
  }
  const result = manifestSchema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new ManifestError(file, `"${issue?.path.join('.')}": ${issue?.message}; make the split again`);
}
