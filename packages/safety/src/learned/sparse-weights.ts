import { SymbolReader, signedSymbolOf, symbolsOfDistance } from './symbols.ts';

/** Weights of features, a small whole number each. Most are zero, so a file holds only the others. */
export interface SparseWeights {
  /** Number of places. */
  readonly length: number;
  /** Natural-log odds that one step of a weight stands for. */
  readonly scale: number;
  readonly bias: number;
  /** For each place with a weight: the distance from the one before, then the weight, as `symbols.ts` writes them. */
  readonly packed: string;
}

/** @returns one signed byte a place */
export function unpackWeights({ length, packed }: SparseWeights): Int8Array {
  const weights = new Int8Array(length);
  const reader = new SymbolReader(packed);
  let place = -1;
  while (!reader.done) {
    place += reader.distance();
    weights[place] = reader.signed();
  }
  return weights;
}

/** The inverse of {@link unpackWeights}, for the script that trains. Weights are at most LARGEST in size. */
export function packWeights(weights: Int8Array): string {
  const symbols: string[] = [];
  let last = -1;
  for (let place = 0; place < weights.length; place++) {
    const weight = weights[place] as number;
    if (weight === 0) continue;
    symbols.push(symbolsOfDistance(place - last), signedSymbolOf(weight));
    last = place;
  }
  return symbols.join('');
}
