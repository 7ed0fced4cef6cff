/** The options of a LoRA adapter. The names PEFT gives them stand in `io/peft-config-schema.ts`. */
import { InvalidOptionError } from '../errors.ts';
import { patternProblem } from './module-pattern.ts';

/** The options of a LoRA adapter. Source: Hu et al. 2021, arXiv:2106.09685. */
export interface AdapterSpec {
  /** r, the inner size of the update. */
  readonly rank: number;
  /** The update is scaled by alpha / r, or by alpha / sqrt(r) with `rsLora`. */
  readonly alpha: number;
  /** Share of the adapter's input dropped in training; 0 elsewhere. */
  readonly dropout: number;
  /** Rank-stabilised scaling: Kalajdzievski 2023, arXiv:2312.03732. */
  readonly rsLora: boolean;
  /** A linear is a target when its path equals an entry or ends in `.` + entry. */
  readonly targetModules: readonly string[] | 'all-linear';
  /** Of the targets, these stay without an update; matched like `targetModules`. */
  readonly excludeModules?: readonly string[];
  /** Another rank for some modules, by name or simple pattern; the first that matches counts. */
  readonly rankPattern?: Readonly<Record<string, number>>;
  /** The same for alpha. */
  readonly alphaPattern?: Readonly<Record<string, number>>;
  /** Adapt these layers only, from 0. */
  readonly layers?: readonly number[];
  /** What the list of layers is called in the model, such as `layers` or `h`; found by itself where left out. */
  readonly layersPattern?: readonly string[];
  /** Modules trained whole and saved with the adapter, such as `embed_tokens`, `lm_head`. */
  readonly modulesToSave?: readonly string[];
  /** Whether the biases of adapted linears are trained as well. */
  readonly bias?: 'none' | 'lora_only';
  /** A tied head follows an embedding that is trained whole; otherwise it stays as it was. */
  readonly ensureWeightTying?: boolean;
}

/** r = 8 and alpha = 16 on q and v, no dropout. */
export const defaultAdapterSpec: AdapterSpec = {
  rank: 8,
  alpha: 16,
  dropout: 0,
  rsLora: false,
  targetModules: ['q_proj', 'v_proj'],
};

function checkRank(option: string, rank: number): void {
  if (!Number.isInteger(rank) || rank < 1)
    throw new InvalidOptionError(option, `must be a whole number from 1, found ${rank}`);
}

function checkAlpha(option: string, alpha: number): void {
  if (!(alpha > 0) || !Number.isFinite(alpha)) throw new InvalidOptionError(option, `must be above 0, found ${alpha}`);
}

function checkPatterns(
  option: string,
  patterns: Readonly<Record<string, number>> | undefined,
  check: (option: string, value: number) => void,
): void {
  for (const [pattern, value] of Object.entries(patterns ?? {})) {
    const problem = patternProblem(pattern);
    if (problem) throw new InvalidOptionError(option, `key ${JSON.stringify(pattern)} ${problem}`);
    check(`${option}.${pattern}`, value);
  }
}

/** @throws {InvalidOptionError} naming the option, what it holds and what it may hold */
export function checkAdapterSpec(spec: AdapterSpec): void {
  checkRank('rank', spec.rank);
  checkAlpha('alpha', spec.alpha);
  checkPatterns('rankPattern', spec.rankPattern, checkRank);
  checkPatterns('alphaPattern', spec.alphaPattern, checkAlpha);
  if (!(spec.dropout >= 0 && spec.dropout < 1))
    throw new InvalidOptionError('dropout', `must be in [0, 1), found ${spec.dropout}`);
  const wrong = spec.layers?.find((layer) => !Number.isInteger(layer) || layer < 0);
  if (wrong !== undefined) throw new InvalidOptionError('layers', `must be whole numbers from 0, found ${wrong}`);
  if (spec.layers?.length && spec.targetModules === 'all-linear') {
    throw new InvalidOptionError('layers', 'cannot be combined with "all-linear", as in PEFT; name the target modules');
  }
}
