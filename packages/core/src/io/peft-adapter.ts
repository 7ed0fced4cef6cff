/**
 * LoRA adapters as PEFT 0.21 stores them: a folder with adapter_config.json and adapter_model.safetensors.
 * Keys are `base_model.model.{module}.lora_A.weight` [r, in] and `.lora_B.weight` [out, r]; beside them, tensors trained
 * whole: `base_model.model.{tensor}` of modules to save, and with bias `lora_only` `{module}.base_layer.bias`.
 */
import { mkdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { AdapterError, OtherBaseModelError, WriteError } from '../errors.ts';
import type { ParameterValues } from '../lora/adapter.ts';
import { inAdaptedLayer, namedTensors, rankOf } from '../lora/adapter-plan.ts';
import { endsInName, isSavedTensor } from '../lora/module-pattern.ts';
import type { CausalLm } from '../model/causal-lm.ts';
import { type FileToWrite, writeFilesAtomically, writeFully } from './atomic-write.ts';
import { readJsonObject } from './json-file.ts';
import { listNames } from './name-list.ts';
import { type AdapterConfig, adapterConfigText, parseAdapterConfig } from './peft-config-schema.ts';
import { readSafetensorsHeader, readTensor, safetensorsWriter, type TensorRef } from './safetensors.ts';

/** The two matrices of one adapted linear. */
export interface AdapterModule {
  /** [rank, inFeatures], row-major. */
  readonly a: Float32Array;
  /** [outFeatures, rank], row-major. */
  readonly b: Float32Array;
  /** r, inner size of the update. */
  readonly rank: number;
  /** Columns of the linear's weight. */
  readonly inFeatures: number;
  /** Rows of the linear's weight. */
  readonly outFeatures: number;
}

/** By module path in the checkpoint, such as "model.layers.0.self_attn.q_proj". */
export type AdapterTensors = ReadonlyMap<string, AdapterModule>;

/** An adapter in memory, as its folder holds it. */
export interface Adapter {
  /** Its adapter_config.json, checked. */
  readonly config: AdapterConfig;
  /** Values of its matrices, by module. */
  readonly tensors: AdapterTensors;
  /** Tensors trained whole, by their name in the checkpoint. Empty for most adapters. */
  readonly saved: ParameterValues;
}

/** What an adapter must fit; see {@link expectedModel}. */
export interface ExpectedModel {
  /** Linears of the model that can carry an adapter; which of them must is what the adapter's target modules say. */
  readonly modules: ReadonlyMap<string, { readonly inFeatures: number; readonly outFeatures: number }>;
  /** Every tensor of the model with its shape, a tied head under its own name too; needed to check tensors trained whole. */
  readonly tensors?: ReadonlyMap<string, readonly number[]>;
  /** Name or path of the base model in use; compared with the adapter's, where both are known. */
  readonly baseModel?: string;
  /** Use the adapter even if it names another base model. */
  readonly allowOtherBase?: boolean;
}

/** What an adapter for this model must look like. */
export const expectedModel = (model: CausalLm): ExpectedModel => ({
  modules: new Map(model.linears.map((linear) => [linear.path, linear])),
  tensors: new Map(namedTensors(model).map(({ name, shape }) => [name, shape])),
});

const configFile = 'adapter_config.json';
const weightsFile = 'adapter_model.safetensors';
const prefix = 'base_model.model.';
/** What the head's weight is called in every architecture here. */
const headWeight = 'lm_head.weight';

/**
 * Read an adapter, and check it against the model it is meant for.
 * Where the config names its targets by a regular expression, as some trainers do, the modules in the weight file are
 * taken as the targets, and a module missing from that file cannot be told.
 * @throws {AdapterError} listing every missing, surplus or wrongly shaped tensor, or every unsupported config field
 * @throws {OtherBaseModelError} when the adapter names another base model than `expected.baseModel`
 * @throws {SafetensorsError} when the weight file is broken
 */
export async function readAdapter(folder: string, expected?: ExpectedModel): Promise<Adapter> {
  const root = resolve(folder);
  const configPath = join(root, configFile);
  const raw = await readJsonObject(configPath, (problem, options) => new AdapterError(configPath, [problem], options));
  if (!raw) throw await missingFile(root, configFile);
  const parsed = parseAdapterConfig(raw);
  if ('problems' in parsed) throw new AdapterError(configPath, parsed.problems);
  const { baseModel } = parsed;
  if (expected?.baseModel !== undefined && baseModel !== null && !expected.allowOtherBase) {
    if (trimSlash(baseModel) !== trimSlash(expected.baseModel)) {
      throw new OtherBaseModelError(configPath, baseModel, expected.baseModel);
    }
  }

  const weightsPath = join(root, weightsFile);
  if (!(await isFile(weightsPath))) throw await missingFile(root, weightsFile);
  const { tensors: refs } = await readSafetensorsHeader(weightsPath);
  const { pairs, others } = pairUp(refs);
  // Modules found by a pattern are already the ones in the right layers.
  const { layers, layersPattern, ...everyLayer } = parsed;
  const config: AdapterConfig = parsed.targetModules
    ? { ...parsed, targetModules: parsed.targetModules }
    : { ...everyLayer, targetModules: [...pairs.keys()] };
  const { whole, surplus } = nameWhole(others, config);
  const problems = [
    ...surplusProblems(surplus),
    ...pairProblems(pairs, config, expected?.modules),
    ...absentModules(whole, config),
    ...wholeProblems(whole, config, expected),
    ...(pairs.size === 0 && others.length === 0 ? ['holds no LoRA tensors'] : []),
  ];
  if (problems.length > 0) throw new AdapterError(weightsPath, problems);

  const tensors = new Map<string, AdapterModule>();
  for (const [module, { a, b }] of pairs) {
    tensors.set(module, {
      a: await readTensor(a!),
      b: await readTensor(b!),
      rank: a!.shape[0]!,
      inFeatures: a!.shape[1]!,
      outFeatures: b!.shape[0]!,
    });
  }
  const saved: ParameterValues = new Map();
  for (const [name, ref] of whole) saved.set(name, { shape: ref.shape, data: await readTensor(ref) });
  return { config, tensors, saved };
}

/**
 * Write an adapter that PEFT 0.21 loads, in f32. Both files are complete on disk before either takes its name; the old
 * config goes before the weights change, and the new one comes after them, so that no reader ever takes one for the other's. Where the config has not changed, as between checkpoints of one run, only
 * the weights are replaced, in one atomic step.
 * @param saved  tensors trained whole, by their name in the checkpoint
 * @throws {AdapterError} when a module disagrees with the config or its own sizes; nothing is written then
 * @throws {WriteError} when the system refuses, for example a full disk; the adapter that was there stays whole
 */
export async function writeAdapter(
  folder: string,
  config: AdapterConfig,
  tensors: AdapterTensors,
  saved: ParameterValues = new Map(),
): Promise<void> {
  const root = resolve(folder);
  const text = adapterConfigText(config);
  // What is written must be readable: numbers in range, and nothing in `extra` that reading refuses.
  const written = parseAdapterConfig(JSON.parse(text));
  const problems = [...('problems' in written ? written.problems : []), ...moduleProblems(config, tensors, saved)];
  if (problems.length > 0) throw new AdapterError(root, problems);

  const weightsPath = join(root, weightsFile);
  const configPath = join(root, configFile);
  const dtype = 'f32' as const;
  const pairs = [...tensors].flatMap(([module, { a, b, rank, inFeatures, outFeatures }]) => [
    { name: `${prefix}${module}.lora_A.weight`, dtype, shape: [rank, inFeatures], data: a },
    { name: `${prefix}${module}.lora_B.weight`, dtype, shape: [outFeatures, rank], data: b },
  ]);
  const whole = [...saved].map(([name, { shape, data }]) => ({ name: keyOfWhole(name, config), dtype, shape, data }));
  const entries = [...pairs, ...whole];
  const files: FileToWrite[] = [
    { path: weightsPath, write: safetensorsWriter(weightsPath, entries, { format: 'pt' }) },
  ];
  const before = await readFile(configPath, 'utf8').catch(() => null);
  if (before !== text) files.push({ path: configPath, write: (file) => writeFully(file, Buffer.from(text)) });
  try {
    await mkdir(root, { recursive: true });
  } catch (cause) {
    throw new WriteError(root, `cannot be created (${(cause as NodeJS.ErrnoException).code})`, { cause });
  }
  await writeFilesAtomically(files);
}

function moduleProblems(config: AdapterConfig, tensors: AdapterTensors, saved: ParameterValues): string[] {
  if (tensors.size === 0) return ['an adapter needs at least one module'];
  const isTarget = targetTest(config);
  const problems: string[] = [];
  for (const [module, { a, b, rank, inFeatures, outFeatures }] of tensors) {
    if (!isTarget(module)) problems.push(`"${module}" is not one of the target modules`);
    const expected = rankOf(config, module);
    if (rank !== expected || a.length !== rank * inFeatures || b.length !== rank * outFeatures) {
      problems.push(
        `"${module}": expected rank ${expected} over [${outFeatures}, ${inFeatures}], ` +
          `found rank ${rank}, a of ${a.length} and b of ${b.length} values`,
      );
    }
  }
  for (const [name, { shape, data }] of saved) {
    const bias = /^(.+)\.bias$/.exec(name)?.[1];
    const trained = isWhole(name, config) || (config.bias === 'lora_only' && bias !== undefined && tensors.has(bias));
    if (!trained) problems.push(`"${name}" is neither in a module to save nor the bias of an adapted linear`);
    if (shape.reduce((x, y) => x * y, 1) !== data.length) {
      problems.push(`"${name}" has ${data.length} values for a shape of [${shape.join(', ')}]`);
    }
  }
  return problems;
}

interface Pair {
  a?: TensorRef;
  b?: TensorRef;
}

/** Halves of each module by its path; names that are not `base_model.model.{module}.lora_A|B.weight` are others. */
function pairUp(refs: ReadonlyMap<string, TensorRef>): { pairs: Map<string, Pair>; others: TensorRef[] } {
  const pairs = new Map<string, Pair>();
  const others: TensorRef[] = [];
  for (const [name, ref] of refs) {
    const match = /^base_model\.model\.(.+)\.lora_([AB])\.weight$/.exec(name);
    if (!match || match[1]!.startsWith('base_model.')) {
      others.push(ref);
      continue;
    }
    const pair = pairs.get(match[1]!) ?? {};
    pair[match[2] === 'A' ? 'a' : 'b'] = ref;
    pairs.set(match[1]!, pair);
  }
  return { pairs, others };
}

/** Whether a tensor is in a module to save, or the head that follows a trained embedding. */
function isWhole(tensor: string, { modulesToSave = [], ensureWeightTying }: AdapterConfig): boolean {
  return isSavedTensor(tensor, modulesToSave) || (ensureWeightTying === true && tensor === headWeight);
}

/** Tensors trained whole under their names in the checkpoint. */
function nameWhole(
  refs: readonly TensorRef[],
  config: AdapterConfig,
): { whole: Map<string, TensorRef>; surplus: string[] } {
  const whole = new Map<string, TensorRef>();
  const surplus: string[] = [];
  const isTarget = targetTest(config);
  for (const ref of refs) {
    const key = ref.name.startsWith(prefix) ? ref.name.slice(prefix.length) : '';
    // PEFT before 0.6 wrote the bias without `base_layer`.
    const biased = config.bias === 'lora_only' ? /^(.+?)(?:\.base_layer)?\.bias$/.exec(key)?.[1] : undefined;
    if (biased !== undefined && isTarget(biased)) whole.set(`${biased}.bias`, ref);
    else if (isWhole(key, config)) whole.set(key, ref);
    else surplus.push(ref.name);
  }
  return { whole, surplus };
}

/** Modules to save of which the file holds nothing: told without knowing the model. */
function absentModules(whole: ReadonlyMap<string, TensorRef>, { modulesToSave = [] }: AdapterConfig): string[] {
  const names = [...whole.keys()];
  const absent = modulesToSave.filter((module) => !names.some((name) => isSavedTensor(name, [module])));
  return absent.length > 0 ? [`modules_to_save without tensors: ${listNames(absent)}`] : [];
}

/** Compares tensors trained whole with the model, where it is known. */
function wholeProblems(
  whole: ReadonlyMap<string, TensorRef>,
  config: AdapterConfig,
  expected: ExpectedModel | undefined,
): string[] {
  if (!expected?.tensors) return [];
  const isTarget = targetTest(config);
  const isBias = (name: string) =>
    config.bias === 'lora_only' && name.endsWith('.bias') && expected.modules.has(name.slice(0, -5));
  const missing: string[] = [];
  const shapes: string[] = [];
  for (const [name, shape] of expected.tensors) {
    const wanted = isSavedTensor(name, config.modulesToSave ?? []) || (isBias(name) && isTarget(name.slice(0, -5)));
    const ref = whole.get(name);
    if (wanted && !ref) missing.push(keyOfWhole(name, config));
    if (ref && (ref.shape.join() !== shape.join() || !isFloat(ref))) shapes.push(shapeProblem(ref, shape));
  }
  const surplus = [...whole].filter(([name]) => !expected.tensors?.has(name)).map(([, ref]) => ref.name);
  return listProblems({ missing, surplus, shapes });
}

function keyOfWhole(tensor: string, config: AdapterConfig): string {
  const isBias = tensor.endsWith('.bias') && !isWhole(tensor, config);
  return isBias ? `${prefix}${tensor.slice(0, -5)}.base_layer.bias` : prefix + tensor;
}

function listProblems({ missing, surplus, shapes }: Record<'missing' | 'surplus' | 'shapes', string[]>): string[] {
  return [
    ...(missing.length > 0 ? [`missing tensors: ${missing.length}: ${listNames(missing)}`] : []),
    ...(surplus.length > 0 ? [`surplus tensors: ${surplus.length}: ${listNames(surplus)}`] : []),
    ...(shapes.length > 0 ? [`tensors of wrong shape or dtype: ${shapes.length}: ${firstTen(shapes)}`] : []),
  ];
}

/** Names that are not ours, sorted by what made them. */
function surplusProblems(names: readonly string[]): string[] {
  const kinds: [RegExp, string][] = [
    [
      /^base_model\.model\.base_model\./,
      'tensor names are wrapped twice (the model was already a PEFT model when saved)',
    ],
    [/\.lora_magnitude_vector/, 'DoRA tensors are not supported'],
    [/\.lora_embedding_[AB]/, 'adapters on embeddings are not supported'],
    [/\.lora_[AB]\.[^.]+\.weight$/, 'tensor names hold an adapter name (a raw state dict; use save_pretrained)'],
  ];
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const kind = kinds.find(([pattern]) => pattern.test(name))?.[1] ?? 'surplus tensors';
    const group = groups.get(kind);
    if (group) group.push(name);
    else groups.set(kind, [name]);
  }
  return [...groups].map(([kind, found]) => `${kind}: ${found.length}: ${listNames(found)}`);
}

