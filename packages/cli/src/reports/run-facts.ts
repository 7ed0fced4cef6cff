/** What a report says of a run beside its measurements: its settings and the machine. */
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { relative } from 'node:path';
import type { EngineChoice, FineTuneOptions, SplitManifest } from '@alpacare/core';

type Facts = readonly (readonly [name: string, value: string])[];

/** The machine alone, for figures that no engine computed. */
export function systemFacts(): Facts {
  return [
    ['System', `${process.platform} ${process.arch}, ${release()}`],
    ['Node', process.version],
  ];
}

export function machineFacts(choice: EngineChoice, versions: Readonly<Record<string, string>> = {}): Facts {
  return [
    ['Processor', `${cpus()[0]?.model.trim() ?? 'unknown'}, ${availableParallelism()} threads`],
    ['Memory', `${(totalmem() / 1e9).toFixed(1)} GB`],
    ...systemFacts(),
    ['Engine', `${choice.engine} on ${choice.device}`],
    ['Why this engine', choice.reason],
    ...Object.entries(versions),
  ];
}

export function settingFacts(options: FineTuneOptions, { template, seed, tokenizer }: SplitManifest): Facts {
  const { model, records, adapter, full, train = {} } = options;
  const targets = adapter?.targetModules;
  const rows: [string, string | undefined][] = [
    ['Base model', model],
    ['Records', records.map((file) => relative('', file) || file).join(', ')],
    ['Method', full ? 'full fine-tuning' : 'LoRA'],
    ['Rank and alpha', full ? undefined : `${adapter?.rank ?? 'default'}, ${adapter?.alpha ?? 'default'}`],
    ['Linears', full ? undefined : typeof targets === 'object' ? targets.join(', ') : String(targets ?? 'default')],
    ['Passes', train.steps === undefined ? train.epochs?.toString() : undefined],
    ['Batch', `${train.batchSize ?? 'default'} examples; batches an update: ${train.accumulation ?? 1}`],
    [
      'Learning rate',
      train.learningRate === undefined ? undefined : `${train.learningRate}, ${train.schedule?.kind ?? 'default'}`,
    ],
    ['Template', template.name],
    ['Tokenizer', tokenizer.fingerprint.slice(0, 16)],
    ['Seed', String(seed)],
  ];
  return rows.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
}
