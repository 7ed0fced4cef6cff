/**
 * Grows a data set from a list of clinician-written tasks, as AlpaCare and Self-Instruct did: a model is shown a few seeds and writes a dozen
 * new tasks, near-duplicates are dropped, and a second, cheaper model answers what is kept.
 *
 *   FOLDER/journal.jsonl     every answer of both models, written before it is used: what was paid for is never asked again
 *   FOLDER/decisions.jsonl   every task, kept or dropped, and why
 *   FOLDER/records.jsonl     id, topic, view, type, difficulty, instruction, input, output
 *   FOLDER/audit.csv         a random sample for a clinician
 *
 * What is kept depends on the answers and their numbers alone, not on their order of arrival.
 * Source: Zhang et al. 2023, arXiv:2310.14558, section 3; Wang et al. 2023, arXiv:2212.10560, section 2.2.
 */
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ChatEndpointError, GrowthFolderError, InvalidOptionError } from '../errors.ts';
import { writeFileAtomically, writeFully } from '../io/atomic-write.ts';
import { withLock } from '../io/lock.ts';
import { auditSheet, sampleForAudit } from './audit-sheet.ts';
import type { ChatAnswer, ChatModel, ChatRequest } from './chat.ts';
import { type CostEstimate, estimateCost, type Price, Spending } from './cost.ts';
import { Journal, type JournalHeader } from './journal.ts';
import { type ParseProblem, parseTasks } from './parse-tasks.ts';
import { answerPrompt, PROMPT_VERSION, sampleSeeds, taskPrompt } from './prompts.ts';
import type { GrownRecord, GrowthTask } from './task.ts';

/**
 * For each candidate the text that it is too close to, or null. It is compared with all that are kept and with the candidates before it that
 * are. AlpaCare: ROUGE-L above 0.7; `filterNearDuplicates` of @alpacare/eval computes it.
 */
export type NearDuplicateFilter = (
  kept: readonly string[],
  candidates: readonly string[],
) => readonly ({ readonly similarity: number; readonly text: string } | null)[];

/** Seeds, models, limits and the folder of a growing data set. */
export interface GrowOptions {
  /** Tasks shown to the model as examples. */
  readonly seeds: readonly GrowthTask[];
  /** Where records, decisions and the journal go. */
  readonly folder: string;
  /** New tasks wanted, before answers are checked. A larger one goes on with the same folder. */
  readonly target: number;
  /** Writes new tasks. */
  readonly taskModel: ChatModel;
  /** Answers them. */
  readonly answerModel: ChatModel;
  /** Says which tasks are too close to one that is there. */
  readonly nearDuplicates: NearDuplicateFilter;
  /** Looks at each answered task; a text is the reason to drop it. */
  readonly check?: ((record: GrownRecord) => string | null) | undefined;
  /** System message of the answering model. Default none. */
  readonly answerSystem?: string | undefined;
  /** Default 3. */
  readonly seedsPerPrompt?: number | undefined;
  /** Default 12. */
  readonly tasksPerPrompt?: number | undefined;
  /** Requests at a time, for each model. Default 4. */
  readonly concurrency?: number | undefined;
  /** Of the examples shown and of the audit sample. */
  readonly seed?: number | undefined;
  /** Records in the sample for audit. Default 50. */
  readonly auditSize?: number | undefined;
  /** Of the model that writes tasks. */
  readonly taskPrice?: Price | undefined;
  /** Of the model that answers. */
  readonly answerPrice?: Price | undefined;
  /** Nothing more is asked once this much was spent, in the currency of the prices; both must be known. */
  readonly maxCost?: number | undefined;
  /** Stops it; every answer so far is kept. */
  readonly signal?: AbortSignal | undefined;
  /** Told of each round and each call that failed. */
  readonly onEvent?: ((event: GrowthEvent) => void) | undefined;
}

/** What {@link growDataSet} tells while it goes. */
export type GrowthEvent =
  | { readonly type: 'grow-start'; readonly estimate: CostEstimate; readonly answersInJournal: number }
  | { readonly type: 'call-end'; readonly key: string; readonly paid: boolean; readonly cost: number | null }
  /** The service gave no answer; the run goes on without it, and asks again when it is resumed. */
  | { readonly type: 'call-failed'; readonly key: string; readonly reason: string }
  | {
      readonly type: 'round-end';
      readonly calls: number;
      readonly kept: number;
      readonly dropped: number;
      readonly target: number;
    }
  | { readonly type: 'grow-end'; readonly result: GrowthResult };

