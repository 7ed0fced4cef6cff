import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chatCommand, flagsFrom as chatFlags } from '../commands/chat.ts';
import { generateCommand, flagsFrom as generateFlags } from '../commands/generate.ts';
import { initCommand } from '../commands/init.ts';
import { serveCommand, flagsFrom as serveFlags } from '../commands/serve.ts';
import { trainCommand } from '../commands/train.ts';
import { runCommand } from '../testing/run-command.ts';
import { tinyModel } from '../testing/tiny-model.ts';
import { assistantFlagsOf } from './assistant-flags.ts';
import { flagsOf, loadRunConfig, RunConfigError } from './load-run-config.ts';
import { type Preset, presetNames, presets } from './presets/preset.ts';
import { runConfigJsonSchema, runConfigSchema } from './run-config-schema.ts';
import { withConfig } from './with-config.ts';
import { writeCommentedConfig } from './write-run-config.ts';

const flagsOfCommand: Record<string, typeof chatFlags> = {
  generate: generateFlags,
  chat: chatFlags,
  serve: serveFlags,
};
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alpacare-config-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function config(text: string): Promise<string> {
  const file = join(folder, 'config.jsonc');
  await writeFile(file, text);
  return file;
}

describe('a configuration', () => {
  it('may hold comments and trailing commas, and lies over its preset field by field', async () => {
    const file = await config('{ // mine\n "preset": "tinyllama-nf4-r16", "out": "o", "lora": { "rank": 4, }, }');
    const loaded = await loadRunConfig(file);
    expect(loaded.lora).toEqual({
      rank: 4,
      alpha: 32,
      dropout: 0.05,
      targets: ['q_proj', 'k_proj', 'v_proj', 'o_proj'],
    });
    expect(loaded.training).toEqual({ schedule: 'cosine', warmupShare: 0.03, maxGradientNorm: 0.3 });
    expect(loaded.out).toBe('o');
  });

  it.each([
    {
      name: 'broken JSON',
      text: '{\n  "model": "m"\n  "out": "o"\n}',
      says: /config\.jsonc: is no JSON at line 3, column 3/,
    },
    { name: 'an end that is missing', text: '{ "model": "m"', says: /is no JSON/ },
    { name: 'an unknown name', text: '{ "learningRate": 1 }', says: /there is no "learningRate"/ },
    { name: 'an unknown name inside', text: '{ "lora": { "r": 8 } }', says: /field "lora": there is no "r"/ },
    {
      name: 'a wrong type',
      text: '{ "lora": { "rank": "eight" } }',
      says: /"lora\.rank": expected number, received string/,
    },
    { name: 'a wrong choice', text: '{ "engine": "tpu" }', says: /"engine": expected one of "auto"/ },
    { name: 'an unknown preset', text: '{ "preset": "gpt-9" }', says: /"preset": expected tinyllama-lora-r8, / },
    { name: 'a split of words', text: '{ "records": { "split": "most" } }', says: /"records\.split": expected shares/ },
  ])('$name is one clear message', async ({ text, says }) => {
    const failed = loadRunConfig(await config(text));
    await expect(failed).rejects.toThrow(RunConfigError);
    await expect(failed).rejects.toThrow(says);
  });

  it('reaches every flag of train it has a field for', () => {
    const flags = trainCommand().options.map((option) => option.attributeName());
    const everything = flagsOf({
      model: 'm',
      data: ['d'],
      out: 'o',
      quantize: 'nf4',
      doubleQuantization: true,
      int8: 'fast',
      template: 'chat',
      method: 'full',
      lora: { rank: 1, alpha: 1, dropout: 0.1, rsLora: true, targets: 'all-linear' },
      records: { maxTokens: 1, overLimit: 'drop', split: '90/5/5' },
      training: {
        epochs: 1,
        steps: 1,
        batchSize: 1,
        accumulation: 1,
        learningRate: 1,
        schedule: 'linear',
        warmupSteps: 1,
        warmupShare: 0.1,
        weightDecay: 0,
        maxGradientNorm: 1,
        packing: 1,
        gradientCheckpointing: true,
        optimizer: 'adamw8bit',
        evaluateEvery: 1,
        checkpointEvery: 1,
      },
      samples: 1,
      seed: 1,
      threads: 1,
      engine: 'cpu',
    });
    for (const name of Object.keys(everything)) expect(flags).toContain(name);
    const others = flags.filter((name) => !(name in everything));
    expect([...new Set(others)].sort()).toEqual(['config', 'json', 'report', 'resume', 'tokenCache']);
  });

  it.each([
    { command: generateCommand(), others: ['config', 'input', 'json', 'unguarded'] },
    { command: chatCommand(), others: ['config', 'json'] },
    { command: serveCommand(), others: ['apiKey', 'config', 'json'] },
  ])('reaches every flag of $command it has a field for', async ({ command, others }) => {
    const answers = {
      system: 's',
      maxNewTokens: 1,
      temperature: 1,
      topK: 1,
      topP: 1,
      repetitionPenalty: 1,
      seed: 1,
      stop: ['x'],
    };
    const server = {
      name: 'n',
      host: 'h',
      port: 1,
      corsOrigins: ['c'],
      queue: 1,
      maxTokens: 1,
      maxBodyKiB: 1,
      preload: true,
    };
    const common = {
      model: 'm',
      adapter: 'a',
      quantize: 'nf4',
      doubleQuantization: true,
      int8: 'fast',
      template: 'chat',
      threads: 1,
      engine: 'cpu',
    };
    const file = await config(JSON.stringify({ ...common, answers, server }));
    let seen: Record<string, unknown> = {};
    command.action(async (...given: unknown[]) => {
      const flags = given.find((one) => typeof one === 'object' && one !== null && 'engine' in one);
      seen = await withConfig(flags as unknown as { config: string }, command, {
        flagsOf: flagsOfCommand[command.name()]!,
        required: ['model'],
      });
    });
    await runCommand(command, ['--config', file]);
    const expected = Object.values({ ...common, ...answers, ...server }).map((value) => JSON.stringify(value));
    const names = new Set(command.options.map((option) => option.attributeName()));
    const reached = [...names].filter((name) => expected.includes(JSON.stringify(seen[name])));
    expect([...names].filter((name) => !reached.includes(name)).sort()).toEqual(others);
    expect(Object.keys(seen).filter((name) => !names.has(name))).toEqual([]);
  });

  it('answers with what was trained into "out", unless told otherwise', async () => {
    const trained = join(folder, 'trained');
    await mkdir(trained, { recursive: true });
    await writeFile(join(trained, 'adapter_config.json'), '{}');
    expect(await assistantFlagsOf({ model: 'm', out: trained }, {})).toMatchObject({ model: 'm', adapter: trained });
    expect(await assistantFlagsOf({ model: 'm', out: trained, adapter: null }, {})).toMatchObject({ adapter: false });
    expect(await assistantFlagsOf({ model: 'm', out: trained }, { model: 'x' })).not.toHaveProperty('adapter');
    expect(await assistantFlagsOf({ model: 'm', out: trained, adapter: 'b' }, {})).toMatchObject({ adapter: 'b' });
    expect(await assistantFlagsOf({ model: 'm', out: join(folder, 'none') }, {})).not.toHaveProperty('adapter');
  });

  it('publishes the schema its files are checked against', async () => {
    const schema = `${JSON.stringify(runConfigJsonSchema(presetNames), null, 2)}\n`;
    await expect(schema).toMatchFileSnapshot(
      fileURLToPath(new URL('../../schema/run-config.schema.json', import.meta.url)),
    );
  });
});

