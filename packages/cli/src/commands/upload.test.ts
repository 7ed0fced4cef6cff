import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../../../core/src/testing/temporary-folder.ts';
import { fakeHub } from '../../../core/test/support/fake-hub.ts';
import { command, hasTerminals, onTerminal } from '../testing/on-terminal.ts';
import { runCommand } from '../testing/run-command.ts';
import { saidOnStderr } from '../testing/said-on-stderr.ts';
import { exportCommand } from './export.ts';
import { uploadCommand } from './upload.ts';

const golden = (name: string) => fileURLToPath(new URL(`../../../core/test/golden/${name}`, import.meta.url));
const stderr = saidOnStderr();

async function setUp() {
  const hub = await fakeHub();
  vi.stubEnv('HF_ENDPOINT', hub.endpoint);
  vi.stubEnv('HF_TOKEN', 'hf_writer');
  const adapter = await temporaryFolder();
  await cp(golden('io/adapter-r4-qv'), adapter, { recursive: true });
  return { hub, adapter };
}

describe('alpacare upload', () => {
  it('sends an adapter to a private repository', async () => {
    const { hub, adapter } = await setUp();
    const said = await runCommand(uploadCommand(), [adapter, 'clinic/ours', '--yes']);
    expect(said).toMatch(
      /^clinic\/ours \(private, new\): adapter_config\.json, adapter_model\.safetensors; commit [0-9a-f]{12}\n$/,
    );
    expect(stderr.text).toMatch(/\/clinic\/ours, private:\n {2}adapter_config\.json {2}\d/);
    expect(hub.repositories.get('models/clinic/ours')!.private).toBe(true);
  });

  it('asks first: without a person and without --yes nothing is sent', async () => {
    const { hub, adapter } = await setUp();
    expect(await runCommand(uploadCommand(), [adapter, 'clinic/ours'])).toBe('');
    expect(stderr.text).toMatch(/nothing was sent: add --yes/);
    expect(process.exitCode).toBe(1);
    expect(hub.requests).toEqual([]);
  });

  it.for([
    { typed: 'y\n', sent: true },
    { typed: 'yes\n', sent: true },
    { typed: '\n', sent: false },
    { typed: 'n\n', sent: false },
    { typed: '\x03', sent: false },
    { typed: '\x04', sent: false },
  ])('asks a person at a terminal: $typed sends: $sent', { timeout: 60_000 }, async ({ typed, sent }, ctx) => {
    if (!(await hasTerminals())) return ctx.skip('needs util-linux script, which opens a terminal');
    const { hub, adapter } = await setUp();
    const { text, code } = await onTerminal([command, 'upload', adapter, 'clinic/ours'], {
      ask: 'Send it? (y/N)',
      typed,
    });
    expect(text).toMatch(/\/clinic\/ours, private:\s+adapter_config\.json {2}\d/);
    expect(code).toBe(sent ? 0 : 1);
    expect(text).toContain(sent ? 'clinic/ours (private, new)' : 'nothing was sent');
    expect(hub.repositories.has('models/clinic/ours')).toBe(sent);
  });

  it('is public only where that is said', async () => {
    const { hub, adapter } = await setUp();
    await runCommand(uploadCommand(), [adapter, 'clinic/open', '--public', '-y']);
    expect(hub.repositories.get('models/clinic/open')!.private).toBe(false);
    expect(stderr.text).toContain('PUBLIC');
    await expect(runCommand(uploadCommand(), [adapter, 'clinic/open', '-y'])).rejects.toThrow(/nothing was uploaded/);
  });

  it('needs a token', async () => {
    const { adapter } = await setUp();
    vi.stubEnv('HF_TOKEN', '');
    vi.stubEnv('HF_HUB_DISABLE_IMPLICIT_TOKEN', '1');
    await expect(runCommand(uploadCommand(), [adapter, 'clinic/ours', '-y'])).rejects.toThrow(/set HF_TOKEN/);
  });

  it('follows an export that asks for it', async () => {
    const { hub, adapter } = await setUp();
    const model = await temporaryFolder();
    await cp(golden('tiny-tokenizer/byte-level'), model, { recursive: true });
    await writeFile(join(model, 'config.json'), '{}');
    const out = join(await temporaryFolder(), 'adapter.zip');
    const args = ['-m', model, '-a', adapter, '-o', out];
    await runCommand(exportCommand(), args);
    expect(hub.requests).toEqual([]);
    await runCommand(exportCommand(), [...args, '--upload', 'clinic/ours', '--yes']);
    const { files, private: isPrivate } = hub.repositories.get('models/clinic/ours')!;
    expect(isPrivate).toBe(true);
    expect(Object.keys(files)).toEqual(
      expect.arrayContaining(['README.md', 'adapter_model.safetensors', 'tokenizer.json']),
    );
  });
});
