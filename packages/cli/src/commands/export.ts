/** `alpacare export`: an adapter with all it needs, as one .zip. */
import { Command } from 'commander';
import { print } from '../ui/score-lines.ts';
import { addUploadFlags, type UploadFlags, uploadAsked } from './upload.ts';

interface ExportFlags extends Partial<UploadFlags> {
  readonly upload?: string;
  readonly model: string;
  readonly adapter: string;
  readonly out: string;
}

export function exportCommand(): Command {
  const command = new Command('export')
    .description('Pack adapter, tokenizer, config, manifest and model card into one .zip')
    .requiredOption('-m, --model <folder>', 'base model folder')
    .requiredOption('-a, --adapter <folder>', 'output folder of alpacare train')
    .requiredOption('-o, --out <file>', 'the .zip; one that is there is replaced')
    .option('--upload <repository>', 'then send it to organisation/name of the hub, a private repository');
  return addUploadFlags(command).action(
    async ({ model, adapter, out, upload, yes = false, public: isPublic = false, json = false }: ExportFlags) => {
      const { writeAdapterArchive } = await import('@alpacare/core');
      const { cardOf } = await import('../config/model-card.ts');
      const files = await writeAdapterArchive(out, { adapter, model, card: await cardOf(adapter) });
      print(json, { out, files }, `${out}: ${files.join(', ')}\n`);
      if (upload !== undefined) await uploadAsked(out, upload, { yes, public: isPublic, json });
    },
  );
}
