/** What a model card can say of a run: read from the log beside its adapter, nothing made up. */
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { FineTuneEvent, ModelCard } from '@alpacare/core';

export async function cardOf(
  adapter: string,
): Promise<Pick<ModelCard, 'title' | 'trainedOn' | 'trainingData' | 'measurements'>> {
  const title = basename(resolve(adapter));
  const log = await readFile(join(adapter, 'events.jsonl'), 'utf8').catch(() => '');
  const events = log
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as FineTuneEvent);
  const quantized = events.findLast((event) => event.type === 'quantize-end');
  const prepared = events.findLast((event) => event.type === 'prepare-end');
  const baseline = events.find((event) => event.type === 'baseline-end');
  const last = events.findLast((event) => event.type === 'evaluation-end');
  const measurements: [string, string][] = [];
  if (baseline && last) {
    const what = `perplexity of ${last.tokens} answer tokens of the validation records, disclaimer not counted`;
    measurements.push([what, `${last.perplexity.toFixed(2)} (base: ${baseline.perplexity.toFixed(2)})`]);
  }
  return {
    title,
    ...(quantized && {
      // A log of an earlier version has no words for it.
      trainedOn: `the base in ${quantized.heldAs ?? quantized.dtype}, whose weights are ${(100 * quantized.relativeError).toFixed(1)} % from the stored ones`,
    }),
    ...(prepared && {
      trainingData: `${prepared.examples.train} records; the manifest names each by id and content hash.`,
    }),
    ...(measurements.length > 0 && { measurements }),
  };
}
