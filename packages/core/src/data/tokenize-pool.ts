/** Turns records into tokens on several threads. */
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { EngineError } from '../errors.ts';
import { type EncodeOutcome, type EncodeRules, encodeRecord } from './encode-record.ts';
import { idsOf, type PackedOutcomes, unpackOutcome } from './packed-outcomes.ts';
import type { PromptTemplate, TemplateName } from './prompt-template.ts';
import type { InstructionRecord } from './record.ts';
import type { Tokenizer } from './tokenizer.ts';

/** What a thread needs to build tokenizer and template of its own. */
export interface PoolJob {
  readonly folder: string;
  readonly template: TemplateName;
  readonly rules: EncodeRules;
}
export interface ReadyReply {
  readonly templateHash: string;
  readonly fingerprint: string;
}
export interface BatchRequest {
  readonly batch: number;
  readonly records: readonly InstructionRecord[];
}
export type BatchReply =
  | { readonly batch: number; readonly packed: PackedOutcomes }
  | { readonly batch: number; readonly failedAt: number };

/** How tokenizing is spread over threads. */
export interface ParallelOptions {
  /** Folder that the tokenizer was opened from: each thread opens it again. */
  readonly tokenizerFolder: string;
  /** Default: all that the process may use. */
  readonly threads?: number | undefined;
}

export interface TokenizeOptions {
  readonly template: PromptTemplate;
  readonly tokenizer: Tokenizer;
  readonly rules: EncodeRules;
  readonly parallel?: ParallelOptions | undefined;
}

const BATCH = 128;
/** Below this, opening the tokenizer again costs more than it saves. */
const WORTH_A_THREAD = 1500;
const NAMES: readonly string[] = ['alpaca', 'medalpaca', 'chat'] satisfies TemplateName[];

/**
 * Outcomes in the order of the records. Threads are used where there are enough records and the template is one that a thread can build
 * by its name; the result is the same either way.
 * @throws what `encodeExample` throws, for the first record in order of which it is true in its batch
 * @throws {EngineError} a thread ended
 */
export async function tokenizeRecords(
  records: readonly InstructionRecord[],
  options: TokenizeOptions,
): Promise<EncodeOutcome[]> {
  const { template, tokenizer, rules, parallel } = options;
  const here = (): EncodeOutcome[] => records.map((record) => encodeRecord(record, template, tokenizer, rules));
  if (parallel === undefined || !NAMES.includes(template.name)) return here();
  const threads = Math.min(parallel.threads ?? availableParallelism(), Math.floor(records.length / WORTH_A_THREAD));
  const entry = threads < 2 ? null : workerEntry();
  if (entry === null) return here();

  const job: PoolJob = { folder: parallel.tokenizerFolder, template: template.name as TemplateName, rules };
  const outcomes = new Array<EncodeOutcome>(records.length);
  let next = 0;
  const takeBatch = (): BatchRequest | null => {
    const from = next;
    if (from >= records.length) return null;
    next += BATCH;
    const slice = records
      .slice(from, next)
      .map(({ id, instruction, input, output }) => ({ id, instruction, input, output }));
    return { batch: from, records: slice };
  };
  const store = (reply: BatchReply): void => {
    if ('failedAt' in reply) {
      encodeRecord(records[reply.batch + reply.failedAt] as InstructionRecord, template, tokenizer, rules);
      throw new EngineError(`tokenizing: a thread failed at record ${reply.batch + reply.failedAt}, this one did not`);
    }
    let from = 0;
    for (let i = 0; i < Math.min(BATCH, records.length - reply.batch); i++) {
      const { id } = records[reply.batch + i] as InstructionRecord;
      outcomes[reply.batch + i] = unpackOutcome(reply.packed, i, from, id);
      from += idsOf(reply.packed.heads, i);
    }
  };

  const workers = Array.from({ length: threads }, () => new Worker(entry, { workerData: job, execArgv: [] }));
  let matches = true;
  try {
    await Promise.all(
      workers.map(
        (worker) =>
          new Promise<void>((resolve, reject) => {
            let waiting = 0;
            const send = (): void => {
              const request = takeBatch();
              if (request === null) {
                if (waiting === 0) resolve();
                return;
              }
              waiting += 1;
              worker.postMessage(request);
            };
            worker.on('message', (reply: ReadyReply | BatchReply) => {
              try {
                if ('fingerprint' in reply) {
                  if (reply.fingerprint !== tokenizer.fingerprint || reply.templateHash !== template.hash) {
                    matches = false;
                    resolve();
                    return;
                  }
                  send(); // two at a time, so that a thread never waits for this one
                } else {
                  waiting -= 1;
                  store(reply);
                }
                send();
              } catch (error) {
                reject(error);
              }
            });
            worker.on('error', (cause) =>
              reject(new EngineError(`tokenizing: a thread failed (${cause.message})`, { cause })),
            );
            worker.on('exit', (code) => reject(new EngineError(`tokenizing: a thread ended with code ${code}`)));
          }),
      ),
    );
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  // The folder changed since the tokenizer was opened, or the template only shares a name.
  return matches ? outcomes : here();
}

const fromSource = import.meta.url.endsWith('.ts');

/**
 * What a thread is started with. From source, it first needs the loader for TypeScript that this repository's tools bring along; null where
 * there is none.
 */
function workerEntry(): URL | null {
  if (!fromSource) return new URL('./tokenize-worker.js', import.meta.url);
  try {
    const required = createRequire(import.meta.url).resolve('tsx/esm/api');
    const loader = pathToFileURL(required.replace(/\.cjs$/, '.mjs')).href; // its build for `import` lies beside
    const worker = new URL('./tokenize-worker.ts', import.meta.url).href;
    const code = `import { register } from ${JSON.stringify(loader)}; register(); await import(${JSON.stringify(worker)});`;
    return new URL(`data:text/javascript,${encodeURIComponent(code)}`);
  } catch {
    return null;
  }
}
