/** A coefficient of agreement between raters; 1 is perfect, 0 is what chance gives, below 0 is worse than chance. */
export interface Agreement {
  /** Which coefficient. */
  readonly name: string;
  /** `null` where the ratings do not define it; `reason` says why. */
  readonly coefficient: number | null;
  /** Units that entered. */
  readonly units: number;
  /** Why there is no value, in words. */
  readonly reason?: string;
}
