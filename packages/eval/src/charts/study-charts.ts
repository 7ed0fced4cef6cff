import type { CriterionResult, StudyResult } from '../study/result.ts';
import { CRITERIA, type Criterion, RUBRIC } from '../study/rubric.ts';
import { FONT, renderSvg } from './echarts-svg.ts';
import { GRID, INK, RATING, RATING_INK, SERIES, SHEET, SOFT } from './palette.ts';

interface Bar {
  readonly criterion: Criterion;
  readonly system: string;
  readonly result: CriterionResult;
}

const barsOf = (study: StudyResult): Bar[] =>
  CRITERIA.flatMap((criterion) =>
    study.systems.flatMap(({ system, criteria }) => {
      const result = criteria.find((entry) => entry.criterion === criterion);
      return result === undefined ? [] : [{ criterion, system, result }];
    }),
  );

const shortened = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);

/** Mean rating of each criterion and system as bars, with intervals as whiskers. */
export async function meanRatingsChart(study: StudyResult): Promise<string> {
  const bars = barsOf(study);
  const criteria = [...new Set(bars.map((bar) => bar.criterion))];
  const systems = study.systems.map((entry) => entry.system);
  const several = systems.length > 1;
  const thickness = several ? 16 : 22;
  const legendHeight = several ? 12 + systems.length * 20 : 0;
  const height = 74 + criteria.length * (systems.length * (thickness + 4) + 20) + legendHeight;
  const find = (criterion: Criterion, system: string) =>
    bars.find((bar) => bar.criterion === criterion && bar.system === system)?.result;
  const series = systems.flatMap((system, s) => [
    {
      type: 'bar',
      name: system,
      barWidth: thickness,
      // Percent of the bar's width: four pixels, which the whiskers rely on.
      barGap: `${400 / thickness}%`,
      itemStyle: { color: SERIES[s % SERIES.length], borderRadius: [0, 3, 3, 0] },
      data: criteria.map((criterion) => find(criterion, system)?.value ?? '-'),
    },
    {
      type: 'custom',
      name: system,
      // One whisker for each bar: low, high, the category and the place of the bar within its group.
      data: criteria.flatMap((criterion, c) => {
        const result = find(criterion, system);
        return result === undefined
          ? []
          : [[result.value, c, result.interval?.low ?? result.value, result.interval?.high ?? result.value]];
      }),
      encode: { x: 0, y: 1 },
      z: 10,
      renderItem: (_: unknown, api: WhiskerApi) => {
        const category = api.value(1);
        const [, centre] = api.coord([api.value(0), category]) as [number, number];
        const y = centre + (s - (systems.length - 1) / 2) * (thickness + 4);
        const [low] = api.coord([api.value(2), category]) as [number];
        const [high] = api.coord([api.value(3), category]) as [number];
        const [end] = api.coord([5, category]) as [number];
        const line = (x1: number, y1: number, x2: number, y2: number) => ({
          type: 'line',
          shape: { x1, y1, x2, y2 },
          style: { stroke: INK, lineWidth: 1.5 },
        });
        const whisker =
          high > low ? [line(low, y, high, y), line(low, y - 5, low, y + 5), line(high, y - 5, high, y + 5)] : [];
        const label = {
          type: 'text',
          style: {
            text: api.value(0).toFixed(2),
            x: end + 14,
            y,
            fill: INK,
            fontFamily: FONT,
            fontSize: 13,
            textVerticalAlign: 'middle',
          },
        };
        return { type: 'group', children: [...whisker, label] };
      },
    },
  ]);
  return renderSvg(
    {
      grid: { left: 104, right: 64, top: 16 + legendHeight, bottom: 46 },
      ...(several
        ? {
            legend: {
              top: 4,
              left: 100,
              orient: 'vertical',
              itemGap: 6,
              data: systems,
              icon: 'rect',
              itemWidth: 14,
              itemHeight: 12,
              textStyle: { color: INK, fontSize: 13 },
              formatter: (name: string) => shortened(name, 40),
            },
          }
        : {}),
      xAxis: {
        type: 'value',
        min: 1,
        max: 5,
        interval: 1,
        name: 'mean rating, 1 to 5',
        nameLocation: 'middle',
        nameGap: 28,
        nameTextStyle: { color: SOFT },
        axisLabel: { color: SOFT },
        splitLine: { lineStyle: { color: GRID } },
      },
      yAxis: {
        type: 'category',
        inverse: true,
        data: criteria.map((criterion) => RUBRIC[criterion].title),
        axisLabel: { color: INK, fontSize: 14 },
        axisTick: { show: false },
        axisLine: { lineStyle: { color: SOFT } },
      },
      series,
    },
    { width: 720, height },
    { title: 'Mean ratings', description: bars.map((bar) => describeMean(bar, several)).join(' ') },
  );
}