function pairProblems(
  pairs: ReadonlyMap<string, Pair>,
  config: AdapterConfig,
  modules: ExpectedModel['modules'] | undefined,
): string[] {
  const isTarget = targetTest(config);
  const missing: string[] = [];
  const surplus: string[] = [];
  const shapes: string[] = [];
  for (const [module, { a, b }] of pairs) {
    if (!a) missing.push(keyOf(module, 'A'));
    if (!b) missing.push(keyOf(module, 'B'));
    const size = modules?.get(module);
    if ((modules && !size) || !isTarget(module)) {
      surplus.push(...(a ? [a.name] : []), ...(b ? [b.name] : []));
      continue;
    }
    const rank = rankOf(config, module);
    if (a && !fits(a, rank, size?.inFeatures)) shapes.push(shapeProblem(a, [rank, size?.inFeatures ?? 'in']));
    if (b && !fits(b, size?.outFeatures, rank)) shapes.push(shapeProblem(b, [size?.outFeatures ?? 'out', rank]));
  }
  for (const module of modules?.keys() ?? []) {
    if (isTarget(module) && !pairs.has(module)) missing.push(keyOf(module, 'A'), keyOf(module, 'B'));
  }
  return listProblems({ missing, surplus, shapes });
}

/** As PEFT's `check_target_module_exists`; "all-linear" leaves the language-model head out, as there. */
function targetTest(config: AdapterConfig): (module: string) => boolean {
  const { targetModules: targets, modulesToSave = [] } = config;
  const named =
    targets === 'all-linear'
      ? (module: string) => module !== 'lm_head'
      : (module: string) => endsInName(module, targets);
  return (module) =>
    named(module) &&
    !endsInName(module, config.excludeModules ?? []) &&
    inAdaptedLayer(config, module) &&
    !isSavedTensor(`${module}.weight`, modulesToSave);
}

