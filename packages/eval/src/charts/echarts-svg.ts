import type { EChartsCoreOption } from 'echarts/core';

/**
 * Renders an ECharts option to an SVG string on the server: no browser, no canvas, nothing native.
 * Imported when first needed, so that metrics alone do not pay for it. Why ECharts: docs/decisions.
 */
export async function renderSvg(
  option: EChartsCoreOption,
  size: { readonly width: number; readonly height: number },
  text: { readonly title: string; readonly description: string },
): Promise<string> {
  const { init } = await import('./echarts-modules.ts');
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...size });
  try {
    chart.setOption({ animation: false, textStyle: { fontFamily: FONT }, ...option });
    return accessible(chart.renderToSVGString(), size, text);
  } finally {
    chart.dispose();
  }
}

// Single quotes: ECharts writes the family into a double-quoted attribute as it is.
export const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif";

/** Lets the picture scale with the page, and gives it a title and a description for screen readers. */
function accessible(
  svg: string,
  size: { width: number; height: number },
  text: { title: string; description: string },
): string {
  const open =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" width="${size.width}" height="${size.height}" ` +
    `style="width:100%;height:auto" role="img" aria-label="${escapeXml(`${text.title}. ${text.description}`)}">` +
    `<title>${escapeXml(text.title)}</title><desc>${escapeXml(text.description)}</desc>`;
  // On one page the ids of several charts must differ; hover styles and data for scripts have no use without scripts.
  const id = `${text.title}-${size.width}`.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return svg
    .replace(/^<svg[^>]*>/, open)
    .replace(/<style >[\s\S]*?<\/style>\n?/g, '')
    .replace(/<[^>]*>/g, (tag) =>
      tag
        .replaceAll(/ (?:class="zr[^"]*"|ecmeta_\w+="[^"]*"|pointer-events="visible")/g, '')
        .replaceAll(/(?<=id="|url\(#)zr\d+-/g, `${id}-`),
    );
}

const XML: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escapeXml = (text: string): string => text.replace(/[&<>"]/g, (char) => XML[char]!);