describe('alpacare train --config', () => {
  it('takes what the file says, and flags before it', async () => {
    const model = join(folder, 'model');
    await tinyModel(model);
    const out = join(folder, 'run');
    const records = fileURLToPath(new URL('../../../../data/records/w1.jsonl', import.meta.url));
    const file = await config(
      JSON.stringify({
        model,
        data: [records],
        out,
        engine: 'cpu',
        threads: 1,
        lora: { rank: 2, alpha: 4 },
        records: { split: '6,2,2' },
        training: { steps: 2, batchSize: 2, warmupShare: 0.5, weightDecay: 0, maxGradientNorm: 0.3 },
      }),
    );
    await runCommand(trainCommand(), ['--config', file, '--rank', '3', '--json']);
    const { options } = JSON.parse(await readFile(join(out, 'run.json'), 'utf8'));
    expect(options.adapter).toMatchObject({ rank: 3, alpha: 4, targetModules: ['q_proj', 'v_proj'] });
    expect(options.train).toMatchObject({
      steps: 2,
      batchSize: 2,
      maxGradientNorm: 0.3,
      optimizer: { weightDecay: 0 },
    });
    expect(options.train.schedule).toEqual({ kind: 'cosine', warmupSteps: 0, warmupShare: 0.5 });
    const again = ['--config', file, '--warmup', '1', '--out', join(folder, 'again'), '--json'];
    await runCommand(trainCommand(), again);
    const second = JSON.parse(await readFile(join(folder, 'again', 'run.json'), 'utf8'));
    expect(second.options.train.schedule).toEqual({ kind: 'cosine', warmupSteps: 1 });
  });

  it('says what is missing, and where it may stand', async () => {
    const file = await config('{ "model": "m", "out": "o" }');
    const error = await runCommand(trainCommand().configureOutput({ writeErr: () => {} }), ['--config', file]).catch(
      (e) => e,
    );
    expect(error.message).toMatch(
      /required option '-d, --data <files\.\.\.>' not specified; give it, or "data" in .*config/,
    );
  });
});

