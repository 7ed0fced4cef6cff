import { spawnSync } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, rename, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { InvalidOptionError, WriteError } from '../errors.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { type WritableFile, writeFileAtomically, writeFilesAtomically, writeFully } from './atomic-write.ts';

const write = (text: string) => (file: WritableFile) => writeFully(file, Buffer.from(text));
const diskFull = async (file: WritableFile): Promise<void> => {
  await writeFully(file, Buffer.from('half of it'));
  throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' });
};

test('replaces the old file and leaves nothing else behind', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'a.txt');
  await writeFile(path, 'old');
  let during: string[] = [];
  await writeFileAtomically(path, async (file) => {
    await write('new')(file);
    during = await readdir(folder);
    expect(await readFile(path, 'utf8')).toBe('old');
  });
  expect(await readFile(path, 'utf8')).toBe('new');
  expect(during).toEqual([expect.stringMatching(/^\.a\.txt\.[0-9a-f]{24}\.tmp$/), 'a.txt']);
  expect(await readdir(folder)).toEqual(['a.txt']);
});

test('removes what killed processes left of the same name, and nothing of those that live', async () => {
  const folder = await temporaryFolder();
  let own = '';
  await writeFileAtomically(join(folder, 'a.txt'), async (file) => {
    own = (await readdir(folder)).find((name) => name.endsWith('.tmp'))!;
    await write('new')(file);
  });
  const [host, random] = [own.slice(7, 15), own.slice(23, 31)];
  const dead = spawnSync(process.execPath, ['-e', '']).pid.toString(16).padStart(8, '0');
  const alive = process.ppid.toString(16).padStart(8, '0');
  const name = (machine: string, pid: string, target = 'a.txt') => `.${target}.${machine}${pid}${random}.tmp`;
  const names = {
    dead: name(host, dead),
    alive: name(host, alive),
    elsewhere: name('00000000', dead),
    old: name('00000001', dead),
    other: name(host, dead, 'b.txt'),
    foreign: '.a.txt.swp.tmp',
  };
  for (const file of Object.values(names)) await writeFile(join(folder, file), '');
  await utimes(join(folder, names.old), 1, 1);
  await writeFileAtomically(join(folder, 'a.txt'), write('newer'));
  const { dead: _, old: __, ...kept } = names;
  expect((await readdir(folder)).sort()).toEqual([...Object.values(kept), 'a.txt'].sort());
});

describe('a disk that is full', () => {
  test('an injected ENOSPC: old file whole, temporary file gone, message says what to do', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'a.txt');
    await writeFile(path, 'old');
    const error = await writeFileAtomically(path, diskFull).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(WriteError);
    expect(error).toMatchObject({
      code: 'WRITE',
      path,
      message: `${path}: was not written: the disk is full (ENOSPC); free some space and save again. What was there before is unchanged`,
      cause: { code: 'ENOSPC' },
    });
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['a.txt']);
  });

  test('of two files the second does not fit: neither is replaced', async () => {
    const folder = await temporaryFolder();
    const [a, b] = [join(folder, 'a'), join(folder, 'b')];
    await writeFile(a, 'old a');
    await writeFile(b, 'old b');
    const files = [
      { path: a, write: write('new a') },
      { path: b, write: diskFull },
    ];
    await expect(writeFilesAtomically(files)).rejects.toThrow(WriteError);
    expect(await readFile(a, 'utf8')).toBe('old a');
    expect(await readFile(b, 'utf8')).toBe('old b');
    expect((await readdir(folder)).sort()).toEqual(['a', 'b']);
  });

  test('a real one: a tmpfs of 1 MiB', async (ctx) => {
    const folder = await temporaryFolder();
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { encoding: 'utf8' });
    if (mounted.status !== 0) return ctx.skip('mounting a tmpfs is not permitted here');
    onTestFinished(() => {
      spawnSync('umount', [folder]);
    });
    const path = join(folder, 'a.bin');
    await writeFile(path, 'old');
    const error = await writeFileAtomically(path, (file) => writeFully(file, Buffer.alloc(2 ** 21))).catch((e) => e);
    expect(error).toBeInstanceOf(WriteError);
    expect(error.message).toContain('the disk is full (ENOSPC)');
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['a.bin']);
    await writeFileAtomically(path, write('fits'));
    expect(await readFile(path, 'utf8')).toBe('fits');
  });
});

