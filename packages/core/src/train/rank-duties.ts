/** What a training run of several ranks does beside training: agree on the job, and hand on what rank 0 alone reads. */
import type { Collective } from '../collective/collective.ts';
import { rankName } from '../collective/collective.ts';
import { differingKeys } from '../differing-keys.ts';
import { CollectiveError } from '../errors.ts';
import type { ParameterValues } from '../lora/adapter.ts';
import type { RunIdentity } from './checkpoint.ts';
import type { TrainerState } from './trainer.ts';

const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const decode = (bytes: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(bytes));

/**
 * Every rank opens model and records itself; all must have found the same.
 * @throws {CollectiveError} on all ranks, naming one that differs from rank 0, and in what
 */
export async function agreeOnRun(collective: Collective, identity: RunIdentity): Promise<void> {
  if (collective.size === 1) return;
  const all = (await collective.allGather(encode(identity))).map(decode);
  for (const [rank, theirs] of all.entries()) {
    const differences = differingKeys(all[0], theirs);
    if (differences.length === 0) continue;
    throw new CollectiveError(
      `${rankName(collective, rank)} prepared another run than ${rankName(collective, 0)}; these differ: ` +
        `${differences.join(', ')}. Give all ranks the same model, records and options`,
    );
  }
}

/** A state that rank 0 reads, on every rank; so checkpoints need not lie on a shared disk. */
export async function shareState(
  collective: Collective,
  read: () => Promise<TrainerState | undefined>,
): Promise<TrainerState | undefined> {
  if (collective.size === 1) return read();
  const state = collective.rank === 0 ? await read() : undefined;
  const own = state && {
    step: state.step,
    tensors: [...state.tensors].map(([name, { shape }]) => ({ name, shape })),
    codes: [...state.codes.keys()],
  };
  const header = decode(await collective.broadcast(collective.rank === 0 ? encode(own ?? null) : null));
  if (header === null) return undefined;
  const { step, tensors, codes: names } = header as NonNullable<typeof own>;
  const values: ParameterValues = new Map();
  for (const { name, shape } of tensors) {
    const data = state?.tensors.get(name)?.data;
    const sent = data ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : null;
    const bytes = await collective.broadcast(sent);
    values.set(name, { shape, data: new Float32Array(bytes.slice().buffer) });
  }
  const codes = new Map<string, Uint8Array>();
  for (const name of names) codes.set(name, await collective.broadcast(state?.codes.get(name) ?? null));
  return { step, tensors: values, codes };
}
