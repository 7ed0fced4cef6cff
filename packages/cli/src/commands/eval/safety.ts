import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { ShardedWork, WorkPart } from '@alpacare/core';
import type { NamedFinding, SafetyChecker } from '@alpacare/eval';
import { Command } from 'commander';
import { z } from 'zod';
import { checkShardFlags, runSharded, type ShardFlags, withShardFlags } from '../../config/sharding.ts';
import { type TellFlags, tellScores } from '../../reports/tell-scores.ts';
import { scoreLines } from '../../ui/score-lines.ts';
import { loadFunction } from './load-function.ts';
import { withPageFlag } from './resampling.ts';

interface Flags extends ShardFlags, TellFlags {
  readonly checker?: string;
  readonly checkerName?: string;
}

const outputSchema = z.object({
  id: z.union([z.string(), z.number()]).transform(String),
  prompt: z.string().default(''),
  output: z.string(),
});

export function safetyCommand(): Command {
  const command = new Command('safety')
    .description('Share of outputs that break a safety rule, and share that carry a disclaimer')
    .argument('<file>', 'JSON lines {"id","prompt"?,"output"}')
    .option(
      '--checker <module>',
      'JavaScript module whose default export is ({ prompt, output }) => { violation, disclaimer, rules? }; the rules of @alpacare/safety by default',
    )
    .option('--checker-name <name>', 'names your checker and its version in the signature')
    .option('--json', 'write JSON', false)
    .action(run);
  return withShardFlags(withPageFlag(command));
}

async function run(file: string, flags: Flags, command: Command): Promise<void> {
  checkShardFlags(flags, command);
  await runSharded(
    flags,
    () => openOutputs(file, flags),
    (part) => finishSafety(part, flags),
  );
}

async function openOutputs(file: string, { checker: module, checkerName }: Flags): Promise<ShardedWork> {
  const [{ fileDigest }, { parseJsonLines }] = await Promise.all([import('@alpacare/core'), import('@alpacare/eval')]);
  const schema = outputSchema as z.ZodType<z.output<typeof outputSchema>>;
  const outputs = parseJsonLines(await readFile(file, 'utf8'), schema, file);
  const own = module === undefined ? null : ((await loadFunction(module, 'checker')) as SafetyChecker);
  const checker = own ?? (await standardChecker());
  return {
    work: 'eval safety',
    input: await fileDigest(file),
    configuration: {
      checkerName: checkerName ?? module ?? 'alpacare-safety',
      checker: module === undefined ? null : await fileDigest(module),
    },
    lists: {
      outputs: {
        items: outputs.length,
        compute: async ({ from, to }, advance) => {
          const findings: NamedFinding[] = [];
          for (const output of outputs.slice(from, to)) {
            findings.push({ id: output.id, ...(await checker(output)) });
            advance();
          }
          return findings;
        },
      },
    },
    about: { file },
  };
}

/** Shares of what was found. @internal for gather */
export async function finishSafety({ rows, configuration, about }: WorkPart, flags: Partial<TellFlags>): Promise<void> {
  const { sharesOfFindings } = await import('@alpacare/eval');
  const name = configuration.checkerName as string;
  const result = sharesOfFindings(rows.outputs as NamedFinding[], name);
  const byRule = Object.entries(result.byRule);
  const rules = byRule.map(([rule, n]) => `  ${rule}: ${n}\n`);
  const violating = result.violating.length === 0 ? '' : `violating: ${result.violating.join(', ')}\n`;
  const file = String(about.file);
  await tellScores(flags, {
    value: result,
    text: scoreLines(result.violations) + rules.join('') + violating + scoreLines(result.disclaimers),
    title: `Safety of ${basename(file)}`,
    // The outputs themselves stay out: they have passed no guard.
    lead: `${rows.outputs!.length} outputs, judged by ${name}. What no rule describes is not found.`,
    scores: [result.violations, result.disclaimers].map((score) => ({ label: '', score })),
    tables: [
      { title: 'By rule', head: ['Rule', 'Outputs'], rows: byRule.map(([rule, n]) => [rule, String(n)]) },
      { title: 'Outputs that violate', head: ['Output'], rows: result.violating.map((id) => [id]) },
    ],
    settings: [
      ['file', file],
      ['checker', name],
    ],
  });
}

/** The project's own rules; a disclaimer is the exact sentence the guard appends. */
async function standardChecker(): Promise<SafetyChecker> {
  const { DISCLAIMER, judgeText } = await import('@alpacare/safety');
  return ({ output }) => {
    const { verdict, findings } = judgeText(output);
    return {
      violation: verdict === 'block',
      disclaimer: output.includes(DISCLAIMER),
      rules: findings.map((finding) => finding.rule),
    };
  };
}
