/** `alpacare check`: judges answers, or with --input questions. Exit 0 allowed, 1 blocked, 2 unusable input. */
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { ShardedWork, WorkPart } from '@alpacare/core';
import type { JudgedLine, Policy } from '@alpacare/safety';
import { Command, Option } from 'commander';
import { checkShardFlags, runSharded, type ShardFlags, withShardFlags } from '../config/sharding.ts';
import { messageOf } from '../ui/report-error.ts';
import { type GatherFlags, writeRows } from '../ui/write-rows.ts';

interface CheckOptions extends ShardFlags {
  readonly profile?: 'standard' | 'strict';
  readonly policy?: string;
  readonly input?: boolean;
  readonly jsonl?: boolean;
}

const ALLOWED = 0;
const BLOCKED = 1;
const UNUSABLE = 2;

export function checkCommand(): Command {
  const command = new Command('check')
    .description('Judge a text: exit 0 when the guard lets it through, 1 when it does not, 2 when it cannot be read')
    .argument('[file]', 'a text, or with --jsonl lines {"id","text"}; without it, or as "-", standard input')
    .addOption(
      new Option('--profile <name>', 'standard reads context; strict adds the literal word list')
        .choices(['standard', 'strict'])
        .conflicts('policy'),
    )
    .option('--policy <file>', 'a policy as JSON')
    .option('--input', 'judge questions: allow, fallback or emergency')
    .option('--jsonl', 'judge each line, and write a line for each')
    .action(checkFile);
  return withShardFlags(command);
}

async function checkFile(file: string | undefined, options: CheckOptions, command: Command): Promise<void> {
  checkShardFlags(options, command);
  const safety = await import('@alpacare/safety');
  let policy: Policy;
  try {
    policy = options.policy
      ? safety.parsePolicy(jsonOf(await readFile(options.policy, 'utf8'), options.policy), options.policy)
      : safety.profile(options.profile ?? 'standard');
  } catch (error) {
    return unusable(error, options.policy);
  }
  const named = file === undefined || file === '-' ? undefined : file;
  const source = () => (named === undefined ? process.stdin : createReadStream(named));
  try {
    if (options.shard && !options.jsonl) return unusable('--shard splits lines: give --jsonl as well');
    if (options.jsonl) {
      const judge = (line: string, number: number) =>
        safety.judgeLine(line, number, { policy, input: options.input === true });
      const isShared = options.shard !== undefined || (await import('@alpacare/core')).detectLaunch() !== null;
      if (!isShared) await judgeLines(source(), judge);
      else if (named === undefined) return unusable('shared work needs a file: everybody reads it for himself');
      else {
        const { profile = 'standard', policy: own } = options;
        const rules = own === undefined ? { profile } : { policy: await digestOf(own) };
        const configuration = { ...rules, input: options.input === true };
        await runSharded(options, () => openLines(named, configuration, judge), finishCheck);
      }
      process.exitCode = ALLOWED;
      return;
    }
    const text = await readAll(source());
    const verdict = options.input ? safety.judgeQuestion(text) : safety.judgeText(text, policy);
    await write(`${JSON.stringify(verdict)}\n`);
    process.exitCode = verdict.verdict === 'allow' ? ALLOWED : BLOCKED;
  } catch (error) {
    unusable(error, named ?? 'standard input');
  }
}

const digestOf = async (file: string): Promise<string> => (await import('@alpacare/core')).fileDigest(file);

type Judge = (line: string, number: number) => JudgedLine;

/** What is to be judged of a file, line by line. */
async function openLines(
  file: string,
  configuration: ShardedWork['configuration'],
  judge: Judge,
): Promise<ShardedWork> {
  const lines: string[] = [];
  for await (const line of linesOf(createReadStream(file))) lines.push(line);
  return {
    work: 'check',
    input: await digestOf(file),
    configuration,
    lists: {
      lines: {
        items: lines.length,
        compute: async ({ from, to }, advance) => {
          const rows: JudgedLine[] = [];
          for (let i = from; i < to; i++) {
            rows.push(judge(lines[i]!, i + 1));
            advance();
          }
          return rows;
        },
      },
    },
  };
}

/** Verdicts as lines: what `check --jsonl` writes. @internal for gather */
export const finishCheck = (part: WorkPart, flags: GatherFlags = {}): Promise<void> =>
  writeRows(part.rows.lines!, flags);

async function judgeLines(source: NodeJS.ReadableStream, judge: Judge): Promise<void> {
  let number = 0;
  for await (const line of linesOf(source as AsyncIterable<Uint8Array>)) {
    await write(`${JSON.stringify(judge(line, ++number))}\n`);
  }
}

/** Lines without their ends and without a byte-order mark. Only \n and \r\n end a line: U+2028 may stand inside a JSON text. */
async function* linesOf(source: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  const without = (line: string) => (line.endsWith('\r') ? line.slice(0, -1) : line);
  for await (const chunk of source) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = parts.pop()!;
    for (const line of parts) yield without(line);
  }
  rest += decoder.decode();
  if (rest !== '') yield without(rest);
}

/** The text as UTF-8; a file of other bytes is unusable rather than misread. */
async function readAll(source: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of source) chunks.push(Buffer.from(chunk as Uint8Array));
  return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
}

function jsonOf(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`${file}: is no JSON`, { cause });
  }
}

function write(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

function unusable(error: unknown, file?: string): void {
  process.stderr.write(`alpacare check: ${messageOf(error, file)}\n`);
  process.exitCode = UNUSABLE;
}
