import type { Curve } from './collect-curve.js';

const WIDTH = 600;
const HEIGHT = 220;

/** Draws the accuracy from 0 to 1, and marks where the page was opened again. */
export function drawChart({ accuracy, validation, resumed, steps }: Curve): string {
  const x = (step: number) => ((step / steps) * WIDTH).toFixed(1);
  const y = (value: number) => ((1 - value) * HEIGHT).toFixed(1);
  const line = accuracy.map((value, index) => `${x(index + 1)},${y(value)}`).join(' ');
  const marks = resumed.map((step) => `<path class="resumed" d="M${x(step)} 0V${HEIGHT}"/>`).join('');
  const dots = validation.map(([step, value]) => `<circle cx="${x(step)}" cy="${y(value)}" r="4"/>`).join('');
  const grid = [0, 0.5, 1].map((value) => `<path class="grid" d="M0 ${y(value)}H${WIDTH}"/>`).join('');
  return `<svg viewBox="-4 -6 ${WIDTH + 8} ${HEIGHT + 12}" role="img" aria-label="Accuracy by step">${grid}<polyline points="${line}"/>${dots}${marks}</svg>`;
}
