import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { messageOf } from './report-error.ts';

/** What Node says when a server cannot listen there. */
const refused = (port: number, host: string): Promise<unknown> =>
  new Promise((resolve) => createServer().once('error', resolve).listen(port, host));

it('says of an address where no server can listen what to do about it', async () => {
  const taken = createServer();
  onTestFinished(() => void taken.close());
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as AddressInfo;
  expect(messageOf(await refused(port, '127.0.0.1'))).toBe(
    `127.0.0.1:${port}: another program listens there already; give --port another number, or 0 for a free one`,
  );
  expect(messageOf(await refused(0, '203.0.113.7'))).toMatch(/^203\.0\.113\.7.*: is no address of this machine/);
  expect(messageOf(await refused(0, 'no-such-name.invalid'))).toMatch(/^no-such-name\.invalid: is no name/);
});

it('says of a full disk what it means, though Node names no file', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' });
  expect(messageOf(full)).toBe('no space is left on the disk; what was saved before is whole');
});
