/** `alpacare init`: a configuration with a comment on every field, and the schema editors complete it from. */
import { writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Command, Option } from 'commander';
import { type Preset, type PresetName, presetNames, presets } from '../config/presets/preset.ts';
import { runConfigJsonSchema } from '../config/run-config-schema.ts';
import { writeCommentedConfig } from '../config/write-run-config.ts';

const SCHEMA_FILE = 'alpacare.schema.json';

export function initCommand(): Command {
  const list = presetNames.map((name) => `  ${name.padEnd(22)} ${(presets[name] as Preset).title}`).join('\n');
  return new Command('init')
    .description(
      'Write a commented configuration for train, generate, chat and serve, and the schema that editors complete it from',
    )
    .argument('[file]', 'configuration to write', 'alpacare.jsonc')
    .addOption(new Option('--preset <name>', 'published recipe to start from').choices(presetNames))
    .option('--force', 'write over files that are there', false)
    .addHelpText(
      'after',
      `\nRecipes:\n${list}\n\nExample:\n  alpacare init --preset tinyllama-lora-r8\n  alpacare train --config alpacare.jsonc\n  alpacare chat --config alpacare.jsonc`,
    )
    .action(init);
}

async function init(file: string, { preset, force }: { preset?: PresetName; force: boolean }): Promise<void> {
  const flag = force ? 'w' : 'wx';
  await writeFile(file, writeCommentedConfig(`./${SCHEMA_FILE}`, preset), { flag });
  const schema = join(dirname(file), SCHEMA_FILE);
  // It depends on the version only, so writing it again does no harm.
  await writeFile(schema, `${JSON.stringify(runConfigJsonSchema(presetNames), null, 2)}\n`);
  process.stdout.write(
    `wrote ${file} and ${basename(schema)}; look through it, then: alpacare train --config ${file}\n`,
  );
}
