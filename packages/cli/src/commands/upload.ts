/** `alpacare upload`: an adapter into a repository of the hub, a private one unless it is told otherwise. */
import type { UploadPlan } from '@alpacare/core';
import { Command } from 'commander';
import { confirm } from '../ui/confirm.ts';
import { exitCode } from '../ui/exit-code.ts';
import { bytesText } from '../ui/hub-view.ts';
import { print } from '../ui/score-lines.ts';

export interface UploadFlags {
  readonly public: boolean;
  readonly yes: boolean;
  readonly json: boolean;
}

export const addUploadFlags = (command: Command): Command =>
  command
    .option('--public', 'everybody may read it; without this, only you and your organisation', false)
    .option('-y, --yes', 'send without asking', false)
    .option('--json', 'what was written or sent as JSON', false);

export function uploadCommand(): Command {
  const command = new Command('upload')
    .description('Send an adapter to the hub: to a private repository, unless told otherwise. Needs HF_TOKEN')
    .argument('<source>', 'adapter folder, or .zip of alpacare export')
    .argument('<repository>', 'organisation/name; made if it is not there')
    .addHelpText('after', '\nExample:\n  alpacare upload adapter.zip my-clinic/education-adapter');
  return addUploadFlags(command).action(uploadAsked);
}

/** The person said no, or could not be asked. */
class NotConfirmedError extends Error {
  readonly code = 'NOT_CONFIRMED';
}

/** Says what is sent where, asks, and sends. */
export async function uploadAsked(source: string, repository: string, flags: UploadFlags): Promise<void> {
  const { uploadAdapter } = await import('@alpacare/core');
  const visibility = flags.public ? 'public' : 'private';
  try {
    const sent = await uploadAdapter(source, { repository, visibility, onPlan: (plan) => announce(plan, flags.yes) });
    print(
      flags.json,
      { visibility, ...sent },
      `${sent.repository} (${visibility}${sent.created ? ', new' : ''}): ${sent.files.join(', ')}; commit ${sent.commit.slice(0, 12)}\n`,
    );
  } catch (error) {
    if (!(error instanceof NotConfirmedError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = exitCode.failed;
  }
}

async function announce({ repository, endpoint, visibility, files }: UploadPlan, yes: boolean): Promise<void> {
  const list = files.map(({ path, bytes }) => `  ${path}  ${bytesText(bytes)}\n`).join('');
  const readers = visibility === 'public' ? 'PUBLIC: everybody may read it' : 'private';
  process.stderr.write(`to ${endpoint}/${repository}, ${readers}:\n${list}`);
  const isAgreed = yes || (await confirm('Send it?'));
  if (isAgreed === null) throw new NotConfirmedError('nothing was sent: add --yes to send without being asked');
  if (!isAgreed) throw new NotConfirmedError('nothing was sent');
}
