/**
 * PEFT's adapter_config.json, both ways, as PEFT 0.21 reads and writes it (`peft/tuners/lora/config.py`). Fields that
 * change what an adapter computes, and that core does not have, are refused by name; every other unknown field is kept.
 */
import { z } from 'zod';
import type { AdapterSpec } from '../lora/adapter-spec.ts';
import { endsInName, patternProblem } from '../lora/module-pattern.ts';
import { schemaProblems } from '../schema-problems.ts';
import { quoteName } from './json-text.ts';

/** What adapter_config.json says, in our names. */
export interface AdapterConfig extends AdapterSpec {
  readonly bias: 'none' | 'lora_only';
  /** Name or path of the base as training knew it; null where nothing is said. */
  readonly baseModel: string | null;
  /** Fields of the file that have no name here, kept verbatim and written back. */
  readonly extra: Readonly<Record<string, unknown>>;
}

/** What the file says. Where it names its modules by a pattern, `targetModules` is null: the weights then tell. */
export type ParsedAdapterConfig = Omit<AdapterConfig, 'targetModules'> & {
  readonly targetModules: AdapterConfig['targetModules'] | null;
};

const layer = z.number().int().nonnegative();

const wire = z.looseObject({
  peft_type: z.string(),
  task_type: z.string().nullish(),
  base_model_name_or_path: z.string().nullish(),
  // The defaults are those of LoraConfig.
  r: z.number().int().positive().default(8),
  lora_alpha: z.number().positive().default(8),
  lora_dropout: z.number().min(0).lt(1).default(0),
  use_rslora: z.boolean().default(false),
  bias: z.string().default('none'),
  target_modules: z.union([z.string(), z.array(z.string())], 'expected a string or a list of strings').nullish(),
  exclude_modules: z
    .union([z.string(), z.array(z.string().min(1))], 'expected a string or a list of strings')
    .nullish(),
  rank_pattern: z.record(z.string(), z.number().int().positive()).nullish(),
  alpha_pattern: z.record(z.string(), z.number().positive()).nullish(),
  layers_to_transform: z.union([layer, z.array(layer)], 'expected a layer number or a list of them').nullish(),
  layers_pattern: z.union([z.string(), z.array(z.string())], 'expected a string or a list of strings').nullish(),
  modules_to_save: z.array(z.string().min(1)).nullish(),
  ensure_weight_tying: z.boolean().nullish(),
});

/** Fields of the file that {@link AdapterConfig} names, or that always have the same value here. */
const ownFields = new Set([...Object.keys(wire.shape), 'inference_mode', 'fan_in_fan_out']);

/** Fields that must be off (null, false, empty), and what they would do. */
const mustBeOff: Record<string, string> = {
  use_dora: 'DoRA',
  use_qalora: 'QA-LoRA',
  use_bdlora: 'BD-LoRA',
  lora_bias: 'biases on B',
  fan_in_fan_out: 'transposed weights (GPT-2)',
  layer_replication: 'replicated layers',
  target_parameters: 'adapted parameters',
  trainable_token_indices: 'trained tokens',
  alora_invocation_tokens: 'activated LoRA',
  arrow_config: 'Arrow routing',
  kasa_config: 'KaSA',
  monteclora_config: 'MonteCLoRA',
  velora_config: 'VeLoRA',
  megatron_config: 'Megatron layers',
};

/** Initialisations that leave the base weights as they are; the others (PiSSA, OLoRA, CorDA, LoftQ) replace them. */
const baseKeepingInit = new Set<unknown>([true, false, null, undefined, 'gaussian', 'eva', 'orthogonal', 'mica']);

/** @returns the config, or every problem found */
export function parseAdapterConfig(raw: Record<string, unknown>): ParsedAdapterConfig | { problems: string[] } {
  const parsed = wire.safeParse(raw);
  const problems = [...unsupportedFields(raw), ...(parsed.success ? [] : schemaProblems(parsed.error))];
  if (!parsed.success || problems.length > 0) return { problems };
  const fields = parsed.data;
  return {
    rank: fields.r,
    alpha: fields.lora_alpha,
    dropout: fields.lora_dropout,
    rsLora: fields.use_rslora,
    targetModules: targetModules(fields.target_modules),
    bias: fields.bias === 'lora_only' ? 'lora_only' : 'none',
    ...optionalFields(fields),
    baseModel: fields.base_model_name_or_path ?? null,
    extra: Object.fromEntries(
      Object.entries(raw).filter(([key, value]) => !ownFields.has(key) || isOffSwitch(key, value)),
    ),
  };
}