describe('alpacare init', () => {
  it.each([undefined, ...presetNames])('writes a commented file that loads as what it says: %s', async (name) => {
    const text = writeCommentedConfig('./alpacare.schema.json', name);
    const loaded = await loadRunConfig(await config(text));
    const expected = name === undefined ? {} : (presets[name] as Preset).config;
    const { $schema, data, out, model, ...rest } = loaded;
    const { model: expectedModel = './base-model', ...others } = expected as { model?: string };
    expect([$schema, data, out, model]).toEqual([
      './alpacare.schema.json',
      ['records.jsonl'],
      'runs/first',
      expectedModel,
    ]);
    const groups = Object.fromEntries(
      Object.entries(rest).filter(([, value]) => Object.keys(value as object).length > 0 || typeof value !== 'object'),
    );
    expect(groups).toEqual(others);
    // Every field is there to be found, set or behind a comment, with its meaning above it.
    for (const [key, field] of Object.entries(runConfigSchema.shape)) {
      if (key === '$schema' || key === 'preset') continue;
      expect(text).toContain(`// ${field.description}\n`);
    }
    // And what is behind a comment fits as well.
    await expect(loadRunConfig(await config(text.replaceAll(/^(\s*)\/\/ ("\w+":)/gm, '$1$2')))).resolves.toBeDefined();
  });

  it('overwrites nothing unless told to', async () => {
    const file = join(folder, 'alpacare.jsonc');
    await runCommand(initCommand(), [file, '--preset', 'gpt-neo-2.7b-lora-r8']);
    expect(JSON.parse(await readFile(join(folder, 'alpacare.schema.json'), 'utf8')).properties.preset.enum).toEqual(
      presetNames,
    );
    await expect(runCommand(initCommand(), [file])).rejects.toMatchObject({ code: 'EEXIST' });
    await runCommand(initCommand(), [file, '--force']);
    expect(await readFile(file, 'utf8')).not.toContain('gpt-neo');
  });
});
