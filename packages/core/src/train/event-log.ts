/** Writes the events of a run to files: JSON lines for machines, and scalars for TensorBoard. */

import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { FineTuneEvent } from './fine-tune.ts';

/** Where events are kept: JSON lines, TensorBoard. */
export interface EventLog {
  /** Adds an event. */
  write(event: FineTuneEvent): Promise<void>;
  /** Writes what is left and closes the file. */
  close(): Promise<void>;
}

/** One JSON object a line, with the time; a resumed run appends. */
export async function openJsonLog(file: string): Promise<EventLog> {
  const handle = await open(file, 'a');
  return {
    write: async (event) =>
      void (await handle.write(`${JSON.stringify({ time: new Date().toISOString(), ...event })}\n`)),
    close: () => handle.close(),
  };
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});

/** CRC-32C (Castagnoli), RFC 3720 appendix B.4. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ CRC_TABLE[(crc ^ byte) & 0xff]!;
  return (crc ^ 0xffffffff) >>> 0;
}

/** TFRecord: length, its masked checksum, the data, its masked checksum; little-endian. */
function tfRecord(data: Uint8Array): Uint8Array {
  const masked = (bytes: Uint8Array) => {
    const crc = crc32c(bytes);
    return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
  };
  const out = new Uint8Array(data.length + 16);
  const view = new DataView(out.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, masked(out.subarray(0, 8)), true);
  out.set(data, 12);
  view.setUint32(12 + data.length, masked(data), true);
  return out;
}

/** tensorflow.Event of tensorflow/core/util/event.proto: wall_time 1, step 2, file_version 3, summary 5. */
function eventMessage(step: number, scalars: Readonly<Record<string, number>>, fileVersion?: string): Uint8Array {
  const writer = new BinaryWriter();
  writer.tag(1, WireType.Bit64).double(Date.now() / 1000);
  writer.tag(2, WireType.Varint).int64(step);
  if (fileVersion !== undefined) writer.tag(3, WireType.LengthDelimited).string(fileVersion);
  else {
    writer.tag(5, WireType.LengthDelimited).fork();
    for (const [tag, value] of Object.entries(scalars)) {
      writer.tag(1, WireType.LengthDelimited).fork();
      writer.tag(1, WireType.LengthDelimited).string(tag);
      writer.tag(2, WireType.Bit32).float(value);
      writer.join();
    }
    writer.join();
  }
  return writer.finish();
}

function scalarsOf(event: FineTuneEvent): { step: number; scalars: Record<string, number> } | undefined {
  switch (event.type) {
    case 'step-end': {
      const { lossNats, learningRate, gradientNorm, tokens, seconds } = event;
      const scalars = {
        'train/loss': lossNats,
        'train/learning_rate': learningRate,
        'train/gradient_norm': gradientNorm,
        'train/tokens_per_second': tokens / seconds,
      };
      return { step: event.step, scalars };
    }
    case 'evaluation-end':
      return {
        step: event.step,
        scalars: { 'validation/loss': event.lossNats, 'validation/perplexity': event.perplexity },
      };
    case 'baseline-end':
      return { step: 0, scalars: { 'validation/loss': event.lossNats, 'validation/perplexity': event.perplexity } };
    default:
      return undefined;
  }
}

/** A TensorBoard event file in a folder; each process of a run writes its own, and TensorBoard joins them. */
export async function openTensorBoardLog(folder: string): Promise<EventLog> {
  await mkdir(folder, { recursive: true });
  const name = `events.out.tfevents.${Math.floor(Date.now() / 1000)}.${hostname()}.${process.pid}`;
  const handle: FileHandle = await open(join(folder, name), 'a');
  await handle.write(tfRecord(eventMessage(0, {}, 'brain.Event:2')));
  return {
    write: async (event) => {
      const found = scalarsOf(event);
      if (found) await handle.write(tfRecord(eventMessage(found.step, found.scalars)));
    },
    close: () => handle.close(),
  };
}

/** Passes events on and writes each to every log on the way. The logs are closed at the end, however it comes. */
export async function* logged(
  events: AsyncIterable<FineTuneEvent>,
  logs: readonly EventLog[],
): AsyncGenerator<FineTuneEvent, void> {
  try {
    for await (const event of events) {
      for (const log of logs) await log.write(event);
      yield event;
    }
  } finally {
    for (const log of logs) await log.close();
  }
}
