/** The colours of charts. In a page those of {@link THEME} follow its light or dark theme. */
export const INK = '#1d2624';
export const SOFT = '#55625f';
export const GRID = '#d5dcd9';
/** The ground of the page. A shade off white, so that white text on a bar stays white in the dark. */
export const SHEET = '#fffffe';
/** Told apart by lightness as well as by hue (after Okabe and Ito 2008). */
export const SERIES = ['#0b6b61', '#c98500', '#4a6fb3', '#a3476f', '#6b6b6b', '#7aa23f'] as const;
/** From 1 to 5, a diverging scale that survives colour blindness (ColorBrewer RdBu); the same in both themes. */
export const RATING = ['#b2182b', '#ef8a62', '#d3d7d6', '#67a9cf', '#2166ac'] as const;
/** Text on those; a shade off the ink, which follows the theme. */
export const RATING_INK = ['#ffffff', '#1d2625', '#1d2625', '#1d2625', '#ffffff'] as const;

/** Colour -> the variable of assets/report/report.css that stands for it. */
export const THEME: Readonly<Record<string, string>> = {
  [INK]: '--ink',
  [SOFT]: '--soft',
  [GRID]: '--line',
  [SHEET]: '--sheet',
  ...Object.fromEntries(SERIES.map((colour, i) => [colour, `--series-${i + 1}`])),
};
