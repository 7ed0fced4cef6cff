/** The model card of a run: what it was asked, what it worked on and what it measured, nothing else. */
import { basename, join, resolve } from 'node:path';
import type { SplitManifest } from '../data/manifest.ts';
import { writeFileAtomically, writeFully } from '../io/atomic-write.ts';
import { modelCard } from '../io/model-card.ts';
import type { AdapterConfig } from '../io/peft-config-schema.ts';
import { heldAs, type QuantizationReport } from '../io/quantize-model.ts';
import type { Evaluation } from './evaluate.ts';
import type { FineTuneOptions } from './fine-tune.ts';

export const CARD_FILE = 'README.md';

/** What is known when the adapter is saved. */
export interface RunFacts {
  readonly records: number;
  readonly steps: number;
  readonly versions: SplitManifest['versions'];
  readonly quantized?: QuantizationReport | undefined;
  /** The untrained model on the validation records; unknown in a run that was resumed. */
  readonly baseline?: Evaluation | undefined;
  readonly last?: Evaluation | undefined;
}

/** The hub's id where the folder is one of its cache; else the folder's name alone, since paths are nobody's business. */
function baseName(folder: string): string {
  const path = resolve(folder);
  const cached = /models--(.+?)--([^/\\]+)[/\\]snapshots[/\\]/.exec(path);
  return cached ? `${cached[1]}/${cached[2]}` : basename(path);
}

/** Writes README.md beside the adapter. */
export async function writeRunCard(options: FineTuneOptions, config: AdapterConfig, facts: RunFacts): Promise<void> {
  const { baseline, last, quantized } = facts;
  const before = baseline ? ` (base: ${baseline.perplexity.toFixed(2)})` : '';
  const text = modelCard({
    title: basename(resolve(options.output)),
    baseModel: baseName(options.model),
    adapter: config,
    safetyPrefix: options.safetyPrefix !== undefined && options.safetyPrefix !== '',
    versions: facts.versions,
    trainingData:
      `${facts.records} records of ${options.records.map((file) => basename(file)).join(', ')}, ${facts.steps} updates; ` +
      'manifest.json names each record by id and content hash.',
    ...(quantized && {
      trainedOn: `the base in ${heldAs(quantized)}, whose weights are ${(100 * quantized.relativeError).toFixed(1)} % from the stored ones`,
    }),
    ...(last && {
      measurements: [
        [
          `perplexity of ${last.tokens} answer tokens of the validation records, disclaimer not counted`,
          `${last.perplexity.toFixed(2)}${before}`,
        ],
      ],
    }),
  });
  await writeFileAtomically(join(options.output, CARD_FILE), (file) =>
    writeFully(file, new TextEncoder().encode(text)),
  );
}
