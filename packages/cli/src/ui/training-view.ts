/** Turns training events into a live bar on a terminal, plain lines in a pipe, or JSON lines for machines. */
import type { FineTuneEvent, StepEndEvent, TrainEvent } from '@alpacare/core';
import { SingleBar } from 'cli-progress';
import { pc } from './colors.ts';

export interface TrainingView {
  show(event: FineTuneEvent): void;
  /** A line for the person, above the bar where there is one. */
  say(text: string): void;
  /** Leaves the terminal as it was found. */
  close(): void;
}

/** Lines a plain log takes for the whole run, at most. */
const PLAIN_LINES = 20;

const seconds = (value: number): string => (value < 90 ? `${value.toFixed(0)} s` : `${(value / 60).toFixed(1)} min`);

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

class Meter {
  #tokens = 0;
  #seconds = 0;
  #steps = 0;
  #exchange: number | undefined;
  add({ tokens, seconds: spent, exchange }: StepEndEvent): void {
    this.#steps++;
    if (exchange) this.#exchange = (this.#exchange ?? 0) + exchange.seconds;
    this.#tokens += tokens;
    this.#seconds += spent;
  }
  get tokensPerSecond(): number {
    return Math.round(this.#tokens / this.#seconds);
  }
  /** What ranks spend on each other, as words to add; none of a process alone. */
  get communication(): string {
    return this.#exchange === undefined ? '' : `, communication ${percent(this.#exchange / this.#seconds)}`;
  }
  secondsLeft({ step, steps }: StepEndEvent): number {
    return (this.#seconds / this.#steps) * (steps - step); // a resumed run began elsewhere
  }
}

export function createTrainingView(out: NodeJS.WriteStream, json: boolean): TrainingView {
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  if (json) return { show: (event) => void out.write(`${JSON.stringify(event)}\n`), say, close: () => {} };
  const meter = new Meter();
  const bar = out.isTTY
    ? new SingleBar({
        stream: out,
        format:
          '  {bar} {value}/{total} steps · loss {loss} · {speed} tokens/s · {memory} MiB · {left} left{communication}',
        barCompleteChar: '█',
        barIncompleteChar: '░',
        barsize: 24,
        hideCursor: true,
        clearOnComplete: true,
      })
    : undefined;
  let drawn = false;
  const hide = (): void => {
    if (drawn) bar?.stop();
    drawn = false;
  };
  // The bar is the last line: it goes, the text takes its place, and the next step draws it again below.
  const line = (text: string): void => {
    hide();
    out.write(`${text}\n`);
  };
  const onStep = (event: StepEndEvent) => {
    meter.add(event);
    const state = {
      loss: event.lossNats.toFixed(3),
      speed: meter.tokensPerSecond,
      memory: Math.round(event.residentBytes / 2 ** 20),
      left: seconds(meter.secondsLeft(event)),
      communication: meter.communication,
    };
    if (bar) {
      if (drawn) bar.update(event.step, state);
      else bar.start(event.steps, event.step, state);
      drawn = true;
    } else if (event.step % Math.ceil(event.steps / PLAIN_LINES) === 0 || event.step === event.steps) {
      line(
        `  step ${event.step}/${event.steps}: loss ${state.loss}, ${state.speed} tokens/s, ${state.memory} MiB, ${state.left} left${state.communication}`,
      );
    }
  };
  return {
    show: (event) => {
      switch (event.type) {
        case 'prepare-end': {
          const { train, validation, test } = event.examples;
          line(
            `  ${event.report.read} records read, ${event.report.dropped.length} dropped; ${train} to train on, ${validation} to validate, ${test} kept for testing`,
          );
          const { trainable, share, modules } = event.trainable;
          line(
            `  ${trainable.toLocaleString('en-US')} trainable parameters (${(100 * share).toFixed(2)} %) on ${modules} linears`,
          );
          return;
        }
        case 'quantize-end': {
          const gigabytes = (bytes: number) => (bytes / 1e9).toFixed(bytes < 1e8 ? 3 : 2);
          line(
            `  base in ${event.heldAs}: ${gigabytes(event.bytesBefore)} GB of weights in ${gigabytes(event.bytes)} GB, ` +
              `${(100 * event.relativeError).toFixed(1)} % from what they were; ${event.made ? 'kept in' : 'from'} ${event.file}`,
          );
          return;
        }
        case 'baseline-end':
          return line(`  validation perplexity of the base: ${pc.bold(event.perplexity.toFixed(2))}`);
        case 'run-start':
          if (event.ranks) line(`  ${event.ranks} ranks on ${event.hosts} ${event.hosts === 1 ? 'host' : 'hosts'}`);
          bar?.start(event.steps, 0, { loss: '–', speed: '–', memory: '–', left: '–', communication: '' });
          drawn = bar !== undefined;
          return;
        case 'step-end':
          return onStep(event);
        case 'evaluation-end':
          return line(`  step ${event.step}: validation perplexity ${pc.bold(event.perplexity.toFixed(2))}`);
        case 'run-end':
          line(
            `  ${event.reason === 'aborted' ? 'stopped' : 'done'} after ${event.steps} steps in ${seconds(event.seconds)}`,
          );
          if (event.communication) {
            const { share, waitShare } = event.communication;
            line(`  communication ${percent(share)} of the time, waiting for slower ranks ${percent(waitShare)}`);
          }
          return;
        case 'resume':
          return line(`  going on after step ${event.step}`);
        case 'checkpoint-end':
          if (!bar) line(`  checkpoint: ${event.folder}`);
          return;
        case 'save-end':
          return line(`  saved to ${event.folder}`);
      }
    },
    say(text) {
      hide();
      say(text);
    },
    close: hide,
  };
}

/** Runs to the end of a stream of events, showing each. */
export async function showAll<E extends FineTuneEvent | TrainEvent>(
  events: AsyncIterable<E>,
  view: TrainingView,
): Promise<E[]> {
  const seen: E[] = [];
  try {
    for await (const event of events) {
      view.show(event);
      if (event.type !== 'step-end') seen.push(event);
    }
  } finally {
    view.close();
  }
  return seen;
}