interface WhiskerApi {
  value(index: number): number;
  coord(point: [number, number]): number[];
}

function describeMean({ criterion, system, result }: Bar, several: boolean): string {
  const interval =
    result.interval === null
      ? 'no interval'
      : `interval ${result.interval.low.toFixed(2)} to ${result.interval.high.toFixed(2)}`;
  return `${RUBRIC[criterion].title}${several ? ` of ${system}` : ''}: ${result.value.toFixed(2)}, ${interval}.`;
}

/** Share of each rating from 1 to 5 as stacked bars, one a criterion and system. */
export async function ratingDistributionChart(study: StudyResult): Promise<string> {
  const bars = barsOf(study);
  const several = study.systems.length > 1;
  const label = ({ criterion, system }: Bar): string =>
    several ? `${RUBRIC[criterion].title}\n{soft|${shortened(system, 22)}}` : RUBRIC[criterion].title;
  const row = several ? 46 : 40;
  return renderSvg(
    {
      grid: { left: several ? 180 : 104, right: 64, top: 44, bottom: 46 },
      legend: {
        top: 4,
        left: several ? 176 : 100,
        icon: 'rect',
        itemWidth: 14,
        itemHeight: 12,
        itemGap: 26,
        textStyle: { color: INK, fontSize: 13 },
        selectedMode: false,
      },
      xAxis: {
        type: 'value',
        min: 0,
        max: 100,
        name: 'share of ratings, %',
        nameLocation: 'middle',
        nameGap: 28,
        nameTextStyle: { color: SOFT },
        axisLabel: { color: SOFT },
        splitLine: { lineStyle: { color: GRID } },
      },
      yAxis: {
        type: 'category',
        inverse: true,
        data: bars.map(label),
        axisLabel: { color: INK, fontSize: 14, lineHeight: 17, rich: { soft: { color: SOFT, fontSize: 12 } } },
        axisTick: { show: false },
        axisLine: { lineStyle: { color: SOFT } },
      },
      series: [1, 2, 3, 4, 5].map((rating, i) => ({
        type: 'bar',
        name: rating === 1 ? '1 (worst)' : rating === 5 ? '5 (best)' : String(rating),
        stack: 'all',
        barWidth: 24,
        itemStyle: { color: RATING[i], borderColor: SHEET, borderWidth: 1 },
        label: {
          show: true,
          color: RATING_INK[i],
          fontSize: 12,
          formatter: ({ value, data }: { value: number; data: { count: number } }) =>
            value >= 6 ? String(data.count) : '',
        },
        data: bars.map(({ result }) => ({
          value: (100 * result.distribution[i]!) / result.n,
          count: result.distribution[i],
        })),
      })),
    },
    { width: 720, height: 100 + bars.length * row },
    {
      title: 'Distribution of ratings',
      description: bars
        .map(
          (bar) =>
            `${RUBRIC[bar.criterion].title}${several ? ` of ${bar.system}` : ''}: ${bar.result.distribution.map((n, i) => `${n} rated ${i + 1}`).join(', ')}.`,
        )
        .join(' '),
    },
  );
}
