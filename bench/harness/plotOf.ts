/** A picture of how something grows. */
export interface Plot {
  readonly title: string;
  readonly xTitle: string;
  readonly yTitle: string;
  /** Points from left to right; both coordinates above 0. */
  readonly series: readonly Series[];
  /** Whether to draw, from the first point, what would grow in proportion. */
  readonly proportion: boolean;
}

/** One line of a plot. */
export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

const WIDTH = 720;
const HEIGHT = 400;
const LEFT = 76;
const RIGHT = 210;
const TOP = 44;
const BOTTOM = 56;
/** Apart for those who cannot tell colours apart, and visible on white as on black. */
const COLOURS = ['#2f81f7', '#d9730d', '#2da44e', '#bf4b8a', '#8957e5', '#8c8c00'];

/** Draws a plot as SVG, both axes logarithmic. */
export function plotOf({ title, xTitle, yTitle, series, proportion }: Plot): string {
  const points = series.flatMap((each) => each.points);
  const x = axis(
    points.map(([at]) => at),
    LEFT,
    WIDTH - RIGHT,
  );
  const y = axis(
    points.map(([, at]) => at),
    HEIGHT - BOTTOM,
    TOP,
  );
  const middle = (LEFT + WIDTH - RIGHT) / 2;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${text(title)}">
<style>
  text { font: 13px system-ui, sans-serif; fill: #57606a }
  .title { font-size: 15px; font-weight: 600 }
  .grid { stroke: #8b949e; stroke-opacity: 0.3 }
  .proportion { stroke: #8b949e; stroke-dasharray: 4 5; fill: none }
  polyline { fill: none; stroke-width: 2.5 }
  @media (prefers-color-scheme: dark) { text { fill: #c9d1d9 } }
</style>
<text class="title" x="${LEFT}" y="24">${text(title)}</text>
${x.decades.map((at) => `<line class="grid" x1="${x.place(at)}" x2="${x.place(at)}" y1="${TOP}" y2="${HEIGHT - BOTTOM}"/><text text-anchor="middle" x="${x.place(at)}" y="${HEIGHT - BOTTOM + 20}">${decade(at)}</text>`).join('\n')}
${y.decades.map((at) => `<line class="grid" y1="${y.place(at)}" y2="${y.place(at)}" x1="${LEFT}" x2="${WIDTH - RIGHT}"/><text text-anchor="end" x="${LEFT - 8}" y="${y.place(at) + 4}">${decade(at)}</text>`).join('\n')}
<text text-anchor="middle" x="${middle}" y="${HEIGHT - 12}">${text(xTitle)}</text>
<text text-anchor="middle" transform="rotate(-90)" x="${-(TOP + HEIGHT - BOTTOM) / 2}" y="18">${text(yTitle)}</text>
${proportion ? dashed(points[0] ?? [1, 1], x, y) : ''}
${series
  .map(({ name, points: line }, n) =>
    lineOf(
      name,
      line.map(([at, value]) => [x.place(at), y.place(value)]),
      n,
    ),
  )
  .join('\n')}
</svg>
`;
}

interface Axis {
  /** Powers of ten from the one at or below the least value to the one at or above the greatest. */
  readonly decades: readonly number[];
  /** Where a value is, in pixels. */
  place(value: number): number;
}

function axis(values: readonly number[], from: number, to: number): Axis {
  const least = Math.floor(Math.log10(Math.min(...values)));
  const most = Math.max(least + 1, Math.ceil(Math.log10(Math.max(...values))));
  return {
    decades: Array.from({ length: most - least + 1 }, (_, n) => 10 ** (least + n)),
    place: (value) =>
      Number((from + ((Math.log10(value) - least) / (most - least)) * (to - from)).toFixed(1)),
  };
}

function dashed([x, y]: readonly [number, number], xAxis: Axis, yAxis: Axis): string {
  const end = Math.min((xAxis.decades.at(-1) ?? x) / x, (yAxis.decades.at(-1) ?? y) / y);
  const from = `${xAxis.place(x)} ${yAxis.place(y)}`;
  return `<path class="proportion" d="M${from} L${xAxis.place(x * end)} ${yAxis.place(y * end)}"/>`;
}

function lineOf(name: string, points: readonly (readonly number[])[], n: number): string {
  const colour = COLOURS[n % COLOURS.length] ?? '';
  const legend = TOP + 14 + 22 * n;
  const [labelX, markX] = [WIDTH - RIGHT + 34, WIDTH - RIGHT + 20];
  return [
    `<polyline stroke="${colour}" points="${points.map((point) => point.join(',')).join(' ')}"/>`,
    ...points.map(([px, py]) => `<circle fill="${colour}" cx="${px}" cy="${py}" r="4"/>`),
    `<circle fill="${colour}" cx="${markX}" cy="${legend - 4}" r="5"/>`,
    `<text x="${labelX}" y="${legend}">${text(name)}</text>`,
  ].join('\n');
}

function decade(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 6 });
}

function text(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
