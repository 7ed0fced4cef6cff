/** `alpacare merge`: base and adapter as one model folder. */
import { Command, Option } from 'commander';
import { print } from '../ui/score-lines.ts';

interface MergeFlags {
  readonly model: string;
  readonly adapter: string;
  readonly out: string;
  readonly dtype?: 'f32' | 'f16' | 'bf16';
  readonly json: boolean;
}

export function mergeCommand(): Command {
  return new Command('merge')
    .description('Fold an adapter into its base and write a model folder that needs no adapter')
    .requiredOption('-m, --model <folder>', 'base model folder')
    .requiredOption('-a, --adapter <folder>', 'PEFT adapter folder')
    .requiredOption('-o, --out <folder>', 'new or empty folder')
    .addOption(
      new Option('--dtype <type>', "element type of the weights; default: the base's").choices(['f32', 'f16', 'bf16']),
    )
    .option('--json', 'the files as JSON', false)
    .action(async ({ model, adapter, out, dtype, json }: MergeFlags) => {
      const core = await import('@alpacare/core');
      const opened = await core.openModel(model);
      const loaded = await core.readAdapter(adapter, core.expectedModel(opened.model));
      const files = await core.writeMergedModel(out, opened, loaded, dtype ? { dtype } : {});
      print(json, { out, files }, `${files.join('\n')}\n`);
    });
}
