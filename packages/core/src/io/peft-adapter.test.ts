import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { AdapterError, OtherBaseModelError, WriteError } from '../errors.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { type AdapterModule, type ExpectedModel, readAdapter, writeAdapter } from './peft-adapter.ts';
import type { AdapterConfig } from './peft-config-schema.ts';
import { readSafetensorsHeader, readTensor, type TensorToWrite, writeSafetensors } from './safetensors.ts';

const golden = (name: string): string => fileURLToPath(new URL(`../../test/golden/io/${name}`, import.meta.url));
const configFile = 'adapter_config.json';
const weightsFile = 'adapter_model.safetensors';

/** Linears of the goldens' base: 2 layers, hidden 16, 4 heads over 2 KV heads, intermediate 24, vocabulary 24. */
const linears: ExpectedModel['modules'] = new Map([
  ...[0, 1].flatMap((layer) =>
    Object.entries({
      'self_attn.q_proj': [16, 16],
      'self_attn.k_proj': [16, 8],
      'self_attn.v_proj': [16, 8],
      'self_attn.o_proj': [16, 16],
      'mlp.gate_proj': [16, 24],
      'mlp.up_proj': [16, 24],
      'mlp.down_proj': [24, 16],
    }).map(
      ([name, size]) => [`model.layers.${layer}.${name}`, { inFeatures: size[0]!, outFeatures: size[1]! }] as const,
    ),
  ),
  ['lm_head', { inFeatures: 16, outFeatures: 24 }] as const,
]);

async function copyOf(name: string): Promise<string> {
  const folder = await temporaryFolder();
  await cp(golden(name), folder, { recursive: true });
  return folder;
}

async function editConfig(folder: string, fields: Record<string, unknown>): Promise<void> {
  const path = join(folder, configFile);
  await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')), ...fields }));
}

/** Rewrite the weights after `edit` has changed the list. */
async function editWeights(folder: string, edit: (tensors: TensorToWrite[]) => TensorToWrite[]): Promise<void> {
  const path = join(folder, weightsFile);
  const { tensors } = await readSafetensorsHeader(path);
  const list = await Promise.all(
    [...tensors.values()].map(async (ref) => ({ ...ref, dtype: 'f32' as const, data: await readTensor(ref) })),
  );
  await writeSafetensors(path, edit(list));
}

describe('adapters that PEFT 0.21 wrote', () => {
  test.each(['adapter-r4-qv', 'adapter-r2-all-rslora'])('%s is read, and written back the same', async (name) => {
    const adapter = await readAdapter(golden(name), { modules: linears, baseModel: 'alpacare/golden-base' });
    expect(adapter.config.extra.peft_version).toBe('0.21.0');
    const folder = join(await temporaryFolder(), 'new', 'folder');
    await writeAdapter(folder, adapter.config, adapter.tensors);
    expect((await readdir(folder)).sort()).toEqual([configFile, weightsFile]);
    expect((await readFile(join(folder, weightsFile))).equals(await readFile(join(golden(name), weightsFile)))).toBe(
      true,
    );
    const theirs = JSON.parse(await readFile(join(golden(name), configFile), 'utf8'));
    expect(JSON.parse(await readFile(join(folder, configFile), 'utf8'))).toEqual(theirs);
  });

  test('fields and tensors get their names', async () => {
    const { config, tensors } = await readAdapter(golden('adapter-r4-qv'));
    expect(config).toMatchObject({
      rank: 4,
      alpha: 8,
      dropout: 0.05,
      rsLora: false,
      targetModules: ['q_proj', 'v_proj'],
      bias: 'none',
      baseModel: 'alpacare/golden-base',
    });
    expect(config.extra).not.toHaveProperty('r');
    expect([...tensors.keys()].sort()).toEqual(
      [0, 1].flatMap((i) => [`model.layers.${i}.self_attn.q_proj`, `model.layers.${i}.self_attn.v_proj`]),
    );
    const v = tensors.get('model.layers.1.self_attn.v_proj')!;
    expect(v).toMatchObject({ rank: 4, inFeatures: 16, outFeatures: 8 });
    expect([v.a.length, v.b.length]).toEqual([64, 32]);
    const all = await readAdapter(golden('adapter-r2-all-rslora'));
    expect(all.config).toMatchObject({ rank: 2, alpha: 3, rsLora: true });
    expect(all.tensors.size).toBe(14);
  });

  test('what core does not have is refused, all of it in one message', async () => {
    const error = await readAdapter(golden('adapter-dora')).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(AdapterError);
    expect((error as AdapterError).problems).toEqual(['use_dora (DoRA) is not supported']);
  });

  test('targets given as a pattern, or all-linear', async () => {
    const folder = await copyOf('adapter-r4-qv');
    await editConfig(folder, { target_modules: '.*\\.(q|v)_proj' });
    const { config } = await readAdapter(folder, { modules: linears });
    expect(config.targetModules).toHaveLength(4);
    expect(config.targetModules).toContain('model.layers.0.self_attn.q_proj');

    const all = await copyOf('adapter-r2-all-rslora');
    await editConfig(all, { target_modules: 'all-linear' });
    expect((await readAdapter(all, { modules: linears })).config.targetModules).toBe('all-linear');
    await editConfig(folder, { target_modules: 'all-linear' });
    await expect(readAdapter(folder, { modules: linears })).rejects.toThrow(
      /missing tensors: 20: .*k_proj\.lora_A\.weight/,
    );
  });

  test('old configs without newer fields get the defaults of PEFT', async () => {
    const folder = await copyOf('adapter-r4-qv');
    await writeFile(join(folder, configFile), '\ufeff{"peft_type":"LORA","r":4,"target_modules":["q_proj","v_proj"]}');
    const { config } = await readAdapter(folder, { modules: linears, baseModel: 'anything' });
    expect(config).toEqual({
      rank: 4,
      alpha: 8,
      dropout: 0,
      rsLora: false,
      targetModules: ['q_proj', 'v_proj'],
      bias: 'none',
      baseModel: null,
      extra: {},
    });
  });

  test('f16 and bf16 weights are widened', async () => {
    const folder = await copyOf('adapter-r4-qv');
    const before = await readAdapter(folder);
    await editWeights(folder, (list) =>
      list.map((t, i) => ({ ...t, dtype: i % 2 ? ('bf16' as const) : ('f16' as const) })),
    );
    const after = await readAdapter(folder, { modules: linears });
    for (const [module, { a, b }] of before.tensors) {
      const found = after.tensors.get(module)!;
      const worst = (x: Float32Array, y: Float32Array) =>
        Math.max(...x.map((v, i) => Math.abs(v - y[i]!) / Math.abs(v)));
      expect(worst(a, found.a)).toBeLessThan(2 ** -8);
      expect(worst(b, found.b)).toBeLessThan(2 ** -8);
    }
  });
});

