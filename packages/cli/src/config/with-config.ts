/** Flags with a configuration below them: what was typed counts most, then the file, then the defaults. */
import type { Command } from 'commander';
import { exitCode } from '../ui/exit-code.ts';
import { loadRunConfig } from './load-run-config.ts';
import type { RunConfig } from './run-config-schema.ts';

/** Values by the names of flags; a value that is undefined says nothing. */
export type FlagValues = Record<string, unknown>;

export interface ConfigUse {
  /** The configuration in the names of this command's flags. */
  readonly flagsOf: (config: RunConfig, typed: FlagValues) => FlagValues | Promise<FlagValues>;
  /** Flags that must be given, here or there. */
  readonly required: readonly string[];
}

/** Ends the command as a usage error where something required stands nowhere. */
export async function withConfig<F extends { readonly config?: string }>(
  flags: F,
  command: Command,
  { flagsOf, required }: ConfigUse,
): Promise<F> {
  const typed = Object.fromEntries(
    Object.entries(flags).filter(([name]) => command.getOptionValueSource(name) === 'cli'),
  );
  const config = flags.config === undefined ? {} : await flagsOf(await loadRunConfig(flags.config), typed);
  const said = Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined));
  const merged = { ...flags, ...said, ...typed };
  for (const option of command.options) {
    const name = option.attributeName();
    if (required.includes(name) && merged[name as keyof F] === undefined) {
      const where = flags.config === undefined ? '' : `; give it, or "${name}" in ${flags.config}`;
      command.error(`error: required option '${option.flags}' not specified${where}`, { exitCode: exitCode.usage });
    }
  }
  return merged;
}
