/** A configuration file -> options of a run: preset below the file, flags above it. */
import { readFile } from 'node:fs/promises';
import stripJsonComments from 'strip-json-comments';
import type { z } from 'zod';
import { splitSize } from './options.ts';
import { type Preset, type PresetName, presetNames, presets } from './presets/preset.ts';
import { type RunConfig, runConfigSchema } from './run-config-schema.ts';

/** The configuration is no JSON, or holds what it may not. Lists everything that is wrong with it. */
export class RunConfigError extends Error {
  readonly code = 'RUN_CONFIG';
  constructor(
    readonly path: string,
    readonly problems: readonly string[],
    options?: ErrorOptions,
  ) {
    super(
      problems.length === 1 ? `${path}: ${problems[0]}` : `${path}:${problems.map((p) => `\n  - ${p}`).join('')}`,
      options,
    );
    this.name = 'RunConfigError';
  }
}

const isPreset = (name: string): name is PresetName => Object.hasOwn(presets, name);

/**
 * Reads a configuration, comments and trailing commas allowed, and puts it over the preset it names.
 * @throws {RunConfigError} with line and column for what is no JSON, with field names for what does not fit
 */
export async function loadRunConfig(path: string): Promise<RunConfig> {
  const source = stripJsonComments(await readFile(path, 'utf8'), { trailingCommas: true });
  let raw: unknown;
  try {
    raw = JSON.parse(source);
  } catch (error) {
    throw new RunConfigError(path, [`is no JSON${place(source, (error as Error).message)}`]);
  }
  const parsed = runConfigSchema.safeParse(raw);
  if (!parsed.success) throw new RunConfigError(path, parsed.error.issues.map(problem));
  const { preset: name, ...own } = parsed.data;
  if (name === undefined) return own;
  if (!isPreset(name)) throw new RunConfigError(path, [`field "preset": expected ${presetNames.join(', ')}`]);
  return overlay((presets[name] as Preset).config, own);
}

/** Fields of `above` count; groups are merged field by field. */
export function overlay(below: RunConfig, above: RunConfig): RunConfig {
  const merged = { ...below, ...above };
  for (const group of ['lora', 'records', 'training', 'answers', 'server'] as const) {
    if (below[group] && above[group]) Object.assign(merged, { [group]: { ...below[group], ...above[group] } });
  }
  return merged;
}

function place(source: string, message: string): string {
  const position = /position (\d+)/.exec(message)?.[1];
  if (position === undefined) return '; a bracket or a quote may be missing at its end';
  const before = source.slice(0, Number(position)).split('\n');
  return ` at line ${before.length}, column ${before.at(-1)!.length + 1}`;
}

function problem(issue: z.core.$ZodIssue): string {
  const at = issue.path.length === 0 ? '' : `field "${issue.path.join('.')}": `;
  if (issue.code === 'unrecognized_keys') return `${at}there is no ${issue.keys.map((key) => `"${key}"`).join(', ')}`;
  return at + issue.message.replace(/^Invalid (input|option): /, '');
}

/** The configuration in the names `alpacare train` gives its flags. */
export function flagsOf({ lora, records, training, method, ...config }: RunConfig): Record<string, unknown> {
  const {
    $schema: _schema,
    preset: _preset,
    runs: _runs,
    adapter: _adapter,
    answers: _answers,
    server: _server,
    ...plain
  } = config;
  const flags = {
    ...plain,
    full: method === undefined ? undefined : method === 'full',
    rank: lora?.rank,
    alpha: lora?.alpha,
    dropout: lora?.dropout,
    rslora: lora?.rsLora,
    targets: lora?.targets,
    maxTokens: records?.maxTokens,
    overLimit: records?.overLimit,
    split: records?.split === undefined ? undefined : splitSize(records.split),
    epochs: training?.epochs,
    steps: training?.steps,
    batchSize: training?.batchSize,
    accumulation: training?.accumulation,
    learningRate: training?.learningRate,
    schedule: training?.schedule,
    warmup: training?.warmupSteps,
    warmupShare: training?.warmupShare,
    weightDecay: training?.weightDecay,
    clip: training?.maxGradientNorm,
    packing: training?.packing,
    gradientCheckpointing: training?.gradientCheckpointing,
    optimizer: training?.optimizer,
    evaluateEvery: training?.evaluateEvery,
    checkpointEvery: training?.checkpointEvery,
  };
  return Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));
}
