/** Which linears get an adapter. */
import { InvalidOptionError, UnknownTargetError } from '../errors.ts';
import type { LinearSpec } from '../model/weight-source.ts';
import { endsInName } from './module-pattern.ts';

/**
 * Linears of a model that a target list names, as PEFT matches it: `all-linear`, or names that equal the path or are
 * its last parts (`q_proj`, `self_attn.q_proj`).
 * @throws {InvalidOptionError} for the head
 * @throws {UnknownTargetError} naming targets that match nothing, and the names there are
 */
export function matchTargets(linears: readonly LinearSpec[], targets: readonly string[] | 'all-linear'): LinearSpec[] {
  if (targets === 'all-linear') return [...linears];
  const unknown = targets.filter((target) => !linears.some(({ path }) => endsInName(path, [target])));
  if (unknown.length > 0 || targets.length === 0) {
    if (unknown.some((target) => endsInName(target, ['lm_head']))) {
      throw new InvalidOptionError(
        'targetModules',
        'cannot name lm_head: an update of the head is not supported; train it whole, with it in modulesToSave',
      );
    }
    const names = [...new Set(linears.map(({ path }) => path.slice(path.lastIndexOf('.') + 1)))];
    throw new UnknownTargetError(unknown, names);
  }
  return linears.filter(({ path }) => endsInName(path, targets));
}
