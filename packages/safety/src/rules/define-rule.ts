import { RE2JS } from 're2js';
import { BadRuleError, UnsafePatternError } from '../errors.ts';
import type { Category, Rule, RuleMatch, Severity, Window } from './rule.ts';

/** Longest match that is read at all: one segment and its context. */
export const MAX_SPAN = 900;

/** A rule as its author writes it: a pattern or code. */
export interface RuleDefinition {
  /** Names the rule in findings; lower case, digits, `-` and `/`. */
  readonly id: string;
  /** Groups findings. */
  readonly category: Category;
  /** Default `high`. */
  readonly severity?: Severity;
  /** For a person: what the rule sees. */
  readonly reason?: string;
  /** Runs on a linear-time engine. The flags i, m, s and u count; g and y change nothing. */
  readonly pattern?: RegExp | string;
  /** Code in place of a pattern. It sees one sentence and what came before it. */
  readonly detect?: (window: Window) => readonly RuleMatch[];
  /** A match is dropped when this matches in the same sentence, or returns true for it. */
  readonly allow?: RegExp | string | ((match: RuleMatch, window: Window) => boolean);
  /** Longest match in UTF-16 units. Default 200, at most 900. */
  readonly maxSpan?: number;
  /** It is shown no sentence that is less suspicious: log odds, in nats ({@link Window.suspicion}). Default: it is shown all. */
  readonly leastSuspicion?: number;
}

/**
 * Makes a rule from a pattern or from code.
 * @throws {BadRuleError} when there is neither or both, or a value is out of range
 * @throws {UnsafePatternError} when the pattern needs back-references or look-around
 */
export function defineRule(definition: RuleDefinition): Rule {
  const { id, category, severity = 'high', maxSpan = 200, leastSuspicion = Number.NEGATIVE_INFINITY } = definition;
  if (!/^[a-z0-9][a-z0-9/_-]{0,63}$/.test(id))
    throw new BadRuleError(id, 'an id is lower case letters, digits, "-", "_" and "/", at most 64');
  if (!(maxSpan >= 1 && maxSpan <= MAX_SPAN))
    throw new BadRuleError(id, `maxSpan must be 1 to ${MAX_SPAN}, got ${maxSpan}`);
  if (typeof leastSuspicion !== 'number' || Number.isNaN(leastSuspicion))
    throw new BadRuleError(id, `leastSuspicion must be a number of nats, got ${String(leastSuspicion)}`);
  if ((definition.pattern === undefined) === (definition.detect === undefined))
    throw new BadRuleError(id, 'give either "pattern" or "detect"');
  const find = definition.detect ?? matcher(id, definition.pattern as RegExp | string);
  const allow = allower(id, definition.allow);
  return {
    id,
    category,
    severity,
    reason: definition.reason ?? `matches the rule "${id}"`,
    maxSpan,
    leastSuspicion,
    find: (window) => {
      const found = find(window);
      if (found.length === 0) return found;
      const matches = found.filter((m) => m.to > window.start && m.to > m.from && m.to - m.from <= maxSpan);
      return allow && matches.length > 0 ? matches.filter((m) => !allow(m, window)) : matches;
    },
  };
}

function compile(id: string, pattern: RegExp | string): RE2JS {
  const source = typeof pattern === 'string' ? pattern : pattern.source;
  const given = typeof pattern === 'string' ? 'i' : pattern.flags;
  let flags = 0;
  if (given.includes('i')) flags |= RE2JS.CASE_INSENSITIVE;
  if (given.includes('m')) flags |= RE2JS.MULTILINE;
  if (given.includes('s')) flags |= RE2JS.DOTALL;
  try {
    return RE2JS.compile(RE2JS.translateRegExp(source), flags);
  } catch (cause) {
    throw new UnsafePatternError(id, cause instanceof Error ? cause.message : 'it cannot be compiled', { cause });
  }
}

function matcher(id: string, pattern: RegExp | string): (window: Window) => readonly RuleMatch[] {
  const compiled = compile(id, pattern);
  if (compiled.matches(''))
    throw new BadRuleError(id, 'the pattern matches the empty text, so it would match everywhere');
  return (window) => {
    const found: RuleMatch[] = [];
    const search = compiled.matcher(window.text);
    let from = 0;
    while (from <= window.text.length && found.length < 100 && search.find(from)) {
      const match = { from: search.start(), to: search.end() };
      if (match.to > match.from) found.push(match);
      from = Math.max(match.to, match.from + 1);
    }
    return found;
  };
}

function allower(
  id: string,
  allow: RuleDefinition['allow'],
): ((match: RuleMatch, window: Window) => boolean) | undefined {
  if (allow === undefined) return undefined;
  if (typeof allow === 'function') return allow;
  const compiled = compile(id, allow);
  return (_match, window) => compiled.matcher(window.text.slice(window.start)).find();
}