describe('another base model', () => {
  test('is an error with both names, unless allowed', async () => {
    const expected = { modules: linears, baseModel: 'org/other' };
    const error = await readAdapter(golden('adapter-r4-qv'), expected).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(OtherBaseModelError);
    expect(error).toMatchObject({ code: 'OTHER_BASE_MODEL', found: 'alpacare/golden-base', expected: 'org/other' });
    const allowed = await readAdapter(golden('adapter-r4-qv'), { ...expected, allowOtherBase: true });
    expect(allowed.tensors.size).toBe(4);
  });

  test('a slash at the end is no difference', async () => {
    await readAdapter(golden('adapter-r4-qv'), { modules: linears, baseModel: 'alpacare/golden-base/' });
  });
});

describe('weights that do not fit', () => {
  const key = (module: string, half: string): string => `base_model.model.model.layers.${module}.lora_${half}.weight`;
  const expectProblems = async (folder: string, problems: unknown[], expected?: ExpectedModel): Promise<void> => {
    const error = await readAdapter(folder, expected).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(AdapterError);
    expect(error).toMatchObject({ code: 'ADAPTER', problems });
  };

  test('missing, surplus and wrongly shaped tensors are listed together', async () => {
    const folder = await copyOf('adapter-r4-qv');
    const zeros = (count: number): Float32Array => new Float32Array(count);
    await editWeights(folder, (list) => [
      ...list.filter((t) => t.name !== key('0.self_attn.q_proj', 'B') && !t.name.includes('1.self_attn.v_proj')),
      { name: key('7.self_attn.q_proj', 'A'), dtype: 'f32', shape: [4, 16], data: zeros(64) },
      { name: key('7.self_attn.q_proj', 'B'), dtype: 'f32', shape: [16, 4], data: zeros(64) },
      { name: 'base_model.model.lm_head.weight', dtype: 'f32', shape: [1], data: zeros(1) },
    ]);
    await editWeights(folder, (list) =>
      list.map((t) => (t.name === key('0.self_attn.v_proj', 'A') ? { ...t, shape: [8, 8] } : t)),
    );
    const q0B = JSON.stringify(key('0.self_attn.q_proj', 'B'));
    await expectProblems(
      folder,
      [
        'surplus tensors: 1: "base_model.model.lm_head.weight"',
        `missing tensors: 3: ${q0B}, "${key('1.self_attn.v_proj', 'A')}", "${key('1.self_attn.v_proj', 'B')}"`,
        `surplus tensors: 2: "${key('7.self_attn.q_proj', 'A')}", "${key('7.self_attn.q_proj', 'B')}"`,
        `tensors of wrong shape or dtype: 1: "${key('0.self_attn.v_proj', 'A')}" expected a float [4, 16], found f32 [8, 8]`,
      ],
      { modules: linears },
    );
  });

  test('without a model to compare with, halves and ranks are still checked', async () => {
    const folder = await copyOf('adapter-r4-qv');
    await editWeights(folder, (list) => list.filter((t) => t.name !== key('0.self_attn.q_proj', 'A')));
    await expectProblems(folder, [`missing tensors: 1: "${key('0.self_attn.q_proj', 'A')}"`]);
    const other = await copyOf('adapter-r4-qv');
    await editConfig(other, { r: 8 });
    await expectProblems(other, [
      expect.stringMatching(/^tensors of wrong shape or dtype: 8: .* expected a float \[8, in\], found f32 \[4, 16\]/),
    ]);
  });

  test('a long list is cut after ten', async () => {
    const folder = await copyOf('adapter-r2-all-rslora');
    await editConfig(folder, { target_modules: ['nothing'] });
    const error: AdapterError = await readAdapter(folder).then(
      () => expect.unreachable(),
      (e) => e,
    );
    expect(error.problems).toEqual([expect.stringMatching(/^surplus tensors: 28: .* and 18 more$/)]);
    expect(error.problems[0]!.match(/base_model/g)).toHaveLength(10);
  });

  test.each<[string, (name: string) => string, RegExp]>([
    [
      'names wrapped twice',
      (n) => `base_model.model.${n}`,
      /^tensor names are wrapped twice .*: 8: "base_model\.model\.base_model/,
    ],
    ['a raw state dict', (n) => n.replace('.weight', '.default.weight'), /^tensor names hold an adapter name .*: 8: /],
    [
      'embedding adapters',
      (n) => n.replace('.lora_A.weight', '.lora_embedding_A'),
      /^adapters on embeddings are not supported: 4: /,
    ],
    [
      'DoRA magnitudes',
      (n) => n.replace('.lora_A.weight', '.lora_magnitude_vector'),
      /^DoRA tensors are not supported: 4: /,
    ],
  ])('%s', async (_, rename, message) => {
    const folder = await copyOf('adapter-r4-qv');
    await editWeights(folder, (list) => list.map((t) => ({ ...t, name: rename(t.name) })));
    const error: AdapterError = await readAdapter(folder).then(
      () => expect.unreachable(),
      (e) => e,
    );
    expect(error.problems[0]).toMatch(message);
  });

  test('no tensors at all', async () => {
    const folder = await copyOf('adapter-r4-qv');
    await editWeights(folder, () => []);
    await expectProblems(folder, ['holds no LoRA tensors']);
  });
});

