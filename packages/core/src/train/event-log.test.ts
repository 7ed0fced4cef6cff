import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { crc32c, logged, openJsonLog, openTensorBoardLog } from './event-log.ts';
import type { FineTuneEvent } from './fine-tune.ts';

const step: FineTuneEvent = {
  type: 'step-end',
  step: 3,
  steps: 9,
  epoch: 0.5,
  lossNats: 1.5,
  learningRate: 0.25,
  gradientNorm: 2,
  tokens: 100,
  supervisedTokens: 50,
  seconds: 0.5,
  engineSeconds: 0.4,
  residentBytes: 1e9,
};

async function* events(): AsyncGenerator<FineTuneEvent> {
  yield step;
  yield { type: 'evaluation-end', step: 3, lossNats: 1, perplexity: Math.E, tokens: 50 };
}

it('computes the checksum of the standard test vectors', () => {
  expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa); // RFC 3720, B.4
});

it('writes JSON lines and whole TensorBoard records, and passes the events on', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'alpacare-log-'));
  const logs = [await openJsonLog(join(folder, 'events.jsonl')), await openTensorBoardLog(join(folder, 'tb'))];
  const seen = [];
  for await (const event of logged(events(), logs)) seen.push(event.type);
  expect(seen).toEqual(['step-end', 'evaluation-end']);

  const lines = (await readFile(join(folder, 'events.jsonl'), 'utf8')).trim().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([step, { type: 'evaluation-end' }]);

  const [name] = await readdir(join(folder, 'tb'));
  const bytes = await readFile(join(folder, 'tb', name!));
  const records: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at));
    records.push(bytes.subarray(at + 12, at + 12 + length));
    at += 16 + length;
  }
  expect(records).toHaveLength(3);
  expect(records[0]!.toString('latin1')).toContain('brain.Event:2');
  expect(records[1]!.toString('latin1')).toContain('train/loss');
  const at = records[1]!.indexOf('train/loss') + 'train/loss'.length + 1;
  expect(records[1]!.readFloatLE(at)).toBe(1.5);
  await rm(folder, { recursive: true });
});
