/** What a training run tells while it goes. The library prints nothing: a program turns these into a bar or a log. */

import type { Exchange } from './data-parallel.ts';

/** The loop begins. */
export interface RunStartEvent {
  /** Names the event. */
  readonly type: 'run-start';
  /** An adapter, or every weight. */
  readonly method: 'lora' | 'full';
  /** What computes. */
  readonly engine: string;
  /** Updates to make. */
  readonly steps: number;
  /** Numbers that training changes. */
  readonly trainableParameters: number;
  /** What the optimizer's moments take. */
  readonly optimizerBytes: number;
  /** Examples of one pass. */
  readonly trainingExamples: number;
  /** Given when there are several. */
  readonly ranks?: number;
  /** Different host names among them. */
  readonly hosts?: number;
}

/** One update is made. */
export interface StepEndEvent {
  /** Names the event. */
  readonly type: 'step-end';
  /** From 1. */
  readonly step: number;
  /** Updates to make. */
  readonly steps: number;
  /** Passes over the data, with its fraction. */
  readonly epoch: number;
  /** Mean over the window's supervised positions, before the update. */
  readonly lossNats: number;
  /** Rate of this update. */
  readonly learningRate: number;
  /** Before clipping. */
  readonly gradientNorm: number;
  /** Tokens of the window, padding not counted. */
  readonly tokens: number;
  /** Tokens that count in the loss. */
  readonly supervisedTokens: number;
  /** From the first batch of the update to its end. */
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
  /** Names the event. */
  readonly type: 'evaluation-end';
  /** Updates made so far. */
  readonly step: number;
  /** Mean negative log-likelihood of the tokens that count, nats. */
  readonly lossNats: number;
  /** e to the `lossNats`. */
  readonly perplexity: number;
  /** Positions counted. */
  readonly tokens: number;
}

/** The loop has ended, at its goal or because it was told to. */
export interface RunEndEvent {
  /** Names the event. */
  readonly type: 'run-end';
  /** All updates made, or stopped on request. */
  readonly reason: 'completed' | 'aborted';
  /** Updates made. */
  readonly steps: number;
  /** From the start of this process's run to its end. */
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
