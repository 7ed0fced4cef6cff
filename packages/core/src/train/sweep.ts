/** Several runs one after the other, one variable changed at a time. */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { differingKeys } from '../differing-keys.ts';
import type { Engine } from '../engine/engine.ts';
import { InvalidOptionError, RunFileError } from '../errors.ts';
import { writeFileAtomically, writeFully } from '../io/atomic-write.ts';
import { type FineTuneEvent, type FineTuneOptions, fineTune } from './fine-tune.ts';

/** One run of a sweep: its name, and the one option it changes. */
export interface SweepRun {
  /** Names the run, and its folder under the sweep's output. */
  readonly name: string;
  /** What this run changes; `train` and `adapter` are merged with those of the base. */
  readonly change: Partial<Omit<FineTuneOptions, 'output' | 'signal' | 'resume'>>;
}

/** One row of the comparison. What was not measured is null. */
export interface SweepResult {
  /** Names the run, and its folder. */
  readonly name: string;
  /** Dotted names of the options that differ from the base; empty for the base itself. */
  readonly changed: readonly string[];
  /** Of the untrained model, on the validation records. */
  readonly basePerplexity: number | null;
  /** Of the trained model, on the same records. */
  readonly perplexity: number | null;
  /** The logarithm of `perplexity`. */
  readonly lossNats: number | null;
  /** Updates made. */
  readonly steps: number;
  /** Of the updates alone; of a run that was stopped, those that its processes took. */
  readonly seconds: number;
  /** Numbers that training changes. */
  readonly trainableParameters: number;
}

/** What a sweep tells while it goes. */
export type SweepEvent =
  | { readonly type: 'sweep-run-event'; readonly run: string; readonly event: FineTuneEvent }
  /** The run is there already, with the same options, and is not made again. */
  | { readonly type: 'sweep-run-reused'; readonly result: SweepResult }
  | { readonly type: 'sweep-end'; readonly results: readonly SweepResult[] };

const STATE_FILE = 'sweep.json';

const row = z.object({
  name: z.string(),
  changed: z.array(z.string()),
  basePerplexity: z.number().nullable(),
  perplexity: z.number().nullable(),
  lossNats: z.number().nullable(),
  steps: z.number(),
  seconds: z.number(),
  trainableParameters: z.number(),
});
const stateSchema = z.object({
  version: z.literal(1),
  runs: z.record(z.string(), z.object({ done: z.boolean(), options: z.unknown(), result: row })),
});
type State = z.infer<typeof stateSchema>;

/** What decides the outcome of a run. */
const plain = (options: FineTuneOptions): unknown => {
  const { signal: _, output: __, resume: ___, tokenCache: ____, ...rest } = options;
  return JSON.parse(JSON.stringify(rest));
};

/** The options of each run, checked: names differ, and each run changes one option, but for one that may change none. */
export function planSweep(base: FineTuneOptions, runs: readonly SweepRun[]): Map<string, FineTuneOptions> {
  const planned = new Map<string, FineTuneOptions>();
  let unchanged: string | undefined;
  for (const { name, change } of runs) {
    if (planned.has(name) || !/^[\w.-]+$/.test(name)) {
      throw new InvalidOptionError('runs', `need different names of letters, digits, "." and "-", found "${name}"`);
    }
    const options: FineTuneOptions = {
      ...base,
      ...change,
      adapter: { ...base.adapter, ...change.adapter },
      train: { ...base.train, ...change.train },
      output: join(base.output, name),
    };
    const changed = differingKeys(plain(base), plain(options));
    if (changed.length > 1) {
      throw new InvalidOptionError('runs', `must change one option each; "${name}" changes ${changed.join(' and ')}`);
    }
    // One run may be the base itself; a second one would be the same work for the same result.
    if (changed.length === 0 && unchanged !== undefined) {
      throw new InvalidOptionError('runs', `must change one option each; "${name}" and "${unchanged}" change none`);
    }
    if (changed.length === 0) unchanged = name;
    planned.set(name, options);
  }
  return planned;
}

