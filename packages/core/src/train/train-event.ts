/** What a training run tells while it goes. The library prints nothing: a program turns these into a bar or a log. */

import type { Exchange } from './data-parallel.ts';

/** The loop begins. */
export interface RunStartEvent {
  readonly type: 'run-start';
  readonly method: 'lora' | 'full';
  readonly engine: string;
  readonly steps: number;
  readonly trainableParameters: number;
  /** What the optimizer's moments take. */
  readonly optimizerBytes: number;
  readonly trainingExamples: number;
  /** Given when there are several. */
  readonly ranks?: number;
  /** Different host names among them. */
  readonly hosts?: number;
}

/** One update is made. */
export interface StepEndEvent {
  readonly type: 'step-end';
  /** From 1. */
  readonly step: number;
  readonly steps: number;
  /** Passes over the data, with its fraction. */
  readonly epoch: number;
  /** Mean over the window's supervised positions, before the update. */
  readonly lossNats: number;
  readonly learningRate: number;
  /** Before clipping. */
  readonly gradientNorm: number;
  /** Tokens of the window, padding not counted. */
  readonly tokens: number;
  readonly supervisedTokens: number;
  readonly seconds: number;
  /** Of `seconds`, what passed while the engine worked. */
  readonly engineSeconds: number;
  /** Memory of this process that is resident as the step ends; what lies on a GPU is not in it. */
  readonly residentBytes: number;
  /** Of a run of several ranks. */
  readonly exchange?: Exchange;
}

/** The validation records are measured. */
export interface EvaluationEndEvent {
  readonly type: 'evaluation-end';
  /** Updates made so far. */
  readonly step: number;
  readonly lossNats: number;
  readonly perplexity: number;
  /** Positions counted. */
  readonly tokens: number;
}

/** The loop has ended, at its goal or because it was told to. */
export interface RunEndEvent {
  readonly type: 'run-end';
  readonly reason: 'completed' | 'aborted';
  readonly steps: number;
  readonly seconds: number;
  /** Of a run of several ranks, on this rank: shares of `seconds`. */
  readonly communication?: {
    /** Moving and adding up gradients. */
    readonly share: number;
    /** Waiting for slower ranks. */
    readonly waitShare: number;
    readonly sentBytes: number;
  };
}

/** What {@link Trainer.run} tells while it goes. */
export type TrainEvent = RunStartEvent | StepEndEvent | EvaluationEndEvent | RunEndEvent;