/** Why a candidate was dropped. */
export type DropReason =
  | ParseProblem
  | 'near-duplicate'
  | 'over-target'
  /** Not asked for yet, or the service failed; a resumed run asks for it. */
  | 'no-answer'
  | 'empty-answer'
  | 'cut-off-answer'
  | 'refused-by-check';

/** Why one candidate was kept or dropped. */
export interface GrowthDecision {
  /** `tCALL-POSITION`, both counted from 0. */
  readonly id: string;
  /** Whether it became a record. */
  readonly kept: boolean;
  /** Why it was dropped. */
  readonly reason?: DropReason;
  /** ROUGE-L to the closest text, 0 to 1, where it was measured. */
  readonly similarity?: number;
  /** The text it is too close to, or what the check says. */
  readonly note?: string;
  /** The task itself; null where none could be read. */
  readonly task: GrowthTask | null;
}

/** What was grown, and what it took. */
export interface GrowthResult {
  /** What was grown. */
  readonly records: readonly GrownRecord[];
  /** One for each candidate. */
  readonly decisions: readonly GrowthDecision[];
  /** Why it ended: all there, the limit of cost, or no more new tasks (or answers) to be had. */
  readonly ended: 'target' | 'cost' | 'exhausted';
  /** Calls and tokens of the model that writes tasks. */
  readonly taskSpending: Spending;
  /** Calls and tokens of the model that answers. */
  readonly answerSpending: Spending;
  /** In the currency of the prices; null where a price is missing. */
  readonly cost: number | null;
}

const TASK_TOKENS = 4096;
const ANSWER_TOKENS = 1024;
/** Rounds in a row without one new task, after which the seeds are exhausted. */
const FRUITLESS_ROUNDS = 5;

/** Shown before a run starts: calls, tokens and cost of the whole. */
export const estimateGrowth = (options: GrowOptions): CostEstimate => estimateCost({ ...withDefaults(options) });

/**
 * Grows, or goes on with a folder that a run was stopped in.
 * @throws {GrowthFolderError} the folder holds another run, or another process is growing it
 * @throws {ChatEndpointError} the service refuses (a wrong key, an unknown model), or none of a round's calls was answered
 */
export async function growDataSet(options: GrowOptions): Promise<GrowthResult> {
  const settings = withDefaults(options);
  await mkdir(settings.folder, { recursive: true, mode: 0o700 });
  const onBusy = (): never => {
    throw new GrowthFolderError(settings.folder, 'is being grown by another process');
  };
  return withLock(join(settings.folder, '.lock'), () => grow(settings), { onBusy });
}

type Settings = ReturnType<typeof withDefaults>;

function withDefaults(options: GrowOptions) {
  const settings = {
    ...options,
    seedsPerPrompt: options.seedsPerPrompt ?? 3,
    tasksPerPrompt: options.tasksPerPrompt ?? 12,
    concurrency: options.concurrency ?? 4,
    seed: options.seed ?? 42,
    auditSize: options.auditSize ?? 50,
    answerSystem: options.answerSystem ?? '',
  };
  for (const name of ['target', 'seedsPerPrompt', 'tasksPerPrompt', 'concurrency'] as const) {
    if (!Number.isInteger(settings[name]) || settings[name] < 1) {
      throw new InvalidOptionError(name, `must be a whole number from 1, found ${settings[name]}`);
    }
  }
  if (settings.seeds.length < settings.seedsPerPrompt) {
    throw new InvalidOptionError(
      'seeds',
      `must be at least ${settings.seedsPerPrompt}, found ${settings.seeds.length}`,
    );
  }
  if (settings.maxCost !== undefined && !(settings.taskPrice && settings.answerPrice)) {
    throw new InvalidOptionError('maxCost', 'needs taskPrice and answerPrice');
  }
  return settings;
}

async function grow(settings: Settings): Promise<GrowthResult> {
  const journal = await Journal.open(join(settings.folder, 'journal.jsonl'), headerOf(settings));
  const run = new GrowthRun(settings, journal);
  try {
    settings.onEvent?.({ type: 'grow-start', estimate: estimateGrowth(settings), answersInJournal: journal.size });
    await run.askForTasks();
    await run.askForAnswers();
  } finally {
    // What there is so far is written in any case: a person may want to look at it.
    await run.write();
    await journal.close();
  }
  const result = run.result();
  settings.onEvent?.({ type: 'grow-end', result });
  return result;
}

