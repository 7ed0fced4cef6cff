/** What the peers of decode-worker.ts that run in Node.js have in common: prompts, and the line that tells what was measured. */
import { readFileSync } from 'node:fs';

let state = 1;

/** The next token of a prompt, the same in every process. */
export function nextToken(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return 3 + (state % 31_000);
}

/**
 * Prints one JSON line.
 * @param first seconds to the first token of each repetition
 * @param decode tokens a second after it
 * @param prompt tokens of the prompt
 */
export function report(first: readonly number[], decode: readonly number[], prompt: number): void {
  const peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))![1]) / 1024;
  console.log(
    JSON.stringify({
      decode_tps_median: median(decode),
      first_token_s_median: median(first),
      prompt_tps_median: prompt / median(first),
      peak_rss_mib: Math.round(peak),
    }),
  );
}

const median = (list: readonly number[]) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)]!;
