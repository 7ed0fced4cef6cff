/** `alpacare grow`: a data set from a clinician-written seed list, as AlpaCare's was made. */
import type { CostEstimate, Engine, GrowOptions, GrowthEvent, GrowthResult, Price } from '@alpacare/core';
import { Command } from 'commander';
import { openChatModel, tokenPrice } from '../config/chat-models.ts';
import { nearDuplicateFilter } from '../config/near-duplicates.ts';
import { positiveNumber, wholeNumber } from '../config/options.ts';
import { confirm } from '../ui/confirm.ts';
import { exitCode } from '../ui/exit-code.ts';
import { onInterrupt } from '../ui/interrupt.ts';

export function growCommand(): Command {
  return new Command('grow')
    .description(
      'Grow a data set from seed tasks: a model writes new ones, a second answers, near-duplicates are dropped',
    )
    .requiredOption(
      '-s, --seeds <file>',
      'seed tasks, JSON or JSONL: topic, view, type, difficulty, instruction, input',
    )
    .requiredOption(
      '-o, --out <folder>',
      'where everything goes; a stopped run goes on in it, paying for nothing twice',
    )
    .requiredOption('-n, --target <n>', 'new tasks wanted', wholeNumber)
    .option('--task-endpoint <url>', 'OpenAI-compatible service that writes tasks, such as http://localhost:11434/v1')
    .requiredOption(
      '--task-model <name>',
      'its name there; without an endpoint: a model folder, or org/name of the hub',
    )
    .option('--answer-endpoint <url>', 'service that answers; default: the same')
    .option('--answer-model <name>', 'a cheaper one for the answers; default: the same')
    .option('--key-variable <name>', 'environment variable with the key of both services', 'OPENAI_API_KEY')
    .option('--answer-key-variable <name>', 'of the answering service, where it is another')
    .option('--task-price <in/out>', 'of a million tokens, such as 2.5/10', tokenPrice)
    .option('--answer-price <in/out>', 'of a million tokens', tokenPrice)
    .option('--max-cost <amount>', 'ask nothing more once this was spent', positiveNumber)
    .option('--similarity <x>', 'ROUGE-L above which two instructions are near-duplicates', positiveNumber, 0.7)
    .option('--concurrency <n>', 'requests at a time', wholeNumber, 4)
    .option('--audit <n>', 'records in the sample for a clinician', wholeNumber, 50)
    .option('--seed <n>', 'of the seeds shown and of the sample', wholeNumber, 42)
    .option('--unsafe-answers', 'keep answers that the safety rules would block', false)
    .option('--estimate', 'say what it would cost, and stop', false)
    .option('-y, --yes', 'start without asking', false)
    .option('--json', 'estimate and result as JSON, one a line', false)
    .addHelpText(
      'after',
      '\nExample:\n  alpacare grow --seeds seeds.json --out ./grown --target 1000 --task-endpoint https://api.openai.com/v1 \\\n' +
        '    --task-model gpt-4.1 --answer-model gpt-4.1-mini --task-price 2/8 --answer-price 0.4/1.6 --max-cost 20',
    )
    .action(grow);
}

interface GrowFlags {
  readonly seeds: string;
  readonly out: string;
  readonly target: number;
  readonly taskEndpoint?: string;
  readonly taskModel: string;
  readonly answerEndpoint?: string;
  readonly answerModel?: string;
  readonly keyVariable: string;
  readonly answerKeyVariable?: string;
  readonly taskPrice?: Price;
  readonly answerPrice?: Price;
  readonly maxCost?: number;
  readonly similarity: number;
  readonly concurrency: number;
  readonly audit: number;
  readonly seed: number;
  readonly unsafeAnswers: boolean;
  readonly estimate: boolean;
  readonly yes: boolean;
  readonly json: boolean;
}

