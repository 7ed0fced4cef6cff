/** A stretch of tokens [first, last] that gives a dose, and why it was read so. */
export interface Span {
  readonly first: number;
  readonly last: number;
  readonly reason: string;
}