/**
 * Trains every run of a sweep, each in its own folder and with the options' own checkpoints. What is known of each run is kept in
 * sweep.json: with `resume`, runs that are done with the same options are taken from there, and one that was stopped goes on from its latest
 * checkpoint.
 * @throws what {@link planSweep} and {@link fineTune} throw
 * @throws {RunFileError} sweep.json of the sweep to go on with is broken
 */
export async function* sweep(
  engine: Engine,
  base: FineTuneOptions,
  runs: readonly SweepRun[],
): AsyncGenerator<SweepEvent, void> {
  const planned = planSweep(base, runs);
  const file = join(base.output, STATE_FILE);
  const state: State = (base.resume && (await readState(file))) || { version: 1, runs: {} };
  await mkdir(base.output, { recursive: true });
  const results: SweepResult[] = [];
  for (const [name, options] of planned) {
    const changed = differingKeys(plain(base), plain(options));
    const known = state.runs[name];
    const isSame = known !== undefined && differingKeys(known.options, plain(options)).length === 0;
    if (isSame && known.done) {
      results.push(known.result);
      yield { type: 'sweep-run-reused', result: known.result };
      continue;
    }
    let result: SweepResult = isSame ? known.result : { ...NOTHING_YET, name, changed };
    const keep = async (done: boolean): Promise<void> => {
      state.runs[name] = { done, options: plain(options), result: { ...result, changed: [...changed] } };
      const text = `${JSON.stringify(state, null, 1)}\n`;
      await writeFileAtomically(file, (handle) => writeFully(handle, Buffer.from(text)));
    };
    let stopped = false;
    for await (const event of fineTune(engine, options)) {
      result = withEvent(result, event);
      if (event.type === 'run-end') stopped = event.reason === 'aborted';
      if (event.type === 'baseline-end' || event.type === 'checkpoint-end') await keep(false);
      yield { type: 'sweep-run-event', run: name, event };
    }
    await keep(!stopped);
    results.push(result);
    if (stopped || options.signal?.aborted) break;
  }
  yield { type: 'sweep-end', results };
}

const NOTHING_YET = {
  basePerplexity: null,
  perplexity: null,
  lossNats: null,
  steps: 0,
  seconds: 0,
  trainableParameters: 0,
};

function withEvent(result: SweepResult, event: FineTuneEvent): SweepResult {
  switch (event.type) {
    case 'prepare-end':
      return { ...result, trainableParameters: event.trainable.trainable };
    case 'baseline-end':
      return { ...result, basePerplexity: event.perplexity };
    case 'evaluation-end':
      return { ...result, perplexity: event.perplexity, lossNats: event.lossNats };
    case 'step-end':
      return { ...result, steps: event.step, seconds: result.seconds + event.seconds };
    default:
      return result;
  }
}

async function readState(file: string): Promise<State | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new RunFileError(file, 'cannot be read', { cause });
  }
  try {
    return stateSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new RunFileError(file, 'is no record of a sweep; delete it to begin again', { cause });
  }
}

/** The results as a Markdown table, the lowest perplexity in bold. */
export function sweepTable(results: readonly SweepResult[]): string {
  const best = Math.min(...results.map(({ perplexity }) => perplexity ?? Number.POSITIVE_INFINITY));
  const number = (value: number | null, digits: number): string => (value === null ? '–' : value.toFixed(digits));
  const lines = results.map((result) =>
    [
      result.name,
      result.changed.join(', ') || '–',
      result.trainableParameters.toLocaleString('en-US'),
      String(result.steps),
      number(result.seconds, 1),
      number(result.basePerplexity, 2),
      result.perplexity === best ? `**${number(result.perplexity, 2)}**` : number(result.perplexity, 2),
    ].join(' | '),
  );
  return [
    '| run | changed | trained parameters | updates | seconds | perplexity of the base | perplexity |',
    '| --- | --- | --: | --: | --: | --: | --: |',
    ...lines.map((line) => `| ${line} |`),
  ].join('\n');
}
