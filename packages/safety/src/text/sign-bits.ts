/** Bits of {@link Sign}, and numbers beside them. Like `layout.ts` without imports, for AssemblyScript reads it too. */
export const UNPLAIN = 1;
export const SPACED = 2;
export const CODED = 4;

/** Fewest characters of a run, fewest digits, and fewest dots and dashes that are looked at as a code. */
export const CODED_RUN = 12;
export const CODED_DIGITS = 12;
export const CODED_MARKS = 8;

/** Most separators between two spaced letters. */
export const SPACED_GAP = 4;
