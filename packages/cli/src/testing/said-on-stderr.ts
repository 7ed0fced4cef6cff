import { beforeEach, vi } from 'vitest';

/**
 * What the command under test says on standard error; call it at the top of a test file. After each test its spies and
 * environment are undone, and the exit code is 0 again.
 */
export function saidOnStderr(): { text: string } {
  const said = { text: '' };
  beforeEach(() => {
    said.text = '';
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      said.text += String(text);
      return true;
    });
    return () => {
      vi.restoreAllMocks();
      vi.unstubAllEnvs();
      process.exitCode = 0;
    };
  });
  return said;
}
