/** The exit codes and lines of the built command: `npm test` builds first. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const folder = mkdtempSync(path.join(tmpdir(), 'check-'));
const bin = fileURLToPath(new URL('../../bin/alpacare.js', import.meta.url));

function run(args: string[], input: string | Buffer): { status: number | null; out: string[]; err: string } {
  const done = spawnSync(process.execPath, [bin, 'check', ...args], { input, encoding: 'utf8' });
  return { status: done.status, out: done.stdout.split('\n').filter(Boolean), err: done.stderr };
}
const file = (name: string, text: string): string => {
  const at = path.join(folder, name);
  writeFileSync(at, text);
  return at;
};

describe('alpacare check', () => {
  it('exits 0 for an allowed text, 1 for a blocked one', () => {
    expect(run([], 'Asthma narrows the airways.')).toMatchObject({
      status: 0,
      out: ['{"verdict":"allow","findings":[]}'],
    });
    const blocked = run([file('a.txt', 'You have lupus.')], '');
    expect(blocked.status).toBe(1);
    expect(JSON.parse(blocked.out[0] ?? '')).toMatchObject({
      verdict: 'block',
      findings: [{ rule: 'diagnosis', category: 'diagnosis', from: 0 }],
    });
  });

  it('writes a line for each line, in order, and goes on after a bad one', () => {
    const lines = [
      '{"id":"a","text":"Some 20 mg of fluoxetine."}',
      'oops',
      '{"id":"c"}',
      '{"id":4,"text":"Rest helps."}',
    ];
    const { status, out } = run(['--jsonl'], lines.join('\n'));
    expect(status).toBe(0);
    expect(out.map((line) => JSON.parse(line))).toEqual([
      { id: 'a', verdict: 'block', findings: [{ rule: 'dosage', category: 'dosage', from: 5, to: 10 }] },
      { line: 2, error: expect.any(String) },
      { id: 'c', error: expect.any(String) },
      { id: 4, verdict: 'allow', findings: [] },
    ]);
  });

  it('judges questions', () => {
    const lines = ['I took 40 Tylenol pills', 'Do I have lupus?', 'What is lupus?'].map((text, id) =>
      JSON.stringify({ id, text }),
    );
    const { out } = run(['--input', '--jsonl', '-'], lines.join('\n'));
    expect(out.map((line) => JSON.parse(line).verdict)).toEqual(['emergency', 'fallback', 'allow']);
    expect(run(['--input'], 'What is lupus?').status).toBe(0);
    expect(run(['--input'], 'Do I have lupus?').status).toBe(1);
  });

  it('takes a profile and a policy', () => {
    expect(run(['--profile', 'strict'], 'A reading of 126 mg/dL.').status).toBe(1);
    const policy = file('p.json', '{"add":[{"id":"brand","pattern":"acme"}]}');
    expect(run(['--policy', policy], 'Buy Acme.').status).toBe(1);
  });

  it('exits 2 for what it cannot use', () => {
    expect(run([path.join(folder, 'missing')], '').status).toBe(2);
    expect(run(['--jsonl', path.join(folder, 'missing')], '').status).toBe(2);
    expect(run(['--profile', 'loose'], 'x').status).toBe(2);
    expect(run(['--policy', file('bad.json', '{"profil":1}')], 'x')).toMatchObject({
      status: 2,
      err: expect.stringContaining('profil'),
    });
    expect(run([], Buffer.from([0xff, 0xfe, 0x41])).status).toBe(2);
  });

  it('names the file that it cannot use', () => {
    writeFileSync(path.join(folder, 'latin1.txt'), Buffer.from([0x66, 0xe9, 0x76]));
    const latin1 = path.join(folder, 'latin1.txt');
    expect(run([latin1], '')).toMatchObject({ status: 2, err: `alpacare check: ${latin1}: is no UTF-8 text\n` });
    expect(run(['-'], Buffer.from([0xe9]))).toMatchObject({
      status: 2,
      err: 'alpacare check: standard input: is no UTF-8 text\n',
    });
    const policy = file('broken.json', '{');
    expect(run(['--policy', policy], '')).toMatchObject({ status: 2, err: `alpacare check: ${policy}: is no JSON\n` });
    const missing = path.join(folder, 'none.txt');
    expect(run([missing], '')).toMatchObject({ status: 2, err: `alpacare check: ${missing}: does not exist\n` });
  });
});