async function grow(flags: GrowFlags): Promise<void> {
  const [core, evaluation, safety] = await Promise.all([
    import('@alpacare/core'),
    import('@alpacare/eval'),
    import('@alpacare/safety'),
  ]);
  const seeds = await core.readSeedTasks(flags.seeds);
  const interrupt = onInterrupt(() => process.stderr.write('\nstopping; every answer so far is kept\n'));
  let engine: Engine | undefined;
  const openEngine = (): Engine => {
    engine ??= new core.OnnxEngine();
    return engine;
  };
  const disposals: (() => Promise<void>)[] = [];
  try {
    const open = async (endpoint: string | undefined, model: string, keyVariable: string) => {
      const opened = await openChatModel(core, { endpoint, model, keyVariable }, openEngine);
      disposals.push(opened.dispose);
      return opened.model;
    };
    const { taskEndpoint, taskModel, answerEndpoint = taskEndpoint, answerModel = taskModel } = flags;
    const tasks = await open(taskEndpoint, taskModel, flags.keyVariable);
    const same = answerEndpoint === taskEndpoint && answerModel === taskModel;
    const answers = same
      ? tasks
      : await open(answerEndpoint, answerModel, flags.answerKeyVariable ?? flags.keyVariable);
    const options: GrowOptions = {
      seeds,
      folder: flags.out,
      target: flags.target,
      taskModel: tasks,
      answerModel: answers,
      answerSystem: safety.SYSTEM_PREFIX,
      nearDuplicates: nearDuplicateFilter(evaluation.filterNearDuplicates, flags.similarity),
      check: flags.unsafeAnswers ? undefined : ({ output }) => blockedBy(safety.check(output)),
      concurrency: flags.concurrency,
      seed: flags.seed,
      auditSize: flags.audit,
      taskPrice: flags.taskPrice,
      answerPrice: flags.answerPrice ?? (same ? flags.taskPrice : undefined),
      maxCost: flags.maxCost,
      signal: interrupt.signal,
      onEvent: show,
    };
    const write = (event: object, text: string): void =>
      void process.stdout.write(flags.json ? `${JSON.stringify(event)}\n` : text);
    const estimate = core.estimateGrowth(options);
    write({ type: 'estimate', target: flags.target, ...estimate }, estimateText(estimate, flags));
    if (flags.estimate) return;
    const isAgreed = flags.yes || (await confirm('Start?'));
    if (!isAgreed) {
      if (isAgreed === null) process.stderr.write('nothing was asked for yet; add --yes to start\n');
      process.exitCode = exitCode.usage;
      return;
    }
    const result = await core.growDataSet(options);
    const { records, decisions, ...counts } = result;
    write(
      { type: 'result', out: flags.out, records: records.length, dropped: droppedBy(decisions), ...counts },
      resultText(result, flags.out),
    );
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
    process.exitCode = exitCode.interrupted;
    process.stderr.write('stopped; the same command goes on from here\n');
  } finally {
    interrupt.release();
    for (const dispose of disposals) await dispose();
    await engine?.dispose();
  }
}

const blockedBy = ({ findings }: { findings: readonly { rule: string }[] }): string | null =>
  findings.length === 0 ? null : [...new Set(findings.map(({ rule }) => rule))].join(', ');

function estimateText({ taskCalls, answerCalls, tasks, answers, cost }: CostEstimate, { target }: GrowFlags): string {
  const thousand = (count: number): string => `${Math.round(count / 1000)}k`;
  return [
    `${target} new tasks, estimated:`,
    `  tasks:   ${taskCalls} calls, ${thousand(tasks.inputTokens)} tokens in, ${thousand(tasks.outputTokens)} out`,
    `  answers: ${answerCalls} calls, ${thousand(answers.inputTokens)} tokens in, ${thousand(answers.outputTokens)} out`,
    cost === null ? '  cost:    give --task-price and --answer-price to know' : `  cost:    ${cost.toFixed(2)}`,
    '',
  ].join('\n');
}

function show(event: GrowthEvent): void {
  if (event.type === 'grow-start' && event.answersInJournal > 0) {
    process.stderr.write(`${event.answersInJournal} answers are here already\n`);
  } else if (event.type === 'round-end') {
    process.stderr.write(
      `${event.kept} of ${event.target} tasks after ${event.calls} calls, ${event.dropped} dropped\n`,
    );
  } else if (event.type === 'call-failed') process.stderr.write(`${event.key}: ${event.reason}\n`);
}

/** Reason -> tasks that were dropped for it, the most frequent first. */
function droppedBy(decisions: GrowthResult['decisions']): Record<string, number> {
  const reasons = new Map<string, number>();
  for (const { reason } of decisions) if (reason) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  return Object.fromEntries([...reasons].sort((a, b) => b[1] - a[1]));
}

function resultText(
  { records, decisions, ended, cost, taskSpending, answerSpending }: GrowthResult,
  out: string,
): string {
  const why = {
    target: 'all that was wanted',
    cost: 'stopped at the limit of cost',
    exhausted: 'no more new tasks came',
  };
  return [
    `${records.length} records (${why[ended]})`,
    ...Object.entries(droppedBy(decisions)).map(([reason, count]) => `  ${reason}: ${count} dropped`),
    `${taskSpending.calls + answerSpending.calls} answers, ${taskSpending.inputTokens + answerSpending.inputTokens} tokens in, ` +
      `${taskSpending.outputTokens + answerSpending.outputTokens} out${cost === null ? '' : `, cost ${cost.toFixed(2)}`}`,
    `written to ${out}: records.jsonl, decisions.jsonl, audit.csv for a clinician`,
    '',
  ].join('\n');
}
