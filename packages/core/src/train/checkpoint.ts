/**
 * Checkpoints on disk: one folder a step, written under a temporary name and renamed, so that a killed process leaves
 * only whole ones. Tensors are kept in f32, so a resumed run gives the same bytes as one that never stopped.
 */
import { mkdir, mkdtemp, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { differingKeys } from '../differing-keys.ts';
import { CheckpointError } from '../errors.ts';
import { readSafetensorsHeader, readTensor, readTensorBytes, writeSafetensors } from '../io/safetensors.ts';
import type { ParameterValues } from '../lora/adapter.ts';
import type { TrainerState } from './trainer.ts';

/** What must be the same for a run to be continued: options, split, base. Plain JSON. */
export type RunIdentity = Readonly<Record<string, unknown>>;

/** A checkpoint on disk. */
export interface SavedCheckpoint {
  /** Where it lies. */
  readonly folder: string;
  /** Updates made by then. */
  readonly step: number;
  /** The run it belongs to. */
  readonly identity: RunIdentity;
  /** Validation loss at this step, where it was measured. */
  readonly validationNats: number | null;
}

const schema = z.object({
  version: z.literal(1),
  step: z.number().int().min(0),
  validationNats: z.number().nullable(),
  identity: z.record(z.string(), z.unknown()),
});

/** Ends the names of tensors that are codes of 8 bits. */
const CODES = '.codes';

const folderName = (step: number): string => `step-${String(step).padStart(8, '0')}`;

/** The checkpoints of one run, in one folder. */
export class CheckpointStore {
  constructor(
    /** Where checkpoints go, a folder each. */
    readonly folder: string,
    /** The run they belong to. */
    readonly identity: RunIdentity,
    /** How many of the latest are kept, beside the one with the lowest validation loss. */
    readonly keepLast = 2,
  ) {}

  /** @returns the folder of the new checkpoint */
  async save(state: TrainerState, validationNats: number | null): Promise<string> {
    await mkdir(this.folder, { recursive: true });
    const temporary = await mkdtemp(join(this.folder, '.writing-'));
    const target = join(this.folder, folderName(state.step));
    try {
      await writeSafetensors(join(temporary, 'state.safetensors'), [
        ...[...state.tensors].map(([name, { shape, data }]) => ({ name, dtype: 'f32', shape, data }) as const),
        ...[...state.codes].map(
          ([name, data]) => ({ name: `${name}${CODES}`, dtype: 'u8', shape: [data.length], data }) as const,
        ),
      ]);
      const handle = await open(join(temporary, 'checkpoint.json'), 'w');
      try {
        const about = { version: 1, step: state.step, validationNats, identity: this.identity };
        await handle.writeFile(`${JSON.stringify(about, null, 2)}\n`);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rm(target, { recursive: true, force: true });
      await rename(temporary, target);
    } catch (error) {
      await rm(temporary, { recursive: true, force: true });
      throw error;
    }
    await this.#prune();
    return target;
  }

  /** Checkpoints from the earliest to the latest; what a killed save left behind is no checkpoint. */
  async list(): Promise<SavedCheckpoint[]> {
    const names = await readdir(this.folder).catch(() => []);
    const found: SavedCheckpoint[] = [];
    for (const name of names.filter((n) => n.startsWith('step-')).sort()) {
      const folder = join(this.folder, name);
      const parsed = schema.safeParse(await readJson(join(folder, 'checkpoint.json')));
      if (!parsed.success)
        throw new CheckpointError(`${folder}: checkpoint.json is broken; delete the folder to use the one before`);
      const { step, identity, validationNats } = parsed.data;
      found.push({ folder, step, identity, validationNats });
    }
    return found;
  }

  /**
   * The latest checkpoint of this run.
   * @returns undefined when there is none
   * @throws {CheckpointError} when it belongs to another run, naming what differs
   */
  async latest(): Promise<TrainerState | undefined> {
    const last = (await this.list()).at(-1);
    if (!last) return undefined;
    const differences = differingKeys(this.identity, last.identity);
    if (differences.length > 0) {
      throw new CheckpointError(
        `${last.folder}: belongs to another run; these differ: ${differences.join(', ')}. ` +
          'Use the same options and records, or another output folder',
      );
    }
    const { tensors } = await readSafetensorsHeader(join(last.folder, 'state.safetensors'));
    const values: ParameterValues = new Map();
    const codes = new Map<string, Uint8Array>();
    for (const [name, ref] of tensors) {
      if (ref.dtype === 'u8') codes.set(name.slice(0, -CODES.length), await readTensorBytes(ref));
      else values.set(name, { shape: ref.shape, data: await readTensor(ref) });
    }
    return { step: last.step, tensors: values, codes };
  }

  async #prune(): Promise<void> {
    const all = await this.list();
    const measured = all.filter(({ validationNats }) => validationNats !== null);
    const best = measured.sort((a, b) => a.validationNats! - b.validationNats!)[0];
    for (const checkpoint of all.slice(0, -this.keepLast)) {
      if (checkpoint.folder !== best?.folder) await rm(checkpoint.folder, { recursive: true, force: true });
    }
    // Left behind by a process that was killed while it saved.
    for (const name of await readdir(this.folder)) {
      if (name.startsWith('.writing-')) await rm(join(this.folder, name), { recursive: true, force: true });
    }
  }
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return undefined;
  }
}
