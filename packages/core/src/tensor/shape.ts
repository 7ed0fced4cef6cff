/**
 * Shapes with symbols. A dimension is a number, or a monomial of symbols such as `'T'`, `'B*T'` or `'4*B*T'`.
 * Symbols get their values when a graph runs, from the shapes of what is fed; so one compiled graph serves every
 * batch size and length.
 */
import { GraphError } from '../errors.ts';

/** A size, or a symbol whose size a run decides. */
export type Dim = number | string;
/** Sizes of the axes, outermost first. */
export type Shape = readonly Dim[];

interface Monomial {
  readonly factor: number;
  readonly symbols: readonly string[];
}

const SYMBOL = /^[A-Za-z]\w*$/;

function parseDim(dim: Dim): Monomial {
  if (typeof dim === 'number') return { factor: dim, symbols: [] };
  let factor = 1;
  const symbols: string[] = [];
  for (const part of dim.split('*')) {
    if (SYMBOL.test(part)) symbols.push(part);
    else if (/^\d+$/.test(part)) factor *= Number(part);
    else throw new GraphError(`dimension "${dim}": expected numbers and symbols joined by "*", found "${part}"`);
  }
  return { factor, symbols: symbols.sort() };
}

function formatDim({ factor, symbols }: Monomial): Dim {
  if (symbols.length === 0 || factor === 0) return factor;
  return (factor === 1 ? symbols : [String(factor), ...symbols]).join('*');
}

/** Product of dimensions in canonical form: `mulDims('T', 4, 'B')` is `'4*B*T'`. */
export function mulDims(...dims: readonly Dim[]): Dim {
  let factor = 1;
  const symbols: string[] = [];
  for (const dim of dims) {
    const monomial = parseDim(dim);
    factor *= monomial.factor;
    symbols.push(...monomial.symbols);
  }
  return formatDim({ factor, symbols: symbols.sort() });
}

/** Number of elements of a shape, 1 for a scalar `[]`. */
export const countElements = (shape: Shape): Dim => mulDims(1, ...shape);

export const sameDim = (a: Dim, b: Dim): boolean => mulDims(a) === mulDims(b);

export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((dim, i) => sameDim(dim, b[i]!));

/** Symbols of a dimension, with repeats: `'B*T'` gives `['B', 'T']`. */
export const dimSymbols = (dim: Dim): readonly string[] => parseDim(dim).symbols;

/** Number before the symbols of a dimension: 4 for `'4*B'`. */
export const dimFactor = (dim: Dim): number => parseDim(dim).factor;

/** Value of a dimension once its symbols are known. */
export function resolveDim(dim: Dim, bindings: ReadonlyMap<string, number>): number {
  if (typeof dim === 'number') return dim;
  const { factor, symbols } = parseDim(dim);
  return symbols.reduce((product, symbol) => {
    const value = bindings.get(symbol);
    if (value === undefined) {
      throw new GraphError(`symbol "${symbol}" of dimension "${dim}" has no value: no fed input has it in its shape`);
    }
    return product * value;
  }, factor);
}

export const resolveShape = (shape: Shape, bindings: ReadonlyMap<string, number>): number[] =>
  shape.map((dim) => resolveDim(dim, bindings));

/** NumPy broadcasting of two shapes, or `undefined` where they do not fit. */
export function broadcastShapes(a: Shape, b: Shape): Shape | undefined {
  const rank = Math.max(a.length, b.length);
  const out: Dim[] = [];
  for (let i = 0; i < rank; i++) {
    const left = a[a.length - rank + i] ?? 1;
    const right = b[b.length - rank + i] ?? 1;
    if (left === 1) out.push(right);
    else if (right === 1 || sameDim(left, right)) out.push(left);
    else return undefined;
  }
  return out;
}

export const formatShape = (shape: Shape): string => `[${shape.join(', ')}]`;