class GrowthRun {
  readonly #settings: Settings;
  readonly #journal: Journal;
  readonly #tasks: { readonly id: string; readonly task: GrowthTask }[] = [];
  readonly #dropped: GrowthDecision[] = [];
  readonly #answered = new Map<string, GrownRecord>();
  readonly #taskSpending: Spending;
  readonly #answerSpending: Spending;
  #ended: GrowthResult['ended'] = 'target';

  constructor(settings: Settings, journal: Journal) {
    this.#settings = settings;
    this.#journal = journal;
    this.#taskSpending = new Spending(settings.taskPrice);
    this.#answerSpending = new Spending(settings.answerPrice);
  }

  /** Rounds of calls, each filtered when all of it has come. A round is as large as the tasks still missing allow. */
  async askForTasks(): Promise<void> {
    const { target, tasksPerPrompt, concurrency, seeds, seedsPerPrompt, seed, taskModel } = this.#settings;
    let call = 0;
    for (let fruitless = 0; this.#tasks.length < target; ) {
      if (this.#overBudget() || fruitless >= FRUITLESS_ROUNDS) {
        this.#ended = this.#overBudget() ? 'cost' : 'exhausted';
        return;
      }
      const missing = Math.ceil((target - this.#tasks.length) / tasksPerPrompt);
      // Filtering looks at all that is kept, so rounds grow with it.
      const size = Math.min(missing, Math.max(concurrency, Math.ceil(this.#tasks.length / 240)));
      const first = call;
      call += size;
      const answers = await this.#ask(size, taskModel, this.#taskSpending, (index) => ({
        key: `tasks/${first + index}`,
        request: {
          messages: taskPrompt(sampleSeeds(seeds, seedsPerPrompt, seed, first + index), tasksPerPrompt),
          maxTokens: TASK_TOKENS,
          temperature: 1,
        },
      }));
      const before = this.#tasks.length;
      this.#sift(answers.map((answer, index) => ({ call: first + index, answer })));
      fruitless = this.#tasks.length === before ? fruitless + 1 : 0;
      this.#settings.onEvent?.({
        type: 'round-end',
        calls: call,
        kept: this.#tasks.length,
        dropped: this.#dropped.length,
        target,
      });
    }
  }