test('short writes are continued, and a write of nothing is a full disk', async () => {
  const written: number[] = [];
  const slow: WritableFile = {
    write: (async (bytes: Uint8Array, from: number, length: number) => {
      const part = bytes.subarray(from, from + Math.min(length, 3));
      written.push(...part);
      return { bytesWritten: part.length, buffer: bytes };
    }) as WritableFile['write'],
  };
  await writeFully(slow, Buffer.from('0123456789'));
  expect(Buffer.from(written).toString()).toBe('0123456789');

  const stuck: WritableFile = { write: (async () => ({ bytesWritten: 0 })) as unknown as WritableFile['write'] };
  await expect(writeFully(stuck, Buffer.from('x'))).rejects.toMatchObject({ code: 'ENOSPC' });
});

test('a missing folder, and a folder in the way', async () => {
  const folder = await temporaryFolder();
  await expect(writeFileAtomically(join(folder, 'no', 'a'), write('x'))).rejects.toThrow(/its folder does not exist/);
  await mkdir(join(folder, 'a'));
  await expect(writeFileAtomically(join(folder, 'a'), write('x'))).rejects.toThrow(
    /a: is a folder; expected a file name/,
  );
  expect(await readdir(folder)).toEqual(['a']);
});

test('a folder that must not be written to', async (ctx) => {
  if (process.getuid?.() === 0) return ctx.skip('root may write anywhere');
  const folder = await temporaryFolder();
  await chmod(folder, 0o500);
  await expect(writeFileAtomically(join(folder, 'a'), write('x'))).rejects.toThrow(/not permitted there \(EACCES\)/);
});

test('an error of the writer passes through as it is when it is one of ours', async () => {
  const folder = await temporaryFolder();
  const ours = new InvalidOptionError('x', 'is wrong');
  await expect(writeFileAtomically(join(folder, 'a'), () => Promise.reject(ours))).rejects.toBe(ours);
  expect(await readdir(folder)).toEqual([]);
});

test('a symbolic link is replaced, and what it points at is left alone', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'blob'), 'shared');
  await symlink('blob', join(folder, 'a'));
  await writeFileAtomically(join(folder, 'a'), write('mine'));
  expect(await readFile(join(folder, 'blob'), 'utf8')).toBe('shared');
  expect(await readFile(join(folder, 'a'), 'utf8')).toBe('mine');
});

test('when the second rename fails, the message does not claim that nothing changed', async () => {
  const folder = await temporaryFolder();
  const [a, b] = [join(folder, 'a'), join(folder, 'sub', 'b')];
  await mkdir(join(folder, 'sub'));
  const files = [
    { path: b, write: write('new b') },
    {
      path: a,
      write: async (file: WritableFile) => {
        await write('new a')(file);
        // The folder of the first file goes away while the second is being written.
        await rename(join(folder, 'sub'), join(folder, 'moved'));
      },
    },
  ];
  await expect(writeFilesAtomically(files)).rejects.toThrow(
    /b: was not written: .* What was there before is unchanged/,
  );
  await rename(join(folder, 'moved'), join(folder, 'sub'));
  const reversed = [files[1]!, files[0]!].map((file) => ({ ...file, write: file.write }));
  reversed[1] = {
    path: b,
    write: async (file) => {
      await write('new b')(file);
      await rename(join(folder, 'sub'), join(folder, 'moved'));
    },
  };
  reversed[0] = { path: a, write: write('new a') };
  await expect(writeFilesAtomically(reversed)).rejects.toThrow(
    /b: was not written: .* a was replaced, this file was not/,
  );
  expect((await stat(a)).size).toBe(5);
});
