/** One clear message for whoever typed the command; the stack only when asked for. */
import { pc } from './colors.ts';
import { exitCode } from './exit-code.ts';

const fileProblems: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be read or written by this user',
  EEXIST: 'exists already; name another one',
  ENOSPC: 'no space is left on the disk; what was saved before is whole',
  ENOTDIR: 'lies below something that is a file, not a folder',
  EISDIR: 'is a folder, expected a file',
  EROFS: 'lies on a read-only disk',
};

/** Why no server can listen at an address. */
const addressProblems: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there already; give --port another number, or 0 for a free one',
  EADDRNOTAVAIL: 'is no address of this machine; give --host one of its own, or 0.0.0.0 for all',
  EACCES: 'may not be listened on by this user; give --port a number above 1023',
  ENOTFOUND: 'is no name that this machine knows; give --host an address',
};

/** Of a text whose bytes are none. */
const NO_UTF8 = 'ERR_ENCODING_INVALID_ENCODED_DATA';

interface SystemError extends NodeJS.ErrnoException {
  readonly address?: string;
  readonly hostname?: string;
  readonly port?: number;
}

/** What a person is told of an error. @param file  what was read, where the error itself does not know */
export function messageOf(error: unknown, file?: string): string {
  if (!(error instanceof Error)) return String(error);
  const { code = '', path, syscall, address, hostname, port } = error as SystemError;
  if (code === NO_UTF8) return `${file ?? 'a file'}: is no UTF-8 text`;
  if (path && fileProblems[code]) return `${path}: ${fileProblems[code]}`;
  // A write that fails names no file.
  if (syscall === 'write' && fileProblems[code]) return fileProblems[code];
  const at = address ?? hostname;
  if (at && (syscall === 'listen' || hostname) && addressProblems[code])
    return `${at}${port === undefined ? '' : `:${port}`}: ${addressProblems[code]}`;
  return error.message;
}

/** Prints the message and sets the exit code. `ALPACARE_DEBUG=1` adds the stack. */
export function reportError(error: unknown): void {
  process.stderr.write(`${pc.red('error:')} ${messageOf(error)}\n`);
  if (process.env.ALPACARE_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  else if (!(error instanceof Error && 'code' in error)) {
    process.stderr.write(
      'This looks like a fault of alpacare itself: run it again with ALPACARE_DEBUG=1 and report what it shows.\n',
    );
  }
  process.exitCode = exitCode.failed;
}
