/** Curves over the steps of a run, and points in a plane. */
import { renderSvg } from './echarts-svg.ts';
import { GRID, INK, SERIES, SOFT } from './palette.ts';

export type Point = readonly [x: number, y: number];

export interface Curve {
  readonly name: string;
  readonly points: readonly Point[];
  /** A line by default; `marks` are points joined by a dashed line, `dots` points alone, `guide` a thin line to compare with. */
  readonly kind?: 'line' | 'marks' | 'dots' | 'guide';
}

export interface CurveChart {
  readonly title: string;
  /** For screen readers: what the chart shows, in words with numbers. */
  readonly description: string;
  readonly xName: string;
  readonly yName: string;
  readonly curves: readonly Curve[];
  /** Pixels; text stays readable where the page does not shrink it. */
  readonly size: { readonly width: number; readonly height: number };
  /** Otherwise the axis starts near the lowest value. */
  readonly yFromZero?: boolean;
}

/** Draws curves as an SVG. Values that are no finite numbers leave a gap. */
export function curveChart(chart: CurveChart): Promise<string> {
  const { title, description, xName, yName, curves, size, yFromZero = false } = chart;
  const legend = curves.length > 1;
  const xs = curves.flatMap(({ points }) => points.map(([x]) => x)).filter(Number.isFinite);
  const axis = {
    type: 'value',
    axisLabel: { color: SOFT, fontSize: 12, formatter: axisNumber, hideOverlap: true },
    nameTextStyle: { color: SOFT, fontSize: 12 },
    splitLine: { lineStyle: { color: GRID } },
    axisLine: { lineStyle: { color: SOFT } },
  };
  return renderSvg(
    {
      grid: { left: 58, right: 18, top: legend ? 58 : 32, bottom: 46 },
      ...(legend && {
        legend: {
          top: 2,
          left: 50,
          itemGap: 22,
          itemWidth: 22,
          textStyle: { color: INK, fontSize: 12.5 },
          selectedMode: false,
        },
      }),
      xAxis: {
        ...axis,
        name: xName,
        nameLocation: 'middle',
        nameGap: 28,
        ...(xs.length > 0 && { min: Math.min(...bounds(xs)), max: Math.max(...bounds(xs)) }),
        splitNumber: size.width < 500 ? 4 : 8,
        splitLine: { show: false },
        axisLabel: { ...axis.axisLabel, showMaxLabel: false },
      },
      yAxis: {
        ...axis,
        name: yName,
        nameLocation: 'end',
        nameGap: 10,
        nameTextStyle: { color: SOFT, fontSize: 12, align: 'left', padding: [0, 0, 0, -46] },
        scale: !yFromZero,
        splitNumber: 5,
      },
      series: curves.map((curve, i) => seriesOf(curve, SERIES[i % SERIES.length]!)),
    },
    size,
    { title, description },
  );
}

function seriesOf({ name, points, kind = 'line' }: Curve, colour: string): object {
  const data = points.map(([x, y]) => [x, Number.isFinite(y) ? y : null]);
  if (kind === 'dots') {
    return { type: 'scatter', name, data, symbolSize: 6, itemStyle: { color: colour, opacity: 0.7 } };
  }
  const guide = kind === 'guide';
  return {
    type: 'line',
    name,
    data,
    connectNulls: false,
    // One point alone makes no line.
    showSymbol: kind === 'marks' || (points.length === 1 && !guide),
    symbol: 'circle',
    symbolSize: 8,
    itemStyle: { color: guide ? SOFT : colour },
    lineStyle: {
      color: guide ? SOFT : colour,
      width: guide ? 1 : 1.8,
      ...(kind !== 'line' && { type: 'dashed' }),
    },
    z: kind === 'marks' ? 5 : 2,
  };
}

/** The ends of an axis: a single value gets some room. */
function bounds(values: readonly number[]): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low === high) return [low - 1, high + 1];
  // Steps are whole and end where the run ends; anything else ends at a number that is short to read.
  return [low, high].every(Number.isInteger) ? [low, high] : [Math.floor(low * 10) / 10, Math.ceil(high * 10) / 10];
}

/** 12000 as 12k, 0.0002 as 2e-4. */
export function axisNumber(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && size < 1e-3) return value.toExponential(2).replace(/\.?0+e/, 'e');
  if (size >= 1e6) return `${Number((value / 1e6).toPrecision(4))}M`;
  if (size >= 1e4) return `${Number((value / 1e3).toPrecision(4))}k`;
  return String(Number(value.toPrecision(6)));
}