  /** Parses, filters and keeps the tasks of one round, in the order of their calls. */
  #sift(round: readonly { readonly call: number; readonly answer: ChatAnswer | null }[]): void {
    const { tasksPerPrompt, target, seeds, nearDuplicates } = this.#settings;
    const candidates: { id: string; task: GrowthTask }[] = [];
    for (const { call, answer } of round) {
      if (answer === null) continue;
      const parsed = parseTasks(answer.text, tasksPerPrompt);
      if (parsed.length === 0) this.#drop(`t${call}-0`, 'malformed', null);
      for (const [position, { task, problem }] of parsed.entries()) {
        const id = `t${call}-${position}`;
        if (problem === null) candidates.push({ id, task });
        else this.#drop(id, problem, task);
      }
    }
    const kept = [...seeds, ...this.#tasks.map(({ task }) => task)].map(({ instruction }) => instruction);
    const verdicts = nearDuplicates(
      kept,
      candidates.map(({ task }) => task.instruction),
    );
    for (const [index, candidate] of candidates.entries()) {
      const twin = verdicts[index];
      if (twin)
        this.#drop(candidate.id, 'near-duplicate', candidate.task, { similarity: twin.similarity, note: twin.text });
      else if (this.#tasks.length >= target) this.#drop(candidate.id, 'over-target', candidate.task);
      else this.#tasks.push(candidate);
    }
  }

  async askForAnswers(): Promise<void> {
    const { answerModel, answerSystem, check, concurrency } = this.#settings;
    const size = concurrency * 8;
    for (let from = 0; from < this.#tasks.length; from += size) {
      if (this.#overBudget()) {
        this.#ended = 'cost';
        return;
      }
      const some = this.#tasks.slice(from, from + size);
      const answers = await this.#ask(some.length, answerModel, this.#answerSpending, (index) => {
        const { id, task } = some[index] as (typeof some)[number];
        return {
          key: `answer/${id}`,
          request: { messages: answerPrompt(task, answerSystem), maxTokens: ANSWER_TOKENS, temperature: 0.7 },
        };
      });
      for (const [index, { id, task }] of some.entries()) {
        const answer = answers[index];
        const output = answer?.text.trim() ?? '';
        const record = { id, ...task, output };
        if (!answer) continue; // see result
        if (output === '') this.#drop(id, 'empty-answer', task);
        else if (answer.finish === 'length') this.#drop(id, 'cut-off-answer', task);
        else {
          const refused = check?.(record) ?? null;
          if (refused === null) this.#answered.set(id, record);
          else this.#drop(id, 'refused-by-check', task, { note: refused });
        }
      }
    }
  }

  /** Asks `count` questions, `concurrency` at a time. null: no answer to this one. */
  async #ask(
    count: number,
    model: ChatModel,
    spending: Spending,
    question: (index: number) => { readonly key: string; readonly request: ChatRequest },
  ): Promise<(ChatAnswer | null)[]> {
    const { concurrency, signal, onEvent } = this.#settings;
    const answers = new Array<ChatAnswer | null>(count).fill(null);
    const failures: ChatEndpointError[] = [];
    let next = 0;
    let stopped: { readonly error: unknown } | undefined;
    const work = async (): Promise<void> => {
      while (next < count && stopped === undefined) {
        const index = next++;
        const { key, request } = question(index);
        try {
          signal?.throwIfAborted();
          const known = this.#journal.get(key);
          if (known === undefined && this.#overBudget()) {
            this.#ended = 'cost';
            return;
          }
          const answer = known ?? (await model.complete({ ...request, signal }));
          spending.add(answer);
          if (known === undefined) await this.#journal.add(key, answer);
          answers[index] = answer;
          onEvent?.({ type: 'call-end', key, paid: known === undefined, cost: this.#cost() });
        } catch (error) {
          const passing = error instanceof ChatEndpointError && ![400, 401, 403, 404].includes(error.status ?? 0);
          if (!passing) {
            stopped ??= { error };
            return;
          }
          failures.push(error);
          onEvent?.({ type: 'call-failed', key, reason: error.message });
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(concurrency, count) }, work));
    if (stopped !== undefined) throw stopped.error;
    if (failures.length === count && count > 0) throw failures[0];
    return answers;
  }

  #drop(
    id: string,
    reason: DropReason,
    task: GrowthTask | null,
    more: { similarity?: number; note?: string } = {},
  ): void {
    this.#dropped.push({ id, kept: false, reason, ...more, task });
  }

  #cost(): number | null {
    const [tasks, answers] = [this.#taskSpending.cost, this.#answerSpending.cost];
    return tasks === null || answers === null ? null : tasks + answers;
  }

  #overBudget(): boolean {
    const { maxCost } = this.#settings;
    return maxCost !== undefined && (this.#cost() ?? 0) >= maxCost;
  }

  result(): GrowthResult {
    const records = this.#tasks.flatMap(({ id }) => this.#answered.get(id) ?? []);
    const kept = records.map(({ id, output: _, ...task }): GrowthDecision => ({ id, kept: true, task }));
    const decided = new Set([...kept, ...this.#dropped].map(({ id }) => id));
    const open = this.#tasks
      .filter(({ id }) => !decided.has(id))
      .map(({ id, task }): GrowthDecision => ({ id, kept: false, reason: 'no-answer', task }));
    const order = ({ id }: GrowthDecision): number => {
      const [call, position] = id.slice(1).split('-').map(Number) as [number, number];
      return call * 1e6 + position;
    };
    return {
      records,
      decisions: [...kept, ...this.#dropped, ...open].sort((a, b) => order(a) - order(b)),
      ended: this.#ended,
      taskSpending: this.#taskSpending,
      answerSpending: this.#answerSpending,
      cost: this.#cost(),
    };
  }

  async write(): Promise<void> {
    const { folder, auditSize, seed } = this.#settings;
    const { records, decisions } = this.result();
    const jsonl = (values: readonly unknown[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join('');
    await writeText(join(folder, 'decisions.jsonl'), jsonl(decisions));
    await writeText(join(folder, 'records.jsonl'), jsonl(records));
    await writeText(join(folder, 'audit.csv'), auditSheet(sampleForAudit(records, auditSize, seed)));
  }
}

const writeText = (file: string, text: string): Promise<void> =>
  writeFileAtomically(file, (handle) => writeFully(handle, new TextEncoder().encode(text)));

const hashOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);

const headerOf = (settings: Settings): JournalHeader => ({
  version: 1,
  promptVersion: PROMPT_VERSION,
  seed: settings.seed,
  seedsHash: hashOf(settings.seeds),
  seedsPerPrompt: settings.seedsPerPrompt,
  tasksPerPrompt: settings.tasksPerPrompt,
  taskModel: settings.taskModel.name,
  answerModel: settings.answerModel.name,
  answerSystemHash: hashOf(settings.answerSystem),
});
