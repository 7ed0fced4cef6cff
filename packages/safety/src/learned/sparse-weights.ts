/**
 * Weights of hashed features, 8 bits each. Most are zero, so a file holds only the others: for each, the distance from the
 * one before as a base-128 number (7 bits a byte, the low ones first, the top bit set while more follow), then the weight.
 */
export interface SparseWeights {
  /** Number of hashed places is 2 to this power. */
  readonly bits: number;
  /** Natural-log odds that one step of a weight stands for. */
  readonly scale: number;
  readonly bias: number;
  /** The weights, in base64. */
  readonly packed: string;
}

/** @returns one signed byte a place */
export function unpackWeights({ bits, packed }: SparseWeights): Int8Array {
  const weights = new Int8Array(2 ** bits);
  const bytes = atob(packed);
  let place = -1;
  for (let i = 0; i < bytes.length; ) {
    let step = 0;
    let shift = 0;
    let byte: number;
    do {
      byte = bytes.charCodeAt(i++);
      step |= (byte & 127) << shift;
      shift += 7;
    } while (byte > 127);
    place += step;
    weights[place] = bytes.charCodeAt(i++);
  }
  return weights;
}

/** The inverse of {@link unpackWeights}, for the script that trains. */
export function packWeights(weights: Int8Array): string {
  const bytes: number[] = [];
  let last = -1;
  for (let place = 0; place < weights.length; place++) {
    const weight = weights[place] as number;
    if (weight === 0) continue;
    let step = place - last;
    while (step > 127) {
      bytes.push((step & 127) | 128);
      step >>>= 7;
    }
    bytes.push(step, weight & 255);
    last = place;
  }
  return btoa(bytes.map((byte) => String.fromCharCode(byte)).join(''));
}
