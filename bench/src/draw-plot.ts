import type { Plot } from './bench.js';

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [640, 400, 70, 20, 40, 50];
const COLOURS = ['#0b62a4', '#c43c2b', '#2e8540', '#8250a0', '#b07d10'];

/** Draws a plot as SVG. */
export function drawPlot({ title, x, y, isLogarithmic, lines }: Plot): string {
  const points = lines.flatMap((line) => line.points);
  const scaleX = createScale(
    points.map(([at]) => at),
    isLogarithmic,
    LEFT,
    WIDTH - RIGHT,
  );
  const scaleY = createScale(
    points.map(([, at]) => at).concat(isLogarithmic ? [] : [0]),
    isLogarithmic,
    HEIGHT - BOTTOM,
    TOP,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>`,
    drawText(WIDTH / 2, 20, title, 'middle'),
    drawText(WIDTH / 2, HEIGHT - 10, x, 'middle'),
    `<text transform="translate(16 ${HEIGHT / 2}) rotate(-90)" text-anchor="middle">${escapeText(y)}</text>`,
    `<path d="M${LEFT} ${TOP}V${HEIGHT - BOTTOM}H${WIDTH - RIGHT}" fill="none" stroke="black"/>`,
    ...scaleX.ticks.map((tick) =>
      drawText(scaleX.at(tick), HEIGHT - BOTTOM + 16, formatTick(tick), 'middle'),
    ),
    ...scaleY.ticks.map((tick) => drawText(LEFT - 6, scaleY.at(tick) + 4, formatTick(tick), 'end')),
    ...lines.map((line, index) =>
      drawLine(line, COLOURS[index % COLOURS.length] ?? 'black', index, scaleX.at, scaleY.at),
    ),
    '</svg>\n',
  ].join('\n');
}

interface Scale {
  readonly ticks: readonly number[];
  at(value: number): number;
}

function createScale(values: readonly number[], isLogarithmic: boolean, from: number, to: number): Scale {
  const of = (value: number) => (isLogarithmic ? Math.log10(value) : value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const [begin, end] = isLogarithmic ? [Math.floor(of(low)), Math.ceil(of(high) + 1e-9)] : [low, high];
  const at = (value: number) => from + ((of(value) - begin) / (end - begin || 1)) * (to - from);
  const steps = isLogarithmic ? end - begin : 5;
  const ticks = Array.from({ length: steps + 1 }, (_, index) =>
    isLogarithmic ? 10 ** (begin + index) : begin + ((end - begin) * index) / steps,
  );
  return { ticks, at };
}

function drawLine(
  line: Plot['lines'][number],
  colour: string,
  index: number,
  atX: Scale['at'],
  atY: Scale['at'],
): string {
  const path = line.points
    .map(([x, y], point) => `${point === 0 ? 'M' : 'L'}${atX(x).toFixed(1)} ${atY(y).toFixed(1)}`)
    .join('');
  const dots = line.points.map(
    ([x, y]) => `<circle cx="${atX(x).toFixed(1)}" cy="${atY(y).toFixed(1)}" r="3" fill="${colour}"/>`,
  );
  const legend = `<text x="${LEFT + 12}" y="${TOP + 14 + 16 * index}" fill="${colour}">${escapeText(line.name)}</text>`;
  return [`<path d="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`, ...dots, legend].join('\n');
}

function drawText(x: number, y: number, content: string, anchor: string): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}">${escapeText(content)}</text>`;
}

function formatTick(value: number): string {
  return Math.abs(value) >= 1000 ? `${value / 1000} k` : String(Number(value.toPrecision(2)));
}

function escapeText(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