function isFloat({ dtype }: TensorRef): boolean {
  return dtype === 'f32' || dtype === 'f16' || dtype === 'bf16' || dtype === 'f64';
}

function fits(ref: TensorRef, rows: number | undefined, columns: number | undefined): boolean {
  const [found0, found1] = ref.shape;
  return isFloat(ref) && ref.shape.length === 2 && (rows ?? found0) === found0 && (columns ?? found1) === found1;
}

function shapeProblem(ref: TensorRef, expected: readonly (number | string)[]): string {
  return `${listNames([ref.name])} expected a float [${expected.join(', ')}], found ${ref.dtype} [${ref.shape.join(', ')}]`;
}

function firstTen(lines: readonly string[]): string {
  const more = lines.length > 10 ? ` and ${lines.length - 10} more` : '';
  return `${lines.slice(0, 10).join('; ')}${more}`;
}

function keyOf(module: string, half: 'A' | 'B'): string {
  return `${prefix}${module}.lora_${half}.weight`;
}

/** Says what a folder without one of the two files is. */
async function missingFile(root: string, file: string): Promise<AdapterError> {
  const folder = await stat(root).catch(() => null);
  if (!folder)
    return new AdapterError(root, [`does not exist; expected a folder with ${configFile} and ${weightsFile}`]);
  if (!folder.isDirectory()) return new AdapterError(root, ['is not a folder']);
  if (file === weightsFile && (await isFile(join(root, 'adapter_model.bin')))) {
    return new AdapterError(root, [
      `has only adapter_model.bin, which may hold code and is not read; convert it once in Python: ` +
        `safetensors.torch.save_file(torch.load("adapter_model.bin", weights_only=True), "${weightsFile}", {"format": "pt"})`,
    ]);
  }
  const interrupted = file === configFile && (await isFile(join(root, weightsFile)));
  return new AdapterError(root, [
    `has no ${file}${interrupted ? '; it goes missing where a save is killed between its two files: save again' : ''}`,
  ]);
}

async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found?.isFile() ?? false;
}

function trimSlash(name: string): string {
  return name.replace(/[/\\]+$/, '');
}