/** What most adapters leave out; absent here as well then. */
function optionalFields(fields: z.output<typeof wire>): Partial<AdapterSpec> {
  const {
    exclude_modules: excluded,
    rank_pattern: ranks,
    alpha_pattern: alphas,
    layers_to_transform: layers,
    layers_pattern: pattern,
    modules_to_save: saved,
  } = fields;
  return {
    ...(Array.isArray(excluded) && !isOff(excluded) && { excludeModules: excluded }),
    ...(ranks && !isOff(ranks) && { rankPattern: ranks }),
    ...(alphas && !isOff(alphas) && { alphaPattern: alphas }),
    ...(layers !== null && layers !== undefined && !isOff(layers) && { layers: [layers].flat() }),
    ...(pattern && !isOff(pattern) && { layersPattern: [pattern].flat() }),
    ...(saved && !isOff(saved) && { modulesToSave: saved }),
    ...(fields.ensure_weight_tying && { ensureWeightTying: true }),
  };
}

function targetModules(found: string | string[] | null | undefined): ParsedAdapterConfig['targetModules'] {
  if (Array.isArray(found)) return found;
  return typeof found === 'string' && found.toLowerCase() === 'all-linear' ? 'all-linear' : null;
}

function unsupportedFields(raw: Record<string, unknown>): string[] {
  const problems: string[] = [];
  const { peft_type: type, task_type: task, bias, init_lora_weights: init } = raw;
  if (typeof type === 'string' && type !== 'LORA') problems.push(`peft_type "${type}" is not supported, only LORA is`);
  if (typeof task === 'string' && task !== 'CAUSAL_LM') {
    problems.push(`task_type "${task}" is not supported, only CAUSAL_LM is`);
  }
  if (typeof bias === 'string' && bias !== 'none' && bias !== 'lora_only') {
    problems.push(`bias "${bias}" is not supported, only "none" and "lora_only" are`);
  }
  if (typeof raw.exclude_modules === 'string') {
    problems.push('exclude_modules as a pattern is not supported, only a list of names is');
  }
  const targets = [raw.target_modules].flat();
  if (targets.some((target) => typeof target === 'string' && endsInName(target, ['lm_head']))) {
    problems.push('target_modules: LoRA on lm_head is not supported; the head can be in modules_to_save');
  }
  for (const field of ['rank_pattern', 'alpha_pattern']) {
    for (const pattern of Object.keys(raw[field] ?? {})) {
      const problem = patternProblem(pattern);
      if (problem) problems.push(`${field}: key ${quoteName(pattern)} ${problem}`);
    }
  }
  if (!baseKeepingInit.has(init)) {
    problems.push(`init_lora_weights ${JSON.stringify(init)} changes the base weights and is not supported`);
  }
  for (const [field, value] of Object.entries(raw)) {
    if (isOff(value)) continue;
    if (Object.hasOwn(mustBeOff, field)) problems.push(`${field} (${mustBeOff[field]}) is not supported`);
    // Fields PEFT adds later: a switch that is on may change the result, so it is not passed over.
    else if (field.startsWith('use_') && field !== 'use_rslora') problems.push(`${field} is not known`);
  }
  return problems;
}

/** Older releases of PEFT do not know these fields: they are written when they are on, or when they were there. */
const isOffSwitch = (key: string, value: unknown): boolean =>
  ['ensure_weight_tying', 'exclude_modules'].includes(key) && isOff(value);

function isOff(value: unknown): boolean {
  if (value === null || value === undefined || value === false) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** Fields every PEFT since 0.10 knows; what is left out has its default there. */
const writtenDefaults = {
  auto_mapping: null,
  init_lora_weights: true,
  layer_replication: null,
  loftq_config: {},
  megatron_config: null,
  megatron_core: 'megatron.core',
  revision: null,
  use_dora: false,
};

/** The file's text: keys sorted, two spaces, as PEFT writes it. */
export function adapterConfigText(config: AdapterConfig): string {
  const extra = Object.entries(config.extra).filter(([key, value]) => !ownFields.has(key) || isOffSwitch(key, value));
  const fields: Record<string, unknown> = {
    ...writtenDefaults,
    ...Object.fromEntries(extra),
    alpha_pattern: config.alphaPattern ?? {},
    ...(config.ensureWeightTying && { ensure_weight_tying: true }),
    base_model_name_or_path: config.baseModel,
    bias: config.bias,
    ...(config.excludeModules?.length && { exclude_modules: config.excludeModules }),
    fan_in_fan_out: false,
    inference_mode: true,
    layers_pattern: config.layersPattern ?? null,
    layers_to_transform: config.layers ?? null,
    lora_alpha: config.alpha,
    lora_dropout: config.dropout,
    modules_to_save: config.modulesToSave ?? null,
    peft_type: 'LORA',
    r: config.rank,
    rank_pattern: config.rankPattern ?? {},
    target_modules: config.targetModules,
    task_type: 'CAUSAL_LM',
    use_rslora: config.rsLora,
  };
  const sorted = Object.fromEntries(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)));
  return JSON.stringify(sorted, null, 2);
}
