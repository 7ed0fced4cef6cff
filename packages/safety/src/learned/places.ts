/** Features are hashed to this many bits. */
export const FEATURE_BITS = 20;

/** Odd numbers that spread the bits of a product. Source: Steele and Vigna 2021, arXiv:2001.05304 (multipliers of LCGs). */
export const FIRST = 0x915f77f5;
export const SECOND = 0x93d765dd;

/** Place of a feature from the sum of its parts. */
export function place(sum: number): number {
  return Math.imul(sum ^ (sum >>> 15), 0x2c1b3c6d) >>> (32 - FEATURE_BITS);
}

/** What tells a template of features apart from the others, so that theirs do not meet. */
export function saltOf(template: number): number {
  return Math.imul(template + 1, 0x9e3779b1);
}