describe('configs that are refused', () => {
  test.each<[string, Record<string, unknown>, RegExp]>([
    ['another method', { peft_type: 'IA3' }, /peft_type "IA3" is not supported/],
    ['another task', { task_type: 'SEQ_CLS' }, /task_type "SEQ_CLS" is not supported/],
    ['every bias', { bias: 'all' }, /bias "all" is not supported, only "none" and "lora_only" are/],
    [
      'saved modules that are not there',
      { modules_to_save: ['lm_head'] },
      /modules_to_save without tensors: "lm_head"/,
    ],
    ['a pattern that could stall', { alpha_pattern: { '(a+)+b': 4 } }, /alpha_pattern: key "\(a\+\)\+b" is not a name/],
    [
      'a pattern that is none',
      { rank_pattern: { '(q_proj': 4 } },
      /rank_pattern: key "\(q_proj" is not a valid pattern/,
    ],
    ['other layers than the file has', { layers_to_transform: 0 }, /surplus tensors: 4: .*layers\.1/],
    ['another rank for a module', { rank_pattern: { q_proj: 2 } }, /wrong shape or dtype: 4: .*expected a float \[2, /],
    ['layers that are no numbers', { layers_to_transform: ['0'] }, /"layers_to_transform"/],
    ['transposed weights', { fan_in_fan_out: true }, /fan_in_fan_out .* is not supported/],
    [
      'an initialisation that replaces the base',
      { init_lora_weights: 'pissa_niter_4' },
      /"pissa_niter_4" changes the base/,
    ],
    ['a switch nobody knows yet', { use_future: true }, /use_future is not known/],
    ['DoRA', { use_dora: true }, /use_dora \(DoRA\) is not supported/],
    [
      'LoRA on the head',
      { target_modules: ['q_proj', 'lm_head'] },
      /LoRA on lm_head is not supported; .*modules_to_save/,
    ],
    ['an exclusion by a pattern', { exclude_modules: '.*q_proj' }, /exclude_modules as a pattern is not supported/],
    ['an exclusion of what the file has', { exclude_modules: ['v_proj'] }, /surplus tensors: 4: .*v_proj/],
    ['rank 0', { r: 0 }, /field "r": Too small/],
    ['rank as text', { r: '8' }, /field "r": expected number, received string/],
    ['dropout of 1', { lora_dropout: 1 }, /field "lora_dropout": Too big/],
    ['targets of numbers', { target_modules: [1] }, /field "target_modules": expected a string or a list of strings/],
  ])('%s', async (_, fields, message) => {
    const folder = await copyOf('adapter-r4-qv');
    await editConfig(folder, fields);
    await expect(readAdapter(folder)).rejects.toThrow(AdapterError);
    await expect(readAdapter(folder)).rejects.toThrow(message);
  });

  test('modules that are excluded need no tensors, and the list is written back', async () => {
    const folder = await copyOf('adapter-r4-qv');
    await editConfig(folder, { target_modules: ['q_proj', 'v_proj', 'k_proj'] });
    await expect(readAdapter(folder, { modules: linears })).rejects.toThrow(/missing tensors: 4: .*k_proj/);
    await editConfig(folder, { exclude_modules: ['self_attn.k_proj'] });
    const { config, tensors, saved } = await readAdapter(folder, { modules: linears });
    expect(config.excludeModules).toEqual(['self_attn.k_proj']);
    const copy = await temporaryFolder();
    await writeAdapter(copy, config, tensors, saved);
    expect((await readAdapter(copy, { modules: linears })).config).toEqual(config);
  });

  test('several problems are told at once', async () => {
    const folder = await copyOf('adapter-r4-qv');
    await editConfig(folder, { use_dora: true, bias: 'all', r: -1 });
    await expect(readAdapter(folder)).rejects.toMatchObject({ problems: { length: 3 } });
  });
});

describe('folders that are not adapters', () => {
  test.each<[string, (folder: string) => Promise<unknown>, RegExp]>([
    ['no config', (f) => rm(join(f, configFile)), /has no adapter_config\.json/],
    ['no weights', (f) => rm(join(f, weightsFile)), /has no adapter_model\.safetensors/],
    [
      'only pickled weights',
      (f) => rm(join(f, weightsFile)).then(() => writeFile(join(f, 'adapter_model.bin'), '')),
      /has only adapter_model\.bin, which may hold code .* convert it once in Python: safetensors\.torch\.save_file/,
    ],
    ['a broken config', (f) => writeFile(join(f, configFile), '{'), /adapter_config\.json: is not valid JSON/],
    ['no folder', (f) => rm(f, { recursive: true }), /does not exist; expected a folder with adapter_config\.json/],
  ])('%s', async (_, spoil, message) => {
    const folder = await copyOf('adapter-r4-qv');
    await spoil(folder);
    await expect(readAdapter(folder)).rejects.toThrow(AdapterError);
    await expect(readAdapter(folder)).rejects.toThrow(message);
  });
});

describe('writing', () => {
  const config: AdapterConfig = {
    rank: 2,
    alpha: 16,
    dropout: 0.05,
    rsLora: false,
    targetModules: ['q_proj'],
    bias: 'none',
    baseModel: 'org/base',
    extra: { revision: 'main', r: 99, note: { kept: ['verbatim', 1] } },
  };
  const module = (value: number): AdapterModule => ({
    a: new Float32Array(6).fill(value),
    b: new Float32Array(8).fill(-value),
    rank: 2,
    inFeatures: 3,
    outFeatures: 4,
  });
  const tensors = (value: number) => new Map([['model.layers.0.self_attn.q_proj', module(value)]]);

  test('a new adapter: fields PEFT needs, unknown keys kept, none of ours overridden by them', async () => {
    const folder = await temporaryFolder();
    await writeAdapter(folder, config, tensors(1));
    const text = await readFile(join(folder, configFile), 'utf8');
    const fields = JSON.parse(text);
    expect(fields).toMatchObject({
      peft_type: 'LORA',
      task_type: 'CAUSAL_LM',
      inference_mode: true,
      fan_in_fan_out: false,
      r: 2,
      lora_alpha: 16,
      lora_dropout: 0.05,
      use_rslora: false,
      target_modules: ['q_proj'],
      base_model_name_or_path: 'org/base',
      revision: 'main',
      note: { kept: ['verbatim', 1] },
    });
    expect(Object.keys(fields)).toEqual(Object.keys(fields).sort());
    const read = await readAdapter(folder);
    expect(read.config).toMatchObject({ ...config, extra: { revision: 'main', note: { kept: ['verbatim', 1] } } });
    expect(read.tensors).toEqual(tensors(1));
    expect((await readSafetensorsHeader(join(folder, weightsFile))).metadata).toEqual({ format: 'pt' });
  });

  test.each<[string, Partial<AdapterConfig>, Partial<AdapterModule>, RegExp]>([
    [
      'another rank',
      {},
      { rank: 3 },
      /"model\.layers\.0\.self_attn\.q_proj": expected rank 2 over \[4, 3\], found rank 3/,
    ],
    ['too few values', {}, { a: new Float32Array(5) }, /found rank 2, a of 5 and b of 8 values/],
    ['a module that is no target', { targetModules: ['v_proj'] }, {}, /q_proj" is not one of the target modules/],
    ['an alpha that is no number', { alpha: Number.NaN }, {}, /field "lora_alpha": expected number/],
    ['an unsupported field in extra', { extra: { use_dora: true } }, {}, /use_dora \(DoRA\) is not supported/],
  ])('refuses %s and writes nothing', async (_, configEdit, moduleEdit, message) => {
    const folder = await temporaryFolder();
    const map = new Map([['model.layers.0.self_attn.q_proj', { ...module(1), ...moduleEdit }]]);
    await expect(writeAdapter(folder, { ...config, ...configEdit }, map)).rejects.toThrow(AdapterError);
    await expect(writeAdapter(folder, { ...config, ...configEdit }, map)).rejects.toThrow(message);
    await expect(writeAdapter(folder, config, new Map())).rejects.toThrow(/needs at least one module/);
    expect(await readdir(folder)).toEqual([]);
  });

  test('a place that cannot hold the folder', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'file'), '');
    await expect(writeAdapter(join(folder, 'file', 'adapter'), config, tensors(1))).rejects.toThrow(WriteError);
  });

  test('when the config cannot be replaced, the old weights stay too', async () => {
    const folder = await temporaryFolder();
    await writeAdapter(folder, config, tensors(1));
    await rm(join(folder, configFile));
    await mkdir(join(folder, configFile));
    await expect(writeAdapter(folder, config, tensors(2))).rejects.toThrow(/is a folder; expected a file name/);
    const { tensors: refs } = await readSafetensorsHeader(join(folder, weightsFile));
    expect((await readTensor([...refs.values()][0]!))[0]).toBe(1);
    expect((await readdir(folder)).sort()).toEqual([configFile, weightsFile]);
  });
});

