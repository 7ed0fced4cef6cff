/** What growing will cost, and has cost. */
import type { ChatMessage } from '../data/prompt-template.ts';
import type { ChatAnswer } from './chat.ts';
import { answerPrompt, sampleSeeds, taskPrompt } from './prompts.ts';
import type { GrowthTask } from './task.ts';

/** For a million tokens, in any one currency. */
export interface Price {
  /** Of a million tokens sent. */
  readonly input: number;
  /** Of a million tokens received. */
  readonly output: number;
}

/** Tokens of one or more calls. */
export interface Usage {
  /** Tokens sent. */
  readonly inputTokens: number;
  /** Tokens received. */
  readonly outputTokens: number;
}

/** Calls, tokens and money that growing a data set is expected to take. */
export interface CostEstimate {
  /** Requests for tasks. */
  readonly taskCalls: number;
  /** Requests for answers. */
  readonly answerCalls: number;
  /** Tokens of the requests for tasks. */
  readonly tasks: Usage;
  /** Tokens of the requests for answers. */
  readonly answers: Usage;
  /** null where a price is not known. */
  readonly cost: number | null;
}

export interface EstimateOptions {
  readonly seeds: readonly GrowthTask[];
  readonly target: number;
  readonly seed: number;
  readonly seedsPerPrompt: number;
  readonly tasksPerPrompt: number;
  readonly answerSystem: string;
  readonly taskPrice?: Price | undefined;
  readonly answerPrice?: Price | undefined;
  /** Share of tasks that is kept. Default 0.7: near-duplicates grow with the set. */
  readonly keptShare?: number | undefined;
  /** Tokens of one answer. Default 220, about the mean of 1,000 characters. */
  readonly answerTokens?: number | undefined;
  /** Default: 4 characters to a token, as for English in common vocabularies. */
  readonly countTokens?: ((text: string) => number) | undefined;
}

const charactersOverFour = (text: string): number => Math.ceil(text.length / 4);

/** An estimate, to be shown before the first call; prompts are the real ones of the run, answers are guessed from the seeds. */
export function estimateCost(options: EstimateOptions): CostEstimate {
  const {
    seeds,
    target,
    tasksPerPrompt,
    keptShare = 0.7,
    answerTokens = 220,
    countTokens = charactersOverFour,
  } = options;
  const taskCalls = Math.ceil(target / (tasksPerPrompt * keptShare) - 1e-9);
  const promptTokens = (messages: readonly ChatMessage[]): number =>
    messages.reduce((sum, { content }) => sum + countTokens(content) + 4, 0);
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const prompts = Array.from({ length: Math.min(taskCalls, 50) }, (_, call) =>
    promptTokens(taskPrompt(sampleSeeds(seeds, options.seedsPerPrompt, options.seed, call), tasksPerPrompt)),
  );
  const taskTokens = mean(seeds.map((task) => countTokens(JSON.stringify(task)) + 1));
  const questionTokens = mean(seeds.map((task) => promptTokens(answerPrompt(task, options.answerSystem))));
  const tasks = {
    inputTokens: Math.round(taskCalls * mean(prompts)),
    outputTokens: Math.round(taskCalls * tasksPerPrompt * taskTokens),
  };
  const answers = {
    inputTokens: Math.round(target * questionTokens),
    outputTokens: Math.round(target * answerTokens),
  };
  const { taskPrice, answerPrice } = options;
  const cost = taskPrice && answerPrice ? costOf(tasks, taskPrice) + costOf(answers, answerPrice) : null;
  return { taskCalls, answerCalls: target, tasks, answers, cost };
}

export const costOf = ({ inputTokens, outputTokens }: Usage, price: Price): number =>
  (inputTokens * price.input + outputTokens * price.output) / 1e6;

/** Adds up what answers say they used. */
export class Spending {
  /** Tokens sent so far. */
  inputTokens = 0;
  /** Tokens received so far. */
  outputTokens = 0;
  /** Answers received so far. */
  calls = 0;
  /** Answers that did not say what they used. */
  unknown = 0;

  constructor(
    /** Without one, no cost is known. */
    readonly price: Price | undefined,
  ) {}

  /** Counts an answer. */
  add({ usage }: ChatAnswer): void {
    this.calls += 1;
    if (usage === null) this.unknown += 1;
    this.inputTokens += usage?.inputTokens ?? 0;
    this.outputTokens += usage?.outputTokens ?? 0;
  }

  /** null without a price. */
  get cost(): number | null {
    return this.price === undefined ? null : costOf(this, this.price);
  }
}