describe('real adapters of other people', () => {
  const material = process.env.ALPACARE_MATERIAL;

  test('TinyLlama r=4 on q and v: read, checked, written back byte for byte', async (ctx) => {
    if (!material) return ctx.skip('ALPACARE_MATERIAL is not set');
    const folder = join(material, 'adapters/tinyllama-r4-qv');
    const modules = new Map<string, { inFeatures: number; outFeatures: number }>();
    for (let i = 0; i < 22; i++) {
      modules.set(`model.layers.${i}.self_attn.q_proj`, { inFeatures: 2048, outFeatures: 2048 });
      modules.set(`model.layers.${i}.self_attn.v_proj`, { inFeatures: 2048, outFeatures: 256 });
      modules.set(`model.layers.${i}.mlp.up_proj`, { inFeatures: 2048, outFeatures: 5632 });
    }
    const adapter = await readAdapter(folder, { modules, baseModel: 'TinyLlama/TinyLlama-1.1B-Chat-v1.0' });
    expect(adapter.tensors.size).toBe(44);
    const copy = await temporaryFolder();
    await writeAdapter(copy, adapter.config, adapter.tensors);
    for (const name of [configFile, weightsFile]) {
      expect((await readFile(join(copy, name))).equals(await readFile(join(folder, name))), name).toBe(true);
    }
  });

  test('keys wrapped twice, and a config without weights', async (ctx) => {
    if (!material) return ctx.skip('ALPACARE_MATERIAL is not set');
    const adapters = join(material, 'adapters');
    await expect(readAdapter(join(adapters, 'gpt2-doubly-wrapped-keys'))).rejects.toThrow(
      /wrapped twice .*: 24: .* and 14 more/,
    );
    const configOnly = join(adapters, 'tinyllama-r16-qkvo-config-only');
    await expect(readAdapter(configOnly)).rejects.toThrow(/has no adapter_model\.safetensors/);
  });
});
